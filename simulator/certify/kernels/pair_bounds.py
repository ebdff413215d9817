"""One pair of bodies over many cells of poses: at least how far apart, and at most how far."""

from __future__ import annotations

from typing import NamedTuple

from simulator.certify.kernels.bvh import Tree
from simulator.certify.kernels.compiled import jit
from simulator.certify.kernels.motion_bounds import (
    ORIGIN,
    Carriage,
    Stand,
    chord,
    most_apart,
    placed,
    stand,
    unplaced,
)
from simulator.certify.kernels.penetration import is_inside, most_outside, reach_into
from simulator.certify.kernels.separation import Meeting, Scratch, least_gap, scratch, triangle_gap
from simulator.certify.kernels.vectors import Floats, Ints, Vector, add, length, scaled, sub, vector

ROUNDING_MM = 1e-6
"""More than the rounding of any bound in a room of some metres, in double precision."""
NEVER = 1e300
"""More than any distance."""
INSIDE = -1.0
"""Less than any distance: the pair collides at every pose."""
TOUCHING = 1e-6
"""Triangles nearer than this, in mm, cross as far as the search for points inside is concerned."""
STEPS = (2.0, 8.0, 40.0)
"""How far from a crossing points inside are looked for, in multiples of the motion: further where faces graze."""
SLACK = 0.05
"""What a search may leave on the table, as a share of the motion in the cell: less than it costs to find."""


class Side(NamedTuple):
    """One body of a pair.

    Attributes
    ----------
    tree : Tree
        Its triangles.
    carriage : Carriage
        How it is carried.
    column : int
        The scanned joint that carries it; any where none does.
    probes : ndarray, shape (k, 3)
        A point of each of its connected bodies that is small enough to be inside the other body.

    """

    tree: Tree
    carriage: Carriage
    column: int
    probes: Floats


class Look(NamedTuple):
    """What two triangles tell of a cell: a lower bound, the distance in the middle and its points, an upper bound."""

    gap: float
    apart: float
    p: Vector
    q: Vector
    most: float


@jit
def look(still: Meeting, moving: Meeting, i: int, j: int, work: Scratch) -> Look:
    """Return what two triangles tell."""
    gap, _, _ = triangle_gap(moving, i, j, work)
    _, p, q = triangle_gap(still, i, j, work)
    return Look(gap, length(sub(p, q)), p, q, most_apart(moving.a, moving.b, p, q))


@jit
def deepest(a: Stand, b: Stand, tree_b: Tree, x: Vector, corners: Floats, work: Scratch) -> float:
    """Return at most how far apart the bodies get, from points of a triangle of a that crosses closed b at x.

    They lie on the ways from x to the corners, far enough for the motion in the cell not to bring them out again.
    """
    most = NEVER
    reach = reach_into(a, b, x)
    for steps in STEPS:
        for k in range(3):
            way = sub(placed(a, vector(corners, k)), x)
            share = steps * reach / max(length(way), TOUCHING)
            if most > 0.0 and (share < 1.0 or steps == STEPS[0]):
                p = add(x, scaled(min(share, 1.0), way))
                most = min(most, most_outside(a, b, tree_b, p, work.nodes))
    return most


@jit
def inside_out(moving: Meeting, found: Look, i: int, j: int, work: Scratch) -> float:
    """Return at most how far apart two bodies get that cross in the middle of the cell."""
    most = min(found.most, deepest(moving.a, moving.b, moving.tree_b, found.p, moving.tree_a.corners[i], work))
    if most > 0.0:
        most = min(most, deepest(moving.b, moving.a, moving.tree_a, found.q, moving.tree_b.corners[j], work))
    return most


