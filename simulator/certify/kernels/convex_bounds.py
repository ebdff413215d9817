"""Bounds from above on the distance of two bodies that vary over a cell of poses as the distance does.

For offsets θ_k of the two scanned joints from the middle of a cell, with reach δ_k, let x_k = sin θ_k and
V_k = 1 − cos θ_k (on a prismatic joint x_k = θ_k and V_k = 0). A point p of one body goes to p + x v − V r
(`simulator.certify.kernels.motion_bounds`); q of the other likewise, with its own joint. So D = p − q goes to

    D + Σ x_k W_k + Σ V_k E_k,    W = v, E = −r for the joint of p,    W = −v, E = r for that of q.

From 0 to δ, x²/2 ≤ V ≤ x²/(1 + cos δ), and E_k is across W_k, so

    distance² ≤ |D + Σ x_k W_k|² + Σ x_k² (1 or 2/(1 + cos δ_k)) D·E_k + remainder,

with 1 where D·E_k < 0 and a remainder of third order,
2 Σ_{k≠l} sin δ_k (1 − cos δ_l) |W_k·E_l| + (Σ (1 − cos δ_k) |E_k|)². Where the negative terms would make it not
convex, they are left out. That polynomial, a *quadratic*, is convex in x, so over a rectangle greatest at a corner.

One quadratic is good near the pose where its points are nearest: some are made, with the points that two triangles
have nearest in the middle of the cell and half-way to its corners.

Others are of a point p of one body and of c, the centre of a ball of radius r that lies inside the other, a closed
one (`inner_balls`): the distance is at most |p − c| − r, and where that is negative they collide.

Prismatic joints beyond the one that turns (`drift`) add R(θ) u: what that can make of the square is in its constant.

Where a chain carries a body, or one joint both of them, or one of a column from the third on, or a slide beyond the
turning joint is of one of the first two, the motion is no such function of x: then a quadratic is a constant, the
square of the greatest distance of its two points. So it is where a joint mimics one of the other kind: that is a
chain (`simulator.certify.prover`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from simulator.certify.kernels.drift import farthest, follow_columns_from, widening
from simulator.certify.kernels.motion_bounds import (
    CHAIN,
    FIXED,
    SLIDING,
    Motion,
    most_apart,
    moving,
    placed,
    rates,
    standing,
    unplaced,
)
from simulator.certify.kernels.moving_pair import MovingPair, Workspace, workspace
from simulator.certify.kernels.nearest import near_points
from simulator.certify.kernels.pair_bounds import Collider
from simulator.certify.kernels.sentinels import FAR_MM, ROUNDING_MM2
from simulator.certify.kernels.vectors import Floats, Ints, Vector, dot, length, sub, two_of
from simulator.compiled import inlined, jit

QUADRATIC = 6
"""Numbers of a quadratic: of 1, x_0, x_1, x_0², x_1², x_0 x_1, whose sum bounds the square of the distance."""
BALL = QUADRATIC + 1
"""Numbers of a quadratic of a point and a ball's centre, and the ball's radius."""
PLACES = ((0.0, 0.0), (-0.5, -0.5), (-0.5, 0.5), (0.5, -0.5), (0.5, 0.5))
"""Where in a cell, as shares of its reach, the points of its quadratics are nearest."""


class Upper(NamedTuple):
    """What the distance of a pair is at most in n cells.

    Attributes
    ----------
    near : ndarray, shape (n, places, 6)
        Quadratics that bound its square.
    inner : ndarray, shape (n, places, 7)
        Quadratics of a point and the centre of a ball inside the other body, and the radius of that.
    most : ndarray, shape (n,)
        A bound all over the cell, in mm; INSIDE where every pose collides for certain.
    """

    near: Floats
    inner: Floats
    most: Floats


@inlined
def follows_columns(a: Motion, body_a: Collider, b: Motion, body_b: Collider) -> bool:
    """Return whether the motion is that of one joint each at most, of columns 0 and 1, slides beyond of others."""
    if a.kind == CHAIN or b.kind == CHAIN:
        return False
    if not (follow_columns_from(body_a.kinematics.slides, 2) and follow_columns_from(body_b.kinematics.slides, 2)):
        return False  # @slides_apart
    column_a, column_b = body_a.kinematics.column, body_b.kinematics.column
    if (a.kind != FIXED and column_a > 1) or (b.kind != FIXED and column_b > 1):
        return False
    return a.kind == FIXED or b.kind == FIXED or column_a != column_b


@inlined
def column_of_a(a: Motion, body_a: Collider, b: Motion, body_b: Collider) -> int:
    """Return the column, 0 or 1, of the numbers of a's joint; those of b's are in the other, whichever of them moves.

    Where the motion follows no columns all these numbers are 0, and either will do.
    """
    if a.kind != FIXED:
        return min(body_a.kinematics.column, 1)
    return 1 - min(body_b.kinematics.column, 1) if b.kind != FIXED else 0


@inlined
def slid_alone(body: Motion) -> float:
    """Return how far the one joint of a body that slides brings it; 0 of any other."""
    return body.sine if body.kind == SLIDING else 0.0


@jit
def write_constant(a: Motion, b: Motion, p: Vector, q: Vector, quadratic: Floats) -> float:
    """Write the constant quadratic of a point p of a and q of b, and return their greatest distance over the cell."""
    most = most_apart(a, b, p, q)  # @constant
    quadratic[:] = 0.0
    quadratic[0] = most * most + ROUNDING_MM2
    return most


@jit
def write_quadratic(a: Motion, b: Motion, p: Vector, q: Vector, of_a: int, quadratic: Floats) -> float:
    """Write the quadratic of a point p of a and q of b, and return their greatest distance over the cell."""
    D = sub(p, q)
    v, r = rates(a, p)
    u, t = rates(b, q)
    of_b = 1 - of_a
    bend_a, bend_b = -dot(D, r), dot(D, t)
    more_a, more_b = max(bend_a, 0.0) * 2.0 / (2.0 - a.versine), max(bend_b, 0.0) * 2.0 / (2.0 - b.versine)
    across = 2.0 * (a.sine * b.versine * abs(dot(v, t)) + b.sine * a.versine * abs(dot(u, r)))
    out = a.versine * length(r) + b.versine * length(t)
    moved = a.turn * length(r) + b.turn * length(t) + slid_alone(a) + slid_alone(b)
    slid = farthest(a.drift) + farthest(b.drift)
    wider = widening(a.drift, D, moved) + widening(b.drift, D, moved) + slid * slid
    quadratic[0] = dot(D, D) + across + out * out + wider + ROUNDING_MM2
    quadratic[1 + of_a], quadratic[1 + of_b] = 2.0 * dot(D, v), -2.0 * dot(D, u)  # @quadratic
    square_a, square_b, mixed = dot(v, v) + more_a, dot(u, u) + more_b, -2.0 * dot(v, u)
    less_a, less_b = square_a + min(bend_a, 0.0), square_b + min(bend_b, 0.0)
    if less_a >= 0.0 and less_b >= 0.0 and 4.0 * less_a * less_b >= mixed * mixed:
        square_a, square_b = less_a, less_b
    quadratic[3 + of_a], quadratic[3 + of_b], quadratic[5] = square_a, square_b, mixed
    x, y = a.sine, b.sine
    square = quadratic[0] + square_a * x * x + square_b * y * y
    square += max(
        abs(quadratic[1 + of_a] * x + quadratic[1 + of_b] * y) + mixed * x * y,
        abs(quadratic[1 + of_a] * x - quadratic[1 + of_b] * y) - mixed * x * y,
    )
    return float(max(square, 0.0) ** 0.5)


@jit
def write_near(
    body_a: Collider,
    body_b: Collider,
    middle: Floats,
    reach: Floats,
    triangles: tuple[int, int],
    quadratics: Floats,
    work: Workspace,
) -> float:
    """Write the quadratics (places, 6) of two triangles, and return a bound on the distance all over the cell."""
    a, b = moving(body_a.kinematics, middle, reach), moving(body_b.kinematics, middle, reach)
    follows = follows_columns(a, body_a, b, body_b)
    of_a = column_of_a(a, body_a, b, body_b)
    most, place = FAR_MM, middle.copy()
    for k in range(len(PLACES)):
        place[0], place[1] = middle[0] + PLACES[k][0] * reach[0], middle[1] + PLACES[k][1] * reach[1]
        at_a, at_b = standing(body_a.kinematics, place), standing(body_b.kinematics, place)
        there = MovingPair(body_a.tree, at_a, body_b.tree, at_b)
        p, q = near_points(there, triangles[0], triangles[1], work)
        p, q = placed(a, unplaced(at_a, p)), placed(b, unplaced(at_b, q))
        if follows:
            most = min(most, write_quadratic(a, b, p, q, of_a, quadratics[k]))
        else:
            most = min(most, write_constant(a, b, p, q, quadratics[k]))
    return most


@jit
def unknown(count: int) -> Upper:
    """Return what is known of cells before anything is asked: nothing."""
    near, inner = np.zeros((count, len(PLACES), QUADRATIC)), np.zeros((count, len(PLACES), BALL))
    found = Upper(near, inner, np.full(count, FAR_MM))
    found.near[:, :, 0] = FAR_MM
    found.inner[:, :, 0] = FAR_MM
    return found


@jit
def upper_bounds(body_a: Collider, body_b: Collider, middle: Floats, reach: Floats, hint: Ints) -> Upper:
    """Return what the distance of two bodies is at most in n cells, from two triangles each.

    Parameters
    ----------
    body_a, body_b : Collider
        The bodies.
    middle, reach : ndarray, shape (n, k)
        The cells: two joints, and those that slide.
    hint : ndarray of int32, shape (n, 2)
        Two triangles near each other; with NO_TRIANGLE nothing is known.
    """
    work = workspace()
    found = unknown(len(middle))
    for k in range(len(middle)):
        if hint[k, 0] >= 0:
            triangles = two_of(hint, k)
            found.most[k] = write_near(body_a, body_b, middle[k], reach[k], triangles, found.near[k], work)
    return found


def negative_inside(balls: Floats) -> Floats:
    """Return quadratics (..., 6) that are negative where a point is inside a ball (..., 7)."""
    quadratics = balls[..., :QUADRATIC].copy()
    quadratics[..., 0] -= balls[..., QUADRATIC] ** 2
    return quadratics
