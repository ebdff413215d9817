"""What is answered for a pose of the beam of an arm, and for one of its joints."""

from __future__ import annotations

import numpy as np
import pytest
from support.arm_room import ARM_JOINTS, arm_setup

import simulator as sim
from simulator.collision.contact import Status
from simulator.setup.arm_room import OUT_OF_REACH


def test_the_answer_says_how_the_arm_stands_and_is_that_of_its_joints() -> None:
    setup = arm_setup()
    answer = setup.check(azimuth=30.0, polar=60.0)
    assert list(answer.pose) == ["azimuth", "polar", "source_distance", "beam_roll", *ARM_JOINTS]
    again = setup.check(**{joint: answer.pose[joint] for joint in ARM_JOINTS})
    assert answer.is_free and (again.status, again.clearance_mm) == (answer.status, answer.clearance_mm)
    source = setup.arm_room.wrist.forward([answer.pose[joint] for joint in ARM_JOINTS]) @ [250.0, 0.0, 100.0, 1.0]
    aimed = answer.pose["source_distance"] * setup.directions_top(azimuth=30.0, polar=60.0)
    assert np.allclose(source[:3], aimed, atol=1e-6)


def test_distance_and_roll_that_are_given_are_kept() -> None:
    answer = arm_setup().check(azimuth=30.0, polar=60.0, source_distance=711.0, beam_roll=17.0)
    assert (answer.pose["source_distance"], answer.pose["beam_roll"]) == (711.0, 17.0)


def test_the_best_of_all_rolls_is_never_worse_than_one_of_them() -> None:
    setup = arm_setup(floor_mm=-400.0)
    for polar in (100.0, 110.0, 120.0):
        best = setup.check(azimuth=0.0, polar=polar)
        for roll in (0.0, 90.0, 150.0, -60.0):
            one = setup.check(azimuth=0.0, polar=polar, source_distance=650.0, beam_roll=roll)
            assert best.is_free or not one.is_free


def test_without_a_solution_the_arm_is_out_of_reach_and_not_free() -> None:
    answer = arm_setup(distances_mm=(2600.0, 2700.0)).check(azimuth=0.0, polar=60.0)
    assert (answer.status, answer.culprits) == (Status.COLLIDING, (OUT_OF_REACH,))


@pytest.mark.parametrize("asked", [{"A1": 0.0}, {"azimuth": 0.0}, {"azimuth": 0.0, "polar": 5.0, "A2": -90.0}])
def test_half_a_pose_is_none(asked: dict[str, float]) -> None:
    with pytest.raises(sim.SimulatorError, match="pose: must have a value"):
        arm_setup().check(**asked)
