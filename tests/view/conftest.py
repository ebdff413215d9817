"""A set-up, its map, and a renderer where there is one."""

from __future__ import annotations

from dataclasses import replace

import pytest

import simulator as sim
from simulator.view.renderer import missing


@pytest.fixture(scope="session")
def renderer() -> None:
    """Skip where VTK cannot draw: it may end the process, so another one is asked."""
    reason = missing()
    if reason is not None:
        pytest.skip(reason)


@pytest.fixture(scope="session")
def brain() -> sim.Setup:
    setup = sim.load_setup("brain")
    return replace(setup, grid=setup.grid.with_steps(5.0, 5.0))


@pytest.fixture(scope="session")
def brain_map(brain: sim.Setup) -> sim.CollisionMap:
    return sim.collision_map(brain, workers=1)
