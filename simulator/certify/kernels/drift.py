"""How far a body is carried by prismatic joints beyond the one joint that it turns with.

A couch turns about the isocentre, and on it slide the joints that bring the patient there. While the joint turns by θ
to either side of the middle of a cell, and the slides give u = Σ t_k a_k, |t_k| ≤ Δ_k (the a_k are their axes in the
room, in the middle of the cell), a point p of the body goes to

    p(θ, u) = p + sin θ v − (1 − cos θ) r + R(θ) u,

that is, to where the turn alone takes it (`motion_bounds`) and R(θ) u further, the same for all points. With U_k =
Δ_k a_k, and |R(θ) u − u| ≤ 2 |sin(θ/2)| |u| across the axis, for any vectors n and m

    n·R(θ) u − m·u ≥ −Σ |(n − m)·U_k| − 2 sin(δ/2) |n across the axis| max |u|.

So for a normal n a box of slides takes a constant off, however large the body is. The vector m is a *lean*: bounds
from below may be relative to m·u, as they may be to a slope. With the m that is n along the nearest points, what
moves like these loses nothing for the slides: the bound follows them, and one proof tells something of its own of
each of their values (`affine_bounds`).
"""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

from simulator.certify.kernels.vectors import (
    ORIGIN,
    Floats,
    Rows,
    Vector,
    add,
    dot,
    length,
    scaled,
    sub,
    turned,
)
from simulator.compiled import inlined, unless_none

MOST_SLIDES = 3
"""Prismatic joints beyond the turning one; more are a chain."""
SLIDE_NUMBERS = 4
"""Of each: the column of a pose that it follows, and its axis in the room with all joints at 0."""
NONE: Rows = (ORIGIN, ORIGIN, ORIGIN)


class Drift(NamedTuple):
    """The slides of a body in a cell.

    Attributes
    ----------
    along : Rows
        U_k: how far each reaches, in the room.
    most, swing : float
        The greatest |u|, and how much further than u it gets as the body turns.
    lean : Vector
        What bounds from below are relative to.
    """

    along: Rows
    most: float
    swing: float
    lean: Vector


def stays(_slides: None, shift: Vector, *_: object) -> tuple[Vector, None]:
    """Return a body that no slide carries."""
    return shift, None


@unless_none(stays)
def drifted(
    slides: Floats, shift: Vector, R: Rows, middle: Floats, reach: Floats, share: float, turn: float
) -> tuple[Vector, Drift]:
    """Return where a body is before it turns by R with its slides in the middle of a cell, and how they reach.

    ``slides`` (m, 4) are the column of each and its axis in the room with all joints at 0.
    """
    along, wide = NONE, ORIGIN
    for k in range(len(slides)):
        column, axis = int(slides[k, 0]), (slides[k, 1], slides[k, 2], slides[k, 3])
        shift = add(shift, scaled(middle[column], axis))
        extent = reach[column] * share
        wide = add(wide, (abs(axis[0]) * extent, abs(axis[1]) * extent, abs(axis[2]) * extent))
        reaches = turned(R, scaled(extent, axis))
        along = (
            reaches if k == 0 else along[0],
            reaches if k == 1 else along[1],
            reaches if k == 2 else along[2],
        )
    most = sqrt(dot(wide, wide))
    return shift, Drift(along, most, turn * most, ORIGIN)


def leans_not(_drift: None, _lean: Vector) -> None:
    """Return nothing for a body that no slide carries."""


@unless_none(leans_not)
def leaning(drift: Drift, lean: Vector) -> Drift:
    """Return slides whose bounds from below are relative to a lean."""
    return Drift(drift.along, drift.most, drift.swing, lean)


def nothing(_drift: None, *_: object) -> float:
    """Return 0 for a body that no slide carries."""
    return 0.0


@unless_none(nothing)
def straight(drift: Drift, n: Vector) -> float:
    """Return the greatest |(n − lean)·u|: n·u less what is relative to the lean, if nothing turns."""
    m = sub(n, drift.lean)
    return abs(dot(m, drift.along[0])) + abs(dot(m, drift.along[1])) + abs(dot(m, drift.along[2]))  # @drift


@unless_none(nothing)
def drift_decrease(drift: Drift, n: Vector, across: Vector) -> float:
    """Return by how much slides can make n·p less; ``across`` is the part of n across the turning axis."""
    return float(straight(drift, n) + drift.swing * length(across))  # @drift_swing


@unless_none(nothing)
def farthest(drift: Drift) -> float:
    """Return the greatest |u|."""
    return drift.most


@unless_none(nothing)
def leaned(drift: Drift) -> float:
    """Return the greatest |lean·u|."""
    m = drift.lean
    return abs(dot(m, drift.along[0])) + abs(dot(m, drift.along[1])) + abs(dot(m, drift.along[2]))


@unless_none(nothing)
def turned_drift(drift: Drift, n: Vector, turn: float) -> float:
    """Return the greatest n'·R(θ) u + lean·u where the normal n' is n turned about some axis by a chord ``turn``."""
    m = add(n, drift.lean)
    direct = abs(dot(m, drift.along[0])) + abs(dot(m, drift.along[1])) + abs(dot(m, drift.along[2]))
    return direct + drift.swing + turn * drift.most  # @drift_turned


@unless_none(nothing)
def widening(drift: Drift, D: Vector, moved: float) -> float:
    """Return the greatest 2 (D + d)·R(θ) u, where d is as long as ``moved`` at most."""
    D_u = abs(dot(D, drift.along[0])) + abs(dot(D, drift.along[1])) + abs(dot(D, drift.along[2]))
    return 2.0 * (D_u + length(D) * drift.swing + moved * drift.most)  # @widening


@inlined
def vector_of(rows: Rows, k: int) -> Vector:
    """Return one of three vectors."""
    return rows[0] if k == 0 else rows[1] if k == 1 else rows[2]


def no_slides(_slides: None, _first: int) -> bool:
    """Return that a body that no slide carries follows no column."""
    return True


@unless_none(no_slides)
def follow_columns_from(slides: Floats, first: int) -> bool:
    """Return whether slides follow columns of a pose from ``first`` on alone."""
    least = first
    for k in range(len(slides)):
        least = min(least, int(slides[k, 0]))
    return least == first


def writes_nothing(_drift: None, _slides: None, _gradient: Floats) -> None:
    """Write nothing for a body that no slide carries."""


@unless_none(writes_nothing)
def write_lean(drift: Drift, slides: Floats, gradient: Floats) -> None:
    """Write by how much lean·u changes from the middle of each slide's range to its end, by column from the third."""
    for k in range(len(slides)):
        along = vector_of(drift.along, k)
        gradient[int(slides[k, 0]) - 2] += dot(drift.lean, along)  # @gradient
