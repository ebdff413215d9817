"""Proposed trajectories: free at every pose, through every direction, no faster than joints can be."""

import numpy as np
import pandas as pd
import pytest
from support.campaign import times
from support.pillar_room import pillar_room

import simulator as sim
from simulator.delivery.roads.mapping import road_map
from simulator.delivery.trajectories.check import check_trajectory
from simulator.delivery.trajectories.proposal import propose_trajectory
from simulator.errors import SimulatorError


@pytest.fixture(scope="module")
def room():
    return pillar_room()


@pytest.fixture(scope="module")
def roads(room):
    return road_map(room, workers=1)


def listed(room, *poses):
    return sim.BeamList.of(room, pd.DataFrame(poses, columns=["gantry_deg", "couch_deg"]))


def met_by_fcl(room, trajectory):
    """Which poses along a trajectory, every 0.5° at the farthest, FCL says are not free."""
    steps = np.ceil(np.abs(np.diff(trajectory.poses, axis=0)).max(axis=1) / 0.5).astype(int) + 1
    ends = zip(trajectory.poses[:-1], trajectory.poses[1:], steps, strict=True)
    poses = np.concatenate([np.linspace(start, stop, count + 1) for start, stop, count in ends])
    return room.checker.pair_status(poses).max(axis=0) > 0


def test_it_goes_round_what_blocks_the_straight_way(room, roads):
    """The straight way from gantry 30° to 90° at couch 0° is blocked, which the check says."""
    beams = listed(room, (30.0, 0.0), (90.0, 0.0))
    straight = sim.Trajectory.of(room, [beam.start for beam in beams.beams])
    assert not check_trajectory(room, straight).is_free
    found = propose_trajectory(room, beams, roads=roads)
    assert found.is_whole
    assert found.check.is_possible
    assert not met_by_fcl(room, found.trajectory).any()
    assert [each.off_deg for each in found.passes] == pytest.approx([0.0, 0.0], abs=1e-6)
    assert found.trajectory.length["couch"] > 0.0
    assert all(found.trajectory.is_beam_on)


def test_times_are_those_of_the_joints_from_rest_to_rest(room, roads):
    """60° at 6 °/s and 3 °/s²: 60 / 6 + 6 / 3 = 12 s, in the pillar's lee."""
    found = propose_trajectory(room, listed(room, (-90.0, 0.0), (-30.0, 0.0)), roads=roads)
    assert found.trajectory.duration_s == pytest.approx(12.0)
    np.testing.assert_allclose(found.trajectory.times_s, (0.0, 2.0, 10.0, 12.0))
    assert sorted(abs(found.trajectory.poses[:, 0])) == pytest.approx([30.0, 36.0, 84.0, 90.0])
    assert sorted(each.time_s for each in found.passes) == pytest.approx([0.0, 12.0])


@pytest.mark.parametrize("seed", range(times(2)))
def test_directions_in_the_patient_are_passed_when_it_is_said(room, roads, seed):
    rng = np.random.default_rng(seed)
    wanted = rng.normal(size=(6, 3))
    wanted /= np.linalg.norm(wanted, axis=1)[:, None]
    found = propose_trajectory(room, wanted, roads=roads, within_deg=15.0)
    assert found.check.is_possible
    assert not met_by_fcl(room, found.trajectory).any()
    assert len(found.passes) + len(found.missed) == len(wanted)
    for each in found.passes:
        direction = wanted[int(each.name.removeprefix("direction "))]
        aims = room.directions_patient(**found.trajectory.at(each.time_s))
        assert np.degrees(np.arccos(np.clip(aims @ direction, -1.0, 1.0))) == pytest.approx(each.off_deg, abs=1e-5)
        assert each.off_deg <= 15.0


def test_a_direction_without_a_free_pose_is_passed_as_near_as_asked_or_missed(room, roads):
    beams = listed(room, (60.0, 0.0), (-60.0, 0.0), (0.0, 0.0))
    near = propose_trajectory(room, beams, roads=roads, within_deg=20.0)
    off = {each.name: each.off_deg for each in near.passes}
    assert near.is_whole
    assert 1.0 < off[beams.beams[0].name] <= 20.0
    strict = propose_trajectory(room, beams, roads=roads, within_deg=1.0)
    assert [name for name, _ in strict.missed] == [beams.beams[0].name]
    assert "no free pose aims within 1° of it" in strict.missed[0][1]
    assert not strict.is_whole


def test_what_is_written_is_what_was_proven(room, roads, tmp_path):
    found = propose_trajectory(room, listed(room, (30.0, 0.0), (90.0, 0.0), (10.0, 50.0)), roads=roads)
    sim.write_trajectory(found.trajectory, tmp_path / "way.csv", room)
    back = sim.read_trajectory(tmp_path / "way.csv", room)
    np.testing.assert_array_equal(back.poses, found.trajectory.poses)
    np.testing.assert_array_equal(back.times_s, found.trajectory.times_s)
    assert check_trajectory(room, back).is_possible


def test_what_cannot_be_a_trajectory_is_refused(room, roads):
    with pytest.raises(SimulatorError, match="must have two directions at least that can be passed"):
        propose_trajectory(room, listed(room, (30.0, 0.0)), roads=roads)
    with pytest.raises(SimulatorError, match=r"directions: must be unit vectors of shape \(n, 3\)"):
        propose_trajectory(room, np.ones((4, 3)), roads=roads)
    with pytest.raises(SimulatorError, match="within_deg: must be at least 0"):
        propose_trajectory(room, listed(room, (30.0, 0.0), (0.0, 0.0)), roads=roads, within_deg=-1.0)
    arcs = sim.BeamList.of(room, pd.DataFrame([{"gantry_deg": 0.0, "couch_deg": 0.0, "gantry_stop_deg": 20.0}]))
    with pytest.raises(SimulatorError, match="must stand: an arc is a trajectory already"):
        propose_trajectory(room, arcs, roads=roads)
