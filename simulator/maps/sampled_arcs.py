"""The free gantry arcs of each couch angle of a sampled map, their ends bisected."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.certify.arcs import TURN_DEG, Arcs, travel
from simulator.collision.checker import Checker
from simulator.collision.contact import Status
from simulator.geometry.angles import FloatArray
from simulator.geometry.scales import wrap_180
from simulator.scenario.sweep import Range

RESOLUTION_DEG = 0.1


def sampled_arcs(checker: Checker, is_free: NDArray[np.bool_], gantry: Range, couch_deg: FloatArray) -> Arcs:
    """Return the free arcs of a map, on the scale of the gantry and within its limits.

    An end is a free pose at most 0.1° from one that is not, or where the travel ends; what lies between the grid's
    poses inside an arc was not looked at.

    Parameters
    ----------
    checker : Checker
        Judge of the poses between those of the grid.
    is_free : ndarray of bool, shape (gantry, couch)
        Status of the grid.
    gantry : Range
        Gantry angles of the grid.
    couch_deg : ndarray
        Couch angles of the grid.
    """
    gantry_deg, ends = gantry.values_deg(), travel(checker.scene, 0, gantry)
    if ends is not None:
        gantry_deg, is_free = _within(ends, gantry_deg, is_free)
    runs = [(j, *run) for j in range(len(couch_deg)) for run in _runs(is_free[:, j], is_endless=ends is None)]
    column, first, last = np.array(runs, dtype=int).reshape(-1, 3).T
    # Both ends of all arcs at once: the first half are starts, with their neighbour below, the others stops.
    index, step = np.concatenate([first, last]), np.repeat([-1, 1], len(runs))
    end_deg = _unrolled(gantry_deg, index)
    pair = np.full(len(index), -1, dtype=np.int16)
    if ends is None:
        beyond_deg = _unrolled(gantry_deg, index + step)
        inner = np.flatnonzero(np.tile(last - first < len(gantry_deg) - 1, 2))
    else:  # next to the last pose of the grid is where the travel ends
        beyond_deg = np.concatenate([ends[:1], gantry_deg, ends[1:]])[index + step + 1]
        inner = np.flatnonzero(beyond_deg != end_deg)
    if len(inner):
        end_couch_deg = np.tile(couch_deg[column], 2)[inner]
        end_deg[inner], pair[inner] = _bisected(checker, end_couch_deg, end_deg[inner], beyond_deg[inner])
    (start_deg, stop_deg), (start_pair, stop_pair) = np.split(end_deg, 2), np.split(pair, 2)
    return Arcs(couch_deg[column], start_deg, stop_deg, start_pair, stop_pair)


def _within(
    ends: tuple[float, float], gantry_deg: FloatArray, is_free: NDArray[np.bool_]
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Return the poses of a grid wherever the gantry can be at them, and which are free."""
    turned = np.add.outer(TURN_DEG * np.arange(-1, 2), gantry_deg).ravel()
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


def _unrolled(gantry_deg: FloatArray, index: NDArray[np.int_]) -> FloatArray:
    """Return the angle at an index that may be beyond the grid by a turn."""
    turns, place = np.divmod(index, len(gantry_deg))
    return np.asarray(gantry_deg[place] + TURN_DEG * turns)


def _bisected(
    checker: Checker, couch_deg: FloatArray, free_deg: FloatArray, beyond_deg: FloatArray
) -> tuple[FloatArray, NDArray[np.int16]]:
    """Return the last pose found free, and the pair in the way at the nearest pose that was not."""
    culprit = np.full(len(free_deg), -1, dtype=np.int16)
    asked_deg = beyond_deg
    while True:
        poses = np.stack([_within_a_turn(asked_deg), couch_deg], axis=1)
        statuses = checker.pair_status(poses)
        is_free = statuses.max(axis=0) == Status.FREE
        culprit = np.where(is_free, culprit, statuses.argmax(axis=0)).astype(np.int16)
        free_deg = np.where(is_free, asked_deg, free_deg)
        beyond_deg = np.where(is_free, beyond_deg, asked_deg)
        if np.abs(beyond_deg - free_deg).max() <= RESOLUTION_DEG:
            return free_deg, culprit
        asked_deg = (free_deg + beyond_deg) / 2


def _within_a_turn(angle_deg: FloatArray) -> FloatArray:
    """Return the same place in (-180, 180], with angles already there left as they are, to the bit."""
    return np.where(np.abs(angle_deg) > TURN_DEG / 2, wrap_180(angle_deg), angle_deg)
