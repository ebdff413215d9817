"""Shortening an order of stops by turning stretches of it round and by moving short ones, until neither helps."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.compiled import jit

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

LONGEST_MOVED = 3
GAIN_S = 1e-9
"""Less is rounding, and might go on for ever."""


@jit
def shorten(
    costs: Floats, ends: Integers, may_turn: NDArray[np.bool_], begin: int, finish: int, path: Integers
) -> None:
    """Change an order (n, 2) in place, each time by the better of the best turn and the best move."""
    n = len(path)
    entry, leave = np.empty(n + 2, np.int64), np.empty(n + 2, np.int64)
    entry[0] = leave[0] = begin
    entry[n + 1] = leave[n + 1] = finish
    while True:
        for at in range(n):
            entry[at + 1], leave[at + 1] = ends[path[at, 0], path[at, 1]], ends[path[at, 0], 1 - path[at, 1]]
        turn_s, first, last = best_turn(costs, may_turn, path, entry, leave)
        move_s, start, stop, after, is_turned = best_move(costs, may_turn, path, entry, leave)
        if min(turn_s, move_s) >= -GAIN_S:
            return
        if turn_s <= move_s:
            path[first - 1 : last] = turned(path[first - 1 : last])
            continue
        stretch = turned(path[start - 1 : stop]) if is_turned else path[start - 1 : stop].copy()
        if after < start:
            path[after + len(stretch) : stop] = path[after : start - 1].copy()
            path[after : after + len(stretch)] = stretch
        else:
            path[start - 1 : after - len(stretch)] = path[stop:after].copy()
            path[after - len(stretch) : after] = stretch


@jit
def best_turn(
    costs: Floats, may_turn: NDArray[np.bool_], path: Integers, entry: Integers, leave: Integers
) -> tuple[float, int, int]:
    """Return what turning a stretch round adds, in s, and its first and its last stop; stops count from 1."""
    best, first, last = 0.0, 1, 1
    for i in range(1, len(path) + 1):
        before = costs[leave[i - 1], entry[i]]
        for j in range(i, len(path) + 1):
            if not may_turn[path[j - 1, 0]]:
                break
            added = costs[leave[i - 1], leave[j]] + costs[entry[i], entry[j + 1]]
            added -= before + costs[leave[j], entry[j + 1]]
            if added < best:
                best, first, last = added, i, j
    return best, first, last


@jit
def best_move(
    costs: Floats, may_turn: NDArray[np.bool_], path: Integers, entry: Integers, leave: Integers
) -> tuple[float, int, int, int, bool]:
    """Return what moving a stretch adds, in s, its first and last stop, the place that it is put after, and how.

    Place 0 is where it begins, place k the k-th stop; turned round is the last.
    """
    n = len(path)
    best, start, stop, after, is_turned = 0.0, 1, 1, 0, False
    for i in range(1, n + 1):
        can_turn = True
        for j in range(i, min(i + LONGEST_MOVED, n + 1)):
            can_turn = can_turn and may_turn[path[j - 1, 0]]
            closed = costs[leave[i - 1], entry[j + 1]] - costs[leave[i - 1], entry[i]] - costs[leave[j], entry[j + 1]]
            for k in range(n + 1):
                if i - 1 <= k <= j:
                    continue
                opened = closed - costs[leave[k], entry[k + 1]]
                forward = opened + costs[leave[k], entry[i]] + costs[leave[j], entry[k + 1]]
                if forward < best:
                    best, start, stop, after, is_turned = forward, i, j, k, False
                back = opened + costs[leave[k], leave[j]] + costs[entry[i], entry[k + 1]]
                if can_turn and back < best:
                    best, start, stop, after, is_turned = back, i, j, k, True
    return best, start, stop, after, is_turned


@jit
def turned(stretch: Integers) -> Integers:
    """Return a stretch of an order the other way round."""
    found = stretch[::-1].copy()
    found[:, 1] = 1 - found[:, 1]
    return found
