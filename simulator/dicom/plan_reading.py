"""From the data set of an RT Plan or RT Ion Plan to its values; everything that is refused is told at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from simulator.dicom.attributes import Item
from simulator.dicom.beam_reading import read_beam
from simulator.dicom.beams import Beam
from simulator.dicom.files import Kind, read_dicom
from simulator.dicom.patient_setups import PatientSetups
from simulator.dicom.refusals import Refusals
from simulator.errors import SimulatorError

OF_A_MACHINE = "TREATMENT_DEVICE"


@dataclass(frozen=True)
class Content:
    """What a file says; see `simulator.dicom.plan.Plan`."""

    kind: str
    beams: tuple[Beam, ...]
    geometry: str
    remarks: tuple[str, ...]
    frame_of_reference: str


def read_plan(path: str | Path) -> Content:
    """Return what a file says; see `Plan.read`."""
    item, kind = read_dicom(path, Kind.PLAN, Kind.ION_PLAN)
    setups, geometry = PatientSetups(item), item.text("RTPlanGeometry")
    refusals, remarks, beams = Refusals(), list[str](), list[Beam]()
    with refusals.kept():
        remarks += [*_remarks(geometry), *setups.remarks()]
    for each in _beams(item):
        with refusals.kept():
            beam, told = read_beam(each, setups)
            beams.append(beam)
            remarks += told
    with refusals.kept():
        _require_one_number_each(item, [beam.number for beam in beams])
    refusals.raise_if_any()
    return Content(kind, tuple(beams), geometry, tuple(dict.fromkeys(remarks)), item.text("FrameOfReferenceUID"))


def _beams(plan: Item) -> list[Item]:
    beams = [*plan.items("BeamSequence", "beam"), *plan.items("IonBeamSequence", "beam")]
    if not beams:
        was = "is one of brachytherapy" if plan.has("ApplicationSetupSequence") else "has none"
        raise SimulatorError(f"{plan.where}: must be a plan with beams, {was}")
    return beams


def _require_one_number_each(plan: Item, numbers: list[int]) -> None:
    twice = sorted({number for number in numbers if numbers.count(number) > 1})
    if twice:
        was = f"was {', '.join(map(str, twice))} more than once"
        raise SimulatorError(f"{plan.where}: Beam Number (300A,00C0): must be another one for each beam, {was}")


def _remarks(geometry: str) -> list[str]:
    if geometry != OF_A_MACHINE:
        return []
    return [f"the plan is of a machine and of no patient ({geometry}): its isocentres are taken in patient axes"]
