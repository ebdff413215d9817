"""Cheapest trees, against scipy's."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse.csgraph import minimum_spanning_tree

from simulator.delivery.orders.kernels.spanning_tree import parents_in_tree


@pytest.mark.parametrize("count", [3, 8, 25])
@pytest.mark.parametrize("has_mates", [False, True])
def test_no_tree_is_cheaper(count: int, has_mates: bool) -> None:
    """Without the first node; and with an edge that must be in it, which scipy has at next to nothing."""
    costs = np.random.default_rng(count).uniform(1.0, 2.0, (count, count))
    costs += costs.T
    theirs, mates = costs.copy(), np.full(count, -1)
    if has_mates:
        mates[[1, count - 1]] = count - 1, 1
        theirs[1, -1] = theirs[-1, 1] = 1e-3
    parents = parents_in_tree(costs, mates, 1)
    edges = [(node, int(parents[node])) for node in range(2, count)]
    assert (parents[:2] == -1).all()
    assert not has_mates or (count - 1, 1) in edges
    expected = minimum_spanning_tree(theirs[1:, 1:]).sum()
    assert sum(theirs[edge] for edge in edges) == pytest.approx(expected)
