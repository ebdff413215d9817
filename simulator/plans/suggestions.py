"""What would be free instead of a beam that is not: each suggestion was checked, none is a guess.

The effort is bounded: some tens of ways for a beam, those that are blocked early given up early.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from simulator.dicom.beams import Beam, Leg
from simulator.errors import SimulatorError
from simulator.geometry.angles import FULL_TURN_DEG
from simulator.plans.checked import BeamCheck, Suggestion
from simulator.plans.legs import ways_of
from simulator.plans.proofs import Question, answered, are_free
from simulator.plans.rooms import Room
from simulator.plans.travel import Travel, travel_of
from simulator.setup.placing import TABLE_POSITION

COUCH_DEG = tuple(float(step) for step in range(1, 31))
"""How far another couch angle is looked for, to both sides."""
SHIFTS_MM = (10.0, 20.0, 30.0, 40.0, 50.0)
SAME_DIRECTION = 1e-6


@dataclass(frozen=True, eq=False)
class _Candidate:
    """Something that may be free: ways in place of a beam's, and how it would be told."""

    kind: str
    change: dict[str, float]
    text: str
    ways: tuple[Question, ...]


def suggestions(
    rooms: Sequence[Room], beams: Sequence[BeamCheck], *, workers: int = 1
) -> list[tuple[Suggestion, ...]]:
    """Return for each beam what would be free instead; nothing for one that is free."""
    blocked = {_key(room): room for room, beam in zip(rooms, beams, strict=True) if beam.status}
    chosen: dict[tuple[object, ...], list[_Candidate]] = {key: [] for key in blocked}
    for kind in (_twin, _other_way, _couch_angles, _table_shifts):
        for key, candidate in _first_free({key: kind(room) for key, room in blocked.items()}, workers).items():
            chosen[key].append(candidate)
    checked = _checked(chosen, workers)
    return [
        tuple(replace(found, beam=room.beam.number) for found in checked[_key(room)]) if beam.status else ()
        for room, beam in zip(rooms, beams, strict=True)
    ]


def _key(room: Room) -> tuple[object, ...]:
    """Return what beams have in common that are one way of joints in one room: arcs that are repeated."""
    return id(room.setup), repr(room.travel.legs)


def _first_free(
    candidates: Mapping[tuple[object, ...], Sequence[_Candidate]], workers: int
) -> dict[tuple[object, ...], _Candidate]:
    """Return for each beam the first candidate of which every way is proven free."""
    asked = [
        ((key, at), way)
        for key, of_beam in candidates.items()
        for at, candidate in enumerate(of_beam)
        for way in candidate.ways
    ]
    free = are_free([way for _, way in asked], workers=workers)
    blocked = {which for (which, _), is_free in zip(asked, free, strict=True) if not is_free}
    found = {}
    for key, of_beam in candidates.items():
        first = next((candidate for at, candidate in enumerate(of_beam) if (key, at) not in blocked), None)
        if first is not None:
            found[key] = first
    return found


def _checked(
    chosen: Mapping[tuple[object, ...], Sequence[_Candidate]], workers: int
) -> dict[tuple[object, ...], list[Suggestion]]:
    """Return suggestions with their least clearance; the number of the beam is left open."""
    found: dict[tuple[object, ...], list[Suggestion]] = {key: [] for key in chosen}
    ways = [way for candidates in chosen.values() for candidate in candidates for way in candidate.ways]
    answers = iter(answered(ways, workers=workers))
    for key, candidates in chosen.items():
        for candidate in candidates:
            parts = [part for _ in candidate.ways for part in next(answers)]
            if not any(part.status for part in parts):  # as `are_free` said
                least = min(part.clearance_mm for part in parts)
                found[key].append(Suggestion(0, candidate.kind, candidate.change, candidate.text, least))
    return found


def _moved(room: Room, beam: Beam) -> Room | None:
    """Return the room with another beam in it; None if the machine cannot deliver that."""
    scene = room.setup.scene
    try:
        return replace(room, beam=beam, travel=travel_of(beam, scene.tree, scene.rest, room.travel.start))
    except SimulatorError:
        return None


