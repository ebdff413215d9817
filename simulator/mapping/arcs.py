"""The free gantry arcs of each couch angle of a sampled map, their ends bisected."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.collision.checker import Checker
from simulator.collision.contact import Status
from simulator.geometry.angles import FloatArray
from simulator.proofs.arcs import Arcs, within_a_turn

RESOLUTION_DEG = 0.1
TURN_DEG = 360.0


def sampled_arcs(
    checker: Checker, is_free: NDArray[np.bool_], gantry_deg: FloatArray, couch_deg: FloatArray, *, is_full_turn: bool
) -> Arcs:
    """Return the free arcs of a map.

    An end is a free pose at most 0.1° from one that is not; what lies between the grid's poses inside an arc was
    not looked at.

    Parameters
    ----------
    checker : Checker
        Judge of the poses between those of the grid.
    is_free : ndarray of bool, shape (gantry, couch)
        Status of the grid.
    gantry_deg, couch_deg : ndarray
        The grid, ascending.
    is_full_turn : bool
        Whether the last gantry angle is a neighbour of the first.
    """
    runs = [(j, *run) for j in range(len(couch_deg)) for run in _runs(is_free[:, j], is_full_turn)]
    column, first, last = np.array(runs, dtype=int).reshape(-1, 3).T
    # Both ends of all arcs at once: the first half are starts, with their neighbour below, the others stops.
    index, step = np.concatenate([first, last]), np.repeat([-1, 1], len(runs))
    end_deg = _unrolled(gantry_deg, index)
    pair = np.full(len(index), -1, dtype=np.int16)
    if is_full_turn:
        has_neighbour = np.tile(last - first < len(gantry_deg) - 1, 2)
    else:
        has_neighbour = (index + step >= 0) & (index + step < len(gantry_deg))
    inner = np.flatnonzero(has_neighbour)
    if len(inner):
        beyond_deg = _unrolled(gantry_deg, (index + step)[inner])
        end_couch_deg = np.tile(couch_deg[column], 2)[inner]
        end_deg[inner], pair[inner] = _bisected(checker, end_couch_deg, end_deg[inner], beyond_deg)
    (start_deg, stop_deg), (start_pair, stop_pair) = np.split(end_deg, 2), np.split(pair, 2)
    return Arcs(couch_deg[column], start_deg, stop_deg, start_pair, stop_pair)


def _runs(is_free: NDArray[np.bool_], is_full_turn: bool) -> list[tuple[int, int]]:
    """Return first and last index of each run of free poses.

    A run through the seam of a full turn has a last index beyond the end; one that goes all round ends where it
    starts, a turn later.
    """
    count = len(is_free)
    if is_free.all():
        return [(0, count if is_full_turn else count - 1)]
    changes = np.flatnonzero(np.diff(is_free.astype(np.int8), prepend=0, append=0))
    runs = [(int(start), int(stop) - 1) for start, stop in changes.reshape(-1, 2)]
    if is_full_turn and len(runs) > 1 and runs[0][0] == 0 and runs[-1][1] == count - 1:
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
        poses = np.stack([within_a_turn(asked_deg), couch_deg], axis=1)
        statuses = checker.pair_status(poses)
        is_free = statuses.max(axis=0) == Status.FREE
        culprit = np.where(is_free, culprit, statuses.argmax(axis=0)).astype(np.int16)
        free_deg = np.where(is_free, asked_deg, free_deg)
        beyond_deg = np.where(is_free, beyond_deg, asked_deg)
        if np.abs(beyond_deg - free_deg).max() <= RESOLUTION_DEG:
            return free_deg, culprit
        asked_deg = (free_deg + beyond_deg) / 2
