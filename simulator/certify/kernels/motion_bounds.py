"""What the distance of two bodies is at least, and at most, while each turns or slides a little.

A body stands where its joint is in the middle of the cell, and its joint reaches ``δ`` to either side. On a revolute
joint with axis direction w through o, a point p at the middle goes to

    p(θ) = p + sin θ v − (1 − cos θ) r,    v = w × (p − o),    r = the part of p − o across the axis,

for |θ| ≤ δ, and on a prismatic one to p(θ) = p + θ w. Both are affine in p, so over a triangle (or box) the least of
n·p(θ) is at one of its corners, for each θ. Two bounds follow, for any unit vector n and any two points p, q; sin δ
stands for the greatest |sin θ|, which is 1 from 90° on, and 1 − cos δ for 2 from 180° on:

* from below: n·p(θ) ≥ n·p − decrease(n, p) with decrease(n, p) = sin δ |n·v| + (1 − cos δ) max(0, n·r). So two
  bodies A and B keep a distance of at least  min over A of (n·p − decrease) + min over B of (−n·q − decrease):
  planes of normal n, so far apart, separate them at every pose of the cell. It is exact at the middle for the n along
  the nearest points, and loses only what moves along n.
* an affine one from below: a body may have a slope s and a bend c ≥ 0. Then n·p(θ) is bounded relative to
  s sin θ − c (1 − cos θ), and decrease becomes sin δ |n·v − s| + (1 − cos δ) max(0, n·r − c): what moves like the
  point that s and c are from loses nothing (`simulator.certify.kernels.affine_bounds`).
* from above: with D = p − q, |D(θ, φ)|² ≤ |D|² + 2 decrease(−D, p) + 2 decrease(D, q) + (m(p) + m(q))², where the
  displacement m(p) = 2 sin(δ/2) |r| is as far as p gets.

Where prismatic joints carry the body beyond the one that turns it, what they add is that of
`simulator.certify.kernels.drift`. On a chain of several joints decrease and displacement are those of
`simulator.certify.kernels.chains`; all that follows from them holds for it, too. Its rotation differs from that in
the middle by an angle of at most the sum of the δ of its revolute joints, for the angles of rotations one after the
other add up at most.
"""

from __future__ import annotations

from math import cos, pi, radians, sin, sqrt
from typing import NamedTuple

from simulator.certify.kernels.chains import chain_decrease, chain_displacement, chain_in_cell
from simulator.certify.kernels.drift import Drift, drift_decrease, drifted, farthest, leaning
from simulator.certify.kernels.vectors import (
    IDENTITY,
    ORIGIN,
    Floats,
    Rows,
    Vector,
    add,
    cross,
    dot,
    extent_along,
    length,
    product,
    rotation,
    scaled,
    sub,
    turned,
    turned_back,
    vector,
)
from simulator.compiled import inlined, jit

FIXED, TURNING, SLIDING, CHAIN = 0, 1, 2, 3


class Kinematics(NamedTuple):
    """How a body is carried: by no scanned joint, by one whose axis in the room does not move, or by several.

    Attributes
    ----------
    kind : int
        FIXED, TURNING, SLIDING or CHAIN.
    column : int
        Of a pose: what the one joint follows; any of a body that is not carried by one.
    origin, axis : Vector
        A point of the one joint's axis and its unit direction, in the room.
    rows, shift
        Rotation and translation from the body's axes to the room's, with the scanned joints at 0.
    chain : ndarray, shape (m, 10), or None
        The joints of a CHAIN, from the room outwards (`simulator.certify.kernels.chains`); empty, or None, of others.
    slides : ndarray, shape (m, 4), or None
        Prismatic joints between a TURNING one and the body: columns and axes (`simulator.certify.kernels.drift`);
        empty, or None, where there are none.
    """

    kind: int
    column: int
    origin: Vector
    axis: Vector
    rows: Rows
    shift: Vector
    chain: Floats | None
    slides: Floats | None = None


