"""URDF files that are refused, and descriptions of them: one spoiled place each."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.sound_inputs import DEEP, FILES, POSE, scenario, short

ROBOT = """<?xml version="1.0"?>
<robot name="own">
  <material name="grey"><color rgba="0.5 0.5 0.5 1"/></material>
  <link name="base"/>
  <link name="arm">
    <visual><geometry><mesh filename="looks.dae"/></geometry></visual>
    <inertial><mass value="3"/></inertial>
    <collision name="head">
      <origin xyz="0 0 0.6" rpy="0 0 0"/>
      <geometry><mesh filename="box.stl" scale="0.001 0.001 0.001"/></geometry>
    </collision>
  </link>
  <link name="cap"><collision><geometry><box size="0.1 0.2 0.3"/></geometry></collision></link>
  <joint name="gantry" type="revolute">
    <parent link="base"/><child link="arm"/>
    <axis xyz="0 1 0"/>
    <limit lower="-3.2" upper="3.2" effort="1" velocity="0.1"/>
    <dynamics friction="0.1"/>
  </joint>
  <joint name="lift" type="prismatic">
    <parent link="arm"/><child link="cap"/>
    <origin xyz="0 0 0.9"/>
    <axis xyz="0 0 1"/>
    <limit lower="0" upper="0.1" effort="1" velocity="0.1"/>
  </joint>
  <transmission name="any"><type>any</type></transmission>
  <gazebo reference="arm"><any/></gazebo>
