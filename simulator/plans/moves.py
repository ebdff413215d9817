"""Moves from the end of one beam to the beginning of the next.

How a machine gets there is not in the plan. So the axes that carry the patient first, those that carry the beam
first, and all together are checked, and within each any timing is meant: the whole box of values between start and
stop is to be free. Every axis goes the way that its limits allow: a gantry that ends at ±185° does not turn on
through 180°.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from simulator.dicom.beams import AXES
from simulator.geometry.scales import SAME_ANGLE_DEG
from simulator.plans.legs import fields_of
from simulator.plans.proofs import Answer, Joints, Question, answered
from simulator.plans.rooms import Room
from simulator.plans.travel import SUPPORT, Travel
from simulator.plans.ways import MoveCheck, OrderCheck
from simulator.setup.contents import PATIENT_FRAME
from simulator.setup.setup import Setup

COUCH_FIRST, GANTRY_FIRST, TOGETHER = "couch first", "gantry first", "together"


@dataclass(frozen=True, eq=False)
class Move:
    """From where to where the joints go between two beams."""

    before: Room
    after: Room
    start: Joints
    stop: Joints

    @classmethod
    def between(cls, before: Room, after: Room) -> Move:
        """Return the move between two beams; an axis that one of them does not name stands as its room has it."""
        ends = []
        for room, said in ((before, before.travel.stop), (after, after.travel.start)):
            ends.append({**room.setup.scene.rest, **said})
        named = before.travel.stop.keys() | after.travel.start.keys()
        start, stop = ({axis: end[axis] for axis in AXES if axis in named} for end in ends)
        stop = {
            axis: start[axis] if abs(value - start[axis]) <= SAME_ANGLE_DEG else value for axis, value in stop.items()
        }
        return cls(before, after, start, stop)

    @property
    def moving(self) -> tuple[str, ...]:
        """The axes that move."""
        return tuple(axis for axis, value in self.start.items() if self.stop[axis] != value)

    @property
    def travel(self) -> Travel:
        """For the scale of the plan."""
        return Travel(((self.start, self.stop),), {**self.before.travel.offsets, **self.after.travel.offsets})

    @property
    def unknown(self) -> str:
        """Why the move cannot be computed; empty if it can."""
        a, b = self.before.setup, self.after.setup
        if a.position != b.position:
            return f"the patient is turned from {a.position} to {b.position}"
        if a.scene.tree[PATIENT_FRAME] != b.scene.tree[PATIENT_FRAME]:
            return "the patient lies elsewhere on the table"
        return ""

    @property
    def rooms(self) -> tuple[Setup, ...]:
        """The rooms to check it in: both where bodies differ, such as accessories, since nobody says when they do."""
        a, b = self.before.setup, self.after.setup
        meshes = [[(body.name, body.mesh.sha256) for body in setup.scene.bodies] for setup in (a, b)]
        return (a,) if meshes[0] == meshes[1] else (a, b)

    def stages(self, order: str) -> list[tuple[Joints, Joints]]:
        """Return the stages of an order that move anything, one after the other: from where to where."""
        others = tuple(axis for axis in AXES if axis not in SUPPORT)
        groups = {COUCH_FIRST: (SUPPORT, others), GANTRY_FIRST: (others, SUPPORT), TOGETHER: (AXES,)}[order]
        here, found = self.start, []
        for group in groups:
            there = {axis: self.stop[axis] if axis in group else value for axis, value in here.items()}
            if there != here:
                found.append((here, there))
            here = there
        return found

    def questions(self, order: str) -> list[Question]:
        """Return what is to be asked of an order: each stage, in each room."""
        return [
            Question(setup, start, stop, is_box=sum(stop[axis] != start[axis] for axis in start) > 1)
            for start, stop in self.stages(order)
            for setup in self.rooms
        ]

    @property
    def orders(self) -> tuple[str, ...]:
        """The orders that differ: one if only the couch, or only the gantry, moves."""
        carries = [axis in SUPPORT for axis in self.moving]
        if all(carries):
            return (COUCH_FIRST,)
        return (COUCH_FIRST, GANTRY_FIRST, TOGETHER) if any(carries) else (GANTRY_FIRST,)


def checked_moves(rooms: Sequence[Room], *, workers: int = 1) -> tuple[MoveCheck, ...]:
    """Return what holds of the moves between beams, in the order of delivery."""
    moves = [Move.between(before, after) for before, after in pairwise(rooms)]
    known = [move for move in moves if move.moving and not move.unknown]
    found: dict[int, list[OrderCheck]] = {id(move): [] for move in moves}
    _ask(known, (COUCH_FIRST, GANTRY_FIRST), found, workers)
    # The box of all values holds both of these ways: where one is not free, it is not either.
    open_ = [move for move in known if all(check.is_free for check in found[id(move)])]
    for move in known:
        if move not in open_ and TOGETHER in move.orders:
            blocked = next(check for check in found[id(move)] if not check.is_free)
            found[id(move)].append(OrderCheck(**{**vars(blocked), "order": TOGETHER}))
    _ask(open_, (TOGETHER,), found, workers)
    return tuple(_told(move, found[id(move)]) for move in moves)


def _ask(moves: Sequence[Move], orders: Sequence[str], found: dict[int, list[OrderCheck]], workers: int) -> None:
    """Ask about orders of moves, and add what holds."""
    asked = [(move, order, question) for move in moves for order in orders if order in move.orders
             for question in move.questions(order)]  # fmt: skip
    answers: dict[tuple[int, str], list[Answer]] = {}
    for (move, order, _), parts in zip(asked, answered([q for *_, q in asked], workers=workers), strict=True):
        answers.setdefault((id(move), order), []).extend(parts)
    for move in moves:
        for order in orders:
            if order in move.orders:
                fields = fields_of(move.travel, answers[id(move), order])
                found[id(move)].append(OrderCheck(**fields, order=order))


def _told(move: Move, orders: list[OrderCheck]) -> MoveCheck:
    numbers = move.before.beam.number, move.after.beam.number
    start, stop = move.travel.place(move.start), move.travel.place(move.stop)
    return MoveCheck(*numbers, start, stop, move.moving, tuple(orders), move.unknown)
