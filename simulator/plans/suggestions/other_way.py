"""The gantry's way round the other side between the same ends, where that is the shorter one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from simulator.dicom.beams import Leg
from simulator.geometry.angles import FULL_TURN_DEG
from simulator.plans.checked import BeamCheck
from simulator.plans.legs import ways_of
from simulator.plans.rooms import Room
from simulator.plans.suggestions.candidates import Candidate, moved


def other_way(room: Room, _: BeamCheck) -> list[Candidate]:
    """Return the way round the other side of an arc of more than half a turn."""
    start, stop = room.travel.start, room.travel.stop
    ways = ways_of(room)
    if len(ways) != 1 or ways[0].moving != ("gantry",):
        return []
    by = stop["gantry"] - start["gantry"]
    if not FULL_TURN_DEG / 2 < abs(by) < FULL_TURN_DEG:
        return []
    first, last = room.beam.legs[0], room.beam.legs[-1]
    gantry = first.start["gantry"] + by - np.copysign(FULL_TURN_DEG, by)
    leg = Leg(first.beam, first.index, first.start, {**last.stop, "gantry": float(gantry)}, True, (0.0, 1.0))
    other = moved(room, replace(room.beam, legs=(leg,)))
    if other is None:
        return []
    text = f"the gantry round the other side, {abs(by - np.copysign(FULL_TURN_DEG, by)):g}° instead of {abs(by):g}°"
    change: dict[str, float | str] = {"gantry": other.travel.place(other.travel.stop).plan["gantry"]}
    return [Candidate("other way", change, text, tuple(ways_of(other)))]
