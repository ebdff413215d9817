"""Set-ups of a few boxes, proven in a fraction of a second: some turn with the gantry or the couch, some stand."""

from __future__ import annotations

from dataclasses import replace

import simulator as sim
from simulator.models.kinematics import Joint
from simulator.models.model import Part


def small_room(machine, couch=(), *, limits=(-185.0, 185.0), gantry=(-180.0, 180.0, 1.0), couch_deg=(0.0, 0.0, 1.0)):
    """A set-up of bodies as (name, mesh, joint), the gantry's limits, and (start, stop, step) of both joints.

    Bodies of the machine hang on "gantry" or stand "fixed", those of the couch hang on "couch".
    """

    def parts(bodies):
        return tuple(Part(name, mesh, joint, joint) for name, mesh, joint in bodies)

    joint = Joint("gantry", "revolute", axis=(0.0, 1.0, 0.0), limits=limits)
    return sim.Setup(
        machine=sim.Machine(name="boxes", title="boxes", note="", joints=(joint,), parts=parts(machine)),
        couch=replace(sim.Couch.load("no_couch"), parts=parts(couch)),
        patient=sim.Patient.load("point"),
        site="point",
        buffers=sim.Buffers(patient_mm=0.0, couch_mm=0.0),
        sweep=sim.Sweep(gantry=gantry, couch=couch_deg),
    )
