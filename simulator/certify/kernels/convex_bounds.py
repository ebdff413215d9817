"""Bounds from above on the distance of two bodies that vary over a cell of poses as the distance does.

For offsets θ_k of the two scanned joints from the middle of a cell, with reach δ_k, let x_k = sin θ_k and
V_k = 1 − cos θ_k (on a prismatic joint x_k = θ_k and V_k = 0). A point p of one body goes to p + x v − V r
(`simulator.certify.kernels.motion_bounds`); q of the other likewise, with its own joint. So D = p − q goes to

    D + Σ x_k W_k + Σ V_k E_k,    W = v, E = −r for the joint of p,    W = −v, E = r for that of q.

From 0 to δ, x²/2 ≤ V ≤ x²/(1 + cos δ), and E_k is across W_k, so

    distance² ≤ |D + Σ x_k W_k|² + Σ x_k² (1 or 2/(1 + cos δ_k)) D·E_k + remainder,

with 1 where D·E_k < 0 and a remainder of third order,
2 Σ_{k≠l} sin δ_k (1 − cos δ_l) |W_k·E_l| + (Σ (1 − cos δ_k) |E_k|)². Where the negative terms would make it not
convex, they are left out. A *bowl* is that polynomial: convex in x, so over a rectangle greatest at a corner.

One bowl is good near the pose where its points are nearest: some are made, with the points that two triangles have
nearest in the middle of the cell and half-way to its corners.

A *ball* tells where bodies collide. Let p of one body coincide, in some pose, with q of the other, d below its
surface. Wherever |p − q| < d they collide: there the bowl of p and q, less d², is negative.
"""

from __future__ import annotations

from typing import NamedTuple

from simulator.certify.kernels.bvh import Tree
from simulator.certify.kernels.compiled import inlined, jit
from simulator.certify.kernels.motion_bounds import FIXED, Stand, pace, placed, stand, unplaced
from simulator.certify.kernels.pair_bounds import NEVER, TOUCHING, Side
from simulator.certify.kernels.penetration import distance_to, is_inside
from simulator.certify.kernels.separation import Meeting, Scratch, scratch, triangle_gap
from simulator.certify.kernels.vectors import Floats, Ints, Vector, add, dot, length, scaled, sub, vector

BALL_STEP = 2.0
"""How far from a crossing a point inside is looked for, in multiples of the motion. Measured."""
BOWL = 6
"""Numbers of a bowl: of 1, x_0, x_1, x_0², x_1², x_0 x_1, whose sum bounds the square of the distance."""
ROUNDING_MM2 = 1e-6
"""More than the rounding of the square of a length in a room of some metres, in double precision."""
PLACES = ((0.0, 0.0), (-0.5, -0.5), (-0.5, 0.5), (0.5, -0.5), (0.5, 0.5))
"""Where in a cell, as shares of its reach, the points of its bowls are nearest."""


class Ball(NamedTuple):
    """A point inside a body, in the room, and its depth below the surface; -1 for none."""

    centre: Vector
    depth: float


@inlined
def column_of_a(a: Stand, side_a: Side, b: Stand, side_b: Side) -> int:
    """Return the column of the numbers of a's joint; those of b's are in the other, whichever of them moves."""
    if a.kind != FIXED:
        return side_a.column
    return 1 - side_b.column if b.kind != FIXED else 0


@jit
def write_bowl(a: Stand, b: Stand, p: Vector, q: Vector, of_a: int, bowl: Floats) -> float:
    """Write the bowl of a point p of a and q of b, and return the greatest distance of the two over the cell."""
    D = sub(p, q)
    v, r = pace(a, p)
    u, t = pace(b, q)
    of_b = 1 - of_a
    bend_a, bend_b = -dot(D, r), dot(D, t)
    more_a, more_b = max(bend_a, 0.0) * 2.0 / (2.0 - a.versine), max(bend_b, 0.0) * 2.0 / (2.0 - b.versine)
    across = 2.0 * (a.sine * b.versine * abs(dot(v, t)) + b.sine * a.versine * abs(dot(u, r)))
    out = a.versine * length(r) + b.versine * length(t)
    bowl[0] = dot(D, D) + across + out * out + ROUNDING_MM2
    bowl[1 + of_a], bowl[1 + of_b] = 2.0 * dot(D, v), -2.0 * dot(D, u)  # @bowl
    square_a, square_b, mixed = dot(v, v) + more_a, dot(u, u) + more_b, -2.0 * dot(v, u)
    less_a, less_b = square_a + min(bend_a, 0.0), square_b + min(bend_b, 0.0)
    if less_a >= 0.0 and less_b >= 0.0 and 4.0 * less_a * less_b >= mixed * mixed:
        square_a, square_b = less_a, less_b
    bowl[3 + of_a], bowl[3 + of_b], bowl[5] = square_a, square_b, mixed
    x, y = a.sine, b.sine
    square = bowl[0] + square_a * x * x + square_b * y * y
    square += max(
        abs(bowl[1 + of_a] * x + bowl[1 + of_b] * y) + mixed * x * y,
        abs(bowl[1 + of_a] * x - bowl[1 + of_b] * y) - mixed * x * y,
    )
    return float(max(square, 0.0) ** 0.5)


