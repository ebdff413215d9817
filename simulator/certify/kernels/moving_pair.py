"""Two bodies that each turn or slide a little, and the memory of a search through their trees."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from simulator.certify.kernels.bvh import Tree
from simulator.certify.kernels.motion_bounds import Motion
from simulator.certify.kernels.vectors import Floats, Ints
from simulator.compiled import inlined, jit

STACK = 512
"""More than two trees of a billion triangles need: every level leaves one pair of nodes behind."""


class MovingPair(NamedTuple):
    """Two bodies in a cell of poses or, with joints that reach nowhere, at one pose: their trees and their motion."""

    tree_a: Tree
    a: Motion
    tree_b: Tree
    b: Motion


class Workspace(NamedTuple):
    """Memory of one search: pairs of nodes that wait, their bounds, and two triangles."""

    nodes: Ints
    bounds: Floats
    A: Floats
    B: Floats


@jit
def workspace() -> Workspace:
    """Return fresh memory; one search at a time may use it."""
    return Workspace(np.empty((STACK, 2), dtype=np.int32), np.empty(STACK), np.empty((3, 3)), np.empty((3, 3)))


@inlined
def halves(tree_a: Tree, i: int, tree_b: Tree, j: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the two pairs of nodes that a pair is divided into: the larger of both boxes is halved.

    All four are 64-bit numbers: of a tuple of two kinds none can be taken by its index.
    """
    is_leaf_a, is_leaf_b = tree_a.right[i] == 0, tree_b.right[j] == 0
    if is_leaf_b or (not is_leaf_a and tree_a.radius[i] >= tree_b.radius[j]):
        return (i + 1, tree_a.right[i] + 0), (j + 0, j + 0)
    return (i + 0, i + 0), (j + 1, tree_b.right[j] + 0)


@inlined
def push(work: Workspace, count: int, i: int, j: int, bound: float, is_second: bool) -> int:
    """Let a pair of nodes wait, and return how many do: the second half below the first if that one is nearer."""
    at = count
    if is_second and bound > work.bounds[count - 1]:
        at = count - 1
        work.nodes[count, 0], work.nodes[count, 1] = work.nodes[at, 0], work.nodes[at, 1]
        work.bounds[count] = work.bounds[at]
    work.nodes[at, 0], work.nodes[at, 1], work.bounds[at] = i, j, bound
    return count + 1
