"""Ways among random poses of the shipped scenarios: FCL, every 0.5°, must find each pose of them free.

A few thousand poses of one scenario; SIMULATOR_CAMPAIGN=5 asks at some 3·10^5 of all.
"""

import os
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from support.campaign import times
from support.moving_rooms import fcl_status, pose, shipped
from support.toy_machine import write_toy_machine

import simulator as sim
from simulator.models.motion import MOVES, Between, Motion

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
SCENARIOS = EVERYWHERE if "SIMULATOR_CAMPAIGN" in os.environ else ("box",)


@pytest.mark.parametrize("name", SCENARIOS)
def test_no_pose_of_fcl_contradicts_a_way(name):
    roads = shipped(name)
    drawn = np.random.default_rng(15).uniform((-185, -95), (185, 95), (times(20), 2)).round(2)
    asked = contradicted(roads, [pose(*values) for values in drawn])
    print(f"{name}: {asked} poses")
    assert asked > 500


def test_nor_where_both_joints_turn_without_end(tmp_path):
    """A machine of two axes at 45°, through the ends of both full turns."""
    write_toy_machine(tmp_path)
    setup = sim.load_setup(str(tmp_path / "treated.toml"))
    motions, home = {joint: Motion(6.0, 3.0, "test") for joint in ("tilt", "spin")}, {"tilt": 0.0, "spin": 0.0}
    machine = replace(setup.machine, motions=motions, between=Between(home, "together", "test"))
    roads = sim.road_map(replace(setup, machine=machine), workers=1, tolerance=0.03)
    assert roads.turns == (True, True)
    drawn = np.random.default_rng(15).uniform(-180, 180, (times(30), 2)).round(2)
    assert contradicted(roads, [dict(zip(("spin", "tilt"), map(float, each), strict=True)) for each in drawn]) > 1000


def contradicted(roads, poses):
    """Hold ways among those of some poses that are free against FCL; return at how many poses it was asked."""
    poses = [each for each in poses if roads.holds(each)]
    asked = 0
    for moves in MOVES:
        takes_s = roads.times_s(poses, moves=moves)
        for at, (start, stop) in enumerate(pairwise(poses)):
            if not np.isfinite(takes_s[at, at + 1]):
                continue
            way = roads.way(start, stop, moves=moves, clearance=False)
            assert way.time_s == pytest.approx(takes_s[at, at + 1])
            for joint, value in way.legs[-1].stop.items():
                assert (value - stop[joint] + 180.0) % 360.0 - 180.0 == pytest.approx(0.0, abs=1e-9)
            status = fcl_status(roads.setup.scene, way)
            asked += len(status)
            assert status.max() == 0, way.legs
    return asked
