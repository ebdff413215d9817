"""Masks on a grid of poses, folded so that every direction has one cell.

A grid may cover a direction many times: by θ2 and −θ2, and by poses a full turn apart. The folded chart is θ2 in
[0, 180] by θ1 in [0, 360]. Its edges are all edges of the grid, folded, so that every cell lies wholly inside or
outside the image of each cell of the grid. Areas are then sums of closed forms, and questions about several masks
are boolean algebra on `FoldedMask.covered`. That is exact for a C-arm. For other axes the images of negative θ2
are sheared; they are placed where the middle of each strip has them, which makes an estimate. `unions` has bounds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from simulator.directions.crossed_axes import BoolArray, CrossedAxes
from simulator.geometry.angles import FULL_TURN_DEG, HALF_TURN_DEG, FloatArray, wrap_180
from simulator.geometry.edges import IndexArray, cell_of, edges_every

EDGE_DIGITS = 8
"""Edges that agree to so many digits of a degree are one: folding 359.9 to -0.1 is off by 2e-14."""
STRIP_DEG = 1.0
"""Strips of sheared charts are no wider: images of cells are placed by the middles of strips."""


@dataclass(frozen=True, eq=False, repr=False)
class FoldedMask:
    """Which directions are covered, for one mask or several.

    Attributes
    ----------
    axes : CrossedAxes
        Whose directions.
    theta2_deg : array, shape (p + 1,)
        Edges of the strips, from 0 to 180.
    theta1_deg : array, shape (p, q + 1)
        Edges of the cells in each strip, from 0 to 360; some cells may have no width.
    covered : array of bool, shape (..., p, q)
        True where the mask covers the directions of the cell; the leading axes are those of the mask.
    areas_sr : array, shape (p, q)
        Solid angle of each cell; they add up to 4π sin α sin β.
    """

    axes: CrossedAxes
    theta2_deg: FloatArray
    theta1_deg: FloatArray
    covered: BoolArray
    areas_sr: FloatArray

    def solid_angle_sr(self, covered: BoolArray | None = None) -> FloatArray:
        """Return the solid angle of covered cells, each direction once.

        Parameters
        ----------
        covered : array of bool, shape (..., p, q), optional
            Cells of this chart, such as ``folded.covered[0] & ~folded.covered[1]``; `covered` if omitted.

        Returns
        -------
        array, shape (...)
            Steradians.
        """
        cells = self.covered if covered is None else covered
        # One axis at a time: rows are added in the same order whether there is one mask or ten.
        total: FloatArray = np.where(cells, self.areas_sr, 0.0).sum(axis=-1).sum(axis=-1)
        return total

    def cells_of(self, direction: FloatArray) -> tuple[IndexArray, IndexArray]:
        """Return strip and cell, shapes (...), of directions (..., 3); -1 where no pose has the direction."""
        theta1, theta2, _ = self.axes.angles(direction)
        theta1, theta2 = np.broadcast_arrays(np.mod(theta1, FULL_TURN_DEG), theta2)
        strip, cell = cell_of(theta2, self.theta2_deg), np.full(theta2.shape, -1, dtype=np.intp)
        for p in np.unique(strip[strip >= 0]):
            cell[strip == p] = cell_of(theta1[strip == p], self.theta1_deg[p])
        return strip, cell

    def __repr__(self) -> str:
        """Return the size of the chart and what is covered, on one line."""
        *masks, p, q = self.covered.shape
        covered = " ".join(f"{omega:.6g}" for omega in np.ravel(self.solid_angle_sr()))
        return f"FoldedMask({p} x {q} cells, masks {tuple(masks)}, covered {covered} sr)"


def fold(axes: CrossedAxes, theta2_deg: FloatArray, theta1_deg: FloatArray, mask: BoolArray) -> FoldedMask:
    """Return which directions the cells of a grid of poses cover.

    Parameters
    ----------
    axes : CrossedAxes
        Whose directions.
    theta2_deg, theta1_deg : arrays, shapes (n + 1,) and (m + 1,)
        Ascending, any range; they may span more than a full turn.
    mask : array of bool, shape (..., n, m)
        True where a cell of poses counts; leading axes hold several masks on the same grid.

    Returns
    -------
    FoldedMask
        With `covered` of shape (..., p, q). A cell of zero width covers nothing.
    """
    strips, cells, areas = _chart(axes, theta2_deg, theta1_deg)
    covered = np.zeros((*mask.shape[:-2], *areas.shape), dtype=np.bool_)
    for p, q, i, j in _images(axes, strips, cells, theta2_deg, theta1_deg):
        covered[..., p, q] |= mask[..., i, j]
    return FoldedMask(axes, strips, cells, covered, areas)


def shares_sr(axes: CrossedAxes, theta2_deg: FloatArray, theta1_deg: FloatArray, mask: BoolArray) -> FloatArray:
    """Return the share of each True cell of one mask in the solid angle that they cover together.

    A direction that several cells cover is divided equally between them, so that the shares add up to
    `FoldedMask.solid_angle_sr`.

    Parameters
    ----------
    axes, theta2_deg, theta1_deg, mask
        As in `fold`.

    Returns
    -------
    array, shape (n, m)
        Steradians; 0 where the mask is False.
    """
    strips, cells, areas = _chart(axes, theta2_deg, theta1_deg)
    images = list(_images(axes, strips, cells, theta2_deg, theta1_deg))
    sharing = np.zeros(areas.shape)
    for p, q, i, j in images:
        sharing[p, q] += mask[i, j]
    each_sr = areas / np.maximum(sharing, 1.0)
    shares: FloatArray = np.zeros(mask.shape)
    for p, q, i, j in images:
        np.add.at(shares, (i, j), np.where(mask[i, j], each_sr[p, q], 0.0))
    return shares


def _chart(
    axes: CrossedAxes, theta2_deg: FloatArray, theta1_deg: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the edges of strips (p + 1,), of cells in them (p, q + 1), and the areas (p, q)."""
    ends = 0.0, HALF_TURN_DEG
    fixed = np.array(ends) if axes.is_unsheared else edges_every(STRIP_DEG, *ends)
    strips = _distinct(np.concatenate([fixed, np.abs(wrap_180(theta2_deg))]))
    shift = -2.0 * axes.azimuth_deg((strips[:-1] + strips[1:]) / 2)
    # Of a C-arm all strips have the same edges.
    shift = shift[:1] if axes.is_unsheared else shift
    images = np.mod(np.add.outer(shift, theta1_deg), FULL_TURN_DEG)
    own = np.concatenate([[0.0, FULL_TURN_DEG], np.mod(theta1_deg, FULL_TURN_DEG)])
    edges = np.concatenate([np.broadcast_to(own, (len(shift), len(own))), images], axis=1)
    cells = _distinct(edges[0])[None] if axes.is_unsheared else np.sort(edges, axis=1)
    cells = np.broadcast_to(cells, (len(strips) - 1, cells.shape[1]))
    return strips, cells, axes.area_sr(strips[:-1, None], strips[1:, None], np.diff(cells, axis=1))


