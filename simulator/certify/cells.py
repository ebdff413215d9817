"""The gantry × couch rectangle, or one line of it, in certified cells."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from simulator.certify.branch_and_bound import UNDECIDED, Cells, refine
from simulator.certify.prover import Prover
from simulator.directions.vectors import FULL_SPHERE_SR, cell_area_sr

Extent = tuple[float, float]
START_DEG = (20.0, 15.0)
"""Cells to begin with: their edges hold 0, 90 and 180, where the sphere of directions is folded."""
FINEST_DEG = 0.01
MOST_CELLS = 2_000_000


def demanded_mm(prover: Prover) -> NDArray[np.float64]:
    """Return the clearance that each pair of a scene must have, shape (1, pairs)."""
    return np.array([[pair.buffer_mm for pair in prover.scene.pairs]])


def certified_cells(
    prover: Prover,
    gantry_deg: Extent,
    couch_deg: Extent,
    *,
    tolerance: float = 0.002,
    finest_deg: float = FINEST_DEG,
    most_cells: int = MOST_CELLS,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Cells:
    """Return the rectangle in cells that are proven free, proven not free, or undecided.

    Parameters
    ----------
    prover : Prover
        Of the scene.
    gantry_deg, couch_deg : tuple of float
        First and last angle.
    tolerance : float
        The undecided cells may weigh at most this, as a share of 4π (where the rectangle is a line: of itself).
    finest_deg : float
        Cells whose sides are no longer than this are left undecided.
    most_cells : int
        Stop once as many cells have been looked at; the bounds are then further apart than asked for.
    workers : int
        Number of threads. The cells do not depend on it.
    progress : callable, optional
        Called as ``progress(done, total)`` with weights in thousandths.
    """
    low, high = start_cells(gantry_deg, couch_deg)
    area_sr = float(solid_angle_sr(low, high).sum())
    return refine(
        prover,
        low,
        high,
        demanded_mm(prover),
        weight=solid_angle_sr if area_sr > 0.0 else length_deg,
        tolerance=tolerance * (FULL_SPHERE_SR if area_sr > 0.0 else float(length_deg(low, high).sum())),
        finest=finest_deg,
        most_cells=most_cells,
        workers=workers,
        progress=progress,
    )


def certified_lines(
    prover: Prover,
    scanned: int,
    extent: Extent,
    at: NDArray[np.float64],
    *,
    demanded: NDArray[np.float64] | None = None,
    known: Cells | None = None,
    finest: float = FINEST_DEG,
    workers: int = 1,
) -> Cells:
    """Return lines along one scanned joint in cells, each divided down to ``finest`` where it is not decided.

    Parameters
    ----------
    prover : Prover
        Of the scene.
    scanned : int
        The joint that moves: 0 or 1.
    extent : tuple of float
        Its first and last value.
    at : ndarray, shape (n,)
        Where the other joint stands on each line.
    demanded : ndarray, shape (1, pairs), optional
        The clearance that each pair must have, in mm; its buffer if not given.
    known : Cells, optional
        Cells of the whole rectangle: only where a line crosses undecided ones is there anything left to do.
    finest : float
        Cells no longer than this are left undecided.
    workers : int
        Number of threads.
    """
    pieces = _lines(scanned, extent, at) if known is None else _sections(known, scanned, at)
    return divided(prover, pieces, demanded=demanded, finest=finest, workers=workers)


def divided(
    prover: Prover,
    cells: Cells,
    *,
    demanded: NDArray[np.float64] | None = None,
    finest: float = FINEST_DEG,
    most_cells: int = MOST_CELLS,
    workers: int = 1,
) -> Cells:
    """Return cells, the undecided ones divided until they are decided or no longer than ``finest``; see above."""
    is_open = cells.status[:, 0] == UNDECIDED
    refined = refine(
        prover,
        cells.low[is_open],
        cells.high[is_open],
        demanded_mm(prover) if demanded is None else demanded,
        weight=length_deg,
        tolerance=0.0,
        finest=finest,
        most_cells=most_cells,
        workers=workers,
    )
    return Cells.joined([cells.only(~is_open), refined])


def _lines(scanned: int, extent: Extent, at: NDArray[np.float64]) -> Cells:
    """Return lines in pieces to begin with, undecided."""
    edges = _edges(extent, START_DEG[scanned])
    low, high = (np.empty((len(at), len(edges) - 1, 2)) for _ in range(2))
    low[..., scanned], high[..., scanned] = edges[:-1], edges[1:]
    low[..., 1 - scanned] = high[..., 1 - scanned] = at[:, None]
    count = len(at) * (len(edges) - 1)
    status, pair = np.full((count, 1), UNDECIDED, dtype=np.int8), np.full((count, 1), -1, dtype=np.int16)
    return Cells(low.reshape(-1, 2), high.reshape(-1, 2), status, pair)


def _sections(known: Cells, scanned: int, at: NDArray[np.float64]) -> Cells:
    """Return lines in the pieces that cells of the rectangle cut them into; of two that share an edge, the upper."""
    other = 1 - scanned
    last = known.high[:, other].max()
    met = [
        known.only(
            (known.low[:, other] <= value)
            & ((value < known.high[:, other]) | ((known.high[:, other] == last) & (value == last)))
        )
        for value in at
    ]
    for section, value in zip(met, at, strict=True):
        section.low[:, other] = section.high[:, other] = value
    return Cells.joined(met)


def start_cells(gantry_deg: Extent, couch_deg: Extent) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the corners (n, 2) of the cells that a rectangle is divided into at first."""
    gantry, couch = _edges(gantry_deg, START_DEG[0]), _edges(couch_deg, START_DEG[1])
    low = np.stack(np.meshgrid(gantry[:-1], couch[:-1], indexing="ij"), axis=-1).reshape(-1, 2)
    high = np.stack(np.meshgrid(gantry[1:], couch[1:], indexing="ij"), axis=-1).reshape(-1, 2)
    return low, high


def solid_angle_sr(low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the solid angle (n,) of cells that lie on one side of gantry 0 and 180."""
    return np.asarray(cell_area_sr(low[:, 0], high[:, 0], low[:, 1], high[:, 1]))


def length_deg(low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the longer side (n,) of cells."""
    return np.asarray((high - low).max(axis=1))


def _edges(extent: Extent, step: float) -> NDArray[np.float64]:
    """Return the ends of an extent and the multiples of ``step`` between them."""
    start, stop = extent
    if start == stop:
        return np.array([start, stop])
    inner = np.arange(np.floor(start / step) + 1, np.ceil(stop / step)) * step
    return np.concatenate([[start], inner, [stop]])
