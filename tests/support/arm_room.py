"""A room with a six-axis arm of a few boxes, a box for a patient, a board and a floor: proofs in it take seconds."""

from __future__ import annotations

from functools import cache

from support.own_models import ABOUT, couch, part, patient

import simulator as sim
from simulator.models.arm import AIMING_JOINTS, Arm
from simulator.models.kinematics import Joint
from simulator.models.machine import Beam

ARM_JOINTS = ("A1", "A2", "A3", "A4", "A5", "A6")
LINKS = (
    Joint("A1", "revolute", "fixed", (0.0, 0.0, -1.0), (-1600.0, 0.0, -950.0), (-185.0, 185.0)),
    Joint("A2", "revolute", "A1", (0.0, 1.0, 0.0), (350.0, 0.0, 750.0), (-146.0, 0.0), rest=-90.0),
    Joint("A3", "revolute", "A2", (0.0, 1.0, 0.0), (1250.0, 0.0, 0.0), (-119.0, 155.0), rest=90.0),
    Joint("A4", "revolute", "A3", (-1.0, 0.0, 0.0), (0.0, 0.0, 55.0), (-350.0, 350.0)),
    Joint("A5", "revolute", "A4", (0.0, 1.0, 0.0), (1100.0, 0.0, 0.0), (-125.0, 125.0)),
    Joint("A6", "revolute", "A5", (-1.0, 0.0, 0.0), (230.0, 0.0, 0.0), (-350.0, 350.0)),
    Joint("tool", "fixed", "A6", origin_mm=(50.0, 0.0, 0.0)),
)
SOURCE_MM, ALONG = (250.0, 0.0, 100.0), (0.0, 0.0, -1.0)


def arm_machine(*, links=True, floor_mm=-960.0, distances_mm=(650.0, 750.0)) -> sim.Machine:
    """An arm with a source across its last axis: a head of two boxes, and if asked for two links and a pedestal."""
    arm = Arm(ARM_JOINTS, "tool", SOURCE_MM, ALONG, distances_mm)
    parts = [
        part("head", "tool", "head", (0.0, -200.0, -100.0), (500.0, 200.0, 400.0)),
        part("cone", "tool", "head", (200.0, -50.0, -250.0), (300.0, 50.0, -100.0)),
        part("floor", "fixed", "room", (-3000.0, -3000.0, floor_mm - 400.0), (3000.0, 3000.0, floor_mm)),
    ]
    if links:
        parts += [
            part("upper arm", "A2", "arm", (0.0, -120.0, -120.0), (1250.0, 120.0, 120.0)),
            part("forearm", "A3", "arm", (-150.0, -100.0, -50.0), (800.0, 100.0, 150.0)),
        ]
    return sim.Machine(
        name="toy arm",
        **ABOUT,
        joints=(*LINKS, *arm.aiming_joints),
        parts=tuple(parts),
        beam=Beam(AIMING_JOINTS[-1], (0.0, 0.0, 0.0), (0.0, 0.0, -1.0)),
        sweep=sim.Sweep(polar=(0.0, 180.0, 30.0), azimuth=(-180.0, 180.0, 30.0)),
        arm=arm,
        may_touch=(("arm", "arm"),),
    )


@cache
def arm_setup(**machine) -> sim.Setup:
    """The arm beside a box on a board, the isocentre in the middle of the box."""
    return sim.Setup(
        machine=arm_machine(**machine),
        couch=couch(part("board", "table_roll", "couch", (-200.0, -1000.0, -40.0), (200.0, 0.0, 0.0))),
        patient=patient(part("trunk", "fixed", "patient", (-150.0, -100.0, -300.0), (150.0, 100.0, 300.0))),
        isocentre_mm=(0.0, 0.0, 0.0),
        buffers=sim.Buffers(patient_mm=20.0, couch_mm=20.0),
        name="toy arm",
    )
