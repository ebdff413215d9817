"""What a scan left out of a body: told in every result, and on request assumed from a phantom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from simulator.dicom.image_headers import ScanCircle
from simulator.dicom.images import CTImages
from simulator.errors import SimulatorError
from simulator.models.model import Part
from simulator.models.structures.completion import Wanted, completed
from simulator.models.structures.contours import Slices
from simulator.models.structures.truncation import cut_ends, reaches_scan_circle

ON_A_SIDE = ("HFDL", "HFDR", "FFDL", "FFDR")


@dataclass(frozen=True, eq=False)
class CutOff:
    """What a scan left out.

    Attributes
    ----------
    ends : tuple of str
        Ends at which the body is cut off, such as ``"head"``.
    parts : tuple of Part
        What stands for it.
    remarks : tuple of str
        What is missing.
    assumptions : tuple of str
        What was added, and how it was fitted.
    """

    ends: tuple[str, ...]
    parts: tuple[Part, ...]
    remarks: tuple[str, ...]
    assumptions: tuple[str, ...]


def cut_off(
    body: Slices,
    sites: Mapping[str, tuple[float, float, float]],
    position: str,
    *,
    wanted: Wanted | None = None,
    circle: ScanCircle | None = None,
) -> CutOff:
    """Return what a scan left out of a body.

    Parameters
    ----------
    body : Slices
        The outer contour.
    sites : mapping
        Centroids of ROIs by name, in DICOM patient axes, mm.
    position : str
        DICOM patient position.
    wanted : Wanted, optional
        The phantom that stands for it.
    circle : ScanCircle, optional
        Within which the images were reconstructed.
    """
    ends = cut_ends(body)
    vertical: Literal[0, 1] = 0 if position in ON_A_SIDE else 1
    clipped = reaches_scan_circle(body, circle, vertical=vertical)
    sides, told = tuple(end.side for end in ends), tuple(each.remark for each in clipped)
    if wanted is None:
        return CutOff(sides, (), (*(end.remark for end in ends), *told), ())
    found = completed(body, wanted, places=sites, is_clipped=bool(clipped))
    return CutOff(sides, found.parts, told, found.remarks)


def wanted_of(complete: str | None, arms: str, height_cm: float | None, mass_kg: float | None) -> Wanted | None:
    """Return what completes a scan, None if nothing does.

    Raises
    ------
    SimulatorError
        If there is a size and nothing that could have it.
    """
    if complete is not None:
        return Wanted(complete, arms, height_cm, mass_kg)
    if height_cm is not None or mass_kg is not None:
        raise SimulatorError(
            'patient.height_cm, mass_kg: must stand beside complete (such as complete = "adult"): they are those of '
            "the phantom that stands for what the scan cut off"
        )
    return None


def scan_circle(folder: Path | None, frame_of_reference: str) -> ScanCircle | None:
    """Return the circle within which the CT slices of a folder were reconstructed, if that is known.

    Raises
    ------
    SimulatorError
        If they cannot be read, or are of another frame of reference.
    """
    if folder is None:
        return None
    images = CTImages.read(folder)
    if frame_of_reference and images.frame_of_reference and images.frame_of_reference != frame_of_reference:
        raise SimulatorError(
            f"{folder}: CT slices must be in the frame of reference of the structure set, are in another one"
        )
    return images.circle
