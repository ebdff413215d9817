"""The hash of a scene: the same for the same room on any day, another whenever anything that counts is another."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields, replace

import pytest
import trimesh
from support.arm_room import arm_machine

from simulator.collision.scene import Body, Pair, Scene
from simulator.models.kinematics import Joint, KinematicTree
from simulator.models.mesh import Mesh

SCAN = ("gantry", "couch")
ROTATION = ((0.0, -1.0, 0.0), (1.0, 0.0, 0.0), (0.0, 0.0, 1.0))


def mesh(size: float = 100.0) -> Mesh:
    box = trimesh.creation.box((size, size, size))
    return Mesh(box.vertices, box.faces.astype("int32"))


def room() -> Scene:
    joints = (
        Joint("gantry", "revolute", axis=(0.0, 1.0, 0.0), limits=(-185.0, 185.0)),
        Joint("couch", "revolute", axis=(0.0, 0.0, 1.0), origin_mm=(0.0, -0.0, 10.0)),
        Joint("table", "prismatic", "couch", rotation_parent=ROTATION),
    )
    bodies = (Body("head", mesh(), "gantry"), Body("top", mesh(200.0), "table"))
    return Scene(KinematicTree(joints), bodies, (Pair(0, 1, "head – top", 20.0),), SCAN, {"table": 5.0})


OTHERS = {
    Joint: {
        "name": "other",
        "type": "fixed",
        "parent": "gantry",
        "axis": (1.0, 0.0, 0.0),
        "origin_mm": (0.0, 0.0, 1e-6),
        "limits": (-1.0, 1.0),
        "rotation_parent": None,
        "rest": 1.0,
        "mimic": "gantry",
        "multiplier": 2.0,
    },
    Pair: {"a": 1, "b": 0, "name": "other", "buffer_mm": 20.000001, "is_own": True},
    Body: {"name": "other", "mesh": mesh(200.000001), "joint": "couch"},
    Scene: {"rest": {"table": 5.000001}, "pairs": (), "bodies": room().bodies[::-1], "arm": arm_machine().arm},
}
"""For each field, another value of the last of its kind."""


def changed() -> Iterator[tuple[str, Scene]]:
    scene = room()
    *joints, joint = scene.tree.joints
    for name, value in OTHERS[Joint].items():
        yield f"joint: {name}", replace(scene, tree=KinematicTree((*joints, replace(joint, **{name: value}))))
    for name, value in OTHERS[Pair].items():
        yield f"pair: {name}", replace(scene, pairs=(replace(scene.pairs[0], **{name: value}),))
    for name, value in OTHERS[Body].items():
        yield f"body: {name}", replace(scene, bodies=(scene.bodies[0], replace(scene.bodies[1], **{name: value})))
    for name, value in OTHERS[Scene].items():
        yield f"scene: {name}", replace(scene, **{name: value})


@pytest.mark.parametrize("case", list(changed()), ids=lambda case: case[0])
def test_whatever_an_answer_depends_on_is_in_the_hash(case: tuple[str, Scene]) -> None:
    assert case[1].sha256 != room().sha256


def test_every_field_was_tried() -> None:
    """A field that is added to one of these counts from the day on which it is there, or this fails."""
    left_out = {Body: {"colour", "is_drawn"}, Scene: {"tree", "scan"}}
    for kind, others in OTHERS.items():
        assert {field.name for field in fields(kind)} == {*others, *left_out.get(kind, ())}


def test_colours_zeros_rounding_and_what_is_scanned_are_no_part_of_it() -> None:
    scene = room()
    *joints, table = scene.tree.joints
    noisy = replace(table, origin_mm=(-0.0, 1e-13, -1e-13))
    same = (
        replace(scene, bodies=tuple(replace(body, colour="#ffffff") for body in scene.bodies)),
        scene.scanning(("table", "couch", "gantry")),
        replace(scene, rest={"table": 5}),
        replace(scene, rest={"table": 5.0 + 1e-13}),
        replace(scene, tree=KinematicTree((*joints, noisy))),
        pickle.loads(pickle.dumps(scene)),
    )
    assert {other.sha256 for other in same} == {scene.sha256}


def test_another_process_finds_the_same() -> None:
    code = "import simulator as sim; print(sim.load_setup('brain').scene.sha256)"
    found = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ, **more}
        ).stdout
        for more in ({"PYTHONHASHSEED": "1"}, {"PYTHONHASHSEED": "2", "OMP_NUM_THREADS": "1"})
    }
    assert len(found) == 1 and len(found.pop().strip()) == 64
