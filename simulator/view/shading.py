"""Meshes as they are drawn: smooth over curved surfaces, split at sharp edges, so that machine parts look crisp."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.models.mesh import Mesh

SHARP_DEG = 30.0
"""Faces that meet at more than this are two surfaces with an edge between them."""


@dataclass(frozen=True, eq=False)
class Shaded:
    """Triangles with a normal at every vertex.

    Attributes
    ----------
    vertices_mm, normals : ndarray, shape (n, 3)
        A vertex of the mesh stands here once for each smooth surface that it is a corner of. Normals are unit
        vectors.
    faces : ndarray of int, shape (m, 3)
        The mesh's triangles, in their order.
    """

    vertices_mm: NDArray[np.float64]
    normals: NDArray[np.float64]
    faces: NDArray[np.int64]


def shaded(mesh: Mesh) -> Shaded:
    """Return a mesh with normals: at each vertex those of the faces around it, as far as no sharp edge lies between.

    Faces count by their angle at the vertex (Thürmer and Wüthrich, "Computing vertex normals from polygonal facets",
    1998), so that it does not matter how a flat side is cut into triangles, and by their area, so that a large flat
    side looks flat although its rim is bevelled.
    """
    corners = mesh.vertices_mm[mesh.faces]
    outwards = np.asarray(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), dtype=np.float64)
    normals = _units(outwards)
    surface = _surfaces(mesh.faces, normals)
    weighted = outwards[:, None, :] * _angles(corners)[:, :, None]
    sums = np.zeros((int(surface.max()) + 1, 3))
    np.add.at(sums, surface, weighted.reshape(-1, 3))
    found = np.empty((len(sums), 3))
    found[surface] = corners.reshape(-1, 3)
    units = _units(sums)
    units[~units.any(axis=1)] = (0.0, 0.0, 1.0)  # of triangles without area; a normal must have a length
    return Shaded(found, units, surface.reshape(-1, 3))


def _surfaces(faces: NDArray[np.int32], normals: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return for each corner (3 m) of the faces (m, 3) a number that it shares with those it passes over to smoothly.

    Two corners at one vertex belong together if their faces share an edge there that is not sharp.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    corner = np.arange(faces.size).reshape(faces.shape)
    ends = np.stack([faces.ravel(), np.roll(faces, -1, axis=1).ravel()], axis=1)
    at_ends = np.stack([corner.ravel(), np.roll(corner, -1, axis=1).ravel()], axis=1)
    backwards = ends[:, 0] > ends[:, 1]
    for array in (ends, at_ends):
        array[backwards] = array[backwards, ::-1]
    by_edge = np.lexsort((ends[:, 1], ends[:, 0]))
    ends, at_ends, face = ends[by_edge], at_ends[by_edge], by_edge // 3
    flat = np.einsum("ij,ij->i", normals[face[:-1]], normals[face[1:]]) > np.cos(np.deg2rad(SHARP_DEG))
    joined = (ends[:-1] == ends[1:]).all(axis=1) & flat
    links = at_ends[:-1][joined].ravel(), at_ends[1:][joined].ravel()
    graph = coo_array((np.ones(len(links[0]), dtype=np.int8), links), shape=(faces.size, faces.size))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def _angles(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the angles (m, 3) of triangles (m, 3, 3) at their corners, in radians."""
    ahead = _units(np.roll(corners, -1, axis=1) - corners)
    back = _units(np.roll(corners, 1, axis=1) - corners)
    return np.asarray(np.arccos(np.clip(np.einsum("ijk,ijk->ij", ahead, back), -1.0, 1.0)))


def _units(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return vectors (..., 3) at length 1; those without length stay zero."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(np.divide(vectors, length, out=np.zeros_like(vectors), where=length > 0))
