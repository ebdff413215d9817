"""Trajectories as values and as CSV: what is read is what was written, on the scales of the joints."""

import numpy as np
import pytest
from support.pillar_room import pillar_room
from support.plan_values import beam, plan

import simulator as sim
from simulator.delivery.trajectories.check import check_trajectory
from simulator.delivery.trajectories.trajectory import Trajectory, trajectory_of_beam
from simulator.errors import SimulatorError
from simulator.plans.check import check_plan

GOOD = "time_s,gantry_deg,couch_deg,beam\n0,170,0,1\n4,190,5,0\n10,200,5,\n"


@pytest.fixture(scope="module")
def room():
    return pillar_room()


def test_a_file_is_read_on_the_scales_of_the_joints(room, tmp_path):
    """All of the gantry is beyond its 185°, but for whole turns; the couch has its own scale."""
    path = tmp_path / "way.csv"
    path.write_text(GOOD.replace("170", "185"))
    found = sim.read_trajectory(path, room)
    assert found.joints == ("gantry", "couch")
    np.testing.assert_allclose(found.poses, [(-175.0, 0.0), (-170.0, 5.0), (-160.0, 5.0)])
    np.testing.assert_allclose(found.times_s, (0.0, 4.0, 10.0))
    assert found.is_beam_on == (True, False)
    assert found.duration_s == 10.0
    assert found.length == pytest.approx({"gantry": 15.0, "couch": 5.0})
    assert found.at(2.0) == pytest.approx({"gantry": -172.5, "couch": 2.5})


@pytest.mark.parametrize("times_s", [None, (0.0, 1.25, 3.0)])
def test_what_is_written_is_read_again(room, tmp_path, times_s):
    poses = [
        {"gantry": 1 / 3, "couch": -20.0, "table_lateral": 12.5},
        {"gantry": 40.0, "couch": 0.0, "table_lateral": 0.0},
        {"gantry": 41.0, "couch": 7.0, "table_lateral": -1e-7},
    ]
    there = Trajectory.of(room, poses, times_s, is_beam_on=(True, False))
    sim.write_trajectory(there, tmp_path / "way.csv", room)
    back = sim.read_trajectory(tmp_path / "way.csv", room)
    assert back.joints == there.joints
    assert back.is_beam_on == there.is_beam_on
    np.testing.assert_allclose(back.poses, there.poses, atol=1e-9)
    assert (back.times_s is None) == (times_s is None)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("gantry_deg", "gantry", r"line 1, column 2: unknown name 'gantry'.*gantry_deg"),
        ("gantry_deg,couch_deg", "gantry_deg,gantry_deg", r"line 1, column 3 \(gantry_deg\): stands there twice"),
        ("4,190", "4,many", r"line 3, column 2 \(gantry_deg\): must be a number, such as 12.5, was 'many'"),
        ("4,190", "0,190", r"line 3, time_s: must be more than 0, as before, was 0"),
        (
            "0,170",
            "0,-170",
            r"line 3, gantry_deg: must be within 180° of the control point before, was 190 after -170",
        ),
        ("4,190,5", "4,190,99", r"line 3, couch_deg: must be from -95 to 95 deg \(limits of joint 'couch'.*was 99"),
        ("190,5,0", "190,5,2", r"line 3, column 4 \(beam\): unknown name '2'; available: 0, 1"),
        ("190,5,0", "190,5,", r"line 3, beam: must be 0 or 1, was empty"),
        ("190,5,0", "190,5", r"line 3, column 4: must be 4 cells"),
        ("4,190,5,0\n10,200,5,\n", "", r"must have two control points at least, has 1"),
        (
            "time_s,gantry_deg,couch_deg,beam\n0,170,0,1\n4,190,5,0\n10,200,5,",
            "time_s\n0\n1",
            "must have a column for one joint at least: gantry_deg",
        ),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_its_line(room, tmp_path, old, new, message):
    path = tmp_path / "way.csv"
    assert old in GOOD
    path.write_text(GOOD.replace(old, new, 1))
    with pytest.raises(SimulatorError, match=f"way.csv: {message}"):
        sim.read_trajectory(path, room)


def test_all_faults_are_said_at_once(room, tmp_path):
    path = tmp_path / "way.csv"
    path.write_text("gantry_deg,couch_deg\n0,x\ny,0\n10,5\n")
    with pytest.raises(SimulatorError) as refused:
        sim.read_trajectory(path, room)
    assert len(str(refused.value).splitlines()) == 2


def test_joints_must_be_there(room):
    with pytest.raises(SimulatorError, match="control point 0: joint: unknown name 'turret'"):
        Trajectory.of(room, [{"turret": 0.0}, {"turret": 1.0}])
    with pytest.raises(SimulatorError, match="every control point must have values for gantry"):
        Trajectory.of(room, [{"gantry": 0.0}, {"couch": 1.0}])


def test_a_dynamic_couch_arc_of_a_plan_is_what_the_check_of_plans_says(room):
    """The same legs, the same proof; where the beam is off it moves, too."""
    arc = beam(
        7, {"gantry": 350.0, "couch": 330.0}, {"gantry": 380.0, "couch": 345.0}, {"gantry": 450.0, "couch": 380.0}
    )
    where, found = trajectory_of_beam(plan(arc), 7, room)
    check = check_trajectory(where, found)
    (checked,) = check_plan(plan(arc), room, is_delivered=False).beams
    assert not check.is_free
    assert [leg.is_free for leg in check.legs] == [leg.is_free for leg in checked.legs]
    assert [leg.clearance_mm for leg in check.legs] == [leg.clearance_mm for leg in checked.legs]
    with pytest.raises(SimulatorError, match="beam: unknown name '8'; available: 7"):
        trajectory_of_beam(plan(arc), 8, room)
