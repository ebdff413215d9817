"""Which straight ways lie in a union of boxes, and so are free all the way if the boxes are; compiled.

Each box holds one stretch of a way, from the last joint that enters it to the first that leaves it. The stretches
must follow each other without a gap. Boxes that share a side have the same number there, so one stretch ends at
exactly the number where the next begins.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.compiled import inlined, jit

Floats = NDArray[np.float64]


@jit
def are_covered(low: Floats, high: Floats, start: Floats, stop: Floats) -> NDArray[np.bool_]:
    """Return which straight ways lie wholly in a union of closed boxes, shape (m,).

    Parameters
    ----------
    low, high : ndarray, shape (n, k)
        The boxes, in the order of the least values of their first joint.
    start, stop : ndarray, shape (m, k)
        The ends of the ways.
    """
    found = np.zeros(len(start), dtype=np.bool_)
    entry, leaving, widest = np.empty(len(low)), np.empty(len(low)), 0.0
    for box in range(len(low)):
        widest = max(widest, high[box, 0] - low[box, 0])
    for way in range(len(start)):
        count = 0
        least, most = min(start[way, 0], stop[way, 0]), max(start[way, 0], stop[way, 0])
        for box in range(_first_from(low, least - 1.01 * widest), len(low)):  # more than rounding can take
            if low[box, 0] > most:
                break
            if _may_meet(low, high, box, start, stop, way):
                first, last = _stretch(low, high, box, start, stop, way)
                if first <= last:
                    _insert(entry, leaving, count, first, last)
                    count += 1
        found[way] = _follow(entry, leaving, count)
    return found


@inlined
def _first_from(low: Floats, value: float) -> int:
    """Return the first box whose first joint has at least some value, by halving."""
    first, last = 0, len(low)
    while first < last:
        middle = (first + last) // 2
        if low[middle, 0] < value:
            first = middle + 1
        else:
            last = middle
    return first


@inlined
def _may_meet(low: Floats, high: Floats, box: int, start: Floats, stop: Floats, way: int) -> bool:
    for column in range(low.shape[1]):
        one, other = start[way, column], stop[way, column]
        if max(one, other) < low[box, column] or min(one, other) > high[box, column]:
            return False
    return True


@inlined
def _stretch(low: Floats, high: Floats, box: int, start: Floats, stop: Floats, way: int) -> tuple[float, float]:
    """Return from which share of a way to which it is in a box; the first is larger than the last if nowhere."""
    first, last = 0.0, 1.0
    for column in range(low.shape[1]):
        at, by = start[way, column], stop[way, column] - start[way, column]
        if by != 0.0:  # a joint that stands is within the box, else they could not meet
            one, other = (low[box, column] - at) / by, (high[box, column] - at) / by
            first, last = max(first, min(one, other)), min(last, max(one, other))
    return first, last


@inlined
def _insert(entry: Floats, leaving: Floats, count: int, first: float, last: float) -> None:
    """Put a stretch among others in the order of their entries."""
    at = count
    while at > 0 and entry[at - 1] > first:
        entry[at], leaving[at] = entry[at - 1], leaving[at - 1]
        at -= 1
    entry[at], leaving[at] = first, last


@inlined
def _follow(entry: Floats, leaving: Floats, count: int) -> bool:
    """Return whether stretches in the order of their entries leave no gap between 0 and 1."""
    reached = 0.0
    for at in range(count):
        if entry[at] > reached:  # @gap
            return False
        reached = max(reached, leaving[at])
    return count > 0 and reached >= 1.0
