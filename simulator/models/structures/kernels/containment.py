"""Whether a section of a surface holds the contours of a slice, and by how much it does not, compiled."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.compiled import jit
from simulator.models.structures.kernels.polygon_distance import squared_distance


@jit
def farthest_outside_mm(points: NDArray[np.float64], segments: NDArray[np.float64]) -> float:
    """Return how far the farthest of some points is outside a section; -1 if each is inside.

    Parameters
    ----------
    points : ndarray, shape (n, 2)
        Points in the plane.
    segments : ndarray, shape (m, 4)
        Start and stop of what the surface leaves in the plane, inside on the left: closed, in any order. Inside is
        where it winds around at all.
    """
    worst = -1.0
    for at in range(len(points)):
        u, v = points[at, 0], points[at, 1]
        winding = 0
        for k in range(len(segments)):
            u_0, v_0, u_1, v_1 = segments[k, 0], segments[k, 1], segments[k, 2], segments[k, 3]
            if (v_0 <= v) != (v_1 <= v) and u < u_0 + (v - v_0) / (v_1 - v_0) * (u_1 - u_0):
                winding += 1 if v_1 > v_0 else -1
        if winding != 0:
            continue
        best = np.inf
        for k in range(len(segments)):
            best = min(best, squared_distance(u, v, segments[k, 0], segments[k, 1], segments[k, 2], segments[k, 3]))
        worst = max(worst, np.sqrt(best))
    return worst


@jit
def do_cross(first: NDArray[np.float64], second: NDArray[np.float64]) -> bool:
    """Return False only if no segment (n, 4) of the first has a point in common with one (m, 4) of the second."""
    for i in range(len(first)):
        a_u, a_v, b_u, b_v = first[i, 0], first[i, 1], first[i, 2], first[i, 3]
        left, right, bottom, top = min(a_u, b_u), max(a_u, b_u), min(a_v, b_v), max(a_v, b_v)
        for k in range(len(second)):
            c_u, c_v, d_u, d_v = second[k, 0], second[k, 1], second[k, 2], second[k, 3]
            if max(c_u, d_u) < left or min(c_u, d_u) > right or max(c_v, d_v) < bottom or min(c_v, d_v) > top:
                continue
            c_side = (b_u - a_u) * (c_v - a_v) - (b_v - a_v) * (c_u - a_u)
            d_side = (b_u - a_u) * (d_v - a_v) - (b_v - a_v) * (d_u - a_u)
            a_side = (d_u - c_u) * (a_v - c_v) - (d_v - c_v) * (a_u - c_u)
            b_side = (d_u - c_u) * (b_v - c_v) - (d_v - c_v) * (b_u - c_u)
            if c_side * d_side <= 0.0 and a_side * b_side <= 0.0:
                return True
    return False


@jit
def extreme_distances_mm(
    points: NDArray[np.float64], corners: NDArray[np.float64], starts: NDArray[np.int64]
) -> tuple[float, float]:
    """Return the least and the greatest of the signed distances of points (n, 2) to the union of closed polygons.

    Polygons as in `lower_to_polygons`.
    """
    least, greatest = np.inf, -np.inf
    for at in range(len(points)):
        u, v = points[at, 0], points[at, 1]
        signed = np.inf
        for polygon in range(len(starts) - 1):
            first, last = starts[polygon], starts[polygon + 1]
            best, winding = np.inf, 0
            for here in range(first, last):
                there = here + 1 if here + 1 < last else first
                u_0, v_0, u_1, v_1 = corners[here, 0], corners[here, 1], corners[there, 0], corners[there, 1]
                best = min(best, squared_distance(u, v, u_0, v_0, u_1, v_1))
                if (v_0 <= v) != (v_1 <= v) and u < u_0 + (v - v_0) / (v_1 - v_0) * (u_1 - u_0):
                    winding += 1 if v_1 > v_0 else -1
            signed = min(signed, -np.sqrt(best) if winding != 0 else np.sqrt(best))
        least, greatest = min(least, signed), max(greatest, signed)
    return least, greatest
