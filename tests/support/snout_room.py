"""A snout whose answers are known in closed form: one bar is in its way only drawn out, another only drawn back.

The snout is a block on the gantry that slides along the beam; its value is the distance of its face from the
isocentre. A low bar at one side is where the block comes at gantry 90 unless it is drawn back; a high one at the
other side is where its far end comes at -90 unless it is drawn out. A post in the floor is always there.
"""

from __future__ import annotations

import numpy as np
from support import shapes

import simulator as sim
from simulator.models.kinematics import Joint
from simulator.models.mesh import Mesh
from simulator.models.model import Part

NEAR_MM, MIDDLE_MM, FAR_MM = 300.0, 450.0, 600.0
LENGTH_MM, WIDE_MM, HALF_MM = 500.0, 100.0, 50.0
LOW_MM, HIGH_MM = MIDDLE_MM, MIDDLE_MM + LENGTH_MM  # where the low bar ends, and the high one begins
GANTRY, COUCH = (-180.0, 180.0, 10.0), (-15.0, 15.0, 15.0)
SPAN = float(np.radians(COUCH[1] - COUCH[0]))
WHOLE_SR = 4.0 * SPAN


def near_end_deg(face_mm: float) -> float:
    """Return how far from a bar's middle the gantry meets it, if it reaches nearer than the face.

    The corner of the face that is the first in the bar is face sin d - wide cos d from the bar's middle plane.
    """
    return float(np.degrees(np.arctan(WIDE_MM / face_mm) + np.arcsin(HALF_MM / np.hypot(WIDE_MM, face_mm))))


def side_deg() -> float:
    """Return how far from the high bar's middle the gantry meets it: its end's edge is the first on the block's side.

    That edge is end sin d - half cos d from the block's middle plane.
    """
    return float(np.degrees(np.arctan(HALF_MM / HIGH_MM) + np.arcsin(WIDE_MM / np.hypot(HALF_MM, HIGH_MM))))


def beside_sr(half_band_deg: float) -> float:
    """Return what a band of gantry angles about 90 or -90 takes."""
    return float(2.0 * np.sin(np.radians(half_band_deg)) * SPAN)


def below_sr(half_band_deg: float) -> float:
    """Return what a band of gantry angles about 180 takes."""
    return float(2.0 * (1.0 - np.cos(np.radians(half_band_deg))) * SPAN)


DRAWN_OUT_SR = WHOLE_SR - beside_sr(near_end_deg(NEAR_MM)) - below_sr(near_end_deg(NEAR_MM))
"""The low bar and the post are in the way."""
DRAWN_BACK_SR = WHOLE_SR - beside_sr(side_deg()) - below_sr(near_end_deg(FAR_MM))
"""The high bar and the post are in the way."""
ANYWHERE_SR = WHOLE_SR - below_sr(near_end_deg(FAR_MM))
"""The post alone is in the way, at any place of the snout: it takes the least where the face is farthest."""


def snout(over: str, start: float = NEAR_MM, stop: float = FAR_MM, step: float = 150.0) -> sim.Axis:
    """Return the axis of the snout."""
    return sim.Axis(joint="snout", start=start, stop=stop, step=step, unit="mm", over=over)


def room(axis: sim.Axis) -> sim.Setup:
    """Return the set-up over gantry, couch and an axis of the snout."""
    joints = (
        Joint("gantry", "revolute", axis=(0.0, 1.0, 0.0)),
        Joint("snout", "prismatic", "gantry", axis=(0.0, 0.0, 1.0), limits=(NEAR_MM, FAR_MM), rest=FAR_MM),
    )
    y, thin = (-500.0, 500.0), (-HALF_MM, HALF_MM)

    def between(x: tuple[float, float], z: tuple[float, float]) -> Mesh:
        return shapes.cuboid((x[0], y[0], z[0]), (x[1], y[1], z[1]))

    bodies = {
        "snout": (shapes.cuboid((-WIDE_MM, -100.0, 0.0), (WIDE_MM, 100.0, LENGTH_MM)), "snout"),
        "low bar": (between((200.0, LOW_MM), thin), "fixed"),
        "high bar": (between((-1500.0, -HIGH_MM), thin), "fixed"),
        "post": (between(thin, (-1500.0, -200.0)), "fixed"),
    }
    parts = tuple(Part(name, mesh, joint, joint) for name, (mesh, joint) in bodies.items())
    return sim.Setup(
        machine=sim.Machine(name="snout", title="snout", note="", joints=joints, parts=parts),
        couch=sim.Couch.load("no_couch"),
        patient=sim.Patient.load("point"),
        site="point",
        buffers=sim.Buffers(patient_mm=0.0, couch_mm=0.0),
        sweep=sim.Sweep(axis, gantry=GANTRY, couch=COUCH),
    )
