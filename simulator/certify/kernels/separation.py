"""Two trees of boxes against each other: the least bound of any two triangles, over a cell of poses."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from simulator.certify.kernels.bvh import Tree
from simulator.certify.kernels.drift import leaned
from simulator.certify.kernels.motion_bounds import (
    Direction,
    Motion,
    box_support,
    direction,
    in_body,
    placed,
    triangle_support,
)
from simulator.certify.kernels.moving_planes import turning_plane_gap
from simulator.certify.kernels.sentinels import FAR_MM, NO_TRIANGLE
from simulator.certify.kernels.triangles import crossing_points, nearest_points
from simulator.certify.kernels.vectors import (
    Floats,
    Ints,
    Rows,
    Vector,
    column,
    component,
    dot,
    extent_along,
    length,
    product,
    row,
    scaled,
    sub,
    transposed,
    vector,
)
from simulator.compiled import inlined, jit

STACK = 512
"""More than two trees of a billion triangles need: every level leaves one pair of nodes behind."""
UP = (0.0, 0.0, 1.0)
TINY = 1e-300
TOO_NEAR_MM2 = 1e-12
"""Points nearer than this, squared, give no direction."""
FEW = 8
"""Up to so many triangles are looked at one by one rather than by their box. Measured on the shipped scenarios."""


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


class Normal(NamedTuple):
    """The normal of separating planes, from b to a, as either body sees it."""

    of_a: Direction
    of_b: Direction


@jit
def workspace() -> Workspace:
    """Return fresh memory; one search at a time may use it."""
    return Workspace(np.empty((STACK, 2), dtype=np.int32), np.empty(STACK), np.empty((3, 3)), np.empty((3, 3)))


@inlined
def normal_of(m: MovingPair, n: Vector) -> Normal:
    """Return a direction n of the room, from b to a, as either body sees it."""
    return Normal(direction(m.a, n), direction(m.b, scaled(-1.0, n)))


@inlined
def node_support(body: Motion, to: Direction, tree: Tree, node: int) -> float:
    """Return at most the least n·p of a node's triangles over the cell: of its box, or of each where they are few."""
    if tree.below[node] > FEW:
        return box_support(body, to, vector(tree.centre, node), vector(tree.half, node), tree.radius[node])
    least = FAR_MM
    for k in range(tree.first[node], tree.first[node] + tree.below[node]):
        least = min(least, triangle_support(body, to, tree.corners[k]))
    return least


@inlined
def node_width(m: MovingPair, i: int, j: int, s: Normal) -> float:
    """Return how far apart planes separate the boxes of two nodes at every pose of the cell."""
    return node_support(m.a, s.of_a, m.tree_a, i) + node_support(m.b, s.of_b, m.tree_b, j)


@inlined
def triangle_width(m: MovingPair, i: int, j: int, s: Normal) -> float:
    """Return how far apart planes separate two triangles at every pose of the cell."""
    return triangle_support(m.a, s.of_a, m.tree_a.corners[i]) + triangle_support(m.b, s.of_b, m.tree_b.corners[j])


@inlined
def best_direction(m: MovingPair, R: Rows, i: int, j: int, between: Vector) -> tuple[float, Vector]:
    """Return how far a direction separates the boxes of two nodes in the middle of the cell, and the direction.

    It is the best of seven: the line of their middles, and the normals of their faces. All seven cost less than to
    bound one over the cell; and what does not part boxes that stand does not part them where they move.

    Parameters
    ----------
    m, i, j
        The bodies, and a node of each.
    R : Rows
        The rotation from b's axes to a's.
    between : Vector
        From the middle of b's box to that of a's.
    """
    of_a, of_b = in_body(m.a, between), in_body(m.b, between)
    half_a, half_b = vector(m.tree_a.half, i), vector(m.tree_b.half, j)
    far = max(length(between), TINY)
    gap, n = far - (extent_along(of_a, half_a) + extent_along(of_b, half_b)) / far, scaled(1.0 / far, between)
    for k in range(3):
        beyond = abs(component(of_a, k)) - component(half_a, k) - extent_along(row(R, k), half_b)
        if beyond > gap:
            gap, n = beyond, scaled(1.0 if component(of_a, k) >= 0.0 else -1.0, column(m.a.rows, k))
    for k in range(3):
        beyond = abs(component(of_b, k)) - component(half_b, k) - extent_along(column(R, k), half_a)
        if beyond > gap:
            gap, n = beyond, scaled(1.0 if component(of_b, k) >= 0.0 else -1.0, column(m.b.rows, k))
    return gap, n  # @parting


@inlined
def node_separation(m: MovingPair, R: Rows, i: int, j: int, enough: float, hint: Normal) -> float:
    """Return a lower bound of the distance of two nodes, along the hint or, if that is not enough, the best of seven.

    Where that parts not even the boxes in the middle of the cell, it is asked only of few triangles: those may be
    further apart than their boxes. ``R`` is the rotation from b's axes to a's.
    """
    gap = node_width(m, i, j, hint)
    if gap < enough:
        between = sub(placed(m.a, vector(m.tree_a.centre, i)), placed(m.b, vector(m.tree_b.centre, j)))
        most, n = best_direction(m, R, i, j, between)
        if most >= enough or m.tree_a.below[i] <= FEW or m.tree_b.below[j] <= FEW:
            gap = max(gap, node_width(m, i, j, normal_of(m, n)))
    return gap


