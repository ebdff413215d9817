"""Rooms in which the table backs away along the beam, and what is where in them, by plain vectors."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from support import shapes

import simulator as sim
from simulator.models.couch import TableTop
from simulator.models.kinematics import Joint
from simulator.models.model import Part

SAD_MM, FARTHEST_MM = 1000.0, 1400.0
AXES = {"table_lateral": (1.0, 0.0, 0.0), "table_longitudinal": (0.0, 1.0, 0.0), "table_vertical": (0.0, 0.0, 1.0)}
UP_FIRST = ("table_vertical", "table_longitudinal", "table_lateral")


def backing(
    machine=(), couch=(), *, order=UP_FIRST, limits=None, patient=None, distances=(SAD_MM, FARTHEST_MM), **more
):
    """A set-up of bodies as (name, mesh, joint); travel limits of table joints by name, free if not given."""
    joints = [Joint("couch", "revolute", "fixed", (0.0, 0.0, 1.0))]
    for name in order:
        joints.append(Joint(name, "prismatic", joints[-1].name, AXES[name], limits=(limits or {}).get(name)))
    parts = [tuple(Part(name, mesh, joint, joint) for name, mesh, joint in bodies) for bodies in (machine, couch)]
    gantry = Joint("gantry", "revolute", axis=(0.0, 1.0, 0.0))
    supine = sim.Patient.load("point")
    if patient is not None:
        supine = replace(supine, parts=(Part("plate", patient, "fixed", "patient"),))
    return sim.Setup(
        machine=sim.Machine(name="boxes", title="boxes", note="", joints=(gantry,), parts=parts[0]),
        couch=sim.Couch(
            name="boxes",
            title="boxes",
            note="",
            joints=tuple(joints),
            parts=parts[1],
            table_top=TableTop(joints[-1].name),
        ),
        patient=supine,
        site="point",
        buffers=sim.Buffers(patient_mm=0.0, couch_mm=0.0),
        source_distance_mm=distances,
        **more,
    )


def away_mm(poses):
    """By how much the table's own joints move, (n, 3), at poses (n, 3) of gantry, couch and source distance."""
    g, c = np.radians(poses[:, 0]), np.radians(poses[:, 1])
    u = np.stack([np.sin(g) * np.cos(c), -np.sin(g) * np.sin(c), np.cos(g)], axis=1)
    return -(poses[:, 2] - SAD_MM)[:, None] * u


def random_poses(rng, count, low=SAD_MM, high=FARTHEST_MM):
    """Poses of gantry, couch and source distance."""
    return np.stack(
        [rng.uniform(-180, 180, count), rng.uniform(-90, 90, count), rng.uniform(low, high, count)], axis=1
    )


def block(at=(0.0, 0.0, 0.0), size=20.0):
    """A cube about a point."""
    return shapes.box(size, size, size, at=at)
