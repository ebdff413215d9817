"""The same directions by the other pair of gantry and couch: every direction of a C-arm has two poses."""

from __future__ import annotations

import numpy as np

from simulator.geometry.angles import FULL_TURN_DEG
from simulator.plans.checked import BeamCheck
from simulator.plans.legs import ways_of
from simulator.plans.rooms import Room
from simulator.plans.suggestions.candidates import Candidate, moved, with_axes

SAME_DIRECTION = 1e-6


def twin_pose(room: Room, _: BeamCheck) -> list[Candidate]:
    """Return the twin, if the couch can go there."""
    if not {"gantry", "couch"} <= room.travel.start.keys():
        return []
    twin = moved(room, with_axes(room.beam, {"gantry": (-1.0, 0.0), "couch": (1.0, FULL_TURN_DEG / 2)}))
    if twin is None or not _aims_alike(room, twin):
        return []
    place = twin.travel.place(twin.travel.start)
    gantry, couch = place.plan["gantry"], place.plan["couch"]
    text = f"the same directions from gantry {gantry:g}°, couch {couch:g}°, collimator turned by 180°"
    return [Candidate("twin pose", {"gantry": gantry, "couch": couch}, text, tuple(ways_of(twin)), off_deg=0.0)]


def _aims_alike(room: Room, twin: Room) -> bool:
    aims = [
        [room.setup.directions_patient(**{axis: end[axis] for axis in ("gantry", "couch")}) for end in ends]
        for travel in (room.travel, twin.travel)
        for ends in ((travel.start, travel.stop),)
    ]
    return bool(np.abs(np.array(aims[0]) - np.array(aims[1])).max() <= SAME_DIRECTION)
