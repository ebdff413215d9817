"""Robots as joints and parts: frames by name, units, limits and speeds, groups, where the base stands."""

import numpy as np
import pytest
import trimesh
from support.urdf_robots import (
    A1,
    A2,
    A3,
    BEAM,
    D1,
    D4,
    D6,
    KR_LIMITS_DEG,
    KR_SPEEDS_DEG,
    joint,
    judge,
    kr_150,
    link,
    poses_apart_mm,
    robot,
    written,
)

from simulator.arms.spherical_wrist import SphericalWrist
from simulator.errors import SimulatorError
from simulator.geometry.transforms import rpy
from simulator.models.kinematics import KinematicTree
from simulator.models.machine import Machine
from simulator.models.motion import Motion

BOX = '<geometry><box size="0.1 0.2 0.3"/></geometry>'
AXES = [f"joint_a{number}" for number in range(1, 7)]
ARM = """
[urdf.groups]
arm = ["link_1", "link_2", "link_3"]

[arm]
joints = ["joint_a1", "joint_a2", "joint_a3", "joint_a4", "joint_a5", "joint_a6"]
distances_mm = [650, 1000]
source = "G: a test"

[sweep]
azimuth_deg = { start = -180, stop = 180, step = 10 }
polar_deg = { start = 0, stop = 180, step = 10 }

[motion.joint_a1]
acceleration = 300.0
source = "R: the package; acceleration G"
"""


def one_link(body, more=""):
    return robot(link("base", body) + more)


class TestTheArmThatRoboticsGroupsPublish:
    @pytest.fixture
    def arm(self, tmp_path):
        return Machine.load(written(tmp_path / "kr", kr_150(), ARM + BEAM.format("tool0")))

    def test_stretched_out_it_is_as_long_as_its_links(self, arm):
        tool = KinematicTree(arm.joints).T_fixed_frame("flange", {})
        np.testing.assert_allclose(tool[:3, 3], (A1 + A2 + D4 + D6, 0.0, D1 + A3), atol=1e-9)
        np.testing.assert_allclose(tool[:3, 2], (1.0, 0.0, 0.0), atol=1e-15)

    def test_it_stands_as_its_file_says_at_any_angles(self, arm, tmp_path):
        tree, theirs = KinematicTree(arm.joints), judge(tmp_path / "kr" / "robot.urdf")
        frames = {f"joint_a{number}": f"link_{number}" for number in range(1, 7)} | {"flange": "tool0"}
        draw = np.random.default_rng(1)
        for _ in range(20):
            values = {name: draw.uniform(*tree[name].limits) for name in AXES}
            assert poses_apart_mm(tree, theirs, frames, values) < 1e-9

    def test_limits_and_speeds_are_in_degrees(self, arm):
        tree = KinematicTree(arm.joints)
        np.testing.assert_allclose([tree[name].limits for name in AXES], KR_LIMITS_DEG, rtol=1e-12)
        assert arm.motions == {"joint_a1": Motion(KR_SPEEDS_DEG[0], 300.0, "R: the package; acceleration G")}

    def test_the_arm_carries_the_beam(self, arm):
        assert arm.arm is not None
        assert (arm.arm.joints, arm.arm.tool) == (tuple(AXES), "flange")

    def test_its_joint_values_are_found_from_where_the_tool_is(self, arm):
        wrist = SphericalWrist.of(KinematicTree(arm.joints), arm.arm.joints, arm.arm.tool)
        np.testing.assert_allclose(wrist.limits_deg, KR_LIMITS_DEG, rtol=1e-12)
        angles = np.array([20.0, -80.0, 60.0, -100.0, 45.0, 10.0])
        found, is_there = wrist.inverse(wrist.forward(angles))
        apart = np.abs((found - angles + 180) % 360 - 180).max(axis=-1)
        assert apart[is_there].min() < 1e-9

    def test_parts_are_links_on_the_joints_that_carry_them(self, arm):
        found = {part.name: (part.joint, part.group) for part in arm.parts}
        assert found == {
            "base_link": ("fixed", "base_link"),
            "link_1": ("joint_a1", "arm"),
            "link_2": ("joint_a2", "arm"),
            "link_3": ("joint_a3", "arm"),
            "link_5": ("joint_a5", "link_5"),
        }

    def test_solids_stand_at_their_origins(self, arm):
        bounds = {part.name: part.mesh.bounds_mm for part in arm.parts}
        np.testing.assert_allclose(bounds["base_link"], [(-400, -400, 0), (400, 400, 300)], atol=1e-9)
        np.testing.assert_allclose(bounds["link_3"], [(50, -200, -255), (950, 200, 145)], atol=1e-9)


