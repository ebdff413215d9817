"""Joints that somebody asks about by name: a pose, or the way of one joint while others stand."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from simulator.errors import SimulatorError, unknown
from simulator.geometry.angles import FULL_TURN_DEG
from simulator.models.kinematics import Joint, KinematicTree
from simulator.models.scale import angle_on_scale, way_on_scale
from simulator.scenario.axis import FINEST_STEP, Range, Unit
from simulator.scenario.sweep import Sweep

Way = tuple[float, float]


def asked_joints(tree: KinematicTree, sweep: Sweep, joints: Mapping[str, float]) -> dict[str, float]:
    """Return the values of a pose on the scales of its joints, those of the sweep first and in its order.

    Raises
    ------
    SimulatorError
        If a joint is unknown or missing, or a value nowhere within its limits.
    """
    _require_known(tree, joints)
    missing = [axis.joint for axis in sweep if axis.over is None and axis.joint not in joints]
    if missing:
        needed = ", ".join(axis.joint for axis in sweep if axis.over is None)
        raise SimulatorError(f"pose: must have a value for {needed}; missing: {', '.join(missing)}")
    order = [*(joint for joint in sweep.joints if joint in joints), *(j for j in joints if j not in sweep.joints)]
    return {joint: angle_on_scale(tree[joint], joints[joint], joint) for joint in order}


def asked_way(
    tree: KinematicTree, sweep: Sweep, joints: Mapping[str, float | Way]
) -> tuple[str, Way | None, dict[str, float]]:
    """Return the joint that moves, where it is to go if that was said, and where the others stand.

    Raises
    ------
    SimulatorError
        If not exactly one joint moves, one is unknown, or a value is nowhere within its limits.
    """
    _require_known(tree, joints)
    ways = {joint: way for joint, way in joints.items() if isinstance(way, tuple | list)}
    left = [axis.joint for axis in sweep if axis.over is None and axis.joint not in joints]
    if len(ways) + len(left) != 1:
        moving = ", ".join([*ways, *left]) or "none does"
        names = ", ".join(sweep.joints)
        raise SimulatorError(
            f"arc: one joint must move, left out or given as (from, to), and others of {names} stand; here: {moving}"
        )
    moving = [*ways, *left][0]
    within = ways.get(moving)
    if within is not None and len(within) != 2:
        raise SimulatorError(f"{moving}: must be two values (from, to), was {within}")
    order = [*(j for j in sweep.joints if j in joints), *(j for j in joints if j not in sweep.joints)]
    stands = {
        joint: angle_on_scale(tree[joint], joints[joint], joint)  # type: ignore[arg-type]
        for joint in order
        if joint != moving
    }
    return moving, None if within is None else (within[0], within[1]), stands


def asked_arc(
    tree: KinematicTree, sweep: Sweep, joints: Mapping[str, float | Way], direction: str | None
) -> tuple[str, Way, dict[str, float]]:
    """Return the joint that moves, from where to where on its scale, and where the others stand.

    Raises
    ------
    SimulatorError
        As `asked_way`; or if nobody says from where to where, or the joint cannot go that way.
    """
    moving, within, stands = asked_way(tree, sweep, joints)
    if within is None:
        raise SimulatorError(
            f"arc: must have (from, to) for one joint and one value for each other, was {moving} left out"
        )
    return moving, way_on_scale(tree[moving], within, direction, moving), stands


def extent_of(joint: Joint, within: Way | None) -> Range:
    """Return from where to where a joint is asked about: all that it can, or as it was said.

    Raises
    ------
    SimulatorError
        If that is not within its limits, or more than a full turn.
    """
    if within is not None:
        low, high = (angle_on_scale(joint, end, joint.name) for end in within)
        span, turns = within[1] - within[0], joint.type == "revolute"
        if span > FULL_TURN_DEG if turns else span < 0.0:
            raise SimulatorError(
                f"{joint.name}: must be (from, to), {'at most a full turn' if turns else 'ascending'}, was "
                f"{within[0]:g} to {within[1]:g}"
            )
        if not turns:
            return _range(joint, low, high)
        if span < FULL_TURN_DEG:
            return _range(joint, *way_on_scale(joint, within, "increasing", joint.name))
    low, high = joint.limits or (-np.inf, np.inf)
    if joint.type == "prismatic" and not np.isfinite(high - low):
        raise SimulatorError(f"{joint.name}: must be given as (from, to): the joint has no limits")
    if joint.type == "prismatic" or high - low < FULL_TURN_DEG:
        return _range(joint, low, high)
    start = max(low, min(-FULL_TURN_DEG / 2, high - FULL_TURN_DEG))
    return _range(joint, start, start + FULL_TURN_DEG)  # and from there on as far as the joint goes


def _range(joint: Joint, start: float, stop: float) -> Range:
    unit: Unit = "mm" if joint.type == "prismatic" else "deg"
    return Range(start=start, stop=stop, step=max(stop - start, FINEST_STEP), unit=unit)


def _require_known(tree: KinematicTree, joints: Mapping[str, object]) -> None:
    moving = [joint.name for joint in tree.joints if joint.type != "fixed" and joint.mimic is None]
    for joint in joints:
        if joint not in moving:
            raise unknown("joint", joint, moving)
