"""In which of a finite set of ways an arm aims from a direction: FCL's answer, the best of all that are tried.

A direction leaves an arm a choice: how far away the source stands, how it is rolled about the beam, and which of the
eight branches of the inverse kinematics its joints take. A direction is free if one choice is. Where none of those
tried is, the one that comes nearest to free tells what is in the way: with the fewest pairs, or if the arm gets there
in no way at all, that it is out of reach.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.arms.beam_pose import T_fixed_tool
from simulator.arms.spherical_wrist import BRANCHES
from simulator.collision.checker import Checker
from simulator.geometry.angles import HALF_TURN_DEG
from simulator.models.arm import AIMING_JOINTS, DISTANCE, ROLL, Arm
from simulator.scenario.axis import FINEST_STEP, Range
from simulator.scenario.sweep import Sweep
from simulator.setup.arm_room import ArmRoom
from simulator.setup.engines import checker_of

ROLL_STEP_DEG = 30.0
NOTHING_GIVEN: Mapping[str, float] = {}
AT_ONCE = 8
"""Choices that are asked of a direction in one go, until one is free."""
CHUNK = 512
"""Directions that are looked at together: what memory allows."""
Judge = Callable[[Checker, NDArray[np.float64]], NDArray[np.int8]]
"""What asks a checker about poses: statuses (pairs, n)."""


@dataclass(frozen=True)
class Options:
    """The distances of the source and rolls about the beam that are tried, with all branches.

    Attributes
    ----------
    distances_mm, rolls_deg : tuple of float
        In the order in which they are preferred.
    distance_extent_mm, roll_extent_deg : tuple of float
        From where to where they may be at all.
    """

    distances_mm: tuple[float, ...]
    rolls_deg: tuple[float, ...]
    distance_extent_mm: tuple[float, float]
    roll_extent_deg: tuple[float, float]

    @classmethod
    def of(cls, arm: Arm, sweep: Sweep, given: Mapping[str, float] = NOTHING_GIVEN) -> Options:
        """Return what is tried: what is given, else the values of a sweep, from the greatest distance on.

        What a sweep does not name is tried at three distances, and at rolls every 30°.
        """
        distances = Range(start=arm.distances_mm[0], stop=arm.distances_mm[1], step=_third(arm), unit="mm")
        rolls = Range(start=-HALF_TURN_DEG, stop=HALF_TURN_DEG, step=ROLL_STEP_DEG, unit="deg")
        ranges = {DISTANCE: distances, ROLL: rolls} | {axis.joint: axis for axis in sweep}
        tried = {
            joint: [given[joint]] if joint in given else ranges[joint].values().tolist() for joint in (DISTANCE, ROLL)
        }
        extents = [
            (given[joint], given[joint]) if joint in given else ranges[joint].extent for joint in (DISTANCE, ROLL)
        ]
        return cls(tuple(sorted(tried[DISTANCE], reverse=True)), tuple(sorted(tried[ROLL], key=abs)), *extents)

    @property
    def beams(self) -> NDArray[np.float64]:
        """Distance and roll of each choice, shape (m, 2)."""
        return np.array([(distance, roll) for distance in self.distances_mm for roll in self.rolls_deg])

    def poses(self, directions: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the poses of the beam (n, m, 4) that aim from directions (n, 2), azimuth and polar angle."""
        beams, shape = self.beams, (len(directions), len(self.distances_mm) * len(self.rolls_deg))
        found = np.empty((*shape, len(AIMING_JOINTS)))
        found[..., :2], found[..., 2:] = directions[:, None], beams
        return found


@dataclass(frozen=True, eq=False)
class Found:
    """How an arm aims best from n directions.

    Attributes
    ----------
    beam : ndarray, shape (n, 4)
        Azimuth, polar angle, distance, roll.
    branch : ndarray of int, shape (n,)
        Of the inverse kinematics; -1 where the arm is out of reach in all ways.
    q_deg : ndarray, shape (n, 6)
        How its joints stand; NaN where it is out of reach.
    status : ndarray of int8, shape (pairs, n)
        Status of every pair of the room, 0 where the arm is out of reach.
    """

    beam: NDArray[np.float64]
    branch: NDArray[np.int8]
    q_deg: NDArray[np.float64]
    status: NDArray[np.int8]

    @property
    def is_reached(self) -> NDArray[np.bool_]:
        """Where the arm gets there at all, shape (n,)."""
        return np.asarray(self.branch >= 0)

    @property
    def is_free(self) -> NDArray[np.bool_]:
        """Where it is free, shape (n,)."""
        return self.is_reached & ~self.status.any(axis=0)


def _third(arm: Arm) -> float:
    """Return the step of three distances, the least and the greatest among them."""
    return max((arm.distances_mm[1] - arm.distances_mm[0]) / 2, FINEST_STEP)


