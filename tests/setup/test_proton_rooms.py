"""Rooms of protons: no part of a machine or a positioner is in another, wherever its joints can go."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

import simulator as sim
from simulator.collision.checker import Checker

OPTIONS = [{"snout": size, "range_shifter": place} for size in ("large", "small") for place in ("out", "in")]
POINT = sim.Patient.load("point")


def blocked(setup: sim.Setup, **values: np.ndarray) -> list[str]:
    """Return the pairs that are not free at some combination of values."""
    poses = np.array(list(itertools.product(*values.values())))
    scene = setup.scene.scanning(tuple(values))
    is_blocked = (Checker(scene).pair_status(poses) != sim.Status.FREE).any(axis=1)
    return [pair.name for pair, is_wrong in zip(scene.pairs, is_blocked, strict=True) if is_wrong]


@pytest.mark.parametrize("options", OPTIONS, ids=lambda options: " ".join(options.values()))
@pytest.mark.parametrize("name", ["proton_gantry", "proton_gantry_220", "proton_gantry_190"])
def test_the_gantry_reaches_all_its_limits(name: str, options: dict[str, str]) -> None:
    machine = sim.Machine.load(name, **options)
    ends = {joint.name: joint.limits for joint in machine.joints}
    setup = sim.Setup(machine=machine, couch=sim.Couch.load("no_couch"), patient=POINT, site="point")
    assert len(setup.scene.pairs) >= 3
    assert blocked(setup, gantry=np.linspace(*ends["gantry"], 40), snout=np.linspace(*ends["snout"], 4)) == []


@pytest.mark.parametrize("options", OPTIONS, ids=lambda options: " ".join(options.values()))
def test_the_fixed_beam_leaves_the_pit_free(options: dict[str, str]) -> None:
    """Turntable and platform at all angles, and the chair as for an adult's brain and pelvis."""
    machine = sim.Machine.load("fixed_beam", **options)
    for site in ("brain", "pelvis"):
        chair = sim.Couch.load("chair")
        setup = sim.Setup(machine=machine, couch=chair, patient=sim.Patient.load("adult"), site=site)
        setup = replace(setup, buffers=sim.Buffers(patient_mm=0.0, couch_mm=0.0))
        found = blocked(setup, couch=np.arange(0.0, 360.0, 15.0), chair_tilt=np.linspace(-20, 20, 5))
        of_machine = {"nozzle", "snout", "range shifter"}
        assert [pair for pair in found if of_machine.isdisjoint(pair.split(" – "))] == []


def test_the_positioner_turns_by_95_degrees_in_the_drum() -> None:
    """For an adult's brain, with the table at its buffers; the nozzle above, the snout drawn back."""
    setup = sim.Setup(
        machine=sim.Machine.load("proton_gantry"),
        couch=sim.Couch.load("robot_couch"),
        patient=sim.Patient.load("adult"),
        site="brain",
    )
    assert blocked(setup, gantry=np.array([0.0]), couch=np.linspace(-95, 95, 39), snout=np.array([410.0])) == []
