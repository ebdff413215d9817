"""RT Plans and RT Ion Plans of any beams, written with pydicom alone: nothing of the simulator has a say.

A control point is a dict. Its keys are the short names of `SHORT`, or any keyword of DICOM; its values are numbers,
text or triples, `EMPTY` for an attribute of zero length, `ABSENT` for one that the first would have by default.

    write_plan(path, beam(1, arc(181, 179, "CW", couch=15)), beam(2, [{"gantry": 10, "couch": 5}, {"meterset": 1}]))
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pydicom
from pydicom import Dataset
from pydicom.datadict import dictionary_VR
from pydicom.dataset import FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian
from pydicom.valuerep import format_number_as_ds

EMPTY, ABSENT = object(), object()
RT_PLAN, RT_ION_PLAN = "1.2.840.10008.5.1.4.1.1.481.5", "1.2.840.10008.5.1.4.1.1.481.8"
FRAME = "2.25.1234567890"
"""Frame of reference that plans and structure sets have unless they say another."""

SHORT = {
    "gantry": "GantryAngle",
    "gantry_direction": "GantryRotationDirection",
    "gantry_pitch": "GantryPitchAngle",
    "collimator": "BeamLimitingDeviceAngle",
    "collimator_direction": "BeamLimitingDeviceRotationDirection",
    "couch": "PatientSupportAngle",
    "couch_direction": "PatientSupportRotationDirection",
    "eccentric": "TableTopEccentricAngle",
    "eccentric_direction": "TableTopEccentricRotationDirection",
    "pitch": "TableTopPitchAngle",
    "pitch_direction": "TableTopPitchRotationDirection",
    "roll": "TableTopRollAngle",
    "roll_direction": "TableTopRollRotationDirection",
    "vertical": "TableTopVerticalPosition",
    "longitudinal": "TableTopLongitudinalPosition",
    "lateral": "TableTopLateralPosition",
    "snout": "SnoutPosition",
    "isocentre": "IsocenterPosition",
    "entry": "SurfaceEntryPoint",
    "ssd": "SourceToSurfaceDistance",
    "meterset": "CumulativeMetersetWeight",
}
FIRST = {
    "gantry": 0.0,
    "gantry_direction": "NONE",
    "collimator": 0.0,
    "collimator_direction": "NONE",
    "couch": 0.0,
    "couch_direction": "NONE",
    "vertical": EMPTY,
    "longitudinal": EMPTY,
    "lateral": EMPTY,
    "isocentre": (0.0, 0.0, 0.0),
}
"""What the first control point says unless it says otherwise."""


def filled(values: Mapping[str, Any]) -> Dataset:
    """Return a data set of values by their short names or keywords; a list of data sets becomes a sequence."""
    dataset = Dataset()
    for name, value in values.items():
        if value is ABSENT:
            continue
        keyword = SHORT.get(name, name)
        setattr(dataset, keyword, None if value is EMPTY else _written(keyword, value))
    return dataset


def _written(keyword: str, value: Any) -> Any:
    """Return a value as pydicom takes it: a float as a decimal string of at most 16 letters where it is to be one."""
    if isinstance(value, tuple):
        return [_written(keyword, each) for each in value]
    if isinstance(value, float) and math.isfinite(value) and dictionary_VR(keyword) == "DS":
        return format_number_as_ds(value)
    return value


def items(*each: Mapping[str, Any]) -> list[Dataset]:
    """Return the items of a sequence, such as ``items({"ApplicatorID": "A10"}, {"ApplicatorID": "A15"})``."""
    return [filled(values) for values in each]


def control_points(points: Iterable[Mapping[str, Any]]) -> list[Dataset]:
    """Return control points: the first one filled up with `FIRST`, metersets from 0 to 1 in equal steps."""
    given = [dict(point) for point in points]
    last = max(len(given) - 1, 1)
    return [
        filled({"ControlPointIndex": at, **(FIRST if at == 0 else {}), "meterset": at / last, **point})
        for at, point in enumerate(given)
    ]


def beam(number: int, points: Sequence[Mapping[str, Any]], *, ion: bool = False, **attributes: Any) -> Dataset:
    """Return a beam of these control points; attributes by keyword replace its own, or leave them out (`ABSENT`).

    A static beam is ``beam(1, static(gantry=90, couch=15))``.
    """
    distance = {"VirtualSourceAxisDistances": (1800.0, 2000.0)} if ion else {"SourceAxisDistance": 1000.0}
    own = {
        "TreatmentMachineName": "unit",
        **distance,
        "BeamNumber": number,
        "BeamName": f"name {number}",
        "BeamType": "DYNAMIC",
        "RadiationType": "PROTON" if ion else "PHOTON",
        "TreatmentDeliveryType": "TREATMENT",
        "NumberOfWedges": 0,
        "NumberOfCompensators": 0,
        "NumberOfBoli": 0,
        "NumberOfBlocks": 0,
        "FinalCumulativeMetersetWeight": 1.0,
        "NumberOfControlPoints": len(points),
        "ReferencedPatientSetupNumber": 1,
    }
    if ion:
        own["PatientSupportType"] = "TABLE"
    sequence = "IonControlPointSequence" if ion else "ControlPointSequence"
    return filled({**own, sequence: control_points(points), **attributes})


def static(**values: Any) -> list[dict[str, Any]]:
    """Return the control points of a beam in which nothing moves."""
    return [values, {}]


def arc(start: float, stop: float, direction: str, axis: str = "gantry", **values: Any) -> list[dict[str, Any]]:
    """Return the two control points of an arc of one axis; further values stand at the first."""
    return [{axis: start, f"{axis}_direction": direction, **values}, {axis: stop, f"{axis}_direction": "NONE"}]


def plan(
    *beams: Dataset,
    positions: Sequence[str] = ("HFS",),
    tolerances: Sequence[Mapping[str, Any]] = (),
    ion: bool = False,
    **attributes: Any,
) -> Dataset:
    """Return a plan with a patient set-up for each position, numbered from 1, and tolerance tables likewise."""
    setups = [
        {"PatientPosition": position, "PatientSetupNumber": at} for at, position in enumerate(positions, start=1)
    ]
    tables = [{"ToleranceTableNumber": at, **table} for at, table in enumerate(tolerances, start=1)]
    own: dict[str, Any] = {
        "SOPClassUID": RT_ION_PLAN if ion else RT_PLAN,
        "SOPInstanceUID": "2.25.42",
        "Modality": "RTPLAN",
        "StudyDate": "19700203",
        "PatientName": "Secret^Name",
        "PatientID": "secret-id",
        "FrameOfReferenceUID": FRAME,
        "RTPlanLabel": "secret label",
        "RTPlanGeometry": "PATIENT",
        "PatientSetupSequence": items(*setups),
        "IonBeamSequence" if ion else "BeamSequence": list(beams),
    }
    if tables:
        own["IonToleranceTableSequence" if ion else "ToleranceTableSequence"] = items(*tables)
    return filled({**own, **attributes})


def write(path: Path, dataset: Dataset, *, preamble: bool = True, implicit: bool = False) -> Path:
    """Write a data set as a file, with or without the head of DICOM Part 10, and return its path."""
    if preamble:
        dataset.file_meta = FileMetaDataset()
        dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
        dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
        dataset.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian if implicit else ExplicitVRLittleEndian
        pydicom.dcmwrite(path, dataset, enforce_file_format=True)
    else:
        pydicom.dcmwrite(path, dataset, implicit_vr=implicit, little_endian=True)
    return path


def write_plan(path: Path, *beams: Dataset, preamble: bool = True, implicit: bool = False, **options: Any) -> Path:
    """Write a plan of these beams (options are those of `plan`) and return its path."""
    return write(path, plan(*beams, **options), preamble=preamble, implicit=implicit)
