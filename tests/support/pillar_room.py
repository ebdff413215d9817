"""An arm on the gantry and a pillar on the couch that meet about gantry 60°, couch 0°, and nowhere near."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from support import shapes

import simulator as sim
from simulator.models.motion import Between, Motion

RADIUS_MM, SIZE_MM, MEET_DEG = 500.0, 60.0, 60.0
GANTRY, COUCH = Motion(6.0, 3.0, "a test"), Motion(3.0, 1.5, "a test")


def pillar_room() -> sim.Setup:
    """Return the room; gantry 6 °/s and 3 °/s², couch 3 °/s and 1.5 °/s²."""
    across, up = RADIUS_MM * np.sin(np.radians(MEET_DEG)), RADIUS_MM * np.cos(np.radians(MEET_DEG))
    room = shapes.room(
        machine_parts=[("arm", shapes.box(SIZE_MM, SIZE_MM, SIZE_MM, at=(0.0, 0.0, RADIUS_MM)), "gantry")],
        couch_parts=[("pillar", shapes.box(SIZE_MM, SIZE_MM, SIZE_MM, at=(across, 0.0, up)), "couch")],
    )
    joints = tuple(replace(j, limits=(-95.0, 95.0)) if j.name == "couch" else j for j in room.couch.joints)
    arms = tuple(replace(j, limits=(-185.0, 185.0)) if j.name == "gantry" else j for j in room.machine.joints)
    between = Between({"gantry": 0.0, "couch": 0.0}, "together", "a test")
    machine = replace(room.machine, joints=arms, motions={"gantry": GANTRY}, between=between)
    return replace(room, machine=machine, couch=replace(room.couch, joints=joints, motions={"couch": COUCH}))
