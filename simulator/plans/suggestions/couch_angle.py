"""The same way of the gantry at another couch angle."""

from __future__ import annotations

from simulator.plans.checked import BeamCheck
from simulator.plans.legs import ways_of
from simulator.plans.rooms import Room
from simulator.plans.suggestions.candidates import Candidate, moved, with_axes
from simulator.plans.suggestions.directions import off_deg

COUCH_DEG = tuple(float(step) for step in range(1, 31))
"""How far another couch angle is looked for, to both sides."""


def couch_angle(room: Room, _: BeamCheck) -> list[Candidate]:
    """Return the same way of the gantry at other couch angles, the nearest first."""
    start, stop = room.travel.start, room.travel.stop
    if "couch" not in start or any("couch" in way.moving for way in ways_of(room)) or start["couch"] != stop["couch"]:
        return []
    found = []
    for by in (sign * step for step in COUCH_DEG for sign in (1.0, -1.0)):
        other = moved(room, with_axes(room.beam, {"couch": (1.0, by)}))
        if other is not None:
            couch = other.travel.place(other.travel.start).plan["couch"]
            text = f"couch {couch:g}° ({by:+g}°), the same way of the gantry"
            ways = tuple(ways_of(other))
            found.append(Candidate("couch angle", {"couch": couch}, text, ways, off_deg(room, other)))
    return found
