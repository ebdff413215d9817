"""Readings as approaches: from where the joint came, how far it is followed, and what a prediction is off by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulator.commission.contact import Approach, Contacts, first_contacts
from simulator.commission.readings import DIRECTIONS, Direction, Reading
from simulator.commission.room import Rooms
from simulator.errors import SimulatorError, unknown
from simulator.models.scale import ANY_DIRECTIONS, angle_on_scale, way_on_scale

BEYOND_DEG = 30.0
"""How far after a reading contact is looked for."""
BACK_DEG, STEP_DEG = 40, 1
"""How far before a reading a free angle is looked for, where nobody says from where the joint came."""
ROOM_DEG = 10
"""Further back than the nearest free angle, as far as that is free: the model is about to change."""
SIGNS: dict[Direction, float] = {"CW": 1.0, "CC": -1.0}
"""CW increases a gantry angle, as in a DICOM plan."""


@dataclass(frozen=True, eq=False)
class Approached:
    """What readings come to with some values of the unknowns.

    Attributes
    ----------
    contacts : Contacts
        Of n readings.
    predicted : ndarray, shape (n,)
        Of the joint: the contact; where the approach cannot begin its start, and where nothing touches its end.
    residuals : ndarray, shape (n,)
        Reading less prediction, along the approach: positive where the joint went further than the model says.
    slopes : ndarray, shape (n, m)
        By how much the prediction changes along the approach for a mm of each unknown; 0 where nothing touches.
    """

    contacts: Contacts
    predicted: NDArray[np.float64]
    residuals: NDArray[np.float64]
    slopes: NDArray[np.float64]

    @property
    def touches(self) -> NDArray[np.bool_]:
        """Whether the model has a contact."""
        return np.isfinite(self.contacts.value)


def approached(
    rooms: Rooms, values_mm: ArrayLike, readings: Sequence[Reading], approaches: Sequence[Approach]
) -> Approached:
    """Return what readings come to with values (m,) of the unknowns, followed along approaches."""
    contacts = first_contacts(rooms, values_mm, approaches)
    signs = np.array([SIGNS[reading.direction] for reading in readings])
    starts, stops = np.array([[approach.start, approach.stop] for approach in approaches]).T
    nowhere = np.where(contacts.is_start_free, stops, starts)
    predicted = np.where(np.isfinite(contacts.value), contacts.value, nowhere)
    read = np.array([_read(rooms, reading) for reading in readings])
    slopes = np.nan_to_num(signs[:, None] * contacts.slopes)
    return Approached(contacts, predicted, signs * (read - predicted), slopes)


def approaches_of(rooms: Rooms, values_mm: ArrayLike, readings: Sequence[Reading]) -> list[Approach]:
    """Return the approach of each reading.

    Where a reading does not say from where the joint came, or the model is not free there, it came from the nearest
    angle before the contact that is free in the model, or up to 10 degrees before that.

    Raises
    ------
    SimulatorError
        If a position, part or joint is unknown, or the joint cannot go that way; all faults in one message.
    """
    wrong, given = [], []
    for reading in readings:
        try:
            given.append(_given(rooms, reading))
        except SimulatorError as error:
            wrong.append(f"reading of line {reading.line}: {error}")
    if wrong:
        raise SimulatorError("\n".join(wrong))
    is_free = first_contacts(
        rooms, values_mm, [replace(way, stop=way.start) for way in given], with_slopes=False
    ).is_start_free
    open_ = [k for k, reading in enumerate(readings) if reading.from_deg is None or not is_free[k]]
    for k, start in zip(open_, _free_starts(rooms, values_mm, [readings[k] for k in open_]), strict=True):
        given[k] = replace(given[k], start=start)
    return given


def _given(rooms: Rooms, reading: Reading) -> Approach:
    """Return the approach of a reading as far as it says it; one that says no start starts at the contact."""
    joint, tree = rooms.tree[rooms.moving], rooms.tree
    if reading.position not in rooms.setups:
        raise unknown("position", reading.position, rooms.setups)
    known = [body.name for body in rooms.setups[reading.position].scene.bodies]
    for part in reading.parts:
        if part not in known:
            raise unknown("parts", part, known)
    if reading.direction not in DIRECTIONS:
        raise unknown("direction", reading.direction, DIRECTIONS)
    joints = {name: angle_on_scale(tree[name], value, name) for name, value in reading.joints.items()}
    contact, sign = _read(rooms, reading), SIGNS[reading.direction]
    start = contact
    if reading.from_deg is not None and joint.type == "revolute":
        way = way_on_scale(joint, (reading.from_deg, contact), ANY_DIRECTIONS[sign < 0], joint.name)
        start = contact + way[0] - way[1]
    low, high = joint.limits or (-np.inf, np.inf)
    stop = float(np.clip(contact + sign * BEYOND_DEG, low, high))
    return Approach(reading.position, joints, start, stop, reading.parts, reading.gauge_mm)


def _read(rooms: Rooms, reading: Reading) -> float:
    """Return a reading on the scale of its joint."""
    return angle_on_scale(rooms.tree[rooms.moving], reading.contact_deg, f"contact of {rooms.moving}")


def _free_starts(rooms: Rooms, values_mm: ArrayLike, readings: Sequence[Reading]) -> list[float]:
    """Return from where the joint may have come; the reading itself where nothing before it is free."""
    back = np.arange(0, BACK_DEG + ROOM_DEG, STEP_DEG)
    tried = [
        replace(
            way, start=way.start - SIGNS[reading.direction] * step, stop=way.start - SIGNS[reading.direction] * step
        )
        for reading in readings
        for way in [_given(rooms, replace(reading, from_deg=None))]
        for step in back
    ]
    is_free = first_contacts(rooms, values_mm, tried, with_slopes=False).is_start_free.reshape(-1, len(back))
    starts = []
    for k, free in enumerate(is_free):
        first = int(free[: BACK_DEG + 1].argmax())
        last = first + int(np.append(~free[first : first + ROOM_DEG], True).argmax()) - 1 if free[first] else 0
        # Where the way back is blocked soon, the middle of what is free: the model may change at both ends.
        chosen = last if last - first == ROOM_DEG - 1 else (first + max(last, first)) // 2
        starts.append(tried[k * len(back) + (chosen if free[first] else 0)].start)
    return starts
