"""Vectors as triples of numbers, in compiled code: the formulas of this room read like the mathematics."""

from __future__ import annotations

from math import cos, sin, sqrt

import numpy as np
from numpy.typing import NDArray

from simulator.compiled import inlined

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Vector = tuple[float, float, float]
Rows = tuple[Vector, Vector, Vector]
"""A rotation, by the rows of its matrix."""
ORIGIN = (0.0, 0.0, 0.0)
IDENTITY = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))


@inlined
def vector(rows: Floats, i: int) -> Vector:
    """Return row ``i`` of an array (n, 3)."""
    return rows[i, 0], rows[i, 1], rows[i, 2]


@inlined
def two_of(rows: Ints, i: int) -> tuple[int, int]:
    """Return row ``i`` of an array (n, 2) as 64-bit numbers: so what takes them is compiled for one kind alone."""
    return rows[i, 0] + 0, rows[i, 1] + 0


@inlined
def add(a: Vector, b: Vector) -> Vector:
    """Return a + b."""
    return a[0] + b[0], a[1] + b[1], a[2] + b[2]


@inlined
def sub(a: Vector, b: Vector) -> Vector:
    """Return a − b."""
    return a[0] - b[0], a[1] - b[1], a[2] - b[2]


@inlined
def scaled(s: float, a: Vector) -> Vector:
    """Return s a."""
    return s * a[0], s * a[1], s * a[2]


@inlined
def dot(a: Vector, b: Vector) -> float:
    """Return a · b."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


@inlined
def cross(a: Vector, b: Vector) -> Vector:
    """Return a × b."""
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]


@inlined
def length(a: Vector) -> float:
    """Return |a|."""
    return sqrt(dot(a, a))


@inlined
def component(a: Vector, k: int) -> float:
    """Return one of the three numbers of a vector; by its index, which a loop counts."""
    return a[0] if k == 0 else (a[1] if k == 1 else a[2])


@inlined
def extent_along(n: Vector, half: Vector) -> float:
    """Return how far a box of half edges reaches from its middle along n, both in its axes."""
    return abs(n[0]) * half[0] + abs(n[1]) * half[1] + abs(n[2]) * half[2]


@inlined
def row(R: Rows, k: int) -> Vector:
    """Return a row of a matrix."""
    return R[0] if k == 0 else (R[1] if k == 1 else R[2])


@inlined
def column(R: Rows, k: int) -> Vector:
    """Return a column of a matrix."""
    return component(R[0], k), component(R[1], k), component(R[2], k)


@inlined
def transposed(R: Rows) -> Rows:
    """Return the inverse of a rotation."""
    return column(R, 0), column(R, 1), column(R, 2)


@inlined
def turned(R: Rows, a: Vector) -> Vector:
    """Return R a."""
    return dot(R[0], a), dot(R[1], a), dot(R[2], a)


@inlined
def turned_back(R: Rows, a: Vector) -> Vector:
    """Return the inverse of a rotation R, times a."""
    return add(add(scaled(a[0], R[0]), scaled(a[1], R[1])), scaled(a[2], R[2]))


@inlined
def product(R: Rows, Q: Rows) -> Rows:
    """Return R Q."""
    x, y, z = column(Q, 0), column(Q, 1), column(Q, 2)
    return (
        (dot(R[0], x), dot(R[0], y), dot(R[0], z)),
        (dot(R[1], x), dot(R[1], y), dot(R[1], z)),
        (dot(R[2], x), dot(R[2], y), dot(R[2], z)),
    )


@inlined
def rotation(axis: Vector, angle: float) -> Rows:
    """Return the rotation about a unit vector by an angle in radians (Rodrigues)."""
    x, y, z = axis
    s, c, k = sin(angle), cos(angle), 1.0 - cos(angle)  # @rotation
    return (
        (c + k * x * x, k * x * y - s * z, k * x * z + s * y),
        (k * x * y + s * z, c + k * y * y, k * y * z - s * x),
        (k * x * z - s * y, k * y * z + s * x, c + k * z * z),
    )
