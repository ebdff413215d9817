"""Angles as people and plans write them, on the scale of a joint: the one place that says what 350° is.

An angle, a way or a range is taken as it is if it lies within the limits of its joint; else it is turned by whole
turns to where it does, as near to 0 as it can be. What is nowhere within the limits is refused.
"""

from __future__ import annotations

from numbers import Real

import numpy as np

from simulator.errors import SimulatorError, shown, unknown
from simulator.geometry.angles import FULL_TURN_DEG
from simulator.geometry.scales import ROTATION_AXES, SAME_ANGLE_DEG, travel
from simulator.models.kinematics import Joint, KinematicTree
from simulator.scenario.axis import Axis, Range
from simulator.scenario.schema import LARGEST_DEG, LARGEST_MM
from simulator.scenario.sweep import Sweep

ANY_DIRECTIONS = ("increasing", "decreasing")
DICOM = ("CW", "CC")
"""Directions of a rotation: of any joint, and of those that DICOM knows."""


def angle_on_scale(joint: Joint, value: float, field: str) -> float:
    """Return the value of a joint that is meant by an angle (or by millimetres).

    Raises
    ------
    SimulatorError
        If it is no number, of more than two turns, or nowhere within the limits of the joint.
    """
    number = _number(joint, value, field)
    turn = _turns(joint, number, number)
    if turn is None:
        raise _refused(joint, field, shown(value))
    return number + turn


def way_on_scale(joint: Joint, ends: tuple[float, float], direction: str | None, field: str) -> tuple[float, float]:
    """Return where an arc starts and stops, beyond 180 or -180 where it goes through there.

    Parameters
    ----------
    joint : Joint
        What moves.
    ends : tuple of float
        From where to where, degrees.
    direction : {"CW", "CC", "increasing", "decreasing"}, optional
        CW and CC as in a DICOM plan, for joints that it knows by name. Ends that are one angle are a full turn. A
        prismatic joint has one way only.
    field : str
        For messages.

    Raises
    ------
    SimulatorError
        If the ends are no two angles, the direction is unknown, or the joint cannot go that way.
    """
    if len(ends) != 2:
        raise SimulatorError(f"{field}: must be two angles in degrees (from, to), was {shown(ends)}")
    start, stop = (_number(joint, end, field) for end in ends)
    if joint.type == "revolute":
        stop = start + _turn(joint, start, stop, direction, field)
    elif direction not in (None, ANY_DIRECTIONS[stop < start]):
        raise SimulatorError(
            f"{field}: direction must be left out, or {ANY_DIRECTIONS[stop < start]}, was {direction}"
        )
    turn = _turns(joint, min(start, stop), max(start, stop))
    if turn is None:
        raise _refused(joint, field, f"the way from {ends[0]:g} {direction} to {ends[1]:g}")
    return start + turn, stop + turn


def _turn(joint: Joint, start: float, stop: float, direction: str | None, field: str) -> float:
    """Return by how much a revolute joint turns from an angle to another one, in a direction."""
    if direction in ANY_DIRECTIONS:
        ahead = (stop - start) % FULL_TURN_DEG
        if min(ahead, FULL_TURN_DEG - ahead) <= SAME_ANGLE_DEG:  # a full turn, as with CW and CC
            ahead = 0.0 if direction == "decreasing" else FULL_TURN_DEG
        return ahead if direction == "increasing" else ahead - FULL_TURN_DEG
    known = DICOM if joint.name in ROTATION_AXES else ()
    if direction is None or direction not in known:
        raise unknown(f"{field}: direction", direction, (*ANY_DIRECTIONS, *known))
    return float(travel(start, stop, direction, joint.name))


def sweep_on_scale(tree: KinematicTree, sweep: Sweep) -> Sweep:
    """Return a sweep whose ranges are all within the limits of their joints; see :func:`range_on_scale`.

    Raises
    ------
    SimulatorError
        If a joint is unknown or does not move, has another unit, or cannot be where the sweep goes.
    """
    require_joints(tree, sweep, "grid")
    return Sweep(*(Axis(**dict(range_on_scale(tree[axis.joint], axis, f"grid.{axis.field}"))) for axis in sweep))


def require_joints(tree: KinematicTree, sweep: Sweep, table: str) -> None:
    """Refuse a sweep of joints that are not there, do not move, or have another unit; ``table`` is for messages."""
    if not isinstance(sweep, Sweep):
        raise SimulatorError(f"{table}: must be a sweep, such as Sweep(gantry=(-180, 180, 1)), was {shown(sweep)}")
    moving = [joint.name for joint in tree.joints if joint.type != "fixed" and joint.mimic is None]
    for axis in sweep:
        if axis.joint not in moving:
            raise unknown(f"{table}.{axis.field}: joint", axis.joint, moving)
        joint = tree[axis.joint]
        if axis.unit != joint.unit:
            raise SimulatorError(
                f"{table}.{axis.field}: must be {joint.name}_{joint.unit}: the joint is {joint.type}"
            )


def range_on_scale(joint: Joint, angles: Range, field: str) -> Range:
    """Return a range with the same poses; a full turn may have to be cut open at another one of them.

    Raises
    ------
    SimulatorError
        If it is nowhere within the limits of the joint.
    """
    turn = _turns(joint, angles.start, angles.stop)
    if turn is not None:
        return angles.moved(turn)
    if angles.is_full_turn and joint.limits is not None:
        low, high = joint.limits
        cuts = np.add.outer(FULL_TURN_DEG * np.arange(4, -5, -1), angles.values()[::-1]).ravel()
        cuts = cuts[(low <= cuts) & (cuts + FULL_TURN_DEG <= high)]
        if len(cuts):
            return angles.moved(float(cuts[np.abs(cuts + FULL_TURN_DEG / 2).argmin()]) - angles.start)
    raise _refused(joint, field, f"{angles.start:g} to {angles.stop:g}")


def _number(joint: Joint, value: float, field: str) -> float:
    """Return a plain number that may be an angle: at most two turns, as nobody writes more."""
    largest = _largest(joint)
    if isinstance(value, bool) or not isinstance(value, Real) or not -largest <= value <= largest:
        raise _refused(joint, field, shown(value))
    return float(value)


def _turns(joint: Joint, low: float, high: float) -> float | None:
    """Return the whole turns, in degrees, that bring an interval within the limits; None if none do.

    0 if it is within them, else what is nearest to 0; of two as near, the one above.
    """
    least, most = joint.limits or (-np.inf, np.inf)
    if least <= low and high <= most:
        return 0.0
    if joint.type != "revolute":
        return None
    around = range(int((least - low) // FULL_TURN_DEG), int((most - high) // FULL_TURN_DEG) + 2)
    turns = [FULL_TURN_DEG * k for k in around]
    fits = [turn for turn in turns if least <= low + turn and high + turn <= most]
    return min(fits, key=lambda turn: (abs(low + high + 2 * turn), -turn), default=None)


def _largest(joint: Joint) -> float:
    return LARGEST_MM if joint.type == "prismatic" else LARGEST_DEG


def _refused(joint: Joint, field: str, was: str) -> SimulatorError:
    largest = _largest(joint)
    low, high = joint.limits or (-largest, largest)
    turned = f", or whole turns from there within ±{LARGEST_DEG:g}" if joint.type == "revolute" else ""
    of = f" (limits of joint {joint.name!r}{turned})" if joint.limits else ""
    return SimulatorError(f"{field}: must be from {low:g} to {high:g} {joint.unit}{of}, was {was}")
