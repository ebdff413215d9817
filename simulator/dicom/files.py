"""DICOM files, read whole into data sets of a known kind, or refused in one message."""

from __future__ import annotations

import io
import warnings
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.dicom.attributes import Item
from simulator.dicom.encoding import require_whole
from simulator.errors import SimulatorError

if TYPE_CHECKING:
    from pydicom import Dataset

LARGEST_FILE_BYTES = 1_000_000_000


class Kind(StrEnum):
    """What a file holds, as far as it is read here."""

    PLAN = "RT Plan"
    ION_PLAN = "RT Ion Plan"
    STRUCTURE_SET = "RT Structure Set"
    CT = "CT Image"


_KINDS = {
    "1.2.840.10008.5.1.4.1.1.481.5": Kind.PLAN,
    "1.2.840.10008.5.1.4.1.1.481.8": Kind.ION_PLAN,
    "1.2.840.10008.5.1.4.1.1.481.3": Kind.STRUCTURE_SET,
    "1.2.840.10008.5.1.4.1.1.2": Kind.CT,
    "1.2.840.10008.5.1.4.1.1.2.1": Kind.CT,
}
"""By SOP class."""
_RADIOTHERAPY, _FIRST_OF_SECOND_GENERATION = "1.2.840.10008.5.1.4.1.1.481", 10
"""SOP classes of radiotherapy; those from RT Physician Intent on are of the second generation."""
_SEQUENCES = {
    "IonBeamSequence": Kind.ION_PLAN,
    "BeamSequence": Kind.PLAN,
    "ROIContourSequence": Kind.STRUCTURE_SET,
    "StructureSetROISequence": Kind.STRUCTURE_SET,
    "PixelSpacing": Kind.CT,
}
"""By an attribute that only such files have: some say they are of another modality, or nothing."""


def read_dicom(path: str | Path, *kinds: Kind, pixels: bool = False) -> tuple[Item, Kind]:
    """Return the data set of a file, and what kind it is.

    Parameters
    ----------
    path : str or Path
        File; one without the preamble of DICOM Part 10 is read too.
    *kinds : Kind
        What it may be.
    pixels : bool
        Whether pixel data are needed.

    Raises
    ------
    SimulatorError
        If it cannot be read, is cut short or damaged, is not DICOM, or is of another kind.
    """
    file = Path(path)
    content = _content(file)
    wanted = " or ".join(kinds)
    parsed = _parsed(content, pixels=pixels)
    if parsed is None:
        raise SimulatorError(f"{file}: must be {wanted} (DICOM), is something else, or damaged")
    dataset, kind, name = parsed
    if kind not in kinds:
        raise SimulatorError(f"{file}: must be {wanted} (DICOM), is {name}")
    assert kind is not None
    require_whole(content, _encoding(dataset), str(file))
    return Item(dataset, str(file)), kind


def kind_of(path: Path) -> Kind | None:
    """Return what a file of a folder holds; None if it is nothing that is read here.

    Raises
    ------
    SimulatorError
        If it cannot be read, or says that it is DICOM and is damaged.
    """
    content = _content(path)
    is_stated = content[128:132] == b"DICM"
    parsed = _parsed(content, pixels=False)
    if parsed is None:
        if is_stated:
            raise SimulatorError(f"{path}: must be a whole DICOM file, is damaged")
        return None
    dataset, kind, _ = parsed
    if kind is None and is_stated:
        require_whole(content, _encoding(dataset), str(path))
    return kind


def _content(file: Path) -> bytes:
    try:
        if file.stat().st_size > LARGEST_FILE_BYTES:
            raise SimulatorError(f"{file}: must be a DICOM file of at most 1 GB, is larger")
        return file.read_bytes()
    except FileNotFoundError:
        raise SimulatorError(f"{file}: there is no such file") from None
    except IsADirectoryError:
        raise SimulatorError(f"{file}: must be a DICOM file, is a folder") from None
    except OSError as error:
        raise SimulatorError(f"{file}: cannot be read: {error.strerror}") from None
    except ValueError as error:  # a name with a NUL in it
        raise SimulatorError(f"{str(file)!r}: must be the name of a file: {error}") from None


def _parsed(content: bytes, *, pixels: bool) -> tuple[Dataset, Kind | None, str] | None:
    """Return a data set, what it is, and what a message calls it; None if pydicom stumbles over it."""
    import pydicom

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of values that are longer than they may be, and the like
        try:
            dataset = pydicom.dcmread(io.BytesIO(content), force=True, stop_before_pixels=not pixels)
            return dataset, *_kind(dataset)
        except Exception:  # it raises what it likes
            return None


def _encoding(dataset: Dataset) -> tuple[bool, bool]:
    """Return whether a data set was read as of implicit value representation, and as little endian."""
    if hasattr(dataset, "original_encoding"):
        is_implicit, is_little = dataset.original_encoding
    else:  # pydicom 2.4
        is_implicit, is_little = dataset.is_implicit_VR, dataset.is_little_endian
    return bool(is_implicit), bool(is_little)


def _kind(dataset: Dataset) -> tuple[Kind | None, str]:
    """Return what a data set is, if it is read here, and what a message calls it."""
    from pydicom.uid import UID

    said = str(dataset.get("SOPClassUID", "") or getattr(dataset, "file_meta", {}).get("MediaStorageSOPClassUID", ""))
    by_content = next((kind for keyword, kind in _SEQUENCES.items() if keyword in dataset), None)
    kind = _KINDS.get(said)
    if kind is Kind.PLAN and by_content is Kind.ION_PLAN:
        kind = by_content
    if kind is None and not said:
        kind = by_content
    if kind is not None:
        return kind, kind
    name = UID(said).name if said else ""
    if not name or name == said:
        return None, "something else, or damaged"
    generation, _, number = said.rpartition(".")
    is_second = generation == _RADIOTHERAPY and int(number) >= _FIRST_OF_SECOND_GENERATION
    return None, f"{name}, a second-generation RT object, which is not read" if is_second else name
