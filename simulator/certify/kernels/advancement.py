"""The first contact of two bodies as one joint moves, by conservative advancement, and what is nearest there.

The joint is moved on by a step only if the two bodies are proven further apart than ``wanted`` all over the step
(`simulator.certify.kernels.separation`), so that no contact is passed. A step is twice the last one; where its proof
fails it is half of itself, and no more than what Newton's method proposes from the nearest points, less a little for
what bends (after Mirtich, Impulse-based dynamic simulation, 1996, with proofs in place of speeds).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from simulator.certify.kernels.motion_bounds import in_body, moving, placed, standing, unplaced
from simulator.certify.kernels.moving_pair import MovingPair, Workspace, workspace
from simulator.certify.kernels.nearest import Standing, in_the_middle, near_points, nearest
from simulator.certify.kernels.pair_bounds import Collider, containment
from simulator.certify.kernels.sentinels import FAR_MM, NO_TRIANGLE, ROUNDING_MM
from simulator.certify.kernels.separation import separation
from simulator.certify.kernels.vectors import Floats, Ints, Vector, dot, length, scaled, sub, vector
from simulator.compiled import jit

CLEAR, CONTACT, NOT_FREE = 0, 1, 2
"""What an approach comes to: the end of its way, a contact, or a start that is not free."""
LONGEST_STEP, FINEST_STEP = 32.0, 1e-6
"""Degrees or mm. Where no step as short is proven, bodies are in contact: what is nearest is some 1e-5 mm apart, and
rounding turns the line between by 1e-8."""
LEFT, LEAST_LEFT, MOST_LEFT = 0.02, 1e-3, 0.1
"""What share of the way to contact is left out for what bends: as much for each degree of it, within bounds."""
SMALL_STEP = 1e-3
"""Over which the speed of the nearest points is taken, to either side."""


class Approaches(NamedTuple):
    """What n approaches come to.

    Attributes
    ----------
    value : ndarray, shape (n,)
        Of the joint: at contact, or where its way ends, or starts if that is not free.
    outcome : ndarray of int32, shape (n,)
        CLEAR, CONTACT or NOT_FREE.
    points : ndarray, shape (n, 2, 3)
        The nearest points of either body at contact, in the room.
    rate : ndarray, shape (n,)
        By how many mm their distance grows for a unit of the joint.
    """

    value: Floats
    outcome: Ints
    points: Floats
    rate: Floats


@jit
def distance_rate(
    body_a: Collider, body_b: Collider, pose: Floats, column: int, p: Vector, q: Vector, along: Vector
) -> float:
    """Return by how many mm a unit of a joint takes point p of a from point q of b, along a unit vector."""
    at, way = pose[column], 0.0
    a, b = standing(body_a.kinematics, pose), standing(body_b.kinematics, pose)
    of_p, of_q = unplaced(a, p), unplaced(b, q)
    for side in (-1.0, 1.0):
        pose[column] = at + side * SMALL_STEP
        a, b = standing(body_a.kinematics, pose), standing(body_b.kinematics, pose)
        way += side * dot(along, sub(placed(a, of_p), placed(b, of_q)))
    pose[column] = at
    return way / (2.0 * SMALL_STEP)


@jit
def first_contacts(
    body_a: Collider, body_b: Collider, column: int, starts: Floats, stops: Floats, wanted: Floats
) -> Approaches:
    """Return where two bodies first come as near to each other as ``wanted``, each on n ways of one joint.

    Parameters
    ----------
    body_a, body_b : Collider
        The bodies.
    column : int
        Of the joint that moves.
    starts : ndarray, shape (n, k)
        The pose that each way starts at.
    stops : ndarray, shape (n,)
        The value of the joint that it ends at, on either side.
    wanted : ndarray, shape (n,)
        Distance in mm, at least 0, that counts as contact.
    """
    count = len(starts)
    found = Approaches(
        stops.copy(), np.full(count, CLEAR, np.int32), np.full((count, 2, 3), np.nan), np.full(count, np.nan)
    )
    work, reach = workspace(), np.zeros(starts.shape[1])
    for k in range(count):
        pose, middle = starts[k].copy(), starts[k].copy()
        sign = 1.0 if stops[k] >= pose[column] else -1.0
        floor, step, i, j = wanted[k] + ROUNDING_MM, LONGEST_STEP, NO_TRIANGLE, NO_TRIANGLE
        if not is_apart(body_a, body_b, pose, floor, work):
            found.value[k], found.outcome[k] = pose[column], NOT_FREE
            continue
        while sign * (stops[k] - pose[column]) > 0.0:
            step = min(step, sign * (stops[k] - pose[column]))
            middle[column], reach[column] = pose[column] + sign * step / 2.0, step / 2.0
            a, b = moving(body_a.kinematics, middle, reach), moving(body_b.kinematics, middle, reach)
            cell = MovingPair(body_a.tree, a, body_b.tree, b)
            least, near_i, near_j = separation(cell, floor + ROUNDING_MM, floor, 0.0, (i, j), work)
            if least > floor:  # @proven
                pose[column] += sign * step
                step = min(2.0 * step, LONGEST_STEP)
                continue
            a, b = standing(body_a.kinematics, pose), standing(body_b.kinematics, pose)
            still = MovingPair(body_a.tree, a, body_b.tree, b)
            gap, i, j = nearest(in_the_middle(still), FAR_MM, 0.0, 0.0, (near_i, near_j), work)
            p, q = near_points(still, i, j, work)
            away = sub(p, q)
            rate = distance_rate(body_a, body_b, pose, column, p, q, scaled(1.0 / length(away), away))
            closing = -sign * rate
            newton = (gap - floor) / closing if closing > 0.0 else step
            step = min(step / 2.0, newton * (1.0 - max(LEAST_LEFT, min(LEFT * newton, MOST_LEFT))))
            if step < FINEST_STEP:
                found.value[k], found.outcome[k], found.rate[k] = pose[column], CONTACT, rate
                for c in range(3):
                    found.points[k, 0, c], found.points[k, 1, c] = p[c], q[c]
                break
    return found


@jit
def is_apart(body_a: Collider, body_b: Collider, pose: Floats, floor: float, work: Workspace) -> bool:
    """Return whether two bodies are further apart at a pose than ``floor``, and neither holds a part of the other."""
    a, b = standing(body_a.kinematics, pose), standing(body_b.kinematics, pose)
    still = MovingPair(body_a.tree, a, body_b.tree, b)
    nowhere = NO_TRIANGLE, NO_TRIANGLE
    gap, _, _ = nearest(in_the_middle(still), floor + ROUNDING_MM, floor, 0.0, nowhere, work)
    is_known, is_held = containment(body_a, body_b, still, work)
    return gap > floor and is_known and not is_held  # @starts_free


@jit
def distances_when_shifted(body_a: Collider, body_b: Collider, poses: Floats, shifts: Floats) -> Floats:
    """Return the distance (n,) of two bodies at n poses, the first moved by shifts (n, 3) in the room, in mm."""
    work = workspace()
    found = np.empty(len(poses))
    for k in range(len(poses)):
        a, b = standing(body_a.kinematics, poses[k]), standing(body_b.kinematics, poses[k])
        there = in_the_middle(MovingPair(body_a.tree, a, body_b.tree, b))
        moved = Standing(there.tree_a, there.tree_b, there.R, sub(there.t, in_body(a, vector(shifts, k))))
        found[k], _, _ = nearest(moved, FAR_MM, 0.0, 0.0, (NO_TRIANGLE, NO_TRIANGLE), work)
    return found
