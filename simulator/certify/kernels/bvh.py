"""Trees of boxes over the triangles of a mesh, in its own axes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.certify.kernels.vectors import Floats, Ints
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


def _build(low: Floats, high: Floats) -> tuple[Floats, Floats, Ints, Ints, Ints, NDArray[np.intp]]:
    """Return the nodes of the tree over boxes (n, 3), and the boxes in the order of its leaves; a level at a time.

    A node with m boxes below it has 2 m - 1 nodes in all: so both its children have their numbers before any other.
    """
    count = len(low)
    node_low, node_high = np.empty((2 * count - 1, 3)), np.empty((2 * count - 1, 3))
    right, first, below = np.zeros((3, 2 * count - 1), dtype=np.int32)
    order, middle = np.arange(count), (low + high) / 2.0
    start, stop, node = np.array([0]), np.array([count]), np.array([0])
    while len(node):
        size = stop - start
        begins, of = np.cumsum(size) - size, np.repeat(np.arange(len(node)), size)
        at = np.arange(len(of)) + (start - begins)[of]
        members = order[at]
        node_low[node], node_high[node] = (
            np.minimum.reduceat(low[members], begins),
            np.maximum.reduceat(high[members], begins),
        )
        first[node], below[node] = start, size
        within = middle[members]
        axis = (np.maximum.reduceat(within, begins) - np.minimum.reduceat(within, begins)).argmax(axis=1)
        order[at] = members[np.lexsort((within[np.arange(len(of)), axis[of]], of))]
        start, stop, node = start[size > 1], stop[size > 1], node[size > 1]
        half = (start + stop) // 2
        right[node] = node + 2 * (half - start)
        start, stop = np.concatenate([start, half]), np.concatenate([half, stop])
        node = np.concatenate([node + 1, right[node]])
    return node_low, node_high, right, first, below, order