@jit
def held(inner: Stand, probes: Floats, outer: Stand, tree: Tree, work: Scratch) -> tuple[bool, bool]:
    """Return whether it is known, and whether a body whose surface meets no other holds a connected part of one.

    Where surfaces never meet, what is inside in the middle of the cell is inside all over it.
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
def bound(
    side_a: Side,
    side_b: Side,
    middle: Floats,
    reach: Floats,
    cap: float,
    floor: float,
    hint: Ints,
    work: Scratch,
) -> tuple[float, float]:
    """Return at least and at most how far apart two bodies are in a cell, as far as ``cap`` and ``floor`` ask.

    First the two triangles that were near each other in a larger cell: often they alone show that the cell cannot be
    free, or that no pose of it is. Then the search for a proof that it is free; and last, for the nearest triangles
    in the middle of the cell, which may prove that no pose is.
    """
    a = stand(side_a.carriage, middle[side_a.column], reach[side_a.column])
    b = stand(side_b.carriage, middle[side_b.column], reach[side_b.column])
    moving = Meeting(side_a.tree, a, side_b.tree, b)
    still = Meeting(
        side_a.tree,
        stand(side_a.carriage, middle[side_a.column], 0.0),
        side_b.tree,
        stand(side_b.carriage, middle[side_b.column], 0.0),
    )
    i, j = hint[0], hint[1]
    found = Look(NEVER, NEVER, ORIGIN, ORIGIN, NEVER)
    if i >= 0:
        found = look(still, moving, i, j, work)
        most = found.most
        if most > floor and found.apart <= TOUCHING:
            most = inside_out(moving, found, i, j, work)
        if most <= floor or found.gap <= floor < found.apart:
            return 0.0, most
    least, slack = 0.0, SLACK * furthest(moving)
    if found.apart > floor:
        gap, near_i, near_j = least_gap(moving, cap, floor, slack, (i, j), work)
        if near_i >= 0:
            i, j = near_i, near_j
            hint[0], hint[1] = i, j
            found = look(still, moving, i, j, work)
        if gap > floor:  # a search that stopped early has not seen the least
            known_a, a_is_held = held(a, side_a.probes, b, side_b.tree, work)
            known_b, b_is_held = held(b, side_b.probes, a, side_a.tree, work)
            if a_is_held or b_is_held:
                return 0.0, INSIDE
            least = gap if known_a and known_b else 0.0
        if near_i < 0 or found.most <= floor:
            return least, found.most
    _, near_i, near_j = least_gap(
        still, min(cap, found.apart), max(floor - furthest(moving), 0.0), slack, (i, j), work
    )
    if near_i >= 0:
        i, j = near_i, near_j
        hint[0], hint[1] = i, j
        found = look(still, moving, i, j, work)
    most = found.most
    if most > floor and found.apart <= TOUCHING:
        most = inside_out(moving, found, i, j, work)
    return least, most


@jit
def furthest(m: Meeting) -> float:
    """Return how far any two points of the bodies can move against each other over the cell."""
    around = m.a.turn * m.tree_a.radius[0] + m.b.turn * m.tree_b.radius[0]
    middle_a, middle_b = placed(m.a, vector(m.tree_a.centre, 0)), placed(m.b, vector(m.tree_b.centre, 0))
    return float(chord(m.a, middle_a) + chord(m.b, middle_b) + around)


@jit
def bounds(
    side_a: Side,
    side_b: Side,
    middle: Floats,
    reach: Floats,
    cap: Floats,
    floor: Floats,
    hint: Ints,
    least: Floats,
    most: Floats,
) -> None:
    """Write at least and at most how far apart two bodies are in each of n cells.

    Parameters
    ----------
    side_a, side_b : Side
        The bodies.
    middle, reach : ndarray, shape (n, 2)
        The cells: scanned values in the middle, and how far they reach to either side.
    cap, floor : ndarray, shape (n,)
        What lies above ``cap`` or below ``floor`` need not be told apart.
    hint : ndarray of int32, shape (n, 2)
        Two triangles that were near each other in a larger cell, or -1; replaced by those of this one.
    least, most : ndarray, shape (n,)
        The answers. ``most`` is -1 where every pose collides for certain.
    """
    work = scratch()
    for k in range(len(middle)):
        least[k], most[k] = bound(side_a, side_b, middle[k], reach[k], cap[k], floor[k], hint[k], work)
