"""Poses drawn in boxes of poses, against what is said of the boxes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from simulator.arms.beam_pose import T_fixed_tool
from simulator.arms.joint_boxes import EVERYWHERE, NOWHERE, JointBoxes, joint_boxes
from simulator.arms.spherical_wrist import SphericalWrist
from simulator.models.arm import Arm

BRANCHES = 8


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


def wrong(
    wrist: SphericalWrist,
    arm: Arm,
    size: np.ndarray,
    count: int,
    each: int = 3,
    enclosing: Callable[..., JointBoxes] = joint_boxes,
) -> dict[str, int]:
    """Return how many poses of random boxes contradict what is said of the boxes."""
    middle, branch = centres(count), np.arange(count) % BRANCHES
    found = enclosing(wrist, arm, middle - size / 2.0, middle + size / 2.0, branch)
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
    errors["not asked"] = int(not {EVERYWHERE, NOWHERE} <= set(found.verdict.tolist()))
    return errors
