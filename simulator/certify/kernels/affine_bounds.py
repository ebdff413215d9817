"""Bounds from below on the distance of two bodies that vary over a cell of poses as the distance does.

With x_k and V_k of the two scanned joints as in `convex_bounds`, they are of the form

    distance ≥ ℓ = L + Σ s_k x_k − Σ c_k V_k.

Take p and q, the nearest points of two triangles in the middle of the cell, and n along p − q. Then s = n·v and
c = max(0, n·r) at p, and s = −n·v and c = max(0, −n·r) at q, are what n·(p − q) does as the joints turn. They may be
any numbers: the search for the least slab of all triangles, each with a normal of its own, relative to s and c
(`motion_bounds`, `moving_planes`), says for which L the plane is below the distance of them all.
What moves like p and q loses terms of third order only, and of second order if n·r has the other sign.

As c ≥ 0 and V is convex in x, ℓ is concave: over a rectangle it is least at a corner, and where it is positive is a
convex part of the cell. All over that part surfaces are apart, so what is inside of what does not change there; and
where L > 0 the middle, in which one can ask, belongs to it.
"""

from __future__ import annotations

from simulator.certify.kernels.compiled import jit
from simulator.certify.kernels.convex_bounds import PLACES, column_of_a, write_balls, write_bowls
from simulator.certify.kernels.motion_bounds import Stand, leaning, pace, stand
from simulator.certify.kernels.pair_bounds import INSIDE, NEVER, TOUCHING, Side, furthest, held, inside_out, look
from simulator.certify.kernels.separation import Meeting, Scratch, least_gap, scratch, triangle_gap
from simulator.certify.kernels.vectors import Floats, Ints, dot, length, sub

PLANE = 5
"""Numbers of a plane: L, s_0, s_1, c_0, c_1, in mm (and mm per mm on a prismatic joint)."""
SLACK = 0.01
"""What a search may leave on the table, as a share of the motion in the cell."""
COARSE_MM = 250.0
"""Where bodies move by more, planes are too far below to be worth a search: only whether they are apart is asked."""


@jit
def lean(still: Meeting, a: Stand, b: Stand, i: int, j: int, work: Scratch) -> tuple[Stand, Stand]:
    """Return two bodies that lean as the nearest points of two triangles move; upright if they touch, or are none."""
    if i < 0:
        return a, b
    _, p, q = triangle_gap(still, i, j, work)
    D = sub(p, q)
    apart = length(D)
    if apart <= TOUCHING:
        return a, b
    v, r = pace(a, p)
    u, t = pace(b, q)
    return (
        leaning(a, dot(D, v) / apart, max(dot(D, r) / apart, 0.0)),
        leaning(b, -dot(D, u) / apart, max(-dot(D, t) / apart, 0.0)),
    )


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
    """Write planes of n cells, bowls of the nearest triangles where those turn out to be others, and balls.

    Parameters
    ----------
    side_a, side_b : Side
        The bodies.
    middle, reach : ndarray, shape (n, 2)
        The cells.
    top : ndarray, shape (n,)
        In mm, positive; a pair proven to be at least so far apart all over a cell gets the plane L = ``top``.
    hint : ndarray of int32, shape (n, 2)
        Two triangles near each other, or -1; replaced by those that bound the distance.
    plane : ndarray, shape (n, 5)
        Answers; 0 where nothing is known.
    bowls, most : ndarray, shapes (n, 2 places, 6) and (n,)
        As `convex_bounds.above` left them. ``most`` becomes -1 where every pose collides for certain.
    """
    work = scratch()
    for k in range(len(middle)):
        a = stand(side_a.carriage, middle[k, side_a.column], reach[k, side_a.column])
        b = stand(side_b.carriage, middle[k, side_b.column], reach[k, side_b.column])
        level = Meeting(side_a.tree, a, side_b.tree, b)
        still = Meeting(
            side_a.tree,
            stand(side_a.carriage, middle[k, side_a.column], 0.0),
            side_b.tree,
            stand(side_b.carriage, middle[k, side_b.column], 0.0),
        )
        i, j = hint[k, 0], hint[k, 1]
        to_a, to_b = lean(still, a, b, i, j, work)
        swing = abs(to_a.slope) * a.sine + abs(to_b.slope) * b.sine
        fall = swing + to_a.bend * a.versine + to_b.bend * b.versine  # by how much ℓ can be less than L  # @fall
        motion = furthest(level)
        is_coarse = motion > COARSE_MM
        floor = top[k] + fall - TOUCHING if is_coarse else -swing
        gap, near_i, near_j = least_gap(
            Meeting(side_a.tree, to_a, side_b.tree, to_b), top[k] + fall, floor, SLACK * motion, (i, j), work
        )
        plane[k] = 0.0
        bowls[k, len(PLACES) :, 0] = NEVER
        is_apart = near_i < 0
        if not is_apart:
            if near_i != i or near_j != j:
                i, j = near_i, near_j
                hint[k, 0], hint[k, 1] = i, j
                most[k] = min(most[k], write_bowls(side_a, side_b, middle[k], reach[k], i, j, bowls[k], work))
            seen = look(still, level, i, j, work)
            if seen.apart <= TOUCHING:
                inside = inside_out(level, seen, i, j, work)
                most[k] = min(most[k], inside)
                if most[k] >= 0.0 and not is_coarse:
                    balls = bowls[k, len(PLACES) :]
                    write_balls(side_a, side_b, middle[k], reach[k], i, j, motion, balls, work)
            if gap <= 0.0 or is_coarse:  # a search that stopped early has not seen the least
                continue
        known_a, a_is_held = held(a, side_a.probes, b, side_b.tree, work)
        known_b, b_is_held = held(b, side_b.probes, a, side_a.tree, work)
        if a_is_held or b_is_held:
            if is_apart or gap > fall + TOUCHING:
                most[k] = INSIDE
        elif known_a and known_b:
            if is_apart:
                plane[k, 0] = top[k]
            else:
                of_a = column_of_a(a, side_a, b, side_b)
                plane[k, 0] = gap  # @plane
                plane[k, 1 + of_a], plane[k, 2 - of_a] = to_a.slope, to_b.slope  # @slopes
                plane[k, 3 + of_a], plane[k, 4 - of_a] = to_a.bend, to_b.bend
