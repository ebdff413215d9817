"""Surfaces of piecewise-linear functions: closed, manifold, and where the function has the value."""

import numpy as np
import pytest
import trimesh
from hypothesis import given, settings
from hypothesis import strategies as st
from support.contoured import solid

from simulator.models.mesh import Mesh
from simulator.models.structures.distances import Field
from simulator.models.structures.level_set import level_set


def field_of(function, count=24, step=2.0, offsets=None):
    """Return a function of places (..., 3) at the nodes of a grid around the origin."""
    across = (np.arange(count) - (count - 1) / 2) * step
    offsets = across if offsets is None else np.asarray(offsets, dtype=float)
    w, v, u = np.meshgrid(offsets, across, across, indexing="ij")
    return Field(function(np.stack([u, v, w], axis=-1)), across[[0, 0]], step, offsets)


def ball(points):
    return np.linalg.norm(points, axis=-1)


@pytest.mark.parametrize("radius", [3.0, 10.0, 17.5])
def test_a_ball(radius):
    mesh = Mesh(*level_set(field_of(ball), radius))
    inner = radius - 2.0**2 * 3 / 8 / radius * 1.5  # linear interpolation is off by length²/8 times the curvature
    assert mesh.is_closed
    assert np.linalg.norm(mesh.vertices_mm, axis=1).max() <= radius + 1e-9  # |x| is convex: chords lie inside
    assert np.linalg.norm(mesh.vertices_mm, axis=1).min() >= inner
    assert 4 / 3 * np.pi * inner**3 * 0.9 < mesh.surface.volume_mm3.sum() < 4 / 3 * np.pi * radius**3


@settings(max_examples=40)
@given(st.tuples(*[st.floats(-1, 1)] * 3), st.floats(-10, 10), st.lists(st.floats(0.3, 5.0), min_size=4, max_size=12))
def test_linear_functions_are_kept_exactly_on_boxes_of_any_height(normal, level, gaps):
    normal = np.array(normal)
    offsets = np.cumsum(gaps) - sum(gaps) / 2
    field = field_of(lambda points: points @ normal, 10, 2.0, offsets)
    closed = np.full(np.array(field.values_mm.shape) + 2, 1e3)
    closed[1:-1, 1:-1, 1:-1] = field.values_mm
    if not (field.values_mm < level - 1e-5).any():
        return
    padded = Field(closed, field.low_mm - 2.0, 2.0, np.array([offsets[0] - 1, *offsets, offsets[-1] + 1]))
    vertices, _ = level_set(padded, level)
    inner = (
        (np.abs(vertices[:, :2]) <= 9.0).all(axis=1)
        & (vertices[:, 2] >= offsets[0])
        & (vertices[:, 2] <= offsets[-1])
    )
    assert np.abs(vertices[inner] @ normal - level).max(initial=0.0) < 1e-5


@settings(max_examples=100)
@given(st.integers(0, 100_000), st.sampled_from([0.5, 0.0, -0.3]), st.booleans())
def test_random_fields_have_closed_manifold_surfaces(seed, level, is_coarse):
    """Values on the level itself, too: a coarse field has many of them."""
    random = np.random.default_rng(seed)
    values = np.full((7, 8, 6), 2.0)
    values[1:-1, 1:-1, 1:-1] = random.normal(size=(5, 6, 4))
    if is_coarse:
        values = np.round(values * 2) / 2
    field = Field(values, np.array([-3.0, 5.0]), 1.5, np.cumsum(random.uniform(0.3, 4.0, 7)))
    vertices, faces = level_set(field, level)
    mesh = Mesh(vertices, faces)
    found = trimesh.Trimesh(vertices, faces, process=False)
    assert found.is_watertight and found.is_winding_consistent
    assert solid(mesh).volume() == pytest.approx(found.volume)
    assert found.volume > 0.0
    assert found.bounds[0, :2].tolist() >= field.low_mm.tolist()


def test_where_nothing_is_below_there_is_no_surface():
    vertices, faces = level_set(field_of(ball), -1.0)
    assert vertices.shape == (0, 3) and faces.shape == (0, 3)


def test_nodes_below_are_inside_and_nodes_above_outside():
    random = np.random.default_rng(3)
    values = np.full((6, 6, 6), 2.0)
    values[1:-1, 1:-1, 1:-1] = random.normal(size=(4, 4, 4))
    field = Field(values, np.zeros(2), 1.0, np.arange(6.0))
    found = trimesh.Trimesh(*level_set(field, 0.1), process=False)
    w, v, u = np.meshgrid(*[np.arange(6.0)] * 3, indexing="ij")
    is_inside = found.contains(np.stack([u, v, w], axis=-1).reshape(-1, 3))
    assert (is_inside == (values < 0.1).ravel()).all()
