"""Where the patient may lie on the table top for more beams of a plan, or of a list, to be free.

The isocentre in the patient is what the treatment is planned for, and stays. So the patient lies elsewhere on the
top, and the table goes the other way: what is in the way of a beam is then another part of the table. A place counts
if the body then still ends on the top on the side that it comes nearer to, and if the table can go there. All of it
is checked as any set-up is; where the table is not known, for every place of it around the new one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from simulator.dicom.plan import Plan
from simulator.errors import SimulatorError
from simulator.plans.checked import BeamCheck
from simulator.plans.legs import ways_of
from simulator.plans.proofs import answered, are_free
from simulator.plans.rooms import Room, Rooms
from simulator.plans.suggested import PlanSuggestion
from simulator.setup.contents import PATIENT_FRAME
from simulator.setup.holding import head_end_y_mm
from simulator.setup.placing import extent_mm
from simulator.setup.setup import Setup

SHIFTS_MM = {
    "longitudinal": (-100.0, 100.0, -200.0, 200.0),
    "lateral": (-50.0, 50.0),
    "vertical": (50.0,),
}
"""What is asked, one axis at a time, as shifts of the patient on the table top; nobody can lie lower."""
TOLD = 3
AXES = ("lateral", "longitudinal", "vertical")
DIRECTIONS = {
    "longitudinal": ("towards the gantry", "away from the gantry"),
    "lateral": ("towards +x of the table top", "towards -x of the table top"),
    "vertical": ("higher above the table top, on something that is no part of the room and is not checked", ""),
}


def places_on_top(
    plan: Plan, setup: Setup, beams: Sequence[BeamCheck], *, workers: int = 1
) -> tuple[PlanSuggestion, ...]:
    """Return the places on the table top with most beams free, if those are more than as planned: the best first.

    Parameters
    ----------
    plan : Plan
        That was checked.
    setup : Setup
        The room that was given.
    beams : sequence of BeamCheck
        What holds of each beam, in the order of delivery.
    workers : int
        Number of threads. The answer does not depend on it.
    """
    blocked = [beam.beam.number for beam in beams if beam.status]
    free = [beam.beam.number for beam in beams if not beam.status]
    found = []
    for axis, by in _places(setup) if blocked else ():
        rooms = _rooms(plan, setup, axis, by, [beam.beam.number for beam in beams])
        frees = _free(rooms, blocked, workers)
        if frees:
            still = _free(rooms, free, workers)
            blocks = tuple(number for number in free if number not in still)
            if len(frees) > len(blocks):
                found.append((axis, by, rooms, tuple(frees), blocks))
    found.sort(key=lambda each: (len(each[4]) - len(each[3]), len(each[4]), abs(each[1])))
    return tuple(_told(*each, workers) for each in found[:TOLD])


def moved_on_top(setup: Setup, shift_mm: Sequence[float]) -> Setup:
    """Return a set-up with the patient elsewhere on the table top, by a shift (3,) in table-top axes, in mm.

    Raises
    ------
    SimulatorError
        If the table cannot go there.
    """
    dx, dy, dz = (float(value) for value in shift_mm)
    lies = setup.lies
    if lies is not None and lies.position_mm is not None:
        tree = setup.scene.tree
        standing = {joint: v for joint, v in setup.scene.rest.items() if joint not in setup.machine.sweep.joints}
        R_fixed_top = tree.T_fixed_frame(setup.couch.table_top.joint, standing)[:3, :3]
        x, y, z = (np.array(lies.position_mm) - R_fixed_top @ np.array([dx, dy, dz])).tolist()
        return replace(setup, lies=replace(lies, position_mm=(x, y, z)))
    if lies is not None and lies.height_mm is not None:  # the top is lower under the patient
        lies, dz = replace(lies, height_mm=lies.height_mm - dz), 0.0
    x, y, z = setup.shift_mm
    return replace(setup, lies=lies, shift_mm=(x + dx, y + dy, z + dz))


def _places(setup: Setup) -> Iterator[tuple[str, float]]:
    """Yield shifts by axis with which the body overhangs no side of the table top more than before."""
    contents, joint = setup.contents, setup.couch.table_top.joint
    tops = [part.mesh.bounds_mm for part in contents.couch.parts if part.joint == joint]
    if not tops:
        return
    low, high = np.min([top[0] for top in tops], axis=0), np.max([top[1] for top in tops], axis=0)
    high[1] = max(high[1], head_end_y_mm(contents.couch, contents.fixation))
    body_low, body_high = extent_mm(contents.patient, setup.position, setup.isocentre_patient_mm)
    origin = np.array(setup.scene.tree[PATIENT_FRAME].origin_mm)
    spare_below, spare_above = body_low + origin - low, high - (body_high + origin)
    for axis, shifts in SHIFTS_MM.items():
        column = AXES.index(axis)
        for by in shifts:
            if axis == "vertical" or (spare_above[column] - by if by > 0 else spare_below[column] + by) >= 0.0:
                yield axis, by


def _rooms(plan: Plan, setup: Setup, axis: str, by: float, numbers: Sequence[int]) -> dict[int, Room]:
    """Return the room of each beam with the patient elsewhere; none if the table cannot go there."""
    try:
        other = moved_on_top(setup, [by if each == axis else 0.0 for each in AXES])
        rooms = Rooms(plan, other).of_beams(tuple(numbers))
    except SimulatorError:
        return {}
    return dict(zip(numbers, rooms, strict=True))


def _free(rooms: dict[int, Room], numbers: Sequence[int], workers: int) -> list[int]:
    """Return which beams are proven free in their rooms."""
    ways = [(number, way) for number in numbers if number in rooms for way in ways_of(rooms[number])]
    free = are_free([way for _, way in ways], workers=workers)
    failed = {number for (number, _), is_free in zip(ways, free, strict=True) if not is_free}
    return [number for number in numbers if number in rooms and number not in failed]


def _told(
    axis: str, by: float, rooms: dict[int, Room], frees: tuple[int, ...], blocks: tuple[int, ...], workers: int
) -> PlanSuggestion:
    """Return a place in words, with the least clearance of the beams that it frees."""
    answers = answered([way for number in frees for way in ways_of(rooms[number])], workers=workers)
    least = min(part.clearance_mm for parts in answers for part in parts)
    lies = next(iter(rooms.values())).setup.lies
    unknown = (
        f", and the table anywhere around there within {' and '.join(lies.unknown)}" if lies and lies.unknown else ""
    )
    text = f"the patient {abs(by):g} mm {DIRECTIONS[axis][by < 0]}, the isocentre in the patient as planned{unknown}"
    return PlanSuggestion({axis: by}, text, frees, blocks, least)
