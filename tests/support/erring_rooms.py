"""A block on the table top below a plate of the gantry: what errors do to it is known in closed form."""

from __future__ import annotations

from dataclasses import replace

from support import shapes

import simulator as sim
from simulator.models.kinematics import Joint
from simulator.models.model import Part

GAP_MM = 100.0
"""From the top of the block to the plate, at gantry 0."""
ARM_MM = 1000.0
"""From the isocentre to the far end of the block, along y."""


def erring_room(*, buffer_mm=0.0, gantry=(-2.0, 2.0, 1.0), couch=(-1.0, 1.0, 1.0), **errors):
    """The set-up of a block from y = 0 to -ARM_MM below a wide plate; errors by field."""
    # The isocentre, a point on the top, lies 20 mm from the end of the table.
    block = shapes.cuboid((-5.0, -20.0 - ARM_MM, -50.0), (5.0, -20.0, 0.0))
    plate = shapes.cuboid((-3000.0, -3000.0, GAP_MM), (3000.0, 3000.0, GAP_MM + 100.0))
    joint = Joint("gantry", "revolute", axis=(0.0, 1.0, 0.0), limits=(-185.0, 185.0))
    return sim.Setup(
        machine=sim.Machine("plate", "plate", "", joints=(joint,), parts=(Part("plate", plate, "gantry", "plate"),)),
        couch=replace(sim.Couch.load("no_couch"), parts=(Part("block", block, "table_roll", "couch"),)),
        patient=sim.Patient.load("point"),
        site="point",
        buffers=sim.Buffers(patient_mm=0.0, couch_mm=buffer_mm),
        errors=sim.Errors(**errors),
        sweep=sim.Sweep(gantry=gantry, couch=couch),
    )
