"""The signed distance to closed polygons at the nodes of a grid, exact, compiled."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.compiled import jit

TILE = 8
"""Nodes along each side of the squares that share their nearest edges."""
SPARE_MM = 1e-9
"""For what numbers are rounded by."""


@jit
def lower_to_polygons(
    values: NDArray[np.float64],
    corners: NDArray[np.float64],
    starts: NDArray[np.int64],
    low_u: float,
    low_v: float,
    step: float,
) -> None:
    """Lower values at nodes to the least signed distance to any of several closed polygons.

    Parameters
    ----------
    values : ndarray, shape (rows, columns)
        At the nodes ``(low_u + column * step, low_v + row * step)``; lowered in place.
    corners : ndarray, shape (n, 2)
        Corners of the polygons, one after the other.
    starts : ndarray of int, shape (p + 1,)
        The first corner of each, and n.
    low_u, low_v, step : float
        The grid, in mm.
    """
    longest = 0
    for polygon in range(len(starts) - 1):
        longest = max(longest, starts[polygon + 1] - starts[polygon])
    near, to_centre = np.empty((longest, 4)), np.empty(longest)
    for polygon in range(len(starts) - 1):
        edges = _edges(corners[starts[polygon] : starts[polygon + 1]])
        _lower_to_polygon(values, edges, np.array([low_u, low_v, step]), near, to_centre)


@jit
def _edges(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the edges of a polygon, start and stop, shape (n, 4)."""
    count = len(corners)
    edges = np.empty((count, 4))
    for at in range(count):
        there = at + 1 if at + 1 < count else 0
        edges[at, 0], edges[at, 1] = corners[at, 0], corners[at, 1]
        edges[at, 2], edges[at, 3] = corners[there, 0], corners[there, 1]
    return edges


@jit
def _lower_to_polygon(
    values: NDArray[np.float64],
    edges: NDArray[np.float64],
    grid: NDArray[np.float64],
    near: NDArray[np.float64],
    to_centre: NDArray[np.float64],
) -> None:
    """Lower values to the signed distance to one polygon; ``near`` and ``to_centre`` are room for its edges."""
    rows, columns = values.shape
    low_u, low_v, step = grid
    left, right = edges[:, 0].min(), edges[:, 0].max()
    bottom, top = edges[:, 1].min(), edges[:, 1].max()
    column_0 = min(max(int(np.floor((left - low_u) / step)), 0), columns - 1)
    column_1 = min(max(int(np.ceil((right - low_u) / step)), 0), columns - 1)
    row_0 = min(max(int(np.floor((bottom - low_v) / step)), 0), rows - 1)
    row_1 = min(max(int(np.ceil((top - low_v) / step)), 0), rows - 1)
    box_low = np.array([low_u + column_0 * step, low_v + row_0 * step, step])
    winding = _winding(edges, box_low, row_1 - row_0 + 1, column_1 - column_0 + 1)
    half = (TILE - 1) * step / 2
    radius = half * np.sqrt(2.0)
    for row in range(0, rows, TILE):
        for column in range(0, columns, TILE):
            tile = values[row : row + TILE, column : column + TILE]
            greatest = tile.max()
            u, v = low_u + column * step + half, low_v + row * step + half
            out_u = max(left - u - half, u - half - right, 0.0)
            out_v = max(bottom - v - half, v - half - top, 0.0)
            is_outside = out_u > 0.0 or out_v > 0.0
            if is_outside and np.sqrt(out_u * out_u + out_v * out_v) >= greatest:
                continue
            nearest = np.inf
            for at in range(len(edges)):
                to_centre[at] = np.sqrt(
                    squared_distance(u, v, edges[at, 0], edges[at, 1], edges[at, 2], edges[at, 3])
                )
                nearest = min(nearest, to_centre[at])
            if is_outside and nearest - radius >= greatest:
                continue
            # What is nearest to a node is no further from the centre than twice the radius beyond the nearest.
            count = 0
            for at in range(len(edges)):
                if to_centre[at] <= nearest + 2.0 * radius + SPARE_MM:
                    near[count] = edges[at]
                    count += 1
            for r in range(tile.shape[0]):
                for c in range(tile.shape[1]):
                    signed = _distance(low_u + (column + c) * step, low_v + (row + r) * step, near[:count])
                    i, j = row + r - row_0, column + c - column_0
                    if 0 <= i < winding.shape[0] and 0 <= j < winding.shape[1] and winding[i, j] != 0:
                        signed = -signed
                    tile[r, c] = min(tile[r, c], signed)


@jit
def _distance(u: float, v: float, edges: NDArray[np.float64]) -> float:
    best = np.inf
    for at in range(len(edges)):
        best = min(best, squared_distance(u, v, edges[at, 0], edges[at, 1], edges[at, 2], edges[at, 3]))
    return float(np.sqrt(best))


@jit
def _winding(edges: NDArray[np.float64], grid: NDArray[np.float64], rows: int, columns: int) -> NDArray[np.int32]:
    """Return how often a polygon winds around each node of a grid: by the edges that a ray along +u crosses."""
    answer = np.zeros((rows, columns + 1), dtype=np.int32)
    low_u, low_v, step = grid
    for at in range(len(edges)):
        u_0, v_0, u_1, v_1 = edges[at]
        way = 1 if v_1 > v_0 else -1
        bottom, top = min(v_0, v_1), max(v_0, v_1)
        row = max(int(np.floor((bottom - low_v) / step)), 0)
        while row < rows and low_v + row * step < top:
            v = low_v + row * step
            if v >= bottom:
                u = u_0 + (v - v_0) / (v_1 - v_0) * (u_1 - u_0)
                passed = min(max(int(np.ceil((u - low_u) / step)), 0), columns)
                answer[row, 0] += way
                answer[row, passed] -= way
            row += 1
    for row in range(rows):
        for column in range(1, columns + 1):
            answer[row, column] += answer[row, column - 1]
    return answer


@jit
def squared_distance(u: float, v: float, u_0: float, v_0: float, u_1: float, v_1: float) -> float:
    """Return the squared distance of a point from a segment."""
    du, dv = u_1 - u_0, v_1 - v_0
    length_2 = du * du + dv * dv
    share = 0.0
    if length_2 > 0.0:
        share = min(max(((u - u_0) * du + (v - v_0) * dv) / length_2, 0.0), 1.0)
    out_u, out_v = u - u_0 - share * du, v - v_0 - share * dv
    return out_u * out_u + out_v * out_v
