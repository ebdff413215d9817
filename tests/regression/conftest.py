"""The liver scenario over a coarse sweep, its map and its baseline."""

from __future__ import annotations

from dataclasses import replace

import pytest

import simulator as sim
from simulator.regression.baselines import Baseline

SWEEP = sim.Sweep(gantry=(-180.0, 180.0, 10.0), couch=(-90.0, 90.0, 15.0))


@pytest.fixture(scope="session")
def setup() -> sim.Setup:
    return replace(sim.load_setup("liver"), sweep=SWEEP)


@pytest.fixture(scope="session")
def mapped():
    """Return a function that maps a set-up, roughly but for its arcs."""
    return lambda setup: sim.collision_map(setup, tolerance=0.01)


@pytest.fixture(scope="session")
def cmap(setup, mapped) -> sim.CollisionMap:
    return mapped(setup)


@pytest.fixture(scope="session")
def baseline(cmap) -> Baseline:
    return Baseline.of(cmap)


@pytest.fixture(scope="session")
def empty_map() -> sim.CollisionMap:
    """A map of the shipped open space, over a sweep of its own."""
    sweep = sim.Sweep(gantry=(-180.0, 180.0, 30.0), couch=(-90.0, 90.0, 30.0))
    return sim.collision_map(sim.load_setup("open_space"), sweep=sweep)
