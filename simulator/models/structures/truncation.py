"""Where a scan cut the body off: ends that are cuts and no ends, and sides that the edge of the scan clipped.

A body that ends tapers: near its end the area of a section falls in proportion to what is left of it, so that it
would be nothing one slice further. And it is round there: a cap of height h and radius of curvature r has a section
of at most 2π r h (Archimedes' cap, whose base is within its surface), so what is broader one slice before an end is
none: shoulders taper to a neck. Where the last section is large, or does not taper, the scan cuts it, or the body
ends flat, as a foot or a box does: that cannot be told from contours, so it is said in either case.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from simulator.dicom.image_headers import ScanCircle
from simulator.models.structures.contours import Polygon, Slices, signed_area_mm2
from simulator.models.structures.scan_edge import common_circle, flat_sides, touching

LARGE = 0.3
"""Share of the largest section: real cuts have 0.84 and 0.90, the slice nearest to a vertex 0.13."""
SMALL = 0.01
"""A section with a smaller share is an end, whether it tapers or not: a fingertip has 0.003."""
ROUND_MM = 120.0
"""Radius of curvature of ends: heads have 70 to 100, and a neck 10 mm before a cut would be an end of 170."""
SPECK_MM2 = 100.0
"""Smaller contours of a section say nothing of its end."""
FROM_EDGE_MM = 2.0
"""What comes as near to the edge of a scan reaches it."""
NAMES = (("right", "left"), ("front", "back"), ("feet", "head"))
"""The two ways along each patient axis."""
End = Literal["first", "last"]


@dataclass(frozen=True)
class CutEnd:
    """An end of a structure that is cut off, or may be.

    Attributes
    ----------
    end : {"first", "last"}
        Of the slices.
    side : str
        In the patient's terms: ``"head"`` or ``"feet"`` where slices are transversal.
    offset_mm : float
        Of the section along the normal of the slices.
    share : float
        Area of the section over the largest one.
    centre_mm : tuple of float
        Middle of the box around the section, along u and v of the slices (x and y).
    breadth_mm, depth_mm : float
        Of that box, along u and v.
    remark : str
        A warning.
    """

    end: End
    side: str
    offset_mm: float
    share: float
    centre_mm: tuple[float, float]
    breadth_mm: float
    depth_mm: float
    remark: str


@dataclass(frozen=True)
class Clipped:
    """Contours that reach the edge of the scan within the planes: what lies beyond it is not known.

    Attributes
    ----------
    offsets_mm : tuple of float
        Slices whose contours reach it.
    remark : str
        A warning.
    """

    offsets_mm: tuple[float, ...]
    remark: str


def cut_ends(slices: Slices) -> tuple[CutEnd, ...]:
    """Return the ends of a structure that are cuts, or may be: none, one or both, the feet's first."""
    area = slices.area_mm2
    largest = float(area.max())
    found = []
    ends: tuple[tuple[End, int, int], ...] = (("first", 0, 1), ("last", -1, -2))
    for end, at, before in ends:
        share = float(area[at]) / largest if largest > 0.0 else 1.0
        is_large = share >= LARGE or len(slices) < 2
        if not is_large and (share < SMALL or _tapers(slices, at, before)):
            continue
        found.append(_cut(slices, end, at, share, is_large=is_large))
    return tuple(found)


def _tapers(slices: Slices, at: int, before: int) -> bool:
    """Return whether a section and each part of it would be nothing one slice further."""
    section, previous = slices.unions[at], slices.unions[before]
    gap_mm = abs(float(slices.offsets_mm[at] - slices.offsets_mm[before]))
    area_mm2 = float(slices.area_mm2[at])
    if area_mm2 > 2.0 * np.pi * ROUND_MM * gap_mm or not _falls(area_mm2, float(slices.area_mm2[before])):
        return False
    for part in section:
        area = signed_area_mm2(part)
        if area < SPECK_MM2:
            continue
        behind = sum(signed_area_mm2(other) for other in previous if _boxes_meet(part, other))
        if not _falls(area, behind):
            return False
    return True


