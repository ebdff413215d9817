"""Every shipped machine with its usual couch: nothing touches at rest, no part goes through another of its own.

A machine whose beam an arm carries has no pose until the arm is solved, so it is not among these.
"""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import simulator as sim
from simulator.models.inheritance import read_family
from simulator.models.library import models

USUAL_COUCH = {
    "c_arm": "igrt",
    "c_arm_elekta": "igrt_1240",
    "cobalt": "igrt_1150",
    "fixed_beam": "chair",
    "gamma_unit": "gamma_positioner",
    "gyroscope": "gyroscope_couch",
    "o_ring": "o_ring_couch",
    "proton_gantry": "robot_couch",
    "proton_gantry_190": "robot_couch_270",
    "proton_gantry_220": "robot_couch",
    "ring_bore": "bore_couch",
    "ring_bore_700": "bore_couch",
    "ring_bore_850": "bore_couch",
}
MACHINES = [name for name, folder in models("machine") if read_family(folder).description.arm is None]
VALUES = 9  # of each joint, its limits among them


@pytest.fixture(scope="module", params=MACHINES)
def setup(request) -> sim.Setup:
    """The machine with its couch, the table top under the isocentre, and nobody on it."""
    assert request.param in USUAL_COUCH, "say which couch the machine usually has"
    return sim.Setup(
        machine=sim.Machine.load(request.param),
        couch=sim.Couch.load(USUAL_COUCH[request.param]),
        patient=sim.Patient.load("point"),
        site="point",
        shift_mm=(0.0, 0.0, 100.0),
    )


def statuses(setup: sim.Setup, poses: np.ndarray) -> dict[str, np.ndarray]:
    """The status of every pair at poses of the machine's own sweep, by the pair's name."""
    found = setup.checker.pair_status(poses)
    return {pair.name: row for pair, row in zip(setup.scene.pairs, found, strict=True)}


def values_of(setup: sim.Setup, joint: str) -> np.ndarray:
    """From one limit of a joint to the other; a whole turn where it has none."""
    return np.linspace(*(setup.scene.tree[joint].limits or (-180.0, 180.0)), VALUES)


def test_nothing_touches_at_rest(setup: sim.Setup) -> None:
    at_rest = np.array([[setup.scene.rest[joint] for joint in setup.sweep.joints]])
    touching = [name for name, found in statuses(setup, at_rest).items() if found[0] == sim.Status.COLLIDING]
    assert not touching


def test_no_part_goes_through_another_of_its_own_within_the_limits(setup: sim.Setup) -> None:
    own = [pair.name for pair in setup.scene.pairs if pair.is_own]
    assert own or len({part.joint for part in setup.machine.parts}) == 1, "what moves must be checked"
    poses = np.array(list(itertools.product(*(values_of(setup, joint) for joint in setup.sweep.joints))))
    found = statuses(setup, poses)
    through = {name: poses[at[0]] for name in own if (at := np.flatnonzero(found[name] == sim.Status.COLLIDING)).size}
    assert not through
