"""Where rays meet triangles, each asked in closed form."""

from __future__ import annotations

import numpy as np

from simulator.compiled import jit
from simulator.geometry.angles import FloatArray

PARALLEL, EDGE = 1e-12, 1e-9
"""Of a ray and a triangle: as good as none, and how far beyond an edge counts, so that no ray slips through one."""


def first_hits_mm(corners_mm: FloatArray, starts_mm: FloatArray, along: FloatArray) -> FloatArray:
    """Return how far from its start each ray first meets a triangle, shape (n,); infinity if it meets none.

    Each triangle's plane and edges are asked (Möller and Trumbore, J. Graphics Tools 2 (1997) 21).

    Parameters
    ----------
    corners_mm : array, shape (t, 3, 3)
        Corners of the triangles.
    starts_mm, along : arrays, shape (n, 3)
        Where the rays begin, and unit vectors, in the axes of the corners.
    """
    first, second = corners_mm[:, 1] - corners_mm[:, 0], corners_mm[:, 2] - corners_mm[:, 0]
    arrays = (corners_mm[:, 0], first, second, starts_mm, along)
    return _first_hits(*(np.ascontiguousarray(array, dtype=np.float64) for array in arrays))


@jit
def _first_hits(
    corner: FloatArray, first: FloatArray, second: FloatArray, starts: FloatArray, along: FloatArray
) -> FloatArray:
    nearest = np.full(len(starts), np.inf)
    for ray in range(len(starts)):
        ax, ay, az = along[ray]
        for at in range(len(corner)):
            ux, uy, uz = first[at]
            vx, vy, vz = second[at]
            px, py, pz = ay * vz - az * vy, az * vx - ax * vz, ax * vy - ay * vx
            volume = ux * px + uy * py + uz * pz
            if abs(volume) <= PARALLEL:
                continue
            sx, sy, sz = (
                starts[ray, 0] - corner[at, 0],
                starts[ray, 1] - corner[at, 1],
                starts[ray, 2] - corner[at, 2],
            )
            u = (sx * px + sy * py + sz * pz) / volume
            if u < -EDGE or u > 1.0 + EDGE:
                continue
            qx, qy, qz = sy * uz - sz * uy, sz * ux - sx * uz, sx * uy - sy * ux
            v = (ax * qx + ay * qy + az * qz) / volume
            distance = (vx * qx + vy * qy + vz * qz) / volume
            if v >= -EDGE and u + v <= 1.0 + EDGE and 0.0 <= distance < nearest[ray]:
                nearest[ray] = distance
    return nearest
