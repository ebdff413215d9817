"""The best order of a few stops, by dynamic programming over sets of them (Held and Karp 1962, Bellman 1962)."""

from __future__ import annotations

import numpy as np

from simulator.delivery.orders.stops import Path, Stops


def held_karp(stops: Stops) -> Path:
    """Return an order that takes the least time.

    ``best[S, (j, d)]`` is the least time to visit all stops of the set S and to leave j, the last of them, in
    direction d. Sets grow by one stop at a time, so 2^n · 2 n² sums are made, in 2 n² passes. Of orders that take as
    long, the same is returned every time.
    """
    n = len(stops)
    entry, leave = stops.ends.ravel(), stops.ends[:, ::-1].ravel()  # states: stop 0, stop 0 reversed, stop 1, ...
    is_allowed = np.column_stack([np.ones(n, dtype=bool), stops.may_turn & stops.is_arc]).ravel()
    steps = np.where(is_allowed, stops.finite_costs[leave[:, None], entry], np.inf)
    sets = np.arange(1 << n)
    sizes = np.bitwise_count(sets)
    best = np.full((1 << n, 2 * n), np.inf)
    before = np.zeros((1 << n, 2 * n), dtype=np.int8)
    states = np.arange(2 * n)
    best[1 << states // 2, states] = np.where(is_allowed, stops.finite_costs[stops.begin, entry], np.inf)
    for size in range(1, n):
        of_size = sets[sizes == size]
        for state in states[is_allowed]:
            bit = 1 << int(state) // 2
            without = of_size[of_size & bit == 0]
            times = best[without] + steps[:, state]
            before[without | bit, state] = times.argmin(axis=1)
            best[without | bit, state] = times.min(axis=1)
    left, state = (1 << n) - 1, int((best[-1] + stops.finite_costs[leave, stops.finish]).argmin())
    found = [state]
    while left := left & ~(1 << found[-1] // 2):
        found.append(int(before[left | 1 << found[-1] // 2, found[-1]]))
    return np.array([divmod(state, 2) for state in reversed(found)], dtype=np.intp).reshape(n, 2)
