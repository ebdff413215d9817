"""Times from rest to rest: closed forms, and motions followed in small steps of time."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.island_room import room
from support.moving_rooms import MOTIONS, moving, pose

import simulator as sim
from simulator.delivery.roads.timing import home_of, leg_time_s, motions_of, moves_of, pose_at, rest_to_rest_s
from simulator.models.motion import MOVES, Between, Motion

ANGLES = st.integers(-1800, 1800).map(lambda tenths: tenths / 10)
POSES = st.tuples(ANGLES, ANGLES).map(lambda angles: pose(*angles))


@pytest.mark.parametrize(
    ("distance", "time_s"),
    [
        (0.0, 0.0),
        (3.0, 2.0),  # 2 √(3 / 3): a triangle
        (12.0, 4.0),  # v² / a: full speed for an instant
        (60.0, 12.0),  # 60 / 6 + 6 / 3
    ],
)
def test_one_joint_takes_as_long_as_a_triangle_or_a_trapezoid_of_speed(distance, time_s):
    assert rest_to_rest_s(distance, 6.0, 3.0) == pytest.approx(time_s)
    assert leg_time_s(MOTIONS, pose(10, 0), pose(10 - distance, 0), "together") == pytest.approx(time_s)


def test_joints_in_step_take_the_time_of_the_slowest_and_one_at_a_time_the_sum():
    start, stop = pose(0, 0), pose(60, -60)
    assert leg_time_s(MOTIONS, start, stop, "together") == pytest.approx(60 / 3 + 3 / 1.5)
    assert leg_time_s(MOTIONS, start, stop, "one at a time") == pytest.approx(60 / 6 + 6 / 3 + 60 / 3 + 3 / 1.5)


def test_in_step_one_joint_may_bound_the_speed_and_another_the_acceleration():
    """Shares of 10 and 10: speeds 1 and 4 allow 0.1, accelerations 8 and 0.5 allow 0.05 of the way."""
    motions = {"gantry": Motion(1.0, 8.0, "test"), "couch": Motion(4.0, 0.5, "test")}
    assert leg_time_s(motions, pose(0, 0), pose(10, 10), "together") == pytest.approx(1 / 0.1 + 0.1 / 0.05)


@settings(max_examples=12)
@given(start=POSES, stop=POSES, moves=st.sampled_from(MOVES))
def test_followed_in_small_steps_no_joint_is_too_fast_and_all_arrive_at_rest(start, stop, moves):
    time_s = leg_time_s(MOTIONS, start, stop, moves)
    steps = np.linspace(0.0, time_s, 61)
    values = np.array([list(pose_at(MOTIONS, start, stop, moves, t).values()) for t in steps])
    assert values[0].tolist() == list(start.values())
    assert values[-1].tolist() == list(stop.values())
    if time_s == 0.0:
        return
    step_s = time_s / 60
    speeds = np.diff(values, axis=0) / step_s
    accelerations = np.diff(speeds, axis=0, prepend=0.0, append=0.0) / step_s
    for column, motion in enumerate(MOTIONS.values()):
        assert np.abs(speeds[:, column]).max() <= motion.speed * (1 + 1e-6)
        assert np.abs(accelerations[:, column]).max() <= motion.acceleration * (1 + 1e-6)  # from and to rest too


@settings(max_examples=12)
@given(start=POSES, stop=POSES)
def test_no_profile_within_the_limits_is_faster(start, stop):
    """Beside a search over all trapezoids of the share of a way: peak speeds on a grid."""
    far = np.abs(np.array(list(stop.values())) - np.array(list(start.values())))
    if not far.any():
        return
    speed = min(m.speed / d for m, d in zip(MOTIONS.values(), far, strict=True) if d > 0)
    acceleration = min(m.acceleration / d for m, d in zip(MOTIONS.values(), far, strict=True) if d > 0)
    peaks = np.linspace(0.0, speed, 2002)[1:]
    peaks = peaks[peaks**2 / acceleration <= 1.0]  # up and down again within the way
    fastest = (1.0 / peaks + peaks / acceleration).min()
    assert leg_time_s(MOTIONS, start, stop, "together") == pytest.approx(fastest, rel=1e-3)
    assert leg_time_s(MOTIONS, start, stop, "together") <= fastest + 1e-9


@settings(max_examples=30)
@given(start=POSES, stop=POSES, share=st.integers(0, 100), moves=st.sampled_from(MOVES))
def test_a_stop_on_the_way_costs_time_and_the_way_back_takes_as_long(start, stop, share, moves):
    half = {joint: value + share / 100 * (stop[joint] - value) for joint, value in start.items()}
    time_s = leg_time_s(MOTIONS, start, stop, moves)
    assert leg_time_s(MOTIONS, stop, start, moves) == time_s
    stopped_s = leg_time_s(MOTIONS, start, half, moves) + leg_time_s(MOTIONS, half, stop, moves)
    assert stopped_s >= time_s - 1e-9


def test_the_motions_of_a_room_are_those_of_its_machine_and_its_couch():
    found = motions_of(sim.load_setup("box"), ("gantry", "couch"))
    assert (found["gantry"].speed, found["couch"].speed) == (6.0, 3.0)


def test_a_joint_of_which_nothing_is_said_is_refused_with_its_file_and_table():
    setup = room()
    with pytest.raises(sim.SimulatorError, match=r"boxes/model.toml: must have \[motion.gantry\] .* no joint"):
        motions_of(setup, ("gantry", "couch"))
    with pytest.raises(sim.SimulatorError, match=r"no_couch/model.toml: must have \[motion.table_lateral\]"):
        motions_of(setup, ("couch", "table_lateral"))


def test_home_is_taken_on_the_scales_of_the_joints():
    setup = moving(room(), Between({"gantry": 350.0, "couch": 0.0}, "together", "test"))
    assert home_of(setup, ("gantry", "couch")) == pose(-10, 0)


@pytest.mark.parametrize(
    ("home", "message"),
    [
        ({"gantry": 0.0}, ": must have a value for gantry, couch; missing: couch"),
        ({"gantry": 0.0, "couch": 0.0, "ring": 0.0}, ": joint: unknown name 'ring'; available: gantry, couch"),
        ({"gantry": 0.0, "couch": float("nan")}, ".couch: must be from -720 to 720 deg, was nan"),
    ],
)
def test_a_home_that_does_not_fit_is_refused(home, message):
    setup = moving(room(), Between(home, "together", "test"))
    with pytest.raises(sim.SimulatorError, match=f"boxes/model.toml: delivery.home{message}"):
        home_of(setup, ("gantry", "couch"))


def test_moves_are_the_machine_s_unless_asked_for():
    setup = moving(room(), Between({}, "one at a time", "test"))
    assert moves_of(setup) == "one at a time"
    assert moves_of(setup, "together") == "together"
    with pytest.raises(sim.SimulatorError, match="'together' or 'one at a time', was 'both'"):
        moves_of(setup, "both")
    without = replace(setup, machine=replace(setup.machine, between=None))
    with pytest.raises(sim.SimulatorError, match=r"boxes/model.toml: must have \[delivery\]"):
        moves_of(without)
