"""Maps that the pictures are drawn of, and a renderer where there is one."""

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
    return replace(setup, sweep=setup.sweep.with_steps(gantry=5.0, couch=5.0))


@pytest.fixture(scope="session")
def brain_map(brain: sim.Setup) -> sim.CollisionMap:
    return sim.collision_map(brain, workers=1)


@pytest.fixture(scope="session")
def deployed_map() -> sim.CollisionMap:
    """Return a sampled map with more culprits than there are colours."""
    setup = sim.load_setup("brain_imagers_deployed")
    return sim.collision_map(setup, sweep=setup.sweep.with_steps(gantry=7.5, couch=7.5), method="sampled", workers=1)


@pytest.fixture(scope="session")
def open_map() -> sim.CollisionMap:
    """Return a sampled map with nothing in the way."""
    setup = sim.load_setup("open_space")
    return sim.collision_map(
        setup, sweep=setup.sweep.with_steps(gantry=10.0, couch=10.0), method="sampled", workers=1
    )


@pytest.fixture(scope="session")
def coarse() -> tuple[sim.Setup, sim.CollisionMap]:
    """A box on a table with pitch and roll, and its map with poses far apart; not all couch angles."""
    sweep = sim.Sweep(gantry=(-180, 180, 10), couch=(-70, 50, 10))
    setup = replace(sim.load_setup("box"), sweep=sweep, pitch_deg=2.5, roll_deg=-1.5)
    return setup, sim.collision_map(setup, method="sampled", workers=1)