class TestWhereTheBaseStands:
    PLACE = 'origin_mm = [1500, 100, -950]\nrpy_deg = [0, 0, 90]\nsource = "G: a test"\n'

    def test_in_the_room_s_axes_if_nothing_is_said(self, tmp_path):
        machine = Machine.load(written(tmp_path / "m", one_link(BOX), BEAM.format("base")))
        assert machine.joints == () and machine.beam.joint == "fixed"

    def test_where_the_description_says(self, tmp_path):
        machine = Machine.load(written(tmp_path / "m", kr_150(), self.PLACE + BEAM.format("tool0")))
        base = KinematicTree(machine.joints).T_fixed_frame("base_link", {})
        np.testing.assert_allclose(base[:3, :3], rpy((0, 0, 90))[:3, :3], atol=1e-15)
        np.testing.assert_allclose(base[:3, 3], (1500, 100, -950))
        assert machine.parts[0].joint == "base_link"
        tool = KinematicTree(machine.joints).T_fixed_frame("flange", {})
        np.testing.assert_allclose(tool[:3, 3], (1500, 100 + A1 + A2 + D4 + D6, D1 + A3 - 950), atol=1e-9)


def test_joints_of_all_kinds(tmp_path):
    limit = '<axis xyz="0 1 0"/><limit lower="-0.1" upper="0.25" velocity="0" effort="1"/>'
    soft = '<safety_controller soft_lower_limit="-0.05" soft_upper_limit="2" k_velocity="1"/>'
    everywhere = '<limit lower="-100" upper="100" velocity="0.02" effort="1"/>'
    names = ("a", "b", "c", "d", "e", "f")
    joints = (
        joint("still", "a", "b")
        + joint("on", "b", "c", "continuous", '<axis xyz="0 0 2"/>')
        + joint("slide", "c", "d", "prismatic", limit + soft)
        + joint("free", "d", "e", "prismatic", everywhere)
        + joint("turned", "e", "f", "revolute", '<mimic joint="slide" multiplier="-2"/><limit lower="-3" upper="3"/>')
    )
    lines = '[urdf.rest]\nslide = 20.0\n[motion.free]\nacceleration = 5.0\nsource = "G"\n' + BEAM.format("f")
    machine = Machine.load(written(tmp_path / "m", robot("".join(map(link, names)), joints), lines))
    found = {each.name: each for each in machine.joints}
    assert [found[name].type for name in ("still", "on", "slide")] == ["fixed", "revolute", "prismatic"]
    assert found["on"].limits is None and found["on"].axis == (0.0, 0.0, 1.0)
    assert found["slide"].limits == (-50.0, 250.0) and found["slide"].rest == 20.0
    assert found["free"].limits is None and found["free"].axis == (1.0, 0.0, 0.0)
    assert found["turned"].mimic == "slide" and found["turned"].parent == "free"
    np.testing.assert_allclose(found["turned"].multiplier, -2 * np.degrees(1) / 1000, rtol=1e-15)
    assert machine.motions == {"free": Motion(20.0, 5.0, "G")}


@pytest.mark.parametrize(
    ("multiplier", "is_within"), [("0.5", True), ("-0.5", True), ("0.5001", False), ("-0.5001", False), ("0", True)]
)
def test_what_follows_another_joint_stays_within_its_limits(tmp_path, multiplier, is_within):
    leading = joint("a", "l0", "l1", "prismatic", '<limit lower="-0.2" upper="0.2"/>')
    follower = f'<mimic joint="a" multiplier="{multiplier}"/><limit lower="-0.1" upper="0.1"/>'
    xml = robot("".join(map(link, ("l0", "l1", "l2"))), leading + joint("b", "l1", "l2", "prismatic", follower))
    name = written(tmp_path / "m", xml, BEAM.format("l2"))
    if is_within:
        assert Machine.load(name).joints[1].multiplier == float(multiplier)
    else:
        with pytest.raises(SimulatorError, match="mimic: limit must hold where 'a' leads it"):
            Machine.load(name)


