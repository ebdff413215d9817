"""Rays: against a sphere, against planes and barycentric coordinates asked of numpy, and along edges and corners."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import shapes

from simulator.geometry.rays import first_hits_mm

BOX = shapes.cuboid((-150.0, -100.0, -200.0), (150.0, 100.0, 200.0))


def hits(mesh, starts, along):
    return first_hits_mm(mesh.vertices_mm[mesh.faces], np.atleast_2d(starts), np.atleast_2d(along))


@settings(max_examples=60)
@given(seed=st.integers(0, 10_000))
def test_rays_meet_a_mesh_where_they_meet_a_sphere(seed):
    rng = np.random.default_rng(seed)
    radius_mm, centre = 120.0, rng.uniform(-50.0, 50.0, 3)
    mesh = shapes.sphere(radius_mm, 96, at=centre)
    start, along = rng.normal(size=3), rng.normal(size=3)
    start, along = centre + 400.0 * start / np.linalg.norm(start), along / np.linalg.norm(along)
    away = start - centre
    under = (away @ along) ** 2 - away @ away + radius_mm**2
    (found,) = hits(mesh, start, along)
    if under > 900.0 and away @ along < 0.0:
        assert found == pytest.approx(-(away @ along) - np.sqrt(under), abs=1.0)
    elif under < 0.0 or away @ along > 0.0:
        assert found == np.inf


def test_each_ray_has_the_nearest_of_its_solutions():
    """Start + d along = a + u (b - a) + v (c - a), solved by numpy for every ray and triangle."""
    rng = np.random.default_rng(5)
    corners, starts = rng.uniform(-100.0, 100.0, (12, 3, 3)), rng.uniform(-200.0, 200.0, (60, 3))
    along = rng.normal(size=(60, 3)) - starts / 100.0
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    sides = corners[:, 1:] - corners[:, :1]
    expected = np.full(len(starts), np.inf)
    for ray in range(len(starts)):
        for (first, second), corner in zip(sides, corners[:, 0], strict=True):
            d, u, v = np.linalg.solve(np.stack([-along[ray], first, second], axis=1), starts[ray] - corner)
            if d >= 0.0 and u >= 0.0 and v >= 0.0 and u + v <= 1.0:
                expected[ray] = min(expected[ray], d)
    assert 10 < np.isfinite(expected).sum() < 60
    np.testing.assert_allclose(first_hits_mm(corners, starts, along), expected, rtol=1e-9)


def test_no_ray_slips_through_an_edge_or_a_corner():
    """Through the diagonal of a face, along an edge's plane, and through a corner of a box."""
    starts = [(0.0, -500.0, 0.0), (150.0, -500.0, 0.0), (150.0, -500.0, 200.0), (75.0, -500.0, 100.0)]
    np.testing.assert_allclose(hits(BOX, starts, [(0.0, 1.0, 0.0)] * 4), 400.0)