def _distinct(edges_deg: FloatArray) -> FloatArray:
    """Return edges sorted, one of those that agree; the first of the list has the word."""
    _, first = np.unique(np.round(edges_deg, EDGE_DIGITS), return_index=True)
    return edges_deg[first]


def _images(
    axes: CrossedAxes, strips: FloatArray, cells: FloatArray, theta2_deg: FloatArray, theta1_deg: FloatArray
) -> Iterator[tuple[IndexArray, IndexArray, IndexArray, IndexArray]]:
    """Yield strips p and cells q of the chart, and rows i and columns j of the grid that their centres fall in."""
    theta2, theta1 = (strips[:-1] + strips[1:]) / 2, (cells[:, :-1] + cells[:, 1:]) / 2
    mirrored = theta1 + 2.0 * axes.azimuth_deg(theta2)[:, None]  # @mirrored
    for image2, image1 in ((theta2, theta1), (-theta2, mirrored)):
        for turned2 in _turned(image2, theta2_deg):
            row = cell_of(turned2, theta2_deg)
            for turned1 in _turned(image1, theta1_deg):
                column = cell_of(turned1, theta1_deg)
                p, q = np.nonzero((row >= 0)[:, None] & (column >= 0))
                if p.size:
                    yield p, q, row[p], column[p, q]


def _turned(angles_deg: FloatArray, edges_deg: FloatArray) -> Iterator[FloatArray]:
    """Yield angles moved by every number of full turns that may bring one of them between the edges."""
    first = int(np.floor((edges_deg[0] - angles_deg.max()) / FULL_TURN_DEG))
    last = int(np.ceil((edges_deg[-1] - angles_deg.min()) / FULL_TURN_DEG))
    for turn in range(first, last + 1):
        yield angles_deg + FULL_TURN_DEG * turn