def test_a_speed_of_the_description_s_own_counts(tmp_path):
    lines = '[motion.joint_a2]\nspeed = 5.0\nacceleration = 9.0\nsource = "D: in treatment"\n' + BEAM.format("tool0")
    machine = Machine.load(written(tmp_path / "m", kr_150(), lines))
    assert machine.motions == {"joint_a2": Motion(5.0, 9.0, "D: in treatment")}


class TestMeshes:
    SCALES = {"m": "1 1 1", "mm": "0.001 0.001 0.001", "cm": "0.01 0.01 0.01", "in": "0.0254 0.0254 0.0254"}
    OWN = ("0.001 -0.002 0.001", "1.5 1.5 0.7", "0.5 0.5 0.5")

    def bounds(self, tmp_path, scale, origin="", factor=1.0):
        """Return the bounds in mm of a mesh in a machine, and those that yourdfpy finds for it."""
        mesh = trimesh.creation.box((0.1 / factor, 0.2 / factor, 0.3 / factor))
        folder = tmp_path / "m"
        body = f'{origin}<geometry><mesh filename="meshes/box.stl" scale="{scale}"/></geometry>'
        written(folder, one_link(body), BEAM.format("base"))
        (folder / "meshes").mkdir(exist_ok=True)
        mesh.apply_translation(mesh.extents).export(folder / "meshes" / "box.stl")
        (part,) = Machine.load(str(folder)).parts
        theirs = judge(folder / "robot.urdf", meshes=True).collision_scene
        return part.mesh.bounds_mm, np.asarray(theirs.bounds) * 1000

    @pytest.mark.parametrize("scale", [*SCALES.values(), *OWN])
    def test_are_as_large_as_their_scale_says(self, tmp_path, scale):
        factor = abs(float(scale.split()[0]))
        ours, theirs = self.bounds(tmp_path, scale, factor=factor)
        np.testing.assert_allclose(ours, theirs, rtol=1e-6)
        np.testing.assert_allclose(ours[:, 0], (50, 150), rtol=1e-6)

    def test_stand_at_their_origin(self, tmp_path):
        origin = '<origin xyz="1 -2 0.5" rpy="0.3 -0.4 2"/>'
        ours, theirs = self.bounds(tmp_path, "0.001 0.001 0.001", origin, factor=0.001)
        np.testing.assert_allclose(ours, theirs, rtol=1e-6)

    def test_are_mended_on_request(self, tmp_path):
        open_box = trimesh.creation.box((1.0, 2.0, 3.0))
        open_box.update_faces(np.arange(len(open_box.faces)) > 0)
        written(
            tmp_path / "m",
            one_link('<geometry><mesh filename="box.stl"/></geometry>'),
            "repair = true\n" + BEAM.format("base"),
        )
        open_box.export(tmp_path / "m" / "box.stl")
        (part,) = Machine.load(str(tmp_path / "m")).parts
        assert "1 triangles added to holes, closed" in part.report.repairs

    def test_are_beside_a_file_that_is_elsewhere(self, tmp_path):
        body = '<geometry><mesh filename="../meshes/box.stl"/></geometry>'
        written(tmp_path / "m", "", BEAM.format("base"))
        for name in ("urdf", "meshes"):
            (tmp_path / "m" / name).mkdir()
        (tmp_path / "m" / "urdf" / "own.urdf").write_text(one_link(body), encoding="utf-8")
        description = tmp_path / "m" / "model.toml"
        description.write_text(description.read_text().replace("robot.urdf", "urdf/own.urdf"))
        trimesh.creation.box((1.0, 2.0, 3.0)).export(tmp_path / "m" / "meshes" / "box.stl")
        (part,) = Machine.load(str(tmp_path / "m")).parts
        np.testing.assert_allclose(part.mesh.bounds_mm[1], (500, 1000, 1500))

    def test_may_be_in_a_package(self, tmp_path):
        body = '<geometry><mesh filename="package://arm/meshes/box.ply"/></geometry>'
        folder = tmp_path / "arm" / "urdf"
        written(folder, one_link(body), BEAM.format("base"))
        (tmp_path / "arm" / "meshes").mkdir()
        trimesh.creation.box((1.0, 2.0, 3.0)).export(tmp_path / "arm" / "meshes" / "box.ply")
        (part,) = Machine.load(str(folder)).parts
        np.testing.assert_allclose(part.mesh.bounds_mm[1], (500, 1000, 1500))


