"""The solid angle that rectangles of joint values cover together, each direction counted once.

Poses are folded into polar strips: θ2 in [0, 180], and θ1 on a circle. A pose (θ1, −t) lies at θ1 − 2ψ(t) there
(`crossed_axes`). In a strip between neighbouring edges of θ2 every rectangle is an interval of azimuth, and the
union of intervals is measured. For a C-arm −2ψ is 180° and this is exact. Otherwise the intervals of one side are
sheared against those of the other. Where a strip holds one side only, that does not matter. Where both meet, the
strip is cut into narrower ones, in which the sheared intervals are as wide as −2ψ(t) makes them anywhere (for an
upper bound) or everywhere (for a lower one), until the bounds are close.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.directions.crossed_axes import FULL_SPHERE_SR, BoolArray, CrossedAxes
from simulator.directions.intervals import TURN, UNITS_IN_DEGREE, IntArray, Intervals, merged, runs
from simulator.errors import SimulatorError
from simulator.geometry.angles import FULL_TURN_DEG, HALF_TURN_DEG, FloatArray, wrap_180

ROUNDING_SR = 1e-9
"""Sums of the areas of a million rectangles are off by less."""
TOLERANCE = 1e-3
"""How far apart the bounds may be, as a share of 4π, where the two sides of θ2 overlap with a shear."""
FINEST_DEG = 1e-3
"""Strips are cut no narrower: the bounds are then further apart than asked for."""
MOST_PARTS = 16
"""A strip is cut into at most so many at a time."""
STRADDLES_DEG = 1e-6
"""A rectangle that lies beyond θ2 = 0 or 180 by no more does so by rounding."""
CHUNK = 20_000
"""Strips that are enclosed at a time."""


class _Boxes(NamedTuple):
    """Rectangles of strips in units of 1e-9 degrees: θ2 from `low` to `high`, θ1 from `start` to `stop`."""

    low: IntArray
    high: IntArray
    start: IntArray
    stop: IntArray

    def in_strips(self, edges: IntArray) -> Intervals:
        """Return the intervals in the strips between neighbouring edges, merged."""
        strip, box = runs(np.searchsorted(edges, self.low), np.searchsorted(edges, self.high))
        return merged(Intervals(strip, self.start[box], self.stop[box]))


class _Strips(NamedTuple):
    """Intervals of one side of θ2 in strips: those asked about, and those known already."""

    asked: Intervals
    known: Intervals

    def new_deg(self, count: int) -> FloatArray:
        """Return how many degrees (count,) are asked about and not known."""
        return merged(self.asked, self.known).lengths_deg(count) - self.known.lengths_deg(count)


def covered_sr(
    axes: CrossedAxes, low_deg: FloatArray, high_deg: FloatArray, tolerance: float = TOLERANCE
) -> tuple[float, float]:
    """Return bounds of the solid angle of the union of the directions of rectangles, equal where it is exact.

    Parameters
    ----------
    axes : CrossedAxes
        Whose directions.
    low_deg, high_deg : arrays, shape (n, 2)
        Least and greatest θ2 and θ1. Rectangles may touch but not overlap, unless by whole turns, and each lies on
        one side of θ2 = 0 and 180.
    tolerance : float
        How far apart the bounds may be, as a share of 4π, greater than 0.

    Returns
    -------
    lower, upper : float
        Steradians.
    """
    if len(low_deg) == 0:
        return 0.0, 0.0
    is_negative, _, _ = _sides(low_deg, high_deg)
    span2, span1 = high_deg.max(axis=0) - low_deg.min(axis=0)
    apart = FULL_TURN_DEG
    if is_negative.any() and not is_negative.all():
        least, greatest = axes.image_shift_deg(np.zeros(1), np.full(1, HALF_TURN_DEG))
        apart = min(float(least[0]), FULL_TURN_DEG - float(greatest[0]))
    # No two can hold the same direction.
    if span2 <= FULL_TURN_DEG and span1 <= apart:  # @apart
        area = float(axes.area_sr(low_deg[:, 0], high_deg[:, 0], high_deg[:, 1] - low_deg[:, 1]).sum())
        return area, area
    none = np.empty((0, 2))
    return _beyond(axes, (low_deg, high_deg), (none, none), tolerance)


def beyond_sr(
    axes: CrossedAxes,
    rectangles: tuple[FloatArray, FloatArray],
    known: tuple[FloatArray, FloatArray],
    tolerance: float = TOLERANCE,
) -> tuple[float, float]:
    """Return bounds of the solid angle of the directions of rectangles that no known rectangle has.

    Parameters
    ----------
    axes, tolerance
        As in `covered_sr`.
    rectangles, known : tuple of arrays, shapes (n, 2) and (m, 2)
        Least and greatest values as in `covered_sr`; here all may overlap.

    Returns
    -------
    lower, upper : float
        Steradians; what rounding could make (`ROUNDING_SR`) is 0.
    """
    lower, upper = _beyond(axes, rectangles, known, tolerance)
    return lower if lower > ROUNDING_SR else 0.0, upper if upper > ROUNDING_SR else 0.0


def _beyond(
    axes: CrossedAxes,
    rectangles: tuple[FloatArray, FloatArray],
    known: tuple[FloatArray, FloatArray],
    tolerance: float,
) -> tuple[float, float]:
    asked_boxes, known_boxes = _folded(axes, *rectangles), _folded(axes, *known)
    edges = np.unique(np.concatenate([end for box in (*asked_boxes, *known_boxes) for end in box[:2]]))
    count = max(len(edges) - 1, 0)
    sides = [_Strips(a.in_strips(edges), b.in_strips(edges)) for a, b in zip(asked_boxes, known_boxes, strict=True)]
    new = np.stack([side.new_deg(count) for side in sides])
    held = [np.concatenate([side.asked.strip, side.known.strip]) for side in sides]
    holds = np.stack([np.isin(np.arange(count), strips) for strips in held])
    is_shared = ((new > 0.0) & holds[::-1]).any(axis=0)  # @shared
    edges_deg = edges / UNITS_IN_DEGREE
    weights = axes.area_sr(edges_deg[:-1], edges_deg[1:], np.ones(count))
    exact = float((weights * new.sum(axis=0))[~is_shared].sum())
    if not is_shared.any():
        return exact, exact
    lower, upper = _enclosed(axes, sides, edges_deg, np.flatnonzero(is_shared), tolerance * FULL_SPHERE_SR)
    return exact + lower, exact + upper


def _folded(axes: CrossedAxes, low: FloatArray, high: FloatArray) -> tuple[_Boxes, _Boxes]:
    """Return the rectangles with θ2 above 0, and those below, mirrored but not moved by −2ψ; a C-arm's are moved."""
    is_negative, near, far = _sides(low, high)
    moved = HALF_TURN_DEG * (is_negative & axes.is_unsheared)  # @half_turn
    start = _units(np.mod(low[:, 1] + moved, FULL_TURN_DEG)) % TURN
    stop = start + np.minimum(_units(high[:, 1] - low[:, 1]), TURN)
    # What goes on beyond 360 degrees is one more box.
    over = stop > TURN
    box = np.concatenate([np.arange(len(low)), np.flatnonzero(over)])
    starts = np.concatenate([start, np.zeros_like(start[over])])
    stops = np.concatenate([np.minimum(stop, TURN), stop[over] - TURN])
    boxes = _Boxes(_units(near)[box], _units(far)[box], starts, stops)
    is_below = (is_negative & (not axes.is_unsheared))[box]
    return _Boxes(*(end[~is_below] for end in boxes)), _Boxes(*(end[is_below] for end in boxes))


