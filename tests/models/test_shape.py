"""Primitives as solids: closed, around the true body, and hardly larger."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.campaign import times

from simulator.errors import SimulatorError
from simulator.models.shape import ShapeTable, mesh_of

SIZE = st.floats(1.0, 5000.0)


def planes(mesh):
    """Unit normals (m, 3) of the faces, outwards, and how far their planes are from the origin (m,)."""
    a, b, c = np.moveaxis(mesh.vertices_mm[mesh.faces], 1, 0)
    normals = np.cross(b - a, c - a)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    return normals, np.einsum("ij,ij->i", normals, a)


@settings(max_examples=times(20))
@given(x=SIZE, y=SIZE, z=SIZE)
def test_a_box_is_as_wide_as_it_says(x, y, z):
    mesh = mesh_of(ShapeTable(box_mm=(x, y, z)))
    assert mesh.is_closed and len(mesh.faces) == 12
    np.testing.assert_allclose(mesh.bounds_mm, np.outer([-0.5, 0.5], [x, y, z]), rtol=1e-12)


@settings(max_examples=times(20))
@given(radius=SIZE, length=SIZE)
def test_a_cylinder_is_inside_its_solid(radius, length):
    mesh = mesh_of(ShapeTable(cylinder_mm=(radius, length)))
    normals, distances = planes(mesh)
    is_end = np.abs(normals[:, 2]) > 0.5
    assert mesh.is_closed and is_end.any() and not is_end.all()
    np.testing.assert_allclose(distances[is_end], length / 2, rtol=1e-9)
    assert distances[~is_end].min() >= radius * (1 - 1e-12)
    assert np.hypot(*mesh.vertices_mm[:, :2].T).max() <= 1.002 * radius


@settings(max_examples=times(20))
@given(radius=SIZE)
def test_a_ball_is_inside_its_solid(radius):
    mesh = mesh_of(ShapeTable(sphere_mm=radius))
    _, distances = planes(mesh)
    assert mesh.is_closed and distances.min() >= radius * (1 - 1e-12)
    assert np.linalg.norm(mesh.vertices_mm, axis=1).max() <= 1.02 * radius


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "must have one of box_mm, cylinder_mm and sphere_mm"),
        ({"sphere_mm": 1.0, "box_mm": (1.0, 1.0, 1.0)}, "must have one of box_mm"),
        ({"sphere_mm": 0.0}, "sphere_mm: must be greater than 0"),
        ({"cylinder_mm": (1.0, float("inf"))}, "cylinder_mm.1: must be"),
    ],
)
def test_what_is_no_primitive_is_refused(fields, message):
    with pytest.raises(SimulatorError, match=message):
        ShapeTable(**fields)
