"""Every leg of every beam, in its room; and the same without what is only assumed of the patient's body."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from simulator.dicom.plan import Plan
from simulator.plans.checked import BeamCheck
from simulator.plans.legs import checked_legs, ways_of
from simulator.plans.proofs import answered
from simulator.plans.rooms import Room, Rooms
from simulator.plans.self_check import self_check
from simulator.plans.ways import WayCheck
from simulator.setup.setup import Setup


def checked_beams(rooms: Sequence[Room], *, workers: int = 1) -> list[BeamCheck]:
    """Return what holds of the legs of each beam."""
    ways = [ways_of(room) for room in rooms]
    answers = iter(answered([way for of_beam in ways for way in of_beam], workers=workers))
    beams = []
    for room, asked in zip(rooms, ways, strict=True):
        legs, checked = checked_legs(room, [next(answers) for _ in asked])
        beams.append(BeamCheck(room.beam, room.setup, legs, checked, room.unknown, self_check(room)))
    return beams


def worst_as_scanned(
    plan: Plan, setup: Setup, order: tuple[int, ...], *, workers: int = 1
) -> list[WayCheck] | list[None]:
    """Return the worst way of each beam in a room without what completes the patient's body; None if nothing does."""
    bare = _as_scanned(setup)
    if bare is None:
        return [None] * len(order)
    return [beam.worst for beam in checked_beams(Rooms(plan, bare).of_beams(order), workers=workers)]


def _as_scanned(setup: Setup) -> Setup | None:
    """Return the same room with the table where it is and only what was scanned of the patient."""
    scan, lies = setup.patient.scan, setup.lies
    if scan is None or not scan.assumed_parts or lies is None:
        return None
    parts = tuple(part for part in setup.patient.parts if part.name not in scan.assumed_parts)
    patient = replace(setup.patient, parts=parts, scan=replace(scan, assumed_parts=(), assumptions=()))
    stands = replace(lies, height_mm=None, middle_mm=None, position_mm=setup.table_position_mm)
    return replace(setup, patient=patient, lies=stands)
