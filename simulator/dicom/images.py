"""CT images of a folder: one series of axial slices, read one at a time.

Only what says where the table top is and what the scan cut off: Hounsfield units on a grid in patient axes, how the
patient lay, and the circle within which the images were reconstructed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simulator.dicom.attributes import Item
from simulator.dicom.files import Kind, kind_of, read_dicom
from simulator.errors import SimulatorError, unknown
from simulator.geometry.positions import PATIENT_POSITIONS

AXIAL = 1e-3
"""How far a direction cosine of an axial image may be from 0 or 1."""
SAME_MM = 0.01
"""Slices of one series agree in spacing and origin so closely, and are apart by more."""
UNCOMPRESSED = ("1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99")
"""Transfer syntaxes whose pixels need no decoder."""
MOST_FILES = 5000
MOST_PIXELS = 4096
"""Along a side of an image."""


@dataclass(frozen=True, eq=False)
class CTSlice:
    """One axial slice.

    Attributes
    ----------
    z_mm : float
        DICOM patient axes, as all coordinates.
    x_mm, y_mm : ndarray, shapes (m,) and (n,)
        Centres of the pixels, ascending.
    hu : ndarray of float32, shape (n, m)
        Hounsfield units, one row for each y.
    """

    z_mm: float
    x_mm: NDArray[np.float64]
    y_mm: NDArray[np.float64]
    hu: NDArray[np.float32]


@dataclass(frozen=True)
class ScanCircle:
    """The circle in the plane of the slices that the images were reconstructed in, in DICOM patient axes."""

    x_mm: float
    y_mm: float
    radius_mm: float


@dataclass(frozen=True, eq=False)
class CTImages:
    """The slices of one series.

    Attributes
    ----------
    folder : Path
        Where they are.
    files : tuple of Path
        A file for each slice, from the feet to the head.
    z_mm : ndarray, shape (k,)
        Ascending.
    position : str
        How the patient lay in the scanner, one of `PATIENT_POSITIONS`; "" if the files do not say.
    circle : ScanCircle or None
        None if the files do not say.
    passed_over : int
        Files of the folder that are no CT slices.
    frame_of_reference : str
        An identifier: to be compared, never shown.
    """

    folder: Path
    files: tuple[Path, ...]
    z_mm: NDArray[np.float64]
    position: str
    circle: ScanCircle | None
    passed_over: int
    frame_of_reference: str = field(repr=False)

    @classmethod
    def read(cls, folder: str | Path) -> CTImages:
        """Return the CT images of a folder; their pixels are read when they are asked for.

        Files of other kinds, and scouts, are passed over and counted. Folders within it are not looked into.

        Raises
        ------
        SimulatorError
            If there are none, one is damaged, or they are not axial slices of one series in one frame of reference.
        """
        folder = Path(folder)
        files = _files(folder)
        headers = [header for file in files if kind_of(file) is Kind.CT and (header := _header(file)) is not None]
        if not headers:
            raise SimulatorError(f"{folder}: must hold CT slices (DICOM), none of its {len(files)} files is one")
        _require_one(folder, headers)
        headers.sort(key=lambda header: header.z_mm)
        z_mm = np.array([header.z_mm for header in headers])
        again = np.flatnonzero(np.diff(z_mm) < SAME_MM)
        if len(again):
            first, second = (headers[at].file.name for at in (again[0], again[0] + 1))
            raise SimulatorError(
                f"{folder}: must hold one CT slice at each z, {first} and {second} are both at {z_mm[again[0]]:.2f} mm"
            )
        first_header = headers[0]
        return cls(
            folder,
            tuple(header.file for header in headers),
            z_mm,
            first_header.position,
            first_header.circle,
            len(files) - len(headers),
            first_header.frame_of_reference,
        )

    def __len__(self) -> int:
        return len(self.files)

    def slice(self, at: int) -> CTSlice:
        """Return one slice with its pixels.

        Raises
        ------
        SimulatorError
            If its pixels are damaged, or compressed in a way that cannot be read here.
        """
        item, _ = read_dicom(self.files[at], Kind.CT, pixels=True)
        header = _Header.of(item, self.files[at])
        stored = _pixels(item)
        slope, intercept = (_needed(item, keyword) for keyword in ("RescaleSlope", "RescaleIntercept"))
        hu = (stored * np.float32(slope) + np.float32(intercept)).astype(np.float32)
        if header.rows_along == 0:
            hu = hu.T
        x_mm, y_mm = header.x_mm, header.y_mm
        if x_mm[-1] < x_mm[0]:
            x_mm, hu = x_mm[::-1], hu[:, ::-1]
        if y_mm[-1] < y_mm[0]:
            y_mm, hu = y_mm[::-1], hu[::-1]
        return CTSlice(header.z_mm, x_mm, y_mm, np.ascontiguousarray(hu))

    def spread(self, count: int) -> Iterator[CTSlice]:
        """Return at most ``count`` slices, spread evenly from the first to the last, one after the other."""
        for at in np.unique(np.linspace(0, len(self) - 1, min(count, len(self))).round().astype(int)):
            yield self.slice(int(at))


@dataclass(frozen=True, eq=False)
class _Header:
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
    def of(cls, item: Item, file: Path) -> _Header:
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
        centres = {axis: origin[axis] + sign * step * np.arange(count) for (axis, sign), step, count in steps}
        diameter = item.number("ReconstructionDiameter")
        middle = (float(centres[axis][[0, -1]].mean()) for axis in (0, 1))
        return cls(
            file,
            origin[2],
            centres[0],
            centres[1],
            axes[1][0],
            _position(item),
            ScanCircle(*middle, diameter / 2) if diameter else None,
            item.text("SeriesInstanceUID"),
            item.text("FrameOfReferenceUID"),
        )


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise SimulatorError(f"{folder}: must be a folder with CT slices (DICOM), is none")
    try:
        files = sorted(file for file in folder.iterdir() if file.is_file())
    except OSError as error:
        raise SimulatorError(f"{folder}: cannot be read: {error.strerror}") from None
    if len(files) > MOST_FILES:
        raise SimulatorError(f"{folder}: must hold at most {MOST_FILES} files, holds {len(files)}")
    return files


def _header(file: Path) -> _Header | None:
    """Return what a CT file says; None for a scout, which is no slice."""
    item, _ = read_dicom(file, Kind.CT)
    if "LOCALIZER" in item.text("ImageType"):
        return None
    if item.has("SharedFunctionalGroupsSequence") or (item.number("NumberOfFrames") or 1) > 1:
        raise SimulatorError(f"{file}: must be a CT image of one slice, is an enhanced one with several frames")
    return _Header.of(item, file)


def _require_one(folder: Path, headers: Sequence[_Header]) -> None:
    """Refuse slices that are not of one series, frame of reference, position and grid."""
    first = headers[0]
    for what, values in (
        ("series", [header.series for header in headers]),
        ("frame of reference", [header.frame_of_reference for header in headers]),
        ("patient position", [header.position for header in headers]),
        ("reconstruction diameter", [header.circle for header in headers]),
    ):
        kinds = list(dict.fromkeys(values))
        if len(kinds) > 1:
            counts = " and ".join(str(values.count(kind)) for kind in kinds)
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
    value = _needed(item, keyword)
    if value != int(value) or not 1 <= value <= MOST_PIXELS:
        raise item.refused(keyword, f"must be a whole number from 1 to {MOST_PIXELS}", f"was {value:g}")
    return int(value)


def _needed(item: Item, keyword: str) -> float:
    value = item.number(keyword)
    if value is None:
        raise item.refused(keyword, "must be there", "is absent or empty")
    return value


def _all(item: Item, keyword: str, count: int) -> tuple[float, ...]:
    values = item.numbers(keyword, count)
    if not values:
        raise item.refused(keyword, f"must be {count} numbers", "is absent or empty")
    return values


def _pixels(item: Item) -> NDArray[np.float32]:
    """Return the stored values of a slice, one row for each row of the image."""
    syntax = getattr(item.dataset, "file_meta", {}).get("TransferSyntaxUID")
    try:
        found = np.asarray(item.dataset.pixel_array)
    except Exception:  # pydicom and what it decodes with raise what they like
        if syntax is not None and syntax not in UNCOMPRESSED:
            raise SimulatorError(
                f"{item.where}: pixel data cannot be read here in the transfer syntax {syntax.name}: "
                "export the images uncompressed (Explicit VR Little Endian)"
            ) from None
        raise item.refused("PixelData", "must be readable", "is absent, damaged or too short") from None
    if found.ndim != 2:
        raise item.refused("PixelData", "must be one grey image", f"has {found.ndim} dimensions")
    return found.astype(np.float32)