class Motion(NamedTuple):
    """A body in the middle of a cell, and how its joints reach to either side.

    Attributes
    ----------
    kind, origin, axis
        Those of its kinematics.
    rows, shift
        Rotation and translation from the body's axes to the room's, in the middle of the cell.
    sine, versine, turn : float
        Greatest |sin θ|, 1 − cos θ and 2 |sin(θ/2)| within the reach of a revolute joint; its mm, 0 and 0 of a
        prismatic one; of a chain 0 only if nothing moves, 0, and 2 |sin(θ/2)| of the angle that it turns by at most.
    slope, bend : float
        What bounds from below are relative to: slope sin θ − bend (1 − cos θ), or slope θ. 0 of a chain.
    joints : ndarray, shape (m, 10), or None
        Those of a chain, in this cell.
    drift : Drift or None
        What slides beyond a turning joint add.
    """

    kind: int
    origin: Vector
    axis: Vector
    rows: Rows
    shift: Vector
    sine: float
    versine: float
    turn: float
    slope: float
    bend: float
    joints: Floats | None
    drift: Drift | None


class Direction(NamedTuple):
    """A direction n of the room as a body sees it: n·p, n·v and n·r are affine in the body's coordinates x of p.

    n·p = n·x + n0 and so on; n, v and r are in the body's axes. Slope and bend of the body are taken off v0 and r0.
    ``drift`` is by how much slides can make n·p less.
    """

    n: Vector
    n0: float
    v: Vector
    v0: float
    r: Vector
    r0: float
    drift: float


@jit
def moving(body: Kinematics, middle: Floats, reach: Floats) -> Motion:
    """Return a body with the joints at ``middle`` (k,), reaching ``reach`` (k,) to either side (deg or mm)."""
    return motion(body, middle, reach, 1.0)


@jit
def standing(body: Kinematics, pose: Floats) -> Motion:
    """Return a body at one pose (k,)."""
    return motion(body, pose, pose, 0.0)


@jit
def motion(body: Kinematics, middle: Floats, reach: Floats, share: float) -> Motion:
    """Return a body with the joints at ``middle``, reaching a share of ``reach`` to either side.

    Beyond 90° the sine that it goes through, and beyond 180° its turn, grow no more.
    """
    kind, column, origin, axis, rows, shift, chain, slides = body
    _, still = drifted(slides, shift, IDENTITY, middle, reach, 0.0, 0.0)
    if kind == FIXED:
        return Motion(kind, origin, axis, rows, shift, 0.0, 0.0, 0.0, 0.0, 0.0, chain, still)
    if kind == CHAIN:
        rows, shift, joints, turns, slides = chain_in_cell(chain, rows, shift, middle, reach, share)
        turn = 2.0 * sin(min(turns, pi) / 2.0)  # @chain_turn
        return Motion(kind, origin, axis, rows, shift, turns + slides, 0.0, turn, 0.0, 0.0, joints, still)
    value, extent = middle[column], reach[column] * share
    if kind == SLIDING:
        moved = add(shift, scaled(value, axis))
        return Motion(kind, origin, axis, rows, moved, extent, 0.0, 0.0, 0.0, 0.0, chain, still)
    delta = radians(extent)
    R = rotation(axis, radians(value))
    sine, half_turn = sin(min(delta, 0.5 * pi)), min(delta, pi)
    versine, turn = 1.0 - cos(half_turn), 2.0 * sin(half_turn / 2.0)
    shift, drift = drifted(slides, shift, R, middle, reach, share, turn)
    moved = add(origin, turned(R, sub(shift, origin)))
    return Motion(kind, origin, axis, product(R, rows), moved, sine, versine, turn, 0.0, 0.0, chain, drift)


@jit
def sloped(body: Motion, slope: float, bend: float, lean: Vector) -> Motion:
    """Return a body whose bounds from below are relative to a slope, a bend and, of what slides, a lean."""
    kind, origin, axis, rows, shift, sine, versine, turn, _, _, joints, drift = body
    return Motion(kind, origin, axis, rows, shift, sine, versine, turn, slope, bend, joints, leaning(drift, lean))


@inlined
def placed(body: Motion, p: Vector) -> Vector:
    """Return a point of the body in the room."""
    return add(turned(body.rows, p), body.shift)


@inlined
def unplaced(body: Motion, p: Vector) -> Vector:
    """Return a point of the room in the body's axes."""
    return in_body(body, sub(p, body.shift))


