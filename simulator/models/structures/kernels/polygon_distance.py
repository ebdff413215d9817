"""The signed distance to closed polygons at the nodes of a grid, exact, compiled."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.compiled import jit

TILE = 8
"""Nodes along each side of the squares that share their nearest segments."""


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
    rows, columns = values.shape
    half = (TILE - 1) * step / 2
    radius = half * np.sqrt(2.0)
    longest = 0
    for polygon in range(len(starts) - 1):
        longest = max(longest, starts[polygon + 1] - starts[polygon])
    near = np.empty((longest, 4))
    to_centre = np.empty(longest)
    for polygon in range(len(starts) - 1):
        first, last = starts[polygon], starts[polygon + 1]
        left, right, bottom, top = np.inf, -np.inf, np.inf, -np.inf
        for at in range(first, last):
            left, right = min(left, corners[at, 0]), max(right, corners[at, 0])
            bottom, top = min(bottom, corners[at, 1]), max(top, corners[at, 1])
        column_0 = min(max(int(np.floor((left - low_u) / step)), 0), columns - 1)
        column_1 = min(max(int(np.ceil((right - low_u) / step)), 0), columns - 1)
        row_0 = min(max(int(np.floor((bottom - low_v) / step)), 0), rows - 1)
        row_1 = min(max(int(np.ceil((top - low_v) / step)), 0), rows - 1)
        winding = _winding(
            corners[first:last],
            low_u + column_0 * step,
            low_v + row_0 * step,
            step,
            row_1 - row_0 + 1,
            column_1 - column_0 + 1,
        )
        for row in range(0, rows, TILE):
            for column in range(0, columns, TILE):
                end_row, end_column = min(row + TILE, rows), min(column + TILE, columns)
                centre_u, centre_v = low_u + column * step + half, low_v + row * step + half
                out_u = max(left - centre_u - half, centre_u - half - right, 0.0)
                out_v = max(bottom - centre_v - half, centre_v - half - top, 0.0)
                greatest = values[row:end_row, column:end_column].max()
                box_2 = out_u * out_u + out_v * out_v
                if box_2 > 0.0 and (greatest <= 0.0 or box_2 >= greatest * greatest):
                    continue
                nearest = np.inf
                for at in range(first, last):
                    there = at + 1 if at + 1 < last else first
                    distance = np.sqrt(
                        squared_distance(
                            centre_u, centre_v, corners[at, 0], corners[at, 1], corners[there, 0], corners[there, 1]
                        )
                    )
                    to_centre[at - first] = distance
                    nearest = min(nearest, distance)
                if box_2 > 0.0 and nearest - radius >= greatest:
                    continue
                # What is nearest to a node is no further from it than what is nearest to the centre.
                count = 0
                for at in range(first, last):
                    if to_centre[at - first] <= nearest + 2.0 * radius + 1e-9:
                        there = at + 1 if at + 1 < last else first
                        near[count, 0], near[count, 1] = corners[at, 0], corners[at, 1]
                        near[count, 2], near[count, 3] = corners[there, 0], corners[there, 1]
                        count += 1
                for r in range(row, end_row):
                    for c in range(column, end_column):
                        u, v = low_u + c * step, low_v + r * step
                        best = np.inf
                        for k in range(count):
                            best = min(best, squared_distance(u, v, near[k, 0], near[k, 1], near[k, 2], near[k, 3]))
                        signed = np.sqrt(best)
                        if (
                            row_0 <= r <= row_1
                            and column_0 <= c <= column_1
                            and winding[r - row_0, c - column_0] != 0
                        ):
                            signed = -signed
                        values[r, c] = min(values[r, c], signed)


@jit
def _winding(
    corners: NDArray[np.float64], low_u: float, low_v: float, step: float, rows: int, columns: int
) -> NDArray[np.int32]:
    """Return how often a polygon winds around each node of a grid: by the edges that a ray along +u crosses."""
    answer = np.zeros((rows, columns + 1), dtype=np.int32)
    count = len(corners)
    for at in range(count):
        there = at + 1 if at + 1 < count else 0
        u_0, v_0, u_1, v_1 = corners[at, 0], corners[at, 1], corners[there, 0], corners[there, 1]
        if v_0 == v_1:
            continue
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
