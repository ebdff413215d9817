"""Closed surfaces on a grid: against winding numbers of single points, closed forms and FCL."""

import fcl
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import shapes

from simulator.geometry.voxels import met_voxels, windings_on_grid
from simulator.geometry.winding import winding_numbers


def corners(mesh):
    return mesh.vertices_mm[mesh.faces]


def grid(mesh, spacing):
    """Numbers of the first point of a grid around a mesh, and of those after the last."""
    low, high = mesh.bounds_mm / spacing
    return np.floor(low).astype(np.int64) - 1, np.ceil(high).astype(np.int64) + 2


def wound(mesh, spacing):
    """Numbers (n, 3) of the points that a mesh winds around, and how often."""
    low, high = grid(mesh, spacing)
    windings = windings_on_grid(corners(mesh), spacing, low, high)
    assert windings.shape == tuple(high - low)
    inside = np.argwhere(windings != 0)
    return inside + low, windings[tuple(inside.T)]


def test_random_bodies_wind_as_often_as_around_single_points():
    rng = np.random.default_rng(3)
    found = 0
    for _ in range(20):
        mesh = shapes.crumpled(rng, rng.uniform(20.0, 80.0))
        mesh = mesh.mapped(shapes.random_turns(rng, 1)[0, :3, :3], rng.uniform(-50, 50, 3))
        low, high = grid(mesh, 7.0)
        ours = windings_on_grid(corners(mesh), 7.0, low, high).ravel()
        points = (np.indices(high - low).reshape(3, -1).T + low) * 7.0
        theirs = winding_numbers(points, corners(mesh), np.zeros(1, dtype=np.intp))[:, 0]
        np.testing.assert_allclose(ours, theirs, atol=1e-6)
        found += np.count_nonzero(ours)
    assert found > 200


@settings(max_examples=60)
@given(
    st.tuples(*[st.integers(-4, 4)] * 3),
    st.tuples(*[st.integers(1, 6)] * 3),
    st.sampled_from([1.0, 0.5, 2.5, 10.0]),
)
def test_a_box_on_the_grid_has_as_many_points_as_its_volume(corner, edges, spacing):
    low = np.array(corner) * spacing
    mesh = shapes.cuboid(low, low + np.array(edges) * spacing)
    points, windings = wound(mesh, spacing)
    assert len(points) == np.prod(edges) and (windings == 1).all()
    inner = (points > corner).all(axis=1) & (points < np.add(corner, edges)).all(axis=1)
    assert inner.sum() == np.prod(np.array(edges) - 1)


def test_bodies_that_share_a_face_share_no_point_and_lose_none():
    whole = {tuple(point) for point in wound(shapes.cuboid((-20, -20, -20), (20, 20, 20)), 5.0)[0]}
    for cut in ([(-20, -20, -20), (20, 0, 20), (-20, 0, -20)], [(-20, -20, -20), (20, 20, 10), (-20, -20, 10)]):
        low, high, other = cut
        parts = [wound(shapes.cuboid(low, high), 5.0)[0], wound(shapes.cuboid(other, (20, 20, 20)), 5.0)[0]]
        found = [tuple(point) for part in parts for point in part]
        assert len(found) == len(set(found)) and set(found) == whole


def test_what_is_wound_inwards_or_around_twice_is_told():
    box = shapes.box(30, 30, 30, at=(1, 2, 3))
    inwards = windings_on_grid(corners(box)[:, ::-1], 10.0, *grid(box, 10.0))
    twice = windings_on_grid(np.concatenate([corners(box)] * 2), 10.0, *grid(box, 10.0))
    assert set(np.unique(inwards)) == {-1, 0} and set(np.unique(twice)) == {0, 2}


@pytest.mark.parametrize("spacing", [3.0, 11.0])
def test_cubes_meet_a_surface_as_fcl_says(spacing):
    rng = np.random.default_rng(5)
    counts = np.zeros(2, dtype=int)
    for _ in range(3):
        mesh = shapes.crumpled(rng, 40.0).mapped(shapes.random_turns(rng, 1)[0, :3, :3], rng.uniform(-9, 9, 3))
        ours = {tuple(cube) for cube in met_voxels(corners(mesh), spacing)}
        low, high = grid(mesh, spacing)
        cubes = np.indices(high - low).reshape(3, -1).T + low
        model = fcl.BVHModel()
        model.beginModel(len(mesh.faces), len(mesh.vertices_mm))
        model.addSubModel(mesh.vertices_mm, mesh.faces)
        model.endModel()
        surface = fcl.CollisionObject(model, fcl.Transform())
        for cube in cubes[rng.permutation(len(cubes))[:1500]]:
            block = fcl.CollisionObject(fcl.Box(spacing, spacing, spacing), fcl.Transform(cube * spacing))
            meets = fcl.collide(surface, block, fcl.CollisionRequest(), fcl.CollisionResult()) > 0
            assert meets <= (tuple(cube) in ours)  # in doubt they meet
            counts += (meets, tuple(cube) in ours)
    assert counts[0] > 100 and counts[1] <= counts[0] + 2


def test_cubes_that_only_touch_are_met():
    face = shapes.cuboid((5, -20, -20), (25, 20, 20))
    met = met_voxels(corners(face), 10.0)
    assert {0, 1} <= set(met[:, 0]) and 0 in met[met[:, 1] == 0][:, 0]


def test_a_ray_through_a_hole_has_its_points_asked_one_by_one():
    box = shapes.box(30, 30, 30, at=(1, 2, 3))
    normals = np.cross(*np.moveaxis(np.diff(corners(box), axis=1), 1, 0))
    holed = corners(box)[normals[:, 2] <= 0.0]  # no lid
    low, high = grid(box, 10.0)
    points = (np.indices(high - low).reshape(3, -1).T + low) * 10.0
    expected = np.round(winding_numbers(points, holed, np.zeros(1, dtype=np.intp))[:, 0])
    np.testing.assert_array_equal(windings_on_grid(holed, 10.0, low, high).ravel(), expected)