class TestParts:
    NAMED = f'<link name="base"><collision name="cover">{BOX}</collision><collision>{BOX}</collision></link>'

    def parts(self, tmp_path, xml, lines=""):
        machine = Machine.load(written(tmp_path / "m", xml, lines + BEAM.format("base")))
        return [(part.name, part.group) for part in machine.parts]

    def test_have_the_name_of_their_collision_or_link(self, tmp_path):
        assert self.parts(tmp_path, robot(self.NAMED)) == [("cover", "base"), ("base 2", "base")]

    def test_a_name_that_several_have_names_none(self, tmp_path):
        twice = self.NAMED + self.NAMED.replace('"base"', '"arm"') + joint("a", "base", "arm")
        assert [name for name, _ in self.parts(tmp_path, robot(twice))] == ["base 1", "base 2", "arm 1", "arm 2"]

    def test_are_grouped_one_by_one_or_by_link(self, tmp_path):
        lines = '[urdf.groups]\nhead = ["cover"]\nrest = ["base"]\n'
        assert self.parts(tmp_path, robot(self.NAMED), lines) == [("cover", "head"), ("base 2", "rest")]

    def test_are_in_the_order_of_their_importance(self, tmp_path):
        lines = 'order = ["base 2"]\n'
        assert [name for name, _ in self.parts(tmp_path, robot(self.NAMED), lines)] == ["base 2", "cover"]

    def test_what_is_drawn_may_be_unchecked_if_somebody_says_so(self, tmp_path):
        xml = robot(f'<link name="base"><visual>{BOX}</visual></link>')
        assert self.parts(tmp_path, xml, 'unchecked = ["base"]\n') == []

    def test_a_description_may_put_more_on_a_link(self, tmp_path, box):
        more = '[[joints]]\nname = "mount"\ntype = "fixed"\nparent = "tool0"\norigin_mm = [0, 0, 50]\n'
        more += '[[parts]]\nname = "head"\nmesh = "box.ply"\nunits = "mm"\njoint = "mount"\ngroup = "head"\n'
        written(tmp_path / "m", kr_150(), more + BEAM.format("mount"))
        box.export(tmp_path / "m" / "box.ply")
        machine = Machine.load(str(tmp_path / "m"))
        assert machine.parts[-1].name == "head"
        assert KinematicTree(machine.joints)["mount"].parent == "flange"

    def test_a_child_may_extend_a_robot(self, tmp_path):
        written(tmp_path / "kr", kr_150(), BEAM.format("tool0"))
        (tmp_path / "child").mkdir()
        lines = 'kind = "machine"\ntitle = "Child"\nnote = "None."\nextends = "../kr"\n[isocentre]\nradius_mm = 1\n'
        (tmp_path / "child" / "model.toml").write_text(lines)
        child = Machine.load(str(tmp_path / "child"))
        assert [part.name for part in child.parts] == ["base_link", "link_1", "link_2", "link_3", "link_5"]


def test_a_part_of_a_plain_description_may_be_a_shape_somewhere(write_model):
    lines = (
        '[[joints]]\nname = "gantry"\ntype = "revolute"\naxis = [0, 1, 0]\n'
        '[[parts]]\nname = "head"\njoint = "gantry"\ngroup = "head"\nshape = { box_mm = [10, 20, 30] }\n'
        "origin_mm = [0, 0, 500]\nrpy_deg = [90, 0, 0]\n" + BEAM.format("gantry")
    )
    (part,) = Machine.load(str(write_model("machine", lines))).parts
    np.testing.assert_allclose(part.mesh.bounds_mm, [(-5, -15, 490), (5, 15, 510)], atol=1e-9)