def _sides(low: FloatArray, high: FloatArray) -> tuple[BoolArray, FloatArray, FloatArray]:
    """Return on which side of θ2 = 0 rectangles lie, and their least and greatest distance from it, in [0, 180]."""
    middle, half = wrap_180((low[:, 0] + high[:, 0]) / 2), (high[:, 0] - low[:, 0]) / 2
    near, far = np.abs(middle) - half, np.abs(middle) + half
    straddles = np.flatnonzero((near < -STRADDLES_DEG) | (far > HALF_TURN_DEG + STRADDLES_DEG))
    if straddles.size:
        first = straddles[0]
        raise SimulatorError(
            f"cells must lie on one side of the folds of the sphere; {straddles.size} did not, such as that of "
            f"{2 * half[first]:g} degrees with its middle {abs(middle[first]):g} degrees from one"
        )
    return middle < 0.0, np.maximum(near, 0.0), np.minimum(far, HALF_TURN_DEG)


def _units(degrees: FloatArray) -> IntArray:
    return np.rint(degrees * UNITS_IN_DEGREE).astype(np.int64)


def _enclosed(
    axes: CrossedAxes, sides: list[_Strips], edges_deg: FloatArray, strips: NDArray[np.intp], tolerance_sr: float
) -> tuple[float, float]:
    """Return bounds of what is new in strips where both sides meet, which are cut until the bounds are close."""
    low, high = edges_deg[strips], edges_deg[strips + 1]
    # The same share of every strip may stay open.
    open_deg = tolerance_sr / float(axes.area_sr(low, high, np.ones(len(low))).sum())
    lower = upper = 0.0
    while len(strips):
        bounds = [
            _bounds_deg(axes, sides, low[at : at + CHUNK], high[at : at + CHUNK], strips[at : at + CHUNK])
            for at in range(0, len(strips), CHUNK)
        ]
        least, most = (np.concatenate(bound) for bound in zip(*bounds, strict=True))
        is_done = (most - least <= open_deg) | (high - low <= FINEST_DEG)
        areas = axes.area_sr(low, high, np.ones(len(low)))
        lower += float((areas * least)[is_done].sum())
        upper += float((areas * most)[is_done].sum())
        parts = np.clip(np.ceil((most - least) / open_deg), 2, MOST_PARTS)[~is_done].astype(np.intp)
        low, high, strips = low[~is_done], high[~is_done], strips[~is_done]
        part, which = runs(np.zeros(len(parts), dtype=np.intp), parts)
        width = (high - low)[which] / parts[which]
        low, high, strips = low[which] + part * width, low[which] + (part + 1) * width, strips[which]
    return lower, upper


