"""Closed surfaces on a grid: how often they wind around its points, and which cubes around these they meet.

The grid has the points (i, j, k) · spacing, so that one is at the origin.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.geometry.winding import winding_numbers

MOST_PAIRS = 200_000
"""Of a triangle and a place of the grid, that are looked at together."""
ROUNDING_MM = 1e-6
"""Added to the half edge of a cube, far above what coordinates in a room are rounded by."""

Integers = NDArray[np.int64]


def windings_on_grid(
    corners_mm: NDArray[np.float64], spacing_mm: float, low: Integers, high: Integers
) -> NDArray[np.int32]:
    """Return how often a closed surface winds around each point of a grid.

    That is how often a ray along z leaves the surface above the point, less how often it enters. Rays that meet an
    edge or a corner are moved by (ε, ε²) along x and y, as in Edelsbrunner and Mücke's simulation of simplicity
    (ACM Trans. Graph. 9 (1990) 66), so that each crossing is one triangle's. A ray that does not leave as often as it
    enters, for rounding, has its points asked one by one.

    Parameters
    ----------
    corners_mm : ndarray, shape (m, 3, 3)
        Corners of the triangles.
    spacing_mm : float
        Of the grid.
    low, high : ndarray of int, shape (3,)
        Numbers of the first points, and of those after the last.

    Returns
    -------
    ndarray of int, shape ``high - low``
    """
    steps = np.zeros(high - low + (0, 0, 1), dtype=np.int32)
    total = np.zeros(steps.shape[:2], dtype=np.int32)
    flat_mm = corners_mm[:, :, :2]
    first = np.maximum(np.ceil(flat_mm.min(axis=1) / spacing_mm).astype(np.int64), low[:2])
    last = np.minimum(np.floor(flat_mm.max(axis=1) / spacing_mm).astype(np.int64), high[:2] - 1)
    for triangle, column in _in_boxes(first, last):
        sign, height_mm = _crossings(corners_mm[triangle], column * spacing_mm)
        crosses = sign != 0
        i, j = (column[crosses] - low[:2]).T
        below = np.clip(np.ceil(height_mm[crosses] / spacing_mm).astype(np.int64) - low[2], 0, steps.shape[2] - 1)
        np.add.at(total, (i, j), sign[crosses])
        np.subtract.at(steps, (i, j, below), sign[crosses])
    windings = np.cumsum(steps, axis=2, dtype=np.int32)[:, :, :-1] + total[:, :, None]
    for i, j in np.argwhere(total != 0):
        points = np.stack(
            [
                np.full(windings.shape[2], low[0] + i),
                np.full(windings.shape[2], low[1] + j),
                np.arange(low[2], high[2]),
            ],
            axis=1,
        )
        windings[i, j] = np.round(winding_numbers(points * spacing_mm, corners_mm, np.zeros(1, dtype=np.intp))[:, 0])
    return windings


def met_voxels(corners_mm: NDArray[np.float64], spacing_mm: float) -> Integers:
    """Return the cubes around the points of a grid that triangles meet: in doubt they do.

    A triangle and a box that are apart are separated along an axis of the box, the normal of the triangle, or the
    cross product of an axis and an edge (Akenine-Möller, J. Graphics Tools 6 (2001) 29).

    Parameters
    ----------
    corners_mm : ndarray, shape (m, 3, 3)
        Corners of the triangles.
    spacing_mm : float
        Of the grid, and edge of the cubes.

    Returns
    -------
    ndarray of int, shape (n, 3)
        Numbers of the cubes' middles, sorted, each once.
    """
    half_mm = spacing_mm / 2 + ROUNDING_MM
    first = np.ceil((corners_mm.min(axis=1) - half_mm) / spacing_mm).astype(np.int64)
    last = np.floor((corners_mm.max(axis=1) + half_mm) / spacing_mm).astype(np.int64)
    found = [np.empty((0, 3), dtype=np.int64)]
    for triangle, cube in _in_boxes(first, last):
        meets = _meet(corners_mm[triangle] - (cube * spacing_mm)[:, None], half_mm)
        found.append(np.unique(cube[meets], axis=0))
    return np.unique(np.concatenate(found), axis=0)


def _in_boxes(first: Integers, last: Integers) -> Iterator[tuple[Integers, Integers]]:
    """Yield boxes by their number, and the places (n, d) of a grid in them; some pairs at a time.

    A box is all from ``first`` to ``last``, shapes (m, d), both included.
    """
    counts = np.maximum(last - first + 1, 0)
    places = counts.prod(axis=1)
    ends = np.cumsum(places)
    for start in range(0, int(places.sum()), MOST_PAIRS):
        pair = np.arange(start, min(start + MOST_PAIRS, int(ends[-1])))
        box = np.searchsorted(ends, pair, side="right")
        rest = pair - (ends - places)[box]
        place = np.empty((len(pair), counts.shape[1]), dtype=np.int64)
        for axis in reversed(range(counts.shape[1])):
            rest, place[:, axis] = np.divmod(rest, counts[box, axis])
        yield box, first[box] + place


def _crossings(corners_mm: NDArray[np.float64], at_mm: NDArray[Any]) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Return whether rays along z at (x, y) leave through triangles (n, 3, 3), 1, enter, -1, or miss, 0; and where.

    Shapes (n,); heights in mm.
    """
    sides = np.stack([_side(corners_mm[:, at, :2], corners_mm[:, (at + 1) % 3, :2], at_mm) for at in range(3)])
    sign = np.where((sides == 1).all(axis=0), 1, np.where((sides == -1).all(axis=0), -1, 0)).astype(np.int32)
    a, b, c = np.moveaxis(corners_mm, 1, 0)
    normal = np.cross(b - a, c - a)
    with np.errstate(divide="ignore", invalid="ignore"):
        height_mm = a[:, 2] - ((at_mm - a[:, :2]) * normal[:, :2]).sum(axis=1) / normal[:, 2]
    sign[~np.isfinite(height_mm)] = 0
    return sign, np.clip(
        np.where(sign != 0, height_mm, 0.0), corners_mm[:, :, 2].min(axis=1), corners_mm[:, :, 2].max(axis=1)
    )


