"""Nearest and crossing points of two triangles, against FCL, coal, trimesh and rational numbers."""

import fcl
import numpy as np
import pytest
import trimesh
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from support.exact import distance_to_triangle

from simulator.certify.kernels.triangles import crossing_points, nearest_of_triangle, nearest_points

ROUNDING = 1e-9
GRID = arrays(float, (3, 3), elements=st.integers(-2, 2).map(float))
"""Corners on few places, so that many triangles touch, lie in one plane, or are a line or a point."""
derandomised = settings(max_examples=400)


def fcl_says(A, B):
    """Whether two triangles meet, and their distance."""
    objects = []
    for corners in (A, B):
        model = fcl.BVHModel()
        model.beginModel(1, 3)
        model.addSubModel(np.ascontiguousarray(corners, dtype=float), np.array([[0, 1, 2]]))
        model.endModel()
        objects.append(fcl.CollisionObject(model, fcl.Transform()))
    meet = fcl.collide(*objects, fcl.CollisionRequest(), fcl.CollisionResult()) > 0
    return meet, max(fcl.distance(*objects, fcl.DistanceRequest(), fcl.DistanceResult()), 0.0)


def coal_says(A, B):
    """Whether two triangles meet, and their distance."""
    coal = pytest.importorskip("coal", reason="coal, the second opinion on distances, is not installed")
    models, here = [], coal.Transform3s()
    for corners in (A, B):
        points, triangles = coal.StdVec_Vec3s(), coal.StdVec_Triangle()
        for corner in corners:
            points.append(np.array(corner, dtype=float))
        triangles.append(coal.Triangle(0, 1, 2))
        model = coal.BVHModelOBBRSS()
        model.beginModel(1, 3)
        model.addSubModel(points, triangles)
        model.endModel()
        models.append(model)
    given = models[0], here, models[1], here
    meet = coal.collide(*given, coal.CollisionRequest(), coal.CollisionResult()) > 0
    return meet, max(coal.distance(*given, coal.DistanceRequest(), coal.DistanceResult()), 0.0)


def check(A, B, *oracles, rounding=ROUNDING):
    """Our points belong to their triangles, and are as far apart as others say; whether the triangles cross."""
    A, B = np.ascontiguousarray(A), np.ascontiguousarray(B)
    p, q = nearest_points(A, B)
    crosses, s, t = crossing_points(A, B)
    points = [(p, A), (q, B), *([(s, A), (t, B)] if crosses else [])]
    assert all(distance_to_triangle(point, corners) <= rounding for point, corners in points)
    apart = min(np.linalg.norm(np.subtract(p, q)), np.linalg.norm(np.subtract(s, t)) if crosses else np.inf)
    for says in oracles:
        meet, expected = says(A, B)
        assert apart == pytest.approx(0.0 if meet else expected, abs=rounding)
    return crosses


@derandomised
@given(A=GRID, B=GRID)
def test_triangles_that_touch_overlap_or_have_no_area(A, B):
    check(A, B, fcl_says, coal_says)


@derandomised
@given(A=GRID, B=GRID, height=st.integers(0, 1))
def test_triangles_in_one_plane_and_in_parallel_planes(A, B, height):
    A[:, 2], B[:, 2] = 0.0, height
    check(A, B, fcl_says, coal_says)


@pytest.mark.parametrize("seed", range(4))
def test_random_triangles(seed):
    """Of all shapes and sizes; one in three pairs shares a point."""
    rng = np.random.default_rng(seed)
    crossed = 0
    for _ in range(400):
        sizes = 10.0 ** rng.uniform(-1, 3, 2)
        A, B = (size * rng.uniform(-1, 1, (3, 3)) * 10.0 ** rng.uniform(-3, 0, 3) for size in sizes)
        weights = rng.dirichlet([1, 1, 1], 2)
        B = B + weights[0] @ A - weights[1] @ B + rng.choice([0.0, 0.3, 3.0]) * sizes.max() * rng.uniform(-1, 1, 3)
        crossed += check(A, B, fcl_says, rounding=1e-6)
    assert 40 < crossed < 360


def test_crossing_points_lie_on_both():
    rng = np.random.default_rng(5)
    for _ in range(500):
        A, B = rng.uniform(-1, 1, (2, 3, 3))
        crosses, s, t = crossing_points(A, B)
        assert crosses == fcl_says(A, B)[0]
        if crosses:
            np.testing.assert_allclose(s, t, atol=1e-9)


def test_a_point_and_a_triangle():
    rng = np.random.default_rng(6)
    corners, points = rng.uniform(-100, 100, (2000, 3, 3)), rng.uniform(-200, 200, (2000, 3))
    expected = trimesh.triangles.closest_point(corners, points)
    for T, point, nearest in zip(corners, points, expected, strict=True):
        found = nearest_of_triangle(tuple(point), *map(tuple, T))
        np.testing.assert_allclose(found, nearest, atol=1e-8)


def slivers(rng, count):
    """Triangles as long as a couch and as thin as one likes, down to no width at all, and points at them."""
    for _ in range(count):
        length = 10.0 ** rng.uniform(0, 3.5)
        share = rng.choice([0.0, 10.0 ** rng.uniform(-16, -2)])
        along = rng.normal(size=3) / np.sqrt(3)
        across = np.cross(along, rng.normal(size=3))
        start = rng.uniform(-1000, 1000, 3)
        ends = start, start + length * along
        third = start + length * (rng.uniform(-0.2, 1.2) * along + share * across)
        corners = rng.permutation(np.array([*ends, third]))
        point = start + length * rng.uniform(-0.2, 1.2) * along + 10.0 ** rng.uniform(-6, 3) * rng.normal(size=3)
        yield share, corners, point


def test_points_of_slivers_belong_to_them():
    """Which point is proposed may be left to rounding where a triangle has hardly an area, but not where it lies."""
    rng = np.random.default_rng(7)
    pairs = zip(slivers(rng, 300), slivers(rng, 300), strict=True)
    for (share, A, point), (_, B, _) in pairs:
        found = nearest_of_triangle(tuple(point), *map(tuple, A))
        assert distance_to_triangle(found, A) <= ROUNDING
        if share > 1e-4:
            apart = np.linalg.norm(point - found)
            assert apart == pytest.approx(distance_to_triangle(point, A), abs=1e-6)
        check(A, B + point - B[0])
