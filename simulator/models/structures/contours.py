"""Closed contours in parallel planes, grouped by plane: the slices of a structure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulator.dicom.structure_set import Roi
from simulator.errors import SimulatorError

FLAT_MM = 0.5
"""How far points of a contour may be from one plane: each is taken to lie in it."""
SAME_PLANE_MM = 0.1
"""Contours whose offsets differ by no more are of one slice: no scanner has slices that thin."""
NEARLY_AN_AXIS = 1e-4
"""A normal this near to a patient axis is that axis: over 500 mm the plane is 0.05 mm off."""
MOST_ON_A_SLICE = 2000
"""Contours: ten times as many as are drawn around gas, wires and fingers."""
Polygon = NDArray[np.float64]
"""Corners of a closed contour in its plane, shape (n, 2); the first is not repeated."""


@dataclass(frozen=True, eq=False)
class Slices:
    """Contours of one structure, in planes with one normal; equal to others with the same name, planes and contours.

    The axes are u and v in the planes and the normal n: those of the patient (x, y, z) where the planes are
    transversal, (y, z, x) where they are sagittal, and the like; oblique planes have axes of their own.

    Attributes
    ----------
    name : str
        The structure's.
    axes : ndarray, shape (3, 3)
        Rows u, v and n in DICOM patient axes, a rotation: ``points_mm @ axes.T`` leads to slice axes.
    offsets_mm : ndarray, shape (k,)
        Of the planes along n, ascending.
    polygons : tuple of tuple of ndarray, shape (n, 2)
        The contours of each slice along u and v, as drawn: any winding, some inside others.
    """

    name: str
    axes: NDArray[np.float64]
    offsets_mm: NDArray[np.float64]
    polygons: tuple[tuple[Polygon, ...], ...]

    @classmethod
    def of(cls, roi: Roi, where: str = "") -> Slices:
        """Return the slices of a ROI with one closed contour or more.

        Parameters
        ----------
        roi : Roi
            A region of interest.
        where : str
            The file, for messages.

        Raises
        ------
        SimulatorError
            If a contour is not flat, or the planes are not parallel.
        """
        called = f"{where + ': ' if where else ''}ROI {roi.name!r}"
        axes = _axes(_normal(roi.contours))
        flat = [contour @ axes.T for contour in roi.contours]
        for at, contour in enumerate(flat, start=1):
            sag_mm = float(np.ptp(contour[:, 2]))
            if sag_mm > FLAT_MM:
                middle = place(roi.contours[at - 1].mean(axis=0))
                raise SimulatorError(
                    f"{called}: contours must be flat and in parallel planes (within {FLAT_MM:g} mm), contour {at} "
                    f"at ({middle}) spans {sag_mm:.3g} mm across the others' planes"
                )
        offsets = np.array([contour[:, 2].mean() for contour in flat])
        planes: list[list[int]] = []
        for at in np.argsort(offsets, kind="stable").tolist():
            if not planes or offsets[at] - offsets[planes[-1][0]] > SAME_PLANE_MM:
                planes.append([])
            planes[-1].append(at)
        crowded = max(planes, key=len)
        if len(crowded) > MOST_ON_A_SLICE:
            raise SimulatorError(
                f"{called}: must have at most {MOST_ON_A_SLICE:,} contours on a slice, has {len(crowded):,} at "
                f"{offsets[crowded[0]]:.6g} mm"
            )
        return cls(
            roi.name,
            axes,
            np.array([offsets[plane].mean() for plane in planes]),
            tuple(tuple(flat[at][:, :2] for at in sorted(plane)) for plane in planes),
        )

    def __len__(self) -> int:
        return len(self.offsets_mm)

    @cached_property
    def sha256(self) -> str:
        """Hash of name, planes and contours, whatever file they came from."""
        digest = hashlib.sha256(repr((self.name, [list(map(len, slice_)) for slice_ in self.polygons])).encode())
        for array in (self.axes, self.offsets_mm, *(polygon for slice_ in self.polygons for polygon in slice_)):
            digest.update(np.ascontiguousarray(array, dtype="<f8").tobytes())
        return digest.hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Slices) and self.sha256 == other.sha256

    def __hash__(self) -> int:
        return hash(self.sha256)

    @cached_property
    def unions(self) -> tuple[tuple[Polygon, ...], ...]:
        """What the contours of each slice enclose, each its own inside: outer borders positive, holes negative.

        Where one contour lies within another, files mean a hole or the same thing twice. For collisions it is no
        hole: nothing comes to it but through the outer one.
        """
        return tuple(_union(polygons) for polygons in self.polygons)

    @cached_property
    def area_mm2(self) -> NDArray[np.float64]:
        """Area that the contours of each slice enclose together, shape (k,)."""
        return np.array([sum(signed_area_mm2(polygon) for polygon in union) for union in self.unions])

    @cached_property
    def bounds_mm(self) -> NDArray[np.float64]:
        """Least and largest u, v and offset of the contours, shape (2, 3)."""
        points = np.concatenate([polygon for polygons in self.polygons for polygon in polygons])
        low, high = points.min(axis=0), points.max(axis=0)
        return np.array([[*low, self.offsets_mm[0]], [*high, self.offsets_mm[-1]]])

    @cached_property
    def thickness_mm(self) -> NDArray[np.float64]:
        """What each slice stands for: halfway to its neighbours, as far out at the ends, shape (k,); 0 if alone."""
        if len(self) == 1:
            return np.zeros(1)
        gaps = np.diff(self.offsets_mm)
        return np.asarray((np.concatenate([gaps[:1], gaps]) + np.concatenate([gaps, gaps[-1:]])) / 2)

    @cached_property
    def centroid_mm(self) -> NDArray[np.float64]:
        """Centroid of the volume in DICOM patient axes, shape (3,): slices count as thick as they stand for."""
        weights = self.area_mm2 * (self.thickness_mm if len(self) > 1 else 1.0)
        if weights.sum() <= 0.0:  # lines and points
            corners = [self.to_patient(np.concatenate(polygons), at) for at, polygons in enumerate(self.polygons)]
            return np.asarray(np.concatenate(corners).mean(axis=0))
        first = np.array([sum((_first_moment(polygon) for polygon in union), np.zeros(2)) for union in self.unions])
        thickness = weights / np.where(self.area_mm2 > 0.0, self.area_mm2, 1.0)
        u, v = (first * thickness[:, None]).sum(axis=0) / weights.sum()
        return np.asarray(np.array([u, v, (weights * self.offsets_mm).sum() / weights.sum()]) @ self.axes)

    def to_patient(self, points_mm: NDArray[np.float64], at: int) -> NDArray[np.float64]:
        """Return points (n, 2) of a slice in DICOM patient axes, shape (n, 3)."""
        offset = np.full((len(points_mm), 1), self.offsets_mm[at])
        return np.asarray(np.hstack([points_mm, offset]) @ self.axes)

    def kept(self, is_kept: Sequence[Sequence[bool]]) -> Slices | None:
        """Return the slices with those contours only; None if none are left."""
        left = [
            (offset, tuple(polygon for polygon, keep in zip(polygons, keeps, strict=True) if keep))
            for offset, polygons, keeps in zip(self.offsets_mm, self.polygons, is_kept, strict=True)
        ]
        left = [(offset, polygons) for offset, polygons in left if polygons]
        if not left:
            return None
        return replace(
            self,
            offsets_mm=np.array([offset for offset, _ in left]),
            polygons=tuple(polygons for _, polygons in left),
        )


def place(point_mm: NDArray[np.float64]) -> str:
    """Return a place in whole mm, as messages show it and ``drop`` takes it."""
    return ", ".join(str(round(float(value))) for value in point_mm)


def signed_area_mm2(polygon: Polygon) -> float:
    """Return the area of a polygon, positive if it runs counter-clockwise."""
    (x, y), (x_next, y_next) = (polygon - polygon[0]).T, (np.roll(polygon, -1, axis=0) - polygon[0]).T
    return float((x * y_next - x_next * y).sum() / 2)


def _first_moment(polygon: Polygon) -> NDArray[np.float64]:
    """Return the integral of (u, v) over a polygon, shape (2,)."""
    here, there = polygon - polygon[0], np.roll(polygon, -1, axis=0) - polygon[0]
    cross = here[:, 0] * there[:, 1] - there[:, 0] * here[:, 1]
    return np.asarray(((here + there) * cross[:, None]).sum(axis=0) / 6 + polygon[0] * cross.sum() / 2)


def _union(polygons: tuple[Polygon, ...]) -> tuple[Polygon, ...]:
    from manifold3d import CrossSection, FillRule

    outward = [polygon if signed_area_mm2(polygon) > 0.0 else polygon[::-1] for polygon in polygons]
    section = CrossSection([np.ascontiguousarray(polygon) for polygon in outward], FillRule.NonZero)
    return tuple(np.asarray(polygon, dtype=np.float64) for polygon in section.to_polygons())


def _normal(contours: tuple[NDArray[np.float64], ...]) -> NDArray[np.float64]:
    """Return the unit normal of contours by Newell's vectors of area, its largest component positive."""
    areas = []
    for contour in contours:
        here = contour - contour[0]
        areas.append(np.cross(here, np.roll(here, -1, axis=0)).sum(axis=0) / 2)
    vectors = np.array(areas)
    largest = vectors[np.argmax((vectors**2).sum(axis=1))]
    total = (vectors * np.where(vectors @ largest < 0.0, -1.0, 1.0)[:, None]).sum(axis=0)
    length = float(np.linalg.norm(total))
    if length < 1e-9:  # lines and points, in transversal slices if nothing else is known
        return np.array([0.0, 0.0, 1.0])
    normal = total / length
    normal = normal * np.sign(normal[np.argmax(np.abs(normal))])
    axis = np.eye(3)[np.argmax(normal)]
    return axis if np.linalg.norm(normal - axis) < NEARLY_AN_AXIS else np.asarray(normal)


def _axes(normal: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return rows u, v and n: u is the patient axis most across the normal, turned into the plane."""
    u = np.eye(3)[np.argmin(np.abs(normal))]
    u = u - (u @ normal) * normal
    u = u / np.linalg.norm(u)
    return np.stack([u, np.cross(normal, u), normal])
