"""The nearest triangles of two bodies that stand: two trees of boxes against each other, in the axes of one body.

All lengths are in mm. Any direction bounds the distance from below, and any two points from above: which direction is
asked, and which triangles first, costs time and not truth.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from simulator.certify.kernels.bvh import Tree
from simulator.certify.kernels.motion_bounds import in_body, placed
from simulator.certify.kernels.moving_pair import MovingPair, Workspace, halves, push
from simulator.certify.kernels.parting import best_direction
from simulator.certify.kernels.sentinels import FAR_MM, NO_TRIANGLE
from simulator.certify.kernels.triangles import crossing_points, nearest_points
from simulator.certify.kernels.vectors import (
    Rows,
    Vector,
    add,
    dot,
    extent_along,
    length,
    product,
    row,
    scaled,
    sub,
    transposed,
    turned,
    turned_back,
    vector,
)
from simulator.compiled import inlined, jit

TOO_NEAR_MM2 = 1e-12
"""Points nearer than this, squared, give no direction."""
FEW = 4
"""Up to so many triangles are looked at one by one rather than by their box. Measured on the shipped scenarios."""


class Standing(NamedTuple):
    """Two bodies that stand: their trees, and the rotation and translation from b's axes to a's."""

    tree_a: Tree
    tree_b: Tree
    R: Rows
    t: Vector


class Way(NamedTuple):
    """A direction from b to a, in the axes of either."""

    of_a: Vector
    of_b: Vector


@jit
def in_the_middle(m: MovingPair) -> Standing:
    """Return two bodies as they stand in the middle of their cell."""
    R = product(transposed(m.a.rows), m.b.rows)
    return Standing(m.tree_a, m.tree_b, R, in_body(m.a, sub(m.b.shift, m.a.shift)))


@inlined
def way_between(s: Standing, p: Vector, q: Vector, otherwise: Way) -> Way:
    """Return the way from q to p, both in a's axes; another one where they are too near each other to have any."""
    D = sub(p, q)
    if dot(D, D) <= TOO_NEAR_MM2:
        return otherwise
    n = scaled(1.0 / length(D), D)
    return Way(n, turned_back(s.R, n))


@inlined
def low_along(tree: Tree, node: int, n: Vector) -> float:
    """Return at most the least n·x of a node's triangles: of its box, or of each where they are few."""
    if tree.below[node] > FEW:
        return dot(n, vector(tree.centre, node)) - extent_along(n, vector(tree.half, node))
    least = FAR_MM
    for k in range(tree.first[node], tree.first[node] + tree.below[node]):
        for c in range(3):
            least = min(least, dot(n, vector(tree.corners[k], c)))
    return least


@inlined
def gap_along(s: Standing, i: int, j: int, way: Way) -> float:
    """Return how far apart planes across a way separate two nodes."""
    return low_along(s.tree_a, i, way.of_a) + low_along(s.tree_b, j, scaled(-1.0, way.of_b)) - dot(way.of_a, s.t)


@inlined
def nodes_apart(s: Standing, i: int, j: int, enough: float, way: Way) -> float:
    """Return a lower bound of the distance of two nodes: along a way or, if that is not enough, the best of seven."""
    gap = gap_along(s, i, j, way)
    if gap < enough:
        between = sub(vector(s.tree_a.centre, i), add(turned(s.R, vector(s.tree_b.centre, j)), s.t))
        half_a, half_b = vector(s.tree_a.half, i), vector(s.tree_b.half, j)
        most, _ = best_direction(between, turned_back(s.R, between), half_a, half_b, s.R)
        gap = max(gap, most)
    return gap


@jit
def triangles_apart(s: Standing, i: int, j: int, work: Workspace) -> tuple[float, Vector, Vector]:
    """Return a lower bound of the distance of two triangles, at least 0, and two of their points near each other.

    The points are in a's axes. Where the triangles cross, they are there.
    """
    for k in range(3):
        work.A[k, 0], work.A[k, 1], work.A[k, 2] = vector(s.tree_a.corners[i], k)
        work.B[k, 0], work.B[k, 1], work.B[k, 2] = add(turned(s.R, vector(s.tree_b.corners[j], k)), s.t)
    p, q = nearest_points(work.A, work.B)
    D = sub(p, q)
    apart = length(D)
    n = scaled(1.0 / apart, D) if apart > 0.0 else D
    low, high = dot(n, vector(work.A, 0)), dot(n, vector(work.B, 0))
    for k in range(1, 3):
        low, high = min(low, dot(n, vector(work.A, k))), max(high, dot(n, vector(work.B, k)))
    if low > high:
        return low - high, p, q
    crosses, c, d = crossing_points(work.A, work.B)
    return (0.0, c, d) if crosses else (0.0, p, q)  # @crossing


@jit
def near_points(m: MovingPair, i: int, j: int, work: Workspace) -> tuple[Vector, Vector]:
    """Return the nearest points of two triangles in the middle of the cell, or where they cross; in the room."""
    _, p, q = triangles_apart(in_the_middle(m), i, j, work)
    return placed(m.a, p), placed(m.a, q)


@jit
def nearest(
    s: Standing, cap: float, floor: float, slack: float, first: tuple[int, int], work: Workspace
) -> tuple[float, int, int]:
    """Return a lower bound of the distance of two bodies, and the two triangles that it is from.

    Parameters
    ----------
    s : Standing
        The bodies.
    cap : float
        A bound that is enough: the answer is at most that, and then there are no triangles.
    floor : float
        The search stops once the bound is at most this.
    slack : float
        How much less than the least the answer may be.
    first : tuple of int
        Two triangles to begin with, or NO_TRIANGLE.
    work : Workspace
        Memory.
    """
    best, best_i, best_j = cap, NO_TRIANGLE, NO_TRIANGLE
    enough, way = cap, Way((0.0, 0.0, 1.0), row(s.R, 2))
    if first[0] >= 0:
        gap, p, q = triangles_apart(s, first[0], first[1], work)
        way = way_between(s, p, q, way)
        if gap < best:
            best, best_i, best_j = gap, first[0], first[1]
            enough = best - slack
    count = push(work, 0, 0, 0, -np.inf, False)
    while count > 0 and best > floor:
        count -= 1
        i, j = work.nodes[count, 0], work.nodes[count, 1]
        if work.bounds[count] >= enough:
            continue
        if s.tree_a.right[i] == 0 and s.tree_b.right[j] == 0:
            if gap_along(s, i, j, way) >= enough:
                continue
            of_a, of_b = s.tree_a.first[i], s.tree_b.first[j]
            gap, p, q = triangles_apart(s, of_a, of_b, work)
            way = way_between(s, p, q, way)  # what separates these two probably separates their neighbours
            if gap < best:
                best, best_i, best_j = gap, of_a, of_b
                enough = best - slack
            continue
        of_a, of_b = halves(s.tree_a, i, s.tree_b, j)
        is_second = False
        for child in range(2):
            next_i, next_j = of_a[child], of_b[child]
            gap = nodes_apart(s, next_i, next_j, enough, way)
            if gap < enough:  # @pruned
                count = push(work, count, next_i, next_j, gap, is_second)
                is_second = True
    return enough, best_i, best_j
