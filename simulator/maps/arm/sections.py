"""Lower bound: cells of directions over all of which one choice of distance, roll and branch is proven free.

For a cell C of directions and a choice (s, ρ, b) the section u ↦ q(u; s, ρ, b) must be free for all u in C. What the
last joint carries is proven against what stands as it hangs on the beam, with s and ρ fixed: its motion there is
exact. All other pairs are proven over a box of joint values that holds the section, which interval arithmetic gives;
where it cannot tell that the branch goes on all over C within the limits, nothing is claimed. How a choice was found
does not matter to the proof.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.arms.joint_boxes import EVERYWHERE, joint_boxes
from simulator.certify.whole_cells import may_be_in_the_way, near_at
from simulator.models.arm import AIMING_JOINTS
from simulator.setup.arm_options import Options, solutions
from simulator.setup.arm_room import ArmRoom
from simulator.setup.engines import prover_of

TRIES = 3
"""Choices that a proof is tried with before a cell is divided."""
ASKED_AT_ONCE = 6


def unproven(
    room: ArmRoom,
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    beam: NDArray[np.float64],
    branch: NDArray[np.int8],
) -> NDArray[np.int16]:
    """Return what keeps a choice from being proven free all over cells of directions.

    Parameters
    ----------
    room : ArmRoom
        The room.
    low, high : ndarray, shape (n, 2)
        Least and greatest azimuth and polar angle, degrees.
    beam : ndarray, shape (n, 2)
        Distance of the source and roll.
    branch : ndarray of int, shape (n,)
        Of the inverse kinematics.

    Returns
    -------
    ndarray of int16, shape (n,)
        A pair of the room that may be in the way, or the number of pairs where the arm may be out of reach; -1 where
        the choice is proven free.
    """
    found = np.full(len(low), len(room.scene.pairs), dtype=np.int16)
    low_4, high_4 = np.hstack([low, beam]), np.hstack([high, beam])
    boxes = joint_boxes(room.wrist, room.arm, low_4, high_4, branch)
    asked = np.flatnonzero(boxes.verdict == EVERYWHERE)  # @everywhere
    near = may_be_in_the_way(prover_of(room.head, AIMING_JOINTS), low_4[asked], high_4[asked])
    found[asked] = np.append(room.rows_of_head, -1)[near]
    asked = np.flatnonzero(found < 0)
    near = may_be_in_the_way(prover_of(room.links, room.arm.joints), boxes.low[asked], boxes.high[asked])
    found[asked] = np.append(room.rows_of_links, -1)[near]
    return found


def choices(
    room: ArmRoom, low: NDArray[np.float64], high: NDArray[np.float64], options: Options
) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.int8]]:
    """Return choices to try for cells (n, 2): free in the middle, and moving least over the cell.

    Returns
    -------
    cell : ndarray of int, shape (m,)
        Ascending; at most ``TRIES`` of each.
    beam : ndarray, shape (m, 2)
        Distance and roll.
    branch : ndarray of int8, shape (m,)
        Of the inverse kinematics.
    """
    cell, beam, branch, q_deg = _by_motion(room, low, high, options)
    head, links = prover_of(room.head, AIMING_JOINTS), prover_of(room.links, room.arm.joints)
    poses = np.hstack([(low + high)[cell] / 2, beam])
    firsts = np.searchsorted(cell, np.arange(len(low) + 1))
    kept, count, begun = np.zeros(len(cell), dtype=bool), np.zeros(len(low), dtype=np.intp), 0
    while True:
        is_open = (count < TRIES) & (firsts[:-1] + begun < firsts[1:])
        ranks = np.arange(len(cell)) - firsts[cell]
        asked = np.flatnonzero(is_open[cell] & (ranks >= begun) & (ranks < begun + ASKED_AT_ONCE))
        if not len(asked):
            break
        asked = asked[~near_at(head, poses[asked]).any(axis=0)]
        asked = asked[~near_at(links, q_deg[asked]).any(axis=0)]
        kept[asked] = True
        count += np.bincount(cell[asked], minlength=len(low))
        begun += ASKED_AT_ONCE
    kept &= np.cumsum(kept) - np.append(0, np.cumsum(kept))[firsts[cell]] <= TRIES
    return cell[kept], beam[kept], branch[kept]


def _by_motion(
    room: ArmRoom, low: NDArray[np.float64], high: NDArray[np.float64], options: Options
) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.int8], NDArray[np.float64]]:
    """Return all choices that reach every direction of a cell, those first in each whose joints move least.

    They are given as cell, distance and roll, branch, and joint values in the middle.
    """
    q_deg, is_there = solutions(room, options.poses((low + high) / 2))
    cell, way, branch = np.nonzero(is_there)
    beam = options.beams[way]
    boxes = joint_boxes(room.wrist, room.arm, np.hstack([low[cell], beam]), np.hstack([high[cell], beam]), branch)
    moved = np.where(boxes.verdict == EVERYWHERE, (boxes.high - boxes.low).sum(axis=1), np.inf)
    order = np.lexsort((moved, cell))
    order = order[np.isfinite(moved[order])]
    found = cell[order], way[order], branch[order]
    return found[0], beam[order], found[2].astype(np.int8), q_deg[found]
