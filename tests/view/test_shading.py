"""Normals: flat where a solid is flat, smooth where it is round, and the triangles as they were."""

from __future__ import annotations

import numpy as np
import pytest
import trimesh

from simulator.models.mesh import Mesh
from simulator.view.shading import shaded


def mesh_of(solid: trimesh.Trimesh) -> Mesh:
    return Mesh(np.asarray(solid.vertices), np.asarray(solid.faces, dtype=np.int32))


def test_a_box_has_six_flat_sides() -> None:
    box = mesh_of(trimesh.creation.box((100.0, 200.0, 300.0)))
    drawn = shaded(box)
    assert len(drawn.points) == 24
    flat = np.cross(*np.moveaxis(np.diff(box.vertices_mm[box.faces], axis=1), 1, 0))
    flat /= np.linalg.norm(flat, axis=1, keepdims=True)
    normals = drawn.point_data.active_normals[drawn.regular_faces]
    np.testing.assert_allclose(normals, np.repeat(flat[:, None], 3, axis=1), atol=1e-6)


def test_a_sphere_is_smooth() -> None:
    ball = mesh_of(trimesh.creation.icosphere(subdivisions=3, radius=50.0))
    drawn = shaded(ball)
    assert len(drawn.points) == len(ball.vertices_mm)
    np.testing.assert_allclose(drawn.point_data.active_normals, drawn.points / 50.0, atol=0.01)


def test_a_cylinder_is_round_and_has_sharp_rims() -> None:
    drawn = shaded(mesh_of(trimesh.creation.cylinder(radius=30.0, height=200.0, sections=24)))
    normals = np.asarray(drawn.point_data.active_normals)
    side = np.abs(normals[:, 2]) < 0.5
    outwards = drawn.points[side] * (1.0, 1.0, 0.0) / 30.0
    np.testing.assert_allclose(normals[side], outwards, atol=np.sin(np.deg2rad(15.0 / 4)))  # a quarter of a facet
    np.testing.assert_allclose(np.abs(normals[~side]), np.broadcast_to([0.0, 0.0, 1.0], (2 * 25, 3)), atol=1e-6)


def test_triangles_stay_where_they_were(any_mesh: Mesh) -> None:
    drawn = shaded(any_mesh)
    np.testing.assert_array_equal(drawn.points[drawn.regular_faces], any_mesh.vertices_mm[any_mesh.faces])
    np.testing.assert_allclose(np.linalg.norm(drawn.point_data.active_normals, axis=1), 1.0, atol=1e-6)


@pytest.fixture(params=["open", "three at an edge", "flat triangle"])
def any_mesh(request: pytest.FixtureRequest) -> Mesh:
    """Surfaces that are no solids."""
    vertices = np.array([[0.0, 0, 0], [10, 0, 0], [0, 10, 0], [0, 0, 10], [0, -10, 1], [20, 0, 0]])
    faces = {
        "open": [[0, 1, 2]],
        "three at an edge": [[0, 1, 2], [0, 1, 3], [1, 0, 4]],
        "flat triangle": [[0, 1, 2], [0, 5, 1]],
    }[request.param]
    return Mesh(vertices, np.array(faces, dtype=np.int32))
