"""Trees of boxes over the triangles of a mesh, in its own axes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.certify.kernels.vectors import Floats, Ints
from simulator.compiled import jit
from simulator.models.mesh import Mesh


class Tree(NamedTuple):
    """A binary tree of boxes; node 0 holds all, and every leaf holds one triangle.

    Attributes
    ----------
    centre, half : ndarray, shape (m, 3)
        Middle and half edges of each node's box, in the mesh's axes.
    radius : ndarray, shape (m,)
        Half the diagonal.
    right : ndarray of int32, shape (m,)
        The second child; the first is the next node. 0 for a leaf.
    first, below : ndarray of int32, shape (m,)
        The triangles below a node are ``corners[first : first + below]``.
    corners : ndarray, shape (n, 3, 3)
        Of the triangles, in the order of the leaves.
    solid : ndarray of int32, shape (n,)
        Which solid of the mesh each of them bounds, counted from 1.
    """

    centre: Floats
    half: Floats
    radius: Floats
    right: Ints
    first: Ints
    below: Ints
    corners: Floats
    solid: Ints


def box_tree(mesh: Mesh, longest_mm: float = np.inf) -> Tree:
    """Return the tree of a mesh: boxes halved at the median of the longest axis.

    No edge of its triangles is longer than ``longest_mm``: longer ones are cut in two, which changes no surface.
    """
    corners, solid = np.ascontiguousarray(mesh.vertices_mm[mesh.faces]), mesh.surface.solid + np.int32(1)
    corners, solid = _cut(corners, solid, longest_mm)
    low, high, right, first, below, order = _build(corners.min(axis=1), corners.max(axis=1))
    half = (high - low) / 2  # @half
    radius = np.linalg.norm(half, axis=1)
    return Tree((high + low) / 2, half, radius, right, first, below, corners[order], solid[order])


def _cut(corners: Floats, solid: Ints, longest_mm: float) -> tuple[Floats, Ints]:
    """Return triangles (n, 3, 3), and what they bound, cut in two across their longest edge until none is longer."""
    done: list[tuple[Floats, Ints]] = []
    while True:
        edges = np.linalg.norm(corners - np.roll(corners, -1, axis=1), axis=2)  # of corner k and the next
        is_long = edges.max(axis=1) > longest_mm
        done.append((corners[~is_long], solid[~is_long]))
        if not is_long.any():
            return np.concatenate([part for part, _ in done]), np.concatenate([of for _, of in done])
        corners, solid, at = corners[is_long], solid[is_long], edges[is_long].argmax(axis=1)
        turn = (at[:, None] + np.arange(3)) % 3  # the longest edge becomes that of the first two corners
        a, b, c = np.moveaxis(np.take_along_axis(corners, turn[:, :, None], axis=1), 1, 0)
        middle = (a + b) / 2
        corners = np.concatenate([np.stack([a, middle, c], axis=1), np.stack([middle, b, c], axis=1)])
        solid = np.concatenate([solid, solid])


@jit
def _build(low: Floats, high: Floats) -> tuple[Floats, Floats, Ints, Ints, Ints, NDArray[np.intp]]:
    count = len(low)
    nodes = 2 * count - 1
    node_low, node_high = np.empty((nodes, 3)), np.empty((nodes, 3))
    right = np.zeros(nodes, dtype=np.int32)
    first, below = np.zeros(nodes, dtype=np.int32), np.zeros(nodes, dtype=np.int32)
    order = np.arange(count)
    middle = (low + high) / 2.0
    waiting = [(0, count, -1)]
    node = 0
    while len(waiting) > 0:
        start, stop, parent = waiting.pop()
        if parent >= 0:
            right[parent] = node
        members = order[start:stop]
        longest, axis = -1.0, 0
        for k in range(3):
            node_low[node, k], node_high[node, k] = low[members, k].min(), high[members, k].max()
            extent = middle[members, k].max() - middle[members, k].min()
            if extent > longest:
                longest, axis = extent, k
        first[node], below[node] = start, stop - start
        if stop - start > 1:
            order[start:stop] = members[np.argsort(middle[members, axis], kind="mergesort")]
            half = (start + stop) // 2
            # The first child is the next node; the second learns its number when its turn comes.
            waiting.append((half, stop, node))
            waiting.append((start, half, -1))
        node += 1
    return node_low, node_high, right, first, below, order
