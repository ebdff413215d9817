"""Surfaces grown outwards or inwards by a distance: the Minkowski sum, or difference, with a ball.

The ball is a polyhedron of 80 triangles. Outwards it is one that contains the ball of the radius, and inwards one
that the ball contains: what is made is never smaller than what is meant, and larger by at most 7 % of the distance.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator.errors import SimulatorError
from simulator.models.mesh import Mesh

SUBDIVISIONS = 1
"""Of an icosahedron: each triangle into four. One more would take four times as long for a fourth of the excess."""


def grown(mesh: Mesh, distance_mm: float, name: str) -> Mesh:
    """Return a closed mesh with its surface a distance further out, or further in if that is less than 0.

    Takes about 10 ms a triangle.

    Parameters
    ----------
    mesh : Mesh
        A body's.
    distance_mm : float
        How far.
    name : str
        Of the part, for messages.

    Raises
    ------
    SimulatorError
        If the mesh is none that manifold3d takes for a solid, or nothing is left of it.
    """
    import manifold3d
    import trimesh

    if distance_mm == 0.0:
        return mesh
    solid = _solid(mesh, name)
    unit = trimesh.creation.icosphere(subdivisions=SUBDIVISIONS, radius=1.0)
    inner = float(np.einsum("ij,ij->i", unit.face_normals, unit.triangles_center).min())
    radius = distance_mm / inner if distance_mm > 0.0 else -distance_mm
    ball = manifold3d.Manifold(
        manifold3d.Mesh64(np.asarray(unit.vertices) * radius, np.asarray(unit.faces, dtype=np.uint64))
    )
    found = solid.minkowski_sum(ball) if distance_mm > 0.0 else solid.minkowski_difference(ball)
    if found.is_empty():
        raise SimulatorError(
            f"part {name!r}: nothing is left of it where its surface is {-distance_mm:g} mm further in"
        )
    made = found.to_mesh64()
    return Mesh(np.asarray(made.vert_properties)[:, :3].copy(), np.asarray(made.tri_verts).astype(np.int32))


def _solid(mesh: Mesh, name: str) -> Any:
    """Return a mesh as manifold3d has them."""
    import manifold3d

    solid = manifold3d.Manifold(manifold3d.Mesh64(mesh.vertices_mm, mesh.faces.astype(np.uint64)))
    if solid.is_empty():
        raise SimulatorError(f"part {name!r}: must be a solid to be grown: {solid.status()}")
    return solid
