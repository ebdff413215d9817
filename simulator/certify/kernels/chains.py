"""How far a point can move, and along a direction, on a chain of joints that all move a little.

Joints 1 ... m, from the room outwards, revolute or prismatic, each reach Δᵢ (radians or mm) to either side of the
middle of a cell. There joint i has the unit axis aᵢ through cᵢ. A point p of the body moves with each of them by

    ∂ᵢp = aᵢ × (p − cᵢ)  (revolute)    or    ∂ᵢp = aᵢ  (prismatic),

for the joints further out, and p, are carried by i as one rigid body. For the same reason i moves the vector ∂ⱼp of a
joint j further out (or ∂ᵢp itself) as it moves any vector: a revolute one by aᵢ × ∂ⱼp, a prismatic one not at all. So
for i ≤ j, everywhere in the cell,

    |∂ᵢ∂ⱼp| ≤ 0 if i is prismatic;  1 if only j is;  rⱼ if none is,

where rⱼ(p) is at least the distance of p from axis j, all over the cell. That distance is changed only by the joints
beyond j, along the straight way from the middle by no more than Δₖ rₖ (or Δₖ mm) each. From the tip inwards:

    rⱼ = (distance in the middle) + Σ over k > j of Δₖ rₖ or Δₖ,    displacement ≤ Σ over all k of the same.

Taylor's theorem along that straight way gives for any vector n, of any length,

    n·p(q) ≥ n·p − Σ |n·∂ᵢp| Δᵢ − |n| Σⱼ bⱼ rⱼ,    bⱼ = Δⱼ (Δⱼ/2 + Sⱼ),  Sⱼ = Σ of Δᵢ of the revolute i < j,

with Δⱼ Sⱼ in place of bⱼ rⱼ for a prismatic j. All that is taken off is convex in p: absolute values of affine
functions, and distances. So over a triangle the bound is least at a corner.

One value may move several joints, by their own or because others mimic it. For the terms of second order each of them
counts as a joint: the box of all their values holds those that occur. But of first order they move p together: if the
joints i of one value x, |x| ≤ Δ, follow it times mᵢ, the derivative along x is Σ mᵢ ∂ᵢp, and n·p changes by at most
|Σ mᵢ n·∂ᵢp| Δ. That is the absolute value of a sum of functions that are affine in p, so convex, too; and it is the
sum of the parts only if they all move the same way: of a chain that turns forth and back, only what is left counts.

Values xᵢ of some joints may be known to lie in an ellipsoid together, Σ (xᵢ / Δᵢ)² ≤ 1. Of their first-order terms
the sum is then at most √Σ (n·∂ᵢp Δᵢ)² (Cauchy and Schwarz), a norm of affine functions, and convex in p as well; and
as the ellipsoid lies in the box, the terms of second order hold as they are.

In the body's own axes nothing of this needs p to be placed in the room.
"""

from __future__ import annotations

from math import radians, sqrt

import numpy as np

from simulator.certify.kernels.vectors import (
    IDENTITY,
    ORIGIN,
    Floats,
    Rows,
    Vector,
    add,
    cross,
    dot,
    length,
    product,
    rotation,
    scaled,
    sub,
    turned,
    turned_back,
)
from simulator.compiled import inlined, unless_none

SLIDES, COLUMN, MULTIPLIER, AXIS, POINT, ROUND, NUMBERS = 0, 1, 2, 3, 6, 9, 10
"""Of a joint of a chain at 0, in the room: whether it is prismatic, the column of a pose that it follows and times
what, its unit axis and a point of it; and whether its value is one of those that lie in an ellipsoid together."""
REACH, BEND = 1, 2
"""Of a joint in a cell, in the body's axes, in place of column and multiplier: Δ, negative if it goes against its
value, and b (or Δ S)."""
SAME, COUNTED, NUMBERS_IN_CELL = 10, 11, 12
"""Further in a cell: the next joint towards the room that follows the same value, -1 if none does; and whether one
towards the tip does."""


def standing_still(
    _chain: None, rows: Rows, shift: Vector, _middle: Floats, _reach: Floats, _share: float
) -> tuple[Rows, Vector, None, float, float]:
    """Return a body that no chain carries."""
    return rows, shift, None, 0.0, 0.0


def nothing(_joints: None, *_: Vector) -> float:
    """Return 0 for a body that no chain carries."""
    return 0.0


