"""Rooms in which a beam is blocked by something of which one knows where it is, and what is suggested instead."""

from __future__ import annotations

from dataclasses import replace

from support import shapes
from support.plan_values import beam, plan

import simulator as sim
from simulator.plans.check import check_plan

SMALL, RADIUS_MM = 0.02, 500.0


def turning_table(wall_mm=300.0):
    """A speck on the couch at (0, 500, 0), and a wall in front of x = -wall; 20 mm are to be kept."""
    return shapes.room(
        machine_parts=[("wall", shapes.cuboid((-900.0, -900.0, -50.0), (-wall_mm, 900.0, 50.0)), "fixed")],
        couch_parts=[("speck", shapes.box(SMALL, SMALL, SMALL, at=(0.0, RADIUS_MM, 0.0)), "couch")],
    )


def suggested(setup, *points, **fields):
    (found,) = check_plan(plan(beam(3, *points, **fields)), setup).beams
    return {each.kind: each for each in found.suggestions}, found


def again(setup, *points):
    """What holds of the beam that a suggestion describes."""
    return check_plan(plan(beam(1, *points)), setup).beams[0]


def within(setup, joint, low, high):
    """The same room with other limits of a joint of the couch."""
    joints = tuple(replace(j, limits=(low, high)) if j.name == joint else j for j in setup.couch.joints)
    return replace(setup, couch=replace(setup.couch, joints=joints))


def walled(*walls):
    """A body between walls that stand, of which 30 mm are to be kept."""
    body = shapes.cuboid((-50.0, -100.0, -50.0), (50.0, 100.0, 50.0))
    parts = [(f"wall {at}", shapes.cuboid(*wall), "fixed") for at, wall in enumerate(walls)]
    return shapes.room(parts, patient_parts=[("body", body)], buffers=sim.Buffers(patient_mm=30.0))
