"""A patient from a structure set: body, what lies on it and what holds it, as surfaces that hold every contour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simulator.dicom.structure_set import Roi, StructureSet
from simulator.errors import SimulatorError
from simulator.geometry.positions import Position
from simulator.models.kinematics import ROOT
from simulator.models.model import Model, Part
from simulator.models.scan import Scan
from simulator.models.structures.completion import Wanted
from simulator.models.structures.contours import Slices
from simulator.models.structures.cut_off import cut_off, scan_circle
from simulator.models.structures.dropping import Drop
from simulator.models.structures.enclosing import enclosing_surface, tight_surface
from simulator.models.structures.pieces import pieces_of, what_is_loose
from simulator.models.structures.roles import FIXED, Roles, roles
from simulator.models.structures.support import support_face

NAME, TITLE = "structure set", "Patient from a structure set"
"""No file name and no identifier: both may name the patient."""
COLOURS = {"SUPPORT": "#8c98a4", "FIXATION": "#a9b48c", "BOLUS": "#d9a0b8"}
SKIN = "#e0b090"
SMALLEST_MM = 80.0
"""No body is less broad and deep, but for a limb."""
WIDE_GAP = 2.0
"""Slices further apart than this many times the median are told."""
MOST_KEPT = 12
"""Structures whose surfaces are kept, as the next set-up often has the same patient: three to eight of them.

They take most of the time, and depend on the contours alone: a file that changed has others, so it is not taken for
what it was. Its name is in messages only.
"""
_enclosing = lru_cache(MOST_KEPT)(enclosing_surface)
_tight = lru_cache(MOST_KEPT)(tight_surface)


@dataclass(frozen=True, eq=False)
class Scanned:
    """What a patient from a structure set is made of; see `simulator.models.patient.Patient`."""

    model: Model
    sites: dict[str, tuple[float, float, float]]
    scan: Scan


def scanned(
    path: Path,
    *,
    external: str | None,
    parts: str | Sequence[str],
    drop: str | Sequence[str],
    position: Position,
    wanted: Wanted | None,
    ct: Path | None,
) -> Scanned:
    """Return the patient of a structure set; see :meth:`simulator.models.patient.Patient.from_dicom`."""
    structures = StructureSet.read(path)
    found = roles(structures, external, [parts] if isinstance(parts, str) else parts)
    body_frame = found.external.frame_of_reference
    asked = Drop.parsed(drop)
    asked.require_known(roi.name for roi in found.rois)
    remarks = list(found.remarks)
    slices = {roi.name: _slices(roi, found, asked, structures.source, remarks) for roi in found.rois}
    body = slices[found.external.name]
    sites = dict(_sites(structures, body_frame))
    remarks += _too_small(body)
    left_out = cut_off(body, sites, position, wanted=wanted, circle=scan_circle(ct, body_frame))
    face = support_face([slices[roi.name] for roi in found.rois if roi.type == "SUPPORT"], position)
    surfaces = {name: _enclosing(each, structures.source) for name, each in slices.items()}
    added_mm = max(surface.added_mm for surface in surfaces.values())
    made = [
        Part(name, surfaces[roi.name].mesh, ROOT, "fixation" if roi.type in FIXED else "patient", _colour(roi))
        for roi, name in zip(found.rois, _part_names(found.rois), strict=True)
    ]
    model = Model(
        name=NAME,
        title=TITLE,
        note=f"Surfaces that hold every contour; at most {added_mm:.1f} mm outside of them in their planes.",
        parts=(*made, *left_out.parts),
        remarks=(*remarks, *left_out.remarks, *(() if face is None else face.remarks)),
    )
    scan = Scan(
        position=position,
        frame_of_reference=body_frame,
        support_top_mm=None if face is None else face.top_mm,
        support_middle_mm=None if face is None else face.middle_mm,
        support_name="" if face is None else face.name,
        cut_ends=left_out.ends,
        assumed_parts=tuple(part.name for part in left_out.parts),
        assumptions=left_out.assumptions,
        tight=_tight(body, structures.source),
    )
    return Scanned(model, sites, scan)


def _slices(roi: Roi, found: Roles, asked: Drop, source: str, remarks: list[str]) -> Slices:
    """Return the slices of a ROI, without what is to be dropped; tell what that was and what is still loose."""
    slices = Slices.of(roi, source)
    is_body = roi is found.external
    dropped: tuple[str, ...] = ()
    if is_body:
        slices, dropped = asked.specks(slices)
    slices, more = asked.loose(slices)
    remarks += [*dropped, *more]
    if is_body:
        remarks += what_is_loose(slices, pieces_of(slices))
    remarks += _gaps(slices)
    return slices


def _too_small(body: Slices) -> Iterator[str]:
    """Yield that a body is none in millimetres."""
    size = np.ptp(body.bounds_mm, axis=0)[:2]
    if size.max() < SMALLEST_MM:
        yield (
            f"ROI {body.name!r}: is only {size[0]:.0f} × {size[1]:.0f} mm: DICOM says millimetres, and this "
            "looks like another unit, or a ROI that is no body"
        )


def _gaps(slices: Slices) -> Iterator[str]:
    """Yield where slices are missing."""
    gaps = np.diff(slices.offsets_mm)
    if not len(gaps):
        return
    usual, at = float(np.median(gaps)), int(gaps.argmax())
    if gaps[at] > WIDE_GAP * usual:
        low, high = slices.offsets_mm[at : at + 2]
        yield (
            f"ROI {slices.name!r}: slices are up to {gaps[at]:.0f} mm apart ({low:.0f} to {high:.0f} mm), "
            f"{usual:.3g} mm elsewhere; its surface goes straight from one to the next"
        )


def _colour(roi: Roi) -> str:
    return COLOURS.get(roi.type, SKIN)


def _part_names(rois: tuple[Roi, ...]) -> list[str]:
    """Return names of parts: those of the ROIs, with single spaces, each once."""
    found: list[str] = []
    for roi in rois:
        plain = " ".join(roi.name.split())
        name, count = plain, 2
        while name in found:
            name, count = f"{plain} {count}", count + 1
        found.append(name)
    return found


def _sites(structures: StructureSet, frame_of_reference: str) -> Iterator[tuple[str, tuple[float, float, float]]]:
    """Yield name and place of each site: centroids of volumes, and points; those in the frame of the body only."""
    for roi in structures.rois:
        if roi.frame_of_reference != frame_of_reference:
            continue
        if roi.contours:
            try:
                yield roi.name, _place(Slices.of(roi).centroid_mm)
            except SimulatorError:  # drawn in planes of several directions: it has no slices
                continue
        elif len(roi.points) == 1:
            yield roi.name, _place(roi.points[0])
        else:
            for at, point in enumerate(roi.points, start=1):
                yield f"{roi.name} {at}", _place(point)


def _place(point: NDArray[np.float64]) -> tuple[float, float, float]:
    x, y, z = (float(value) for value in point + 0.0)
    return (x, y, z)
