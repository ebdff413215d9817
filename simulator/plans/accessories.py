"""What a plan puts on the head, as options of the machine; what the machine's model does not know is told.

A plan says what an accessory is called, never how large it is. So a machine's description says which of its options
stands for which (``[[accessories]]``), and what is in none of them is no part of the room: no beam with it is free.
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from simulator.dicom.beams import Accessory, Beam
from simulator.models.machine import Machine
from simulator.models.model_tables import AccessoryTable
from simulator.models.patient import Patient

IMAGERS = ("imagers", "deployed")
"""The option and the choice that stand for a set-up beam."""
ON_THE_PATIENT = "bolus"


def fitted(beam: Beam, machine: Machine, patient: Patient) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the options that a beam asks of a machine, and what its model does not know.

    Parameters
    ----------
    beam : Beam
        Of the plan.
    machine : Machine
        As the set-up has it; an option that the beam does not ask for stays.
    patient : Patient
        A bolus is known if the patient is from a structure set, which holds it.
    """
    options: dict[str, str] = {}
    unknown: list[str] = []
    for accessory in beam.accessories:
        if accessory.kind == ON_THE_PATIENT and patient.scan is not None:
            continue
        rule = _rule(accessory, machine.accessories)
        if rule is None:
            unknown.append(called(accessory))
        elif any(options.get(name, choice) != choice for name, choice in rule.options.items()):
            unknown.append(f"{called(accessory)} together with another one")
        else:
            options |= rule.options
    if beam.bolus and patient.scan is None:
        unknown.append(ON_THE_PATIENT)
    if beam.takes_images:
        if IMAGERS[0] in dict(machine.options):
            options[IMAGERS[0]] = IMAGERS[1]
        else:
            unknown.append("imagers of a set-up beam")
    return options, tuple(dict.fromkeys(unknown))


def called(accessory: Accessory) -> str:
    """Return an accessory in words: its kind, and what the plan calls it."""
    names = [accessory.id, *(f"{what} {name}" for what, name in _beside(accessory) if name)]
    return " ".join([accessory.kind, ", ".join(filter(None, names))]).strip()


def _beside(accessory: Accessory) -> Iterable[tuple[str, str]]:
    return ("type", accessory.type), ("code", accessory.code)


def _rule(accessory: Accessory, rules: Iterable[AccessoryTable]) -> AccessoryTable | None:
    """Return the first rule that an accessory fits."""
    return next((rule for rule in rules if _fits(accessory, rule)), None)


def _fits(accessory: Accessory, rule: AccessoryTable) -> bool:
    asked = ((rule.kind, accessory.kind), (rule.id, accessory.id), (rule.type, accessory.type))
    patterns = (*asked, (rule.code, accessory.code))
    return all(pattern is None or fnmatchcase(name.upper(), pattern.upper()) for pattern, name in patterns)
