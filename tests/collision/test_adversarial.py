"""Rooms made to be got wrong: thin, slender, touching, tilted, off-centre."""

import numpy as np
import pytest

from simulator.collision import checker as checker_module
from simulator.collision.checker import Checker
from simulator.collision.contact import Status
from simulator.scenario.choices import Buffers
from simulator.scenario.sweep import Sweep


def agree(scene, poses, brute):
    """Our statuses, after they were found equal to those of the plain loop."""
    ours = Checker(scene).pair_status(poses)
    plain, _ = brute(scene).pair_status(poses)
    np.testing.assert_array_equal(ours, plain)
    return ours


def c_arm_scene(shapes, on_couch, on_gantry, buffer_mm, **rest):
    bodies = [(on_couch, "table_roll"), (on_gantry, "gantry")]
    pairs = [(0, 1, buffer_mm), (1, 0, buffer_mm)]
    return shapes.scene_of([shapes.GANTRY, *shapes.COUCH_JOINTS], bodies, pairs, **rest)


@pytest.fixture(params=[1, 10**9], ids=["blocks", "pose by pose"], autouse=True)
def both_paths(request, monkeypatch):
    monkeypatch.setattr(checker_module, "FEW_POSES", request.param)


@pytest.fixture(scope="module")
def fine():
    """A grid with many poses in each block, in a corner of the room where bodies meet."""
    gantry, couch = np.meshgrid(np.arange(60.0, 121.0, 1.0), np.arange(-20.0, 21.0, 2.0))
    return np.stack([gantry.ravel(), couch.ravel()], axis=1)


@pytest.mark.parametrize("buffer_mm", [0.0, 1.0, 25.0])
def test_a_sheet_of_half_a_millimetre(shapes, brute, fine, buffer_mm):
    sheet = shapes.cuboid((-200.0, -600.0, -0.5), (200.0, 600.0, 0.0))
    head = shapes.needle(120.0, 700.0, 30.0)
    statuses = agree(c_arm_scene(shapes, sheet, head, buffer_mm, table_vertical=-30.0), fine, brute)
    assert {Status.FREE, Status.COLLIDING} <= set(np.unique(statuses))


@pytest.mark.parametrize("buffer_mm", [0.0, 0.05, 15.0])
def test_needle_against_needle(shapes, brute, fine, buffer_mm):
    """0.2 mm against 0.2 mm: a contact that few poses see."""
    lying = shapes.needle(-500.0, 500.0, 0.2).mapped(np.array([(0, 0, 1), (0, 1, 0), (-1, 0, 0)]))
    statuses = agree(c_arm_scene(shapes, lying, shapes.needle(100.0, 900.0, 0.2), buffer_mm), fine, brute)
    on_it = (fine == (90.0, 0.0)).all(axis=1)
    assert (statuses[:, on_it] == Status.COLLIDING).all()
    assert (statuses[:, ~on_it] == Status.COLLIDING).mean() < 0.1


def test_a_part_inside_another_at_every_pose(shapes, fine):
    core, head = shapes.sphere(20.0), shapes.sphere(400.0, 32, at=(3.0, -4.0, 5.0))
    checker = Checker(c_arm_scene(shapes, core, head, 20.0))
    assert (checker.pair_status(fine) == Status.COLLIDING).all()
    assert (checker.clearance(fine[:10])[0] == 0.0).all()


def test_bodies_that_start_in_contact_and_stay_there(shapes):
    """The couch rests on a turntable flush with it: a hit at every pose, and no crash and no distance."""
    setup = shapes.room(
        [("turntable", shapes.prism(32, 300.0, -300.0, -200.0), "fixed")],
        [("pedestal", shapes.prism(32, 200.0, -100.0, 0.0), "couch")],
        buffers=Buffers(patient_mm=0.0, couch_mm=0.0),
        sweep=Sweep(gantry=(-180.0, 180.0, 1.0), couch=(-90.0, 90.0, 5.0)),
    )
    pair = setup.scene.pairs[0]
    flush = shapes.scene_of(
        setup.scene.tree.joints,
        [(body.mesh, body.joint) for body in setup.scene.bodies],
        [(pair.a, pair.b, 0.0)],
        **{**setup.scene.rest, "table_vertical": 0.0},
    )
    assert setup.check(gantry=0, couch=0).is_free
    poses = np.column_stack([np.zeros(37), np.arange(-90.0, 91.0, 5.0)])
    for lift_mm, expected in ((-1e-6, Status.COLLIDING), (1e-6, Status.FREE)):
        joint = type(shapes.GANTRY)("couch", "revolute", "fixed", (0.0, 0.0, 1.0), (0.0, 0.0, -100.0 + lift_mm))
        touching = shapes.scene_of(
            [shapes.GANTRY, joint], [(body.mesh, body.joint) for body in flush.bodies], [(pair.a, pair.b, 0.0)]
        )
        assert (Checker(touching).pair_status(poses) == expected).all()


