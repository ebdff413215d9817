"""Machines with an arm: the joints that place the beam, and descriptions that do not fit refused in one sentence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simulator.errors import SimulatorError
from simulator.models.kinematics import KinematicTree
from simulator.models.library import shipped
from simulator.models.machine import Machine

HEADER = """
kind = "machine"
title = "Own robot"
note = "No clinical clearance."
extends = "robot_linac"
"""
DISTANCES = 'distances_mm = [650, 1000]\nsource = "G"\n'
REFUSED = {
    "unknown joint": (
        f'[arm]\njoints = ["A1", "A2", "A3", "A4", "A5", "A7"]\n{DISTANCES}',
        "arm.joints: unknown name 'A7'; available: base, A1, A2, A3, A4, A5, A6, linac",
    ),
    "twice": (
        f'[arm]\njoints = ["A1", "A2", "A3", "A4", "A6", "A6"]\n{DISTANCES}',
        "arm.joints must be six joints, each once; was A1, A2, A3, A4, A6, A6",
    ),
    "another order": (
        f'[arm]\njoints = ["A2", "A1", "A3", "A4", "A5", "A6"]\n{DISTANCES}',
        "arm.joints must be all that moves between the room and 'linac', in that order: A1, A2, A3, A4, A5, A6; "
        "was A2, A1, A3, A4, A5, A6",
    ),
    "the beam elsewhere": (
        '[beam]\njoint = "A5"\nsource_mm = [0, 0, 0]\ndirection = [0, 0, -1]\n',
        "beam.joint must be fixed to 'A6', the last of arm.joints; 'A5' is fixed to 'A5'",
    ),
    "the beam in the room": (
        '[beam]\njoint = "base"\nsource_mm = [0, 0, 0]\ndirection = [0, 0, -1]\n',
        "beam.joint must be fixed to 'A6', the last of arm.joints; 'base' is fixed to the room",
    ),
    "a sliding joint": (
        '[[joints]]\nname = "A4"\ntype = "prismatic"\nparent = "A3"\n',
        "arm.joints: 'A4' must be revolute, was prismatic",
    ),
    "a joint that follows": (
        '[[joints]]\nname = "A5"\ntype = "revolute"\nparent = "A4"\nmimic = "A4"\n',
        "arm.joints: 'A5' must have a value of its own, it mimics 'A4'",
    ),
    "a rail": (
        '[[joints]]\nname = "base"\ntype = "prismatic"\n',
        "arm.joints must be all that moves between the room and 'linac', in that order: "
        "base, A1, A2, A3, A4, A5, A6; was A1, A2, A3, A4, A5, A6",
    ),
    "a name that is taken": (
        '[[joints]]\nname = "polar"\ntype = "revolute"\n',
        "joints: 'polar' must have another name: it places the beam of the [arm]",
    ),
    "a part on the beam's joints": (
        '[[parts]]\nname = "base"\nmesh = "base.ply"\nunits = "mm"\njoint = "beam_roll"\ngroup = "base"\n',
        "part 'base': joint: unknown name 'beam_roll'; available: fixed, base, A1, A2, A3, A4, A5, A6, linac",
    ),
    "another sweep": (
        "[sweep]\nA1_deg = { start = -180, stop = 180, step = 5 }\n",
        "sweep must name azimuth_deg and polar_deg, and of other joints source_distance_mm and beam_roll_deg alone: "
        "they place the beam of the [arm]; names A1",
    ),
    "distances": (
        '[arm]\njoints = ["A1", "A2", "A3", "A4", "A5", "A6"]\ndistances_mm = [900, 800]\nsource = "G"\n',
        "arm.distances_mm: must be [least, greatest], above 0",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_an_arm_that_does_not_fit_is_refused_with_file_and_field(tmp_path: Path, case: str) -> None:
    text, words = REFUSED[case]
    (tmp_path / "model.toml").write_text(HEADER + text, encoding="utf-8")
    (tmp_path / "base.ply").write_bytes((shipped("meshes") / "robot_linac" / "base.ply").read_bytes())
    with pytest.raises(SimulatorError) as refused:
        Machine.load(str(tmp_path))
    assert words in str(refused.value)
    assert str(tmp_path / "model.toml") in str(refused.value)
    assert "\n" not in str(refused.value).strip() or case == "distances"


@pytest.mark.parametrize(
    ("name", "mount_deg"), [("robot_linac", 90.0), ("robot_linac_45", 45.0), ("robot_linac_0", 0.0)]
)
def test_the_beam_leaves_at_the_mount_angle(name: str, mount_deg: float) -> None:
    machine = Machine.load(name)
    assert machine.arm is not None
    tree = KinematicTree(machine.joints)
    last = tree["A6"]
    T_wrist_tool = tree[machine.arm.tool].T_parent_joint(0.0)
    beam = T_wrist_tool[:3, :3] @ np.array(machine.arm.direction)
    outwards = -np.array(last.axis)  # KUKA's A6 turns about -x
    assert np.degrees(np.arccos(beam @ outwards)) == pytest.approx(mount_deg, abs=1e-9)


def test_the_joints_of_the_beam_are_beside_the_arm() -> None:
    machine = Machine.load("robot_linac")
    tree = KinematicTree(machine.joints)
    assert tree.path(machine.beam.joint) == ("azimuth", "polar", "source_distance", "beam_roll")
    assert not {part.joint for part in machine.parts} & set(tree.path(machine.beam.joint))
    values = {"azimuth": 90.0, "polar": 90.0, "source_distance": 800.0}
    np.testing.assert_allclose(tree.T_fixed_frame("beam_roll", values)[:3, 3], (0.0, 800.0, 0.0), atol=1e-9)
