"""Meshes as they are drawn: smooth over curved surfaces, split at sharp edges, so that machine parts look crisp."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.models.mesh import Mesh

if TYPE_CHECKING:
    import pyvista

SHARP_DEG = 30.0
"""Faces that meet at more than this are two surfaces with an edge between them."""


def shaded(mesh: Mesh) -> pyvista.PolyData:
    """Return a mesh with a unit normal at every vertex: a vertex stands there once for each side of a sharp edge.

    The triangles are those of the mesh, in their order.
    """
    import numpy as np
    import pyvista as pv

    drawn = pv.PolyData.from_regular_faces(mesh.vertices_mm, mesh.faces).compute_normals(
        cell_normals=False,
        split_vertices=True,
        feature_angle=SHARP_DEG,
        consistent_normals=False,
        auto_orient_normals=False,
        non_manifold_traversal=False,
    )
    normals = drawn.point_data.active_normals
    normals[~np.any(normals, axis=1)] = (0.0, 0.0, 1.0)  # of triangles without area; a normal must have a length
    return drawn
