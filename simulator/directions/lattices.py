"""Points all over the sphere, evenly: many for areas, and the rings of published work."""

from __future__ import annotations

import numpy as np

from simulator.geometry.angles import FULL_TURN_DEG, HALF_TURN_DEG, FloatArray, sin_cos_deg

GOLDEN_ANGLE_DEG = HALF_TURN_DEG * (3.0 - 5.0**0.5)
RINGS_DEG = 6.0
"""Between the rings of the published candidates."""


def fibonacci_lattice(count: int) -> FloatArray:
    """Return unit vectors (count, 3) of equal areas on a spiral from +z to −z.

    Each next one is a golden angle further round, and as much lower as makes the areas between them equal (Swinbank
    and Purser, Q. J. R. Meteorol. Soc. 132 (2006) 1769).
    """
    at = np.arange(count)
    z = 1.0 - (2.0 * at + 1.0) / count
    sin, cos = sin_cos_deg(np.mod(at * GOLDEN_ANGLE_DEG, FULL_TURN_DEG))
    across = np.sqrt(1.0 - z**2)
    return np.stack([across * cos, across * sin, z], axis=1)


def rings() -> FloatArray:
    """Return the 1162 candidate directions (1162, 3) of published 4π work, in table-top axes.

    Rings lie every 6° about the table's long axis, from the end at the gantry (+y) to the other. On each the first
    beam is level, on the side of −x, and the next ones go up, as many whole degrees further round as come nearest to
    6° on the sphere. That need not divide the circle: the last step of a ring is shorter than the others.
    """
    found = []
    for polar_deg in np.arange(0.0, HALF_TURN_DEG + RINGS_DEG, RINGS_DEG):
        across, along = sin_cos_deg(polar_deg)
        step_deg = FULL_TURN_DEG if across < 1e-9 else float(np.floor(RINGS_DEG / across + 0.5))
        sin, cos = sin_cos_deg(HALF_TURN_DEG - np.arange(0.0, FULL_TURN_DEG, step_deg))
        found.append(np.stack([across * cos, np.full_like(cos, along), across * sin], axis=1))
    return np.concatenate(found)
