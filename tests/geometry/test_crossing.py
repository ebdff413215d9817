"""Whether surfaces cross: against FCL, and never a crossing that is missed."""

import fcl
import numpy as np
import pytest
from support import shapes

from simulator.geometry import crossing as triangles
from simulator.geometry.crossing import may_cross


def corners(mesh):
    return mesh.vertices_mm[mesh.faces]


def crosses(one, other):
    """FCL's answer."""
    objects = []
    for mesh in (one, other):
        model = fcl.BVHModel()
        model.beginModel(len(mesh.faces), len(mesh.vertices_mm))
        model.addSubModel(mesh.vertices_mm, mesh.faces)
        model.endModel()
        objects.append(fcl.CollisionObject(model, fcl.Transform()))
    return fcl.collide(*objects, fcl.CollisionRequest(), fcl.CollisionResult()) > 0


@pytest.mark.parametrize("few_pairs", [1, 4096], ids=["halves down to one pair", "as it is"])
def test_random_bodies_against_fcl(monkeypatch, few_pairs):
    monkeypatch.setattr(triangles, "FEW_PAIRS", few_pairs)
    rng = np.random.default_rng(1)
    found = []
    for _ in range(150):
        one, other = (shapes.crumpled(rng, size) for size in rng.uniform(10.0, 100.0, 2))
        other = other.mapped(shapes.random_turns(rng, 1)[0, :3, :3], rng.uniform(-80, 80, 3))
        found.append((may_cross(corners(one), corners(other)), crosses(one, other)))
    ours, theirs = np.array(found).T
    np.testing.assert_array_equal(ours, theirs)
    assert 20 < ours.sum() < 130


def test_one_body_in_another_does_not_cross_it():
    assert not may_cross(corners(shapes.box(200, 200, 200)), corners(shapes.sphere(90.0)))
    assert may_cross(corners(shapes.box(200, 200, 200)), corners(shapes.sphere(101.0)))


@pytest.mark.parametrize("gap_mm", [1e-6, 0.0, -1e-6])
def test_what_touches_is_taken_to_cross(gap_mm):
    box = shapes.box(200, 200, 200)
    beside = box.mapped(np.eye(3), (200.0 + gap_mm, 0.0, 0.0))
    assert may_cross(corners(box), corners(beside)) == (gap_mm <= 0.0)