@unless_none(standing_still)
def chain_in_cell(
    chain: Floats, rows: Rows, shift: Vector, middle: Floats, reach: Floats, share: float
) -> tuple[Rows, Vector, Floats, float, float]:
    """Return a body in the middle of a cell: rotation, translation, its joints (m, 12), how far all turn and slide.

    ``rows`` and ``shift`` place the body with all joints at 0; joints reach as far as a share of ``reach``.
    """
    joints = np.empty((len(chain), NUMBERS_IN_CELL))
    R, t = IDENTITY, ORIGIN
    turns, slides = 0.0, 0.0
    for i in range(len(chain)):
        column = int(chain[i, COLUMN])
        value = chain[i, MULTIPLIER] * middle[column]
        delta = abs(chain[i, MULTIPLIER]) * reach[column] * share
        sense = -1.0 if chain[i, MULTIPLIER] < 0.0 else 1.0
        axis = (chain[i, AXIS], chain[i, AXIS + 1], chain[i, AXIS + 2])
        point = (chain[i, POINT], chain[i, POINT + 1], chain[i, POINT + 2])
        joints[i, SLIDES], joints[i, ROUND] = chain[i, SLIDES], chain[i, ROUND]
        joints[i, SAME], joints[i, COUNTED] = -1.0, 0.0
        for k in range(i):
            if int(chain[k, COLUMN]) == column:
                joints[i, SAME], joints[k, COUNTED] = k, 1.0
        joints[i, AXIS], joints[i, AXIS + 1], joints[i, AXIS + 2] = turned(R, axis)
        joints[i, POINT], joints[i, POINT + 1], joints[i, POINT + 2] = add(turned(R, point), t)
        if chain[i, SLIDES] > 0.0:
            joints[i, REACH], joints[i, BEND] = sense * delta, delta * turns
            t = add(t, scaled(value, turned(R, axis)))
            slides += delta
        else:
            delta = radians(delta)
            joints[i, REACH], joints[i, BEND] = sense * delta, delta * (0.5 * delta + turns)  # @chain_bend
            Q = rotation(axis, radians(value))
            t = add(t, turned(R, sub(point, turned(Q, point))))
            R = product(R, Q)
            turns += delta
    rows, shift = product(R, rows), add(turned(R, shift), t)
    for i in range(len(chain)):
        axis = turned_back(rows, (joints[i, AXIS], joints[i, AXIS + 1], joints[i, AXIS + 2]))
        point = (joints[i, POINT], joints[i, POINT + 1], joints[i, POINT + 2])
        joints[i, AXIS], joints[i, AXIS + 1], joints[i, AXIS + 2] = axis
        joints[i, POINT], joints[i, POINT + 1], joints[i, POINT + 2] = turned_back(rows, sub(point, shift))
    return rows, shift, joints, turns, slides


@inlined
def rate_of(joints: Floats, j: int, x: Vector) -> Vector:
    """Return how a joint moves a point x, for a radian or mm; both in the body's axes."""
    axis = (joints[j, AXIS], joints[j, AXIS + 1], joints[j, AXIS + 2])
    if joints[j, SLIDES] > 0.0:
        return axis
    return cross(axis, sub(x, (joints[j, POINT], joints[j, POINT + 1], joints[j, POINT + 2])))


@unless_none(nothing)
def chain_decrease(joints: Floats, n: Vector, x: Vector) -> float:
    """Return by how much n·p can be less, anywhere in the cell, than in its middle; n and p in the body's axes."""
    along, squares, bends, moved = 0.0, 0.0, 0.0, 0.0
    for j in range(len(joints) - 1, -1, -1):
        rate = rate_of(joints, j, x)
        if joints[j, SLIDES] > 0.0:
            bends += joints[j, BEND]
            moved += abs(joints[j, REACH])
        else:
            radius = length(rate) + moved  # @chain_radius
            bends += joints[j, BEND] * radius
            moved += abs(joints[j, REACH]) * radius
        if joints[j, COUNTED] > 0.0:  # with one that follows the same value, nearer to the tip
            continue
        step = joints[j, REACH] * dot(n, rate)  # @chain_along
        k = int(joints[j, SAME])
        while k >= 0:
            step += joints[k, REACH] * dot(n, rate_of(joints, k, x))  # @chain_together
            k = int(joints[k, SAME])
        if joints[j, ROUND] > 0.0:
            squares += step * step
        else:
            along += abs(step)
    return along + sqrt(squares) + length(n) * bends


@unless_none(nothing)
def chain_displacement(joints: Floats, x: Vector) -> float:
    """Return how far a point x, in the body's axes, can get from where it is in the middle of the cell."""
    moved = 0.0
    for j in range(len(joints) - 1, -1, -1):
        if joints[j, SLIDES] > 0.0:
            moved += abs(joints[j, REACH])
        else:
            axis = (joints[j, AXIS], joints[j, AXIS + 1], joints[j, AXIS + 2])
            arm = sub(x, (joints[j, POINT], joints[j, POINT + 1], joints[j, POINT + 2]))
            moved += abs(joints[j, REACH]) * (length(cross(axis, arm)) + moved)  # @chain_displacement
    return moved
