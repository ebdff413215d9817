"""The free arcs of a sampled map along one joint, their ends bisected."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.certify.arcs import Arcs, travel
from simulator.collision.checker import Checker
from simulator.collision.contact import Status
from simulator.geometry.angles import FULL_TURN_DEG, FloatArray, wrap_180
from simulator.scenario.axis import Axis

RESOLUTION = 0.1


def sampled_arcs(
    checker: Checker, is_free: NDArray[np.bool_], moving: int, axis: Axis, lines: NDArray[np.float64]
) -> Arcs:
    """Return the free arcs of a map along one joint, on its scale and within its limits.

    An end is a free pose at most 0.1 from one that is not, or where the travel ends; what lies between the poses of
    the sweep inside an arc was not looked at.

    Parameters
    ----------
    checker : Checker
        Judge of the poses between those of the sweep.
    is_free : ndarray of bool, shape (values, lines)
        Status of the poses.
    moving : int
        Column of the joint that moves.
    axis : Axis
        Its range.
    lines : ndarray, shape (lines, k)
        Where the other joints stand.
    """
    values, ends = axis.values(), travel(checker.scene, moving, axis)
    if ends is not None and axis.is_full_turn:
        values, is_free = _within(ends, values, is_free)
    runs = [(j, *run) for j in range(len(lines)) for run in _runs(is_free[:, j], is_endless=ends is None)]
    line, first, last = np.array(runs, dtype=int).reshape(-1, 3).T
    # Both ends of all arcs at once: the first half are starts, with their neighbour below, the others stops.
    index, step = np.concatenate([first, last]), np.repeat([-1, 1], len(runs))
    end = _unrolled(values, index)
    pair = np.full(len(index), -1, dtype=np.int16)
    if ends is None:
        beyond = _unrolled(values, index + step)
        inside = np.flatnonzero(np.tile(last - first < len(values) - 1, 2))
    else:  # next to the last pose of the sweep is where the travel ends
        beyond = np.concatenate([ends[:1], values, ends[1:]])[index + step + 1]
        inside = np.flatnonzero(beyond != end)
    if len(inside):
        poses = lines[np.tile(line, 2)[inside]]
        is_turn = checker.scene.tree[axis.joint].type == "revolute"
        end[inside], pair[inside] = _bisected(checker, poses, moving, end[inside], beyond[inside], is_turn=is_turn)
    (start, stop), (start_pair, stop_pair) = np.split(end, 2), np.split(pair, 2)
    return Arcs(line, start, stop, start_pair, stop_pair, axis.unit)


def _within(
    ends: tuple[float, float], values: FloatArray, is_free: NDArray[np.bool_]
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Return the poses of a full turn wherever the joint can be at them, and which are free."""
    turned = np.add.outer(FULL_TURN_DEG * np.arange(-1, 2), values).ravel()
    within = (ends[0] <= turned) & (turned <= ends[1])
    return turned[within], np.tile(is_free, (3, 1))[within]


def _runs(is_free: NDArray[np.bool_], *, is_endless: bool) -> list[tuple[int, int]]:
    """Return first and last index of each run of free poses.

    A run through the seam of a full turn has a last index beyond the end; one that goes all round ends where it
    starts, a turn later.
    """
    count = len(is_free)
    if is_free.all():
        return [(0, count if is_endless else count - 1)]
    changes = np.flatnonzero(np.diff(is_free.astype(np.int8), prepend=0, append=0))
    runs = [(int(start), int(stop) - 1) for start, stop in changes.reshape(-1, 2)]
    if is_endless and len(runs) > 1 and runs[0][0] == 0 and runs[-1][1] == count - 1:
        runs = [*runs[1:-1], (runs[-1][0], runs[0][1] + count)]
    return runs


def _unrolled(values: FloatArray, index: NDArray[np.int_]) -> FloatArray:
    """Return the value at an index that may be beyond those of a full turn."""
    turns, place = np.divmod(index, len(values))
    return np.asarray(values[place] + FULL_TURN_DEG * turns)


def _bisected(
    checker: Checker,
    poses: FloatArray,
    moving: int,
    free: FloatArray,
    beyond: FloatArray,
    *,
    is_turn: bool,
) -> tuple[FloatArray, NDArray[np.int16]]:
    """Return the last value found free on each line (n, k), and the pair in the way at the nearest that was not."""
    culprit = np.full(len(free), -1, dtype=np.int16)
    asked, poses = beyond, poses.copy()
    while True:
        poses[:, moving] = _within_a_turn(asked) if is_turn else asked
        statuses = checker.pair_status(poses)
        is_free = statuses.max(axis=0) == Status.FREE
        culprit = np.where(is_free, culprit, statuses.argmax(axis=0)).astype(np.int16)
        free = np.where(is_free, asked, free)
        beyond = np.where(is_free, beyond, asked)
        if np.abs(beyond - free).max() <= RESOLUTION:
            return free, culprit
        asked = (free + beyond) / 2


def _within_a_turn(angle_deg: FloatArray) -> FloatArray:
    """Return the same place in (-180, 180], with angles already there left as they are, to the bit."""
    return np.where(np.abs(angle_deg) > FULL_TURN_DEG / 2, wrap_180(angle_deg), angle_deg)
