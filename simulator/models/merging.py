"""Vertices of a mesh file that are one place, and triangles that are nothing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Vertices = NDArray[np.float64]
Faces = NDArray[np.int32]

DIGITS = 8
"""Of the unit of the file: vertices that are equal to so many are one, as trimesh merges them."""


def merged(vertices: Vertices, faces: NDArray[np.integer]) -> tuple[Vertices, Faces]:
    """Return a mesh in which each place stands once, and none that no triangle has; STL repeats them all.

    Parameters
    ----------
    vertices : ndarray, shape (n, 3)
        In the unit of the file.
    faces : ndarray of int, shape (m, 3)
        Vertex indices.

    Returns
    -------
    vertices : ndarray, shape (k, 3)
        The first of each place, in the order of the file.
    faces : ndarray of int32, shape (m, 3)
    """
    is_used = np.zeros(len(vertices), dtype=bool)
    is_used[faces] = True
    used = np.flatnonzero(is_used)
    places = np.rint(vertices[used] * 10.0**DIGITS).astype(np.int64)
    _, first, which = np.unique(places.view(np.dtype((np.void, 24))).ravel(), return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    index = np.zeros(len(vertices), dtype=np.int32)
    index[used] = rank[which]
    return vertices[used[first[order]]], index[faces]


def have_area(vertices: Vertices, faces: Faces) -> NDArray[np.bool_]:
    """Return which triangles (m,) are wider than what makes vertices one."""
    corners = vertices[faces]
    sides = np.roll(corners, -1, axis=1) - corners
    twice_area = np.linalg.norm(np.cross(sides[:, 0], sides[:, 1]), axis=1)
    return np.asarray(twice_area > 10.0**-DIGITS * np.linalg.norm(sides, axis=2).max(axis=1))
