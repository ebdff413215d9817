"""Quantiles of clearances: weights count as so many equal values, and distances are those that FCL measures."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.toy_study import toy_study

import simulator as sim
from simulator.certify.branch_and_bound import Cells
from simulator.setup.loading import load_setup
from simulator.studies.base import scenario_of
from simulator.studies.cases import Cases
from simulator.studies.clearances import clearance_quantiles, inside_of_one, silent, weighted_quantiles

WEIGHED = st.lists(st.tuples(st.integers(0, 50), st.integers(1, 5)), min_size=1, max_size=20)


@settings(max_examples=100)
@given(WEIGHED, st.integers(1, 99))
def test_a_weight_counts_as_so_many_values(weighed, percent):
    values, weights = np.array(weighed, dtype=float).T
    repeated = np.sort(np.repeat(values, weights.astype(int)))
    at = -(-percent * len(repeated) // 100) - 1  # the least that so many are at or below
    assert weighted_quantiles(values, weights, [percent / 100.0])[0] in repeated[max(at - 1, 0) : at + 2]


def test_quantiles_of_equal_weights():
    found = weighted_quantiles(np.array([3.0, 1.0, 2.0, 4.0]), np.ones(4), [0.05, 0.25, 0.5, 1.0])
    assert found.tolist() == [1.0, 1.0, 2.0, 4.0]


def test_faces_of_boxes_are_inside():
    low, high = np.array([[0.0, 0.0], [5.0, 5.0]]), np.array([[1.0, 1.0], [6.0, 6.0]])
    poses = np.array([[0.0, 1.0], [1.0, 1.5], [5.5, 5.5], [3.0, 3.0]])
    assert inside_of_one(
        poses, Cells(low, high, np.zeros(2, dtype=np.int8), np.full(2, -1, dtype=np.int16))
    ).tolist() == [True, False, True, False]


def test_distances_are_those_of_fcl(tmp_path):
    cases = Cases.of(toy_study(tmp_path))
    setup = load_setup(scenario_of(cases.base, cases[3]))
    cmap = sim.collision_map(setup, sweep=setup.sweep.coarser(30), tolerance=0.05, workers=1, progress=silent)
    checks = [setup.check(spin=spin) for spin in range(-180, 180, 30)]
    measured = np.sort([check.clearance_mm for check in checks if check.is_free])
    found = clearance_quantiles(setup, cmap, 30.0)
    expected = weighted_quantiles(measured, np.ones(len(measured)), [0.05, 0.25, 0.5])
    assert found == pytest.approx(expected, abs=1.0)
    assert all(low <= true + 1e-6 for low, true in zip(found, expected, strict=True))
