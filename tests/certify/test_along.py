"""Several joints that move together are one joint: bodies stand where they do, and what is proven holds there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import shapes
from support.campaign import times

from simulator.certify.along import Along
from simulator.certify.prover import Prover
from simulator.certify.ways import check_arc
from simulator.collision.checker import Checker
from simulator.errors import SimulatorError
from simulator.models.kinematics import Joint, KinematicTree

SMALL = 0.02


@settings(max_examples=40)
@given(seed=st.integers(0, 10_000), share=st.floats(0.0, 1.0))
def test_bodies_stand_on_the_line_where_the_joints_put_them(seed, share):
    """Turning and sliding joints, tilted and beside each other, on one branch or two."""
    rng = np.random.default_rng(seed)
    scene = shapes.random_scene(rng, stacked=bool(seed % 2))
    ends = rng.uniform(-90.0, 90.0, (2, 2))
    start, stop = (dict(zip(scene.scan, end.tolist(), strict=True)) for end in ends)
    along = Along.between(scene, start, stop)
    pose = ends[0] + share * (ends[1] - ends[0])
    for body in range(len(scene.bodies)):
        expected = scene.T_fixed_body(body, pose[None])
        found = along.scene.T_fixed_body(body, np.array([[share * along.length]]))
        np.testing.assert_allclose(found, expected, atol=1e-9)
    assert along.at(share * along.length) == pytest.approx(dict(zip(scene.scan, pose, strict=True)), abs=1e-9)


def test_what_mimics_a_joint_that_moves_goes_with_it():
    joints = (
        Joint("gantry", "revolute", axis=(0.0, 1.0, 0.0)),
        Joint("table", "prismatic", axis=(0.0, 0.0, 1.0)),
        Joint("back", "prismatic", "table", axis=(0.0, 1.0, 0.0), mimic="gantry", multiplier=-2.0),
    )
    scene = shapes.scene_of(joints, [(shapes.box(1, 1, 1), "gantry"), (shapes.box(1, 1, 1), "back")], [(0, 1, 0.0)])
    scene = replace(scene, scan=("gantry", "table"))
    along = Along.between(scene, {"gantry": 10.0, "table": 5.0}, {"gantry": 40.0, "table": 65.0})
    found = along.scene.T_fixed_body(1, np.array([[along.length / 3]]))[0, :3, 3]
    np.testing.assert_allclose(found, (0.0, -40.0, 25.0), atol=1e-9)


def test_it_counts_the_axis_that_moves_things_most():
    """30° are more than 400 mm on a lever of 1 m, and less than 600 mm."""
    scene = shapes.scene_of([shapes.GANTRY, *shapes.COUCH_JOINTS], [], [], ("gantry", "table_lateral"))
    far = Along.between(scene, {"gantry": 0.0, "table_lateral": 0.0}, {"gantry": 30.0, "table_lateral": 600.0})
    near = Along.between(scene, {"gantry": 0.0, "table_lateral": 0.0}, {"gantry": 30.0, "table_lateral": 400.0})
    assert near.length == pytest.approx(30.0)
    assert far.length == pytest.approx(np.degrees(0.6))
    slides = Along.between(
        scene, {"table_vertical": 0.0, "table_lateral": 0.0}, {"table_vertical": -30.0, "table_lateral": 400.0}
    )
    assert slides.length == pytest.approx(400.0)


def two_points(radius_mm, height_mm):
    """A speck on the couch at (0, radius, 0), and one on the gantry at (0, radius, height)."""
    bodies = [
        (shapes.box(SMALL, SMALL, SMALL, at=(0.0, radius_mm, 0.0)), "couch"),
        (shapes.box(SMALL, SMALL, SMALL, at=(0.0, radius_mm, height_mm)), "gantry"),
    ]
    return shapes.scene_of([shapes.GANTRY, *shapes.COUCH_JOINTS], bodies, [(1, 0, 0.0)])


@settings(max_examples=times(8))
@given(
    radius_mm=st.floats(100.0, 900.0),
    height_mm=st.floats(50.0, 900.0),
    gantry=st.tuples(st.floats(-180.0, 180.0), st.floats(-180.0, 180.0)),
    couch=st.tuples(st.floats(-90.0, 90.0), st.floats(-90.0, 90.0)),
)
def test_the_least_clearance_of_gantry_and_couch_together_is_that_of_two_points(radius_mm, height_mm, gantry, couch):
    if max(abs(gantry[1] - gantry[0]), abs(couch[1] - couch[0])) < 1.0:
        return
    scene = two_points(radius_mm, height_mm)
    along = Along.between(scene, *({"gantry": g, "couch": c} for g, c in zip(gantry, couch, strict=True)))
    found = check_arc(Prover(along.scene), Checker(along.scene), 0, 0.0, along.length, np.zeros(1))
    share = np.linspace(0.0, 1.0, 20_001)
    g, c = (np.radians(ends[0] + share * (ends[1] - ends[0])) for ends in (gantry, couch))
    on_gantry = np.stack([height_mm * np.sin(g), np.full_like(g, radius_mm), height_mm * np.cos(g)])
    on_couch = np.stack([-radius_mm * np.sin(c), radius_mm * np.cos(c), np.zeros_like(c)])
    truth = float(np.linalg.norm(on_gantry - on_couch, axis=0).min())
    if truth > 1.0:
        assert found.is_free
        assert truth - 0.1 - 2 * SMALL <= found.clearance_mm <= truth + 0.05


def test_a_name_that_is_taken_is_not_taken_twice():
    tree = KinematicTree((Joint("way of a and b", "revolute"), Joint("a", "revolute"), Joint("b", "revolute")))
    scene = replace(shapes.scene_of([], [], [], ()), tree=tree)
    with pytest.raises(SimulatorError, match="used again"):
        Along.between(scene, {"a": 0.0, "b": 0.0}, {"a": 1.0, "b": 1.0})
