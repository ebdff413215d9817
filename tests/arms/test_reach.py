"""Bounds of what an arm reaches hold what sampling finds, and sort mounts as sampling does."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from support.campaign import times
from support.six_axis_arms import KR150_2, mounted

from simulator.arms.beam_pose import T_fixed_tool
from simulator.arms.joint_boxes import EVERYWHERE, NOWHERE, UNKNOWN
from simulator.arms.reach import Reach, reachable_directions, way_verdicts
from simulator.arms.spherical_wrist import SphericalWrist
from simulator.models.arm import Arm

ABOVE_MM = -650.0
DISTANCES, ROLLS = (650.0, 800.0, 1000.0), np.arange(0.0, 360.0, 30.0)


@cache
def reach(mount_deg: float) -> tuple[SphericalWrist, Arm, Reach]:
    wrist, arm = mounted(KR150_2, mount_deg)
    return wrist, arm, reachable_directions(wrist, arm, above_mm=ABOVE_MM, tolerance=0.02, finest_deg=5.0)


def sampled(wrist: SphericalWrist, arm: Arm, directions: np.ndarray) -> np.ndarray:
    """Return which directions (n, 2) are reached at a few distances and rolls."""
    is_reached = np.zeros(len(directions), dtype=bool)
    for distance in DISTANCES:
        for roll in ROLLS:
            poses = np.column_stack([directions, np.tile([distance, roll], (len(directions), 1))])
            T = T_fixed_tool(arm, poses)
            centre = T[:, :3, 3] + T[:, :3, :3] @ wrist.geometry.centre_tool_mm
            source = distance * np.cos(np.radians(directions[:, 1]))
            is_above = (centre[:, 2] > ABOVE_MM) & (source > ABOVE_MM)
            is_reached |= is_above & wrist.within_limits(wrist.inverse(T)[0])[1].any(axis=1)
    return is_reached


def cell_of(found: Reach, directions: np.ndarray) -> np.ndarray:
    """Return the verdict of the cell that each direction (n, 2) lies in."""
    is_in = (found.low <= directions[:, None]) & (directions[:, None] < found.high)
    return found.verdict[is_in.all(axis=2).argmax(axis=1)]


@pytest.mark.parametrize("mount_deg", [0.0, 90.0])
def test_no_sampled_direction_contradicts_a_cell(mount_deg: float) -> None:
    wrist, arm, found = reach(mount_deg)
    rng = np.random.default_rng(4)
    count = times(400)
    directions = np.column_stack(
        [rng.uniform(-180.0, 180.0, count), np.degrees(np.arccos(rng.uniform(-1, 1, count)))]
    )
    verdict, is_reached = cell_of(found, directions), sampled(wrist, arm, directions)
    assert not (is_reached & (verdict == NOWHERE)).any()
    assert found.bounds[0] - 0.05 <= is_reached.mean() <= found.bounds[1] + 0.05


def test_healpix_directions_lie_within_the_bounds() -> None:
    from astropy_healpix import HEALPix

    wrist, arm, found = reach(0.0)
    lon, lat = HEALPix(nside=8).healpix_to_lonlat(np.arange(768))
    azimuth = (np.asarray(lon.to_value("deg")) + 180.0) % 360.0 - 180.0
    is_reached = sampled(wrist, arm, np.column_stack([azimuth, 90.0 - np.asarray(lat.to_value("deg"))]))
    assert found.bounds[0] - 0.03 <= is_reached.mean() <= found.bounds[1]


def test_cells_cover_the_sphere_once_and_mounts_differ_as_sampled() -> None:
    along, across = reach(0.0)[2], reach(90.0)[2]
    for found in (along, across):
        assert found.shares.sum() == pytest.approx(1.0, abs=1e-12)
        assert set(found.verdict.tolist()) <= {NOWHERE, UNKNOWN, EVERYWHERE}
    assert along.bounds[1] < 0.62 and across.bounds[0] > 0.9


def test_every_direction_of_a_reached_cell_is_reached() -> None:
    wrist, arm, found = reach(90.0)
    is_reached = np.flatnonzero(found.verdict == EVERYWHERE)
    rng = np.random.default_rng(8)
    cells = rng.choice(is_reached, times(150))
    at = found.low[cells] + rng.uniform(0.0, 1.0, (len(cells), 2)) * (found.high - found.low)[cells]
    fine = np.zeros(len(at), dtype=bool)
    for distance in np.linspace(650.0, 1000.0, 5):
        for roll in np.arange(0.0, 360.0, 10.0):
            left = np.flatnonzero(~fine)
            poses = np.column_stack([at[left], np.tile([distance, roll], (len(left), 1))])
            fine[left] |= wrist.within_limits(wrist.inverse(T_fixed_tool(arm, poses))[0])[1].any(axis=1)
    assert fine.all()


def test_below_the_height_is_nowhere() -> None:
    wrist, arm = mounted(KR150_2)
    low, high = np.array([[10.0, 170.0, 800.0, 0.0]] * 8), np.array([[12.0, 172.0, 810.0, 2.0]] * 8)
    assert (way_verdicts(wrist, arm, low, high, np.arange(8), -650.0) == NOWHERE).all()
    free = way_verdicts(wrist, arm, low, high, np.arange(8), -2_000.0)
    partly = way_verdicts(wrist, arm, low, high, np.arange(8), -795.0)
    assert EVERYWHERE not in partly.tolist() or EVERYWHERE in free.tolist()