def _side(start: NDArray[np.float64], stop: NDArray[np.float64], point: NDArray[np.float64]) -> NDArray[np.int8]:
    """Return on which side of lines points (n, 2) are, 1 to the left; never on them, unless the line is a point.

    The same for both triangles of an edge but for the sign: it is computed from its lesser end.
    """
    turned = (start[:, 0] > stop[:, 0]) | ((start[:, 0] == stop[:, 0]) & (start[:, 1] > stop[:, 1]))
    low, high = np.where(turned[:, None], stop, start), np.where(turned[:, None], start, stop)
    (dx, dy), (px, py) = (high - low).T, (point - low).T
    ahead = dx * py - dy * px
    ahead = np.where(ahead == 0.0, np.where(dy == 0.0, dx, -dy), ahead)
    return np.asarray(np.where(turned, -np.sign(ahead), np.sign(ahead)), dtype=np.int8)


def _meet(corners_mm: NDArray[np.float64], half_mm: float) -> NDArray[np.bool_]:
    """Return which triangles (n, 3, 3) meet a cube around the origin whose box they meet."""
    edges = np.roll(corners_mm, -1, axis=1) - corners_mm
    normals = np.cross(edges[:, 0], edges[:, 1])[:, None]
    across = np.cross(np.eye(3)[None, :, None], edges[:, None]).reshape(-1, 9, 3)
    axes = np.concatenate([normals, across], axis=1)
    along = np.einsum("nki,nci->nkc", axes, corners_mm)
    reach = half_mm * np.abs(axes).sum(axis=2)
    return np.asarray(((along.min(axis=2) <= reach) & (along.max(axis=2) >= -reach)).all(axis=1))
