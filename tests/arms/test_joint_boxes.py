"""Boxes of joint values hold every pose of their box, their verdicts are true, and they shrink with their box."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from support.campaign import times
from support.six_axis_arms import KR150_2, OF_THE_KIND, mounted

from simulator.arms.beam_pose import T_fixed_tool
from simulator.arms.joint_boxes import EVERYWHERE, NOWHERE, UNKNOWN, JointBoxes, joint_boxes
from simulator.arms.spherical_wrist import SphericalWrist
from simulator.errors import SimulatorError
from simulator.models.arm import Arm

BOXES = times(4_000)
BRANCHES = 8
SETTINGS = [
    (KR150_2, 90.0, (4.0, 4.0, 40.0, 4.0)),
    (KR150_2, 45.0, (2.0, 2.0, 350.0, 2.0)),
    (KR150_2, 0.0, (4.0, 4.0, 20.0, 30.0)),
    (OF_THE_KIND["KR 210 L150"], 90.0, (1.0, 1.0, 1.0, 1.0)),
    (OF_THE_KIND["KR 150 R3100-2"], 60.0, (3.0, 3.0, 30.0, 8.0)),
    (OF_THE_KIND["KR 120 R2500 pro"], 90.0, (0.01, 0.01, 0.01, 0.01)),
    (KR150_2, 90.0, (0.0, 0.0, 0.0, 0.0)),
]


def centres(count: int, seed: int = 5) -> np.ndarray:
    """Return random poses (n, 4), uniform in direction, distance and roll."""
    draw = np.random.default_rng(seed).uniform(-1.0, 1.0, (count, 4))
    polar = np.degrees(np.arccos(draw[:, 1]))
    return np.column_stack([180.0 * draw[:, 0], polar, 825.0 + 175.0 * draw[:, 2], 180.0 * draw[:, 3]])


def reached(
    wrist: SphericalWrist, arm: Arm, poses: np.ndarray, branch: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the values (n, 6) of branches at poses, whether there are any, and whether within the limits."""
    rows = np.arange(len(poses))
    q, is_there = wrist.inverse(T_fixed_tool(arm, poses))
    placed, is_within = wrist.within_limits(q[rows, branch])
    return placed, is_there[rows, branch], is_within


def is_inside(found: JointBoxes, q: np.ndarray) -> np.ndarray:
    """Return whether values (n, 6), up to whole turns, are in their boxes; False where those are not known."""
    first = q + 360.0 * np.ceil((found.low - q) / 360.0)
    return ((found.low <= first) & (first <= found.high)).all(axis=1)


def wrong(wrist: SphericalWrist, arm: Arm, size: np.ndarray, count: int, each: int = 3) -> dict[str, int]:
    """Return how many poses of random boxes contradict what is said of the boxes."""
    middle, branch = centres(count), np.arange(count) % BRANCHES
    found = joint_boxes(wrist, arm, middle - size / 2.0, middle + size / 2.0, branch)
    is_known = np.isfinite(found.low).all(axis=1) & np.isfinite(found.high).all(axis=1) & (found.verdict != NOWHERE)
    rng, errors = np.random.default_rng(7), {"everywhere": 0, "nowhere": 0, "outside": 0}
    for draw in range(each):
        at = rng.uniform(-0.5, 0.5, (count, 4)) if draw else 0.5 * rng.choice([-1.0, 1.0], (count, 4))
        q, is_there, is_within = reached(wrist, arm, middle + size * at, branch)
        errors["everywhere"] += np.count_nonzero((found.verdict == EVERYWHERE) & ~is_within)
        errors["nowhere"] += np.count_nonzero((found.verdict == NOWHERE) & is_within)
        errors["outside"] += np.count_nonzero(
            is_known & is_there & ~is_inside(found, np.where(is_there[:, None], q, 0))
        )
    assert {EVERYWHERE, NOWHERE} <= set(found.verdict.tolist())  # neither is said of none
    return errors


@pytest.mark.parametrize(("rows", "mount_deg", "size"), SETTINGS)
def test_every_pose_lies_in_its_box_and_verdicts_are_true(
    rows: list, mount_deg: float, size: tuple[float, float, float, float]
) -> None:
    wrist, arm = mounted(rows, mount_deg)
    assert wrong(wrist, arm, np.array(size), BOXES) == {"everywhere": 0, "nowhere": 0, "outside": 0}