@inlined
def in_body(body: Motion, n: Vector) -> Vector:
    """Return a direction of the room in the body's axes."""
    return turned_back(body.rows, n)


@inlined
def direction(body: Motion, n: Vector) -> Direction:
    """Return a direction n of the room as a body sees it."""
    across = sub(n, scaled(dot(n, body.axis), body.axis))
    along = cross(n, body.axis)  # n·(w × x) = (n × w)·x
    arm = sub(body.shift, body.origin)  # @arm
    if body.kind == TURNING:
        return Direction(
            in_body(body, n),
            dot(n, body.shift),
            in_body(body, along),
            dot(along, arm) - body.slope,  # @v0
            in_body(body, across),
            dot(across, arm) - body.bend,
            drift_decrease(body.drift, n, across),
        )
    if body.kind == CHAIN:
        return Direction(in_body(body, n), dot(n, body.shift), ORIGIN, 0.0, ORIGIN, 0.0, 0.0)
    along_axis = dot(n, body.axis) - body.slope  # @slide
    return Direction(in_body(body, n), dot(n, body.shift), ORIGIN, along_axis, ORIGIN, 0.0, 0.0)


@inlined
def decrease(body: Motion, to: Direction, x: Vector) -> float:
    """Return by how much n·p can be less, anywhere in the cell, than in its middle."""
    if body.sine == 0.0:
        return to.drift
    single = body.sine * abs(dot(to.v, x) + to.v0) + body.versine * max(dot(to.r, x) + to.r0, 0.0)  # @decrease
    return float(single + chain_decrease(body.joints, to.n, x) + to.drift)


@inlined
def displacement(body: Motion, p: Vector) -> float:
    """Return how far a point p, in the room, can get from where it is in the middle of the cell."""
    if body.kind == TURNING:
        return float(body.turn * length(cross(body.axis, sub(p, body.origin))) + farthest(body.drift))
    if body.kind == CHAIN:
        return float(chain_displacement(body.joints, unplaced(body, p)))
    return body.sine


@inlined
def rates(body: Motion, p: Vector) -> tuple[Vector, Vector]:
    """Return v and r of a point p in the room: it goes to p + x v − V r. On a chain no such v and r exist."""
    if body.kind == FIXED:
        return ORIGIN, ORIGIN
    if body.kind != TURNING:
        return body.axis, ORIGIN
    arm = sub(p, body.origin)
    return cross(body.axis, arm), sub(arm, scaled(dot(arm, body.axis), body.axis))


@inlined
def point_support(body: Motion, to: Direction, x: Vector) -> float:
    """Return at most the least n·p of a point over the cell."""
    return dot(to.n, x) + to.n0 - decrease(body, to, x)


@inlined
def box_support(body: Motion, to: Direction, centre: Vector, half: Vector, radius: float) -> float:
    """Return at most the least n·p of a box over the cell; the box in the body's axes.

    With p = c + e: n·c(θ) ≥ n·c − decrease, and n·e(θ) is e along n turned back by θ, which differs from n by a
    chord.
    """
    reach = extent_along(to.n, half) + body.turn * radius  # @box
    return point_support(body, to, centre) - min(reach, radius)


@inlined
def triangle_support(body: Motion, to: Direction, corners: Floats) -> float:
    """Return at most the least n·p of a triangle (3, 3) over the cell; the triangle in the body's axes."""
    a, b = point_support(body, to, vector(corners, 0)), point_support(body, to, vector(corners, 1))
    return min(min(a, b), point_support(body, to, vector(corners, 2)))


@jit
def most_apart(a: Motion, b: Motion, p: Vector, q: Vector) -> float:
    """Return at least the distance of a point p of a from a point q of b anywhere in the cell; both in the room."""
    D = sub(p, q)
    displacements = displacement(a, p) + displacement(b, q)
    of_p = decrease(a, direction(a, scaled(-1.0, D)), unplaced(a, p))
    of_q = decrease(b, direction(b, D), unplaced(b, q))
    squared = dot(D, D) + 2.0 * (of_p + of_q) + displacements * displacements  # @apart
    return min(sqrt(squared), length(D) + displacements)
