"""Joints that stand turned (``rpy_deg``): as URDF places them, by yourdfpy."""

from __future__ import annotations

import numpy as np
import pytest
import yourdfpy

import simulator as sim
from simulator.errors import SimulatorError
from simulator.models.kinematics import KinematicTree

CHAIN = [
    ("revolute", (0, 0, 1), (30, -20, 140), (100, 200, 300)),
    ("prismatic", (1, 0, 0), (90, 0, 180), (0, -50, 40)),
    ("fixed", (0, 0, 1), (-75, 10, 5), (10, 20, -30)),
    ("revolute", (0, 0.6, 0.8), (0, 90, 0), (500, 0, 0)),
]
BEAM = '[beam]\njoint = "joint3"\nsource_mm = [0, 0, 0]\ndirection = [0, 0, -1]\n'


def described() -> str:
    rows = [
        f'[[joints]]\nname = "joint{at}"\ntype = "{kind}"\nparent = "{f"joint{at - 1}" if at else "fixed"}"\n'
        f"axis = {list(axis)}\nrpy_deg = {list(rpy)}\norigin_mm = {list(origin)}\n"
        for at, (kind, axis, rpy, origin) in enumerate(CHAIN)
    ]
    return "\n".join([*rows, BEAM])


def urdf() -> str:
    def numbers(values) -> str:
        return " ".join(map(str, values))

    rows = [
        f'<link name="joint{at}"/><joint name="to{at}" type="{kind}">'
        f'<parent link="{f"joint{at - 1}" if at else "fixed"}"/><child link="joint{at}"/>'
        f'<axis xyz="{numbers(axis)}"/>'
        f'<limit lower="-9" upper="9" effort="1" velocity="1"/>'
        f'<origin rpy="{numbers(np.radians(rpy))}" xyz="{numbers(np.divide(origin, 1000))}"/></joint>'
        for at, (kind, axis, rpy, origin) in enumerate(CHAIN)
    ]
    return f'<robot name="chain"><link name="fixed"/>{"".join(rows)}</robot>'


def test_a_chain_of_turned_joints_stands_where_urdf_has_it(write_model, tmp_path):
    joints = sim.Machine.load(str(write_model("machine", described()))).joints
    (tmp_path / "chain.urdf").write_text(urdf())
    oracle = yourdfpy.URDF.load(str(tmp_path / "chain.urdf"), load_meshes=False)
    rng = np.random.default_rng(4)
    for turn, slide, last in rng.uniform((-180, -300, -180), (180, 300, 180), (20, 3)):
        oracle.update_cfg([np.radians(turn), slide / 1000, np.radians(last)])
        T = KinematicTree(joints).T_fixed_frame("joint3", {"joint0": turn, "joint1": slide, "joint3": last})
        expected = oracle.get_transform("joint3", "fixed")
        np.testing.assert_allclose(T[:3, :3], expected[:3, :3], atol=1e-9)
        np.testing.assert_allclose(T[:3, 3], 1000 * expected[:3, 3], atol=1e-6)


def test_a_joint_that_is_not_turned_is_as_one_that_says_nothing(write_model):
    for name, line in (("plain", ""), ("zero", "rpy_deg = [0, 0, 0]\n")):
        text = described().replace(f"rpy_deg = {list(CHAIN[0][2])}\n", line)
        first = sim.Machine.load(str(write_model("machine", text, name=name))).joints[0]
        assert first.rotation_parent is None


@pytest.mark.parametrize("wrong", ["[90, 0]", '"x"', "[nan, 0, 0]", "[true, 0, 0]"])
def test_what_is_no_turn_is_refused_by_its_field(write_model, wrong):
    text = described().replace(f"rpy_deg = {list(CHAIN[1][2])}", f"rpy_deg = {wrong}")
    with pytest.raises(SimulatorError, match=r"joints\.1\.rpy_deg"):
        sim.Machine.load(str(write_model("machine", text)))
