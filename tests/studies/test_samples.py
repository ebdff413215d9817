"""Samples that fill a space: within their bounds, evenly, and the same for the same seed."""

import numpy as np
import pytest
from scipy.stats import qmc

from simulator.scenario.study import Study
from simulator.studies.cases import Cases

BOUNDS = {"patient.height_cm": [150, 200], "patient.mass_kg": [45.0, 130.0]}


def sampled(count, method="sobol", seed=1):
    entry = {"sample": BOUNDS, "count": count, "method": method, "seed": seed}
    return np.array([list(case.values.values()) for case in Cases.of(Study.of("liver", entry))])


@pytest.mark.parametrize("method", ["sobol", "halton", "latin_hypercube"])
def test_samples_are_within_their_bounds_and_more_even_than_chance(method):
    found = sampled(100, method)
    low, high = np.array(list(BOUNDS.values())).T
    assert found.shape == (100, 2) and (found >= low).all() and (found <= high).all()
    unit = (found - low) / (high - low)
    chance = np.random.default_rng(1).random((100, 2))
    assert qmc.discrepancy(unit) < qmc.discrepancy(chance) / 3
    np.testing.assert_array_equal(found, sampled(100, method))
    assert (found != sampled(100, method, seed=2)).any(axis=1).all()


def test_a_latin_hypercube_has_one_sample_in_each_stratum():
    heights = sampled(50, "latin_hypercube")[:, 0]
    assert sorted(np.floor(heights - 150).astype(int)) == list(range(50))


@pytest.mark.parametrize("method", ["sobol", "halton"])
def test_a_longer_sequence_begins_with_the_shorter(method):
    np.testing.assert_array_equal(sampled(100, method)[:37], sampled(37, method))
