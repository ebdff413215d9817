"""The order of stops that takes the least time: exact for a few, else good, with a proven bound beside it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.delivery.orders.held_karp import held_karp
from simulator.delivery.orders.local_search import good_order, improved_order
from simulator.delivery.orders.one_tree import lower_bound
from simulator.delivery.orders.stops import Path, Stops

MOST_EXACT = 12
"""Stops that all orders are compared of."""
SAME = 1e-6
"""Share of a time within which it counts as its bound."""


@dataclass(frozen=True)
class Order:
    """An order of stops.

    Attributes
    ----------
    stops : tuple of int
        Each stop once.
    is_reversed : tuple of bool
        Of each in this order, whether it is entered at its second end.
    time_s : float
        What it takes to go from each to the next, from the first place and to the last; infinity if there is no order
        in which all ways are there, or none was found.
    lower_bound_s : float
        No order takes less: proven.
    is_exact : bool
        Whether no order is better, but for a millionth.
    """

    stops: tuple[int, ...]
    is_reversed: tuple[bool, ...]
    time_s: float
    lower_bound_s: float
    is_exact: bool


def best_order(stops: Stops) -> Order:
    """Return the order of stops that takes the least time, or one near it; the same every time.

    Up to 12 stops it is the best one. Of more, it is good, and no further from the best than its bound says: where
    the time is the bound, it is the best one, too.
    """
    if len(stops) == 0:
        none = stops.ends.astype(np.intp)
        return _order(stops, none, stops.time_of(none))
    if len(stops) <= MOST_EXACT:
        path = held_karp(stops)
        return _order(stops, path, stops.time_of(path))
    path = good_order(stops)
    bound_s = lower_bound(stops, stops.time_of(path))
    path = improved_order(stops, path, bound_s)
    return _order(stops, path, bound_s)


def _order(stops: Stops, path: Path, bound_s: float) -> Order:
    time_s = stops.time_of(path)
    is_exact = time_s == bound_s or time_s - bound_s <= SAME * time_s < np.inf
    is_reversed = (path[:, 1] == 1) & stops.is_arc[path[:, 0]]
    return Order(tuple(path[:, 0].tolist()), tuple(is_reversed.tolist()), time_s, bound_s, is_exact)
