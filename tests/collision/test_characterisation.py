"""What python-fcl's queries answer, to the number, and what our checker makes of the same scenes.

The first table documents why the code does what it does: it may fail with another release of FCL, and then the
code needs another look, not only the table.
"""

from dataclasses import replace

import fcl
import numpy as np
import pytest

from simulator.collision.checker import Checker
from simulator.collision.contact import Status
from simulator.models.mesh import Mesh

WRONG = 13.30413469565007  # the boxes are 13 apart

# Edge of the first body, edge of the second, and how far the second's middle is along x.
SCENES = {
    "separate": (2, 2, 15.0),
    "touching +1e-6": (2, 2, 2.0 + 1e-6),
    "touching -1e-6": (2, 2, 2.0 - 1e-6),
    "crossing": (2, 2, 1.0),
    "contained": (10, 2, 0.5),
}
# First (outer) and second (inner) body; then collide and distance of each scene, in either order of the arguments.
FCL = {
    ("mesh", "mesh"): [(0, 13), (0, 1e-6), (1, 0), (1, 0), (0, 3.5)],
    ("mesh", "convex"): [(0, 13), (0, 1e-6), (1, -1), (1, -1), (0, 3.5)],
    ("mesh", "primitive"): [(0, 13), (0, 1e-6), (1, -1), (1, -1), (0, 3.5)],
    ("convex", "mesh"): [(0, 13), (0, 1e-6), (1, -1), (1, -1), (1, -1)],
    ("convex", "convex"): [(0, 13), (0, 1e-6), (1, -1), (1, -1), (1, -1)],
    ("convex", "primitive"): [(0, WRONG), (0, 1e-6), (1, -1), (1, -1), (1, -1)],
    ("primitive", "mesh"): [(0, 13), (0, 1e-6), (1, -1), (1, -1), (1, -1)],
    ("primitive", "convex"): [(0, WRONG), (0, 1e-6), (1, -1), (1, -1), (1, -1)],
    ("primitive", "primitive"): [(0, 13), (0, 1e-6), (1, -1), (1, -1), (1, -1)],
}
# Ours: status without a buffer, status with a buffer of 1 mm, clearance.
OURS = {
    "separate": (Status.FREE, Status.FREE, 13.0),
    "touching +1e-6": (Status.FREE, Status.WITHIN_BUFFER, 1e-6),
    "touching -1e-6": (Status.COLLIDING, Status.COLLIDING, 0.0),
    "crossing": (Status.COLLIDING, Status.COLLIDING, 0.0),
    "contained": (Status.COLLIDING, Status.COLLIDING, 0.0),
}


def fcl_object(shapes, kind, edge, x):
    place = fcl.Transform(np.eye(3), np.array([x, 0.0, 0.0]))
    if kind == "primitive":
        return fcl.CollisionObject(fcl.Box(edge, edge, edge), place)
    cube = shapes.box(edge, edge, edge)
    if kind == "convex":
        polygons = np.column_stack([np.full(len(cube.faces), 3), cube.faces]).ravel()
        return fcl.CollisionObject(fcl.Convex(cube.vertices_mm, len(cube.faces), polygons), place)
    model = fcl.BVHModel()
    model.beginModel(len(cube.faces), len(cube.vertices_mm))
    model.addSubModel(cube.vertices_mm, cube.faces)
    model.endModel()
    return fcl.CollisionObject(model, place)


def collide(a, b, result=None):
    return fcl.collide(a, b, fcl.CollisionRequest(), result or fcl.CollisionResult())


def distance(a, b, result=None):
    return fcl.distance(a, b, fcl.DistanceRequest(), result or fcl.DistanceResult())


@pytest.mark.parametrize(
    ("outer", "inner", "scene", "hits", "apart"),
    [(*kinds, scene, *answer) for kinds, row in FCL.items() for scene, answer in zip(SCENES, row, strict=True)],
)
def test_what_fcl_says(shapes, outer, inner, scene, hits, apart):
    edge_a, edge_b, x = SCENES[scene]
    a, b = fcl_object(shapes, outer, edge_a, 0.0), fcl_object(shapes, inner, edge_b, x)
    for first, second in ((a, b), (b, a)):
        assert collide(first, second) == hits
        assert distance(first, second) == pytest.approx(apart, abs=1e-12)


