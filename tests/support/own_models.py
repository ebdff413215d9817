"""Machines, couches, devices and patients of a few blocks, made in Python, and the room that they are put into."""

from __future__ import annotations

import numpy as np
import trimesh

import simulator as sim
from simulator.models.kinematics import Joint
from simulator.models.mesh import Mesh
from simulator.models.model import Part
from simulator.models.slicerrt import COUCH_JOINTS, MACHINE_JOINTS

ABOUT = {"title": "Own", "note": "No clinical clearance."}


def block(low, high) -> Mesh:
    """Return a box between two corners."""
    mesh = trimesh.creation.box(bounds=np.array([low, high], dtype=float))
    return Mesh(np.asarray(mesh.vertices, dtype=float), np.asarray(mesh.faces, dtype=np.int32))


def part(name, joint, group, low, high) -> Part:
    return Part(name, block(low, high), joint, group)


def head(group="gantry"):
    return part("head", "gantry", group, (-200, -200, 400), (200, 200, 700))


def top(group="couch"):
    return part("top", "table_roll", group, (-265, -2000, -50), (265, 0, 0))


def body(group="patient"):
    return part("body", "fixed", group, (-150, -200, -700), (150, 0, 100))


def machine(*parts, joints: tuple[Joint, ...] = (), **more) -> sim.Machine:
    return sim.Machine(name="own", **ABOUT, parts=parts, joints=(*MACHINE_JOINTS, *joints), **more)


def couch(*parts, joints: tuple[Joint, ...] = (), **more) -> sim.Couch:
    return sim.Couch(name="own", **ABOUT, parts=parts, joints=(*COUCH_JOINTS, *joints), **more)


def device(*parts, name="board", **more) -> sim.Fixation:
    return sim.Fixation(name=name, **ABOUT, parts=parts, **more)


def board(*, thick=40.0, half=200.0, y=(-600.0, 100.0), name="board", **more) -> sim.Fixation:
    """Return a slab as thick as it lifts a patient."""
    slab = part(name, "fixed", "fixation", (-half, y[0], 0.0), (half, y[1], thick))
    return device(slab, **{"name": name, "surface_z_mm": thick, **more})


def patient(*parts, **more) -> sim.Patient:
    return sim.Patient(name="own", **ABOUT, parts=parts, **more)


def room(of_machine=None, of_couch=None, of_patient=None, **more) -> sim.Setup:
    """Return a set-up whose isocentre is in the patient's head; models that are not given are of one block."""
    return sim.Setup(
        machine=of_machine or machine(head()),
        couch=of_couch or couch(top()),
        patient=of_patient or patient(body()),
        **{"isocentre_mm": (0.0, -100.0, 0.0), **more},
    )


def pair_names(setup: sim.Setup) -> set[str]:
    return {pair.name for pair in setup.scene.pairs}
