"""Bounds from below on the distance of two bodies that vary over a cell of poses as the distance does.

With x_k and V_k of the two scanned joints as in `convex_bounds`, they are of the form

    distance ≥ ℓ = L + Σ s_k x_k − Σ c_k V_k,

affine in the x_k and V_k. Take p and q, the nearest points of two triangles in the middle of the cell, and n along
p − q. Then s = n·v and c = max(0, n·r) at p, and s = −n·v and c = max(0, −n·r) at q, are what n·(p − q) does as the
joints turn. They may be any numbers: the search for the least separation of all triangles, each with a normal of its
own, relative to s and c (`motion_bounds`, `moving_planes`), says for which L the affine function is below the
distance of them all. What moves like p and q loses terms of third order only, and of second order if n·r has the
other sign.

As c ≥ 0 and V is convex in x, ℓ is concave: over a rectangle it is least at a corner, and where it is positive is a
convex part of the cell. All over that part surfaces are apart, so what is inside of what does not change there; and
where L > 0 the middle, in which one can ask, belongs to it.

Where prismatic joints carry one body beyond the joint that turns it (`drift`), in columns from the third on, the
bound has with the lean m = ±n also Σ g_k (t_k / Δ_k), g_k = Δ_k m·a_k, for t_k from the middle of the cell to either
side.

Where the motion is no function of the x_k (`convex_bounds`: chains, one joint for both, slides of columns 0 and 1),
s, c and g are 0: ℓ is a constant.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from simulator.certify.kernels.convex_bounds import Upper, column_of_a, follows_columns, write_near
from simulator.certify.kernels.drift import leaned, write_lean
from simulator.certify.kernels.inner_balls import write_balls
from simulator.certify.kernels.motion_bounds import Motion, moving, rates, sloped
from simulator.certify.kernels.moving_pair import MovingPair, Workspace, workspace
from simulator.certify.kernels.nearest import near_points
from simulator.certify.kernels.pair_bounds import (
    Collider,
    containment,
    greatest_motion,
    most_crossed,
    witnessed,
)
from simulator.certify.kernels.sentinels import INSIDE, TOUCHING_MM
from simulator.certify.kernels.separation import separation
from simulator.certify.kernels.vectors import Floats, Ints, dot, length, scaled, sub, two_of
from simulator.compiled import jit

AFFINE = 8
"""Numbers of an affine bound: L, s_0, s_1, c_0, c_1, in mm (and mm per mm on a prismatic joint), g_2, g_3, g_4."""
SLIDES = 5
"""Where those for slides begin."""
SLACK = 0.01
"""What a search may leave on the table, as a share of the motion in the cell."""
COARSE_MM = 250.0
"""Where bodies move by more, affine bounds are too low to be worth a search: only whether they are apart is asked."""
NEAR = 2.0
"""In multiples of the motion: two bodies nearer than that are bounded from above with balls inside them, too."""


class Lower(NamedTuple):
    """What the distance of a pair is at least in n cells, and what was found on the way.

    Attributes
    ----------
    affine : ndarray, shape (n, 8)
        Affine bounds; 0 where nothing is known.
    upper : Upper
        What it is at most.
    witness : ndarray of int32, shape (n, 2)
        The triangles that bound it.
    """

    affine: Floats
    upper: Upper
    witness: Ints


@jit
def with_slopes(cell: MovingPair, i: int, j: int, work: Workspace) -> tuple[Motion, Motion]:
    """Return two bodies with the slopes of the nearest points of two triangles; none if these touch."""
    a, b = cell.a, cell.b
    if i < 0:
        return a, b
    p, q = near_points(cell, i, j, work)
    D = sub(p, q)
    apart = length(D)
    if apart <= TOUCHING_MM:
        return a, b
    v, r = rates(a, p)
    u, t = rates(b, q)
    n = scaled(1.0 / apart, D)
    return (
        sloped(a, dot(D, v) / apart, max(dot(D, r) / apart, 0.0), n),
        sloped(b, -dot(D, u) / apart, max(-dot(D, t) / apart, 0.0), scaled(-1.0, n)),
    )


@jit
def lower_bounds(
    body_a: Collider, body_b: Collider, middle: Floats, reach: Floats, top: Floats, hint: Ints, known: Upper
) -> Lower:
    """Return affine bounds of n cells, and better upper ones where other triangles turn out to be nearest.

    Parameters
    ----------
    body_a, body_b : Collider
        The bodies.
    middle, reach : ndarray, shape (n, k)
        The cells: two joints, and those that slide.
    top : ndarray, shape (n,)
        In mm, positive; a pair proven to be at least so far apart all over a cell gets L = ``top`` and no slopes.
    hint : ndarray of int32, shape (n, 2)
        Two triangles near each other, or NO_TRIANGLE.
    known : Upper
        Of the triangles of ``hint``.
    """
    work = workspace()
    upper = Upper(known.near.copy(), known.inner.copy(), known.most.copy())
    found = Lower(np.zeros((len(middle), AFFINE)), upper, hint.copy())
    for k in range(len(middle)):
        a, b = moving(body_a.kinematics, middle[k], reach[k]), moving(body_b.kinematics, middle[k], reach[k])
        cell = MovingPair(body_a.tree, a, body_b.tree, b)
        i, j = two_of(hint, k)
        to_a, to_b = a, b
        if follows_columns(a, body_a, b, body_b):
            to_a, to_b = with_slopes(cell, i, j, work)
        swing = abs(to_a.slope) * a.sine + abs(to_b.slope) * b.sine + leaned(to_a.drift) + leaned(to_b.drift)
        fall = swing + to_a.bend * a.versine + to_b.bend * b.versine  # by how much ℓ can be less than L  # @fall
        motion = greatest_motion(cell)
        is_coarse = motion > COARSE_MM
        floor = top[k] + fall - TOUCHING_MM if is_coarse else -swing
        relative = MovingPair(body_a.tree, to_a, body_b.tree, to_b)
        gap, near_i, near_j = separation(relative, top[k] + fall, floor, SLACK * motion, (i, j), work)
        is_apart = near_i < 0
        if not is_apart:
            if near_i != i or near_j != j:
                i, j = near_i, near_j
                found.witness[k, 0], found.witness[k, 1] = i, j
                most = write_near(body_a, body_b, middle[k], reach[k], (i, j), upper.near[k], work)
                upper.most[k] = min(upper.most[k], most)
            seen = witnessed(cell, i, j, work)
            if seen.apart <= TOUCHING_MM:
                upper.most[k] = min(upper.most[k], most_crossed(cell, seen, i, j, work))
            if upper.most[k] >= 0.0 and not is_coarse and seen.apart <= min(NEAR * motion, top[k] + motion):
                most = write_balls(body_a, body_b, middle[k], reach[k], (i, j), motion, upper.inner[k], work)
                upper.most[k] = min(upper.most[k], most)
            if gap <= 0.0 or is_coarse:  # a search that stopped early has not seen the least
                continue
        is_known, is_held = containment(body_a, body_b, cell, work)
        if is_held:
            if is_apart or gap > fall + TOUCHING_MM:
                upper.most[k] = INSIDE
        elif is_known:
            found.affine[k, 0] = top[k] if is_apart else gap  # @affine
            if not is_apart:
                of_a = column_of_a(a, body_a, b, body_b)
                found.affine[k, 1 + of_a], found.affine[k, 2 - of_a] = to_a.slope, to_b.slope  # @slopes
                found.affine[k, 3 + of_a], found.affine[k, 4 - of_a] = to_a.bend, to_b.bend
                write_lean(to_a.drift, body_a.kinematics.slides, found.affine[k, SLIDES:])
                write_lean(to_b.drift, body_b.kinematics.slides, found.affine[k, SLIDES:])
    return found
