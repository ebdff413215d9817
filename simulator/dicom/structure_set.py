"""RT structure sets as values: regions of interest (ROIs), their closed contours and their points."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simulator.dicom.attributes import Item
from simulator.dicom.files import LARGEST_FILE_BYTES, Kind, read_dicom
from simulator.errors import SimulatorError, unknown

CLOSED = ("CLOSED_PLANAR", "CLOSEDPLANAR_XOR")
POINT = "POINT"
MOST_CONTOURS = 200_000
"""Of a file: three times as many as a hundred organs on 300 slices have."""
CONTOUR_DATA = b"\x06\x30\x50\x00"
"""The tag (3006,0050) as it stands in a file, little endian."""
MOST_POINTS = 5_000_000
"""Of a ROI."""


@dataclass(frozen=True, eq=False)
class Roi:
    """A region of interest, in mm, in DICOM patient axes.

    Attributes
    ----------
    number : int
        By which the file's sequences refer to it.
    name : str
        As in the file; where two have one name, each has its number added.
    type : str
        RT ROI Interpreted Type (3006,00A4), such as ``"EXTERNAL"``; often empty.
    contours : tuple of ndarray, shape (n, 3)
        The closed ones, in the order of the file, of 1 point or more.
    points : ndarray, shape (p, 3)
        Those of the geometric type POINT.
    others : tuple of str
        Geometric types of its contours that are neither: such have no inside.
    frame_of_reference : str
        UID of the axes that it is in: an identifier, that may be compared and never shown.
    """

    number: int
    name: str
    type: str
    contours: tuple[NDArray[np.float64], ...]
    points: NDArray[np.float64]
    others: tuple[str, ...] = ()
    frame_of_reference: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was ever drawn."""
        return not (self.contours or len(self.points) or self.others)


@dataclass(frozen=True, eq=False)
class StructureSet:
    """The ROIs of a structure set.

    Attributes
    ----------
    rois : tuple of Roi
        In the order of the file.
    source : str
        The file, for messages.
    """

    rois: tuple[Roi, ...]
    source: str

    @classmethod
    def read(cls, path: str | Path) -> StructureSet:
        """Return the structure set of a DICOM file.

        Raises
        ------
        SimulatorError
            If the file is no RT structure set, is damaged, or a contour is no list of points.
        """
        _require_few(Path(path))
        item, _ = read_dicom(path, Kind.STRUCTURE_SET)
        types = dict(_types(item))
        drawn = dict(_drawn(item))
        named = list(_named(item))
        numbers = Counter(number for number, _, _ in named)
        again = sorted(number for number, times in numbers.items() if times > 1)
        if again:
            raise SimulatorError(f"{item.where}: each ROI must have its own number, {again[0]} is used again")
        named += [(number, f"ROI {number}", "") for number in drawn if number not in numbers]
        names = Counter(name for _, name, _ in named)
        rois = (
            Roi(
                number,
                f"{name} (ROI {number})" if names[name] > 1 else name,
                types.get(number, ""),
                *_geometry(drawn.get(number), f"{item.where}: ROI {name!r}"),
                frame_of_reference=frame,
            )
            for number, name, frame in named
        )
        return cls(tuple(rois), item.where)

    def roi(self, name: str) -> Roi:
        """Return a ROI by its name.

        Raises
        ------
        SimulatorError
            If there is none; the message lists those that there are.
        """
        for roi in self.rois:
            if roi.name == name:
                return roi
        raise unknown(f"{self.source}: ROI", name, (roi.name for roi in self.rois))


def _require_few(file: Path) -> None:
    """Refuse a file with so many contours that reading them all would take minutes."""
    try:
        count = file.read_bytes().count(CONTOUR_DATA) if file.stat().st_size <= LARGEST_FILE_BYTES else 0
    except (OSError, ValueError):
        return  # why it cannot be read is told where it is read
    if count > MOST_CONTOURS:
        raise SimulatorError(f"{file}: must have at most {MOST_CONTOURS:,} contours, has {count:,}")


def _number(item: Item, keyword: str) -> int:
    value = item.number(keyword)
    if value is None or value != int(value):
        raise item.refused(keyword, "must be a whole number", "is empty" if value is None else f"was {value:g}")
    return int(value)


def _named(item: Item) -> Iterator[tuple[int, str, str]]:
    """Yield number, name and frame of reference of each ROI."""
    for roi in item.items("StructureSetROISequence", "ROI"):
        number = _number(roi, "ROINumber")
        yield number, roi.text("ROIName") or f"ROI {number}", roi.text("ReferencedFrameOfReferenceUID")


def _types(item: Item) -> Iterator[tuple[int, str]]:
    """Yield number and interpreted type, where there is one; a further one, in the file's order, counts."""
    for observation in item.items("RTROIObservationsSequence", "observation"):
        found = observation.text("RTROIInterpretedType").upper()
        if found:
            yield _number(observation, "ReferencedROINumber"), found


def _drawn(item: Item) -> Iterator[tuple[int, Item]]:
    """Yield number and contours of each ROI that has an item for them."""
    seen: set[int] = set()
    for roi in item.items("ROIContourSequence", "ROI contour"):
        number = _number(roi, "ReferencedROINumber")
        if number in seen:
            raise roi.refused("ReferencedROINumber", "must be another for each item", f"was {number} again")
        seen.add(number)
        yield number, roi


def _geometry(
    drawn: Item | None, where: str
) -> tuple[tuple[NDArray[np.float64], ...], NDArray[np.float64], tuple[str, ...]]:
    """Return closed contours, points, and the geometric types of what is neither."""
    items = drawn.called(where).items("ContourSequence", "contour") if drawn is not None else []
    closed, points, others = [], [], set()
    count = 0
    for contour in items:
        kind = contour.text("ContourGeometricType").upper()
        found = _points(contour)
        count += len(found)
        if count > MOST_POINTS:
            raise SimulatorError(f"{where}: must have at most {MOST_POINTS:,} points, has more")
        if not len(found):
            continue
        if kind in CLOSED:
            closed.append(found)
        elif kind == POINT:
            points.append(found)
        else:
            others.add(kind or "no type")
    return tuple(closed), np.concatenate(points) if points else np.zeros((0, 3)), tuple(sorted(others))


def _points(contour: Item) -> NDArray[np.float64]:
    """Return the points of a contour, shape (n, 3)."""
    if any(contour.numbers("ContourOffsetVector")):
        raise contour.refused("ContourOffsetVector", "must be zero (it was withdrawn from the standard)", "is not")
    values = contour.array("ContourData")
    if len(values) % 3:
        raise contour.refused("ContourData", "must be three numbers for each point", f"was {len(values)} numbers")
    stated = contour.number("NumberOfContourPoints")
    if stated is not None and stated != len(values) // 3:
        raise contour.refused(
            "ContourData", f"must be {stated:g} points, as the file says", f"was {len(values) // 3}"
        )
    return values.reshape(-1, 3)
