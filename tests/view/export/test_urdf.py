"""Machines, couches and rooms as URDF: what yourdfpy reads of them, and what they are when they load again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support.urdf_robots import BEAM, in_si, judge, kr_150, poses_apart_mm
from support.urdf_robots import written as written_robot

import simulator as sim
from simulator.geometry.transforms import apply
from simulator.models.description import read_description
from simulator.models.kinematics import ROOT, KinematicTree
from simulator.models.library import shipped

FOLDERS = [path.parent for path in sorted(shipped("meshes").glob("*/model.toml"))]
KINDS = {"machine": sim.Machine, "couch": sim.Couch}
MODELS = [(kind, folder.name) for folder in FOLDERS if (kind := read_description(folder).kind) in KINDS]
OPTIONS = {"c_arm": {"imagers": "deployed", "accessory": "electron_applicator"}}


def driven(model):
    """The joints of a model that are written, and those of them that move by themselves."""
    placing = model.arm.aiming_joints if getattr(model, "arm", None) else ()
    joints = [joint for joint in model.joints if joint not in placing]
    return KinematicTree(tuple(joints)), [j for j in joints if j.type != "fixed" and j.mimic is None]


def drawn_values(joints, seed):
    """Values of joints within their limits."""
    draw = np.random.default_rng(seed)
    everywhere = {"revolute": (-400.0, 400.0), "prismatic": (-1500.0, 1500.0)}
    return {joint.name: float(draw.uniform(*(joint.limits or everywhere[joint.type]))) for joint in joints}


@pytest.fixture(scope="module")
def small_room():
    return sim.load_setup("box")


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Return a function that gives a shipped model, the folder where it is written, and what yourdfpy reads there."""
    known = {}

    def of(kind, name):
        if name not in known:
            folder = tmp_path_factory.mktemp(name)
            model = KINDS[kind].load(name, **OPTIONS.get(name, {}))
            sim.write_urdf(model, folder)
            known[name] = model, folder, judge(folder / f"{kind}.urdf", meshes=True)
        return known[name]

    return of


@pytest.mark.parametrize(("kind", "name"), MODELS)
class TestEveryMachineAndCouch:
    def test_stands_in_the_file_as_here(self, files, kind, name):
        model, _, theirs = files(kind, name)
        assert theirs.base_link == ROOT
        tree, moving = driven(model)
        frames = {joint.name: joint.name for joint in tree.joints}
        for seed in range(5):
            assert poses_apart_mm(tree, theirs, frames, drawn_values(moving, seed)) < 1e-9

    def test_moves_in_the_file_as_here(self, files, kind, name):
        model, _, judged = files(kind, name)
        theirs, (tree, moving) = judged.joint_map, driven(model)
        assert {joint.name for joint in moving} <= theirs.keys()
        for joint in moving:
            limit = theirs[joint.name].limit
            if joint.limits is not None:
                ours = [in_si(tree, {joint.name: end})[joint.name] for end in joint.limits]
                np.testing.assert_allclose((limit.lower, limit.upper), ours, rtol=1e-12)
            else:
                assert theirs[joint.name].type == "continuous" or (limit.lower, limit.upper) == (-100, 100)
            speed = model.motions[joint.name].speed if joint.name in model.motions else 0.0
            np.testing.assert_allclose(limit.velocity, in_si(tree, {joint.name: speed})[joint.name], rtol=1e-12)

    def test_has_its_meshes_there(self, files, kind, name):
        model, _, theirs = files(kind, name)
        scene = theirs.collision_scene
        found = {scene.graph[node][1]: node for node in scene.graph.nodes_geometry}
        assert found.keys() == {part.name for part in model.parts}
        for part in model.parts:
            np.testing.assert_allclose(
                scene.geometry[part.name].bounds * 1000, part.mesh.bounds_mm, rtol=1e-6, atol=1e-6
            )

    def test_loads_again_as_the_same_model(self, files, kind, name):
        model, folder, _ = files(kind, name)
        again = KINDS[kind].load(str(folder))
        assert (again.title, again.note) == (model.title, model.note)
        assert set(again.unconfirmed) == set(model.unconfirmed)
        assert [(p.name, p.joint, p.group, p.mesh.sha256) for p in again.parts] == [
            (p.name, p.joint, p.group, p.mesh.sha256) for p in model.parts
        ]
        if kind == "couch":
            assert again.table_top == model.table_top
        else:
            assert again.accessories == tuple(rule for rule in model.accessories if not rule.options)
            assert (again.sweep, again.between, again.beam, again.arm) == (
                model.sweep,
                model.between,
                model.beam,
                model.arm,
            )


def test_a_room_of_models_that_came_back_is_the_same_room(files, small_room):
    setup = replace(
        small_room,
        machine=sim.Machine.load(str(files("machine", "c_arm")[1])),
        couch=sim.Couch.load(str(files("couch", "igrt")[1])),
    )
    planned = replace(small_room, machine=files("machine", "c_arm")[0])
    assert setup.scene.sha256 == planned.scene.sha256


