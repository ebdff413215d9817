"""From ``[patient]`` of a scenario to a patient, its isocentre, and where the table top is under it.

What says where the table is, in this order: the user; a SUPPORT structure; the table position in the plan; the line
of the table top in the CT; and else the patient's lowest point, with a warning.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from simulator.dicom.beams import Beam
from simulator.dicom.images import CTImages
from simulator.dicom.plan import Plan
from simulator.errors import SimulatorError
from simulator.geometry.angles import wrap_180
from simulator.geometry.positions import Position, rotation_top_patient
from simulator.geometry.scales import SAME_ANGLE_DEG
from simulator.models.patient import Patient
from simulator.models.shared import Shared
from simulator.models.structures.table_line import table_line
from simulator.scenario.choices import CouchChoice
from simulator.scenario.patient_choice import PatientChoice
from simulator.setup.lying import LOWEST_POINT, Lying, Vector, of_scan, of_table_position
from simulator.setup.placing import TABLE_POSITION

SAME_MM = 0.01
"""Isocentres of a plan that are no further apart are one."""


@dataclass(frozen=True, eq=False)
class Placed:
    """A patient, and what a scenario says of where it lies.

    Attributes
    ----------
    patient : Patient
        In DICOM patient axes.
    position : str
        DICOM patient position.
    isocentre_mm : tuple of float, optional
        In patient axes; None if a site says it.
    lies : Lying, optional
        Where the table top is under the patient.
    """

    patient: Patient
    position: Position
    isocentre_mm: Vector | None
    lies: Lying | None


def placed_patient(choice: PatientChoice, couch: CouchChoice, beside: Path | None, shared: Shared) -> Placed:
    """Return what ``[patient]`` and the place of the table in ``[couch]`` come to.

    Raises
    ------
    SimulatorError
        If a file is unsound, or the plan and the scenario say different things.
    """
    plan = None if choice.plan is None else Plan.read((beside or Path()) / choice.plan)
    position = _position(choice, plan)
    patient = _patient(choice, position, beside, shared)
    if plan is not None:
        _require_one_frame(f"patient.plan: {choice.plan}", plan.frame_of_reference, patient)
    isocentre_mm = choice.isocentre_mm if plan is None else isocentre_of(plan, choice.beam, choice.plan or "")
    lies = _given(choice, couch, position)
    if lies is None and (patient.scan is not None or plan is not None or choice.ct is not None):
        lies = _found(choice, patient, plan, position, beside)
    return Placed(patient, position, isocentre_mm, _with_given_ranges(lies, couch))


def isocentre_of(plan: Plan, beam: int | None, name: str) -> Vector:
    """Return the isocentre of a beam, or the one that all beams of a plan have.

    Raises
    ------
    SimulatorError
        If there is no such beam, or there are several isocentres and no beam is given.
    """
    listed = "; ".join(f"beam {each.number}: {_point(each)}" for each in plan.beams)
    if beam is not None:
        found = [each.isocentre_mm for each in plan.beams if each.number == beam]
        if not found:
            raise SimulatorError(f"patient.beam: {name}: must be the number of a beam, was {beam}; {listed}")
        return found[0]
    first, *others = [each.isocentre_mm for each in plan.beams]
    if any(max(abs(a - b) for a, b in zip(first, other, strict=True)) > SAME_MM for other in others):
        raise SimulatorError(f"patient.plan: {name}: has several isocentres: say beam = NUMBER; {listed}")
    return first


def _point(beam: Beam) -> str:
    return "[" + ", ".join(f"{value:g}" for value in beam.isocentre_mm) + "]"


def _position(choice: PatientChoice, plan: Plan | None) -> Position:
    """Return how the patient lies: as the scenario says, or as the plan does."""
    said = {beam.position for beam in plan.beams} - {""} if plan is not None else set()
    if "position" not in choice.model_fields_set:
        if len(said) > 1:
            raise SimulatorError(
                f"patient.position: must be given: the beams of the plan have several, {', '.join(sorted(said))}"
            )
        return said.pop() if said else choice.position  # type: ignore[return-value]
    if said and choice.position not in said:
        raise SimulatorError(
            f"patient.position: must be that of the plan, {' or '.join(sorted(said))}, or left out, was "
            f"{choice.position}"
        )
    return choice.position


def _patient(choice: PatientChoice, position: Position, beside: Path | None, shared: Shared) -> Patient:
    if choice.model is not None:
        height_cm, mass_kg = choice.height_cm, choice.mass_kg
        return shared.once(
            Patient.load, choice.model, height_cm=height_cm, mass_kg=mass_kg, beside=beside, **choice.options
        )
    if choice.structures is not None:
        return shared.once(
            Patient.from_dicom,
            choice.structures,
            external=choice.external,
            parts=choice.parts,
            drop=choice.drop,
            complete=choice.complete,
            arms=choice.arms or "down",
            height_cm=choice.height_cm,
            mass_kg=choice.mass_kg,
            position=position,
            ct=choice.ct,
            beside=beside,
        )
    assert choice.mesh is not None and choice.units is not None
    return shared.once(
        Patient.from_mesh, choice.mesh, choice.units, axes=choice.axes, repair=choice.repair, beside=beside
    )


def _given(choice: PatientChoice, couch: CouchChoice, position: str) -> Lying | None:
    if couch.table_position_mm is not None:
        at = ", ".join(f"{value:g}" for value in couch.table_position_mm)
        return Lying(f"given, table_position_mm = [{at}]", position_mm=couch.table_position_mm)
    if choice.table_top_y_mm is None:
        return None
    source = f"given, table_top_y_mm = {choice.table_top_y_mm:g}"
    return Lying.on_table_top(choice.table_top_y_mm, position, source)


def _found(choice: PatientChoice, patient: Patient, plan: Plan | None, position: str, beside: Path | None) -> Lying:
    """Return where the files say that the table top is."""
    if patient.scan is not None and patient.scan.support_top_mm is not None:
        return of_scan(patient.scan)
    for beam in () if plan is None else plan.beams:
        at = {axis: beam.start[axis] for axis in TABLE_POSITION if axis in beam.start}
        vertical_mm = at.get("table_vertical")
        # A table at 0, 0, 0 is one that nobody placed: its top would be in the isocentre.
        if vertical_mm is not None and any(at.values()) and _says_height(beam, position):
            source = f"the plan, vertical table position {vertical_mm:g} mm of beam {beam.number}"
            return of_table_position(vertical_mm, at.get("table_lateral"), beam.isocentre_mm, position, source)
    if choice.ct is not None:
        return _in_ct((beside or Path()) / choice.ct, patient, position)
    return of_scan(patient.scan) if patient.scan is not None else Lying(LOWEST_POINT)


def _says_height(beam: Beam, position: str) -> bool:
    """Return whether a vertical table position of a beam is the height of a level top under a patient who lies so.

    Pitch and roll turn the top about its own origin, so its height hangs on the longitudinal position, too.
    """
    tilt = [beam.start.get(axis, 0.0) for axis in ("table_pitch", "table_roll")]
    is_level = bool((np.abs(wrap_180(tilt)) <= SAME_ANGLE_DEG).all())
    return is_level and not beam.is_table_relative and beam.position in ("", position)


def _require_one_frame(what: str, frame_of_reference: str, patient: Patient) -> None:
    """Refuse what is in other axes than the structure set: no place of the one is a place of the other."""
    own = patient.scan.frame_of_reference if patient.scan is not None else ""
    if own and frame_of_reference and own != frame_of_reference:
        raise SimulatorError(f"{what}: must be in the frame of reference of the structure set, is in another")


def _in_ct(folder: Path, patient: Patient, position: str) -> Lying:
    """Return where CT images show the table top, or the lowest point with the reason."""
    images = CTImages.read(folder)
    _require_one_frame(f"{folder}: CT images", images.frame_of_reference, patient)
    if images.position and images.position != position:
        raise SimulatorError(
            f"{folder}: CT images must be of a patient who lies as in the plan, {position}, are of {images.position}"
        )
    line = table_line(images, position)
    if line.upper_mm is None:
        return Lying(f"{LOWEST_POINT}; in the CT, {line.remark}")
    at = {"x": (line.upper_mm, 0.0, 0.0), "y": (0.0, line.upper_mm, 0.0)}[line.axis]
    return Lying(f"the CT: {line.remark}", height_mm=float((rotation_top_patient(position) @ np.array(at))[2]))


def _with_given_ranges(lies: Lying | None, couch: CouchChoice) -> Lying | None:
    """Return where the table is, with the ranges that the scenario gives for what is not known of it."""
    longitudinal, lateral = couch.longitudinal_within_mm, couch.lateral_within_mm
    if longitudinal is None and lateral is None:
        return lies
    lies = Lying(LOWEST_POINT) if lies is None else lies
    return replace(lies, longitudinal_within_mm=longitudinal, lateral_within_mm=lateral)
