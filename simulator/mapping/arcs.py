"""The free gantry arcs of each couch angle of a map, their ends bisected."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from simulator.collision.checker import Checker, Status
from simulator.geometry.angles import FloatArray

RESOLUTION_DEG = 0.1
TURN_DEG = 360.0


@dataclass(frozen=True, eq=False)
class _Ends:
    """Ends of arcs: the last free grid pose, and the next pose beyond it, which is not free."""

    couch_deg: FloatArray
    free_deg: FloatArray
    beyond_deg: FloatArray


def arc_variables(
    checker: Checker, is_free: NDArray[np.bool_], gantry_deg: FloatArray, couch_deg: FloatArray, full_turn: bool
) -> dict[str, xr.Variable]:
    """Return the free arcs of a map as variables of its dataset, along the dimension ``arc``.

    Parameters
    ----------
    checker : Checker
        Judge of the poses between those of the grid.
    is_free : ndarray of bool, shape (gantry, couch)
        Status of the grid.
    gantry_deg, couch_deg : ndarray
        The grid, ascending.
    full_turn : bool
        Whether the last gantry angle is a neighbour of the first.

    Returns
    -------
    dict
        ``arc_couch``, ``arc_start``, ``arc_stop`` (degrees) and ``arc_start_pair``, ``arc_stop_pair``: index of the
        pair in the way (of all pairs of the scene), -1 where the grid ends or the arc is a full turn.
    """
    runs = [(column, *run) for column in range(len(couch_deg)) for run in _runs(is_free[:, column], full_turn)]
    columns, first, last = (np.array(values, dtype=int) for values in zip(*runs, strict=True)) if runs else [[]] * 3
    count = len(gantry_deg)
    arc_couch = couch_deg[columns]
    ends, culprits = [], []
    for index, step in ((np.asarray(first, dtype=int), -1), (np.asarray(last, dtype=int), 1)):
        angle = _angle(gantry_deg, index)
        whole = np.asarray(last, dtype=int) - np.asarray(first, dtype=int) + 1 >= count
        at_end = (index + step < 0) | (index + step >= count) if not full_turn else whole
        inner = np.flatnonzero(~at_end)
        beyond = _angle(gantry_deg, index[inner] + step)
        found, pair = _bisected(checker, _Ends(arc_couch[inner], angle[inner], beyond))
        angle[inner] = found
        culprit = np.full(len(index), -1, dtype=np.int16)
        culprit[inner] = pair
        ends.append(angle)
        culprits.append(culprit)
    degrees = {"units": "degree", "long_name": "IEC 61217"}
    return {
        "arc_couch": xr.Variable("arc", arc_couch, degrees),
        "arc_start": xr.Variable("arc", ends[0], degrees),
        "arc_stop": xr.Variable("arc", ends[1], degrees),
        "arc_start_pair": xr.Variable("arc", culprits[0]),
        "arc_stop_pair": xr.Variable("arc", culprits[1]),
    }


def _runs(is_free: NDArray[np.bool_], full_turn: bool) -> list[tuple[int, int]]:
    """Return first and last index of each run of free poses; a run through the seam has last >= len."""
    count = len(is_free)
    if is_free.all():
        return [(0, count - 1 if not full_turn else count)]
    changes = np.flatnonzero(np.diff(np.concatenate([[0], is_free.astype(np.int8), [0]])))
    runs = [(int(start), int(stop) - 1) for start, stop in changes.reshape(-1, 2)]
    if full_turn and len(runs) > 1 and runs[0][0] == 0 and runs[-1][1] == count - 1:
        through_seam = (runs[-1][0], runs[0][1] + count)
        runs = [*runs[1:-1], through_seam]
    return runs


def _angle(gantry_deg: FloatArray, index: NDArray[np.int_]) -> FloatArray:
    """Return the angle at an index that may be one turn too small or too large."""
    turns, place = np.divmod(index, len(gantry_deg))
    return np.asarray(gantry_deg[place] + TURN_DEG * turns)


def _bisected(checker: Checker, ends: _Ends) -> tuple[FloatArray, NDArray[np.int16]]:
    """Return the last pose found free at each end, and the pair in the way just beyond it."""
    free, beyond = ends.free_deg.copy(), ends.beyond_deg.copy()
    pair = np.zeros(len(free), dtype=np.int16)
    if len(free) == 0:
        return free, pair
    asked = beyond
    while True:
        worst, culprit = _judged(checker, asked, ends.couch_deg)
        is_free = worst == Status.FREE
        free = np.where(is_free, asked, free)
        beyond = np.where(is_free, beyond, asked)
        pair = np.where(is_free, pair, culprit).astype(np.int16)
        if np.abs(beyond - free).max() <= RESOLUTION_DEG:
            return free, pair
        asked = (free + beyond) / 2


def _judged(
    checker: Checker, gantry_deg: FloatArray, couch_deg: FloatArray
) -> tuple[NDArray[np.int8], NDArray[np.intp]]:
    """Return the worst status at each pose and the first pair that has it."""
    within_turn = np.where(gantry_deg > TURN_DEG / 2, gantry_deg - TURN_DEG, gantry_deg)
    within_turn = np.where(within_turn < -TURN_DEG / 2, within_turn + TURN_DEG, within_turn)
    statuses = checker.pair_status(np.stack([within_turn, couch_deg], axis=1))
    return statuses.max(axis=0), statuses.argmax(axis=0)
