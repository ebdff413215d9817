"""The clearance of one pair at many poses, one after the other."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from simulator.certify.kernels.motion_bounds import moving, standing
from simulator.certify.kernels.moving_pair import MovingPair, workspace
from simulator.certify.kernels.nearest import in_the_middle, near_points, nearest
from simulator.certify.kernels.pair_bounds import Collider, containment
from simulator.certify.kernels.sentinels import NO_TRIANGLE
from simulator.certify.kernels.separation import separation
from simulator.certify.kernels.vectors import Floats, Ints, length, sub, two_of
from simulator.compiled import jit


class Nearest(NamedTuple):
    """What is nearest at n poses, as far as known.

    Attributes
    ----------
    clearance : ndarray, shape (n,)
        In mm: of the pair, 0 where one body holds a part of the other, or may do so.
    pair : ndarray of int32, shape (n,)
        Which one it is.
    triangles : ndarray of int32, shape (n, 2)
        Its nearest triangles.
    """

    clearance: Floats
    pair: Ints
    triangles: Ints


@jit
def distances(body_a: Collider, body_b: Collider, poses: Floats, triangles: Ints) -> Floats:
    """Return the distance (n,) of two triangles (n, 2) at n poses."""
    work = workspace()
    found = np.empty(len(poses))
    for k in range(len(poses)):
        a, b = standing(body_a.kinematics, poses[k]), standing(body_b.kinematics, poses[k])
        pair = MovingPair(body_a.tree, a, body_b.tree, b)
        i, j = two_of(triangles, k)
        p, q = near_points(pair, i, j, work)
        found[k] = length(sub(p, q))
    return found


@jit
def floors(body_a: Collider, body_b: Collider, middle: Floats, reach: Floats, floor: Floats, cap: Floats) -> Floats:
    """Return a lower bound of the distance of two bodies in n cells, at most ``cap``; 0 if below ``floor``."""
    work = workspace()
    least = np.zeros(len(middle))
    i, j = NO_TRIANGLE, NO_TRIANGLE
    for k in range(len(middle)):
        a, b = moving(body_a.kinematics, middle[k], reach[k]), moving(body_b.kinematics, middle[k], reach[k])
        cell = MovingPair(body_a.tree, a, body_b.tree, b)
        gap, near_i, near_j = separation(cell, cap[k], floor[k], 0.0, (i, j), work)
        if near_i >= 0:
            i, j = near_i, near_j
        is_known, is_held = containment(body_a, body_b, cell, work)
        is_apart = gap > floor[k] and is_known and not is_held  # @floor
        if is_apart:
            least[k] = gap
    return least


@jit
def clearances(
    body_a: Collider, body_b: Collider, row: int, poses: Floats, slack: float, least: Floats, known: Nearest
) -> Nearest:
    """Return what is nearest at n poses: pair ``row`` where it is nearer than what is known.

    Parameters
    ----------
    body_a, body_b, row
        The bodies and the number of the pair.
    poses : ndarray, shape (n, k)
        Values of the scanned joints.
    slack : float
        How much less than the distance the answer may be, in mm.
    least : ndarray, shape (n,)
        What is known of the pair's distance.
    known : Nearest
        Of the pairs asked before.
    """
    work = workspace()
    found = Nearest(known.clearance.copy(), known.pair.copy(), known.triangles.copy())
    i, j = NO_TRIANGLE, NO_TRIANGLE
    for k in range(len(poses)):
        if found.clearance[k] <= least[k]:
            continue
        a, b = standing(body_a.kinematics, poses[k]), standing(body_b.kinematics, poses[k])
        pair = MovingPair(body_a.tree, a, body_b.tree, b)
        # What was nearest at the pose before is near, and a good start.
        gap, near_i, near_j = nearest(in_the_middle(pair), found.clearance[k], 0.0, slack, (i, j), work)
        if near_i >= 0:
            i, j = near_i, near_j
            found.clearance[k], found.pair[k] = max(gap, 0.0), row  # @found
            found.triangles[k, 0], found.triangles[k, 1] = i, j
        if found.clearance[k] > 0.0:
            is_known, is_held = containment(body_a, body_b, pair, work)
            if is_held or not is_known:
                found.clearance[k], found.pair[k] = 0.0, row
    return found
