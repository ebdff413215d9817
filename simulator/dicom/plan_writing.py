"""An RT Plan of beams without fluence: control points, isocentre and patient position, and nothing of a patient.

The same plan is the same bytes: no clock, and identifiers that are hashes of the content (2.25, PS3.5 B.2).
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from simulator.dicom.beams import Beam
from simulator.dicom.plan import Plan
from simulator.errors import SimulatorError
from simulator.geometry.angles import FULL_TURN_DEG, wrap_360
from simulator.geometry.scales import SAME_ANGLE_DEG, increasing_direction

if TYPE_CHECKING:
    from pydicom import Dataset

RT_PLAN = "1.2.840.10008.5.1.4.1.1.481.5"
EXPLICIT_LITTLE_ENDIAN = "1.2.840.10008.1.2.1"
WITHOUT_FLUENCE = "Beam geometry only: no fluence, no dose, no monitor units. Research use, not for treatment."
LONGEST_NAME = 64
_EMPTY = (
    *("StudyDate", "StudyTime", "AccessionNumber", "ReferringPhysicianName", "StudyID", "SeriesNumber"),
    *("PatientName", "PatientID", "PatientBirthDate", "PatientSex", "OperatorsName", "RTPlanDate", "RTPlanTime"),
)
"""Must be there, and may be empty."""
_TURNING = {
    "gantry": ("GantryAngle", "GantryRotationDirection", "gantry"),
    "collimator": ("BeamLimitingDeviceAngle", "BeamLimitingDeviceRotationDirection", "collimator"),
    "couch": ("PatientSupportAngle", "PatientSupportRotationDirection", "couch"),
    "table_pitch": ("TableTopPitchAngle", "TableTopPitchRotationDirection", "pitch"),
    "table_roll": ("TableTopRollAngle", "TableTopRollRotationDirection", "roll"),
}


def plan_bytes(plan: Plan, machine: str) -> bytes:
    """Return the file of a plan.

    Parameters
    ----------
    plan : Plan
        Of static beams and arcs; what of it an RT Plan without fluence has is written.
    machine : str
        Treatment Machine Name.

    Raises
    ------
    SimulatorError
        If a beam's name cannot stand in a DICOM file, or an axis turns by more than a full turn.
    """
    from pydicom.dataset import FileMetaDataset
    from pydicom.uid import UID

    dataset = _filled(_plan(plan, machine))
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.MediaStorageSOPClassUID = UID(RT_PLAN)
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.file_meta.TransferSyntaxUID = UID(EXPLICIT_LITTLE_ENDIAN)
    dataset.file_meta.ImplementationClassUID = UID(_uid("treatment-geometry-simulator"))
    dataset.file_meta.ImplementationVersionName = "TGS"
    stream = io.BytesIO()
    _write(dataset, stream)
    return stream.getvalue()


def _write(dataset: Dataset, stream: io.BytesIO) -> None:
    import pydicom

    if hasattr(dataset, "original_encoding"):
        pydicom.dcmwrite(stream, dataset, enforce_file_format=True)
    else:  # pydicom 2.4
        dataset.is_little_endian, dataset.is_implicit_VR = True, False
        pydicom.dcmwrite(stream, dataset, write_like_original=False)


def _plan(plan: Plan, machine: str) -> dict[str, Any]:
    """Return the attributes of a plan by keyword; nothing of a patient is known, and nothing of one is written."""
    content = f"{plan.sha256} {machine} {[beam.name for beam in plan.beams]}"
    positions = list(dict.fromkeys(beam.position for beam in plan.beams))
    return {
        **dict.fromkeys(_EMPTY),
        "SpecificCharacterSet": "ISO_IR 192",
        "SOPClassUID": RT_PLAN,
        "SOPInstanceUID": _uid(f"plan {content}"),
        "StudyInstanceUID": _uid(f"study {content}"),
        "SeriesInstanceUID": _uid(f"series {content}"),
        "FrameOfReferenceUID": _uid(f"frame {content}"),
        "PositionReferenceIndicator": None,
        "Modality": "RTPLAN",
        "Manufacturer": "treatment-geometry-simulator",
        "RTPlanLabel": "geometry only",
        "RTPlanDescription": WITHOUT_FLUENCE,
        "RTPlanGeometry": "TREATMENT_DEVICE",  # PATIENT would need a structure set
        "ApprovalStatus": "UNAPPROVED",
        "PatientSetupSequence": [
            {"PatientPosition": position, "PatientSetupNumber": at} for at, position in enumerate(positions, start=1)
        ],
        "FractionGroupSequence": [
            {
                "FractionGroupNumber": 1,
                "NumberOfFractionsPlanned": None,
                "NumberOfBeams": len(plan.beams),
                "NumberOfBrachyApplicationSetups": 0,
                "ReferencedBeamSequence": [{"ReferencedBeamNumber": beam.number} for beam in plan.beams],
            }
        ],
        "BeamSequence": [_beam(beam, machine, positions.index(beam.position) + 1) for beam in plan.beams],
    }


def _beam(beam: Beam, machine: str, setup_number: int) -> dict[str, Any]:
    points = list(_points(beam))
    return {
        "TreatmentMachineName": machine[:16],
        "SourceAxisDistance": beam.source_axis_mm[0],
        "BeamLimitingDeviceSequence": [
            {"RTBeamLimitingDeviceType": jaw, "NumberOfLeafJawPairs": 1} for jaw in ("X", "Y")
        ],
        "BeamNumber": beam.number,
        "BeamName": _name(beam),
        "BeamDescription": WITHOUT_FLUENCE,
        "BeamType": "DYNAMIC" if any(leg.moving for leg in beam.legs) else "STATIC",
        "RadiationType": beam.radiation,
        "TreatmentDeliveryType": beam.delivery,
        "NumberOfWedges": 0,
        "NumberOfCompensators": 0,
        "NumberOfBoli": 0,
        "NumberOfBlocks": 0,
        "FinalCumulativeMetersetWeight": beam.legs[-1].meterset[1],
        "NumberOfControlPoints": len(points),
        "ReferencedPatientSetupNumber": setup_number,
        "ControlPointSequence": points,
    }


def _points(beam: Beam) -> Iterator[dict[str, Any]]:
    """Yield control points: all at the first, and what moves at each."""
    table = ("TableTopVerticalPosition", "TableTopLongitudinalPosition", "TableTopLateralPosition")
    first = {
        "NominalBeamEnergy": None,
        **dict.fromkeys(table),
        "IsocenterPosition": list(beam.isocentre_mm),
        "SurfaceEntryPoint": None,
        "SourceToSurfaceDistance": None,
        "TableTopEccentricAngle": 0.0,
        "TableTopEccentricRotationDirection": "NONE",
    }
    for at, leg in enumerate(beam.legs):
        yield {
            "ControlPointIndex": at,
            "CumulativeMetersetWeight": leg.meterset[0],
            **(first if at == 0 else {}),
            **_angles(leg.start, {axis: leg.stop[axis] - value for axis, value in leg.start.items()}),
        }
    last = beam.legs[-1]
    moving = {axis: last.stop[axis] for axis in last.moving}
    yield {
        "ControlPointIndex": len(beam.legs),
        "CumulativeMetersetWeight": last.meterset[1],
        **_angles(moving, dict.fromkeys(moving, 0.0)),
    }


def _angles(values: Mapping[str, float], travels: Mapping[str, float]) -> dict[str, Any]:
    """Return angles from 0 up to 360, and which way each goes from there."""
    found: dict[str, Any] = {}
    for axis, value in values.items():
        if axis in _TURNING:
            angle, direction, name = _TURNING[axis]
            found[angle] = float(wrap_360(value))
            found[direction] = _direction(name, travels[axis])
            if abs(travels[axis]) > FULL_TURN_DEG + SAME_ANGLE_DEG:
                must = "must turn by at most 360° between two control points"
                raise SimulatorError(f"{axis}: {must}, was {travels[axis]:g}°")
    return found


def _direction(axis: str, travel: float) -> str:
    if abs(travel) <= SAME_ANGLE_DEG:  # or a reader would take it for a full turn
        return "NONE"
    ahead = increasing_direction(axis)
    return ahead if travel > 0.0 else {"CW": "CC", "CC": "CW"}[ahead]


def _name(beam: Beam) -> str:
    is_plain = beam.name.isprintable() and "\\" not in beam.name and beam.name == beam.name.strip()
    if not is_plain or len(beam.name) > LONGEST_NAME:
        must = f"must be of at most {LONGEST_NAME} letters that are no backslash"
        raise SimulatorError(f"beam {beam.number}: name: {must}, was {beam.name!r:.80}")
    return beam.name


def _filled(values: Mapping[str, Any]) -> Dataset:
    """Return a data set; mappings in lists become the items of a sequence."""
    from pydicom import Dataset
    from pydicom.datadict import dictionary_VR
    from pydicom.valuerep import format_number_as_ds

    def written(keyword: str, value: Any) -> Any:
        if isinstance(value, list):
            return [_filled(each) if isinstance(each, Mapping) else written(keyword, each) for each in value]
        is_decimal = isinstance(value, float) and dictionary_VR(keyword) == "DS"
        return format_number_as_ds(value + 0.0) if is_decimal else value

    dataset = Dataset()
    for keyword, value in values.items():
        setattr(dataset, keyword, written(keyword, value))
    return dataset


def _uid(text: str) -> str:
    """Return an identifier that is the same for the same text."""
    return f"2.25.{int(sha256(text.encode()).hexdigest()[:32], 16)}"
