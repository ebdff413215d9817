"""Upper bound: boxes of direction, distance and roll in which no branch of the arm is free anywhere.

Of a box all branches are excluded where a pair of the head is proven in the way at every pose: no arm is needed for
that. Else each branch has to be excluded on its own: it has no solution within the limits anywhere in the box, or a
pair of the links is proven in the way all over a box of joint values that holds all its solutions. The middle of a
box says which pairs are worth asking.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.arms.joint_boxes import NOWHERE, joint_boxes
from simulator.arms.spherical_wrist import BRANCHES
from simulator.certify.prover import Prover
from simulator.certify.whole_cells import is_in_the_way, near_at
from simulator.models.arm import AIMING_JOINTS
from simulator.setup.arm_options import solutions
from simulator.setup.arm_room import ArmRoom
from simulator.setup.engines import prover_of

ALL_BRANCHES = (1 << len(BRANCHES)) - 1


def branches_left(
    room: ArmRoom,
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    branches: NDArray[np.uint8],
    of: NDArray[np.intp],
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Return which branches are not excluded from boxes of poses of the beam.

    Parameters
    ----------
    room : ArmRoom
        The room.
    low, high : ndarray, shape (n, 4)
        Least and greatest azimuth, polar angle, distance and roll.
    branches : ndarray of uint8, shape (n,)
        Those that are not excluded yet, a bit each.
    of : ndarray of int, shape (n,)
        Which cell of directions each box is of. Cells in which a free pose is found are not asked any further.

    Returns
    -------
    left : ndarray of uint8, shape (n,)
        Those that are still not excluded.
    is_asked : ndarray of bool, shape (n,)
        Whether the box was asked about.
    """
    middle, left = (low + high) / 2, branches.copy()
    of_head = near_at(prover_of(room.head, AIMING_JOINTS), middle) > 0
    clear = np.flatnonzero(~of_head.any(axis=0))
    has_free = np.zeros(int(of.max(initial=-1)) + 1, dtype=bool)
    has_free[of[clear[_is_free(room, middle[clear], branches[clear])]]] = True
    is_asked = ~has_free[of]
    asked = np.flatnonzero(is_asked)
    prover = prover_of(room.head, AIMING_JOINTS)
    left[asked[_blocked(prover, of_head[:, asked], low[asked], high[asked])]] = 0
    box, branch = np.nonzero(_bits(left) & is_asked[:, None])
    is_out = _is_excluded(room, low[box], high[box], branch)
    np.bitwise_and.at(left, box[is_out], ~(1 << branch[is_out]).astype(np.uint8))
    return left, is_asked


def _bits(branches: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return which branches (n, 8) are among some."""
    return np.asarray(branches[:, None] >> np.arange(len(BRANCHES)) & 1, dtype=bool)


def _is_free(room: ArmRoom, poses: NDArray[np.float64], branches: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return at which poses of the beam (n, 4) one of some branches is free."""
    q_deg, is_there = solutions(room, poses)
    is_free = _bits(branches) & is_there
    statuses = near_at(prover_of(room.links, room.arm.joints), q_deg[is_free])
    is_free[is_free] = ~statuses.any(axis=0)
    return np.asarray(is_free.any(axis=1))


def _is_excluded(
    room: ArmRoom, low: NDArray[np.float64], high: NDArray[np.float64], branch: NDArray[np.intp]
) -> NDArray[np.bool_]:
    """Return in which boxes (n, 4) a branch (n,) is proven to have no solution, or none that is free."""
    found = joint_boxes(room.wrist, room.arm, low, high, branch)
    is_out = found.verdict == NOWHERE  # @nowhere
    held = np.flatnonzero(~is_out & np.isfinite(found.low).all(axis=1) & np.isfinite(found.high).all(axis=1))
    q_low, q_high = found.low[held], found.high[held]
    in_the_way = near_at(prover_of(room.links, room.arm.joints), (q_low + q_high) / 2) > 0
    is_out[held] = _blocked(prover_of(room.links, room.arm.joints), in_the_way, q_low, q_high)
    return np.asarray(is_out)


def _blocked(
    prover: Prover, in_the_way: NDArray[np.bool_], low: NDArray[np.float64], high: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Return in which cells (n, k) a pair, of those in the way in the middle (pairs, n), is so at every pose."""
    blocked = np.zeros(len(low), dtype=bool)
    for row in np.argsort(-in_the_way.sum(axis=1), kind="stable"):
        asked = np.flatnonzero(in_the_way[row] & ~blocked)
        if len(asked):
            blocked[asked] = is_in_the_way(prover, int(row), low[asked], high[asked])
    return blocked
