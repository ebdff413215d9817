"""Bounds from above with balls inside a body: they tell where bodies collide, and bend less where they are near.

All within r of a point c of a closed body, r the distance of c from its surface, is inside it. So the distance to a
point p of another body is at most |p − c| − r, and where that is negative the bodies collide, whichever p and c are.

Two points at a distance D that move by m across it get √(D² + m²) apart, about m²/2D more than D; a point and a ball
that touches the surface below it, about m²/2(D + r). So near a contact, and beyond it, a ball of about the size of
the motion tells where bodies meet as well as two points do where they are far apart.
"""

from __future__ import annotations

from typing import NamedTuple

from simulator.certify.kernels.bvh import Tree
from simulator.certify.kernels.convex_bounds import (
    PLACES,
    QUADRATIC,
    column_of_a,
    follows_columns,
    write_constant,
    write_quadratic,
)
from simulator.certify.kernels.motion_bounds import Motion, moving, placed, standing, unplaced
from simulator.certify.kernels.moving_pair import MovingPair, Workspace
from simulator.certify.kernels.nearest import near_points
from simulator.certify.kernels.pair_bounds import Collider
from simulator.certify.kernels.penetration import distance_to, is_inside
from simulator.certify.kernels.sentinels import FAR_MM, INSIDE, TOUCHING_MM
from simulator.certify.kernels.vectors import Floats, Ints, Vector, add, cross, length, scaled, sub, vector
from simulator.compiled import jit

STEP = 2.0
"""How far from a crossing a point inside is looked for, in multiples of the motion. Measured."""
SIZES = (1.0, 0.25)
"""Radii of balls that are tried, in multiples of the motion."""
FITS = 0.95
"""A ball that has at least this share of the radius that was tried touches the surface where it should."""


class Ball(NamedTuple):
    """A ball inside a body and a point of the other, both in the room.

    Attributes
    ----------
    in_b : bool
        Whether it is inside b, not a.
    centre, radius
        Of the ball; the radius is negative if there is none.
    point : Vector
        Of the other body.
    """

    in_b: bool
    centre: Vector
    radius: float
    point: Vector


@jit
def depth(body: Motion, tree: Tree, c: Vector, cap: float, stack: Ints) -> float:
    """Return how far inside a closed body a point of the room is, at most ``cap``; negative if not known to be."""
    at = unplaced(body, c)
    tells, inside = is_inside(tree, at, stack)
    return distance_to(tree, at, cap, stack) if tells and inside else -1.0  # @ball


@jit
def ball_below(body: Motion, tree: Tree, q: Vector, n: Vector, inside: float, size: float, stack: Ints) -> Ball:
    """Return a ball inside a body below q, a point so far inside it, with n leading out; in b, with q for a point."""
    best = Ball(True, q, inside, q)
    for share in SIZES:
        wanted = share * size
        c = sub(q, scaled(wanted, n))
        radius = depth(body, tree, c, wanted + max(inside, 0.0), stack)
        if radius > 0.0 and radius >= FITS * wanted + max(inside, 0.0):
            return Ball(True, c, radius, q)
    return best


@jit
def point_inside(
    a: Motion, b: Motion, tree_b: Tree, x: Vector, corners: Floats, reach: float, work: Workspace
) -> tuple[Vector, float]:
    """Return a point of a triangle of a that crosses closed b at x, and its depth: the deepest of some, if any."""
    best, deepest = x, -1.0
    for k in range(3):
        way = sub(placed(a, vector(corners, k)), x)
        p = add(x, scaled(min(STEP * reach / max(length(way), TOUCHING_MM), 1.0), way))
        inside = depth(b, tree_b, p, 2.0 * reach, work.nodes)
        if inside > deepest:
            best, deepest = p, inside
    return best, deepest


@jit
def normal_out(body: Motion, corners: Floats) -> Vector:
    """Return the normal of a triangle of a body, in the room; no direction if it has no area."""
    a = placed(body, vector(corners, 0))
    n = cross(sub(placed(body, vector(corners, 1)), a), sub(placed(body, vector(corners, 2)), a))
    return scaled(1.0 / max(length(n), TOUCHING_MM), n)


@jit
def ball_between(there: MovingPair, i: int, j: int, size: float, work: Workspace) -> Ball:
    """Return the ball that two triangles tell of at one pose: below where they cross, or where they are nearest."""
    p, q = near_points(there, i, j, work)
    D = sub(p, q)
    apart = length(D)
    if apart > TOUCHING_MM:
        n = scaled(1.0 / apart, D)
        found = ball_below(there.b, there.tree_b, q, n, -1.0, size, work.nodes)
        if found.radius > 0.0:
            return Ball(True, found.centre, found.radius, p)
        found = ball_below(there.a, there.tree_a, p, scaled(-1.0, n), -1.0, size, work.nodes)
        return Ball(False, found.centre, found.radius, q)
    corners_a, corners_b = there.tree_a.corners[i], there.tree_b.corners[j]
    of_a, inside_b = point_inside(there.a, there.b, there.tree_b, p, corners_a, size, work)
    if inside_b < 0.5 * size:
        of_b, inside_a = point_inside(there.b, there.a, there.tree_a, q, corners_b, size, work)
        if inside_a > inside_b:
            n = normal_out(there.a, corners_a)
            found = ball_below(there.a, there.tree_a, of_b, n, inside_a, size, work.nodes)
            return Ball(False, found.centre, found.radius, of_b)
    return ball_below(there.b, there.tree_b, of_a, normal_out(there.b, corners_b), inside_b, size, work.nodes)


@jit
def write_balls(
    body_a: Collider,
    body_b: Collider,
    middle: Floats,
    reach: Floats,
    triangles: tuple[int, int],
    motion: float,
    balls: Floats,
    work: Workspace,
) -> float:
    """Write balls (places, 7) of two triangles, and return a bound on the distance all over the cell.

    Where none is found, what is there is kept.
    """
    a, b = moving(body_a.kinematics, middle, reach), moving(body_b.kinematics, middle, reach)
    follows = follows_columns(a, body_a, b, body_b)
    of_a, place, most = column_of_a(a, body_a, b, body_b), middle.copy(), FAR_MM
    for k in range(len(PLACES)):
        place[0], place[1] = middle[0] + PLACES[k][0] * reach[0], middle[1] + PLACES[k][1] * reach[1]
        at_a, at_b = standing(body_a.kinematics, place), standing(body_b.kinematics, place)
        there = MovingPair(body_a.tree, at_a, body_b.tree, at_b)
        ball = ball_between(there, triangles[0], triangles[1], motion, work)
        if ball.radius <= TOUCHING_MM:
            continue
        p, q = (ball.point, ball.centre) if ball.in_b else (ball.centre, ball.point)
        p, q = placed(a, unplaced(at_a, p)), placed(b, unplaced(at_b, q))
        apart = write_quadratic(a, b, p, q, of_a, balls[k]) if follows else write_constant(a, b, p, q, balls[k])
        balls[k, QUADRATIC] = ball.radius - TOUCHING_MM  # @inner
        most = min(most, apart - balls[k, QUADRATIC])
    return most if most >= 0.0 else INSIDE
