"""What the check of a plan rests on, and what its reader should know, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from simulator.geometry.angles import FULL_TURN_DEG
from simulator.plans.accessories import called
from simulator.plans.checked import BeamCheck
from simulator.plans.places import outside_the_body, several_table_tops
from simulator.plans.rooms import Room, Rooms
from simulator.plans.self_check import warnings_of
from simulator.plans.ways import MoveCheck
from simulator.setup.placing import TABLE_POSITION

ROTATIONS = {"gantry", "couch", "collimator"}
"""Axes that may stand at one angle in two ways."""


def assumptions(
    rooms: Rooms, of_beams: Sequence[Room], moves: Sequence[MoveCheck], *, is_plans_order: bool, is_delivered: bool
) -> tuple[str, ...]:
    """Return what the answer rests on that plan and set-up do not say."""
    found = [text for room in of_beams for text in room.setup.assumptions]
    found += [*_isocentres(rooms), *_positions(rooms), *_machine(rooms, of_beams)]
    found += [text for room in of_beams for text in (*_accessories(room), *(_readings(room) if is_delivered else ()))]
    if any(axis in leg.moving for room in of_beams for leg in room.beam.legs for axis in TABLE_POSITION):
        found.append("table positions of the plan move the table by their differences within a beam")
    order = f"the order of the beams is {'that of the plan' if is_plans_order else 'as asked for'}"
    if is_delivered:
        found.append(f"{order}; the move to the first of them is not known, and not checked")
    else:
        found.append("the beams are candidates in no order: moves to and between them are not checked")
    found += [f"the move from beam {m.before} to {m.after} is not checked: {m.unknown}" for m in moves if m.unknown]
    return tuple(dict.fromkeys(found))


def warnings(rooms: Rooms, of_beams: Sequence[Room], beams: Sequence[BeamCheck]) -> tuple[str, ...]:
    """Return what a reader should know: of the models, of the plan, and of how the two fit."""
    plan, setup = rooms.plan, rooms.setup
    found = [text for room in of_beams for text in room.setup.warnings]
    found += plan.remarks
    scan = setup.patient.scan
    if scan is not None and not rooms.is_registered:
        found.append(
            "plan and structure set do not name one frame of reference: they may not belong together, and the "
            "isocentres of the plan are not those of the patient"
        )
    found += [*outside_the_body(of_beams), *several_table_tops(of_beams)]
    found += [text for beam in beams for text in warnings_of(beam.beam.number, beam.self_check)]
    return tuple(dict.fromkeys(found))


def _isocentres(rooms: Rooms) -> Iterator[str]:
    if rooms.is_registered:
        yield "the isocentres are the plan's, in the patient's axes"
        return
    first = rooms.plan.beams[0].number
    where = f"site {rooms.setup.site!r}" if rooms.setup.site else "the isocentre"
    yield (
        f"the isocentre of beam {first} is {where} of the set-up, and those of other beams are as far from it as in "
        "the plan: plan and patient do not name one frame of reference"
    )


def _positions(rooms: Rooms) -> Iterator[str]:
    for beam in rooms.plan.beams:
        if not beam.position:
            yield f"beam {beam.number}: the plan has no patient position, {rooms.setup.position} is the set-up's"
        elif beam.position != rooms.setup.position:
            yield f"beam {beam.number}: the patient lies {beam.position}, as in the plan, and not as in the set-up"


def _machine(rooms: Rooms, of_beams: Sequence[Room]) -> Iterator[str]:
    machine = rooms.setup.machine
    names = {room.beam.machine for room in of_beams if room.beam.machine}  # compared, and not shown
    said = f"each of the plan's {len(names)} machines" if len(names) > 1 else "the plan's machine"
    yield f"{said} is taken to be {machine.name} ({machine.title})"
    for joint in machine.sweep.joints:
        silent = [str(room.beam.number) for room in of_beams if joint not in room.travel.start]
        if silent:
            rest = rooms.setup.scene.rest[joint]
            beams = f"beam{'s' * (len(silent) > 1)} {', '.join(silent)}"
            yield f"{beams}: {joint} stands at {rest:g}, as the plan says nothing of it"


def _readings(room: Room) -> Iterator[str]:
    """Yield the axes that could stand a whole turn further all through a beam, as a joint of ±185° can at 180°."""
    for axis in sorted(ROTATIONS & room.travel.start.keys()):
        values = [end[axis] for leg in room.travel.legs for end in leg]
        low, high = room.setup.scene.tree[axis].limits or (0.0, 0.0)
        for turn in (-FULL_TURN_DEG, FULL_TURN_DEG):
            if low <= min(values) + turn and max(values) + turn <= high:
                start = room.travel.start[axis]
                yield (
                    f"beam {room.beam.number}: {axis} begins at {start:g}° of its joint, which could begin at "
                    f"{start + turn:g}°, too: the moves to and from it would be others"
                )


def _accessories(room: Room) -> Iterator[str]:
    own, options = dict(room.setup.machine.options), room.options
    told = ", ".join(f"{name} = {choice}" for name, choice in options.items() if own.get(name) == choice)
    names = [called(accessory) for accessory in room.beam.accessories]
    if room.beam.takes_images:
        names.append("images of a set-up beam")
    if told:
        yield f"beam {room.beam.number}: checked with {told} for {', '.join(names)}"