def test_a_whole_room_stands_where_its_joint_values_say(small_room, tmp_path):
    sim.write_urdf(small_room, tmp_path)
    theirs = judge(tmp_path / "room.urdf", meshes=True)
    told = json.loads((tmp_path / "urdf.json").read_text())
    assert told["units"] == "m, rad"
    lateral, longitudinal, vertical = small_room.table_position_mm
    assert told["joint_values"]["table_longitudinal"] == pytest.approx(longitudinal / 1000)
    assert told["joint_values"]["table_vertical"] == pytest.approx(vertical / 1000)
    assert told["joint_values"]["table_lateral"] == pytest.approx(lateral / 1000)
    theirs.update_cfg({**told["joint_values"], "gantry": np.radians(40), "couch": np.radians(-25)})
    scene, ours = theirs.collision_scene, small_room.scene.scanning(("gantry", "couch"))
    placed = {scene.graph[node][1]: scene.graph[node][0] for node in scene.graph.nodes_geometry}
    assert len(placed) == len(ours.bodies)
    for at, body in enumerate(ours.bodies):
        points = apply(ours.T_fixed_body(at, np.array([[40.0, -25.0]]))[0], body.mesh.vertices_mm)
        seen = apply(placed[body.name], scene.geometry[body.name].vertices) * 1000
        np.testing.assert_allclose([seen.min(axis=0), seen.max(axis=0)], [points.min(axis=0), points.max(axis=0)])


def test_an_arm_of_a_file_that_is_written_is_the_same_arm(tmp_path):
    lines = (
        'origin_mm = [1500, 100, -950]\nrpy_deg = [0, 0, 30]\nsource = "G: a test"\nrest = { joint_a2 = -90 }\n'
        '[arm]\njoints = ["joint_a1", "joint_a2", "joint_a3", "joint_a4", "joint_a5", "joint_a6"]\n'
        'distances_mm = [650, 1000]\nsource = "G: a test"\n'
        "[sweep]\nazimuth_deg = { start = -180, stop = 180, step = 10 }\n"
        "polar_deg = { start = 0, stop = 180, step = 10 }\n" + BEAM.format("tool0")
    )
    arm = sim.Machine.load(written_robot(tmp_path / "kr", kr_150(), lines))
    sim.write_urdf(arm, tmp_path / "out")
    again = sim.Machine.load(str(tmp_path / "out"))
    assert again.arm == arm.arm
    ours, theirs = KinematicTree(arm.joints), KinematicTree(again.joints)
    assert theirs["joint_a2"].rest == -90.0
    for seed in range(5):
        values = drawn_values([joint for joint in arm.joints if joint.name.startswith("joint_a")], seed)
        np.testing.assert_allclose(
            ours.T_fixed_frame("flange", values), theirs.T_fixed_frame("flange", values), rtol=0, atol=1e-9
        )


def test_joints_that_follow_others_and_stand_turned(tmp_path):
    turned = sim.Machine.load("c_arm")
    parts = tuple(part for part in turned.parts if part.joint == ROOT)
    drive = turned.joints[0]
    rows = tuple(map(tuple, [[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [-1.0, 0.0, 0.0]]))  # a pitch of 90°
    slide = replace(drive, name="slide", type="prismatic", parent="gantry", limits=None, rotation_parent=rows)
    follower = replace(slide, mimic="gantry", multiplier=-2.5)
    for name, joints in (("slides", (drive, slide)), ("follows", (drive, follower))):
        machine = replace(turned, parts=parts, joints=joints, motions={}, between=None, beam=sim_beam("slide"))
        sim.write_urdf(machine, tmp_path / name)
        again = sim.Machine.load(str(tmp_path / name))
        assert again.joints[1].mimic == joints[1].mimic and again.joints[1].limits is None
        np.testing.assert_allclose(again.joints[1].multiplier, joints[1].multiplier, rtol=1e-12)
        tree, theirs = KinematicTree(joints), judge(tmp_path / name / "machine.urdf")
        values = {"gantry": 33.0} | ({"slide": 500.0} if name == "slides" else {})
        assert poses_apart_mm(tree, theirs, {"slide": "slide"}, values) < 1e-9


def sim_beam(joint):
    return replace(sim.Machine.load("c_arm").beam, joint=joint)


def test_the_same_bytes_each_time(small_room, tmp_path):
    for folder in ("a", "b"):
        sim.write_urdf(small_room, tmp_path / folder)
    names = [path.relative_to(tmp_path / "a") for path in sorted((tmp_path / "a").rglob("*")) if path.is_file()]
    assert len(names) > 5
    assert all((tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes() for name in names)


def test_files_of_an_earlier_time_go_and_others_stay(small_room, tmp_path):
    sim.write_urdf(small_room, tmp_path)
    (tmp_path / "mine.txt").write_text("stays")
    sim.write_urdf(small_room.couch, tmp_path)
    assert not (tmp_path / "room.urdf").exists() and (tmp_path / "mine.txt").exists()
    found = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert found - {"mine.txt"} == set(json.loads((tmp_path / "urdf.json").read_text())["files"])


def test_what_cannot_be_written_is_not_begun(small_room, tmp_path):
    (tmp_path / "out").write_text("a file")
    with pytest.raises(sim.SimulatorError, match="must be a folder that can be written to"):
        sim.write_urdf(small_room, tmp_path / "out")
    with pytest.raises(sim.SimulatorError, match=r"what: must be a Machine, a Couch or a Setup .*, was a Patient"):
        sim.write_urdf(small_room.patient, tmp_path / "new")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize(("arguments", "file"), [((), "room.urdf"), (("--only", "couch"), "couch.urdf")])
def test_the_command(tmp_path, monkeypatch, capsys, arguments, file):
    from simulator.cli.commands import app

    monkeypatch.chdir(tmp_path)
    app(["urdf", "box", *arguments], result_action="return_value")
    assert capsys.readouterr().out.strip().endswith(f"of box in {Path('urdf') / 'box'}")
    assert (tmp_path / "urdf" / "box" / file).is_file()
