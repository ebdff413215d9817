"""What the distance of two bodies is at least, and at most, while each turns or slides a little.

A body stands where its joint is in the middle of the cell, and its joint reaches ``δ`` to either side. On a revolute
joint with axis direction w through o, a point p at the middle goes to

    p(θ) = p + sin θ v − (1 − cos θ) r,    v = w × (p − o),    r = the part of p − o across the axis,

for |θ| ≤ δ, and on a prismatic one to p(θ) = p + θ w. Both are affine in p, so over a triangle (or box) the least of
n·p(θ) is at one of its corners, for each θ. Two bounds follow, for any unit vector n and any two points p, q; sin δ
stands for the greatest |sin θ|, which is 1 from 90° on, and 1 − cos δ for 2 from 180° on:

* from below: n·p(θ) ≥ n·p − drop(n, p) with drop(n, p) = sin δ |n·v| + (1 − cos δ) max(0, n·r). So two bodies A and B
  keep a distance of at least  min over A of (n·p − drop) + min over B of (−n·q − drop):  a slab of normal n lies
  between them at every pose of the cell. It is exact at the middle for the n along the nearest points, and loses
  only what moves along n.
* an affine one from below: a body may be told to ``lean`` by a slope s and a bend c ≥ 0. Then n·p(θ) is bounded
  relative to s sin θ − c (1 − cos θ), and drop becomes sin δ |n·v − s| + (1 − cos δ) max(0, n·r − c): what moves like
  the point that s and c are from loses nothing (`simulator.certify.kernels.affine_bounds`).
* from above: with D = p − q, |D(θ, φ)|² ≤ |D|² + 2 drop(−D, p) + 2 drop(D, q) + (chord(p) + chord(q))², where
  chord(p) = 2 sin(δ/2) |r| is as far as p gets.
"""

from __future__ import annotations

from math import cos, pi, radians, sin, sqrt
from typing import NamedTuple

from simulator.certify.kernels.compiled import inlined, jit
from simulator.certify.kernels.vectors import Floats, Vector, add, cross, dot, length, scaled, sub, vector

FIXED, TURNING, SLIDING = 0, 1, 2
ORIGIN = (0.0, 0.0, 0.0)


class Carriage(NamedTuple):
    """How a body is carried: by no scanned joint, or by one, whose axis in the room does not move.

    Attributes
    ----------
    kind : int
        FIXED, TURNING or SLIDING.
    origin, axis : Vector
        A point of the joint's axis and its unit direction, in the room.
    rows, shift
        Rotation and translation from the body's axes to the room's, with the scanned joints at 0.

    """

    kind: int
    origin: Vector
    axis: Vector
    rows: tuple[Vector, Vector, Vector]
    shift: Vector


class Stand(NamedTuple):
    """A body in the middle of a cell, and how its joint reaches to either side.

    Attributes
    ----------
    kind, origin, axis
        Those of its carriage.
    rows, shift
        Rotation and translation from the body's axes to the room's, in the middle of the cell.
    sine, versine, turn : float
        Greatest |sin θ|, 1 − cos θ and 2 |sin(θ/2)| within the reach of a revolute joint; its mm, 0 and 0 of a
        prismatic one.
    slope, bend : float
        What bounds from below are relative to: slope sin θ − bend (1 − cos θ), or slope θ. 0 unless it leans.

    """

    kind: int
    origin: Vector
    axis: Vector
    rows: tuple[Vector, Vector, Vector]
    shift: Vector
    sine: float
    versine: float
    turn: float
    slope: float
    bend: float


class Aim(NamedTuple):
    """A direction n of the room as a body sees it: n·p, n·v and n·r are affine in the body's coordinates x of p.

    n·p = n·x + n0 and so on; n, v and r are in the body's axes. Slope and bend of a body that leans are taken off v0
    and r0.
    """

    n: Vector
    n0: float
    v: Vector
    v0: float
    r: Vector
    r0: float


@jit
def stand(carriage: Carriage, value: float, reach: float) -> Stand:
    """Return a body with its joint at ``value``, reaching ``reach`` (deg or mm) to either side.

    Beyond 90° the sine that it goes through, and beyond 180° its turn, grow no more.
    """
    kind, origin, axis, rows, shift = carriage
    if kind == FIXED:
        return Stand(kind, origin, axis, rows, shift, 0.0, 0.0, 0.0, 0.0, 0.0)
    if kind == SLIDING:
        return Stand(kind, origin, axis, rows, add(shift, scaled(value, axis)), reach, 0.0, 0.0, 0.0, 0.0)
    angle, delta = radians(value), radians(reach)
    x, y, z = axis
    s, c, k = sin(angle), cos(angle), 1.0 - cos(angle)
    R = (
        (c + k * x * x, k * x * y - s * z, k * x * z + s * y),
        (k * x * y + s * z, c + k * y * y, k * y * z - s * x),
        (k * x * z - s * y, k * y * z + s * x, c + k * z * z),
    )
    columns = (
        (rows[0][0], rows[1][0], rows[2][0]),
        (rows[0][1], rows[1][1], rows[2][1]),
        (rows[0][2], rows[1][2], rows[2][2]),
    )
    turned = (
        (dot(R[0], columns[0]), dot(R[0], columns[1]), dot(R[0], columns[2])),
        (dot(R[1], columns[0]), dot(R[1], columns[1]), dot(R[1], columns[2])),
        (dot(R[2], columns[0]), dot(R[2], columns[1]), dot(R[2], columns[2])),
    )
    arm = sub(shift, origin)
    moved = add(origin, (dot(R[0], arm), dot(R[1], arm), dot(R[2], arm)))
    sine, half_turn = sin(min(delta, 0.5 * pi)), min(delta, pi)
    return Stand(kind, origin, axis, turned, moved, sine, 1.0 - cos(half_turn), 2.0 * sin(half_turn / 2.0), 0.0, 0.0)


