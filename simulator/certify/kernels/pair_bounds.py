"""One pair of bodies over many cells of poses: at least how far apart, and at most how far."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from simulator.certify.kernels.bvh import Tree
from simulator.certify.kernels.motion_bounds import (
    Kinematics,
    Motion,
    displacement,
    most_apart,
    moving,
    placed,
    unplaced,
)
from simulator.certify.kernels.moving_pair import MovingPair, Workspace, workspace
from simulator.certify.kernels.nearest import in_the_middle, near_points, nearest
from simulator.certify.kernels.penetration import is_inside, most_outside, relative_displacement
from simulator.certify.kernels.sentinels import FAR_MM, INSIDE, NO_TRIANGLE, ROUNDING_MM, TOUCHING_MM
from simulator.certify.kernels.separation import separation, triangle_separation
from simulator.certify.kernels.vectors import ORIGIN, Floats, Ints, Vector, add, length, scaled, sub, two_of, vector
from simulator.compiled import jit

STEPS = (2.0, 8.0, 40.0)
"""How far from a crossing points inside are looked for, in multiples of the motion: further where faces graze."""
SLACK = 0.05
"""What a search may leave on the table, as a share of the motion in the cell: less than it costs to find."""


class Collider(NamedTuple):
    """One body of a pair.

    Attributes
    ----------
    tree : Tree
        Its triangles.
    kinematics : Kinematics
        How it is carried.
    probes : ndarray, shape (m, 3)
        A point of each of its connected bodies that is small enough to be inside the other body.
    """

    tree: Tree
    kinematics: Kinematics
    probes: Floats


class Witness(NamedTuple):
    """What two triangles tell of a cell: a lower bound, the distance in the middle and its points, an upper bound."""

    gap: float
    apart: float
    p: Vector
    q: Vector
    most: float


class Bounds(NamedTuple):
    """Of the distance of a pair in n cells.

    Attributes
    ----------
    least, most : ndarray, shape (n,)
        In mm. ``most`` is INSIDE where every pose collides for certain.
    witness : ndarray of int32, shape (n, 2)
        The triangles that they are from, or NO_TRIANGLE.
    """

    least: Floats
    most: Floats
    witness: Ints


@jit
def witnessed(cell: MovingPair, i: int, j: int, work: Workspace) -> Witness:
    """Return what two triangles tell of a cell."""
    gap, _, _ = triangle_separation(cell, i, j, work)
    p, q = near_points(cell, i, j, work)
    return Witness(gap, length(sub(p, q)), p, q, most_apart(cell.a, cell.b, p, q))


@jit
def deepest(a: Motion, b: Motion, tree_b: Tree, x: Vector, corners: Floats, work: Workspace) -> float:
    """Return at most how far apart the bodies get, from points of a triangle of a that crosses closed b at x.

    They lie on the ways from x to the corners, far enough for the motion in the cell not to bring them out again.
    """
    most = FAR_MM
    reach = relative_displacement(a, b, x)
    for steps in STEPS:
        for k in range(3):
            way = sub(placed(a, vector(corners, k)), x)
            share = steps * reach / max(length(way), TOUCHING_MM)
            if most > 0.0 and (share < 1.0 or steps == STEPS[0]):
                p = add(x, scaled(min(share, 1.0), way))
                most = min(most, most_outside(a, b, tree_b, p, work.nodes))  # @deepest
    return most


@jit
def most_crossed(cell: MovingPair, found: Witness, i: int, j: int, work: Workspace) -> float:
    """Return at most how far apart two bodies get that cross in the middle of the cell."""
    most = min(found.most, deepest(cell.a, cell.b, cell.tree_b, found.p, cell.tree_a.corners[i], work))
    if most > 0.0:
        most = min(most, deepest(cell.b, cell.a, cell.tree_a, found.q, cell.tree_b.corners[j], work))
    return most


@jit
def holds_any(inner: Motion, probes: Floats, outer: Motion, tree: Tree, work: Workspace) -> tuple[bool, bool]:
    """Return whether it is known, and whether a body whose surface meets no other holds a connected part of one.

    Where surfaces never meet, what is inside in the middle of the cell is inside all over it: a cell is connected.
    """
    for k in range(len(probes)):
        p = placed(inner, vector(probes, k))
        at = unplaced(outer, p)
        away = sub(at, vector(tree.centre, 0))
        half = vector(tree.half, 0)
        if max(abs(away[0]) - half[0], max(abs(away[1]) - half[1], abs(away[2]) - half[2])) > ROUNDING_MM:
            continue
        tells, inside = is_inside(tree, at, work.nodes)
        if not tells or inside:  # @held
            return tells, inside
    return True, False


@jit
def containment(body_a: Collider, body_b: Collider, m: MovingPair, work: Workspace) -> tuple[bool, bool]:
    """Return whether it is known, and whether either of two bodies whose surfaces never meet is inside the other."""
    known_a, a_is_held = holds_any(m.a, body_a.probes, m.b, m.tree_b, work)
    known_b, b_is_held = holds_any(m.b, body_b.probes, m.a, m.tree_a, work)
    return known_a and known_b, a_is_held or b_is_held


@jit
def greatest_motion(m: MovingPair) -> float:
    """Return how far any two points of the bodies can move against each other over the cell."""
    around = m.a.turn * m.tree_a.radius[0] + m.b.turn * m.tree_b.radius[0]
    middle_a, middle_b = placed(m.a, vector(m.tree_a.centre, 0)), placed(m.b, vector(m.tree_b.centre, 0))
    return float(displacement(m.a, middle_a) + displacement(m.b, middle_b) + around)


@jit
def bound(
    body_a: Collider,
    body_b: Collider,
    middle: Floats,
    reach: Floats,
    range_mm: tuple[float, float],
    hint: tuple[int, int],
    work: Workspace,
) -> tuple[float, float, int, int]:
    """Return at least and at most how far apart two bodies are in a cell, and the triangles that tell.

    ``range_mm`` is what need not be told apart: below the first, above the second. First the two triangles that were
    near each other in a larger cell: often they alone show that the cell cannot be free, or that no pose of it is.
    Then the search for a proof that it is free; and last, for the nearest triangles in the middle of the cell, which
    may prove that no pose is.
    """
    a, b = moving(body_a.kinematics, middle, reach), moving(body_b.kinematics, middle, reach)
    cell = MovingPair(body_a.tree, a, body_b.tree, b)
    floor, cap = range_mm
    i, j = hint
    found = Witness(FAR_MM, FAR_MM, ORIGIN, ORIGIN, FAR_MM)
    if i >= 0:
        found = witnessed(cell, i, j, work)
        if found.most > floor and found.apart <= TOUCHING_MM:  # nothing is nearer: there is nothing to search for
            return 0.0, most_crossed(cell, found, i, j, work), i, j
        if found.most <= floor or found.gap <= floor < found.apart:
            return 0.0, found.most, i, j
    least, motion = 0.0, greatest_motion(cell)
    if found.apart > floor:
        gap, near_i, near_j = separation(cell, cap, floor, SLACK * motion, (i, j), work)
        if near_i >= 0:
            i, j = near_i, near_j
            found = witnessed(cell, i, j, work)
        if gap > floor:  # a search that stopped early has not seen the least
            is_known, is_held = containment(body_a, body_b, cell, work)
            if is_held:
                return 0.0, INSIDE, i, j
            least = gap if is_known else 0.0
        if near_i < 0 or found.most <= floor:
            return least, found.most, i, j
    lowest = max(floor - motion, 0.0)
    _, near_i, near_j = nearest(in_the_middle(cell), min(cap, found.apart), lowest, SLACK * motion, (i, j), work)
    if near_i >= 0:
        i, j = near_i, near_j
        found = witnessed(cell, i, j, work)
    most = found.most
    if most > floor and found.apart <= TOUCHING_MM:
        most = most_crossed(cell, found, i, j, work)
    return least, most, i, j


@jit
def bounds(
    body_a: Collider, body_b: Collider, middle: Floats, reach: Floats, floor: Floats, cap: Floats, hint: Ints
) -> Bounds:
    """Return at least and at most how far apart two bodies are in each of n cells.

    Parameters
    ----------
    body_a, body_b : Collider
        The bodies.
    middle, reach : ndarray, shape (n, k)
        The cells: scanned values in the middle, and how far they reach to either side.
    floor, cap : ndarray, shape (n,)
        What lies below ``floor`` or above ``cap`` need not be told apart.
    hint : ndarray of int32, shape (n, 2)
        Two triangles that were near each other in a larger cell, or NO_TRIANGLE.
    """
    work = workspace()
    found = Bounds(np.empty(len(middle)), np.empty(len(middle)), np.full((len(middle), 2), NO_TRIANGLE, np.int32))
    for k in range(len(middle)):
        range_mm, first = (floor[k], cap[k]), two_of(hint, k)
        least, most, i, j = bound(body_a, body_b, middle[k], reach[k], range_mm, first, work)
        found.least[k], found.most[k] = least, most
        found.witness[k, 0], found.witness[k, 1] = i, j
    return found
