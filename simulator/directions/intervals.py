"""Unions of intervals of azimuth, in many strips of the sphere at once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]

UNITS_IN_DEGREE = 10**9
"""Ends of intervals are whole numbers of 1e-9 degrees: edges that differ by rounding are one, and sums are exact."""
TURN = 360 * UNITS_IN_DEGREE
_LINE = 3 * TURN
"""Strips lie one behind the other on one line, this far apart: intervals from -TURN to TURN cannot meet."""


class Intervals(NamedTuple):
    """Intervals of azimuth, each in one strip: sorted, and none meets another, once they are `merged`.

    Attributes
    ----------
    strip : array of int, shape (n,)
        Which strip.
    start, stop : arrays of int, shape (n,)
        In units of 1e-9 degrees, between -TURN and TURN.
    """

    strip: IntArray
    start: IntArray
    stop: IntArray

    def within(self, low: int, high: int) -> Intervals:
        """Return what lies between two azimuths."""
        start, stop = np.maximum(self.start, low), np.minimum(self.stop, high)
        is_left = start < stop
        return Intervals(self.strip[is_left], start[is_left], stop[is_left])

    def of_strips(self, strips: IntArray) -> Intervals:
        """Return the intervals of some strips, numbered by their places in `strips`; these are merged."""
        first, last = np.searchsorted(self.strip, strips, "left"), np.searchsorted(self.strip, strips, "right")
        rows, place = runs(first, last)
        return Intervals(place, self.start[rows], self.stop[rows])

    def lengths_deg(self, strips: int) -> NDArray[np.float64]:
        """Return how many degrees are covered in each of so many strips; these are merged."""
        return np.bincount(self.strip, weights=self.stop - self.start, minlength=strips) / UNITS_IN_DEGREE


def runs(first: IntArray, last: IntArray) -> tuple[IntArray, IntArray]:
    """Return the numbers ``first[k], ..., last[k] - 1`` for each k, one run behind the other, and the k of each."""
    counts = last - first
    which = np.repeat(np.arange(len(counts)), counts)
    return np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts - first, counts), which


def merged(*several: Intervals) -> Intervals:
    """Return the union of intervals, strip by strip; those that touch become one."""
    strip, start, stop = (np.concatenate(column) for column in zip(*several, strict=True))
    if not len(strip):
        return Intervals(strip, start, stop)
    order = np.argsort(strip * _LINE + start, kind="stable")
    base = strip[order] * _LINE
    begins, reached = base + start[order], np.maximum.accumulate(base + stop[order])
    first = np.flatnonzero(np.concatenate([[True], begins[1:] > reached[:-1]]))
    last = np.concatenate([first[1:], [len(strip)]]) - 1
    return Intervals(strip[order][first], begins[first] - base[first], reached[last] - base[first])
