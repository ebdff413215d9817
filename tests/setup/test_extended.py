"""The table backs away along the beam: where everything is, what that frees, and which rooms cannot have it."""

from dataclasses import replace

import numpy as np
import pytest
from support import shapes
from support.backing_away import AXES, FARTHEST_MM, SAD_MM, away_mm, backing, block, random_poses
from support.toy_machine import SOURCE_MM, SPIN_AXIS

import simulator as sim
from simulator.errors import SimulatorError
from simulator.geometry.transforms import rotation
from simulator.models.kinematics import Joint
from simulator.setup.lying import Lying

JOINTS = ("gantry", "couch", "source_distance")
INTO_PATIENT = ((1, 0, 0), (0, 0, -1), (0, 1, 0))
"""From table-top axes to the patient's, head first supine."""
ORDERS = [
    ("table_vertical", "table_longitudinal", "table_lateral"),
    ("table_lateral", "table_vertical", "table_longitudinal"),
    ("table_longitudinal", "table_lateral", "table_vertical"),
]


def in_the_room(setup, name, poses):
    """Where a body's axes are in the room (n, 4, 4): its place for the isocentric table, and the table's own way."""
    isocentric = replace(setup, source_distance_mm=None, sweep=None).scene.scanning(JOINTS[:2])
    at = [body.name for body in isocentric.bodies].index(name)
    T = isocentric.T_fixed_body(at, poses[:, :2]).copy()
    path = isocentric.tree.path(isocentric.bodies[at].joint)
    way = away_mm(poses) * np.array([joint in path for joint in AXES])
    T[:, :3, 3] += np.einsum("nij,nj->ni", rotation(np.array([0.0, 0.0, 1.0]), poses[:, 1])[:, :3, :3], way)
    return T


@pytest.mark.parametrize("order", ORDERS)
def test_every_part_moves_with_the_joints_of_the_table_that_carry_it(order):
    """Against plain vectors, for bodies on every one of the joints: what the room sees, seen from the target."""
    couch = [(name, block((300.0, -200.0, -400.0 - 60.0 * at)), name) for at, name in enumerate(("couch", *order))]
    couch.append(("post", block((900.0, 0.0, -900.0)), "fixed"))
    machine = [("head", block((0.0, 0.0, 600.0)), "gantry"), ("stand", block((0.0, 2000.0, 0.0)), "fixed")]
    setup = backing(machine, couch, order=order)
    poses = random_poses(np.random.default_rng(1), 100, low=SAD_MM)
    scene = setup.scene.scanning(JOINTS)
    target = np.einsum("nij,nj->ni", rotation(np.array([0.0, 0.0, 1.0]), poses[:, 1])[:, :3, :3], away_mm(poses))
    for at, body in enumerate(scene.bodies):
        if body.is_drawn:
            found = scene.T_fixed_body(at, poses).copy()
            found[:, :3, 3] += target  # from the frame of the target into the room
            np.testing.assert_allclose(found, in_the_room(setup, body.name, poses), atol=1e-9)


def test_the_source_is_as_far_from_the_target_as_the_pose_says():
    for setup in (backing(), sim.load_setup("open_space")):
        room = replace(setup, source_distance_mm=(800.0, FARTHEST_MM), sweep=None)
        beam, scene = room.beam, room.scene.scanning(JOINTS)
        poses = random_poses(np.random.default_rng(2), 20, low=800.0)
        source = scene.T_fixed_frame(beam.joint, poses) @ (*beam.source_mm, 1.0)
        np.testing.assert_allclose(np.linalg.norm(source[:, :3], axis=1), poses[:, 2], atol=1e-9)
        np.testing.assert_allclose(
            room.directions_top(gantry=30.0, couch=20.0), setup.directions_top(gantry=30.0, couch=20.0)
        )


def test_isocentrically_nothing_changes():
    """With the source at the machine's distance, statuses, clearances and excuses are those of the room without."""
    plain = sim.load_setup("box")
    room = replace(plain, source_distance_mm=(900.0, 1300.0), sweep=None)
    assert room.excused == plain.excused
    for gantry, couch in ((0.0, 0.0), (170.0, 20.0), (-110.0, 80.0), (60.0, -45.0)):
        a, b = plain.check(gantry=gantry, couch=couch), room.check(gantry=gantry, couch=couch)
        assert (a.status, a.culprits, a.nearest) == (b.status, b.culprits, b.nearest)
        assert a.clearance_mm == pytest.approx(b.clearance_mm, abs=1e-6)


# --- closed forms -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("gantry", [0.0, 20.0, -35.0])
def test_a_plate_before_the_head_needs_a_known_distance(gantry):
    """Of a square face of half width a at f, and a wide plate over the target up to h: (h + a sin g) / cos g - f."""
    face, half, height = 400.0, 50.0, 450.0
    head = shapes.cuboid((-half, -half, face), (half, half, face + 300.0))
    plate = shapes.cuboid((-1500.0, -1500.0, height - 10.0), (1500.0, 1500.0, height))
    lying = plate.mapped(INTO_PATIENT)
    setup = backing([("head", head, "gantry")], patient=lying)
    g = np.radians(abs(gantry))
    needed = (height + half * np.sin(g)) / np.cos(g) - face + SAD_MM
    assert not setup.check(gantry=gantry, couch=10.0, source_distance=needed - 0.01).is_free
    check = setup.check(gantry=gantry, couch=10.0, source_distance=needed + 0.01)
    assert check.is_free
    assert check.clearance_mm == pytest.approx(0.01 * np.cos(g), abs=1e-6)


