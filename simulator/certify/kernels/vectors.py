"""Vectors as triples of numbers, in compiled code: the formulas of this room read like the mathematics."""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from simulator.certify.kernels.compiled import inlined

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Vector = tuple[float, float, float]


@inlined
def vector(rows: Floats, i: int) -> Vector:
    """Return row ``i`` of an array (n, 3)."""
    return rows[i, 0], rows[i, 1], rows[i, 2]


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
