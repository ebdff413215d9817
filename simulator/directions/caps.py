"""The solid angle of a union of caps of the sphere, bounded by cells that lie inside one cap or outside all of them.

Cells are rectangles of polar angle and azimuth. All of a cell lies within the angle ε of its middle, for a way along
the meridian and one along the parallel that is the longest of the cell lead anywhere in it. So a cell is inside a cap
of radius ρ if its middle is within ρ − ε of the cap's, and outside of it if it is beyond ρ + ε; the rest is divided.
The area of a cell is exact, (cos p₁ − cos p₂) Δφ, so what is undecided is all that is left between the bounds.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from simulator.directions.crossed_axes import FULL_SPHERE_SR, BoolArray
from simulator.errors import SimulatorError
from simulator.geometry.angles import FloatArray, finite

TOLERANCE = 1e-3
"""Of 4π."""
MOST_CELLS = 2_000_000
ROUNDING, ROUNDING_RAD = 1e-9, 1e-7
"""Of areas; and of angles, more than the arc cosine of a rounded product is off."""
CHUNK = 4_000_000
"""Distances between middles at once."""


def union_of_caps_sr(centres: ArrayLike, radius_deg: float, tolerance: float = TOLERANCE) -> tuple[float, float]:
    """Return least and greatest solid angle of the directions within a radius of one of some unit vectors.

    Parameters
    ----------
    centres : array_like, shape (n, 3)
        Unit vectors.
    radius_deg : float
        In (0, 180].
    tolerance : float
        The bounds are no further apart than that share of 4π, unless there are very many caps.

    Raises
    ------
    SimulatorError
        If the radius is out of range, or centres are no unit vectors.
    """
    centres = finite("centres", centres).reshape(-1, 3)
    if not 0.0 < radius_deg <= 180.0:
        raise SimulatorError(f"radius_deg: must be above 0 and at most 180, was {radius_deg:g}")
    if not np.allclose(np.linalg.norm(centres, axis=1), 1.0, atol=1e-9):
        raise SimulatorError("centres: must be unit vectors")
    if len(centres) == 0:
        return 0.0, 0.0
    polar, azimuth = np.meshgrid(np.linspace(0.0, np.pi, 13), np.linspace(-np.pi, np.pi, 25), indexing="ij")
    low = np.stack([polar[:-1, :-1].ravel(), azimuth[:-1, :-1].ravel()], axis=1)
    high = np.stack([polar[1:, 1:].ravel(), azimuth[1:, 1:].ravel()], axis=1)
    inside, looked_at = 0.0, 0
    while True:
        looked_at += len(low)
        is_inside, is_outside = _judged(low, high, centres, np.radians(radius_deg))
        inside += float(_areas(low, high)[is_inside].sum())
        is_open = ~is_inside & ~is_outside
        low, high = low[is_open], high[is_open]
        left = float(_areas(low, high).sum())
        if left <= tolerance * FULL_SPHERE_SR or looked_at > MOST_CELLS:
            return inside * (1 - ROUNDING), min((inside + left) * (1 + ROUNDING), FULL_SPHERE_SR)
        low, high = _quartered(low, high)


def _areas(low: FloatArray, high: FloatArray) -> FloatArray:
    return np.asarray((np.cos(low[:, 0]) - np.cos(high[:, 0])) * (high[:, 1] - low[:, 1]))


def _judged(low: FloatArray, high: FloatArray, centres: FloatArray, radius: float) -> tuple[BoolArray, BoolArray]:
    """Return which cells lie inside a cap, and which outside all."""
    polar, azimuth = ((low + high) / 2).T
    middles = np.stack([np.sin(polar) * np.cos(azimuth), np.sin(polar) * np.sin(azimuth), np.cos(polar)], axis=1)
    half = (high - low) / 2
    widest = np.sin(np.clip(np.pi / 2, low[:, 0], high[:, 0]))
    reach = half[:, 0] + half[:, 1] * widest + ROUNDING_RAD  # @reach
    is_inside, is_outside = np.zeros(len(low), dtype=bool), np.zeros(len(low), dtype=bool)
    step = max(CHUNK // len(centres), 1)
    for at in range(0, len(low), step):
        part = slice(at, at + step)
        nearest = np.arccos(np.clip((middles[part] @ centres.T).max(axis=1), -1.0, 1.0))
        is_inside[part] = nearest <= radius - reach[part]
        is_outside[part] = nearest > radius + reach[part]
    return is_inside, is_outside


def _quartered(low: FloatArray, high: FloatArray) -> tuple[FloatArray, FloatArray]:
    middle = (low + high) / 2
    lows, highs = [], []
    for first in (False, True):
        for second in (False, True):
            upper = np.array([first, second])
            lows.append(np.where(upper, middle, low))
            highs.append(np.where(upper, high, middle))
    return np.concatenate(lows), np.concatenate(highs)