def test_a_table_that_goes_down_meets_the_floor():
    """From above, what lies on the table goes down as the source stands further away; the turntable stays."""
    floor = ("floor", shapes.cuboid((-3000.0, -3000.0, -900.0), (3000.0, 3000.0, -800.0)), "fixed")
    tray = ("tray", shapes.cuboid((-200.0, -200.0, -550.0), (200.0, 200.0, -500.0)), "table_lateral")
    foot = ("foot", shapes.cuboid((-200.0, -200.0, -790.0), (200.0, 200.0, -780.0)), "couch")
    setup = backing([floor], [tray, foot])
    for extra in (0.0, 100.0, 229.0, 239.0):
        check = setup.check(gantry=0.0, couch=30.0, source_distance=SAD_MM + extra)
        near = {"tray – foot": 230.0 - extra, "floor – tray": 250.0 - extra, "floor – foot": 10.0}
        assert check.is_free is (extra < 230.0)
        if check.is_free:
            assert check.clearance_mm == pytest.approx(min(near["floor – tray"], near["floor – foot"]), abs=1e-6)
    assert setup.check(gantry=90.0, couch=0.0, source_distance=FARTHEST_MM).is_free


def test_any_distance_is_enough():
    """Of the map over any distance a pose is free where one is, and the beams say which is the least.

    The head passes over a block up to h with the farthest source, d = 400 mm, or below it, where it ends at 0.
    """
    face, half, height = 400.0, 50.0, 451.0
    head = shapes.cuboid((-half, -half, face), (half, half, face + 300.0))
    block_up_to = shapes.cuboid((-1500.0, -1500.0, 0.0), (1500.0, 1500.0, height))
    setup = backing([("head", head, "gantry")], patient=block_up_to.mapped(INTO_PATIENT))
    sweep = setup.sweep.with_steps(gantry=20.0, couch=45.0, source_distance=50.0)
    cmap = sim.collision_map(setup, sweep=sweep, tolerance=0.1, workers=1)
    beams = cmap.beams()
    g = np.radians(np.abs(beams["gantry_deg"].to_numpy()))
    over = g < np.pi / 2
    needed = (height + half * np.sin(g[over])) / np.cos(g[over]) - face
    least = beams["least_source_distance_mm"].to_numpy() - SAD_MM
    np.testing.assert_array_equal(least[over], 50.0 * np.ceil(needed / 50.0))
    np.testing.assert_array_equal(least[~over], 0.0)
    assert over.any() and (~over).any()
    farthest = face + FARTHEST_MM - SAD_MM
    last_over = np.arccos(height / np.hypot(farthest, half)) - np.arctan(half / farthest)
    first_below = np.pi / 2 + np.arctan(half / farthest)
    free_sr = 2.0 * np.pi * ((1.0 - np.cos(last_over)) + (1.0 + np.cos(first_below)))
    angle = cmap.solid_angle()
    assert angle.lower_sr <= free_sr <= angle.upper_sr
    assert angle.upper_sr - angle.lower_sr <= 0.1 * 4 * np.pi
    culprits = cmap.reduced.dataset["culprit"].values[~cmap.reduced.is_free]
    assert {cmap.pairs[index] for index in culprits} == {"head – plate"}


# --- what is refused --------------------------------------------------------------------------------------------


def test_refused_is_what_does_not_fit():
    with pytest.raises(
        SimulatorError, match=r"couch.source_distance_mm: must be from a least .* 1000 mm; was 1100 to 1400"
    ):
        backing(distances=(1100.0, 1400.0))
    setup = backing()
    bore = replace(
        setup.couch,
        joints=tuple(
            replace(one, parent="fixed") if one.parent == "couch" else one for one in setup.couch.joints[1:]
        ),
    )
    one_axis = sim.Sweep(gantry=(-180.0, 180.0, 10.0))
    with pytest.raises(SimulatorError, match=r"the table must be turned by one joint .* none turns it"):
        replace(setup, machine=replace(setup.machine, sweep=one_axis), couch=bore, sweep=None)
    crossed = (
        Joint("tilt", "revolute", axis=(0.0, 1.0, 0.0)),
        Joint("spin", "revolute", "tilt", tuple(np.array(SPIN_AXIS) / np.sqrt(2))),
    )
    two_axes = sim.Sweep(spin=(-180.0, 180.0, 10.0), tilt=(-180.0, 180.0, 10.0))
    beam = replace(setup.machine.beam, joint="spin", source_mm=SOURCE_MM)
    with pytest.raises(SimulatorError, match=r"the beam must be turned by one joint .*: tilt, spin"):
        replace(
            setup,
            machine=replace(setup.machine, joints=crossed, sweep=two_axes, beam=beam),
            source_distance_mm=(400.0, 500.0),
            sweep=None,
        )
    with pytest.raises(SimulatorError, match="where the table's place is a range"):
        replace(setup, lies=Lying("a test", longitudinal_within_mm=(-10.0, 10.0)))
    with pytest.raises(SimulatorError, match=r"errors: must be left out beside couch.source_distance_mm"):
        replace(setup, errors=sim.Errors(lateral_mm={"bound": 2.0}))


def test_a_scenario_says_how_far(tmp_path):
    file = tmp_path / "far.toml"
    text = """
title = "far"
[couch]
model = "igrt"
source_distance_mm = [1000, 1300]
[patient]
model = "point"
site = "point"
"""
    file.write_text(text)
    axis = sim.load_setup(file).sweep["source_distance"]
    assert (axis.extent, axis.step, axis.over, axis.unit) == ((1000.0, 1300.0), 50.0, "any", "mm")
    file.write_text(text + "[grid]\nsource_distance_mm = { step = 100 }\n")
    assert sim.load_setup(file).sweep["source_distance"].step == 100.0
    file.write_text(text.replace("[1000, 1300]", "[1300, 1500]"))
    with pytest.raises(SimulatorError, match=r"far\.toml: couch.source_distance_mm: must be"):
        sim.load_setup(file)
