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
from simulator.certify.kernels.moving_pair import MovingPair, Workspace, halves, push
from simulator.certify.kernels.moving_planes import turning_plane_gap
from simulator.certify.kernels.parting import best_direction
from simulator.certify.kernels.sentinels import FAR_MM, NO_TRIANGLE
from simulator.certify.kernels.triangles import crossing_points, nearest_points
from simulator.certify.kernels.vectors import (
    Rows,
    Vector,
    dot,
    length,
    product,
    scaled,
    sub,
    transposed,
    turned,
    vector,
)
from simulator.compiled import inlined, jit

UP = (0.0, 0.0, 1.0)
TOO_NEAR_MM2 = 1e-12
"""Points nearer than this, squared, give no direction."""
FEW = 8
"""Up to so many triangles are looked at one by one rather than by their box. Measured on the shipped scenarios."""


class Normal(NamedTuple):
    """The normal of separating planes, from b to a, as either body sees it."""

    of_a: Direction
    of_b: Direction


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
def node_separation(m: MovingPair, R: Rows, i: int, j: int, enough: float, hint: Normal) -> float:
    """Return a lower bound of the distance of two nodes, along the hint or, if that is not enough, the best of seven.

    Where that parts not even the boxes in the middle of the cell, it is asked only of few triangles: those may be
    further apart than their boxes. ``R`` is the rotation from b's axes to a's.
    """
    gap = node_width(m, i, j, hint)
    if gap < enough:
        between = sub(placed(m.a, vector(m.tree_a.centre, i)), placed(m.b, vector(m.tree_b.centre, j)))
        half_a, half_b = vector(m.tree_a.half, i), vector(m.tree_b.half, j)
        most, n = best_direction(in_body(m.a, between), in_body(m.b, between), half_a, half_b, R)
        if most >= enough or m.tree_a.below[i] <= FEW or m.tree_b.below[j] <= FEW:
            gap = max(gap, node_width(m, i, j, normal_of(m, turned(m.a.rows, n))))
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
    """Return a lower bound of the distance of two bodies all over a cell, and the two triangles that it is from.

    ``m`` is the bodies and how they move; all else is as in `simulator.certify.kernels.nearest.nearest`, with the
    bound in place of the distance.
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
    count = push(work, 0, 0, 0, -np.inf, False)
    while count > 0 and best > floor:
        count -= 1
        i, j = work.nodes[count, 0], work.nodes[count, 1]
        if work.bounds[count] >= enough:
            continue
        if m.tree_a.right[i] == 0 and m.tree_b.right[j] == 0:
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
        nodes_a, nodes_b = halves(m.tree_a, i, m.tree_b, j)
        is_second = False
        for child in range(2):
            next_i, next_j = nodes_a[child], nodes_b[child]
            gap = node_separation(m, R, next_i, next_j, enough, hint)
            if gap < enough:  # @prune
                count = push(work, count, next_i, next_j, gap, is_second)
                is_second = True
    return enough, best_i, best_j
