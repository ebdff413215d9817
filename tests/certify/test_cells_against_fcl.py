"""Poses within certified cells of the shipped scenarios, asked of FCL: not one may contradict its cell.

The environment variable PROOF_POSES asks for as many poses altogether, such as 1000000.
"""

import os
from dataclasses import replace

import numpy as np
import pytest
from support.proven import area, contradictions, poses_at_rims, prove, share, tiles

import simulator as sim
from simulator.certify.branch_and_bound import FREE, NOT_FREE, UNDECIDED
from simulator.collision.contact import Status
from simulator.scenario.choices import Buffers

SCENARIOS = [
    "brain",
    "lung",
    "liver",
    "thoracic_spine",
    "pelvis",
    "foot",
    "brain_imagers_deployed",
    "brain_srs_cone",
    "box",
    "open_space",
]
DEMANDS = {"as shipped": None, "none": 0.0, "100 mm": 100.0}
EVERYWHERE = tiles((-180.0, -90.0), (180.0, 90.0), (20.0, 15.0))
CHUNK = 20_000
UNDECIDED_SHARE = {"as shipped": 0.05, "none": 0.1, "100 mm": 0.1}
"""A proof of little would be contradicted by little."""


def number_of_poses(demand):
    """Of one scenario with one demand: in a short run most are asked with the buffers that it has."""
    if "PROOF_POSES" in os.environ:
        return -(-int(os.environ["PROOF_POSES"]) // (len(SCENARIOS) * len(DEMANDS)))
    return 2000 if demand == "as shipped" else 250


def demanding(setup, clearance_mm):
    """The setup with one clearance for patient and couch."""
    if clearance_mm is None:
        return setup
    return replace(setup, buffers=Buffers(patient_mm=clearance_mm, couch_mm=clearance_mm))


@pytest.mark.parametrize("demand", DEMANDS)
@pytest.mark.parametrize("name", SCENARIOS)
def test_no_pose_contradicts_its_cell(name, demand):
    setup = demanding(sim.load_setup(name), DEMANDS[demand])
    cells = prove(setup.scene, *EVERYWHERE, undecided=UNDECIDED_SHARE[demand])
    assert share(cells, UNDECIDED) <= UNDECIDED_SHARE[demand]
    rng = np.random.default_rng([SCENARIOS.index(name), list(DEMANDS).index(demand)])
    asked = {FREE: 0, NOT_FREE: 0}
    left = number_of_poses(demand)
    while left > 0:
        poses, which = poses_at_rims(cells, rng, min(left, CHUNK))
        assert contradictions(setup.checker, cells, poses, which) == []
        for status in asked:
            asked[status] += int((cells.status[which] == status).sum())
        left -= len(poses)
    if name == "open_space":
        assert asked[NOT_FREE] == 0
    else:
        assert min(asked.values()) > 0.2 * sum(asked.values())


def test_the_share_that_is_free_lies_between_the_bounds():
    """Uniform poses, undecided cells included: what FCL finds free lies between what is proven so and what may be."""
    setup = sim.load_setup("foot")
    cells = prove(setup.scene, *EVERYWHERE, undecided=0.05)
    poses = np.random.default_rng(101).uniform((-180, -90), (180, 90), (1000, 2))
    free = (setup.checker.pair_status(poses).max(axis=0) == Status.FREE).mean()
    low, high = share(cells, FREE), 1.0 - share(cells, NOT_FREE)
    spread = 4 * np.sqrt(0.25 / len(poses))  # four standard deviations of a share of that many poses
    assert low - spread <= free <= high + spread
    assert area(cells.low, cells.high).sum() == pytest.approx(360.0 * 180.0)
