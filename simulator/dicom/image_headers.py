"""What CT files say of their slices: where the pixels are, how the patient lay, which series they are of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from simulator.dicom.attributes import Item
from simulator.dicom.files import Kind, read_dicom
from simulator.errors import SimulatorError, unknown
from simulator.geometry.positions import PATIENT_POSITIONS

AXIAL = 1e-3
"""How far a direction cosine of an axial image may be from 0 or 1."""
SAME_MM = 0.01
"""Slices of one series agree in spacing and origin so closely, and are apart by more."""
MOST_PIXELS = 4096
"""Along a side of an image."""


@dataclass(frozen=True)
class ScanCircle:
    """The circle in the plane of the slices that the images were reconstructed in, in DICOM patient axes."""

    x_mm: float
    y_mm: float
    radius_mm: float


@dataclass(frozen=True, eq=False)
class Header:
    """What a file says of its slice; ``rows_along`` is the patient axis that successive rows of pixels go along."""

    file: Path
    z_mm: float
    x_mm: NDArray[np.float64]
    y_mm: NDArray[np.float64]
    rows_along: int
    position: str
    circle: ScanCircle | None
    series: str
    frame_of_reference: str

    @classmethod
    def of(cls, item: Item, file: Path) -> Self:
        """Return what a data set says, or refuse it if it is no axial slice."""
        rows, columns = (_count(item, keyword) for keyword in ("Rows", "Columns"))
        origin = _all(item, "ImagePositionPatient", 3)
        along_row, along_column = np.array(_all(item, "ImageOrientationPatient", 6)).reshape(2, 3)
        axes = [_axis(item, direction) for direction in (along_row, along_column)]
        if {axis for axis, _ in axes} != {0, 1}:
            raise _not_axial(item)
        between_rows, between_columns = _all(item, "PixelSpacing", 2)
        if min(between_rows, between_columns) <= 0.0:
            raise item.refused("PixelSpacing", "must be positive", f"was {between_rows:g}, {between_columns:g}")
        steps = ((axes[0], between_columns, columns), (axes[1], between_rows, rows))
        centres: dict[int, NDArray[np.float64]] = {
            axis: np.asarray(origin[axis] + sign * step * np.arange(count), dtype=np.float64)
            for (axis, sign), step, count in steps
        }
        diameter = item.number("ReconstructionDiameter")
        x_mm, y_mm = (float(centres[axis][[0, -1]].mean()) for axis in (0, 1))
        return cls(
            file,
            origin[2],
            centres[0],
            centres[1],
            axes[1][0],
            _position(item),
            ScanCircle(x_mm, y_mm, diameter / 2) if diameter else None,
            item.text("SeriesInstanceUID"),
            item.text("FrameOfReferenceUID"),
        )


def slice_header(file: Path) -> Header | None:
    """Return what a CT file says; None for a scout, which is no slice."""
    item, _ = read_dicom(file, Kind.CT)
    if "LOCALIZER" in item.text("ImageType"):
        return None
    if item.has("SharedFunctionalGroupsSequence") or (item.number("NumberOfFrames") or 1) > 1:
        raise SimulatorError(f"{file}: must be a CT image of one slice, is an enhanced one with several frames")
    return Header.of(item, file)


def require_one(folder: Path, headers: Sequence[Header]) -> None:
    """Refuse slices that are not of one series, frame of reference, position and grid."""
    first = headers[0]
    values: Sequence[object]
    for what, values in (
        ("series", [header.series for header in headers]),
        ("frame of reference", [header.frame_of_reference for header in headers]),
        ("patient position", [header.position for header in headers]),
        ("reconstruction diameter", [header.circle and header.circle.radius_mm for header in headers]),
    ):
        kinds = list(dict.fromkeys(values))
        if len(kinds) > 1:
            counts = " and ".join(str(list(values).count(kind)) for kind in kinds)
            raise SimulatorError(
                f"{folder}: CT slices must be of one {what}, are of {len(kinds)} ({counts} slices): "
                "put each into a folder of its own"
            )
    for header in headers:
        for mine, its in ((first.x_mm, header.x_mm), (first.y_mm, header.y_mm)):
            if mine.shape != its.shape or np.abs(mine[[0, -1]] - its[[0, -1]]).max() > SAME_MM:
                raise SimulatorError(
                    f"{folder}: CT slices must have the same pixels in x and y, "
                    f"{first.file.name} and {header.file.name} have not"
                )


def _axis(item: Item, direction: NDArray[np.float64]) -> tuple[int, float]:
    """Return the patient axis, 0 or 1, that a direction of an axial image goes along, and whether up or down it."""
    axis = int(np.abs(direction).argmax())
    sign = float(np.sign(direction[axis]))
    if axis == 2 or np.abs(direction - sign * np.eye(3)[axis]).max() > AXIAL:
        raise _not_axial(item)
    return axis, sign


def _not_axial(item: Item) -> SimulatorError:
    cosines = ", ".join(f"{value:.4g}" for value in item.numbers("ImageOrientationPatient"))
    must = f"must be axial: along x and y within {AXIAL:g}, the gantry of the scanner not tilted"
    return item.refused("ImageOrientationPatient", must, f"was {cosines}")


def _position(item: Item) -> str:
    position = item.text("PatientPosition")
    if position and position not in PATIENT_POSITIONS:
        raise unknown(f"{item.where}: Patient Position (0018,5100)", position, PATIENT_POSITIONS)
    return position


def _count(item: Item, keyword: str) -> int:
    value = needed_number(item, keyword)
    if value != int(value) or not 1 <= value <= MOST_PIXELS:
        raise item.refused(keyword, f"must be a whole number from 1 to {MOST_PIXELS}", f"was {value:g}")
    return int(value)


def needed_number(item: Item, keyword: str) -> float:
    """Return a number that must be there."""
    value = item.number(keyword)
    if value is None:
        raise item.refused(keyword, "must be there", "is absent or empty")
    return value


def _all(item: Item, keyword: str, count: int) -> tuple[float, ...]:
    values = item.numbers(keyword, count)
    if not values:
        raise item.refused(keyword, f"must be {count} numbers", "is absent or empty")
    return values