@jit
def write_bowls(
    side_a: Side, side_b: Side, middle: Floats, reach: Floats, i: int, j: int, bowls: Floats, work: Scratch
) -> float:
    """Write the bowls (places, 6) of two triangles, and return a bound on the distance all over the cell."""
    a = stand(side_a.carriage, middle[side_a.column], reach[side_a.column])
    b = stand(side_b.carriage, middle[side_b.column], reach[side_b.column])
    of_a = column_of_a(a, side_a, b, side_b)
    most = NEVER
    for k in range(len(PLACES)):
        offset_a, offset_b = PLACES[k][of_a], PLACES[k][1 - of_a]
        there_a = stand(side_a.carriage, middle[side_a.column] + offset_a * reach[side_a.column], 0.0)
        there_b = stand(side_b.carriage, middle[side_b.column] + offset_b * reach[side_b.column], 0.0)
        _, p, q = triangle_gap(Meeting(side_a.tree, there_a, side_b.tree, there_b), i, j, work)
        p, q = placed(a, unplaced(there_a, p)), placed(b, unplaced(there_b, q))
        most = min(most, write_bowl(a, b, p, q, of_a, bowls[k]))
    return most


@jit
def ball_inside(a: Stand, b: Stand, tree_b: Tree, x: Vector, corners: Floats, reach: float, work: Scratch) -> Ball:
    """Return a point of a triangle of a that crosses closed b at x, and its depth: the deepest of some, or -1."""
    best, deepest = x, -1.0
    for k in range(3):
        way = sub(placed(a, vector(corners, k)), x)
        p = add(x, scaled(min(BALL_STEP * reach / max(length(way), TOUCHING), 1.0), way))
        at = unplaced(b, p)
        tells, inside = is_inside(tree_b, at, work.nodes)
        if tells and inside:
            depth = distance_to(tree_b, at, 2.0 * reach, work.nodes)
            if depth > deepest:
                best, deepest = p, depth
    return Ball(best, deepest)


@jit
def write_balls(
    side_a: Side,
    side_b: Side,
    middle: Floats,
    reach: Floats,
    i: int,
    j: int,
    motion: float,
    balls: Floats,
    work: Scratch,
) -> None:
    """Write balls (places, 6) of two triangles that cross; what crosses in none of the places keeps what is there."""
    a = stand(side_a.carriage, middle[side_a.column], reach[side_a.column])
    b = stand(side_b.carriage, middle[side_b.column], reach[side_b.column])
    of_a = column_of_a(a, side_a, b, side_b)
    for k in range(len(PLACES)):
        offset_a, offset_b = PLACES[k][of_a], PLACES[k][1 - of_a]
        there_a = stand(side_a.carriage, middle[side_a.column] + offset_a * reach[side_a.column], 0.0)
        there_b = stand(side_b.carriage, middle[side_b.column] + offset_b * reach[side_b.column], 0.0)
        _, x, y = triangle_gap(Meeting(side_a.tree, there_a, side_b.tree, there_b), i, j, work)
        if length(sub(x, y)) > TOUCHING:
            continue
        ball = ball_inside(there_a, there_b, side_b.tree, x, side_a.tree.corners[i], motion, work)
        if ball.depth < 0.5 * motion:
            other = ball_inside(there_b, there_a, side_a.tree, y, side_b.tree.corners[j], motion, work)
            if other.depth > ball.depth:
                ball = other
        if ball.depth > TOUCHING:
            p, q = placed(a, unplaced(there_a, ball.centre)), placed(b, unplaced(there_b, ball.centre))
            write_bowl(a, b, p, q, of_a, balls[k])
            balls[k, 0] -= (ball.depth - TOUCHING) ** 2


@jit
def above(side_a: Side, side_b: Side, middle: Floats, reach: Floats, hint: Ints, bowls: Floats, most: Floats) -> None:
    """Write bowls (n, places, 6) from the triangles of ``hint``, and (n,) what they bound all over the cell.

    Cells without such triangles keep what is there.
    """
    work = scratch()
    for k in range(len(middle)):
        if hint[k, 0] >= 0:
            found = write_bowls(side_a, side_b, middle[k], reach[k], hint[k, 0], hint[k, 1], bowls[k], work)
            most[k] = min(most[k], found)
