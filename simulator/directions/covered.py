"""The solid angle that rectangles of poses cover together, each direction counted once."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from simulator.directions.vectors import cell_area_sr
from simulator.geometry.angles import FloatArray, finite
from simulator.geometry.scales import wrap_180

HALF_TURN = 180.0
ROUNDING_SR = 1e-9
"""Sums of the areas of a million rectangles are off by less."""


def covered_sr(low_deg: ArrayLike, high_deg: ArrayLike) -> float:
    """Return the solid angle of the union of the directions of rectangles of poses.

    (g, c) and (-g, c ± 180) are one direction. Where no two rectangles can hold the same one, areas are added;
    otherwise all are folded into couch [-90, 90], and in every strip between neighbouring gantry edges the union of
    couch intervals is measured. Exact up to rounding.

    Parameters
    ----------
    low_deg, high_deg : array_like, shape (n, 2)
        Least and greatest gantry and couch angle. Rectangles may touch but not overlap, each lies on one side of
        gantry 0 and 180 and of couch -90 and 90, and together they span at most a full turn of either angle.

    Returns
    -------
    float
        Steradians.
    """
    low, high = finite("low_deg", low_deg).reshape(-1, 2), finite("high_deg", high_deg).reshape(-1, 2)
    if len(low) == 0:
        return 0.0
    if (high.max(axis=0) - low.min(axis=0))[1] <= HALF_TURN:
        return float(cell_area_sr(low[:, 0], high[:, 0], low[:, 1], high[:, 1]).sum())
    return _union_sr(*_folded(low, high))


def beyond_sr(low_deg: ArrayLike, high_deg: ArrayLike, known_low_deg: ArrayLike, known_high_deg: ArrayLike) -> float:
    """Return the solid angle of the directions of rectangles of poses that no known rectangle has.

    Parameters
    ----------
    low_deg, high_deg, known_low_deg, known_high_deg : array_like, shapes (n, 2) and (m, 2)
        As in `covered_sr`; here the rectangles may overlap the known ones.

    Returns
    -------
    float
        Steradians; differences that rounding could make (`ROUNDING_SR`) are 0.
    """
    low, high = finite("low_deg", low_deg).reshape(-1, 2), finite("high_deg", high_deg).reshape(-1, 2)
    known_low = finite("known_low_deg", known_low_deg).reshape(-1, 2)
    known_high = finite("known_high_deg", known_high_deg).reshape(-1, 2)
    if len(low) == 0:
        return 0.0
    known = _union_sr(*_folded(known_low, known_high)) if len(known_low) else 0.0
    both = _union_sr(*_folded(np.concatenate([low, known_low]), np.concatenate([high, known_high])))
    return both - known if both - known > ROUNDING_SR else 0.0


def _folded(low: FloatArray, high: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the rectangles in gantry [-180, 180], couch [-90, 90]."""
    middle, half = (low + high) / 2, (high - low) / 2
    half_turns = np.floor((middle[:, 1] + HALF_TURN / 2) / HALF_TURN)
    gantry = wrap_180(np.where(half_turns % 2 == 0, middle[:, 0], -middle[:, 0]))
    folded = np.stack([gantry, middle[:, 1] - HALF_TURN * half_turns], axis=1)
    return np.round(folded - half, 9), np.round(folded + half, 9)


def _union_sr(low: FloatArray, high: FloatArray) -> float:
    edges = np.unique(np.concatenate([low[:, 0], high[:, 0]]))
    first, last = np.searchsorted(edges, low[:, 0]), np.searchsorted(edges, high[:, 0])
    which = np.repeat(np.arange(len(low)), last - first)
    strip = np.arange(len(which)) - np.repeat(np.cumsum(last - first) - last, last - first)
    # Strips are laid one behind the other on one line, where their couch intervals cannot meet.
    start, stop = low[which, 1] + 2 * HALF_TURN * strip, high[which, 1] + 2 * HALF_TURN * strip
    order = np.argsort(start, kind="stable")
    start, stop, strip = start[order], stop[order], strip[order]
    reached = np.concatenate([[-np.inf], np.maximum.accumulate(stop)[:-1]])
    new = np.maximum(stop - np.maximum(start, reached), 0.0)
    widths = np.bincount(strip, weights=new, minlength=len(edges) - 1)
    return float((cell_area_sr(edges[:-1], edges[1:], 0.0, 1.0) * widths).sum())
