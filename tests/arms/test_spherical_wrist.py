"""Arms with a spherical wrist: forward as the tree has it, every pose recovered, other arms refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.campaign import times
from support.six_axis_arms import KR150_2, KR210_L150, NAMES, OF_THE_KIND, TOOL, UR_LIKE, arm_tree

from simulator.arms.spherical_wrist import BRANCHES, SphericalWrist
from simulator.errors import SimulatorError
from simulator.models.kinematics import Joint, KinematicTree

POSES = times(2_000)
SKEW = {"base_mm": (1600.0, 200.0, -950.0), "base_rpy_deg": (12.0, -31.0, 77.0)}
TURNED_TOOL = {"tool_mm": (30.0, -20.0, 410.0), "tool_rpy_deg": (20.0, 33.0, -140.0)}


def poses_of(tree: KinematicTree, count: int = POSES, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Return random joint values (n, 6) within the limits, and the tool (n, 4, 4) as the tree has it."""
    limits = np.array([tree[name].limits for name in NAMES])
    q = np.random.default_rng(seed).uniform(limits[:, 0], limits[:, 1], (count, 6))
    return q, tree.T_fixed_frame(TOOL, dict(zip(NAMES, q.T, strict=True)))


def mirrored_signs(tree: KinematicTree) -> KinematicTree:
    """Return the same arm with every axis pointing the other way."""
    return KinematicTree(
        tuple(
            replace(joint, axis=tuple(-x for x in joint.axis)) if joint.name in NAMES else joint
            for joint in tree.joints
        )
    )


def other_zeros(tree: KinematicTree) -> KinematicTree:
    """Return the same arm with joint values counted from elsewhere."""
    joints = []
    for at, joint in enumerate(tree.joints):
        if joint.name in NAMES:
            T = joint.T_parent_joint(17.0 * at - 40.0)
            rows = tuple(map(tuple, T[:3, :3].tolist()))
            joint = replace(joint, rotation_parent=rows)
        joints.append(joint)
    return KinematicTree(tuple(joints))


def hung(tree: KinematicTree) -> KinematicTree:
    """Return the same arm hung from the ceiling."""
    base = Joint("base", "fixed", origin_mm=(0.0, 900.0, 1700.0), rotation_parent=((1, 0, 0), (0, -1, 0), (0, 0, -1)))
    return KinematicTree((base, *tree.joints[1:]))


TREES = {
    **{name: arm_tree(rows, **SKEW, **TURNED_TOOL) for name, rows in OF_THE_KIND.items()},
    "signs": mirrored_signs(arm_tree(KR150_2)),
    "zeros": other_zeros(arm_tree(KR210_L150, **SKEW)),
    "ceiling": hung(arm_tree(KR150_2, **TURNED_TOOL)),
}


@pytest.mark.parametrize("kind", TREES)
def test_forward_is_the_trees(kind: str) -> None:
    tree = TREES[kind]
    q, T = poses_of(tree)
    assert np.abs(SphericalWrist.of(tree, NAMES, TOOL).forward(q) - T).max() < 1e-10


@pytest.mark.parametrize("kind", TREES)
def test_every_pose_is_recovered_and_every_branch_leads_to_it(kind: str) -> None:
    tree = TREES[kind]
    wrist = SphericalWrist.of(tree, NAMES, TOOL)
    q, T = poses_of(tree)
    found, is_there = wrist.inverse(T)
    reached = wrist.forward(found[is_there])
    wanted = np.broadcast_to(T[:, None], (*is_there.shape, 4, 4))[is_there]
    assert np.abs(reached[:, :3, 3] - wanted[:, :3, 3]).max() < 1e-8
    assert np.abs(reached[:, :3, :3] - wanted[:, :3, :3]).max() < 1e-10
    away = np.abs((found - q[:, None] + 180.0) % 360.0 - 180.0).max(axis=-1)
    is_same = np.where(is_there, away, np.inf)
    assert is_same.min(axis=-1).max() < 1e-6  # the wrist is nearly straight in a few of them
    placed, is_within = wrist.within_limits(found)
    assert is_within[np.arange(len(q)), is_same.argmin(axis=-1)].all()
    low, high = wrist.limits_deg.T
    assert ((low <= placed[is_within]) & (placed[is_within] <= high)).all()


