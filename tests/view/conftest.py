"""Rooms and maps that the files of the room are tested with."""

from __future__ import annotations

from dataclasses import replace

import pytest

import simulator as sim


@pytest.fixture(scope="session")
def brain() -> sim.Setup:
    return sim.load_setup("brain")


@pytest.fixture(scope="session")
def coarse() -> tuple[sim.Setup, sim.CollisionMap]:
    """A box on a table with pitch and roll, and its map with poses far apart; not all couch angles."""
    couch = sim.Range(start=-70.0, stop=50.0, step=10.0)
    grid = sim.Grid(gantry_deg=sim.Grid().with_steps(10.0, 10.0).gantry_deg, couch_deg=couch)
    setup = replace(sim.load_setup("box"), grid=grid, pitch_deg=2.5, roll_deg=-1.5)
    return setup, sim.collision_map(setup, method="sampled", workers=1)
