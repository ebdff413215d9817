"""A body that is somewhere along a way, as one that is everywhere on it at once.

What is at least so far from all places of a body is at least so far from each of them, and the least distance over
all places is that of the union of them. The union of the translates of a convex body along a segment, or over a
parallelogram, is the convex hull of its translates to the corners: each of its points is s + Σ tᵢ vᵢ with s in the
body and tᵢ from 0 to 1, and that is a convex combination of the corners' s + Σ tᵢ vᵢ with tᵢ 0 or 1. The hull of a
body that is not convex holds more: then poses may be called not free that are.
"""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulator.models.mesh import Mesh

CONVEX = 1e-6
"""A body is convex if its hull has no larger a share more volume."""


def swept(mesh: Mesh, ways_mm: ArrayLike) -> Mesh:
    """Return what a mesh passes over while it moves along straight ways, all of them independently.

    Parameters
    ----------
    mesh : Mesh
        Closed.
    ways_mm : array_like, shape (w, 2, 3)
        From where to where it moves, for each way.

    Returns
    -------
    Mesh
        For each body the convex hull of its translates.
    """
    ways = np.asarray(ways_mm, dtype=float).reshape(-1, 2, 3)
    corners = [sum(ends, np.zeros(3)) for ends in product(*ways)]
    parts = []
    for indices in mesh.bodies:
        points = mesh.vertices_mm[indices]
        parts.append(_hull(np.concatenate([points + corner for corner in corners])))
    offsets = np.cumsum([0, *(len(vertices) for vertices, _ in parts)])
    faces = [triangles + offset for (_, triangles), offset in zip(parts, offsets[:-1], strict=True)]
    return Mesh(np.concatenate([vertices for vertices, _ in parts]), np.concatenate(faces).astype(np.int32))


def is_convex(mesh: Mesh) -> bool:
    """Return whether each body of a closed mesh is convex, so that `swept` adds nothing to what it passes over."""
    of_hulls = swept(mesh, np.zeros((0, 2, 3))).surface.volume_mm3.sum()
    return bool(of_hulls - np.abs(mesh.surface.volume_mm3).sum() <= CONVEX * of_hulls)


def _hull(points_mm: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Return vertices and outward triangles of a convex hull."""
    from manifold3d import Manifold

    mesh = Manifold.hull_points(points_mm).to_mesh64()
    return np.asarray(mesh.vert_properties)[:, :3].astype(float), np.asarray(mesh.tri_verts).astype(np.int32)
