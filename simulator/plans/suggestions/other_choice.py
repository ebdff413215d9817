"""Another choice of an option of machine, couch or fixation, which takes what is in the way out of it: a panel in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from simulator.errors import SimulatorError
from simulator.models.choices import choices_without
from simulator.models.couch import Couch
from simulator.models.fixation import Fixation
from simulator.models.machine import Machine
from simulator.plans.checked import BeamCheck
from simulator.plans.legs import ways_of
from simulator.plans.rooms import Room
from simulator.plans.suggestions.candidates import Candidate
from simulator.setup.contents import PATIENT_FRAME
from simulator.setup.setup import Setup

FOR_IMAGES = ", if the images of the beam can be taken so"


def other_choice(room: Room, beam: BeamCheck) -> list[Candidate]:
    """Return a beam with other choices of the options that a part in its way is there by: one, then all of a model.

    What the beam itself asks for stays, and so do options that stand for what plans put on the head. Only choices
    count that leave the patient, and the isocentre in it, where they are.
    """
    found = []
    for field, name, options, changed in _changes(room.setup, _in_the_way(beam), _kept(room)):
        other = _replaced(room.setup, field, changed)
        if other is None:
            continue
        told = ", ".join(f"{option} = {choice} instead of {was}" for option, (choice, was) in options.items())
        images = FOR_IMAGES if field == "machine" and room.beam.takes_images else ""
        change: dict[str, float | str] = {f"{name} {option}": choice for option, (choice, _) in options.items()}
        ways = tuple(ways_of(replace(room, setup=other)))
        found.append(Candidate("other choice", change, f"{name} with {told}{images}", ways))
    return found


Chosen = Mapping[str, tuple[str, str]]
"""By option: another choice, and the one that there is."""


def _changes(setup: Setup, parts: set[str], kept: set[str]) -> Iterator[tuple[str, str, Chosen, Any]]:
    """Yield the field of a set-up, what its model is called, the options that change, and the field's new value."""
    of_room: list[tuple[str, str, Machine | Couch | Fixation]] = [
        ("machine", "machine", setup.machine),
        ("couch", "couch", setup.couch),
        *(("fixation", device.name, device) for device in setup.fixation),
    ]
    for field, name, model in of_room:
        was = dict(model.options)
        others = choices_without(model, field, parts)  # type: ignore[arg-type]
        others = {option: choices for option, choices in others.items() if option not in kept or field != "machine"}
        singles = [{option: (choice, was[option])} for option, choices in others.items() for choice in choices]
        together = {option: (choices[0], was[option]) for option, choices in others.items() if choices}
        for options in [*singles, *([together] if len(together) > 1 else [])]:
            changed = model.with_options(**{option: choice for option, (choice, _) in options.items()})
            devices = tuple(changed if each is model else each for each in setup.fixation)
            yield field, name, options, devices if field == "fixation" else changed


def _in_the_way(beam: BeamCheck) -> set[str]:
    """Return the names of all parts of pairs in the way of a beam."""
    return beam.setup.scene.parts_of(pair for way in beam.ways for stretch in way.blocked for pair in stretch.pairs)


def _kept(room: Room) -> set[str]:
    """Return the machine's options that are not free to choose."""
    return {*room.options, *room.setup.machine.accessory_options}


def _replaced(setup: Setup, field: str, value: object) -> Setup | None:
    """Return the room with another model, if the patient and the table stay where they are; else None."""
    try:
        other = replace(setup, **{field: value})  # type: ignore[arg-type]
    except SimulatorError:
        return None
    patients = [[part.mesh.sha256 for part in each.contents.patient.parts] for each in (setup, other)]
    stays = setup.scene.tree[PATIENT_FRAME] == other.scene.tree[PATIENT_FRAME] and patients[0] == patients[1]
    return other if stays and setup.table_position_mm == other.table_position_mm else None
