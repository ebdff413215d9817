"""How far bodies move when the table is moved: never more than is said, and in the simple cases exactly that."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.shapes import box, scene_of

import simulator as sim
from simulator.collision.shifted import shifts_mm
from simulator.geometry.transforms import apply
from simulator.models.kinematics import Joint
from simulator.setup.moving import with_isocentre


def furthest_mm(before, after, poses):
    """By how much any corner of b moves at most, seen from a, for each pair."""
    found = []
    for pair in after.pairs:
        points = after.bodies[pair.b].mesh.vertices_mm
        seen = [
            np.stack(
                [
                    apply(np.linalg.inv(T_a) @ T_b, points)
                    for T_a, T_b in zip(
                        scene.T_fixed_body(pair.a, poses), scene.T_fixed_body(pair.b, poses), strict=True
                    )
                ]
            )
            for scene in (before, after)
        ]
        found.append(np.linalg.norm(seen[1] - seen[0], axis=-1).max())
    return np.array(found)


@pytest.mark.parametrize("move_mm", [(3.0, 4.0, 0.0), (0.0, -7.0, 2.5)])
def test_what_the_table_carries_moves_by_as_much_and_nothing_else_does(move_mm):
    setup = sim.load_setup("box")
    setup = replace(setup, pitch_deg=3.0, roll_deg=-2.0)
    moved = with_isocentre(setup, tuple(np.add(setup.isocentre_patient_mm, move_mm)))
    before, after = (each.scene.scanning(("gantry", "couch")) for each in (setup, moved))
    said = shifts_mm(before, after)
    poses = np.random.default_rng(1).uniform(-180.0, 180.0, (8, 2))
    seen = furthest_mm(before, after, poses)
    assert (seen <= said + 1e-9).all()
    on_top = [
        ["table_roll" in after.tree.path(after.bodies[body].joint) for body in (pair.a, pair.b)]
        for pair in after.pairs
    ]
    carried = [
        of_b and after.bodies[pair.a].joint == "gantry" for pair, (_, of_b) in zip(after.pairs, on_top, strict=True)
    ]
    np.testing.assert_allclose(said[carried], np.linalg.norm(move_mm), rtol=0, atol=1e-9)
    assert any(carried) and (said == 0.0).any()


def chain_of(*, first=0.0, second=0.0, at=(0.0, 0.0, 0.0), turned=None):
    """A body on a drawer, an arm, and another drawer; poses give the arm's angle."""
    joints = [
        Joint("drawer", "prismatic", "fixed", (1.0, 0.0, 0.0)),
        Joint("arm", "revolute", "drawer", (0.0, 0.0, 1.0)),
        Joint("hand", "prismatic", "arm", (1.0, 0.0, 0.0)),
        Joint("held", "fixed", "hand", origin_mm=at, rotation_parent=turned),
    ]
    scene = scene_of(
        joints, [(box(10, 10, 10, at=(300, 0, 0)), "fixed"), (box(10, 10, 10), "held")], [(0, 1, 0.0)], ("arm",)
    )
    return replace(scene, rest={"drawer": first, "hand": second})


def test_moves_on_both_sides_of_a_turning_joint_add_up():
    """The arm turns one of them against the other: at 0° they lie along one line, which is the worst pose."""
    before, after = chain_of(), chain_of(first=5.0, second=12.0)
    (said,) = shifts_mm(before, after)
    assert said == pytest.approx(17.0)
    assert furthest_mm(before, after, np.array([[0.0]]))[0] == pytest.approx(17.0)
    assert furthest_mm(before, after, np.array([[90.0]]))[0] == pytest.approx(13.0)


def test_moves_between_the_same_joints_are_one_move():
    (said,) = shifts_mm(chain_of(), chain_of(second=3.0, at=(0.0, 4.0, 0.0)))
    assert said == pytest.approx(5.0)


def test_what_is_turned_or_another_body_is_not_known():
    c, s = np.cos(0.001), np.sin(0.001)
    turned = ((c, -s, 0.0), (s, c, 0.0), (0.0, 0.0, 1.0))
    assert shifts_mm(chain_of(), chain_of(turned=turned)) == [np.inf]
    scene = chain_of()
    other = replace(scene, bodies=(scene.bodies[0], replace(scene.bodies[1], mesh=box(10, 10, 11))))
    assert shifts_mm(scene, other) == [np.inf]
    assert shifts_mm(scene, replace(scene, scan=("drawer",))) == [np.inf]
