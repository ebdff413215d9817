"""Enclosures of functions over boxes: affine in the box's coordinates, with a rest that bounds what is left.

A form says that a value lies within ``rest`` of ``centre + Σ slopes_j e_j`` for all e in [-1, 1]^k; all forms of one
computation have the same e, so that what depends on a coordinate in opposite ways cancels (affine arithmetic: Comba
and Stolfi 1993; Stolfi and de Figueiredo 1997). Functions are taken to first order about the centre. What that leaves
of the second order is bounded by the largest second derivative on the way there, so that the width of an enclosure is
that of the function itself and a share that falls with the square of the box.

*Rounding.* Each operation adds `UNIT` times the magnitudes that went into it to the rest: some ninety times the unit
roundoff, and no operation rounds more than a dozen times. What cannot be bounded (a function beyond its range, or at
a point where it has no derivative) has an infinite or undefined rest, and stays so: every comparison with it that
could prove something is false.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
UNIT = 1e-14


@dataclass(frozen=True, eq=False)
class Affine:
    """Values over n boxes of k coordinates.

    Attributes
    ----------
    centre : array, shape (n,)
        In the middle of each box.
    slopes : array, shape (k, n)
        By how much the value grows from the middle to the far side, by coordinate.
    rest : array, shape (n,)
        How far the value may be from these, 0 or more.
    """

    centre: FloatArray
    slopes: FloatArray
    rest: FloatArray

    @classmethod
    def coordinate(cls, low: FloatArray, high: FloatArray, at: int, of: int) -> Affine:
        """Return the coordinate ``at`` of ``of`` coordinates, between its ends (n,)."""
        centre = low + (high - low) / 2.0
        half = np.maximum(high - centre, centre - low)
        slopes = np.zeros((of, len(centre)))
        slopes[at] = half
        return cls(centre, slopes, UNIT * (np.abs(centre) + half))

    @cached_property
    def radius(self) -> FloatArray:
        """How far the value may be from the centre (n,)."""
        return np.asarray(np.abs(self.slopes).sum(axis=0) + self.rest)

    @property
    def magnitude(self) -> FloatArray:
        """What the value is at most, without its sign (n,)."""
        return np.abs(self.centre) + self.radius

    @property
    def low(self) -> FloatArray:
        """At least (n,)."""
        return self.centre - self.radius

    @property
    def high(self) -> FloatArray:
        """At most (n,)."""
        return self.centre + self.radius

    def __add__(self, other: Affine | float | FloatArray) -> Affine:
        if not isinstance(other, Affine):
            return self._made(self.centre + other, self.slopes, self.rest, self.magnitude + np.abs(other))
        magnitude = self.magnitude + other.magnitude
        return self._made(self.centre + other.centre, self.slopes + other.slopes, self.rest + other.rest, magnitude)

    def __sub__(self, other: Affine | float | FloatArray) -> Affine:
        return self + (-other if not isinstance(other, Affine) else other * -1.0)

    def __mul__(self, other: Affine | float | FloatArray) -> Affine:
        if not isinstance(other, Affine):
            size = np.abs(other)
            return self._made(self.centre * other, self.slopes * other, self.rest * size, self.magnitude * size)
        rest = np.abs(self.centre) * other.rest + np.abs(other.centre) * self.rest
        rest += self.radius * other.radius  # @product: what both vary by, multiplied
        slopes = self.centre * other.slopes + other.centre * self.slopes
        return self._made(self.centre * other.centre, slopes, rest, self.magnitude * other.magnitude)

    def function(self, value: FloatArray, slope: FloatArray, curvature: FloatArray) -> Affine:
        """Return a function of this value: it and its derivative at the centre, and at most its second derivative."""
        rest = np.abs(slope) * self.rest + 0.5 * curvature * self.radius**2
        return self._made(value, slope * self.slopes, rest, np.abs(value) + np.abs(slope) * self.radius)

    def or_between(self, low: FloatArray | float, high: FloatArray | float) -> Affine:
        """Return the form, and where it says much less than two bounds (n,) that are known of the value, those.

        Where it says but a little less, its slopes are worth more.
        """
        half = (high - low) / 2.0
        is_narrow = self.radius <= 2.0 * half
        centre = np.where(is_narrow, self.centre, low + half)
        rest = np.where(is_narrow, self.rest, half + UNIT * (np.abs(low) + half))
        return Affine(centre, np.where(is_narrow, self.slopes, 0.0), rest)

    @staticmethod
    def _made(centre: FloatArray, slopes: FloatArray, rest: FloatArray, magnitude: FloatArray) -> Affine:
        """Return a form whose rest holds the rounding of numbers of that magnitude, too."""
        return Affine(centre, slopes, rest + UNIT * magnitude)


def sine_cosine(angle: Affine) -> tuple[Affine, Affine]:
    """Return sine and cosine of an angle in radians."""
    s, c = np.sin(angle.centre), np.cos(angle.centre)
    most = angle.radius
    return (
        angle.function(s, c, np.minimum(1.0, np.abs(s) + most)).or_between(-1.0, 1.0),
        angle.function(c, -s, np.minimum(1.0, np.abs(c) + most)).or_between(-1.0, 1.0),
    )


def norm(x: Affine, y: Affine) -> Affine:
    """Return √(x² + y²). Its curvature is at most 1/r, across the way from the origin."""
    r, nearest = _distances(x, y)
    return _of_two(r, (x, x.centre / r), (y, y.centre / r), 1.0 / nearest)


def angle_of(y: Affine, x: Affine) -> Affine:
    """Return atan2(y, x) in radians, continued from the centre: no jump within the box.

    It is the imaginary part of log(x + iy), whose second derivative is -1/(x + iy)²: its curvature is at most 1/r².
    Near the origin that says less than the angle under which the disc of all values is seen.
    """
    r, nearest = _distances(x, y)
    squared = r * r
    form = _of_two(
        np.arctan2(y.centre, x.centre), (x, -y.centre / squared), (y, x.centre / squared), 1.0 / nearest**2
    )
    seen = np.where(nearest > 0.0, np.arcsin(1.0 - nearest / r), np.inf)
    return form.or_between(form.centre - seen, form.centre + seen)


def arccos(x: Affine) -> Affine:
    """Return the arc cosine in radians, where there is one; its curvature |x| (1 - x²)^(-3/2) grows with |x|.

    Near ±1 that says less than that the arc cosine falls.
    """
    c, most = x.centre, x.magnitude
    slope = -1.0 / np.sqrt((1.0 - c) * (1.0 + c))
    curvature = np.where(most < 1.0, most / ((1.0 - most) * (1.0 + most)) ** 1.5, np.inf)
    form = x.function(np.arccos(c), slope, curvature)
    return form.or_between(np.arccos(np.clip(x.high, -1.0, 1.0)), np.arccos(np.clip(x.low, -1.0, 1.0)))


def beside(r: Affine, offset: float) -> tuple[Affine, Affine]:
    """Return √(r² - b²) and arcsin(b/r): leg and angle of a right triangle with hypotenuse r and other leg b.

    With t the leg, their derivatives are r/t and -b/(rt), their curvatures b²/t³ and |b| (2r² - b²)/(r² t³).
    """
    size = abs(offset)

    def leg_of(hypotenuse: FloatArray) -> FloatArray:
        return np.sqrt((hypotenuse - size) * (hypotenuse + size))

    leg, least = leg_of(r.centre), r.low
    shortest = np.where(least > size, leg_of(np.maximum(least, size)), 0.0)
    bend = size / shortest**3 if size else np.where(shortest > 0.0, 0.0, np.inf)
    return (
        r.function(leg, r.centre / leg, size * bend if size else bend),
        r.function(np.arcsin(offset / r.centre), -offset / (r.centre * leg), 2.0 * bend),
    )


def _distances(x: Affine, y: Affine) -> tuple[FloatArray, FloatArray]:
    """Return how far the centre is from the origin, and at least how far any value is; 0 if one may be there."""
    r = np.hypot(x.centre, y.centre)
    return r, np.maximum(0.0, r - np.hypot(x.radius, y.radius) - UNIT * r)


def _of_two(
    value: FloatArray, first: tuple[Affine, FloatArray], second: tuple[Affine, FloatArray], curvature: FloatArray
) -> Affine:
    """Return a function of two values with its derivatives by each and the greatest curvature in any direction."""
    (x, by_x), (y, by_y) = first, second
    rest = np.abs(by_x) * x.rest + np.abs(by_y) * y.rest
    rest += 0.5 * curvature * (x.radius**2 + y.radius**2)  # @second_order
    magnitude = np.abs(value) + np.abs(by_x) * x.radius + np.abs(by_y) * y.radius
    return Affine._made(value, by_x * x.slopes + by_y * y.slopes, rest, magnitude)
