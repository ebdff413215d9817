"""RT Structure Sets of any ROIs, written with pydicom alone: nothing of the simulator has a say.

write_structure_set(path, [RoiToWrite("BODY", "EXTERNAL", [circle(z, 100) for z in range(0, 90, 3)])])
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from support.dicom_plans import FRAME, filled, items, write

RT_STRUCTURE_SET = "1.2.840.10008.5.1.4.1.1.481.3"


@dataclass(frozen=True)
class RoiToWrite:
    """A ROI: contours of shape (n, 3) in patient axes, mm. `type` "" is written with zero length, None not at all."""

    name: str
    type: str | None
    contours: Sequence[ArrayLike] = ()
    geometric_type: str | Sequence[str] = "CLOSED_PLANAR"
    number: int | None = None


def write_structure_set(
    path: Path,
    rois: Sequence[RoiToWrite | tuple[Any, ...]],
    *,
    frame_of_reference: str = FRAME,
    preamble: bool = True,
    implicit: bool = False,
    **attributes: Any,
) -> Path:
    """Write a structure set and return its path.

    ROIs are `RoiToWrite` or tuples of its fields, (name, type, contours); without a number they are counted from 1.
    """
    given = [roi if isinstance(roi, RoiToWrite) else RoiToWrite(*roi) for roi in rois]
    numbers = [at if roi.number is None else roi.number for at, roi in enumerate(given, start=1)]
    own = {
        "SOPClassUID": RT_STRUCTURE_SET,
        "SOPInstanceUID": "2.25.43",
        "Modality": "RTSTRUCT",
        "StudyDate": "19700203",
        "PatientName": "Secret^Name",
        "PatientID": "secret-id",
        "StructureSetLabel": "secret label",
        "FrameOfReferenceUID": frame_of_reference,
        "ReferencedFrameOfReferenceSequence": items({"FrameOfReferenceUID": frame_of_reference}),
        "StructureSetROISequence": [
            filled(
                {
                    "ROINumber": number,
                    "ReferencedFrameOfReferenceUID": frame_of_reference,
                    "ROIName": roi.name,
                    "ROIGenerationAlgorithm": "MANUAL",
                }
            )
            for number, roi in zip(numbers, given, strict=True)
        ],
        "ROIContourSequence": [
            filled({"ReferencedROINumber": number, "ContourSequence": _contours(roi)})
            for number, roi in zip(numbers, given, strict=True)
        ],
        "RTROIObservationsSequence": [
            filled({"ObservationNumber": number, "ReferencedROINumber": number, **_type(roi), "ROIInterpreter": ""})
            for number, roi in zip(numbers, given, strict=True)
        ],
    }
    return write(path, filled({**own, **attributes}), preamble=preamble, implicit=implicit)


def _contours(roi: RoiToWrite) -> list[Any]:
    kinds = roi.geometric_type
    found = []
    for at, contour in enumerate(roi.contours):
        points = np.asarray(contour, dtype=float).reshape(-1, 3)
        found.append(
            filled(
                {
                    "ContourGeometricType": kinds if isinstance(kinds, str) else kinds[at],
                    "NumberOfContourPoints": len(points),
                    "ContourData": [f"{value:.6f}"[:16] for value in points.ravel()],
                }
            )
        )
    return found


def _type(roi: RoiToWrite) -> dict[str, Any]:
    return {} if roi.type is None else {"RTROIInterpretedType": roi.type}


def circle(z: float, radius: float, *, centre: tuple[float, float] = (0.0, 0.0), points: int = 72) -> np.ndarray:
    """Return a contour (points, 3) around a centre in the plane z, anticlockwise where +z points at you."""
    angle = np.linspace(0.0, 2.0 * np.pi, points, endpoint=False)
    flat = np.column_stack([centre[0] + radius * np.cos(angle), centre[1] + radius * np.sin(angle)])
    return np.column_stack([flat, np.full(points, float(z))])


def rectangle(z: float, x: tuple[float, float], y: tuple[float, float]) -> np.ndarray:
    """Return a rectangular contour (4, 3) from x[0] to x[1] and y[0] to y[1] in the plane z of patient axes."""
    corners = [(x[0], y[0]), (x[1], y[0]), (x[1], y[1]), (x[0], y[1])]
    return np.array([(*corner, float(z)) for corner in corners], dtype=float)
