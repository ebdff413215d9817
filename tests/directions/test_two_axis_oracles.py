"""Areas of the chart of two axes beside closed forms, and beside oracles that know nothing of it.

One throws directions at random and looks for a joint pose of each by brute force; the other counts HEALPix pixels,
and those that are whole within, or touched by, what is reached bracket the area.
"""

from __future__ import annotations

import astropy_healpix
import numpy as np
import pytest
from scipy.spatial import KDTree
from scipy.spatial.transform import Rotation
from support import two_axes
from support.campaign import times

from simulator.directions.chart import TwoAxisChart

SPHERE_SR = 4 * np.pi
C_ARM = two_axes.C_ARM


def half_gantry_sr(before_deg: float, beyond_deg: float) -> float:
    """A gantry from -before to 180 + beyond with the couch ±90: 4φ + 2φ (1 - cos before + 1 - cos beyond)."""
    over = np.deg2rad([before_deg, beyond_deg])
    return float(2 * np.pi + np.pi * (1 - np.cos(over)).sum())


CASES = {  # axes, range of the inner joint, of the outer joint, sr
    "O-ring ±60": (C_ARM, (-185, 185), (-60, 60), 8 * np.deg2rad(60)),
    "gantry -5 to 185": (C_ARM, (-5, 185), (-90, 90), half_gantry_sr(5, 5)),
    "gantry -35 to 185": (C_ARM, (-35, 185), (-90, 90), half_gantry_sr(35, 5)),
    "half gantry": (C_ARM, (0, 180), (-90, 90), 2 * np.pi),
    "half gantry, couch 360": (C_ARM, (0, 180), (0, 360), SPHERE_SR),
    "chair tilted ±20": (two_axes.at_angles(90, 90, azimuth_deg=90), (-180, 180), (-20, 20), 8 * np.deg2rad(20)),
    "gyroscope 45/45": (two_axes.at_angles(45, 45), (-180, 180), (-180, 180), 2 * np.pi),
    "gyroscope 60/60": (two_axes.at_angles(60, 60), (-180, 180), (-180, 180), 3 * np.pi),
}
READ_SR = {
    "O-ring ±60": 8.378,
    "gantry -5 to 185": 6.31,
    "gantry -35 to 185": 6.86,
    "half gantry": 6.283,
    "chair tilted ±20": 2.79,
    "gyroscope 45/45": 6.283,
    "gyroscope 60/60": 9.425,
}
every_case = pytest.mark.parametrize("case", CASES)


def chart_sr(case: str) -> tuple[float, float]:
    """The chart's bounds of the area that both ranges have."""
    vectors, inner, outer, _ = CASES[case]
    chart = TwoAxisChart.of("inner", "outer", *vectors)
    edges = chart.inner_edges(*inner), chart.outer_edges(*outer)
    everything = np.ones((len(edges[0]) - 1, len(edges[1]) - 1), dtype=bool)
    return chart.covered_sr(*two_axes.cells_of(*edges, everything))


@every_case
def test_the_chart_has_the_closed_form(case: str) -> None:
    expected_sr = CASES[case][3]
    assert chart_sr(case) == pytest.approx((expected_sr, expected_sr), abs=1e-9)
    if case in READ_SR:
        digits = len(f"{READ_SR[case]}".partition(".")[2])
        assert round(expected_sr, digits) == READ_SR[case]


@every_case
@pytest.mark.parametrize("seed", range(times(1)))
def test_directions_at_random_are_reached_as_often(case: str, seed: int) -> None:
    vectors, inner, outer, _ = CASES[case]
    u = two_axes.on_the_sphere(np.random.default_rng(seed), 2000)
    share = (least_misses(vectors, inner, outer, u) < 1e-4).mean()
    noise = 4.5 * np.sqrt(max(share * (1 - share), 1e-4) / len(u))
    lower, upper = chart_sr(case)
    assert lower / SPHERE_SR - noise <= share <= upper / SPHERE_SR + noise


@every_case
def test_healpix_pixels_bracket_the_area(case: str) -> None:
    vectors, inner, outer, _ = CASES[case]
    nside = 64
    pixels = np.arange(12 * nside**2)
    # Turned, so that no boundary runs along a row of pixels.
    turned = Rotation.random(rng=7)
    u = turned.apply(np.stack(astropy_healpix.healpix_to_xyz(pixels, nside), axis=1))
    low, high = np.array([[inner[0], outer[0]]]), np.array([[inner[1], outer[1]]])
    has = two_axes.reached(vectors, low, high, u)
    with np.errstate(invalid="ignore"):  # a few pixels have seven neighbours
        neighbours = astropy_healpix.neighbours(pixels, nside).T
    beside = has[np.where(neighbours < 0, pixels[:, None], neighbours)]
    # A boundary, smooth as it is, that enters a pixel leaves one of nine middles on its other side.
    inside, touched = has & beside.all(axis=1), has | beside.any(axis=1)
    pixel_sr = SPHERE_SR / len(pixels)
    lower, upper = chart_sr(case)
    assert inside.sum() * pixel_sr <= lower + 1e-9 and upper - 1e-9 <= touched.sum() * pixel_sr
    assert has.sum() * pixel_sr == pytest.approx((lower + upper) / 2, abs=0.01)


def least_misses(vectors, inner, outer, u: np.ndarray) -> np.ndarray:
    """How far, in rad, the nearest pose of two ranges aims beside each direction (n, 3): by search over the joints.

    From the best poses of a grid on, the best of nine around is taken, nearer and nearer.
    """
    low, high = np.array([inner[0], outer[0]], dtype=float), np.array([inner[1], outer[1]], dtype=float)
    grid = np.stack(np.meshgrid(*(np.linspace(a, b, 73) for a, b in zip(low, high, strict=True))), -1).reshape(-1, 2)
    around = np.array([(a, b) for a in (0, -1, 1) for b in (0, -1, 1)], dtype=float)
    count, starts = len(u), 2
    best = grid[KDTree(aims(vectors, grid)).query(u, k=starts)[1]].reshape(-1, 2)
    u = np.repeat(u, starts, axis=0)
    for step in 5.0 * 0.6 ** np.arange(24):
        near = np.clip(best[:, None] + step * around, low, high)
        missed = ((aims(vectors, near.reshape(-1, 2)).reshape(*near.shape[:2], 3) - u[:, None]) ** 2).sum(axis=2)
        best = near[np.arange(len(near)), missed.argmin(axis=1)]
    return np.linalg.norm(aims(vectors, best) - u, axis=1).reshape(count, starts).min(axis=1)


def aims(vectors, joints_deg: np.ndarray) -> np.ndarray:
    """Directions (n, 3) of poses (n, 2) of inner and outer joint, by Rodrigues' formula."""
    axis_outer, axis_inner, beam = (np.asarray(vector, dtype=float) for vector in vectors)
    return turned_about(axis_outer, joints_deg[:, 1], turned_about(axis_inner, joints_deg[:, 0], beam))


def turned_about(axis: np.ndarray, degrees: np.ndarray, vector: np.ndarray) -> np.ndarray:
    cos, sin = np.cos(np.deg2rad(degrees))[:, None], np.sin(np.deg2rad(degrees))[:, None]
    along = (vector @ axis)[..., None] * axis
    return along + cos * (vector - along) + sin * np.cross(axis, vector)