def test_boxes_that_are_everywhere_are_on_the_joints_scales_and_on_one_sheet() -> None:
    wrist, arm = mounted(KR150_2)
    middle, branch = centres(BOXES), np.arange(BOXES) % BRANCHES
    found = joint_boxes(wrist, arm, middle - 1.0, middle + 1.0, branch)
    is_everywhere = found.verdict == EVERYWHERE
    low, high = found.low[is_everywhere], found.high[is_everywhere]
    least, most = wrist.limits_deg.T
    assert ((least <= low) & (low <= high) & (high <= most)).all()
    assert (high > 180.0).any()  # where a box goes over ±180°, it goes on
    others = np.abs((low + high) / 2.0) - 360.0  # the nearest equivalent to 0 that is within, all over the box
    is_nearer = np.abs(others) < np.abs((low + high) / 2.0)
    turned = np.where(low + high > 0, -360.0, 360.0)
    fits = (least <= low + turned) & (high + turned <= most)
    assert not (is_nearer & fits).any()


@pytest.mark.parametrize("mount_deg", [0.0, 45.0, 90.0])
def test_boxes_shrink_with_their_box(mount_deg: float) -> None:
    wrist, arm = mounted(KR150_2, mount_deg)
    middle, branch = centres(2_000), np.arange(2_000) % BRANCHES
    found = [
        joint_boxes(wrist, arm, middle - half, middle + half, branch)
        for half in (np.array([h, h, 10.0 * h, h]) for h in (2.0, 1.0, 0.5, 0.25))
    ]
    is_everywhere = np.all([boxes.verdict == EVERYWHERE for boxes in found], axis=0)
    widths = [(boxes.high - boxes.low)[is_everywhere] for boxes in found]
    for (wide, narrow), most in zip(pairwise(widths), (3.0, 2.5, 2.25), strict=True):
        assert np.median(wide / narrow, axis=0).max() < most  # 2, and what is left of the second order
    corners = np.stack(np.meshgrid(*[[-1.0, 1.0]] * 4), axis=-1).reshape(-1, 4) * np.array([0.25, 0.25, 2.5, 0.25])
    at = np.repeat(middle[is_everywhere], len(corners), axis=0) + np.tile(corners, (is_everywhere.sum(), 1))
    q, _, _ = reached(wrist, arm, at, np.repeat(branch[is_everywhere], len(corners)))
    q = q.reshape(-1, len(corners), 6)
    q -= 360.0 * np.round((q - q[:, :1]) / 360.0)
    assert np.median(widths[-1] / np.ptp(q, axis=1), axis=0).max() < 1.2  # against what corners alone reach


def placed_at(q: list[float], pose: list[float]) -> tuple[SphericalWrist, Arm]:
    """Return a KR 150-2 on such a base that joint values (6,) bring its beam to a pose (4,)."""
    wrist, arm = mounted(KR150_2)
    by = T_fixed_tool(arm, [pose])[0] @ np.linalg.inv(wrist.forward(q))
    return replace(wrist, geometry=replace(wrist.geometry, T_fixed_arm=by @ wrist.geometry.T_fixed_arm)), arm


ELBOW_STRAIGHT = float(np.degrees(np.arctan2(-55.0, 1100.0)))


@pytest.mark.parametrize(
    "q",
    [
        [20.0, -70.0, 80.0, 30.0, 0.0, 50.0],  # axes 4 and 6 along one line
        [20.0, -70.0, ELBOW_STRAIGHT, 30.0, 40.0, 50.0],
    ],
)
def test_around_a_singular_pose_the_answer_is_open(q: list[float]) -> None:
    pose = [30.0, 60.0, 800.0, 10.0]
    wrist, arm = placed_at(q, pose)
    low, high = np.array([pose] * BRANCHES) - 0.1, np.array([pose] * BRANCHES) + 0.1
    found = joint_boxes(wrist, arm, low, high, np.arange(BRANCHES))
    assert set(found.verdict.tolist()) == {UNKNOWN, NOWHERE}
    is_within = wrist.within_limits(wrist.inverse(T_fixed_tool(arm, [pose]))[0])[1][0]
    assert not is_within[found.verdict == NOWHERE].any()


def test_ten_thousand_boxes_and_eight_branches_are_those_of_each_alone() -> None:
    wrist, arm = mounted(KR150_2)
    middle = np.repeat(centres(1_000), BRANCHES, axis=0)
    branch = np.tile(np.arange(BRANCHES), 1_000)
    together = joint_boxes(wrist, arm, middle - 1.0, middle + 1.0, branch)
    for row in (0, 4_097, 7_999):
        alone = joint_boxes(wrist, arm, middle[[row]] - 1.0, middle[[row]] + 1.0, branch[[row]])
        np.testing.assert_array_equal(alone.low[0], together.low[row])
        assert alone.verdict[0] == together.verdict[row]


def test_what_does_not_fit_is_refused() -> None:
    wrist, arm = mounted(KR150_2)
    with pytest.raises(SimulatorError, match=r"must have shape \(2, 4\), were \(2, 3\)"):
        joint_boxes(wrist, arm, np.zeros((2, 3)), np.zeros((2, 3)), [0, 1])
    with pytest.raises(SimulatorError, match="low must not be above high"):
        joint_boxes(wrist, arm, np.ones((1, 4)), np.zeros((1, 4)), [0])
