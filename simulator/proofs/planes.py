"""Bounds on the distance of two bodies that vary over a cell of poses as the distance does.

For offsets θ_k of the two scanned joints from the middle of a cell, with reach δ_k, let x_k = sin θ_k and
V_k = 1 − cos θ_k (on a prismatic joint x_k = θ_k and V_k = 0). A point p of one body goes to p + x v − V r
(`simulator.proofs.slabs`); q of the other likewise, with its own joint.

* From below, a plane:  distance ≥ L + Σ s_k x_k − Σ c_k V_k.  With n along the nearest points p, q in the middle,
  s = n·v and c = max(0, n·r) at p, and s = −n·v, c = max(0, −n·r) at q, are what n·(p − q) does. They may be any
  numbers: the search for the least slab, relative to them, says for which L the plane is below the distance of all
  triangles (`leaning`). It is concave in x, so over a rectangle least at a corner.
* From above, a bowl: for any two points, D = p − q goes to D + Σ x_k W_k + Σ V_k E_k, where W = v, E = −r for the
  joint of p and W = −v, E = r for that of q. From 0 to δ, x²/2 ≤ V ≤ x²/(1 + cos δ), and E_k is across W_k, so

      distance² ≤ |D + Σ x_k W_k|² + Σ x_k² (1 or 2/(1 + cos δ_k)) D·E_k + remainder,

  with 1 where D·E_k < 0 and a remainder of third order,
  2 Σ_{k≠l} sin δ_k (1 − cos δ_l) |W_k·E_l| + (Σ (1 − cos δ_k) |E_k|)². Where the negative terms would make it not
  convex, they are left out. It is convex in x, so over a rectangle greatest at a corner.

Both lose only terms of third order where one pair of points stays nearest, and hold wherever they do not. One bowl is
good near the pose where its points are nearest: some are made, with the points that two triangles have nearest in
the middle and half-way to the corners of the cell.
"""

from __future__ import annotations

from typing import NamedTuple

from simulator.proofs.bounds import INSIDE, NEVER, TOUCHING, Side, furthest, held, inside_out, look
from simulator.proofs.compiled import inlined, jit
from simulator.proofs.depth import distance_to, is_inside
from simulator.proofs.search import Meeting, Scratch, least_gap, scratch, triangle_gap
from simulator.proofs.slabs import FIXED, Stand, leaning, pace, placed, stand, unplaced
from simulator.proofs.trees import Tree
from simulator.proofs.vectors import Floats, Ints, Vector, add, dot, length, scaled, sub, vector

SLACK = 0.01
"""What a search may leave on the table, as a share of the motion in the cell."""
BALL_STEP = 2.0
"""How far from a crossing a point inside is looked for, in multiples of the motion."""
COARSE_MM = 150.0
"""Cells with more motion than this are only asked whether they are far from everything."""
PLANE = 5
"""Numbers of a plane: L, s_0, s_1, c_0, c_1."""
BOWL = 6
"""Numbers of a bowl: of 1, x_0, x_1, x_0², x_1², x_0 x_1, whose sum bounds the square of the distance."""
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
    bowl[0] = dot(D, D) + across + out * out
    bowl[1 + of_a], bowl[1 + of_b] = 2.0 * dot(D, v), -2.0 * dot(D, u)
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
    bowls: Floats,
    work: Scratch,
) -> None:
    """Write balls of two triangles where they cross: bowls that are negative only where the bodies do."""
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
        ball = Ball(x, -1.0)
        if side_b.is_closed:
            ball = ball_inside(there_a, there_b, side_b.tree, x, side_a.tree.corners[i], motion, work)
        if side_a.is_closed and ball.depth < 0.5 * motion:
            other = ball_inside(there_b, there_a, side_a.tree, y, side_b.tree.corners[j], motion, work)
            if other.depth > ball.depth:
                ball = other
        if ball.depth > TOUCHING:
            p, q = placed(a, unplaced(there_a, ball.centre)), placed(b, unplaced(there_b, ball.centre))
            bowl = bowls[len(PLACES) + k]
            write_bowl(a, b, p, q, of_a, bowl)
            bowl[0] -= (ball.depth - TOUCHING) ** 2


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


