"""How far the nodes of a grid are from the contours of a structure, slice by slice: a field, exact at its nodes."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.errors import SimulatorError
from simulator.models.structures.contours import Slices
from simulator.models.structures.kernels.polygon_distance import TILE, lower_to_polygons

STEEPEST = 4.0
"""Slopes of the surface between slices are as drawn up to so many mm in the plane for each along the normal."""
CLOSING_MM = 0.2
"""From the last plane of a prism to the one that closes it; the surface lies about halfway."""
MOST_NODES = 50_000_000
MOST_WORK = 2e10
"""Corners times tiles: a minute."""


@dataclass(frozen=True, eq=False)
class Field:
    """A piecewise-linear function, by its values at the nodes of a grid of boxes.

    Attributes
    ----------
    values_mm : ndarray, shape (planes, rows, columns)
        At the nodes (u of the column, v of the row, offset of the plane).
    low_mm : ndarray, shape (2,)
        u and v of the first column and row.
    step_mm : float
        Spacing along u and v.
    offsets_mm : ndarray, shape (planes,)
        Of the planes along the normal, ascending.
    """

    values_mm: NDArray[np.float64]
    low_mm: NDArray[np.float64]
    step_mm: float
    offsets_mm: NDArray[np.float64]


def enclosing_level_mm(step_mm: float) -> float:
    """Return a level of the interpolated distance that is nowhere below it on a contour: step / √2.

    Let f be the interpolant on simplices with nodes g_i, at a point p of a contour with weights w_i. The distance d
    is at most 0 at p and 1-Lipschitz, so f(p) = Σ w_i d(g_i) ≤ Σ w_i |p − g_i| ≤ √(Σ w_i |p − g_i|²) (Jensen).
    Linear interpolation keeps the identity, Σ w_i g_i = p, so the last sum is the variance of nodes drawn with the
    weights: for each of the two coordinates at most step²/4 (Popoviciu), together step²/2.

    By the same steps f is nowhere further than that from d, so the surface is at most twice as far outside.
    """
    return step_mm / math.sqrt(2.0)


def distance_field(slices: Slices, step_mm: float, margin_mm: float, where: str = "") -> Field:
    """Return the signed distance to the contours of each slice, in its plane.

    It is the least of the signed distances to single contours, each negative inside its own (where it winds around at
    all): negative in their union, 1-Lipschitz, and at most 0 on every contour. Where a file draws holes
    (CLOSEDPLANAR_XOR) they are filled, which makes the structure larger. It is capped from above, which leaves it
    1-Lipschitz: a slice of which the next one knows nothing is then as thick as about half the gap.

    The planes are the slices; each end stands for half of its gap beyond, a prism, and two further planes close it.

    Parameters
    ----------
    slices : Slices
        At least two.
    step_mm : float
        Spacing of the nodes in the planes.
    margin_mm : float
        At least so much lies between contours and the border of the grid.
    where : str
        For messages.

    Raises
    ------
    SimulatorError
        If there are fewer slices, or more than can be worked on.
    """
    called = f"{where + ': ' if where else ''}ROI {slices.name!r}"
    if len(slices) < 2:
        raise SimulatorError(f"{called}: must have contours on at least 2 slices: one does not say how thick it is")
    low, high = slices.bounds_mm[0, :2] - margin_mm, slices.bounds_mm[1, :2] + margin_mm
    columns, rows = (int(count) for count in np.ceil((high - low) / step_mm) + 2)
    corners = sum(len(polygon) for polygons in slices.polygons for polygon in polygons)
    nodes, work = rows * columns * len(slices), float(corners) * rows * columns / TILE**2
    if nodes > MOST_NODES or work > MOST_WORK:
        raise SimulatorError(
            f"{called}: must have fewer points or slices, or be smaller: {corners:,} points on {len(slices):,} "
            f"slices of {columns * step_mm:.0f} × {rows * step_mm:.0f} mm take too long"
        )
    gaps = np.diff(slices.offsets_mm)
    values = np.full((len(slices) + 4, rows, columns), STEEPEST * max(step_mm, float(gaps.max())))
    distance = values[2:-2]

    def lower(at: int) -> None:
        polygons = slices.polygons[at]
        starts = np.cumsum([0, *map(len, polygons)])
        lower_to_polygons(distance[at], np.concatenate(polygons), starts, low[0], low[1], step_mm)

    with ThreadPoolExecutor() as pool:
        list(pool.map(lower, range(len(slices))))
    first, last = slices.offsets_mm[0] - gaps[0] / 2, slices.offsets_mm[-1] + gaps[-1] / 2
    offsets = np.array([first - CLOSING_MM, first, *slices.offsets_mm, last, last + CLOSING_MM])
    values[[1, -2]] = distance[[0, -1]]
    values[[0, -1]] = np.maximum(2.0 * margin_mm - distance[[0, -1]], distance[[0, -1]])
    return Field(values, low, step_mm, offsets)
