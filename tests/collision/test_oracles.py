"""Two other programs' opinions: manifold3d on solids, coal on the shipped rooms."""

import numpy as np
import pytest

from simulator.collision.checker import Checker
from simulator.collision.contact import Status

TOUCHING_MM3, TOUCHING_MM = 1e-6, 1e-6


@pytest.mark.parametrize("seed", range(25))
def test_bodies_collide_where_they_share_a_volume(shapes, seed):
    """Random bodies, convex and not, of one piece and of two, large in small and apart."""
    rng = np.random.default_rng(seed)
    first = shapes.crumpled(rng, 100.0)
    second = shapes.crumpled(rng, float(rng.choice([5.0, 40.0, 100.0])))
    if seed % 2:
        second = shapes.joined(second, shapes.crumpled(rng, 15.0).mapped(np.eye(3), (250.0, 0, 0)))
    found = set()
    for T in shapes.random_turns(rng, 12):
        turned = second.mapped(T[:3, :3], (0, 0, rng.uniform(-60, 60)))
        scene = shapes.sliding_scene([(first, "x"), (turned, "y")], [(0, 1, 0.0), (1, 0, 0.0)])
        checker = Checker(scene)
        poses = rng.uniform(-200, 200, (6, 2))
        statuses = checker.pair_status(poses)
        clearance_mm = checker.clearance(poses)[0]
        for pose, (x, y) in enumerate(poses):
            there = np.eye(4)
            there[:3, 3] = x, y, 0.0
            volume = shapes.shared_mm3(first, np.eye(4), turned, there)
            if volume > TOUCHING_MM3:
                assert (statuses[:, pose] == Status.COLLIDING).all()
                assert clearance_mm[pose] == 0.0
            elif clearance_mm[pose] > TOUCHING_MM:
                assert (statuses[:, pose] == Status.FREE).all()
            assert (clearance_mm[pose] > TOUCHING_MM) <= (volume <= TOUCHING_MM3)
            found.add(volume > TOUCHING_MM3)
    assert found == {True, False}


def coal_model(coal, mesh):
    points, triangles = coal.StdVec_Vec3s(), coal.StdVec_Triangle()
    for vertex in mesh.vertices_mm:
        points.append(vertex)
    for face in mesh.faces.tolist():
        triangles.append(coal.Triangle(*face))
    model = coal.BVHModelOBBRSS()
    model.beginModel(len(mesh.faces), len(mesh.vertices_mm))
    model.addSubModel(points, triangles)
    model.endModel()
    return model


def test_coal_agrees_on_every_pair_of_the_shipped_rooms(shipped_setup):
    """Crossings and distances of surfaces at random poses; what holds what is not coal's to say."""
    coal = pytest.importorskip("coal", reason="coal, the second opinion on distances, is not installed")
    scene = shipped_setup.scene
    poses = np.random.default_rng(60).uniform((-180, -90), (180, 90), (25, 2))
    models = [coal_model(coal, body.mesh) for body in scene.bodies]
    places = [
        [coal.Transform3s(T[:3, :3].copy(), T[:3, 3].copy()) for T in scene.T_fixed_body(body, poses)]
        for body in range(len(models))
    ]
    statuses = Checker(scene).pair_status(poses)
    clearance_mm = Checker(scene).clearance(poses)[0]
    least = np.full(len(poses), np.inf)
    for row, pair in enumerate(scene.pairs):
        for pose in range(len(poses)):
            given = models[pair.a], places[pair.a][pose], models[pair.b], places[pair.b][pose]
            hit = coal.collide(*given, coal.CollisionRequest(), coal.CollisionResult()) > 0
            apart = 0.0 if hit else coal.distance(*given, coal.DistanceRequest(), coal.DistanceResult())
            least[pose] = min(least[pose], apart)
            expected = Status.COLLIDING if hit else Status.WITHIN_BUFFER if apart <= pair.buffer_mm else Status.FREE
            assert Status(statuses[row, pose]) is expected, (pair.name, poses[pose])
    np.testing.assert_allclose(clearance_mm, least, rtol=0, atol=1e-6)
    assert 0.0 in least
    assert least.max() > 1.0
