"""Points spread over regions of any shape: what is proven of them holds for every region that is drawn."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import SphericalVoronoi

from simulator.directions.lattices import fibonacci_lattice
from simulator.maps.beams.spread import chord, evenly_spread, farthest_points, relaxed, shares

LATTICE = fibonacci_lattice(6000)
NONE = np.zeros(0, dtype=np.intp)


def region(seed):
    """Caps, some of which a gap divides, as samples of unequal worth."""
    rng = np.random.default_rng(seed)
    middles = rng.normal(size=(rng.integers(1, 6), 3))
    middles /= np.linalg.norm(middles, axis=1, keepdims=True)
    least = np.cos(np.radians(rng.uniform(20.0, 60.0, len(middles))))
    inside = (least < LATTICE @ middles.T).any(axis=1)
    if seed % 2:
        normal = rng.normal(size=3)
        inside &= np.abs(LATTICE @ normal) > 0.1 * np.linalg.norm(normal)
    samples = LATTICE[inside]
    return samples, rng.uniform(0.5, 1.5, len(samples))


def distances(first, second):
    return np.linalg.norm(first[:, None] - second[None], axis=2)


def least_distance(points):
    apart = distances(points, points)
    np.fill_diagonal(apart, np.inf)
    return apart.min()


seeds = st.integers(0, 10_000)


@settings(max_examples=25)
@given(seed=seeds, spacing_deg=st.floats(8.0, 25.0))
def test_a_spacing_holds_between_points_and_to_every_sample(seed, spacing_deg):
    samples, weights = region(seed)
    points = samples[evenly_spread(samples, weights, spacing_deg=spacing_deg)]
    assert distances(samples, points).min(axis=1).max() <= chord(spacing_deg)
    assert least_distance(points) >= 0.75 * chord(spacing_deg)


@settings(max_examples=25)
@given(seed=seeds, count=st.integers(1, 60))
def test_a_count_is_that_count_and_no_other_comes_twice_as_near(seed, count):
    """Any two of n + 1 points that are all r apart cannot be within r/2 of one of n: so r/2 is the least possible."""
    samples, weights = region(seed)
    found = evenly_spread(samples, weights, count=count)
    assert len(set(found.tolist())) == count
    net = farthest_points(samples, NONE, count=count + 1)
    least_possible = least_distance(samples[net]) / 2
    assert distances(samples, samples[found]).min(axis=1).max() <= 3.0 * least_possible + 1e-9


@settings(max_examples=25)
@given(seed=seeds)
def test_shares_add_up_and_relaxed_ones_are_more_alike(seed):
    samples, weights = region(seed)
    net = farthest_points(samples, NONE, count=30)
    moved = relaxed(samples, weights, net)
    assert len(set(moved.tolist())) == 30
    before, after = (shares(samples, weights, samples[each]) for each in (net, moved))
    assert before.sum() == pytest.approx(weights.sum()) and after.sum() == pytest.approx(weights.sum())
    assert after.std() < before.std()


def test_farthest_points_are_the_farthest_of_all():
    """Step by step, from all distances."""
    samples, _ = region(3)
    found = farthest_points(samples, np.array([7]), count=40)
    assert found[0] == 7
    for n in range(1, 40):
        far = distances(samples, samples[found[:n]]).min(axis=1)
        assert far[found[n]] == far.max()


def test_shares_of_the_whole_sphere_are_areas_of_voronoi_cells():
    points = np.random.default_rng(1).normal(size=(60, 3))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    samples = fibonacci_lattice(60_000)
    found = shares(samples, np.full(60_000, 4 * np.pi / 60_000), points)
    np.testing.assert_allclose(found, SphericalVoronoi(points).calculate_areas(), rtol=0.005)


def test_samples_that_are_the_same_direction_are_one_point():
    samples = np.repeat(np.eye(3), 4, axis=0) + 1e-12 * np.arange(12)[:, None]
    assert len(evenly_spread(samples, np.ones(12), count=5)) == 3
    assert len(evenly_spread(samples[:0], np.ones(0), spacing_deg=5.0)) == 0
