"""Maps that the pictures are drawn of."""

from __future__ import annotations

from dataclasses import replace

import pytest

import simulator as sim


@pytest.fixture(scope="session")
def brain_map() -> sim.CollisionMap:
    """Return the certified map of the brain on a coarse grid."""
    setup = sim.load_setup("brain")
    return sim.collision_map(replace(setup, grid=setup.grid.with_steps(5.0, 5.0)), workers=1)


@pytest.fixture(scope="session")
def deployed_map() -> sim.CollisionMap:
    """Return a sampled map with more culprits than there are colours."""
    setup = sim.load_setup("brain_imagers_deployed")
    return sim.collision_map(replace(setup, grid=setup.grid.with_steps(7.5, 7.5)), method="sampled", workers=1)


@pytest.fixture(scope="session")
def open_map() -> sim.CollisionMap:
    """Return a sampled map with nothing in the way."""
    setup = sim.load_setup("open_space")
    return sim.collision_map(replace(setup, grid=setup.grid.with_steps(10.0, 10.0)), method="sampled", workers=1)