@inlined
def leaning(body: Stand, slope: float, bend: float) -> Stand:
    """Return a body whose bounds from below are relative to a slope and a bend."""
    kind, origin, axis, rows, shift, sine, versine, turn, _, _ = body
    return Stand(kind, origin, axis, rows, shift, sine, versine, turn, slope, bend)


@inlined
def placed(body: Stand, p: Vector) -> Vector:
    """Return a point of the body in the room."""
    return (
        dot(body.rows[0], p) + body.shift[0],
        dot(body.rows[1], p) + body.shift[1],
        dot(body.rows[2], p) + body.shift[2],
    )


@inlined
def unplaced(body: Stand, p: Vector) -> Vector:
    """Return a point of the room in the body's axes."""
    return in_body(body, sub(p, body.shift))


@inlined
def in_body(body: Stand, n: Vector) -> Vector:
    """Return a direction of the room in the body's axes."""
    return add(add(scaled(n[0], body.rows[0]), scaled(n[1], body.rows[1])), scaled(n[2], body.rows[2]))


@inlined
def aim(body: Stand, n: Vector) -> Aim:
    """Return a direction n of the room as a body sees it."""
    across = sub(n, scaled(dot(n, body.axis), body.axis))
    along = cross(n, body.axis)  # n·(w × x) = (n × w)·x
    arm = sub(body.shift, body.origin)  # @arm
    if body.kind == TURNING:
        return Aim(
            in_body(body, n),
            dot(n, body.shift),
            in_body(body, along),
            dot(along, arm) - body.slope,  # @v0
            in_body(body, across),
            dot(across, arm) - body.bend,
        )
    return Aim(in_body(body, n), dot(n, body.shift), ORIGIN, dot(n, body.axis) - body.slope, ORIGIN, 0.0)  # @slide


@inlined
def drop(body: Stand, to: Aim, x: Vector) -> float:
    """Return by how much n·p can be less, anywhere in the cell, than in its middle."""
    if body.sine == 0.0:
        return 0.0
    return body.sine * abs(dot(to.v, x) + to.v0) + body.versine * max(dot(to.r, x) + to.r0, 0.0)  # @drop


@inlined
def chord(body: Stand, p: Vector) -> float:
    """Return how far a point p, in the room, can get from where it is in the middle of the cell."""
    if body.kind == TURNING:
        return body.turn * length(cross(body.axis, sub(p, body.origin)))
    return body.sine


@inlined
def pace(body: Stand, p: Vector) -> tuple[Vector, Vector]:
    """Return v and r of a point p in the room: it goes to p + x v − V r."""
    if body.kind == FIXED:
        return ORIGIN, ORIGIN
    if body.kind != TURNING:
        return body.axis, ORIGIN
    arm = sub(p, body.origin)
    return cross(body.axis, arm), sub(arm, scaled(dot(arm, body.axis), body.axis))


@inlined
def point_support(body: Stand, to: Aim, x: Vector) -> float:
    """Return at most the least n·p of a point over the cell."""
    return dot(to.n, x) + to.n0 - drop(body, to, x)


@inlined
def box_support(body: Stand, to: Aim, centre: Vector, half: Vector, radius: float) -> float:
    """Return at most the least n·p of a box over the cell; the box in the body's axes.

    With p = c + e: n·c(θ) ≥ n·c − drop, and n·e(θ) is e along n turned back by θ, which differs from n by a chord.
    """
    reach = abs(to.n[0]) * half[0] + abs(to.n[1]) * half[1] + abs(to.n[2]) * half[2] + body.turn * radius  # @box
    return point_support(body, to, centre) - min(reach, radius)


@inlined
def triangle_support(body: Stand, to: Aim, corners: Floats) -> float:
    """Return at most the least n·p of a triangle (3, 3) over the cell; the triangle in the body's axes."""
    a, b = point_support(body, to, vector(corners, 0)), point_support(body, to, vector(corners, 1))
    return min(min(a, b), point_support(body, to, vector(corners, 2)))


@jit
def most_apart(a: Stand, b: Stand, p: Vector, q: Vector) -> float:
    """Return at least the distance of a point p of a from a point q of b anywhere in the cell; both in the room."""
    D = sub(p, q)
    chords = chord(a, p) + chord(b, q)
    of_p = drop(a, aim(a, scaled(-1.0, D)), unplaced(a, p))
    of_q = drop(b, aim(b, D), unplaced(b, q))
    squared = dot(D, D) + 2.0 * (of_p + of_q) + chords * chords  # @apart
    return min(sqrt(squared), length(D) + chords)