</robot>
"""
MODEL = """
kind = "machine"
title = "Own"
note = "No clinical clearance."
may_touch = [["arm", "cap"]]
[urdf]
file = "own.urdf"
[motion.gantry]
acceleration = 3.0
source = "G"
[beam]
joint = "arm"
source_mm = [0, 0, 1000]
direction = [0, 0, -1]
"""

AXIS, LIMIT = '<axis xyz="0 1 0"/>', '<limit lower="-3.2" upper="3.2" effort="1" velocity="0.1"/>'
SCALE, BOX = 'scale="0.001 0.001 0.001"', '<box size="0.1 0.2 0.3"/>'
ENDS = '<parent link="base"/><child link="arm"/>'
LIFT = '<parent link="arm"/><child link="cap"/>'
ENTITY = '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
XACRO = '<robot xmlns:xacro="http://www.ros.org/wiki/xacro"><xacro:arm'
ROBOTS = [
    # the file as XML
    (ROBOT, "", "own.urdf: must be XML: no element found"),
    ("</robot>", "", "must be XML: no element found"),
    ("</joint>\n  <transmission", "\n  <transmission", "must be XML: mismatched tag"),
    ('<?xml version="1.0"?>', ENTITY, "must have no document type (<!DOCTYPE): entities are not read"),
    ('<?xml version="1.0"?>', '<!DOCTYPE robot SYSTEM "/etc/passwd">', "must have no document type"),
    ('name="own"', 'name="&b;"', "must be XML: undefined entity"),
    ('<robot name="own">', '<sdf name="own">', "must be XML: mismatched tag"),
    (ROBOT, "<sdf><model/></sdf>", "must hold a robot, holds 'sdf'"),
    (ROBOT, "<a>" * DEEP, "must be XML"),
    (ROBOT, "\x00", "must be XML"),
    ('<robot name="own">', XACRO + "/>", "has xacro in it: expand it first (xacrodoc"),
    ('xyz="0 0 0.6"', 'xyz="0 0 ${height}"', "link 'arm': collision: origin: xyz: coordinates and the like must be"),
    ('xyz="0 0 0.6"', 'xyz="0 0 ${height}"', "expand it first (xacrodoc"),
    # what is not known
    ('<link name="base"/>', '<link name="base"/><arm/>', "robot: element 'arm' is not read"),
    ('<link name="base"/>', '<link name="base"><capsule/></link>', "link 'base': element 'capsule' is not read"),
    (BOX, '<capsule radius="1" length="1"/>', "link 'cap': collision: geometry: element 'capsule' is not read"),
    (BOX, BOX * 2, "geometry: must have box once, has it again"),
    (BOX, BOX + '<sphere radius="1"/>', "link 'cap': collision: must have one geometry, of one shape"),
    (BOX, "", "link 'cap': collision: must have one geometry, of one shape"),
    (f"<geometry>{BOX}</geometry>", "", "link 'cap': collision: must have one geometry, of one shape"),
    (AXIS, AXIS + AXIS, "joint 'gantry': must have axis once, has it again"),
    (AXIS, AXIS + "<loop/>", "joint 'gantry': element 'loop' is not read"),
    (AXIS, AXIS + "a", "joint 'gantry': must have no text, has 'a'"),
    ('rpy="0 0 0"', 'quat_xyzw="0 0 0 1"', "collision: origin: attribute 'quat_xyzw' is not read"),
    ("<limit lower", '<drake:limit xmlns:drake="http://drake.mit.edu"/><limit lower', "drake.mit.edu}limit' is not"),
    # joints that no model has
    ('type="revolute"', 'type="floating"', "joint 'gantry': type must be fixed, revolute, continuous or prismatic"),
    ('type="revolute"', 'type="planar"', "or prismatic, was 'planar'"),
    ('type="revolute"', 'type="ball"', "or prismatic, was 'ball'"),
    (' type="revolute"', "", "joint 'gantry': joint must have type"),
    (AXIS, AXIS + '<mimic joint="lift" offset="0.1"/>', "joint 'gantry': mimic: offset must be 0, was '0.1'"),
    (AXIS, AXIS + '<mimic joint="lift" offset="x"/>', "joint 'gantry': mimic: offset: coordinates and the like"),
    (
        AXIS,
        AXIS + '<mimic joint="wheel"/>',
        "mimic: joint that moves by itself: unknown name 'wheel'; available: lift",
    ),
    (AXIS, AXIS + '<mimic joint="gantry"/>', "joint that moves by itself: unknown name 'gantry'; available: lift"),
    (AXIS, AXIS + "<mimic/>", "joint 'gantry': mimic must have joint"),
    (
        LIFT,
        LIFT + '<mimic joint="gantry"/>',
        "mimic: limit must hold where 'gantry' leads it, -3200 to 3200, was 0 to",
    ),
    (AXIS, '<axis xyz="0 0 0"/>', "joint 'gantry': axis must be a direction, was zero"),
    (AXIS, '<axis xyz="0 nan 0"/>', "joint 'gantry': axis: xyz: coordinates and the like must be decimal numbers"),
    (AXIS, '<axis xyz="0 1e999 0"/>', "joint 'gantry': axis: xyz must be 3 finite numbers, was '0 1e999 0'"),
    (AXIS, '<axis xyz="0 1"/>', "joint 'gantry': axis: xyz must be 3 finite numbers, was '0 1'"),
    ('<axis xyz="0 0 1"/>', '<axis xyz="0 0 2"/>', "'lift': axis of a prismatic joint must be of length 1, was 2"),
    ('lower="-3.2"', 'lower="4"', "joint 'gantry': limit: lower must be at most upper, was 4 and 3.2"),
    ('lower="-3.2"', 'lower="inf"', "joint 'gantry': limit: lower: coordinates and the like must be decimal numbers"),
    ('effort="1" velocity="0.1"/>', 'velocity="-1"/>', "'gantry': limit: velocity must be 0 or more, was -1"),
    (LIMIT, "", "joint 'gantry': must have limit: it is revolute"),
    ('xyz="0 0 0.9"', 'xyz="0 0 900"', "joint 'lift': origin_mm.2: must be less than or equal to 100000, was 900000"),
    # links and how they hang together
    ('<link name="base"/>', "<link/>", "robot: link must have name"),
    ('<link name="base"/>', '<link name="base"/><link name="base"/>', "each link must have its own name, 'base' is"),
    ('<joint name="lift"', '<joint name="gantry"', "each joint must have its own name, 'gantry' is used again"),
    (
        '<link name="base"/>',
        '<link name="base"/><link name="b"/>',
        "one link that no joint carries, has 2: 'base', 'b'",
    ),
    (ENDS, '<parent link="base"/>', "joint 'gantry': must have child"),
    (ENDS, '<child link="arm"/>', "joint 'gantry': must have parent"),
    (ENDS, '<parent/><child link="arm"/>', "joint 'gantry': parent must have link"),
    (ENDS, '<parent link="floor"/><child link="arm"/>', "joint 'gantry': there is no link 'floor'"),
    (ENDS, '<parent link="base"/><child link="cap"/>', "'cap': must be the child of one joint, 'lift' is another"),
    (ENDS, '<parent link="cap"/><child link="arm"/>', "links must make a tree, these go round: arm > cap > arm"),
    (ENDS, '<parent link="arm"/><child link="arm"/>', "links must make a tree, these go round: arm > arm"),
    ('name="lift" type', 'name="fixed" type', "each name must be used once, 'fixed' is used again"),
    (ROBOT, '<robot name="none"/>', "must have one link that no joint carries, has 0: none"),
    (
        '<link name="base"/>',
        "".join(f'<link name="n{n}"/><joint name="n{n}" type="fixed"/>' for n in range(120)),
        "must have parent",
    ),
    # bodies
    ('size="0.1 0.2 0.3"', 'size="0.1 0.2 0"', "link 'cap': collision: box: sizes must be above 0, was 0"),
    ('size="0.1 0.2 0.3"', 'size="0.1 0.2"', "box: size must be 3 finite numbers, was '0.1 0.2'"),
    ('size="0.1 0.2 0.3"', "", "link 'cap': collision: box: must have size"),
    ('size="0.1 0.2 0.3"', 'size="100 100 200"', "shape.box_mm.2: must be less than or equal to 100000"),
    (SCALE, 'scale="0.001 0 0.001"', "link 'arm': collision: scale.1: must not be 0, nor that small or large"),
    (SCALE, 'scale="0.001"', "mesh: scale must be 3 finite numbers, was '0.001'"),
    (SCALE, "", "one was 150000 mm with units = 'm'"),
    (
        'filename="box.stl"',
        'filename="none.stl"',
        "none.stl: must be a mesh file (.stl, .obj, .ply, .glb, .3mf): there",
    ),
    ('filename="box.stl"', 'filename="box.dae"', "mesh format: unknown name '.dae'; available: .stl"),
    (
        'filename="box.stl"',
        'filename="package://own/none.stl"',
        "mesh 'package://own/none.stl': there is no such file",
    ),
    ('filename="box.stl"', 'filename="file:///box.stl"', "mesh must be a path or package://NAME/PATH"),
    ('filename="box.stl" ', "", "link 'arm': collision: mesh must have filename"),
    (
        '<link name="base"/>',
        '<link name="base"><visual/></link>',
        "link 'base': is drawn (visual) but has no collision, so nothing of it would be checked",
    ),
]
MODELS = [
    ('file = "own.urdf"', 'file = "none.urdf"', "none.urdf: there is no such file"),
    ('file = "own.urdf"', 'file = "."', "must be a URDF file, is a folder"),
    ('file = "own.urdf"', 'file = "own.urdf.xacro"', "must be plain URDF: expand xacro first (xacrodoc"),
    ('file = "own.urdf"', "", "urdf.file: is missing"),
    ('[urdf]\nfile = "own.urdf"', 'urdf = "own.urdf"', "urdf: must be a table of named fields, was 'own.urdf'"),
    ("[motion", "frame = 1\n[motion", "urdf.frame: unknown field; available: file, origin_mm"),
    ("[motion", 'unchecked = ["b"]\n[motion', "urdf.unchecked: link: unknown name 'b'; available: base, arm, cap"),
    ("[motion", 'order = ["b"]\n[motion', "urdf.order: part: unknown name 'b'; available: head, cap"),
    ("[motion", 'groups = { a = ["b"] }\n[motion', "urdf.groups: part or link: unknown name 'b'; available: head"),
    ("[motion", 'groups = { a = ["cap"], b = ["cap"] }\n[motion', "urdf.groups: 'cap' must be of one group"),
    ("[motion", "rest = { b = 1 }\n[motion", "urdf.rest: joint: unknown name 'b'; available: gantry, lift"),
    ("[motion", "rest = { gantry = nan }\n[motion", "urdf.rest.gantry: must be a finite number, was nan"),
    ("[motion", "rest = { lift = 200 }\n[motion", "joint 'lift': rest: must be from 0 to 100 mm (limits of joint"),
    ("[motion.gantry]", "[motion.cap]", "motion.cap.speed: is missing"),
    ('joint = "arm"', 'joint = "wrist"', "beam.joint: unknown name 'wrist'; available: fixed, gantry, lift"),
    ('"cap"', '"lid"', "may_touch: group (another model's is 'kind:group'): unknown name 'lid'"),
    ('kind = "machine"', 'kind = "patient"', "[urdf] must be left out: a patient has none"),
]


@pytest.fixture
def machine(folder: Path):
    """Return a function that writes the machine."""

    def write(robot: str = ROBOT, model: str = MODEL) -> None:
        place = folder / "models" / "machine"
        place.mkdir(parents=True)
        (place / "box.stl").write_bytes(FILES["stl"])
        (place / "own.urdf").write_text(robot, encoding="utf-8")
        (place / "model.toml").write_text(model, encoding="utf-8")
        grid = (
            "gantry_deg = { start = -180, stop = 180, step = 90 }\ncouch_deg = { start = -90, stop = 90, step = 90 }"
        )
        kind = "patient" if 'kind = "patient"' in model else "machine"
        more = '\nsite = "point"' if kind == "patient" else ""
        (folder / "case.toml").write_text(scenario(**{kind: f'model = "machine"{more}', "grid": grid}))

    return write


def test_there_are_at_least_80_cases() -> None:
    assert len(ROBOTS) + len(MODELS) >= 80


def test_what_the_tables_start_from_is_sound(machine, accepted) -> None:
    machine()
    accepted()


@pytest.mark.parametrize(("old", "new", "message"), ROBOTS, ids=[short(*case[1:]) for case in ROBOTS])
def test_a_robot(machine, refused, old: str, new: str, message: str) -> None:
    assert old in ROBOT
    machine(ROBOT.replace(old, new, 1))
    assert message in refused("pose", "case.toml", *POSE)


@pytest.mark.parametrize(("old", "new", "message"), MODELS, ids=[short(*case[1:]) for case in MODELS])
def test_a_description_of_a_robot(machine, refused, old: str, new: str, message: str) -> None:
    assert old in MODEL
    machine(model=MODEL.replace(old, new, 1))
    assert message in refused("pose", "case.toml", *POSE)


def test_more_joints_than_a_machine_has(machine, refused) -> None:
    links = "".join(f'<link name="l{n}"/>' for n in range(102))
    joints = "".join(
        f'<joint name="j{n}" type="fixed"><parent link="l{n}"/><child link="l{n + 1}"/></joint>' for n in range(101)
    )
    machine(f'<robot name="long">{links}{joints}</robot>')
    assert "own.urdf: must have at most 100 joints, has 101" in refused("pose", "case.toml", *POSE)


def test_a_file_that_is_too_large(machine, refused) -> None:
    machine(ROBOT.replace("</robot>", " " * 10_000_000 + "</robot>"))
    assert "own.urdf: must be a URDF file of at most 10 MB, is larger" in refused("pose", "case.toml", *POSE)


def test_a_base_of_a_joint_s_name(machine, refused) -> None:
    machine(ROBOT.replace('"base"', '"lift"'), MODEL.replace("[motion", "origin_mm = [0, 0, 0]\n[motion"))
    assert "joint 'lift': must have another name: the root link has a joint of its own name" in refused(
        "pose", "case.toml", *POSE
    )


def test_a_name_of_two_frames(machine, refused) -> None:
    machine(
        ROBOT.replace('"cap"', '"gantry"'),
        MODEL.replace('"cap"', '"gantry"').replace('joint = "arm"', 'joint = "gantry"'),
    )
    assert "joint = 'gantry' must be one frame: it is a link, on joint 'lift', and the joint" in refused(
        "pose", "case.toml", *POSE
    )