def _with_axes(beam: Beam, axes: dict[str, tuple[float, float]]) -> Beam:
    """Return a beam with each of some axes replaced by sign * value + offset, in degrees."""

    def changed(values: dict[str, float]) -> dict[str, float]:
        return {
            axis: axes[axis][0] * value + axes[axis][1] if axis in axes else value for axis, value in values.items()
        }

    legs = tuple(replace(leg, start=changed(leg.start), stop=changed(leg.stop)) for leg in beam.legs)
    return replace(beam, legs=legs)


def _twin(room: Room) -> list[_Candidate]:
    """Return the same directions by the other pair of gantry and couch, if the couch can go there."""
    if not {"gantry", "couch"} <= room.travel.start.keys():
        return []
    twin = _moved(room, _with_axes(room.beam, {"gantry": (-1.0, 0.0), "couch": (1.0, FULL_TURN_DEG / 2)}))
    if twin is None or not _aims_alike(room, twin):
        return []
    place = twin.travel.place(twin.travel.start)
    change = {axis: place.plan[axis] for axis in ("gantry", "couch")}
    text = f"the same directions from gantry {change['gantry']:g}°, couch {change['couch']:g}°"
    return [_Candidate("twin pose", change, f"{text}, collimator turned by 180°", tuple(ways_of(twin)))]


def _aims_alike(room: Room, twin: Room) -> bool:
    aims = [
        [room.setup.directions_patient(**{axis: end[axis] for axis in ("gantry", "couch")}) for end in ends]
        for travel in (room.travel, twin.travel)
        for ends in ((travel.start, travel.stop),)
    ]
    return bool(np.abs(np.array(aims[0]) - np.array(aims[1])).max() <= SAME_DIRECTION)


def _other_way(room: Room) -> list[_Candidate]:
    """Return the gantry's way round the other side between the same ends, where that is the shorter one."""
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
    other = _moved(room, replace(room.beam, legs=(leg,)))
    if other is None:
        return []
    text = f"the gantry round the other side, {abs(by - np.copysign(FULL_TURN_DEG, by)):g}° instead of {abs(by):g}°"
    change = {"gantry": other.travel.place(other.travel.stop).plan["gantry"]}
    return [_Candidate("other way", change, text, tuple(ways_of(other)))]


def _couch_angles(room: Room) -> list[_Candidate]:
    """Return the same way of the gantry at other couch angles, the nearest first."""
    start, stop = room.travel.start, room.travel.stop
    if "couch" not in start or any("couch" in way.moving for way in ways_of(room)) or start["couch"] != stop["couch"]:
        return []
    found = []
    for by in (sign * step for step in COUCH_DEG for sign in (1.0, -1.0)):
        moved = _moved(room, _with_axes(room.beam, {"couch": (1.0, by)}))
        if moved is not None:
            couch = moved.travel.place(moved.travel.start).plan["couch"]
            text = f"couch {couch:g}° ({by:+g}°), the same way of the gantry"
            found.append(_Candidate("couch angle", {"couch": couch}, text, tuple(ways_of(moved))))
    return found


def _table_shifts(room: Room) -> list[_Candidate]:
    """Return the same beam with table and patient shifted, the shortest shifts first."""
    tree = room.setup.scene.tree
    found = []
    for by in (sign * step for step in SHIFTS_MM for sign in (1.0, -1.0)):
        for axis in TABLE_POSITION:
            travel = _shifted(room.travel, axis, by)
            low, high = tree[axis].limits or (-np.inf, np.inf)
            if all(low <= end[axis] <= high for leg in travel.legs for end in leg):
                ways = [replace(way, columns=TABLE_POSITION) for way in ways_of(replace(room, travel=travel))]
                text = f"{axis.replace('_', ' ')} {by:+g} mm: table and patient, and so the isocentre in the patient"
                found.append(_Candidate("table shift", {axis: by}, text, tuple(ways)))
    return found


def _shifted(travel: Travel, axis: str, by: float) -> Travel:
    legs = [tuple({**end, axis: end[axis] + by} for end in leg) for leg in travel.legs]
    return replace(travel, legs=tuple((start, stop) for start, stop in legs))
