"""The two rooms of an arm: what hangs on the beam stands where the arm brings it."""

from __future__ import annotations

import numpy as np
import pytest
from support.arm_room import arm_setup
from support.campaign import times

from simulator.models.arm import AIMING_JOINTS
from simulator.setup.arm_options import solutions
from simulator.setup.engines import checker_of


def reached(count: int):
    """Random poses of the beam, and how the arm stands at them, of any branch."""
    rng, room = np.random.default_rng(1), arm_setup().arm_room
    low, high = (-180.0, 0.0, 650.0, -180.0), (180.0, 180.0, 750.0, 180.0)
    poses = rng.uniform(low, high, (count, 4))
    q_deg, is_there = solutions(room, poses)
    pose, branch = np.nonzero(is_there)
    return room, poses[pose], q_deg[pose, branch]


def test_what_hangs_on_the_beam_stands_where_the_arm_brings_it() -> None:
    room, poses, q_deg = reached(times(200))
    assert len(poses) > 200
    of_arm = {body.name: at for at, body in enumerate(room.scene.bodies)}
    for at, body in enumerate(room.head.bodies):
        found = room.head.T_fixed_body(at, poses)
        assert np.allclose(found, room.scene.T_fixed_body(of_arm[body.name], q_deg), atol=1e-7), body.name
    moved = {body.name for at, body in enumerate(room.head.bodies) if room.head.columns_of_body(at)}
    assert moved == {"head", "cone"}


def test_head_and_links_together_say_what_the_whole_room_says() -> None:
    room, poses, q_deg = reached(times(100))
    whole = checker_of(room.scene, room.arm.joints).pair_status(q_deg)
    rows = {*room.rows_of_head, *room.rows_of_links}
    standing = [row for row, pair in enumerate(room.scene.pairs) if not room.scene.columns_of_pair(pair)]
    assert rows.isdisjoint(standing) and len(rows) + len(standing) == len(room.scene.pairs)
    head = checker_of(room.head, AIMING_JOINTS).pair_status(poses)
    links = checker_of(room.links, room.arm.joints).pair_status(q_deg)
    assert whole.any() and (whole[list(room.rows_of_head)] == head).all()
    assert (whole[list(room.rows_of_links)] == links).all()


@pytest.mark.parametrize("joint", AIMING_JOINTS)
def test_no_engine_takes_a_pose_of_the_beam_for_one_of_the_arm(joint: str) -> None:
    scene = arm_setup().scene
    for asked in (lambda: checker_of(scene, (joint,)), lambda: checker_of(scene, scene.scan, {joint: 700.0})):
        with pytest.raises(Exception, match="moves the beam of an arm and nothing else"):
            asked()
