"""A good order of many stops: nearest neighbours, then whatever shortens it, from many orders near the best one.

An order is shortened by turning a stretch of it round (2-opt, Croes 1958; a stretch of one stop is an arc delivered
the other way) and by moving a stretch of up to three stops elsewhere, either way round (Or-opt, Or 1976). Where
neither helps, two stretches change places (the double bridge of Martin, Otto and Felten 1991), which neither undoes.
"""

from __future__ import annotations

import numpy as np

from simulator.delivery.orders.kernels.shortening import GAIN_S, shorten
from simulator.delivery.orders.stops import Path, Stops

KICKS = 1_000
"""Orders near the best one that are tried."""
WIDEST_KICK = 30
"""Stops within which two stretches change places."""


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
    for _ in range(KICKS):
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


def _shortened(stops: Stops, path: Path) -> Path:
    """Return an order that neither move shortens."""
    found = path.copy()
    shorten(stops.finite_costs, stops.ends, stops.may_turn, stops.begin, stops.finish, found)
    return found
