"""Trees of joints against products written out by hand and against the IEC 61217 chain of simulator.geometry."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation
from support import frames

from simulator.errors import SimulatorError
from simulator.geometry.transforms import is_rigid
from simulator.models.couch import Couch
from simulator.models.kinematics import Joint, KinematicTree
from simulator.models.machine import Machine

load_couch, load_machine = cache(Couch.load), cache(Machine.load)
angles = st.floats(-180.0, 180.0)
lengths = st.floats(-1000.0, 1000.0)

LIFT = Joint("lift", "prismatic", axis=(0.0, 0.0, 1.0), origin_mm=(0.0, 100.0, 0.0), limits=(-50.0, 200.0))
ARM = Joint("arm", "revolute", "lift", axis=(1.0, 0.0, 0.0), origin_mm=(0.0, 0.0, 10.0), limits=(-90.0, 90.0))
HAND = Joint("hand", "fixed", "arm", origin_mm=(0.0, 0.0, 500.0))
TOOL = Joint("tool", "fixed", "arm", rotation_parent=((0.0, -1.0, 0.0), (1.0, 0.0, 0.0), (0.0, 0.0, 1.0)))


@pytest.fixture
def robot() -> KinematicTree:
    return KinematicTree((HAND, ARM, TOOL, LIFT))  # children before their parents


def test_frames_against_hand_made_products(robot):
    values = {"lift": 40.0, "arm": 90.0}
    # Up to (0, 100, 40), the arm's axis 10 above it; the hand's 500 along z are turned to -y.
    assert np.allclose(robot.T_fixed_frame("lift", values)[:3, 3], (0, 100, 40))
    hand = robot.T_fixed_frame("hand", values)
    assert np.allclose(hand, [[1, 0, 0, 0], [0, 0, -1, -400], [0, 1, 0, 50], [0, 0, 0, 1]])
    tool = robot.T_fixed_frame("tool", values)
    assert np.allclose(tool @ (1, 0, 0, 1), (0, 100, 51, 1))  # its x is the arm's y, which points up now
    assert np.array_equal(robot.T_fixed_frame("fixed", values), np.eye(4))


def test_a_joint_without_a_value_is_at_zero(robot):
    assert np.array_equal(robot.T_fixed_frame("hand", {}), robot.T_fixed_frame("hand", {"lift": 0.0, "arm": 0.0}))
    assert np.array_equal(robot.T_fixed_frame("hand", {})[:3, 3], (0, 100, 510))


def test_poses_broadcast_leading_axes_first(robot):
    lift, arm = np.linspace(-50, 200, 4)[:, None], np.linspace(-90, 90, 3)
    T = robot.T_fixed_frame("hand", {"lift": lift, "arm": arm})
    assert T.shape == (4, 3, 4, 4) and is_rigid(T).all()
    one = robot.T_fixed_frame("hand", {"lift": lift[2, 0], "arm": arm[1]})
    assert np.array_equal(T[2, 1], one)


def test_paths_and_what_moves_two_frames_against_each_other(robot):
    assert robot.path("hand") == ("lift", "arm", "hand")
    assert robot.path("fixed") == ()
    assert robot.between("hand", "tool") == frozenset()
    assert robot.between("hand", "lift") == {"arm"}
    assert robot.between("fixed", "tool") == {"lift", "arm"}
    assert "hand" in robot and "fixed" in robot and "foot" not in robot


def test_a_tree_can_grow(robot):
    grown = robot.joined([Joint("finger", "revolute", "hand")])
    assert grown.path("finger") == ("lift", "arm", "hand", "finger")
    assert "finger" not in robot


@pytest.mark.parametrize(
    ("joints", "message"),
    [
        ((Joint("a", "fixed", "a"),), r"'a' must not be its own ancestor \(a\)"),
        (
            (Joint("a", "fixed", "b"), Joint("b", "fixed", "c"), Joint("c", "fixed", "a")),
            r"'a' must not be its own ancestor \(a > b > c\)",
        ),
        ((Joint("a", "fixed", "b"),), "parent of 'a': unknown name 'b'; available: fixed, a"),
        ((Joint("a", "fixed"), Joint("a", "fixed")), "each name must be used once, 'a' is used again"),
        ((Joint("fixed", "fixed"),), "each name must be used once, 'fixed' is used again"),
    ],
)
def test_what_is_no_tree(joints, message):
    with pytest.raises(SimulatorError, match=message):
        KinematicTree(joints)


def test_an_unknown_frame_names_those_there_are(robot):
    with pytest.raises(SimulatorError, match="unknown name 'foot'; available: fixed, hand, arm, tool, lift"):
        robot["foot"]


@settings(max_examples=50)
@given(angles, lengths, lengths, lengths, angles, angles)
@pytest.mark.parametrize("name", ["igrt", "igrt_head_board", "no_couch"])
def test_shipped_couches_are_the_chain_of_iec_61217(name, couch, x, y, z, pitch, roll):
    loaded = load_couch(name)
    values = {
        "couch": couch,
        "table_lateral": x,
        "table_longitudinal": y,
        "table_vertical": z,
        "table_pitch": pitch,
        "table_roll": roll,
    }
    T = KinematicTree(loaded.joints).T_fixed_frame(loaded.table_top.joint, values)
    expected = frames.T_fixed_support(couch) @ frames.T_eccentric_top(x, y, z, pitch, roll)
    np.testing.assert_allclose(T, expected, atol=1e-9)


@settings(max_examples=50)
@given(angles, angles)
def test_the_shipped_machine_is_the_chain_of_iec_61217(gantry, collimator):
    machine = load_machine("c_arm")
    T = KinematicTree(machine.joints).T_fixed_frame(machine.beam.joint, {"gantry": gantry, "collimator": collimator})
    expected = frames.T_fixed_gantry(gantry) @ frames.T_gantry_collimator(collimator)
    np.testing.assert_allclose(T, expected, atol=1e-12)
    source = T @ (*machine.beam.source_mm, 1.0)
    np.testing.assert_allclose(source[:3], frames.T_fixed_gantry(gantry)[:3, :3] @ (0, 0, 1000), atol=1e-9)


@pytest.mark.parametrize("axis", [(2.0, 0.0, 0.0), (0.0, 0.0, 0.0), (float("nan"), 0.0, 1.0)])
def test_an_axis_that_is_no_unit_vector_is_refused(axis):
    """Otherwise a prismatic joint would move further than its value says, and bounds on motion would be wrong."""
    with pytest.raises(SimulatorError, match="axis must be a unit vector"):
        Joint("slide", "prismatic", axis=axis)


@pytest.mark.parametrize("scale", [1.0, 1.0 + 3e-7])
def test_a_rotation_written_with_few_digits_becomes_one(scale):
    written = np.round(Rotation.from_euler("xyz", (10, 20, 30), degrees=True).as_matrix(), 7) * scale
    R = np.array(Joint("tool", "fixed", rotation_parent=tuple(map(tuple, written))).rotation_parent)
    assert np.abs(R @ R.T - np.eye(3)).max() < 1e-14
    assert np.abs(R - written).max() < 1e-6


@pytest.mark.parametrize(
    ("field", "value", "match"),
    [
        ("rotation_parent", np.eye(3) * 1.1, "must be a 3x3 rotation"),
        ("rotation_parent", np.diag([1.0, 1.0, -1.0]), "must be a 3x3 rotation"),
        ("rotation_parent", np.eye(3) * np.nan, "must be a 3x3 rotation"),
        ("rotation_parent", np.eye(4), "must be a 3x3 rotation"),
        ("limits", (np.nan, 1.0), "limits must be ascending"),
        ("limits", (1.0, -1.0), "limits must be ascending"),
        ("origin_mm", (0.0, np.inf, 0.0), "must be finite"),
        ("multiplier", np.nan, "must be finite"),
        ("rest", np.nan, "must be finite"),
    ],
)
def test_a_joint_that_bounds_on_motion_do_not_hold_for_is_refused(field, value, match):
    given = tuple(map(tuple, value.tolist())) if isinstance(value, np.ndarray) else value
    with pytest.raises(SimulatorError, match=f"joint 'tool': .*{match}"):
        Joint("tool", "fixed", **{field: given})
