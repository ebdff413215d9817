"""Which ROIs of a structure set are what: the body, what lies on it, what it lies on or is held by."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from simulator.dicom.structure_set import Roi, StructureSet
from simulator.errors import SimulatorError

BODY_NAMES = ("body", "external", "skin", "patient", "outer contour", "body contour", "external contour", "outline")
"""What an outer contour is called where no ROI has the type."""
UNTYPED = ("", "ORGAN")
"""Types that such a ROI may have: others say that it is something else."""
FIXED = ("SUPPORT", "FIXATION")


@dataclass(frozen=True, eq=False)
class Roles:
    """The ROIs that surfaces are made of.

    Attributes
    ----------
    external : Roi
        The patient's outer contour.
    named : tuple of Roi
        Those that are parts on request.
    bolus, fixed : tuple of Roi
        By their types BOLUS; SUPPORT and FIXATION. Without the named ones.
    remarks : tuple of str
        What its user should know of the choice.
    """

    external: Roi
    named: tuple[Roi, ...]
    bolus: tuple[Roi, ...]
    fixed: tuple[Roi, ...]
    remarks: tuple[str, ...]

    @property
    def rois(self) -> tuple[Roi, ...]:
        """All of them: those with the most telling names first."""
        return (*self.named, self.external, *self.bolus, *self.fixed)


def roles(structures: StructureSet, external: str | None, parts: Sequence[str]) -> Roles:
    """Return what the ROIs of a structure set are.

    Parameters
    ----------
    structures : StructureSet
        A structure set.
    external : str, optional
        Name of the outer contour; if not given, the one of type EXTERNAL, or the one that is called so.
    parts : sequence of str
        Names of ROIs that become parts of their own.

    Raises
    ------
    SimulatorError
        If there is no outer contour, or more than one may be meant; if a named ROI is not there; if a ROI has no
        closed contours, or is in another frame of reference.
    """
    remarks: list[str] = []
    body = _external(structures, external, remarks)
    named = tuple(structures.roi(name) for name in dict.fromkeys(parts) if name != body.name)
    taken = {body.name, *(roi.name for roi in named)}
    others = [roi for roi in structures.rois if roi.name not in taken]
    bolus = [roi for roi in others if roi.type == "BOLUS"]
    fixed = [roi for roi in others if roi.type in FIXED]
    remarks += [f"ROI {roi.name!r} of type {roi.type} is empty" for roi in (*bolus, *fixed) if roi.is_empty]
    remarks += [f"ROI {roi.name!r} is EXTERNAL, too, and not used" for roi in others if roi.type == "EXTERNAL"]
    bolus, fixed = ([roi for roi in each if not roi.is_empty] for each in (bolus, fixed))
    found = Roles(body, named, tuple(bolus), tuple(fixed), tuple(remarks))
    for roi in found.rois:
        require_closed(roi, structures.source)
        if roi.frame_of_reference != body.frame_of_reference:
            raise SimulatorError(
                f"{structures.source}: ROI {roi.name!r}: must be in the frame of reference of {body.name!r}, "
                "is in another one"
            )
    return found


def _external(structures: StructureSet, external: str | None, remarks: list[str]) -> Roi:
    if external is not None:
        return structures.roi(external)
    typed = [roi for roi in structures.rois if roi.type == "EXTERNAL" and not roi.is_empty]
    called = [
        roi for roi in structures.rois if roi.type in UNTYPED and not roi.is_empty and _plain(roi) in BODY_NAMES
    ]
    found = typed or called
    if len(found) == 1:
        if not typed:
            remarks.append(f"no ROI is of type EXTERNAL: {found[0].name!r} is taken for the body by its name")
        return found[0]
    if found:
        available = ", ".join(f"{roi.name!r}" for roi in found)
        raise SimulatorError(
            f"{structures.source}: must have one ROI that is the patient's outer contour, {available} may be: say "
            f'patient.external = "{found[0].name}"'
        )
    available = "; ".join(_listed(structures)) or "none"
    raise SimulatorError(
        f"{structures.source}: must have a ROI that is the patient's outer contour (type EXTERNAL, or called BODY, "
        f'External, Skin, …), has none: say patient.external = "…"; available: {available}'
    )


def _plain(roi: Roi) -> str:
    return " ".join(re.split(r"[\s_\-.]+", roi.name.strip().lower()))


def _listed(structures: StructureSet) -> Iterator[str]:
    for roi in structures.rois:
        yield f"{roi.name} ({'empty' if roi.is_empty else roi.type or 'no type'})"


def require_closed(roi: Roi, source: str) -> None:
    """Refuse a ROI of ``source`` that has no closed contours, or others."""
    if roi.contours and not roi.others:
        return
    has = ", ".join(roi.others) or ("points" if len(roi.points) else "none")
    raise SimulatorError(f"{source}: ROI {roi.name!r}: must have closed contours (CLOSED_PLANAR) only, has {has}")
