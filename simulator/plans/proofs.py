"""Straight ways and boxes of joint values in rooms, proven together: free or not, how near, what is in the way.

What has one room and one set of joints that move shares a prover and a work-list. A way on which several joints move
is made a joint of its own (`simulator.certify.along`); a box is what they may do in any timing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, product

import numpy as np
from numpy.typing import NDArray

from simulator.certify.along import Along
from simulator.certify.boxes import Boxes, certified_boxes, least_clearances
from simulator.certify.branch_and_bound import FREE
from simulator.certify.prover import Prover
from simulator.certify.stretches import Stretch, blocked_stretches
from simulator.collision.checker import Checker
from simulator.collision.contact import Status
from simulator.collision.scene import Scene
from simulator.setup.engines import checker_of, prover_of
from simulator.setup.setup import Setup

FINEST_OF_BOX_DEG = 0.25
"""Sides of the smallest cells of a box with several sides: what is open then counts as not free."""

ROUGH_MM = 20.0
"""How exactly it is asked which pairs are near: it only says which are asked first."""

Joints = dict[str, float]


@dataclass(frozen=True, eq=False)
class Question:
    """A way in a room, or a box.

    Attributes
    ----------
    setup : Setup
        The room.
    start, stop : dict of str to float
        The same joints at either end: on a straight way, or opposite corners of a box.
    ends : tuple of float
        Where the legs of a way end, as shares of it: 1 at last.
    is_box : bool
        Whether any timing of the joints is meant.
    columns : tuple of str
        Joints that stand here, but differ among questions that are to be asked together.
    """

    setup: Setup
    start: Joints
    stop: Joints
    ends: tuple[float, ...] = (1.0,)
    is_box: bool = False
    columns: tuple[str, ...] = ()

    @property
    def moving(self) -> tuple[str, ...]:
        """The joints that move."""
        return tuple(joint for joint, value in self.start.items() if self.stop[joint] != value)


@dataclass(frozen=True)
class Blocked:
    """A stretch that is not free; see `simulator.plans.ways.Stretch`."""

    start: Joints
    stop: Joints
    status: Status
    is_proven: bool
    pairs: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Answer:
    """What holds of a leg, or of a box; see `simulator.plans.ways.WayCheck`."""

    start: Joints
    stop: Joints
    status: Status
    clearance_mm: float
    spare_mm: float
    at: Joints
    pair: str
    blocked: tuple[Blocked, ...]


@dataclass(frozen=True, eq=False)
class _Group:
    """Questions that share a scene; a pose of it has a column for each joint that may move, or one along a way."""

    scene: Scene
    prover: Prover
    checker: Checker
    along: Along | None

    @classmethod
    def of(cls, question: Question) -> _Group:
        """Return the engines of a question: poses give values for the joints that aim, and those that move."""
        scene = question.setup.scene
        if len(question.moving) > 1 and not question.is_box:
            along = Along.between(scene, question.start, question.stop)
            checker = checker_of(scene, scene.scan).on(along.scene)
            return cls(along.scene, Prover(along.scene), checker, along)
        columns, stands = columns_of(question), standing(question)
        prover, checker = prover_of(scene, columns, stands), checker_of(scene, columns, stands)
        return cls(prover.scene, prover, checker, None)

    def pose(self, question: Question, share: float) -> NDArray[np.float64]:
        """Return the pose (k,) at a share of a way."""
        if self.along is not None:
            return np.array([share * self.along.length])
        values = {
            joint: question.stop[joint] if share == 1.0 else value + share * (question.stop[joint] - value)
            for joint, value in question.start.items()
        }
        return np.array([values.get(joint, self.scene.rest[joint]) for joint in self.scene.scan])

    def joints(self, question: Question, pose: NDArray[np.float64]) -> Joints:
        """Return the joints of a question at a pose (k,)."""
        moved = (
            self.along.at(float(pose[0])) if self.along else dict(zip(self.scene.scan, pose.tolist(), strict=True))
        )
        return {joint: moved.get(joint, value) for joint, value in question.start.items()}


def columns_of(question: Question) -> tuple[str, ...]:
    """Return the joints that poses give values for: those that are swept usually, and any other that differs."""
    usual = question.setup.scene.scan
    return (*usual, *(joint for joint in (*question.columns, *question.moving) if joint not in usual))


def standing(question: Question) -> Joints:
    """Return where the other joints of a question stand."""
    columns = columns_of(question)
    return {joint: value for joint, value in question.start.items() if joint not in columns}


def answered(questions: Sequence[Question], *, workers: int = 1) -> list[list[Answer]]:
    """Return what holds of each question, leg by leg (of a box: of all of it)."""
    found: list[list[Answer]] = [[] for _ in questions]
    for members in grouped(questions):
        group = _Group.of(questions[members[0]])
        for at, answers in zip(members, _answered(group, [questions[at] for at in members], workers), strict=True):
            found[at] = answers
    return found


def are_free(questions: Sequence[Question], *, workers: int = 1) -> list[bool]:
    """Return of each question only whether every pose is proven free; quicker where it is not."""
    found = [False] * len(questions)
    for members in grouped(questions):
        group = _Group.of(questions[members[0]])
        boxes, of_question = _boxes(group, [questions[at] for at in members]).distinct()
        is_free = _free_boxes(group, boxes, workers)
        for at, free in zip(members, is_free[of_question], strict=True):
            found[at] = bool(free)
    return found


def _free_boxes(group: _Group, boxes: Boxes, workers: int) -> NDArray[np.bool_]:
    """Return which boxes are proven free; where a corner is not, nothing else is asked."""
    corners, of = boxes.samples(group.prover, corners_only=np.ones(len(boxes), dtype=bool))
    is_met = group.checker.pair_status(corners).max(axis=0, initial=0) > 0
    left = np.flatnonzero(np.bincount(of[is_met], minlength=len(boxes)) == 0)
    is_free = np.zeros(len(boxes), dtype=bool)
    if len(left):
        some = Boxes(boxes.low[left], boxes.high[left])
        finest = FINEST_OF_BOX_DEG if int(some.sides.max()) > 1 else None
        cells = certified_boxes(group.prover, some, first_only=True, finest=finest, workers=workers)
        is_free[left] = np.bincount(cells.of[cells.status != FREE], minlength=len(left)) == 0
    return is_free


def grouped(questions: Sequence[Question]) -> list[list[int]]:
    """Return which questions share a scene and are of one kind."""
    groups: dict[tuple[object, ...], list[int]] = {}
    for at, question in enumerate(questions):
        many = len(question.moving) > 1
        columns = columns_of(question)
        stands = frozenset(standing(question).items())
        key: tuple[object, ...] = (id(question.setup), columns, stands, many)
        groups.setdefault((*key, at) if many and not question.is_box else key, []).append(at)
    return list(groups.values())


def _boxes(group: _Group, questions: Sequence[Question]) -> Boxes:
    ends = np.array([[group.pose(question, share) for share in (0.0, 1.0)] for question in questions])
    return Boxes(ends.min(axis=1), ends.max(axis=1))


def _answered(group: _Group, questions: Sequence[Question], workers: int) -> list[list[Answer]]:
    boxes, of_question = _boxes(group, questions).distinct()
    has_sides = int(boxes.sides.max()) > 1
    finest = FINEST_OF_BOX_DEG if has_sides else None
    cells = certified_boxes(group.prover, boxes, first_only=has_sides, finest=finest, workers=workers)
    cuts = [np.array([group.pose(question, share) for share in (0.0, *question.ends)]) for question in questions]
    legs = [(at, *ends) for at, poses in enumerate(cuts) for ends in pairwise(poses)]
    in_boxes = [(int(of_question[at]), start, stop) for at, start, stop in legs]
    stretches = blocked_stretches(group.prover, group.checker, cells, in_boxes, workers=workers)
    ends_of_legs = np.array([leg[1:] for leg in legs])
    least = _least(group, Boxes(ends_of_legs.min(axis=1), ends_of_legs.max(axis=1)), workers)
    found: list[list[Answer]] = [[] for _ in questions]
    for (at, start, stop), met, (clearance_mm, spare_mm, pose, pair) in zip(legs, stretches, least, strict=True):
        first, last, where = (group.joints(questions[at], place) for place in (start, stop, pose))
        status = max((stretch.status for stretch in met), default=Status.FREE)
        blocked = tuple(_blocked(group, questions[at], stretch) for stretch in met)
        found[at].append(Answer(first, last, status, clearance_mm, spare_mm, where, pair, blocked))
    return found


def _blocked(group: _Group, question: Question, stretch: Stretch) -> Blocked:
    names = tuple(group.scene.pairs[pair].name for pair in stretch.pairs)
    start, stop = (group.joints(question, end) for end in (stretch.start, stretch.stop))
    return Blocked(start, stop, stretch.status, stretch.is_proven, names)


def _least(group: _Group, boxes: Boxes, workers: int) -> list[tuple[float, float, NDArray[np.float64], str]]:
    """Return of each box the least clearance, the least beyond a buffer, where the first is, and the pair.

    Pairs of one buffer are asked together, those first that are near at one corner; the others only as far as they
    can matter: it is hard to tell how far apart exactly things are that are far apart everywhere.
    """
    pairs = group.scene.pairs
    rows: dict[float, list[int]] = {}
    for row in group.scene.clearance_pairs:
        rows.setdefault(pairs[row].buffer_mm, []).append(row)
    boxes, of_leg = boxes.distinct()
    clearance, spare = np.full(len(boxes), np.inf), np.full(len(boxes), np.inf)
    pose, pair = boxes.low.copy(), np.full(len(boxes), -1)
    near = np.array([group.prover.clearance_mm(boxes.low, some, ROUGH_MM)[0] for some in rows.values()]).reshape(
        len(rows), len(boxes)
    )
    ranks = near.argsort(axis=0, kind="stable").argsort(axis=0)
    for rank, (of_buffer, (buffer_mm, some)) in product(range(len(rows)), enumerate(rows.items())):
        asked = np.flatnonzero(ranks[of_buffer] == rank)
        cap_mm = np.maximum(clearance, spare + buffer_mm)[asked]
        part = Boxes(boxes.low[asked], boxes.high[asked])
        least = least_clearances(group.prover, part, some, cap_mm=cap_mm, workers=workers)
        nearer = least.clearance_mm < clearance[asked]
        pose[asked[nearer]], pair[asked[nearer]] = least.pose[nearer], least.pair[nearer]
        clearance[asked] = np.minimum(clearance[asked], least.clearance_mm)
        spare[asked] = np.minimum(spare[asked], least.clearance_mm - buffer_mm)
    names = [*(found.name for found in pairs), ""]  # index -1: nothing can be hit
    return [(float(clearance[box]), float(spare[box]), pose[box], names[int(pair[box])]) for box in of_leg]
