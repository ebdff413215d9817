"""The clearance of one pair at many poses, one after the other."""

from __future__ import annotations

from simulator.proofs.bounds import Side, held
from simulator.proofs.compiled import jit
from simulator.proofs.search import Meeting, least_gap, scratch, triangle_gap
from simulator.proofs.slabs import placed, stand
from simulator.proofs.vectors import Floats, Ints, length, sub, vector


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
def clearances(
    side_a: Side, side_b: Side, row: int, poses: Floats, slack: float, found: Floats, nearest: Ints, witness: Ints
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
        if found[k] <= 0.0:
            continue
        m = meeting(side_a, side_b, poses[k])
        between = sub(placed(m.a, vector(m.tree_a.centre, 0)), placed(m.b, vector(m.tree_b.centre, 0)))
        if length(between) - m.tree_a.radius[0] - m.tree_b.radius[0] >= found[k]:
            continue  # the balls around the bodies are further apart, and neither holds the other
        # What was nearest at the pose before is near, and a good start.
        gap, near_i, near_j = least_gap(m, found[k], 0.0, slack, (i, j), work)
        if near_i >= 0:
            i, j = near_i, near_j
            found[k], nearest[k] = max(gap, 0.0), row
            witness[k, 0], witness[k, 1] = i, j
        if found[k] > 0.0:
            known_a, a_is_held = held(m.a, side_a.probes, m.b, side_b.tree, side_b.is_closed, work)
            known_b, b_is_held = held(m.b, side_b.probes, m.a, side_a.tree, side_a.is_closed, work)
            if a_is_held or b_is_held or not known_a or not known_b:
                found[k], nearest[k] = 0.0, row
