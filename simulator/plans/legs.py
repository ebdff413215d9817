"""The legs of a beam: joined to ways where they go on in one line, proven, and told leg by leg."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from simulator.plans.proofs import Answer, Blocked, Joints, Question
from simulator.plans.rooms import Room
from simulator.plans.travel import ROUNDING, Travel
from simulator.plans.ways import LegCheck, Stretch, WayCheck
from simulator.setup.setup import Setup


def ways_of(room: Room) -> list[Question]:
    """Return the ways of a beam: consecutive legs with the same axes, rates and direction are one."""
    return ways_along(room.setup, room.travel.legs)


def ways_along(setup: Setup, legs: Sequence[tuple[Joints, Joints]]) -> list[Question]:
    """Return the ways over legs of which each begins where the one before it stopped."""
    found, first = [], 0
    for at in range(1, len(legs) + 1):
        if at == len(legs) or not _goes_on(legs[first][0], legs[at - 1][1], legs[at]):
            found.append(_way(setup, legs[first:at]))
            first = at
    return found


def _goes_on(start: Joints, here: Joints, leg: tuple[Joints, Joints]) -> bool:
    """Return whether a leg goes on in the line from start to here; one that stands still always does."""
    line = np.array([here[axis] - start[axis] for axis in start])
    ahead = np.array([leg[1][axis] - leg[0][axis] for axis in start])
    if not line.any() or not ahead.any():
        return True
    share = float(line @ ahead) / float(line @ line)
    return share > 0.0 and bool((np.abs(ahead - share * line) <= ROUNDING).all())


def _way(setup: Setup, legs: Sequence[tuple[Joints, Joints]]) -> Question:
    """Return the one way over some legs."""
    start, stop = legs[0][0], legs[-1][1]
    axis = max(start, key=lambda axis: abs(stop[axis] - start[axis]))
    travel = stop[axis] - start[axis]
    ends = [(leg[1][axis] - start[axis]) / travel if travel else 1.0 for leg in legs]
    return Question(setup, start, stop, (*ends[:-1], 1.0))


def checked_legs(
    room: Room, answers: Sequence[Sequence[Answer]]
) -> tuple[tuple[LegCheck, ...], tuple[WayCheck, ...]]:
    """Return what holds of each leg of a beam, and of each way, from the answers for its ways."""
    travel = room.travel
    legs = [
        LegCheck(**fields_of(travel, [answer]), beam=leg.beam, index=leg.index, is_beam_on=leg.is_beam_on)
        for leg, answer in zip(room.beam.legs, (part for parts in answers for part in parts), strict=True)
    ]
    return tuple(legs), tuple(WayCheck(**fields_of(travel, parts)) for parts in answers)


def fields_of(travel: Travel, parts: Sequence[Answer]) -> dict[str, Any]:
    """Return the fields of a check of a way from the answers for its parts, in the order of travel."""
    least = min(parts, key=lambda part: part.clearance_mm)
    return {
        "start": travel.place(parts[0].start),
        "stop": travel.place(parts[-1].stop),
        "status": max(part.status for part in parts),
        "clearance_mm": least.clearance_mm,
        "spare_mm": min(part.spare_mm for part in parts),
        "at": travel.place(least.at),
        "pair": least.pair,
        "blocked": tuple(_told(travel, stretch) for stretch in joined([s for part in parts for s in part.blocked])),
    }


def joined(stretches: Sequence[Blocked]) -> list[Blocked]:
    """Return stretches in the order of travel, those joined of which one begins where the other ends.

    What is found in two rooms alike is told once.
    """
    found: list[Blocked] = []
    for stretch in stretches:
        if any(known == stretch for known in found):
            continue
        if found and all(abs(found[-1].stop[axis] - value) <= ROUNDING for axis, value in stretch.start.items()):
            last = found.pop()
            pairs = tuple(dict.fromkeys((*last.pairs, *stretch.pairs)))
            is_proven = last.is_proven or stretch.is_proven
            stretch = Blocked(last.start, stretch.stop, max(last.status, stretch.status), is_proven, pairs)
        found.append(stretch)
    return found


def _told(travel: Travel, stretch: Blocked) -> Stretch:
    ends = [travel.place(end) for end in (stretch.start, stretch.stop)]
    return Stretch(ends[0], ends[1], stretch.status, stretch.is_proven, stretch.pairs)
