"""How long any order takes at least: the 1-tree bound of Held and Karp (1970, 1971), raised by multipliers.

An order is a closed tour over nodes: from the first place through all stops to the last place, and by an edge that
costs nothing back to the first. Every node has two edges in it: a stop of two ends is two nodes with an edge between
them that each tour must have. A tour without the first place is a tree, so it costs no less than the cheapest tree
that has the edges of all stops. With a number p_i added to every edge at node i each tour costs 2 Σ p_i more,
whatever the p_i are, and the cheapest tree less 2 Σ p_i is a bound again. The p_i are chosen so that it is high:
raised where the tree has too many edges, lowered where it has one (subgradients, with Polyak's steps).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.delivery.orders.kernels.spanning_tree import parents_in_tree
from simulator.delivery.orders.stops import Stops

STEPS = 2_000
PATIENCE = 20
"""Steps that may fail to raise the bound before they are made half as long."""
SHORTEST = 1e-4
ROUNDING = 1e-10
"""Taken off a bound, as a share of the absolute numbers that were added up for it: sums of 400 numbers are right to
1e-13 of that."""


def lower_bound(stops: Stops, known_s: float) -> float:
    """Return a time, in s, that no order is quicker than.

    Parameters
    ----------
    stops : Stops
        With or without stops whose direction is fixed; the bound holds if all may be turned.
    known_s : float
        How long some order takes; it only says how far to step.
    """
    nodes, mates = _nodes(stops)
    costs = stops.finite_costs[nodes[:, None], nodes]  # finite for infinity is less, so the bound still holds
    costs[mates[:, 0], mates[:, 1]] = costs[mates[:, 1], mates[:, 0]] = 0.0
    target = min(known_s, float(costs.sum()))
    prices, step, best, failed = np.zeros(len(nodes)), 2.0, 0.0, 0
    direction = np.zeros(len(nodes))
    for _ in range(STEPS):
        edges = _one_tree(costs + prices[:, None] + prices, mates)
        added = np.concatenate([costs[edges[:, 0], edges[:, 1]], prices[edges].ravel(), -2.0 * prices])
        bound = float(added.sum())
        safe = bound - ROUNDING * float(np.abs(added).sum())
        excess = np.bincount(edges.ravel(), minlength=len(nodes)) - 2.0
        failed = 0 if safe > best else failed + 1
        best = max(best, safe)
        if not excess.any() or best >= target * (1.0 - ROUNDING):
            break
        if failed == PATIENCE:
            step, failed = step / 2.0, 0
            if step < SHORTEST:
                break
        direction = 0.7 * excess + 0.3 * direction
        prices += step * max(target - bound, ROUNDING * target) / float(excess @ excess) * direction
    return best


def _nodes(stops: Stops) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return where nodes are, as indices of `Stops.costs`, and the pairs (k, 2) of nodes that an edge must join.

    The first node is where to begin, the second where to end.
    """
    ends = [stops.begin, stops.finish]
    mates = [(0, 1)]
    for start, stop in stops.ends.tolist():
        if start != stop:
            mates.append((len(ends), len(ends) + 1))
        ends += [start] if start == stop else [start, stop]
    return np.array(ends), np.array(mates)


def _one_tree(costs: NDArray[np.float64], mates: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the edges (k, 2) of the cheapest 1-tree: a tree over all nodes but the first, and its two edges."""
    mate_of = np.full(len(costs), -1)
    mate_of[mates[1:, 0]], mate_of[mates[1:, 1]] = mates[1:, 1], mates[1:, 0]
    parents = parents_in_tree(costs, mate_of, 1)
    others = np.arange(2, len(costs))
    nearest = 2 + int(costs[0, 2:].argmin())
    return np.vstack([np.column_stack([others, parents[2:]]), [(0, 1), (0, nearest)]])
