"""The sphere of directions as one rectilinear chart, and the area of a union of cells on it.

A grid of poses may cover a direction many times: (g, c) and (-g, c ± 180) are one direction, and so are poses
a full turn apart. The chart gantry [-180, 180] x couch [-90, 90] covers the sphere once. Its edges are all
edges of the grid, folded, with both images of each gantry edge, so that every cell of the chart lies wholly
inside or outside the image of each cell of the grid. Areas are then sums of closed forms, and questions about
several masks are boolean algebra on `Chart.covered`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulator.directions.vectors import cell_area_sr
from simulator.errors import SimulatorError
from simulator.geometry.angles import FloatArray, finite
from simulator.geometry.scales import wrap_180

BoolArray = NDArray[np.bool_]
IndexArray = NDArray[np.intp]

EDGE_TOLERANCE_DEG = 1e-9
"""Edges closer than this are one edge: folding 359.9 to -0.1 is off by 2e-14, and must not leave a sliver."""


@dataclass(frozen=True, eq=False, repr=False)
class Chart:
    """Which cells of the chart are covered, for one mask or several.

    Attributes
    ----------
    gantry_edges_deg : array, shape (p + 1,)
        Ascending from -180 to 180, with 0 among them: no cell straddles a pole.
    couch_edges_deg : array, shape (q + 1,)
        Ascending from -90 to 90.
    covered : array of bool, shape (..., p, q)
        True where the mask covers the directions of the cell; the leading axes are those of the mask.
    areas_sr : array, shape (p, q)
        Solid angle of each cell; they add up to 4π.
    """

    gantry_edges_deg: FloatArray
    couch_edges_deg: FloatArray
    covered: BoolArray
    areas_sr: FloatArray

    def solid_angle_sr(self, covered: BoolArray | None = None) -> FloatArray:
        """Return the solid angle of covered cells, each direction once.

        Parameters
        ----------
        covered : array of bool, shape (..., p, q), optional
            Cells of this chart, such as ``chart.covered[0] & ~chart.covered[1]``; `Chart.covered` if omitted.

        Returns
        -------
        array, shape (...)
            Steradians.
        """
        cells = self.covered if covered is None else covered
        # One axis at a time: rows are added in the same order whether there is one mask or ten.
        total: FloatArray = np.where(cells, self.areas_sr, 0.0).sum(axis=-1).sum(axis=-1)
        return total

    def __repr__(self) -> str:
        """Return the size of the chart and what is covered, on one line."""
        *masks, p, q = self.covered.shape
        covered = " ".join(f"{omega:.6g}" for omega in np.ravel(self.solid_angle_sr()))
        return f"Chart({p} x {q} cells, masks {tuple(masks)}, covered {covered} sr)"


def _edges(name: str, edges_deg: ArrayLike) -> FloatArray:
    edges = finite(name, edges_deg)
    if edges.ndim != 1 or edges.size == 0:
        raise SimulatorError(f"{name} must have shape (n + 1,), with at least one edge; was {edges.shape}")
    if (np.diff(edges) < 0.0).any():
        at = int(np.argmax(np.diff(edges) < 0.0))
        raise SimulatorError(f"{name} must be ascending; was {edges[at]} before {edges[at + 1]}")
    return edges


def _merged(edges_deg: FloatArray, fixed_deg: tuple[float, ...]) -> FloatArray:
    """Sort edges and merge those that coincide up to rounding; the fixed ones keep their exact value."""
    edges = edges_deg.copy()
    for value in fixed_deg:
        edges[np.abs(edges - value) <= EDGE_TOLERANCE_DEG] = value
    edges = np.unique(np.concatenate([edges, fixed_deg]))
    if (np.diff(edges) > EDGE_TOLERANCE_DEG).all():
        return edges
    # Each edge is compared with the last one kept: a long chain of close edges does not collapse into one.
    kept = [float(edges[0])]
    for edge in edges[1:].tolist():
        if edge - kept[-1] > EDGE_TOLERANCE_DEG:
            kept.append(edge)
    return np.array(kept)


def _cells_holding(angles_deg: FloatArray, edges_deg: FloatArray) -> Iterator[tuple[IndexArray, IndexArray]]:
    """Yield, a full turn at a time, which angles lie between the edges and in which cell each one lies."""
    if edges_deg.size < 2:
        return
    first = int(np.floor((edges_deg[0] - angles_deg.max()) / 360.0))
    last = int(np.ceil((edges_deg[-1] - angles_deg.min()) / 360.0))
    for turn in range(first, last + 1):
        cell = np.searchsorted(edges_deg, angles_deg + 360.0 * turn, side="right") - 1
        is_inside = (cell >= 0) & (cell < edges_deg.size - 1)
        if is_inside.any():
            yield np.flatnonzero(is_inside), cell[is_inside]


def fold_mask(gantry_edges_deg: ArrayLike, couch_edges_deg: ArrayLike, mask: ArrayLike) -> Chart:
    """Return which directions the cells of a grid of poses cover, on a chart that holds each direction once.

    Parameters
    ----------
    gantry_edges_deg : array_like, shape (n + 1,)
        Ascending, any range; it may span more than a full turn.
    couch_edges_deg : array_like, shape (m + 1,)
        Ascending, any range.
    mask : array_like of bool, shape (..., n, m)
        True where a cell of poses counts; leading axes hold several masks on the same grid.

    Returns
    -------
    Chart
        With `covered` of shape (..., p, q). A cell of zero width covers nothing. Exact up to the merging of
        edges closer than `EDGE_TOLERANCE_DEG`.

    Raises
    ------
    SimulatorError
        If edges are not ascending and finite, or the mask is not boolean or of another shape.
    """
    gantry, couch, cells = _checked(gantry_edges_deg, couch_edges_deg, mask)
    chart_gantry, chart_couch = _chart_edges(gantry, couch)
    covered = np.zeros((*cells.shape[:-2], chart_gantry.size - 1, chart_couch.size - 1), dtype=np.bool_)
    for p, q, i, j in _images(chart_gantry, chart_couch, gantry, couch):
        covered[..., p[:, None], q] |= cells[..., i[:, None], j]
    return Chart(chart_gantry, chart_couch, covered, _areas_sr(chart_gantry, chart_couch))


def shares_sr(gantry_edges_deg: ArrayLike, couch_edges_deg: ArrayLike, mask: ArrayLike) -> FloatArray:
    """Return the share of each True cell of the mask in the solid angle that they cover together.

    A direction that several cells cover is divided equally between them, so that the shares add up to
    `solid_angle_sr`.

    Parameters
    ----------
    gantry_edges_deg, couch_edges_deg, mask : array_like
        As in `solid_angle_sr`.

    Returns
    -------
    array, shape (n, m)
        Steradians; 0 where the mask is False.

    Raises
    ------
    SimulatorError
        As in `solid_angle_sr`.
    """
    gantry, couch, cells = _checked(gantry_edges_deg, couch_edges_deg, mask)
    _require_one_mask(cells)
    chart_gantry, chart_couch = _chart_edges(gantry, couch)
    images = list(_images(chart_gantry, chart_couch, gantry, couch))
    sharing = np.zeros((chart_gantry.size - 1, chart_couch.size - 1))
    for p, q, i, j in images:
        sharing[p[:, None], q] += cells[i[:, None], j]
    each_sr = _areas_sr(chart_gantry, chart_couch) / np.maximum(sharing, 1.0)
    shares: FloatArray = np.zeros(cells.shape)
    for p, q, i, j in images:
        np.add.at(shares, (i[:, None], j), np.where(cells[i[:, None], j], each_sr[p[:, None], q], 0.0))
    return shares


def solid_angle_sr(gantry_edges_deg: ArrayLike, couch_edges_deg: ArrayLike, mask: ArrayLike) -> float:
    """Return the solid angle of the directions that the True cells of a grid of poses cover.

    Each direction counts once, however many poses have it. A couch that does not turn gives 0 (a great
    circle); a full gantry turn with couch ±φ gives 4π φ/90°, up to 4π.

    Parameters
    ----------
    gantry_edges_deg, couch_edges_deg : array_like, shapes (n + 1,) and (m + 1,)
        As in `fold_mask`.
    mask : array_like of bool, shape (n, m)
        True where a cell of poses counts.

    Returns
    -------
    float
        Steradians, between 0 and 4π; rounding errors near 1e-12.

    Raises
    ------
    SimulatorError
        As in `fold_mask`, and if there is more than one mask.
    """
    _require_one_mask(np.asarray(mask))
    return float(fold_mask(gantry_edges_deg, couch_edges_deg, mask).solid_angle_sr())


def _checked(
    gantry_edges_deg: ArrayLike, couch_edges_deg: ArrayLike, mask: ArrayLike
) -> tuple[FloatArray, FloatArray, BoolArray]:
    gantry = _edges("gantry_edges_deg", gantry_edges_deg)
    couch = _edges("couch_edges_deg", couch_edges_deg)
    cells = np.asarray(mask)
    if cells.dtype != np.bool_:
        raise SimulatorError(f"mask must be boolean; was of type {cells.dtype}")
    if cells.shape[-2:] != (gantry.size - 1, couch.size - 1):
        raise SimulatorError(f"mask must have shape (..., {gantry.size - 1}, {couch.size - 1}); was {cells.shape}")
    return gantry, couch, cells


def _require_one_mask(mask: BoolArray) -> None:
    if mask.ndim != 2:
        raise SimulatorError(f"mask must have shape (n, m), one mask; was {mask.shape}")


def _chart_edges(gantry: FloatArray, couch: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the edges of the chart on which no cell is cut by the image of an edge of the grid."""
    wrapped = wrap_180(gantry)
    chart_gantry = _merged(np.concatenate([wrapped, -wrapped]), (-180.0, 0.0, 180.0))
    # Couch edges repeat every 180°. Doubling and halving are exact, so this is a wrap to (-90, 90].
    return chart_gantry, _merged(wrap_180(2.0 * couch) / 2.0, (-90.0, 90.0))


def _images(
    chart_gantry: FloatArray, chart_couch: FloatArray, gantry: FloatArray, couch: FloatArray
) -> Iterator[tuple[IndexArray, IndexArray, IndexArray, IndexArray]]:
    """Yield rows p and columns q of the chart, and rows i and columns j of the grid that their centres fall in."""
    centre_gantry = (chart_gantry[:-1] + chart_gantry[1:]) / 2.0
    centre_couch = (chart_couch[:-1] + chart_couch[1:]) / 2.0
    for image_gantry, image_couch in ((centre_gantry, centre_couch), (-centre_gantry, centre_couch + 180.0)):
        for p, i in _cells_holding(image_gantry, gantry):
            for q, j in _cells_holding(image_couch, couch):
                yield p, q, i, j


def _areas_sr(chart_gantry: FloatArray, chart_couch: FloatArray) -> FloatArray:
    return cell_area_sr(chart_gantry[:-1, None], chart_gantry[1:, None], chart_couch[:-1], chart_couch[1:])
