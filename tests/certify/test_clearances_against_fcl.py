"""Clearances of random poses in the shipped scenarios: never more than FCL's distance, and at most 1 mm less.

The environment variable CLEARANCE_POSES asks for as many poses in each scenario, such as 2000.
"""

import os

import numpy as np
import pytest

import simulator as sim
from simulator.maps.certified import Swept, clearances
from simulator.models.library import scenarios

SCENARIOS = [name for name in scenarios() if name not in ("brain_slicerrt", "open_space")]
ROUNDING_MM = 1e-6


@pytest.mark.parametrize("name", SCENARIOS)
def test_clearances_of_random_poses(name):
    setup = sim.load_setup(name)
    if setup.machine.arm is not None:
        pytest.skip("an arm has clearances at poses of its own joints only")
    count = int(os.environ.get("CLEARANCE_POSES", "15"))
    low, high = np.array([(axis.start, axis.stop) for axis in setup.sweep]).T
    poses = np.random.default_rng(7).uniform(low, high, (count, len(low)))
    poses = poses[setup.checker.pair_status(poses).max(axis=0) < sim.Status.COLLIDING]
    true_mm = setup.checker.clearance(poses, setup.scene.clearance_pairs)[0]
    found_mm = clearances(Swept.of(setup, setup.sweep), poses)
    assert len(poses) > 0
    assert (found_mm <= true_mm + ROUNDING_MM).all()
    assert (found_mm >= true_mm - 1.0).all()
