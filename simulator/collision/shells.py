"""A coarse shell that holds everything within the buffer of a mesh, so that one yes/no query answers "far enough".

FCL answers "do they cross?" in microseconds and "how far?" in a millisecond. So the triangles of a mesh are
divided into compact patches, and around each patch stands the convex hull of its vertices, each replaced by a
polyhedron that holds the ball of the buffer's radius.

Invariant: a point within the buffer of some triangle is inside the hull of that triangle's patch, because
hull(patch) + ball = hull(patch + ball) is inside hull(patch + polyhedron). So a surface that crosses no hull
and is not wholly inside one is further away than the buffer. The converse is not true, and is not used: where a
hull is hit, the distance itself decides. The shell saves time and changes no answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from simulator.collision.clusters import halved
from simulator.geometry.transforms import ROUNDING_MM
from simulator.models.mesh import Mesh

PATCHES = 24
"""Enough to follow a body's outline to a few mm; more hulls cost more per query than they save."""


@dataclass(frozen=True, eq=False)
class Shell:
    """Hulls in the axes of the mesh that they are around.

    Attributes
    ----------
    mesh : Mesh
        The surfaces of all hulls.
    boxes_mm : ndarray, shape (hulls, 2, 3)
        The bounding box of each.

    """

    mesh: Mesh
    boxes_mm: NDArray[np.float64]

    def may_swallow(self, points_mm: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return which points (n, 3) are in the box of some hull; the others are in no hull."""
        answer = np.zeros(len(points_mm), dtype=bool)
        for low, high in self.boxes_mm:
            answer |= ((points_mm >= low) & (points_mm <= high)).all(axis=1)
        return answer


@dataclass(frozen=True, eq=False)
class Patches:
    """A surface divided into compact patches, each held by the convex hull of a few corners.

    Attributes
    ----------
    corners_mm : tuple of ndarray, shape (n, 3)
        One array for each patch, in the mesh's axes.

    """

    corners_mm: tuple[NDArray[np.float64], ...]

    @classmethod
    def of(cls, mesh: Mesh) -> Patches:
        """Divide a mesh."""
        clusters = [np.unique(mesh.faces[cluster]) for cluster in _clusters(mesh)]
        return cls(tuple(_outermost(mesh.vertices_mm[indices]) for indices in clusters))

    def swollen(self, radii_mm: NDArray[np.float64]) -> Shell:
        """Return the shell that holds everything within ``radii_mm`` (k,) of each patch."""
        from scipy.spatial import ConvexHull

        vertices, faces, boxes, count = [], [], [], 0
        for corners, radius_mm in zip(self.corners_mm, radii_mm, strict=True):
            ball = (radius_mm + ROUNDING_MM) * _ball_polyhedron()
            points = (corners[:, None, :] + ball[None, :, :]).reshape(-1, 3)
            hull = ConvexHull(points)
            used, renumbered = np.unique(hull.simplices, return_inverse=True)
            vertices.append(points[used])
            faces.append(renumbered.reshape(-1, 3) + count)
            boxes.append((points.min(axis=0), points.max(axis=0)))
            count += len(used)
        mesh = Mesh(np.concatenate(vertices), np.concatenate(faces).astype(np.int32))
        return Shell(mesh, np.array(boxes))


@cache
def _ball_polyhedron() -> NDArray[np.float64]:
    """Return the corners, shape (12, 3), of the icosahedron around the unit ball.

    Its faces are sqrt((5 + 2 sqrt 5) / 15) = 0.79 of a corner's distance from the centre.
    """
    golden = (1 + np.sqrt(5)) / 2
    base = np.array([(0, a, b * golden) for a in (-1, 1) for b in (-1, 1)], dtype=float)
    corners = np.concatenate([np.roll(base, shift, axis=1) for shift in range(3)])
    corners /= np.linalg.norm(corners, axis=1, keepdims=True)
    return np.asarray(corners / np.sqrt((5 + 2 * np.sqrt(5)) / 15))


def _outermost(points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
    """Drop most points that are not corners of the convex hull: only corners matter, and there are few."""
    if len(points_mm) <= 50:
        return points_mm
    from scipy.spatial import ConvexHull, QhullError

    try:
        return np.asarray(points_mm[ConvexHull(points_mm).vertices])
    except QhullError:  # flat: it has no hull with a volume
        return points_mm


def _clusters(mesh: Mesh) -> list[NDArray[np.intp]]:
    """Divide the triangles into compact groups: halve the largest group at its longest side, and again."""
    centres = mesh.vertices_mm[mesh.faces].mean(axis=1)
    groups = [np.arange(len(centres))]
    while len(groups) < PATCHES:
        extents = [float(np.ptp(centres[group], axis=0).max()) for group in groups]
        largest = int(np.argmax(extents))
        if extents[largest] == 0.0:
            break
        groups += halved(centres, groups.pop(largest))
    return groups