@jit
def below(
    side_a: Side,
    side_b: Side,
    middle: Floats,
    reach: Floats,
    top: Floats,
    hint: Ints,
    plane: Floats,
    bowls: Floats,
    most: Floats,
) -> None:
    """Write planes of n cells, and bowls of the nearest triangles where those turn out to be others.

    Parameters
    ----------
    side_a, side_b : Side
        The bodies.
    middle, reach : ndarray, shape (n, 2)
        The cells.
    top : ndarray, shape (n,)
        In mm; a pair that is at least so far apart all over a cell is proven to be, and gets the plane L = ``top``.
    hint : ndarray of int32, shape (n, 2)
        Two triangles near each other, or -1; replaced by those that bound the distance.
    plane : ndarray, shape (n, 5)
        Answers, in mm and mm per unit of x or V.
    bowls, most : ndarray, shapes (n, places, 6) and (n,)
        As `above` wrote them. ``most`` becomes -1 where every pose collides for certain.
    """
    work = scratch()
    for k in range(len(middle)):
        a = stand(side_a.carriage, middle[k, side_a.column], reach[k, side_a.column])
        b = stand(side_b.carriage, middle[k, side_b.column], reach[k, side_b.column])
        still = Meeting(
            side_a.tree,
            stand(side_a.carriage, middle[k, side_a.column], 0.0),
            side_b.tree,
            stand(side_b.carriage, middle[k, side_b.column], 0.0),
        )
        level = Meeting(side_a.tree, a, side_b.tree, b)
        i, j = hint[k, 0], hint[k, 1]
        slope_a, slope_b, bend_a, bend_b = 0.0, 0.0, 0.0, 0.0
        if i >= 0:
            _, p, q = triangle_gap(still, i, j, work)
            D = sub(p, q)
            apart = length(D)
            if apart > TOUCHING:
                v, r = pace(a, p)
                u, t = pace(b, q)
                slope_a, slope_b = dot(D, v) / apart, -dot(D, u) / apart
                bend_a, bend_b = max(dot(D, r) / apart, 0.0), max(-dot(D, t) / apart, 0.0)
        moving = Meeting(side_a.tree, leaning(a, slope_a, bend_a), side_b.tree, leaning(b, slope_b, bend_b))
        swing = abs(slope_a) * a.sine + abs(slope_b) * b.sine
        fall = swing + bend_a * a.versine + bend_b * b.versine
        motion = furthest(level)
        floor = -swing if motion <= COARSE_MM else top[k] + fall - TOUCHING
        gap, near_i, near_j = least_gap(moving, top[k] + fall, floor, SLACK * motion, (i, j), work)
        if near_i >= 0 and motion > COARSE_MM:
            gap = -1.0
        is_apart = near_i < 0
        if not is_apart:
            if near_i != i or near_j != j:
                i, j = near_i, near_j
                hint[k, 0], hint[k, 1] = i, j
                found = write_bowls(side_a, side_b, middle[k], reach[k], i, j, bowls[k], work)
                most[k] = min(most[k], found)
            found_there = look(still, level, i, j, work)
            if found_there.apart <= TOUCHING:
                is_closed_a, is_closed_b = side_a.is_closed, side_b.is_closed
                most[k] = min(most[k], inside_out(level, found_there, i, j, is_closed_a, is_closed_b, work))
            bowls[k, len(PLACES) :, 0] = NEVER
            if gap < 0.0 <= most[k] and motion <= COARSE_MM:
                write_balls(side_a, side_b, middle[k], reach[k], i, j, motion, bowls[k], work)
        plane[k] = 0.0
        if gap <= 0.0:
            continue  # the surfaces may meet in the middle, where one would ask which holds which
        # Surfaces are apart wherever the plane is positive: a convex part of the cell that holds the middle. What is
        # inside there is inside all over that part, and what is not, is not.
        known_a, a_is_held = held(a, side_a.probes, b, side_b.tree, side_b.is_closed, work)
        known_b, b_is_held = held(b, side_b.probes, a, side_a.tree, side_a.is_closed, work)
        if a_is_held or b_is_held:
            if gap > fall + TOUCHING:
                most[k] = INSIDE
        elif known_a and known_b:
            if is_apart:
                plane[k, 0] = top[k]
            else:
                of_a = column_of_a(a, side_a, b, side_b)
                plane[k, 0] = gap
                plane[k, 1 + of_a], plane[k, 2 - of_a] = slope_a, slope_b
                plane[k, 3 + of_a], plane[k, 4 - of_a] = bend_a, bend_b
