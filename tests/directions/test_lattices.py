"""Points of a sphere: areas against scipy's Voronoi cells, and the rule of the rings."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import SphericalVoronoi

from simulator.directions.lattices import fibonacci_lattice, rings


def test_points_of_the_lattice_have_equal_areas():
    points = fibonacci_lattice(2000)
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), 1.0, atol=1e-14)
    areas = SphericalVoronoi(points).calculate_areas() * 2000 / (4 * np.pi)
    assert abs(areas - 1.0).max() < 0.1  # at the poles
    assert np.percentile(abs(areas - 1.0), 98) < 0.02


@settings(max_examples=50)
@given(seed=st.integers(0, 10_000), half_deg=st.floats(5.0, 90.0))
def test_a_cap_has_its_share_of_the_lattice(seed, half_deg):
    """Its area is 2π (1 − cos h), wherever it is."""
    middle = np.random.default_rng(seed).normal(size=3)
    inside = fibonacci_lattice(20_000) @ (middle / np.linalg.norm(middle)) > np.cos(np.radians(half_deg))
    assert inside.mean() == pytest.approx((1.0 - np.cos(np.radians(half_deg))) / 2.0, abs=0.0015)


def test_the_rings_are_6_degrees_apart_and_so_are_their_beams():
    found = rings()
    assert found.shape == (1162, 3)
    polar = np.degrees(np.arccos(found[:, 1]))
    numbers, counts = np.unique(np.round(polar / 6.0, 6), return_counts=True)
    np.testing.assert_array_equal(numbers, np.arange(31))
    np.testing.assert_array_equal(counts, counts[::-1])  # head and feet alike
    for number in range(1, 30):
        ring = found[np.abs(polar - 6.0 * number) < 1e-6]
        apart = np.degrees(np.arccos(np.clip((ring[:-1] * ring[1:]).sum(axis=1), -1.0, 1.0)))
        assert np.ptp(apart) < 1e-6
        assert apart.mean() == pytest.approx(6.0, abs=0.45)
        np.testing.assert_allclose(
            ring[0], [-np.sin(np.radians(6.0 * number)), np.cos(np.radians(6.0 * number)), 0.0], atol=1e-12
        )
        assert ring[1, 2] > 0.0
