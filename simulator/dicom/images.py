"""CT images of a folder: one series of axial slices, read one at a time.

Only what says where the table top is and what the scan cut off: Hounsfield units on a grid in patient axes, how the
patient lay, and the circle within which the images were reconstructed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simulator.dicom.attributes import Item
from simulator.dicom.files import Kind, kind_of, read_dicom
from simulator.dicom.image_headers import SAME_MM, Header, ScanCircle, needed_number, require_one, slice_header
from simulator.errors import SimulatorError

UNCOMPRESSED = ("1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99")
"""Transfer syntaxes whose pixels need no decoder."""
MOST_FILES = 5000


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
        headers = [
            header for file in files if kind_of(file) is Kind.CT and (header := slice_header(file)) is not None
        ]
        if not headers:
            raise SimulatorError(f"{folder}: must hold CT slices (DICOM), none of its {len(files)} files is one")
        require_one(folder, headers)
        headers.sort(key=lambda header: header.z_mm)
        z_mm = np.array([header.z_mm for header in headers])
        again = np.flatnonzero(np.diff(z_mm) < SAME_MM)
        if len(again):
            first, second = (headers[at].file.name for at in (again[0], again[0] + 1))
            at_mm = z_mm[again[0]]
            raise SimulatorError(
                f"{folder}: must hold one CT slice at each z, {first} and {second} are both at {at_mm:.2f} mm"
            )
        return cls(
            folder,
            tuple(header.file for header in headers),
            z_mm,
            headers[0].position,
            headers[0].circle,
            len(files) - len(headers),
            headers[0].frame_of_reference,
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
        header = Header.of(item, self.files[at])
        stored = _pixels(item)
        slope, intercept = (needed_number(item, keyword) for keyword in ("RescaleSlope", "RescaleIntercept"))
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
