"""The points that bound a distance from above, kept in the axes of their bodies, and asked at many places.

Any two points bound the distance of their bodies. Those that are nearest with the slides (`drift`) in the middle of a
box serve at every value of them: only where they then stand is reckoned again, and nothing is searched.
"""

from __future__ import annotations

import numpy as np

from simulator.certify.kernels.convex_bounds import (
    PLACES,
    QUADRATIC,
    column_of_a,
    follows_columns,
    write_constant,
    write_quadratic,
)
from simulator.certify.kernels.motion_bounds import moving, placed, standing, unplaced
from simulator.certify.kernels.moving_pair import MovingPair, workspace
from simulator.certify.kernels.nearest import near_points
from simulator.certify.kernels.pair_bounds import Collider
from simulator.certify.kernels.sentinels import FAR_MM
from simulator.certify.kernels.vectors import Floats, Ints, Vector
from simulator.compiled import jit

POINTS = 6
"""Numbers of two points, each in the axes of its body."""


@jit
def nearest_points(body_a: Collider, body_b: Collider, middle: Floats, reach: Floats, hint: Ints) -> Floats:
    """Return the points (n, places, 6) that two triangles have nearest in and around the middle of n cells.

    Parameters
    ----------
    body_a, body_b : Collider
        The bodies.
    middle, reach : ndarray, shape (n, 5)
        The cells of two joints, with the middle of three slides.
    hint : ndarray of int32, shape (n, 2)
        The triangles; with NO_TRIANGLE the points are not finite.
    """
    work, found = workspace(), np.full((len(middle), len(PLACES), POINTS), np.nan)
    for n in range(len(middle)):
        if hint[n, 0] < 0:
            continue
        pose = middle[n].copy()
        for k in range(len(PLACES)):
            pose[0], pose[1] = middle[n, 0] + PLACES[k][0] * reach[n, 0], middle[n, 1] + PLACES[k][1] * reach[n, 1]
            a, b = standing(body_a.kinematics, pose), standing(body_b.kinematics, pose)
            there = MovingPair(body_a.tree, a, body_b.tree, b)
            p, q = near_points(there, hint[n, 0], hint[n, 1], work)
            write_points(found[n, k], unplaced(a, p), unplaced(b, q))
    return found


@jit
def write_points(points: Floats, p: Vector, q: Vector) -> None:
    """Write two points as six numbers."""
    points[0], points[1], points[2] = p
    points[3], points[4], points[5] = q


@jit
def quadratics_at(
    body_a: Collider, body_b: Collider, middle: Floats, reach: Floats, points: Floats, at: Floats
) -> tuple[Floats, Floats]:
    """Return what a distance is at most in n cells at m places, from the same points.

    Parameters
    ----------
    body_a, body_b : Collider
        The bodies.
    middle, reach : ndarray, shape (n, 5)
        The cells; the last three numbers do not count.
    points : ndarray, shape (n, places, 6)
        See `nearest_points`.
    at : ndarray, shape (m, 3)
        The places: values of the slides.

    Returns
    -------
    near : ndarray, shape (m, n, places, 6)
        Quadratics, see `convex_bounds`.
    most : ndarray, shape (m, n)
        A bound all over the cell.
    """
    near = np.zeros((len(at), len(middle), len(PLACES), QUADRATIC))
    near[:, :, :, 0] = FAR_MM
    most = np.full((len(at), len(middle)), FAR_MM)
    for n in range(len(middle)):
        if np.isnan(points[n, 0, 0]):
            continue
        pose, reaches = middle[n].copy(), reach[n].copy()
        reaches[2:] = 0.0
        for m in range(len(at)):
            pose[2:] = at[m]
            a, b = moving(body_a.kinematics, pose, reaches), moving(body_b.kinematics, pose, reaches)
            of_a, follows = column_of_a(a, body_a, b, body_b), follows_columns(a, body_a, b, body_b)
            for k in range(len(PLACES)):
                p = placed(a, (points[n, k, 0], points[n, k, 1], points[n, k, 2]))
                q = placed(b, (points[n, k, 3], points[n, k, 4], points[n, k, 5]))
                if follows:
                    found = write_quadratic(a, b, p, q, of_a, near[m, n, k])
                else:
                    found = write_constant(a, b, p, q, near[m, n, k])
                most[m, n] = min(most[m, n], found)
    return near, most
