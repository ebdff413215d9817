"""How much may go wrong before a beam is no longer proven free: millimetres, degrees, the plan's own tolerances."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np

from simulator.geometry.scales import SAME_ANGLE_DEG
from simulator.plans.checked import BeamCheck, Margin
from simulator.plans.legs import ways_of
from simulator.plans.proofs import Joints, Question, are_free
from simulator.plans.rooms import Room

STEPS_DEG = (0.5, 1.0, 2.0, 3.0)
"""By how much gantry and couch are asked to be off."""
OFF = ("gantry", "couch")
LARGEST_TOLERANCE_MM = 50.0
"""A table tolerance of more says that the table's position is not checked, not that the patient may be anywhere."""
PIECE = 2.0
"""Degrees, or mm, of the parts of a way on which several axes move: each is put into a box of its own."""


def margins(rooms: Sequence[Room], beams: Sequence[BeamCheck], *, workers: int = 1) -> list[Margin | None]:
    """Return how much each beam may be off; None for one that is not free."""
    asked: list[tuple[int, str, float, Question]] = []
    for at, (room, beam) in enumerate(zip(rooms, beams, strict=True)):
        if not beam.status:
            asked += [(at, axis, step, question) for axis, step, question in _questions(room)]
    free = are_free([question for *_, question in asked], workers=workers)
    failed = {(at, axis, step) for (at, axis, step, _), is_free in zip(asked, free, strict=True) if not is_free}
    steps: dict[tuple[int, str], list[float]] = {}
    for at, axis, step, _ in asked:
        steps.setdefault((at, axis), []).append(step)
    return [
        None if beam.status else _margin(room, beam, {axis: _proven(failed, at, axis) for axis in _axes(room)},
                                         (at, "", 0.0) in failed)
        for at, (room, beam) in enumerate(zip(rooms, beams, strict=True))
    ]  # fmt: skip


def _margin(room: Room, beam: BeamCheck, degrees: dict[str, float], is_beyond: bool) -> Margin:
    tolerances = _tolerances(room)
    within = not is_beyond if tolerances else None
    return Margin(min(way.spare_mm for way in beam.ways), degrees, STEPS_DEG, tolerances, within)


def _proven(failed: set[tuple[int, str, float]], at: int, axis: str) -> float:
    """Return the largest step up to which all are proven; 0 if not even the least is."""
    proven = 0.0
    for step in STEPS_DEG:
        if (at, axis, step) in failed:
            break
        proven = step
    return proven


def _axes(room: Room) -> tuple[str, ...]:
    return tuple(axis for axis in OFF if axis in room.travel.start)


def _tolerances(room: Room) -> dict[str, float]:
    tree = room.setup.scene.tree
    named = {axis: value for axis, value in room.beam.tolerances.items() if axis in room.travel.start and value > 0.0}
    return {axis: value for axis, value in named.items() if tree[axis].unit == "deg" or value <= LARGEST_TOLERANCE_MM}


def _questions(room: Room) -> Iterator[tuple[str, float, Question]]:
    """Yield what is to be free for an axis to be off by a step; without a name and step, all within tolerances."""
    tolerances = _tolerances(room)
    for way in ways_of(room):
        for start, stop in _pieces(way):
            for axis in _axes(room):
                for step in STEPS_DEG:
                    yield axis, step, _widened(room, start, stop, {axis: step})
            if tolerances:
                yield "", 0.0, _widened(room, start, stop, tolerances)


def _pieces(way: Question) -> list[tuple[Joints, Joints]]:
    """Return a way in parts that a box holds without holding much else."""
    if len(way.moving) < 2:
        return [(way.start, way.stop)]
    longest = max(abs(way.stop[axis] - way.start[axis]) for axis in way.moving)
    shares = np.linspace(0.0, 1.0, int(np.ceil(longest / PIECE)) + 1)
    at = [{axis: value + share * (way.stop[axis] - value) for axis, value in way.start.items()} for share in shares]
    return list(pairwise([*at[:-1], way.stop]))


def _widened(room: Room, start: Joints, stop: Joints, off: Mapping[str, float]) -> Question:
    """Return the box that holds a way and what is off it by as much, as far as the joints go."""
    tree = room.setup.scene.tree
    low = {axis: min(value, stop[axis]) for axis, value in start.items()}
    high = {axis: max(value, stop[axis]) for axis, value in start.items()}
    for axis, by in off.items():
        least, most = tree[axis].limits or (-np.inf, np.inf)
        low[axis] = min(low[axis], max(low[axis] - by, least))
        high[axis] = max(high[axis], min(high[axis] + by, most))
    wider = {axis for axis in low if high[axis] - low[axis] > SAME_ANGLE_DEG}
    high = {axis: value if axis in wider else low[axis] for axis, value in high.items()}
    return Question(room.setup, low, high, is_box=True)
