"""Pieces of surfaces, asked of FCL first: every answer is that of the whole surfaces at that pose alone."""

import numpy as np
import pytest
import trimesh
from support import shapes
from support.campaign import times

from simulator.collision import fcl_queries
from simulator.collision.fcl_queries import PIECE, collision_object, crossings, transforms
from simulator.models.mesh import Mesh


def asked_together(a, b, T_a, T_b):
    """Which poses cross, asked one after the other."""
    each = np.arange(len(T_a))
    return crossings(collision_object(a), collision_object(b), transforms(T_a), transforms(T_b), each, each)


def asked_alone(a, b, T_a, T_b):
    """Which poses cross, asked with bodies that have no history."""
    objects, one = (collision_object(a), collision_object(b)), np.zeros(1, dtype=int)
    return np.array(
        [crossings(*objects, transforms(T_a[[i]]), transforms(T_b[[i]]), one, one)[0] for i in range(len(T_a))]
    )


def way(rng, count, step_deg, step_mm):
    """Rigid transforms (n, 4, 4) that follow each other in small steps of a random walk."""
    T = np.tile(np.eye(4), (count, 1, 1))
    turn = np.eye(3)
    for k in range(count):
        T[k, :3, :3] = turn
        turn = trimesh.transformations.rotation_matrix(np.deg2rad(step_deg), rng.normal(size=3))[:3, :3] @ turn
    T[:, :3, 3] = np.cumsum(rng.uniform(-step_mm, step_mm, (count, 3)), axis=0)
    return T


def rough(rng, size):
    """A closed body of some hundred triangles that is not convex."""
    body = shapes.crumpled(rng, size)
    while len(body.faces) < 20 * PIECE:
        body = Mesh(*trimesh.remesh.subdivide(body.vertices_mm, body.faces))
    return body


@pytest.mark.parametrize("seed", range(times(6)))
def test_bodies_that_move_through_each_other(seed):
    rng = np.random.default_rng([27, seed])
    a, b = rough(rng, 100.0), rough(rng, 80.0)
    T_a, T_b = way(rng, 400, 3.0, 12.0), way(rng, 400, 5.0, 6.0)
    together = asked_together(a, b, T_a, T_b)
    np.testing.assert_array_equal(together, asked_alone(a, b, T_a, T_b))
    assert 20 < together.sum() < 380


@pytest.mark.parametrize("seed", range(times(6)))
def test_faces_that_touch_up_to_rounding_have_one_answer_whatever_came_before(seed):
    """A plate of many triangles slides on another in a tilted room: rounding alone decides what FCL says."""
    rng = np.random.default_rng([28, seed])
    plate = trimesh.creation.box(bounds=[(-90, -70, 0), (90, 70, 20)]).subdivide().subdivide()
    floor = trimesh.creation.box(bounds=[(-300, -300, -30), (300, 300, 0)]).subdivide().subdivide()
    a, b = (Mesh(np.asarray(mesh.vertices), np.asarray(mesh.faces, dtype=np.int32)) for mesh in (plate, floor))
    tilt = np.eye(4)
    tilt[:3, :3] = trimesh.transformations.random_rotation_matrix(rng.random(3))[:3, :3]
    slid = np.tile(np.eye(4), (300, 1, 1))
    slid[:, :2, 3] = rng.uniform(-400, 400, (300, 2))
    turns = rng.choice([0.0, 30.0, 90.0], 300)
    for T, turn in zip(slid, turns, strict=True):
        T[:3, :3] = trimesh.transformations.rotation_matrix(np.deg2rad(turn), (0, 0, 1))[:3, :3]
    T_a, T_b = tilt @ slid, np.tile(tilt, (300, 1, 1))
    together = asked_together(a, b, T_a, T_b)
    np.testing.assert_array_equal(together, asked_alone(a, b, T_a, T_b))
    order = rng.permutation(300)
    np.testing.assert_array_equal(asked_together(a, b, T_a[order], T_b[order]), together[order])
    assert together.any()


def test_pieces_that_are_not_of_the_surface_would_be_noticed(monkeypatch):
    """Planted: pieces of a body three times as large."""
    rng = np.random.default_rng(29)
    a, b = rough(rng, 100.0), rough(rng, 80.0)
    T_a, T_b = way(rng, 400, 3.0, 12.0), way(rng, 400, 5.0, 6.0)
    expected = asked_alone(a, b, T_a, T_b)
    of_surface = fcl_queries.Surface.piece

    def of_a_larger_one(surface, triangle):
        return of_surface(fcl_queries.Surface(Mesh(3.0 * surface.mesh.vertices_mm, surface.mesh.faces)), triangle)

    monkeypatch.setattr(fcl_queries.Surface, "piece", of_a_larger_one)
    assert (asked_together(a, b, T_a, T_b) != expected).any()
