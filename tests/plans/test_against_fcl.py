"""Random rooms and plans: FCL, pose by pose, must not contradict what is said of any leg or move."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from support import shapes
from support.campaign import times
from support.plan_values import beam, plan

import simulator as sim
from simulator.plans.check import check_plan
from simulator.setup.engines import checker_of

NEAR_DEG = 0.02
"""What is told of an end of a stretch holds to 0.01; beside it, FCL may say either."""


def random_room(rng):
    """Crumpled bodies on gantry, collimator, couch, table and floor."""

    def body(name, joint, size, far):
        place = rng.uniform(-far, far, 3)
        return name, shapes.crumpled(rng, size).mapped(np.eye(3), place), joint

    machine = [
        body("arm", "gantry", 200.0, 400.0),
        body("cone", "collimator", 60.0, 300.0),
        body("stand", "fixed", 150.0, 600.0),
    ]
    couch = [body("column", "couch", 150.0, 500.0), body("top", "table_roll", 200.0, 300.0)]
    return shapes.room(machine, couch, buffers=sim.Buffers(patient_mm=10.0, couch_mm=5.0))


def status(setup, joints):
    """FCL's worst status at poses, given as a list of dicts of the same joints."""
    names = tuple(joints[0])
    poses = np.array([[pose[name] for name in names] for pose in joints])
    return checker_of(setup.scene, names).pair_status(poses).max(axis=0, initial=0)


def between(start, stop, shares):
    return [{axis: value + share * (stop[axis] - value) for axis, value in start.items()} for share in shares]


def is_met(way, pose, slack):
    """Whether a pose lies in a blocked stretch of a way, made wider (or with a negative slack narrower)."""
    axis = max(pose, key=lambda a: abs(way.stop.joints[a] - way.start.joints[a]))
    return any(
        min(s.start.joints[axis], s.stop.joints[axis]) - slack
        <= pose[axis]
        <= max(s.start.joints[axis], s.stop.joints[axis]) + slack
        for s in way.blocked
    )


@settings(max_examples=times(3))
@given(seed=st.integers(0, 100_000))
def test_no_pose_of_fcl_contradicts_a_leg_or_a_move(seed):
    rng = np.random.default_rng(seed)
    try:
        setup = random_room(rng)
    except sim.SimulatorError:
        return  # parts that nothing moves against each other stand in each other
    axes = ("gantry", "couch", "collimator") if seed % 2 else ("gantry", "couch")
    points = [dict(zip(axes, rng.uniform(-170.0, 170.0, len(axes)).tolist(), strict=True)) for _ in range(4)]
    points[2] = {**points[2], "couch": points[1]["couch"], "collimator": points[1].get("collimator", 0.0)}
    points = [{axis: point[axis] for axis in axes} for point in points]
    check = check_plan(plan(beam(1, *points[:3]), beam(2, points[3])), setup)
    for of_beam in check.beams:
        for way in of_beam.legs:
            shares = np.linspace(0.0, 1.0, 400)
            poses = between(way.start.joints, way.stop.joints, shares)
            found = status(setup, poses)
            for pose, worst in zip(poses, found, strict=True):
                assert worst == 0 or is_met(way, pose, NEAR_DEG)
                assert worst > 0 or not is_met(way, pose, -NEAR_DEG)
                assert worst <= way.status
    (move,) = check.moves
    for order in move.orders:
        if order.is_free and order.order == "together":
            names = list(move.start.joints)
            low, high = (np.array([end.joints[name] for name in names]) for end in (move.start, move.stop))
            poses = [
                dict(zip(names, (low + rng.uniform(0, 1, len(low)) * (high - low)).tolist(), strict=True))
                for _ in range(400)
            ]
            assert status(setup, poses).max() == 0
