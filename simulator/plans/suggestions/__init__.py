"""What would be free instead of a beam that is not: each suggestion was checked, none is a guess.

A kind of suggestion is a file with a function that returns candidates, and a line in `kinds`. The effort is bounded:
tens of ways for a beam, those that are blocked early given up early. What concerns all beams at once, where the
patient lies on the table top, is in `simulator.plans.suggestions.place_on_top`.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from simulator.plans.checked import BeamCheck
from simulator.plans.proofs import answered, are_free
from simulator.plans.rooms import Room
from simulator.plans.suggested import Suggestion
from simulator.plans.suggestions.candidates import Candidate, Kind
from simulator.plans.suggestions.couch_angle import couch_angle
from simulator.plans.suggestions.nearest_direction import KIND as NEAREST
from simulator.plans.suggestions.nearest_direction import NearestDirection
from simulator.plans.suggestions.other_choice import other_choice
from simulator.plans.suggestions.other_way import other_way
from simulator.plans.suggestions.place_on_top import places_on_top
from simulator.plans.suggestions.table_shift import table_shift
from simulator.plans.suggestions.twin_pose import twin_pose

__all__ = ["kinds", "places_on_top", "suggestions"]

ASKED_AT_ONCE = 16
"""Candidates of a beam in the first round; twice as many in each further one, until one is free."""
LEAST_GAIN_DEG = 1.0


def kinds(workers: int) -> tuple[Kind, ...]:
    """Return all kinds of suggestions for a beam, in the order in which they are told."""
    return twin_pose, other_way, couch_angle, NearestDirection(workers), table_shift, other_choice


def suggestions(
    rooms: Sequence[Room], beams: Sequence[BeamCheck], *, workers: int = 1
) -> list[tuple[Suggestion, ...]]:
    """Return for each beam what would be free instead; nothing for one that is free."""
    blocked = {_key(room): (room, beam) for room, beam in zip(rooms, beams, strict=True) if beam.status}
    chosen: dict[Hashable, list[Candidate]] = {key: [] for key in blocked}
    for kind in kinds(workers):
        for key, candidate in _first_free({key: kind(*asked) for key, asked in blocked.items()}, workers).items():
            chosen[key].append(candidate)
    checked = _checked({key: _worth_telling(candidates) for key, candidates in chosen.items()}, workers)
    return [
        tuple(replace(found, beam=room.beam.number) for found in checked[_key(room)]) if beam.status else ()
        for room, beam in zip(rooms, beams, strict=True)
    ]


def _key(room: Room) -> Hashable:
    """Return what beams have in common that are one way of joints in one room: arcs that are repeated."""
    return id(room.setup), repr(room.travel.legs), tuple(room.options.items()), room.beam.takes_images


def _first_free(candidates: Mapping[Hashable, Sequence[Candidate]], workers: int) -> dict[Hashable, Candidate]:
    """Return for each beam the first candidate of which every way is proven free."""
    found: dict[Hashable, Candidate] = {}
    first, count = 0, ASKED_AT_ONCE
    while any(len(of_beam) > first and key not in found for key, of_beam in candidates.items()):
        asked = [
            (key, candidate)
            for key, of_beam in candidates.items()
            if key not in found
            for candidate in of_beam[first : first + count]
        ]
        free = iter(are_free([way for _, candidate in asked for way in candidate.ways], workers=workers))
        for key, candidate in asked:
            is_free = [next(free) for _ in candidate.ways]
            if all(is_free):
                found.setdefault(key, candidate)
        first, count = first + count, 2 * count
    return found


def _worth_telling(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return candidates without another direction where a twin aims alike, or another couch angle as nearly."""
    others = [each.off_deg for each in candidates if each.kind != NEAREST and each.off_deg is not None]
    nearest = min(others, default=np.inf)
    return [each for each in candidates if each.kind != NEAREST or _gain(each) + (each.off_deg or 0.0) < nearest]


def _gain(candidate: Candidate) -> float:
    """Return by how many degrees another direction must be nearer to be told: that of an arc turns both axes."""
    return 0.0 if candidate.lost_sr is not None else LEAST_GAIN_DEG


def _checked(chosen: Mapping[Hashable, Sequence[Candidate]], workers: int) -> dict[Hashable, list[Suggestion]]:
    """Return suggestions with their least clearance; the number of the beam is left open."""
    found: dict[Hashable, list[Suggestion]] = {key: [] for key in chosen}
    ways = [way for candidates in chosen.values() for candidate in candidates for way in candidate.ways]
    answers = iter(answered(ways, workers=workers))
    for key, candidates in chosen.items():
        for each in candidates:
            parts = [part for _ in each.ways for part in next(answers)]
            if not any(part.status for part in parts):  # as `are_free` said
                least = min(part.clearance_mm for part in parts)
                of_direction = each.off_deg, each.within_deg, each.lost_sr
                found[key].append(Suggestion(0, each.kind, each.change, each.text, least, *of_direction))
    return found