@pytest.mark.parametrize("origin", [(300.0, 0.0, 0.0), (-250.0, 400.0, 900.0)])
@pytest.mark.parametrize("axis", [(0.0, 0.0, 1.0), (0.6, 0.0, 0.8)])
def test_joints_that_miss_the_isocentre(shapes, brute, origin, axis):
    joint = type(shapes.GANTRY)
    joints = [
        joint("gantry", "revolute", "fixed", (0.0, 1.0, 0.0), (40.0, 0.0, -60.0)),
        joint("couch", "revolute", "fixed", axis, origin),
    ]
    rng = np.random.default_rng(70)
    on_couch = shapes.crumpled(rng, 200.0).mapped(np.eye(3), np.array([330.0, 0.0, -100.0]) - origin)
    on_gantry = shapes.crumpled(rng, 200.0).mapped(np.eye(3), (0.0, 0.0, 400.0))
    scene = shapes.scene_of(joints, [(on_couch, "couch"), (on_gantry, "gantry")], [(0, 1, 20.0), (1, 0, 20.0)])
    centres = rng.uniform((30, -40), (180, 40), (20, 1, 2))
    poses = (centres + rng.uniform(-3, 3, (20, 60, 2))).reshape(-1, 2)
    statuses = agree(scene, poses, brute)
    assert set(np.unique(statuses)) == {0, 1, 2}


@pytest.mark.parametrize(("pitch", "roll"), [(0.0, 0.0), (3.0, 0.0), (0.0, -3.0), (-2.5, 2.5), (20.0, -30.0)])
def test_pitch_and_roll(shapes, brute, fine, pitch, roll):
    top = shapes.box(500.0, 2000.0, 50.0, at=(0.0, -700.0, -25.0))
    head = shapes.prism(12, 300.0, 330.0, 900.0)
    scene = c_arm_scene(
        shapes, top, head, 20.0, table_pitch=pitch, table_roll=roll, table_lateral=60.0, table_vertical=-90.0
    )
    statuses = agree(scene, fine, brute)
    assert {Status.FREE, Status.WITHIN_BUFFER, Status.COLLIDING} <= set(np.unique(statuses)) or roll < -10


def test_a_pair_that_nothing_moves(shapes):
    """Both on the couch: one relation for all poses, in any order of asking."""
    joints = [shapes.GANTRY, *shapes.COUCH_JOINTS]
    for apart_mm, expected in ((30.0, Status.FREE), (10.0, Status.WITHIN_BUFFER), (-1.0, Status.COLLIDING)):
        bodies = [
            (shapes.box(100, 100, 100), "couch"),
            (shapes.box(100, 100, 100, at=(100.0 + apart_mm, 0, 0)), "table_roll"),
        ]
        poses = np.random.default_rng(71).uniform(-90, 90, (50, 2))
        statuses = Checker(shapes.scene_of(joints, bodies, [(0, 1, 20.0)])).pair_status(poses)
        assert (statuses == expected).all()


def test_a_seam_of_the_scale_is_no_seam_of_the_room(shapes):
    """-180° and 180°, 0.0° and -0.0°, 90° and 450°: one place, one answer."""
    rng = np.random.default_rng(72)
    scene = c_arm_scene(shapes, shapes.crumpled(rng, 300.0), shapes.prism(9, 200, 250, 800), 20.0)
    couch = np.linspace(-90, 90, 61)

    def statuses(gantry_deg):
        return Checker(scene).pair_status(np.column_stack([np.full(61, gantry_deg), couch]))

    for one, same in ((-180.0, 180.0), (0.0, -0.0), (90.0, 450.0), (-90.0, 270.0)):
        np.testing.assert_array_equal(statuses(one), statuses(same))
