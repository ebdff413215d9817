"""How often closed surfaces wind around points: what is inside of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

CHUNK_ELEMENTS = 1_000_000
"""Point-triangle combinations held in memory at a time."""


def winding_numbers(
    points_mm: NDArray[np.float64], corners_mm: NDArray[np.float64], starts: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Return how often each of several surfaces winds around each point: ±1 inside, 0 outside a simple closed one.

    The sum of the solid angles of the triangles over 4 pi, after van Oosterom and Strackee, IEEE Trans. Biomed.
    Eng. 30 (1983) 125: tan(omega / 2) = det(a, b, c) / (abc + (a·b)c + (b·c)a + (c·a)b).

    Parameters
    ----------
    points_mm : ndarray, shape (n, 3)
        Points, in the axes of the triangles.
    corners_mm : ndarray, shape (m, 3, 3)
        Corners of the triangles, one surface after the other.
    starts : ndarray of int, shape (k,)
        The first triangle of each surface.

    Returns
    -------
    ndarray, shape (n, k)

    """
    result = np.empty((len(points_mm), len(starts)))
    step = max(1, CHUNK_ELEMENTS // len(corners_mm))
    for start in range(0, len(points_mm), step):
        points = points_mm[start : start + step, None, None, :]
        a, b, c = np.moveaxis(corners_mm[None] - points, 2, 0)
        length_a, length_b, length_c = (np.sqrt(np.einsum("...i,...i", v, v)) for v in (a, b, c))
        numerator = np.einsum("...i,...i", a, np.cross(b, c))
        denominator = (
            length_a * length_b * length_c
            + np.einsum("...i,...i", a, b) * length_c
            + np.einsum("...i,...i", b, c) * length_a
            + np.einsum("...i,...i", c, a) * length_b
        )
        angles = np.arctan2(numerator, denominator)
        result[start : start + step] = np.add.reduceat(angles, starts, axis=1) / (2 * np.pi)
    return result