def solutions(room: ArmRoom, poses: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return how the arm stands at poses of the beam (..., 4): joint values (..., 8, 6), and where it gets there."""
    q_deg, is_there = room.wrist.inverse(T_fixed_tool(room.arm, poses.reshape(-1, 4)))
    q_deg, is_within = room.wrist.within_limits(q_deg)
    shape = (*poses.shape[:-1], len(BRANCHES))
    return q_deg.reshape(*shape, 6), (is_there & is_within).reshape(shape)


def best_of(
    room: ArmRoom,
    directions: NDArray[np.float64],
    options: Options,
    judge: Judge,
    progress: Callable[[int, int], None] | None = None,
) -> Found:
    """Return how an arm aims best from directions (n, 2), azimuth and polar angle in degrees."""
    found = []
    for at in range(0, max(len(directions), 1), CHUNK):
        found.append(_best_of(room, directions[at : at + CHUNK], options, judge))
        if progress is not None:
            progress(min(at + CHUNK, len(directions)), len(directions))
    beam, branch, q_deg = (
        np.concatenate([getattr(one, name) for one in found]) for name in ("beam", "branch", "q_deg")
    )
    status = np.zeros((len(room.scene.pairs), len(directions)), dtype=np.int8)
    reached = branch >= 0
    status[:, reached] = judge(checker_of(room.scene, room.arm.joints), q_deg[reached])
    return Found(beam, branch, q_deg, status)


def in_the_way_of_head(room: ArmRoom, poses: NDArray[np.float64], judge: Judge) -> NDArray[np.intp]:
    """Return how many pairs of the head are in the way at poses of the beam (n, 4), shape (n,)."""
    return np.asarray((judge(checker_of(room.head, AIMING_JOINTS), poses) > 0).sum(axis=0))


def _best_of(room: ArmRoom, directions: NDArray[np.float64], options: Options, judge: Judge) -> Found:
    """Return the same with statuses left at 0."""
    poses = options.poses(directions)
    q_deg, is_there = solutions(room, poses)
    count = len(directions)
    head = np.zeros(poses.shape[:2], dtype=np.intp)
    some = is_there.any(axis=2)
    head[some] = in_the_way_of_head(room, poses[some], judge)
    # Least pairs of the head first; only such choices are asked of the links.
    least = np.where(some, head, np.iinfo(np.intp).max).min(axis=1)
    direction, beam, branch = np.nonzero(is_there & (head == least[:, None])[..., None])
    asked = judge_until_free(room, direction, q_deg[direction, beam, branch], count, judge, least == 0)
    chosen = np.zeros(count, dtype=np.intp)
    reached = np.zeros(count, dtype=bool)
    reached[direction] = True
    chosen[direction[asked]] = beam[asked] * len(BRANCHES) + branch[asked]
    at = np.arange(count), chosen // len(BRANCHES), chosen % len(BRANCHES)
    return Found(
        poses[at[0], at[1]],
        np.where(reached, at[2], -1).astype(np.int8),
        np.where(reached[:, None], q_deg[at], np.nan),
        np.zeros((len(room.scene.pairs), count), dtype=np.int8),
    )


def judge_until_free(
    room: ArmRoom,
    direction: NDArray[np.intp],
    q_deg: NDArray[np.float64],
    count: int,
    judge: Judge,
    matters: NDArray[np.bool_],
) -> NDArray[np.intp]:
    """Return for each direction that has any the choice with the fewest pairs of links in the way, the first of such.

    Choices (m,) are of ascending directions; of a direction that does not matter the first is looked at only.
    """
    checker = checker_of(room.links, room.arm.joints)
    firsts = np.searchsorted(direction, np.arange(count + 1))
    fewest, best = np.full(count, np.iinfo(np.intp).max), firsts[:-1].copy()
    is_open, begun = firsts[1:] > firsts[:-1], 0
    with_choice = np.flatnonzero(is_open)
    is_open &= matters
    while is_open.any():
        ahead = [
            np.arange(firsts[at] + begun, min(firsts[at] + begun + AT_ONCE, firsts[at + 1]))
            for at in np.flatnonzero(is_open)
        ]
        asked = np.concatenate(ahead)
        in_the_way = (judge(checker, q_deg[asked]) > 0).sum(axis=0)
        order = np.lexsort((asked, in_the_way, direction[asked]))
        of, first = np.unique(direction[asked][order], return_index=True)
        found, choice = in_the_way[order][first], asked[order][first]
        is_better = found < fewest[of]
        fewest[of[is_better]], best[of[is_better]] = found[is_better], choice[is_better]
        begun += AT_ONCE
        is_open &= (fewest > 0) & (firsts[:-1] + begun < firsts[1:])
    return best[with_choice]
