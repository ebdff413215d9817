"""Ways among random poses of the shipped scenarios: FCL, every 0.5°, must find each pose of them free."""

import os

import numpy as np
import pytest
from support.campaign import times
from support.moving_rooms import fcl_status, pose

import simulator as sim
from simulator.models.motion import MOVES

EVERYWHERE = (
    "box",
    "brain",
    "brain_imagers_deployed",
    "brain_srs_cone",
    "breast_board",
    "foot",
    "liver",
    "lung",
    "pelvis",
    "thoracic_spine",
    "what_clinics_plan_abdomen",
    "what_clinics_plan_brain",
)
SCENARIOS = EVERYWHERE if "SIMULATOR_CAMPAIGN" in os.environ else ("brain_imagers_deployed",)


@pytest.mark.parametrize("name", SCENARIOS)
def test_no_pose_of_fcl_contradicts_a_way(name):
    setup = sim.load_setup(name)
    roads = sim.road_map(setup, workers=1, tolerance=0.02)
    rng = np.random.default_rng(15)
    poses = [pose(g, c) for g, c in rng.uniform((-185, -95), (185, 95), (times(100), 2)).round(2)]
    poses = [each for each in poses if roads.holds(each)]
    asked = 0
    for moves in MOVES:
        takes_s = roads.times_s(poses, moves=moves)
        for at in range(len(poses) - 1):
            if not np.isfinite(takes_s[at, at + 1]):
                continue
            way = roads.way(poses[at], poses[at + 1], moves=moves, clearance=False)
            assert way.time_s == pytest.approx(takes_s[at, at + 1])
            status = fcl_status(setup.scene, way)
            asked += len(status)
            assert status.max() == 0, way.legs
    print(f"{name}: {asked} poses")
    assert asked > 1000
