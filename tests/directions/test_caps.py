"""Unions of caps against closed forms: one, two apart, two that overlap in a lens, and the whole sphere."""

from __future__ import annotations

import numpy as np
import pytest

import simulator as sim
from simulator.directions.caps import union_of_caps_sr

WHOLE = 4 * np.pi


def cap_sr(radius_deg: float) -> float:
    return 2 * np.pi * (1 - np.cos(np.radians(radius_deg)))


def lens_sr(radius_deg: float, apart_deg: float) -> float:
    """What two caps of one radius share: twice the sector of a cap less the triangle (girard)."""
    r, d = np.radians(radius_deg), np.radians(apart_deg)
    at_centre = np.arccos(np.tan(d / 2) / np.tan(r))
    at_corner = 2 * np.arcsin(np.sin(d / 2) / np.sin(r))
    sectors = 2 * 2 * at_centre * (1 - np.cos(r))
    triangles = 2 * (2 * at_centre + at_corner - np.pi)
    return float(sectors - triangles)


def directions(*polar_azimuth_deg) -> np.ndarray:
    polar, azimuth = np.radians(np.array(polar_azimuth_deg, dtype=float)).T
    return np.stack([np.sin(polar) * np.cos(azimuth), np.sin(polar) * np.sin(azimuth), np.cos(polar)], axis=1)


@pytest.mark.parametrize(
    ("centres", "radius_deg", "expected"),
    [
        (directions((0, 0)), 30.0, cap_sr(30.0)),
        (directions((77, 133)), 6.0, cap_sr(6.0)),
        (directions((40, 10), (120, -60)), 25.0, 2 * cap_sr(25.0)),
        (directions((90, 175), (90, -165)), 15.0, 2 * cap_sr(15.0) - lens_sr(15.0, 20.0)),
        (directions((10, 0), (10, 180)), 30.0, 2 * cap_sr(30.0) - lens_sr(30.0, 20.0)),
        (directions((0, 0), (180, 0)), 90.0, WHOLE),
        (directions((33, 44)), 180.0, WHOLE),
    ],
)
def test_bounds_hold_the_closed_form(centres: np.ndarray, radius_deg: float, expected: float) -> None:
    lower, upper = union_of_caps_sr(centres, radius_deg)
    assert lower <= expected * (1 + 1e-8) and expected <= upper * (1 + 1e-8)
    assert upper - lower <= 1.01e-3 * WHOLE


def test_many_caps_are_counted_once_as_random_directions_say() -> None:
    rng = np.random.default_rng(0)
    centres, asked = (
        v / np.linalg.norm(v, axis=1)[:, None] for v in (rng.normal(size=(60, 3)), rng.normal(size=(100_000, 3)))
    )
    share = float(((asked @ centres.T).max(axis=1) >= np.cos(np.radians(12.0))).mean())
    lower, upper = union_of_caps_sr(centres, 12.0)
    assert lower / WHOLE - 0.006 <= share <= upper / WHOLE + 0.006


def test_no_cap_has_no_area_and_a_radius_is_an_angle() -> None:
    assert union_of_caps_sr(np.empty((0, 3)), 6.0) == (0.0, 0.0)
    with pytest.raises(sim.SimulatorError, match="radius_deg"):
        union_of_caps_sr(directions((0, 0)), 0.0)
