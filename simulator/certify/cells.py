"""A rectangle of joint values, of any number of joints, or lines in it, in certified cells."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simulator.certify.branch_and_bound import UNDECIDED, Cells, Progress, Weight
from simulator.certify.cell_proofs import LeftOpen, refine
from simulator.certify.prover import Prover

FINEST = 0.01
"""Degrees, or what moves things as much (see `Prover.sides`)."""
MOST_CELLS = 2_000_000


def demanded_mm(prover: Prover) -> NDArray[np.float64]:
    """Return the clearance that each pair of a scene must have, shape (pairs,)."""
    return np.array([pair.buffer_mm for pair in prover.scene.pairs], dtype=float)


def cut(start: float, stop: float, step: float) -> NDArray[np.float64]:
    """Return the ends of a range and the multiples of ``step`` between them, ascending."""
    if start == stop:
        return np.array([start, stop])
    return np.array([start, *np.arange(np.floor(start / step) + 1, np.ceil(stop / step)) * step, stop])


def start_cells(edges: Sequence[NDArray[np.float64]]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the corners (n, k) of the cells between the edges of k joints.

    Parameters
    ----------
    edges : sequence of k ndarrays
        Ascending values of each joint; two equal numbers for one that stands still.
    """
    low, high = (
        np.stack(np.meshgrid(*(values[part] for values in edges), indexing="ij"), axis=-1).reshape(-1, len(edges))
        for part in (slice(None, -1), slice(1, None))
    )
    return low.astype(float), high.astype(float)


def certified_cells(
    prover: Prover,
    edges: Sequence[NDArray[np.float64]],
    *,
    weight: Weight,
    tolerance: float,
    finest: float = FINEST,
    most_cells: int = MOST_CELLS,
    workers: int = 1,
    progress: Progress | None = None,
    left_open: LeftOpen | None = None,
) -> Cells:
    """Return a rectangle of joint values in cells that are proven free, proven not free, or undecided.

    Parameters
    ----------
    prover : Prover
        Of the scene.
    edges : sequence of k ndarrays
        Of the cells to begin with, for each scanned joint; see `start_cells`.
    weight : callable
        What a cell counts: ``weight(low, high)`` of shape (n,).
    tolerance : float
        The undecided cells may weigh at most this.
    finest : float
        Cells whose open sides are no longer than this, in degrees (see `Prover.open_sides`), are left undecided.
    most_cells : int
        Stop once as many cells have been looked at; the bounds are then further apart than asked for.
    workers : int
        Number of threads. The cells do not depend on it.
    progress : callable, optional
        Called as ``progress(done, total)`` with weights in thousandths.
    left_open : callable, optional
        What undecided cells count in view of those that are decided, in place of their weight; see `refine`.
    """
    return refine(
        prover,
        Cells.undecided(*start_cells(edges)),
        demanded_mm(prover),
        weight=weight,
        tolerance=tolerance,
        finest=finest,
        most_cells=most_cells,
        workers=workers,
        progress=progress,
        left_open=left_open,
    )


def certified_lines(
    prover: Prover,
    column: int,
    edges: NDArray[np.float64],
    at: NDArray[np.float64],
    *,
    demanded: NDArray[np.float64] | None = None,
    known: Cells | None = None,
    finest: float = FINEST,
    workers: int = 1,
) -> Cells:
    """Return lines along one scanned joint in cells, each divided down to ``finest`` where it is not decided.

    Parameters
    ----------
    prover : Prover
        Of the scene.
    column : int
        Of the joint that moves.
    edges : ndarray
        Its values, ascending, between which the pieces to begin with lie.
    at : ndarray, shape (n, k)
        A pose on each line; the value of the joint that moves does not count.
    demanded : ndarray, shape (pairs,), optional
        The clearance that each pair must have, in mm; its buffer if not given.
    known : Cells, optional
        Cells of the whole rectangle: only where a line crosses undecided ones is there anything left to do.
    finest : float
        Cells no longer than this, in the joint's unit, are left undecided.
    workers : int
        Number of threads.
    """
    pieces = _lines(column, edges, at) if known is None else _sections(known, column, at)
    counted = finest * float(prover.degrees[column])
    return divided(prover, pieces, demanded=demanded, finest=counted, workers=workers)


def divided(
    prover: Prover,
    cells: Cells,
    *,
    demanded: NDArray[np.float64] | None = None,
    finest: float = FINEST,
    most_cells: int = MOST_CELLS,
    first_only: bool = False,
    workers: int = 1,
) -> Cells:
    """Return cells, the undecided ones divided until they are decided or no longer than ``finest``; see `refine`."""
    is_open = cells.status == UNDECIDED
    refined = refine(
        prover,
        cells.only(is_open),
        demanded_mm(prover) if demanded is None else demanded,
        weight=lambda low, high: prover.sides(low, high).max(axis=1),
        tolerance=0.0,
        finest=finest,
        most_cells=most_cells,
        first_only=first_only,
        workers=workers,
    )
    return Cells.joined([cells.only(~is_open), refined])


def _lines(column: int, edges: NDArray[np.float64], at: NDArray[np.float64]) -> Cells:
    """Return lines in pieces to begin with, undecided."""
    low = np.repeat(at, len(edges) - 1, axis=0).astype(float)
    high = low.copy()
    low[:, column], high[:, column] = np.tile(edges[:-1], len(at)), np.tile(edges[1:], len(at))
    return Cells.undecided(low, high)


def _sections(known: Cells, column: int, at: NDArray[np.float64]) -> Cells:
    """Return lines in the pieces that cells of the rectangle cut them into; of two that share a side, the upper."""
    others = np.arange(known.low.shape[1]) != column
    low, high = known.low[:, others], known.high[:, others]
    holds_its_high = (high == high.max(axis=0)) | (low == high)  # the last, or one that stands still
    sections = []
    for values in at[:, others]:
        met = known.only(((low <= values) & ((values < high) | (holds_its_high & (values == high)))).all(axis=1))
        met.low[:, others] = met.high[:, others] = values
        sections.append(met)
    return Cells.joined(sections)
