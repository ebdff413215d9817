"""A block that slides along one, two or three axes between walls: how much of its travel is free in closed form."""

from __future__ import annotations

from dataclasses import replace

from support import shapes

import simulator as sim
from simulator.models.kinematics import Joint
from simulator.models.model import Part

NAMES = ("along_x", "along_y", "along_z")
HALF_MM, WALL_MM, RANGE_MM = 20.0, 60.0, 100.0
FREE_MM = WALL_MM - HALF_MM
"""The block may go so far to either side."""


def axis(name: str, *, over: str | None = None, step: float = 50.0) -> sim.Axis:
    return sim.Axis(joint=name, start=-RANGE_MM, stop=RANGE_MM, step=step, unit="mm", over=over)


def block_between_walls(count: int, *, sweep: sim.Sweep | None = None, wall_mm: float = WALL_MM) -> sim.Setup:
    """Return the set-up: walls at ``wall_mm`` to either side along each of ``count`` axes."""
    joints = tuple(
        Joint(name, "prismatic", (NAMES[at - 1] if at else "fixed"), axis=tuple(float(at == k) for k in range(3)))
        for at, name in enumerate(NAMES[:count])
    )
    walls = []
    for at in range(count):
        for side in (-1, 1):
            low, high = [-400.0] * 3, [400.0] * 3
            low[at], high[at] = sorted((side * wall_mm, side * 400.0))
            walls.append(Part(f"wall {side:+d} {NAMES[at]}", shapes.cuboid(low, high), "fixed", "walls"))
    block = Part("block", shapes.cuboid((-HALF_MM,) * 3, (HALF_MM,) * 3), NAMES[count - 1], "block")
    machine = sim.Machine(
        name="walls",
        title="walls",
        note="",
        joints=joints,
        parts=(block, *walls),
        beam=replace(sim.Machine.load("c_arm").beam, joint="fixed"),
        sweep=sweep or sim.Sweep(*map(axis, NAMES[:count])),
    )
    return sim.Setup(
        machine=machine,
        couch=sim.Couch.load("no_couch"),
        patient=sim.Patient.load("point"),
        site="point",
        buffers=sim.Buffers(patient_mm=0.0, couch_mm=0.0),
    )
