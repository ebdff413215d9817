"""The cheapest tree over nodes that has certain edges (Prim 1957)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.compiled import jit

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@jit
def parents_in_tree(costs: Floats, mates: Integers, root: int) -> Integers:
    """Return the parent (k,) of each node in the cheapest tree over the nodes from ``root`` on; -1 of others.

    Parameters
    ----------
    costs : array (k, k)
        Of edges, the same in both directions.
    mates : array (k,)
        The node that the tree joins to each, whatever that costs; -1 for none. No node is the mate of two.
    root : int
        Where it begins; nodes before it are left out.
    """
    parents = np.full(len(costs), -1)
    nearest = np.full(len(costs), np.inf)
    is_in = np.zeros(len(costs), dtype=np.bool_)
    node = root
    for _ in range(len(costs) - root):
        is_in[node] = True
        for other in range(root, len(costs)):
            cost = -np.inf if mates[node] == other else costs[node, other]
            if not is_in[other] and cost < nearest[other]:
                nearest[other], parents[other] = cost, node
        following, least = -1, np.inf
        for other in range(root, len(costs)):
            if not is_in[other] and nearest[other] < least:
                following, least = other, nearest[other]
        node = following
    return parents
