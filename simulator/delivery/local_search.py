"""A good order of many stops: nearest neighbours, then whatever shortens it, from many orders near the best one.

An order is shortened by turning a stretch of it round (2-opt, Croes 1958; a stretch of one stop is an arc delivered
the other way) and by moving a stretch of up to three stops elsewhere, either way round (Or-opt, Or 1976). Where
neither helps, two stretches change places (the double bridge of Martin, Otto and Felten 1991), which neither undoes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.delivery.stops import Path, Stops

LONGEST_MOVED = 3
KICKED = 10_000
"""Orders near the best one that are tried, times the stops of each."""
WIDEST_KICK = 30
"""Stops within which two stretches change places."""
GAIN_S = 1e-9
"""Less is rounding, and might go on for ever."""


def good_order(stops: Stops) -> Path:
    """Return an order that neither move shortens."""
    return _shortened(stops, _nearest_neighbours(stops))


def improved_order(stops: Stops, path: Path, enough_s: float) -> Path:
    """Return the best of many orders, each near the best before it; the same every time.

    Parameters
    ----------
    stops : Stops
        Three at least.
    path : array (n, 2)
        Where to begin.
    enough_s : float
        A time that no order is quicker than: one that takes no longer is not improved any more.
    """
    rng = np.random.default_rng(0)
    best_s = _time_s(stops, path)
    for _ in range(KICKED // len(stops)):
        if best_s <= enough_s + GAIN_S:
            break
        found = _shortened(stops, _kicked(path, rng))
        found_s = _time_s(stops, found)
        if found_s <= best_s:
            path, best_s = found, found_s
    return path


def _time_s(stops: Stops, path: Path) -> float:
    entry, leave = stops.places(path)
    return float(stops.finite_costs[leave[:-1], entry[1:]].sum())


def _nearest_neighbours(stops: Stops) -> Path:
    """Return the best of the orders that go on to the nearest stop, one for each stop to begin with."""
    paths = [_from(stops, stop) for stop in range(len(stops))]
    return min(paths, key=lambda path: _time_s(stops, path))


def _from(stops: Stops, first: int) -> Path:
    entries = np.where(np.column_stack([np.ones(len(stops), dtype=bool), stops.may_turn]), 0.0, np.inf)
    at, left, path = stops.begin, np.ones(len(stops), dtype=bool), []
    for turn in range(len(stops)):
        away = stops.finite_costs[at, stops.ends] + entries
        away[~left] = np.inf
        stop = first if turn == 0 else int(away.min(axis=1).argmin())
        turned = int(away[stop].argmin())
        path.append((stop, turned))
        at, left[stop] = int(stops.ends[stop, 1 - turned]), False
    return np.array(path)


def _kicked(path: Path, rng: np.random.Generator) -> Path:
    """Return the order with two stretches of it, one after the other, in each other's place."""
    width = min(len(path), WIDEST_KICK)
    begin = int(rng.integers(len(path) - width + 1))
    first, second, end = begin + np.sort(rng.choice(width + 1, 3, replace=False))
    return np.concatenate([path[:first], path[second:end], path[first:second], path[end:]])


@dataclass(frozen=True, eq=False)
class _Links:
    """Times between the stops of an order (n + 2, n + 2), the first and the last place among them.

    From where one is left to where the other is entered, left to left, and entered to entered; of the order itself;
    and of how many stops before each the direction is fixed.
    """

    on: NDArray[np.float64]
    left: NDArray[np.float64]
    entered: NDArray[np.float64]
    taken: NDArray[np.float64]
    fixed: NDArray[np.intp]

    @classmethod
    def of(cls, stops: Stops, path: Path) -> _Links:
        costs, (entry, leave) = stops.finite_costs, stops.places(path)
        on = costs[leave[:, None], entry]
        fixed = np.concatenate([[0, 0], np.cumsum(~stops.may_turn[path[:, 0]])])
        return cls(on, costs[leave[:, None], leave], costs[entry[:, None], entry], on.diagonal(1), fixed)

    def best_turn(self) -> tuple[float, int, int]:
        """Return what turning a stretch round adds, in s, and the first and the last stop of it."""
        n = len(self.taken) - 1
        added = self.left[:n, 1:-1] + self.entered[1:-1, 2:] - self.taken[:n, None] - self.taken[1:]
        is_fixed = self.fixed[None, 2:] > self.fixed[1:-1, None]
        added[np.tri(n, k=-1, dtype=bool) | is_fixed] = np.inf
        first, last = divmod(int(added.argmin()), n)
        return float(added[first, last]), first, last

    def best_move(self, length: int) -> tuple[float, int, int, bool]:
        """Return what moving a stretch adds, in s, its first stop, the place that it is put after, and how it lies.

        Place 0 is the first place, k the k-th stop.
        """
        n = len(self.taken) - 1
        first, place = np.arange(1, n - length + 2), np.arange(n + 1)
        last = first + length - 1
        closed = self.on[first - 1, last + 1] - self.taken[first - 1] - self.taken[last]
        forward = self.on[:-1, first].T + self.on[last, 1:]
        back = self.left[:-1, last].T + self.entered[first, 1:]
        back[self.fixed[last + 1] > self.fixed[first]] = np.inf
        added = np.minimum(forward, back) + closed[:, None] - self.taken
        added[(place >= first[:, None] - 1) & (place <= last[:, None])] = np.inf
        at, after = divmod(int(added.argmin()), n + 1)
        return float(added[at, after]), at, after, bool(back[at, after] < forward[at, after])


def _shortened(stops: Stops, path: Path) -> Path:
    """Return an order that neither move shortens: the better of the two is made, as long as there is one."""
    while True:
        links = _Links.of(stops, path)
        turn_s, first, last = links.best_turn()
        moves = [links.best_move(length) for length in range(1, min(LONGEST_MOVED, len(path) - 1) + 1)]
        move_s, at, after, is_turned = min(moves)
        if min(turn_s, move_s) >= -GAIN_S:
            return path
        if turn_s <= move_s:
            path = np.concatenate([path[:first], _turned(path[first : last + 1]), path[last + 1 :]])
            continue
        stretch = path[at : at + moves.index((move_s, at, after, is_turned)) + 1]
        rest = np.delete(path, np.s_[at : at + len(stretch)], axis=0)
        to = after if after <= at else after - len(stretch)
        path = np.concatenate([rest[:to], _turned(stretch) if is_turned else stretch, rest[to:]])


def _turned(stretch: Path) -> Path:
    """Return a stretch of an order the other way round."""
    return np.column_stack([stretch[::-1, 0], 1 - stretch[::-1, 1]])