def test_branches_are_what_they_are_called() -> None:
    tree = arm_tree(KR150_2, base_mm=(0.0, 0.0, 0.0), base_rpy_deg=(0.0, 0.0, 0.0))
    wrist = SphericalWrist.of(tree, NAMES, TOOL)
    _, T = poses_of(tree)
    found, is_there = wrist.inverse(T)
    for branch, (shoulder, elbow, flip) in enumerate(BRANCHES):
        q = found[is_there[:, branch], branch]
        values = dict(zip(NAMES, q.T, strict=True))
        places = [tree.T_fixed_frame(name, values) for name in NAMES]
        before = places[0][:, :3, 0]  # the arm's plane, ahead of axis 1
        centre = places[4][:, :3, 3]
        assert (np.sign((before * centre).sum(axis=1)) == shoulder).all()
        line, upper = centre - places[1][:, :3, 3], places[2][:, :3, 3] - places[1][:, :3, 3]
        from_z_to_x = (np.cross(line, upper) * places[0][:, :3, 1]).sum(axis=1)
        assert (np.sign(from_z_to_x) == -elbow).all()
        assert (np.sign(q[:, 4]) == flip).all()


def test_out_of_reach_and_straight_wrist() -> None:
    wrist = SphericalWrist.of(arm_tree(KR150_2), NAMES, TOOL)
    far = np.eye(4)
    far[0, 3] = -4000.0
    found, is_there = wrist.inverse(far)
    assert not is_there.any() and np.isnan(found).all()
    assert not wrist.within_limits(found)[1].any()
    T = wrist.forward([10.0, -70.0, 80.0, 33.0, 0.0, 21.0])
    found, is_there = wrist.inverse(T)
    assert np.abs(wrist.forward(found[is_there]) - T).max() < 1e-8


def test_equivalents_by_a_turn_on_the_joints_scales() -> None:
    wrist = SphericalWrist.of(arm_tree(KR150_2), NAMES, TOOL)
    q = np.array([[184.0, -1.0, 0.0, 350.0, -125.0, 179.0], [186.0, -361.0, 515.0, -351.0, 0.0, 720.0]])
    placed, is_within = wrist.within_limits(q)
    np.testing.assert_array_equal(placed[0], [-176.0, -1.0, 0.0, -10.0, -125.0, 179.0])
    np.testing.assert_array_equal(placed[1], [-174.0, -1.0, 155.0, 9.0, 0.0, 0.0])
    assert is_within.all()
    assert not wrist.within_limits([0.0, 0.001, 0.0, 0.0, 0.0, 0.0])[1]
    shifted = replace(wrist, limits_deg=np.array([[200.0, 500.0]] * 5 + [[-np.inf, np.inf]]))
    np.testing.assert_array_equal(shifted.within_limits([-100.0] * 5 + [300.0])[0], [260.0] * 5 + [-60.0])


def bent(at: int, **changes: object) -> KinematicTree:
    """Return the KR 150-2 with something else about one of its joints."""
    joints = list(arm_tree(KR150_2).joints)
    joints[at] = replace(joints[at], **changes)  # type: ignore[arg-type]
    return KinematicTree(tuple(joints))


SLANTED = (0.0, float(np.cos(0.01)), float(np.sin(0.01)))


@pytest.mark.parametrize(
    ("tree", "words"),
    [
        (arm_tree(UR_LIKE), r"axes 4, 5 and 6 must meet in a point, one passes 58 mm from it"),
        (bent(2, axis=SLANTED), r"axes 2 and 3 must be parallel, were 0\.573° apart"),
        (bent(1, axis=(0.0, 0.1, -np.sqrt(0.99))), r"axes 1 and 2 must be square, were 5\.74° off"),
        (bent(6, axis=(-np.sqrt(0.99), 0.1, 0.0)), r"axes 5 and 6 must be square, were 5\.74° off"),
        (bent(6, origin_mm=(230.0, 0.0, 2e-3)), r"must meet in a point, one passes 0\.00[0-9]+ mm from it"),
        (bent(3, origin_mm=(0.0, 0.0, 0.0)), r"axes 2 and 3 must be apart, were 0 mm"),
        (bent(4, type="prismatic", limits=None), r"arm\.joints: 'A4' must be revolute, was prismatic"),
        (bent(5, mimic="A4"), r"'A5' must have a value of its own, it mimics 'A4'"),
    ],
)
def test_other_arms_are_refused_with_the_condition_that_fails(tree: KinematicTree, words: str) -> None:
    with pytest.raises(SimulatorError, match=words):
        SphericalWrist.of(tree, NAMES, TOOL)


def test_the_joints_must_be_all_that_moves() -> None:
    tree = arm_tree(KR150_2)
    with pytest.raises(SimulatorError, match=r"in that order: A1, A2, A3, A4, A5, A6; was A2, A1, A3, A4, A5, A6"):
        SphericalWrist.of(tree, ("A2", "A1", "A3", "A4", "A5", "A6"), TOOL)
    with pytest.raises(SimulatorError, match="six joints, each once"):
        SphericalWrist.of(tree, NAMES[:5], TOOL)
    rail = KinematicTree((Joint("rail", "prismatic"), replace(tree.joints[0], parent="rail"), *tree.joints[1:]))
    with pytest.raises(SimulatorError, match="all that moves between the room"):
        SphericalWrist.of(rail, NAMES, TOOL)
