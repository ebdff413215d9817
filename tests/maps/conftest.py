"""Set-ups that the mapping tests share: a machine with nothing to hit, and the brain scenario over a coarse sweep."""

from __future__ import annotations

from dataclasses import replace

import pytest

import simulator as sim
from simulator.models.kinematics import Joint


def sweep(couch: tuple[float, float], step: float = 5.0, gantry: tuple[float, float] = (-180.0, 180.0)) -> sim.Sweep:
    return sim.Sweep(gantry=(*gantry, step), couch=(*couch, step))


@pytest.fixture(scope="session")
def empty_room():
    """Return a function that makes a set-up in which nothing can collide, for a couch range."""
    machine = sim.Machine(
        name="bare", title="bare", note="", joints=(Joint("gantry", "revolute", axis=(0.0, 1.0, 0.0)),)
    )

    def make(couch: tuple[float, float], step: float = 5.0, **choices) -> sim.Setup:
        return sim.Setup(
            machine=machine,
            couch=sim.Couch.load("no_couch"),
            patient=sim.Patient.load("point"),
            site="point",
            sweep=sweep(couch, step, **choices),
        )

    return make


@pytest.fixture(scope="session")
def brain() -> sim.Setup:
    return replace(sim.load_setup("brain"), sweep=sweep((-90.0, 90.0)))


@pytest.fixture(scope="session")
def brain_map(brain: sim.Setup) -> sim.CollisionMap:
    return sim.collision_map(brain, method="sampled", workers=1)


@pytest.fixture(scope="session")
def certified_map(brain: sim.Setup) -> sim.CollisionMap:
    return sim.collision_map(brain, tolerance=0.005)