def test_a_collision_result_never_forgets_and_the_return_value_does(shapes):
    a, near, far = (fcl_object(shapes, "mesh", 2.0, x) for x in (0.0, 1.0, 15.0))
    result = fcl.CollisionResult()
    assert collide(a, near, result) == 1
    assert collide(a, far, result) == 0
    assert result.is_collision  # of two bodies 13 apart


def test_a_contact_names_two_triangles_of_the_meshes_that_cross(shapes):
    rng, crossed = np.random.default_rng(3), 0
    for _ in range(20):
        a, b = shapes.sphere(50.0), shapes.sphere(40.0, at=tuple(rng.uniform(-30, 30, 3)))
        a, b = (replace(mesh, faces=rng.permutation(mesh.faces)) for mesh in (a, b))
        result = fcl.CollisionResult()
        if not collide(shapes.fcl_object(a), shapes.fcl_object(b), result):
            continue
        (contact,) = result.contacts
        alone = [Mesh(mesh.vertices_mm, mesh.faces[[at]]) for mesh, at in ((a, contact.b1), (b, contact.b2))]
        assert collide(*map(shapes.fcl_object, alone), fcl.CollisionResult()) == 1
        crossed += 1
    assert crossed > 10


def test_a_distance_result_keeps_the_smallest_and_the_return_value_does_not(shapes):
    a, near, far = (fcl_object(shapes, "mesh", 2.0, x) for x in (0.0, 4.0, 15.0))
    result = fcl.DistanceResult()
    assert distance(a, near, result) == 2.0
    assert distance(a, far, result) == 13.0
    assert result.min_distance == 2.0


def test_continuous_collision_of_meshes_sees_nothing(shapes):
    """One box goes straight through the other: time of contact 1 means that they never meet."""
    a, b = fcl_object(shapes, "mesh", 2.0, 0.0), fcl_object(shapes, "mesh", 2.0, -10.0)
    there = fcl.Transform(np.eye(3), np.array([10.0, 0.0, 0.0]))
    request, result = fcl.ContinuousCollisionRequest(), fcl.ContinuousCollisionResult()
    fcl.continuousCollide(a, a.getTransform(), b, there, request, result)
    assert not result.is_collide


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("swapped", [False, True], ids=["outer first", "inner first"])
def test_what_we_say(shapes, scene, swapped):
    edge_a, edge_b, x = SCENES[scene]
    bare, buffered, apart = OURS[scene]
    bodies = [(shapes.box(edge_a, edge_a, edge_a), "x"), (shapes.box(edge_b, edge_b, edge_b), "y")]
    order = (1, 0) if swapped else (0, 1)
    pose = np.array([[x, 0.0]])
    for buffer_mm, expected in ((0.0, bare), (1.0, buffered)):
        checker = Checker(shapes.sliding_scene(bodies, [(*order, buffer_mm)]))
        assert Status(checker.pair_status(pose)[0, 0]) is expected
        clearance_mm, nearest, found = checker.clearance(pose)
        assert clearance_mm[0] == pytest.approx(apart, abs=1e-12)
        assert nearest[0] == 0
        assert (found[0].points_mm is None) == (apart == 0.0)


@pytest.mark.parametrize("far_first", [False, True])
def test_our_answers_are_not_sticky(shapes, far_first):
    cube = shapes.box(2, 2, 2)
    checker = Checker(shapes.sliding_scene([(cube, "x"), (cube, "y")], [(0, 1, 1.0)]))
    x = [15.0, 1.0, 15.0, 2.5, 15.0] if far_first else [1.0, 15.0, 2.5, 15.0, 1.0]
    poses = np.column_stack([x, np.zeros(5)])
    expected = [Status.COLLIDING if v == 1.0 else Status.WITHIN_BUFFER if v == 2.5 else Status.FREE for v in x]
    assert checker.pair_status(poses)[0].tolist() == expected
    assert checker.clearance(poses)[0].tolist() == [max(0.0, v - 2.0) for v in x]