def _falls(area_mm2: float, before_mm2: float) -> bool:
    """Return whether an area falls as towards an end: an ellipsoid's by at least two thirds of what is left."""
    return area_mm2 <= 1.5 * (before_mm2 - area_mm2)


def _boxes_meet(one: Polygon, other: Polygon) -> bool:
    return bool((one.min(axis=0) <= other.max(axis=0)).all() and (other.min(axis=0) <= one.max(axis=0)).all())


def _cut(slices: Slices, end: End, at: int, share: float, *, is_large: bool) -> CutEnd:
    points = np.concatenate(slices.polygons[at])
    low, high = points.min(axis=0), points.max(axis=0)
    breadth, depth = (float(length) for length in high - low)
    middle = (float((low[0] + high[0]) / 2), float((low[1] + high[1]) / 2))
    axis = int(np.abs(slices.axes[2]).argmax())
    side, offset = NAMES[axis][end == "last"], float(slices.offsets_mm[at])
    why = f"{100 * share:.0f} % of the largest area" + ("" if is_large else ", and does not taper")
    return CutEnd(
        end,
        side,
        offset,
        share,
        middle,
        breadth,
        depth,
        f"{slices.name}: cut off at the {side} end ({'xyz'[axis]} = {offset:.1f} mm), unless it really ends flat: "
        f"the last section has {why}, is {breadth:.0f} mm broad and {depth:.0f} mm deep; what is beyond is not there",
    )


def reaches_scan_circle(
    slices: Slices, circle: ScanCircle | None = None, *, vertical: Literal[0, 1] = 1
) -> tuple[Clipped, ...]:
    """Return where contours reach the edge of the scan within their planes.

    Parameters
    ----------
    slices : Slices
        Of the body; the planes must be transversal, else nothing can be said, and nothing is.
    circle : ScanCircle, optional
        Of the CT images. Without it contours that run along one circle, or along one straight line at a side, in
        several slices, with corners at both ends, are taken for clipped.
    vertical : {0, 1}
        The patient axis that is vertical in the scanner: 1 on back or front, 0 on a side. What lies flat on a table
        is straight below, and not clipped.
    """
    if np.abs(slices.axes - np.eye(3)).max() > FROM_EDGE_MM / 500.0:
        return ()
    if circle is not None:
        centre = np.array([circle.x_mm, circle.y_mm])
        reach = [
            max(float(np.linalg.norm(polygon - centre, axis=1).max()) for polygon in polygons)
            for polygons in slices.polygons
        ]
        at = np.flatnonzero(np.array(reach) >= circle.radius_mm - FROM_EDGE_MM)
        return _clipped(slices, at, f"the circle of {2 * circle.radius_mm:.0f} mm that the CT was reconstructed in")
    fitted = common_circle(slices, vertical)
    if fitted is not None:
        at = touching(slices, fitted.inside_mm)
        return _clipped(slices, at, f"a circle of about {2 * fitted.radius_mm:.0f} mm, which the scan may end at")
    found: tuple[Clipped, ...] = ()
    for side in flat_sides(slices, vertical):
        at = touching(slices, side.inside_mm)
        what = f"a straight line at {'xy'[side.axis]} = {side.sign * side.extreme_mm:.0f} mm, where images may end"
        found += _clipped(slices, at, what)
    return found


def _clipped(slices: Slices, at: np.ndarray, what: str) -> tuple[Clipped, ...]:
    if not len(at):
        return ()
    offsets = tuple(float(slices.offsets_mm[each]) for each in at)
    where = f"z = {offsets[0]:.0f} to {offsets[-1]:.0f} mm" if len(at) > 1 else f"z = {offsets[0]:.0f} mm"
    count = f"{len(at)} slice{'s' * (len(at) > 1)}"
    remark = (
        f"{slices.name}: clipped at the edge of the scan: {count} ({where}) at {what}; what is beyond is not there"
    )
    return (Clipped(offsets, remark),)
