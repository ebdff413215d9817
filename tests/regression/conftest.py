"""The liver scenario on a coarse grid, its map and its baseline."""

from __future__ import annotations

from dataclasses import replace

import pytest

import simulator as sim
from simulator.regression.baselines import Baseline

GRID = sim.Grid(
    gantry_deg=sim.Range(start=-180.0, stop=180.0, step=10.0),
    couch_deg=sim.Range(start=-90.0, stop=90.0, step=15.0),
)


@pytest.fixture(scope="session")
def setup() -> sim.Setup:
    return replace(sim.load_setup("liver"), grid=GRID)


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
    """A map of the shipped open space, on a grid of its own."""
    grid = sim.Grid(
        gantry_deg=sim.Range(start=-180.0, stop=180.0, step=30.0),
        couch_deg=sim.Range(start=-90.0, stop=90.0, step=30.0),
    )
    return sim.collision_map(replace(sim.load_setup("open_space"), grid=grid))
