"""How fast each joint moves two triangles apart: the derivatives of their distance.

With p and q the nearest points and n the unit vector from q to p, the distance of the triangles changes, for a small
step of a joint i, by n·∂ᵢp − n·∂ᵢq (envelope theorem: which points are nearest changes it in second order only).
"""

from __future__ import annotations

from math import radians

import numpy as np

from simulator.certify.kernels.chains import AXIS, COLUMN, MULTIPLIER, POINT, SLIDES
from simulator.certify.kernels.motion_bounds import (
    CHAIN,
    FIXED,
    TURNING,
    Kinematics,
    Motion,
    in_body,
    moving,
    standing,
    unplaced,
)
from simulator.certify.kernels.moving_pair import MovingPair, workspace
from simulator.certify.kernels.nearest import near_points
from simulator.certify.kernels.pair_bounds import Collider
from simulator.certify.kernels.sentinels import NO_TRIANGLE, TOUCHING_MM
from simulator.certify.kernels.separation import separation
from simulator.certify.kernels.vectors import (
    Floats,
    Ints,
    Rows,
    Vector,
    cross,
    dot,
    length,
    scaled,
    sub,
    turned_back,
    two_of,
)
from simulator.compiled import jit, unless_none


def nothing(_chain: None, *_: object) -> None:
    """Add nothing for a body that no chain carries."""


@unless_none(nothing)
def add_chain_rates(chain: Floats, joints: Floats, n: Vector, x: Vector, rates: Floats) -> None:
    """Add how fast the joints of a chain move a point x along n, both in the body's axes."""
    for j in range(len(chain)):
        axis = (joints[j, AXIS], joints[j, AXIS + 1], joints[j, AXIS + 2])
        column = int(chain[j, COLUMN])
        if chain[j, SLIDES] > 0.0:
            rates[column] += chain[j, MULTIPLIER] * dot(n, axis)
        else:
            arm = sub(x, (joints[j, POINT], joints[j, POINT + 1], joints[j, POINT + 2]))
            rates[column] += chain[j, MULTIPLIER] * radians(1.0) * dot(n, cross(axis, arm))


@unless_none(nothing)
def add_slide_rates(slides: Floats, rows: Rows, n: Vector, rates: Floats) -> None:
    """Add how fast slides beyond a turning joint move a body along n, in its axes, which rows turn to the slides'."""
    for k in range(len(slides)):
        rates[int(slides[k, 0])] += dot(n, turned_back(rows, (slides[k, 1], slides[k, 2], slides[k, 3])))


@jit
def add_rates(body: Kinematics, at: Motion, n: Vector, p: Vector, rates: Floats) -> None:
    """Add how fast each scanned joint moves a point p of a body along n, both in the room; per degree or mm."""
    if body.kind == CHAIN:
        add_chain_rates(body.chain, at.joints, in_body(at, n), unplaced(at, p), rates)
    elif body.kind == TURNING:
        rates[body.column] += radians(1.0) * dot(n, cross(body.axis, sub(p, body.origin)))
        add_slide_rates(body.slides, body.rows, in_body(at, n), rates)
    elif body.kind != FIXED:
        rates[body.column] += dot(n, body.axis)


@jit
def rates(body_a: Collider, body_b: Collider, poses: Floats, witness: Ints) -> tuple[Floats, Floats]:
    """Return how far apart two triangles are, (n,), and by how much more for a degree or mm of each joint, (n, k).

    Parameters
    ----------
    body_a, body_b : Collider
        The bodies.
    poses : ndarray, shape (n, k)
        Where they stand.
    witness : ndarray of int32, shape (n, 2)
        A triangle of each, or NO_TRIANGLE: no distance is known then. Where they touch there is no rate.
    """
    work = workspace()
    apart, found = np.full(len(poses), np.inf), np.zeros(poses.shape)
    for k in range(len(poses)):
        i, j = two_of(witness, k)
        if i < 0:
            continue
        a, b = standing(body_a.kinematics, poses[k]), standing(body_b.kinematics, poses[k])
        p, q = near_points(MovingPair(body_a.tree, a, body_b.tree, b), i, j, work)
        D = sub(p, q)
        apart[k] = length(D)
        if apart[k] > TOUCHING_MM:
            n = scaled(1.0 / apart[k], D)
            add_rates(body_a.kinematics, a, n, p, found[k])
            add_rates(body_b.kinematics, b, scaled(-1.0, n), q, found[k])
    return apart, found


@jit
def nearest_in(body_a: Collider, body_b: Collider, middle: Floats, reach: Floats, cap: float) -> Ints:
    """Return the triangles (n, 2) from which the least bound on the distance is, over cells (n, k); or NO_TRIANGLE.

    What is proven to be at least ``cap`` apart has none.
    """
    work = workspace()
    found = np.full((len(middle), 2), NO_TRIANGLE, np.int32)
    for k in range(len(middle)):
        a, b = moving(body_a.kinematics, middle[k], reach[k]), moving(body_b.kinematics, middle[k], reach[k])
        cell = MovingPair(body_a.tree, a, body_b.tree, b)
        _, i, j = separation(cell, cap, 0.0, 0.0, (NO_TRIANGLE, NO_TRIANGLE), work)
        found[k, 0], found[k, 1] = i, j
    return found
