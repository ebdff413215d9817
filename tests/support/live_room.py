"""A C-arm of one block, a table top with short travel and a trunk on it: proven in a fraction of a second."""

from __future__ import annotations

from dataclasses import replace

from support import shapes

import simulator as sim

LIMITS = {"table_lateral": (-150.0, 150.0), "table_longitudinal": (-400.0, 900.0), "table_vertical": (-400.0, 200.0)}


def live_room(**options) -> sim.Setup:
    """The room, swept by 15°."""
    setup = shapes.room(
        [("head", shapes.box(500, 500, 300, at=(0, 0, 520)), "gantry")],
        [("couch top", shapes.box(530, 2000, 60, at=(0, -1000, -30)), "table_roll")],
        [("trunk", shapes.box(400, 220, 600, at=(30, 0, -200)))],
        **options,
    )
    joints = tuple(replace(joint, limits=LIMITS.get(joint.name)) for joint in setup.couch.joints)
    sweep = sim.Sweep(gantry=(-180, 180, 15), couch=(-90, 90, 15))
    return replace(setup, couch=replace(setup.couch, joints=joints), sweep=sweep)