@inlined
def place(m: MovingPair, i: int, j: int, work: Workspace) -> None:
    """Write the corners of two triangles, in the room."""
    for k in range(3):
        work.A[k, 0], work.A[k, 1], work.A[k, 2] = placed(m.a, vector(m.tree_a.corners[i], k))
        work.B[k, 0], work.B[k, 1], work.B[k, 2] = placed(m.b, vector(m.tree_b.corners[j], k))


@jit
def triangle_separation(m: MovingPair, i: int, j: int, work: Workspace) -> tuple[float, Vector, Vector]:
    """Return a lower bound of the distance of two triangles, and two of their points near each other.

    It is at least 0; or, of bodies with slopes, what a distance of 0 is relative to those.
    """
    least = -abs(m.a.slope) * m.a.sine - abs(m.b.slope) * m.b.sine - leaned(m.a.drift) - leaned(m.b.drift)
    place(m, i, j, work)
    p, q = nearest_points(work.A, work.B)
    D = sub(p, q)
    apart = length(D)
    gap = triangle_width(m, i, j, normal_of(m, scaled(1.0 / apart, D))) if apart > 0.0 else least
    if gap > least:
        return gap, p, q
    crosses, s, t = crossing_points(work.A, work.B)
    return (least, s, t) if crosses else (least, p, q)  # @crosses


@jit
def separation(
    m: MovingPair, cap: float, floor: float, slack: float, first: tuple[int, int], work: Workspace
) -> tuple[float, int, int]:
    """Return a lower bound of the distance of two bodies, and the two triangles that it is from.

    Parameters
    ----------
    m : MovingPair
        The bodies and where they stand.
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
    enough = cap
    is_sloped = m.a.slope != 0.0 or m.b.slope != 0.0
    way, hint = UP, normal_of(m, UP)
    if first[0] >= 0:
        gap, p, q = triangle_separation(m, first[0], first[1], work)
        D = sub(p, q)
        if dot(D, D) > TOO_NEAR_MM2:
            way = scaled(1.0 / length(D), D)
            hint = normal_of(m, way)
            if is_sloped:
                gap = max(gap, turning_plane_gap(m.a, m.b, way, work.A, work.B))
        if gap < best:
            best, best_i, best_j = gap, first[0], first[1]
            enough = best - slack
    R = product(transposed(m.a.rows), m.b.rows)
    work.nodes[0, 0], work.nodes[0, 1], work.bounds[0] = 0, 0, -np.inf
    count = 1
    while count > 0 and best > floor:
        count -= 1
        i, j = work.nodes[count, 0], work.nodes[count, 1]
        if work.bounds[count] >= enough:
            continue
        is_leaf_a, is_leaf_b = m.tree_a.right[i] == 0, m.tree_b.right[j] == 0
        if is_leaf_a and is_leaf_b:
            of_a, of_b = m.tree_a.first[i], m.tree_b.first[j]
            if triangle_width(m, of_a, of_b, hint) >= enough:
                continue
            if is_sloped:
                place(m, of_a, of_b, work)
                if turning_plane_gap(m.a, m.b, way, work.A, work.B) >= enough:
                    continue
            gap, p, q = triangle_separation(m, of_a, of_b, work)
            D = sub(p, q)
            if dot(D, D) > TOO_NEAR_MM2:  # what separates these two probably separates their neighbours
                way = scaled(1.0 / length(D), D)
                hint = normal_of(m, way)
                if is_sloped and gap < enough:
                    gap = max(gap, turning_plane_gap(m.a, m.b, way, work.A, work.B))
            if gap < best:
                best, best_i, best_j = gap, of_a, of_b
                enough = best - slack
            continue
        divides_a = is_leaf_b or (not is_leaf_a and m.tree_a.radius[i] >= m.tree_b.radius[j])
        pushed = False
        for child in range(2):
            next_i, next_j = i, j
            if divides_a:
                next_i = m.tree_a.right[i] if child else i + 1
            else:
                next_j = m.tree_b.right[j] if child else j + 1
            gap = node_separation(m, R, next_i, next_j, enough, hint)
            if gap >= enough:  # @prune
                continue
            at = count
            if child and pushed and gap > work.bounds[count - 1]:  # the nearer one is asked first
                at = count - 1
                work.nodes[count, 0], work.nodes[count, 1] = work.nodes[at, 0], work.nodes[at, 1]
                work.bounds[count] = work.bounds[at]
            work.nodes[at, 0], work.nodes[at, 1], work.bounds[at] = next_i, next_j, gap
            count += 1
            pushed = True
    return enough, best_i, best_j
