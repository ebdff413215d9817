"""The clearance of one pair at many poses, one after the other."""

from __future__ import annotations

from simulator.certify.kernels.compiled import jit
from simulator.certify.kernels.motion_bounds import stand
from simulator.certify.kernels.pair_bounds import Side, held
from simulator.certify.kernels.separation import Meeting, least_gap, scratch, triangle_gap
from simulator.certify.kernels.vectors import Floats, Ints, length, sub


@jit
def meeting(side_a: Side, side_b: Side, pose: Floats) -> Meeting:
    """Return where two bodies stand at one pose."""
    a = stand(side_a.carriage, pose[side_a.column], 0.0)
    b = stand(side_b.carriage, pose[side_b.column], 0.0)
    return Meeting(side_a.tree, a, side_b.tree, b)


@jit
def distances(side_a: Side, side_b: Side, poses: Floats, witness: Ints, found: Floats) -> None:
    """Write the distance (n,) of two triangles (n, 2) at n poses."""
    work = scratch()
    for k in range(len(poses)):
        _, p, q = triangle_gap(meeting(side_a, side_b, poses[k]), witness[k, 0], witness[k, 1], work)
        found[k] = length(sub(p, q))


@jit
def floors(
    side_a: Side, side_b: Side, middle: Floats, reach: Floats, cap: Floats, floor: Floats, least: Floats
) -> None:
    """Write a lower bound of the distance of two bodies in each of n cells, at most ``cap``; 0 if below ``floor``."""
    work = scratch()
    i, j = -1, -1
    for k in range(len(middle)):
        a = stand(side_a.carriage, middle[k, side_a.column], reach[k, side_a.column])
        b = stand(side_b.carriage, middle[k, side_b.column], reach[k, side_b.column])
        gap, near_i, near_j = least_gap(Meeting(side_a.tree, a, side_b.tree, b), cap[k], floor[k], 0.0, (i, j), work)
        if near_i >= 0:
            i, j = near_i, near_j
        known_a, a_is_held = held(a, side_a.probes, b, side_b.tree, work)
        known_b, b_is_held = held(b, side_b.probes, a, side_a.tree, work)
        # @floor
        is_apart = gap > floor[k] and known_a and known_b and not a_is_held and not b_is_held
        least[k] = gap if is_apart else 0.0


@jit
def clearances(
    side_a: Side,
    side_b: Side,
    row: int,
    poses: Floats,
    slack: float,
    least: Floats,
    found: Floats,
    nearest: Ints,
    witness: Ints,
) -> None:
    """Lower what is known of the clearance at n poses to that of one pair, where that is less.

    Parameters
    ----------
    side_a, side_b, row
        The bodies and the number of the pair.
    poses : ndarray, shape (n, 2)
        Values of the two scanned joints.
    slack : float
        How much less than the distance the answer may be, in mm.
    least : ndarray, shape (n,)
        What is known of the pair's distance.
    found : ndarray, shape (n,)
        The least so far; replaced by 0 where one body holds a part of the other, or may do so.
    nearest : ndarray of int32, shape (n,)
        The pair that has it.
    witness : ndarray of int32, shape (n, 2)
        Its nearest triangles.
    """
    work = scratch()
    i, j = -1, -1
    for k in range(len(poses)):
        if found[k] <= least[k]:
            continue
        m = meeting(side_a, side_b, poses[k])
        # What was nearest at the pose before is near, and a good start.
        gap, near_i, near_j = least_gap(m, found[k], 0.0, slack, (i, j), work)
        if near_i >= 0:
            i, j = near_i, near_j
            found[k], nearest[k] = max(gap, 0.0), row  # @found
            witness[k, 0], witness[k, 1] = i, j
        if found[k] > 0.0:
            known_a, a_is_held = held(m.a, side_a.probes, m.b, side_b.tree, work)
            known_b, b_is_held = held(m.b, side_b.probes, m.a, side_a.tree, work)
            if a_is_held or b_is_held or not known_a or not known_b:
                found[k], nearest[k] = 0.0, row
