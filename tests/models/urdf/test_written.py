"""Trees of joints that are drawn at random, written and then read by yourdfpy; meshes to the last digit."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.campaign import times
from support.urdf_robots import judge, poses_apart_mm

from simulator.errors import SimulatorError
from simulator.geometry.transforms import rpy
from simulator.models.importers import soup_of
from simulator.models.kinematics import Joint, KinematicTree
from simulator.models.mesh import Mesh
from simulator.models.model import Part
from simulator.models.motion import Motion
from simulator.models.urdf.written import obj, urdf_files

ANGLE = st.one_of(st.sampled_from([0.0, 90.0, -90.0, 180.0]), st.floats(-200.0, 200.0))
PLACE = st.floats(-3000.0, 3000.0)
TETRAHEDRON = Mesh(
    np.array([(0.1, 1e-17, 1 / 3), (100.0, 0.0, -0.0), (0.0, 1e5 / 7, 0.0), (0.0, 0.0, 1e-3)]),
    np.array([(0, 2, 1), (0, 1, 3), (0, 3, 2), (1, 2, 3)], dtype=np.int32),
)


def turned(*angles):
    return tuple(map(tuple, rpy(angles)[:3, :3].tolist()))


@st.composite
def trees(draw):
    joints: list[Joint] = []
    for at in range(draw(st.integers(1, 6))):
        kind = draw(st.sampled_from(["fixed", "revolute", "prismatic"]))
        axis = np.array([draw(st.floats(-1.0, 1.0)), draw(st.floats(-1.0, 1.0)), draw(st.floats(0.5, 1.0))])
        leaders = [joint.name for joint in joints if joint.type != "fixed" and joint.mimic is None]
        follows = kind != "fixed" and leaders and draw(st.booleans())
        joints.append(
            Joint(
                f"j{at}",
                kind,
                draw(st.sampled_from(["fixed", *(joint.name for joint in joints)])),
                tuple((axis / np.linalg.norm(axis)).tolist()),
                tuple(draw(PLACE) for _ in range(3)),
                rotation_parent=turned(draw(ANGLE), draw(ANGLE), draw(ANGLE)) if draw(st.booleans()) else None,
                mimic=draw(st.sampled_from(leaders)) if follows else None,
                multiplier=draw(st.floats(-3.0, 3.0)) if follows else 1.0,
            )
        )
    return joints


def read_back(joints, parts=()):
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "own.urdf").write_bytes(urdf_files("own", joints, parts, {}, ["a -- note"])["own.urdf"])
        return judge(Path(folder) / "own.urdf")


@settings(max_examples=times(20))
@given(joints=trees(), values=st.lists(st.floats(-300.0, 300.0), min_size=6, max_size=6))
@example(joints=[Joint("j0", "fixed", rotation_parent=turned(20.0, 90.0, 30.0))], values=[0.0] * 6)
@example(joints=[Joint("j0", "fixed", rotation_parent=turned(20.0, -90.0, 30.0))], values=[0.0] * 6)
def test_another_reader_finds_frames_where_they_are(joints, values):
    tree = KinematicTree(tuple(joints))
    moving = [joint.name for joint in joints if joint.type != "fixed" and joint.mimic is None]
    given_values = dict(zip(moving, values, strict=False))
    frames = {joint.name: joint.name for joint in joints}
    assert poses_apart_mm(tree, read_back(joints), frames, given_values) < 1e-9


def test_a_mesh_reads_back_to_the_last_digit():
    soup = soup_of(obj(TETRAHEDRON), ".obj")
    assert np.array_equal(soup.vertices, TETRAHEDRON.vertices_mm)
    assert np.array_equal(soup.faces, TETRAHEDRON.faces)


def test_each_part_has_a_file_of_its_own_and_a_colour():
    names = ("MV panel", "mv-panel", "mv panel (parked)", "°")
    parts = [Part(name, TETRAHEDRON, "fixed", "any", "#ff0080") for name in names]
    files = urdf_files("own", [], parts, {}, [])
    assert list(files) == [
        "own.urdf",
        *(f"meshes/{stem}.obj" for stem in ("mv_panel", "mv_panel_2", "mv_panel_parked", "part")),
    ]
    theirs = read_back([], parts)
    assert [body.name for body in theirs.link_map["fixed"].collisions] == list(names)
    assert theirs.link_map["fixed"].visuals[0].material.name == "#ff0080"


def test_a_name_that_xml_cannot_hold_is_refused():
    with pytest.raises(SimulatorError, match="own: titles, notes and names must be such that XML can hold them"):
        urdf_files("own", [Joint("a\x01", "fixed")], [], {}, [])


def test_limits_speeds_and_what_is_not_known():
    joints = [
        Joint("turn", "revolute", limits=(-90.0, 180.0)),
        Joint("turns", "revolute"),
        Joint("slide", "prismatic", limits=(-50.0, 250.0)),
        Joint("free", "prismatic"),
    ]
    text = urdf_files("own", joints, [], {"turns": Motion(6.0, 1.0, "G"), "slide": Motion(20.0, 1.0, "G")}, [])
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "own.urdf").write_bytes(text["own.urdf"])
        known = judge(Path(folder) / "own.urdf").joint_map
    assert [known[joint.name].type for joint in joints] == ["revolute", "continuous", "prismatic", "prismatic"]
    found = {name: (joint.limit.lower, joint.limit.upper, joint.limit.velocity) for name, joint in known.items()}
    assert found["turn"] == pytest.approx((-np.pi / 2, np.pi, 0.0))
    assert found["turns"][2] == pytest.approx(np.radians(6.0))
    assert found["slide"] == pytest.approx((-0.05, 0.25, 0.02))
    assert found["free"] == (-100.0, 100.0, 0.0)
