"""A beam of a list, and beams out of rows of a table: angles by column, brought onto the scales of their joints."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.errors import SimulatorError, shown
from simulator.geometry.angles import FULL_TURN_DEG
from simulator.geometry.scales import SAME_ANGLE_DEG
from simulator.models.kinematics import Joint
from simulator.models.scale import angle_on_scale, way_on_scale
from simulator.setup.setup import Setup

COLLIMATOR = "collimator"
"""The one joint beside those that aim of which lists speak."""


@dataclass(frozen=True)
class ListedBeam:
    """A beam of a list.

    Attributes
    ----------
    name : str
        What it is called; no two beams of a list are called the same.
    start : dict of str to float
        Where it is delivered from: degrees by joint (``gantry``, ``couch``, perhaps ``collimator``), on the joints'
        scales.
    stop : dict of str to float, optional
        Where an arc ends: the same joints. Each joint goes straight there, so 170 to 190 goes through 180.
    weight_sr : float, optional
        The solid angle that the beam stands for.
    beam_on_s : float, optional
        How long it is delivered.
    """

    name: str
    start: dict[str, float]
    stop: dict[str, float] | None = None
    weight_sr: float | None = None
    beam_on_s: float | None = None


def listed_beams(
    setup: Setup, rows: Sequence[Mapping[str, Any]], where: Callable[[int], str], names: Sequence[str] = ()
) -> Iterator[ListedBeam]:
    """Yield a beam for each row, on the scales of the joints.

    Parameters
    ----------
    setup : Setup
        With the joints.
    rows : sequence of mapping
        Values by the columns that `BeamList.of` takes; None and NaN are as if they were not there.
    where : callable
        From the number of a row, from 1, to what messages call it.
    names : sequence of str
        What beams are called whose row does not say; their numbers if there are none.

    Raises
    ------
    SimulatorError
        If a joint's value is missing, no number, or out of its reach.
    """
    for at, row in enumerate(rows, start=1):
        given = {column: value for column, value in row.items() if value is not None and value == value}
        name = str(given.get("name", names[at - 1] if names else at))
        start, stop = _ends(setup, given, where(at))
        weights = [_amount(given, column, where(at)) for column in ("weight_sr", "beam_on_s")]
        yield ListedBeam(name, start, stop, *weights)


def require_different(keys: Iterable[Hashable], where: Callable[[int], str]) -> None:
    """Refuse a list that has one beam twice: an optimiser would weigh it double.

    Parameters
    ----------
    keys : iterable
        What is the same for the same beam.
    where : callable
        From the number of a beam, from 1, to what messages call it.
    """
    first: dict[Hashable, int] = {}
    for at, key in enumerate(keys, start=1):
        if first.setdefault(key, at) != at:
            raise SimulatorError(f"{where(at)}: must be another beam, was that of {where(first[key])} again")


def aiming_joints(setup: Setup) -> tuple[str, ...]:
    """Return the joints that a beam must have a value for, that nearest the beam first.

    Raises
    ------
    SimulatorError
        If the set-up does not aim with two joints.
    """
    if setup.aim is None:
        raise SimulatorError("beam list: the set-up must aim with two joints, its sweep turns the beam with fewer")
    return setup.aim.chart.inner, setup.aim.chart.outer


def _ends(setup: Setup, row: Mapping[str, Any], where: str) -> tuple[dict[str, float], dict[str, float] | None]:
    """Return where a beam starts, and where it stops if it is an arc."""
    tree = setup.scene.tree
    aiming = aiming_joints(setup)
    start: dict[str, float] = {}
    stop: dict[str, float] = {}
    for joint in (*aiming, COLLIMATOR):
        column, end = f"{joint}_deg", f"{joint}_stop_deg"
        if column not in row:
            if joint in aiming or end in row:
                raise SimulatorError(f"{where}, {column}: is missing")
            continue
        if joint not in tree:
            raise SimulatorError(f"{where}, {column}: must not be there: the machine has no joint {joint!r}")
        try:
            start[joint], stop[joint] = _way(tree[joint], row[column], row.get(end), f"{where}, {column}")
        except SimulatorError as error:
            raise SimulatorError(f"{error}{_instead(setup, row, joint)}") from None
    return start, None if start == stop else stop


def _instead(setup: Setup, row: Mapping[str, Any], joint: str) -> str:
    """Return where the joint that carries the patient could stand instead: a list may be of another convention."""
    inner, outer = aiming_joints(setup)
    values = [_number(row.get(f"{name}_deg")) for name in (inner, outer)]
    if joint != outer or not all(isinstance(value, float) and np.isfinite(value) for value in values):
        return ""
    tree, value = setup.scene.tree, values[1]
    if _is_within(tree[outer], -value):
        return f"; {-value:g} would be within: is its sign that of another scale (Varian IEC)?"
    assert setup.aim is not None  # or there would be no joints that aim
    twin = [float(each[1]) for each in setup.aim.chart.twins(*values)]
    if not (_is_within(tree[inner], twin[0]) and _is_within(tree[outer], twin[1])):
        return ""
    return f"; the same direction has {inner} {twin[0]:g} and {outer} {twin[1]:g}"


def _is_within(joint: Joint, value: float) -> bool:
    try:
        angle_on_scale(joint, value, joint.name)
    except SimulatorError:
        return False
    return True


def _way(joint: Joint, first: Any, last: Any, field: str) -> tuple[float, float]:
    """Return from where to where a joint goes, both ends turned alike."""
    start = angle_on_scale(joint, _number(first), field)
    if last is None:
        return start, start
    angle_on_scale(joint, _number(last), field.replace("_deg", "_stop_deg"))
    travel = float(last) - float(first)
    if abs(travel) <= SAME_ANGLE_DEG:
        return start, start
    if abs(travel) > FULL_TURN_DEG:
        raise SimulatorError(f"{field}: an arc must be of at most 360°, was from {first:g} to {last:g}")
    return way_on_scale(joint, (float(first), float(last)), "increasing" if travel > 0 else "decreasing", field)


def _amount(row: Mapping[str, Any], column: str, where: str) -> float | None:
    if column not in row:
        return None
    value = _number(row[column])
    if not isinstance(value, float) or not 0.0 <= value < np.inf:
        raise SimulatorError(f"{where}, {column}: must be a number of at least 0, was {shown(row[column])}")
    return value


def _number(value: Any) -> Any:
    """Return a number of numpy's as one of Python's; what is none stays as it is."""
    return float(value) if isinstance(value, (int, float, np.number)) and not isinstance(value, bool) else value
