"""A machine with a slide, whose answers are known in closed form: two plates on it, and never both are in the way.

The head is a block from `FACE_MM` to `BACK_MM` away from the isocentre. Two plates slide along x, 100 mm thick about
the plane of the isocentre. With the slide at 0 one is where the head comes at gantry 90, all of the way in; at
`TRAVEL_MM` it is out of reach, and the other one is where the head comes at -90. A post in the floor is always there.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from support import shapes

import simulator as sim
from simulator.models.kinematics import Joint
from simulator.models.model import Part

FACE_MM, BACK_MM, WIDE_MM, TRAVEL_MM, HALF_MM = 700.0, 1000.0, 100.0, 500.0, 50.0
MIDDLE_MM = TRAVEL_MM / 2
GANTRY, COUCH = (-180.0, 180.0, 10.0), (-15.0, 15.0, 15.0)
SPAN = float(np.radians(COUCH[1] - COUCH[0]))
HALF_BAND_DEG = float(np.degrees(np.arctan(WIDE_MM / FACE_MM) + np.arcsin(HALF_MM / np.hypot(WIDE_MM, FACE_MM))))
"""Edges of the head's face, FACE_MM cos g - WIDE_MM sin g above the isocentre, are the first in a plate."""
WHOLE_SR = 4.0 * SPAN
BAND_SR = 2.0 * np.sin(np.radians(HALF_BAND_DEG)) * SPAN
"""Solid angle that a plate takes which is all of the way in: gantry angles about 90 or -90."""
POST_SR = 2.0 * (1.0 - np.cos(np.radians(HALF_BAND_DEG))) * SPAN
"""That of the post: gantry angles about 180."""


def slide(over: str, start: float = 0.0, stop: float = TRAVEL_MM, step: float = MIDDLE_MM) -> sim.Axis:
    """Return the axis of the slide."""
    return sim.Axis(joint="slide", start=start, stop=stop, step=step, unit="mm", over=over)


def plates(over: str | None = None, *, rest_mm: float = 0.0, fin: bool = False) -> sim.Setup:
    """Return the set-up over gantry, couch and slide; without ``over`` the slide stands at ``rest_mm``.

    With a fin on the couch, which needs no closed form: what is in the way then depends on the couch, too.
    """
    joints = (
        Joint("gantry", "revolute", axis=(0.0, 1.0, 0.0)),
        Joint("slide", "prismatic", axis=(1.0, 0.0, 0.0), limits=(0.0, TRAVEL_MM), rest=rest_mm),
    )
    bodies = {
        "head": (shapes.cuboid((-WIDE_MM, -100.0, FACE_MM), (WIDE_MM, 100.0, BACK_MM)), "gantry"),
        "right plate": (shapes.cuboid((600.0, -500.0, -HALF_MM), (1600.0, 500.0, HALF_MM)), "slide"),
        "left plate": (shapes.cuboid((-2100.0, -500.0, -HALF_MM), (-1100.0, 500.0, HALF_MM)), "slide"),
        "post": (shapes.cuboid((-HALF_MM, -500.0, -1600.0), (HALF_MM, 500.0, -600.0)), "fixed"),
    }
    parts = tuple(Part(name, mesh, joint, joint) for name, (mesh, joint) in bodies.items())
    couch = sim.Couch.load("no_couch")
    if fin:
        couch = replace(
            couch,
            parts=(Part("fin", shapes.cuboid((500, -100, -400), (1200, 100, -300)), "table_vertical", "couch"),),
        )
    return sim.Setup(
        machine=sim.Machine(name="plates", title="plates", note="", joints=joints, parts=parts),
        couch=couch,
        patient=sim.Patient.load("point"),
        site="point",
        buffers=sim.Buffers(patient_mm=0.0, couch_mm=0.0),
        sweep=sim.Sweep(*([slide(over)] if over else []), gantry=GANTRY, couch=COUCH),
    )
