"""Every leg of a trajectory is proven: what is between free control points is found, and named."""

from dataclasses import replace

import numpy as np
import pytest
from support.pillar_room import pillar_room

from simulator.delivery.trajectories.check import check_trajectory
from simulator.delivery.trajectories.trajectory import Trajectory
from simulator.delivery.trajectories.trajectory_file import write_trajectory
from simulator.errors import SimulatorError
from simulator.setup.lying import Lying


@pytest.fixture(scope="module")
def room():
    return pillar_room()


def checked(room, *poses, times_s=None):
    found = Trajectory.of(room, [{"gantry": g, "couch": c} for g, c in poses], times_s)
    return check_trajectory(room, found)


def test_a_leg_that_is_blocked_between_two_free_control_points(room):
    """Both joints move through where arm and pillar meet; FCL says where, on the way, at every 0.05°."""
    ends = np.array([(30.0, -30.0), (90.0, 30.0)])
    check = checked(room, (0.0, -30.0), *ends, (100.0, 30.0))
    assert [leg.is_free for leg in check.legs] == [True, False, True]
    assert not check.is_free
    assert not check.is_possible
    ((index, stretch),) = check.blocked
    assert index == 1
    assert stretch.pairs == ("arm – pillar",)
    shares = np.linspace(0.0, 1.0, 1201)[:, None]
    is_met = room.checker.pair_status(ends[0] + shares * (ends[1] - ends[0])).max(axis=0) > 0
    first, last = 30.0 + 60.0 * shares[is_met][[0, -1], 0]
    assert stretch.start.joints["gantry"] == pytest.approx(first, abs=0.07)
    assert stretch.stop.joints["gantry"] == pytest.approx(last, abs=0.07)
    assert "NOT all proven free: leg 1 of 3 legs" in check.verdict


def test_a_leg_that_only_grazes(room):
    """Half a degree beside the way that just keeps the buffer, a few hundredths of the way are within it."""
    couch = np.arange(0.0, 30.0, 0.01)
    poses = np.column_stack([np.full(len(couch), 60.0), couch])
    free_from = couch[room.checker.pair_status(poses).max(axis=0) == 0][0]
    ends = (40.0, free_from - 0.3), (80.0, free_from - 0.3)
    assert all(room.check(gantry=g, couch=c).status == 0 for g, c in ends)
    assert not checked(room, *ends).is_free
    beside = free_from + 0.3
    check = checked(room, (40.0, beside), (80.0, beside))
    assert check.is_free
    assert check.clearance_mm >= 20.0
    assert check.worst.pair == "arm – pillar"


def test_with_times_speeds_count_too(room):
    slow = checked(room, (0.0, 40.0), (60.0, 40.0), times_s=(0.0, 60.0))
    fast = checked(room, (0.0, 40.0), (60.0, 40.0), times_s=(0.0, 5.0))
    assert slow.is_possible
    assert fast.is_free
    assert not fast.is_possible
    assert "60.0 s, within speeds and accelerations" in slow.verdict
    assert "5.0 s, TOO FAST: gantry speed, gantry acceleration" in fast.verdict
    assert fast.least_time_s == pytest.approx(10.0)


def test_without_times_the_least_is_told(room):
    assert checked(room, (0.0, 40.0), (60.0, 40.0)).verdict.endswith("; no times, at least 10.0 s")


def test_a_table_top_whose_place_is_not_known_may_not_tilt(room):
    motions = {**room.couch.motions, "table_pitch": room.couch.motions["couch"]}
    couch = replace(room.couch, motions=motions)
    unknown = replace(room, couch=couch, lies=Lying("a test", longitudinal_within_mm=(-10.0, 10.0)))
    tilting = [{"gantry": 0.0, "table_pitch": pitch} for pitch in (0.0, 2.0)]
    assert check_trajectory(replace(room, couch=couch), Trajectory.of(room, tilting)).is_free
    with pytest.raises(SimulatorError, match="table_pitch must stand still where it is not known where the table is"):
        check_trajectory(unknown, Trajectory.of(unknown, tilting))


@pytest.mark.parametrize(
    ("joints", "poses", "message"),
    [
        (("gantry", "couch"), [[0, 0], [100, 0], [200, 0]], "control point 2, gantry_deg: must be from -185 to 185"),
        (("gantry", "couch"), [[400, 0], [410, 0]], "control point 0, gantry: must be from -185 to 185, was 400"),
        (("gantry", "couch"), [[0, 0], [400, 0]], "control point 1, gantry_deg: must be within 180° of the control"),
        (("ring", "couch"), [[0, 0], [10, 0]], "control point 0: joint: unknown name 'ring'; available: .*gantry"),
    ],
)
def test_a_trajectory_of_another_room_is_refused(room, tmp_path, joints, poses, message):
    """Else it would be proven free where no joint can go, or with a joint that is not there left out."""
    other = Trajectory(joints, np.array(poses, dtype=float), None, (True,) * (len(poses) - 1))
    for use in (lambda: check_trajectory(room, other), lambda: write_trajectory(other, tmp_path / "a.csv", room)):
        with pytest.raises(SimulatorError, match=f"^trajectory: {message}"):
            use()
    assert not (tmp_path / "a.csv").exists()


def test_a_trajectory_keeps_no_array_of_its_maker():
    poses, times_s = np.array([[0.0, 0.0], [10.0, 0.0]]), np.array([0.0, 5.0])
    made = Trajectory(("gantry", "couch"), poses, times_s, (True,))
    poses[1, 0], times_s[1] = 90.0, 1.0
    assert made.at(5.0) == {"gantry": 10.0, "couch": 0.0}
    with pytest.raises(ValueError, match="read-only"):
        made.poses[0, 0] = 1.0


def test_there_is_one_worker_at_least(room):
    leg = Trajectory.of(room, [{"gantry": 0.0, "couch": 40.0}, {"gantry": 10.0, "couch": 40.0}])
    with pytest.raises(SimulatorError, match="workers: must be a whole number of at least 1, was 0"):
        check_trajectory(room, leg, workers=0)