def _bounds_deg(
    axes: CrossedAxes, sides: list[_Strips], low: FloatArray, high: FloatArray, strips: NDArray[np.intp]
) -> tuple[FloatArray, FloatArray]:
    """Return bounds (n,) of the degrees that are new in narrow strips from low to high, parts of those numbered."""
    count = len(strips)
    above, below = (_Strips(*(intervals.of_strips(strips) for intervals in side)) for side in sides)
    least, most = axes.image_shift_deg(low, high)
    # Outwards by a unit, for rounding; -2ψ never leaves [0, 360].
    shift = np.maximum(_units(least) - 1, 0), np.minimum(_units(most) + 1, TURN)
    inner, outer = (_moved(below.asked, *ends) for ends in (shift[::-1], shift))  # @asked
    known_inner, known_outer = (_moved(below.known, *ends) for ends in (shift[::-1], shift))  # @known
    lower = _Strips(merged(above.asked, inner), merged(above.known, known_outer)).new_deg(count)
    upper = _Strips(merged(above.asked, outer), merged(above.known, known_inner)).new_deg(count)
    apart = _Strips(above.asked, above.known).new_deg(count) + _Strips(below.asked, below.known).new_deg(count)
    return lower, np.minimum(upper, apart)


def _moved(intervals: Intervals, start: IntArray, stop: IntArray) -> Intervals:
    """Return intervals on the circle with their starts and stops moved by what (strips,) says for each strip."""
    # On two turns, so that what is merged across the seam is one interval.
    twice = merged(Intervals(intervals.strip, intervals.start - TURN, intervals.stop - TURN), intervals)
    moved = Intervals(twice.strip, twice.start + start[twice.strip], twice.stop + stop[twice.strip])
    return moved.within(0, TURN)
