"""What is in a room: its models, the parts of them in order of importance, and the axes that each part is in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from simulator.models.couch import Couch
from simulator.models.description import Kind
from simulator.models.fixation import Fixation
from simulator.models.machine import Machine
from simulator.models.model import Model, Part
from simulator.models.patient import Patient

PATIENT_FRAME = "patient"


class Owned(NamedTuple):
    """A part, the kind of the model that it is of, and the joint that carries it."""

    kind: Kind
    part: Part
    joint: str


@dataclass(frozen=True, eq=False)
class Contents:
    """The models of a room, the patient as it lies."""

    machine: Machine
    couch: Couch
    patient: Patient
    fixation: tuple[Fixation, ...] = ()

    @property
    def models(self) -> tuple[tuple[Kind, Model], ...]:
        """Kind and model, in order of importance."""
        found: list[tuple[Kind, Model]] = [("patient", self.patient)]
        found += [("fixation", device) for device in self.fixation]
        return (*found, ("couch", self.couch), ("machine", self.machine))

    @property
    def owned(self) -> tuple[Owned, ...]:
        """All parts, in the order of their models: bodies are numbered so."""
        found = [Owned("patient", part, PATIENT_FRAME) for part in self.patient.parts]
        for at, device in enumerate(self.fixation):
            found += [Owned("fixation", part, fixation_frame(at)) for part in device.parts]
        found += [Owned("couch", part, part.joint) for part in self.couch.parts]
        found += [Owned("machine", part, part.joint) for part in self.machine.parts]
        return tuple(found)


def fixation_frame(at: int) -> str:
    """Return the name of the joint that puts a device on the table top."""
    return f"fixation_{at}"
