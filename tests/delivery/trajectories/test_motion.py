"""Speeds and accelerations of a trajectory, against closed forms."""

from dataclasses import replace

import numpy as np
import pytest
from support.pillar_room import pillar_room

from simulator.delivery.trajectories.motion import least_time_s, too_fast
from simulator.delivery.trajectories.trajectory import Trajectory
from simulator.errors import SimulatorError


@pytest.fixture(scope="module")
def room():
    return pillar_room()


def way(room, gantry, couch, times_s):
    poses = [{"gantry": g, "couch": c} for g, c in zip(gantry, couch, strict=True)]
    return Trajectory.of(room, poses, times_s)


def accelerated(t_s, acceleration):
    """Where a joint is that is evenly accelerated for half of the time and evenly stopped."""
    half = t_s[-1] / 2
    rising = acceleration * np.minimum(t_s, half) ** 2 / 2
    after = np.maximum(t_s - half, 0.0)
    return rising + acceleration * (half * after - after**2 / 2)


@pytest.mark.parametrize("share", [0.999, 1.001])
def test_evenly_accelerated_joints_are_at_their_limit(room, share):
    """2 s up and 2 s down at 3 °/s² reach 6 °/s: at both limits of the gantry at once."""
    times = np.linspace(0.0, 4.0, 41) / np.sqrt(share)
    gantry = accelerated(np.linspace(0.0, 4.0, 41), 3.0)
    found = too_fast(room, way(room, gantry, 0.4 * gantry, times))
    assert {each.joint for each in found} == (set() if share < 1.0 else {"gantry"})
    assert {each.kind for each in found} <= {"acceleration", "speed"}


def test_one_joint_alone_may_be_too_fast(room):
    """Gantry 5 of 6 °/s, couch 4 of 3 °/s; the turn of the couch is at 2 (4 + 4) / 20 = 0.8 °/s²."""
    found = too_fast(room, way(room, (0.0, 50.0, 100.0), (0.0, 40.0, 0.0), (0.0, 10.0, 20.0)))
    assert [(each.joint, each.kind, each.index) for each in found] == [("couch", "speed", 0), ("couch", "speed", 1)]
    assert [each.value for each in found] == pytest.approx([4.0, 4.0])
    assert found[0].allowed == 3.0
    assert str(found[0]) == "couch speed at leg 0: 4 °/s, at most 3"


def test_a_turn_on_the_spot_is_too_sudden(room):
    """From 5 to -5 °/s within legs of 2 s: 10 / 2 = 5 °/s²; from rest 2 · 5 / 2 = 5, too."""
    found = too_fast(room, way(room, (0.0, 10.0, 0.0), (0.0, 0.0, 0.0), (0.0, 2.0, 4.0)))
    assert [(each.kind, each.index) for each in found] == [("acceleration", at) for at in (0, 1, 2)]
    assert [each.value for each in found] == pytest.approx([5.0, 5.0, 5.0])


def test_the_least_time_is_that_of_the_slowest_joint_of_each_leg(room):
    """30° at 6 °/s and 30° at 3 °/s: 10 s; then 60° and 3°: 10 s."""
    untimed = way(room, (0.0, 30.0, 90.0), (0.0, 30.0, 27.0), None)
    assert least_time_s(room, untimed) == pytest.approx(20.0)
    assert too_fast(room, untimed) == ()


def test_what_nobody_knows_the_speed_of_is_refused(room):
    unknown = replace(room, couch=replace(room.couch, motions={}))
    still = way(unknown, (0.0, 30.0), (5.0, 5.0), (0.0, 20.0))
    assert too_fast(unknown, still) == ()
    with pytest.raises(SimulatorError, match=r"must have \[motion.couch\]"):
        too_fast(unknown, way(unknown, (0.0, 30.0), (5.0, 6.0), (0.0, 20.0)))
