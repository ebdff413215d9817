"""Pieces of a structure: contours that lie over each other from slice to slice. All but the largest are loose."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from simulator.geometry.components import connected_components
from simulator.models.structures.contours import Polygon, Slices, place, signed_area_mm2
from simulator.models.structures.kernels.containment import do_cross, extreme_distances_mm, farthest_outside_mm

SPECK_MM2 = 25.0
"""A contour that encloses less is a speck: noise, a marker's wire."""
SHOWN = 8


@dataclass(frozen=True, eq=False)
class Piece:
    """Contours of a structure that belong together.

    Attributes
    ----------
    contours : tuple of (int, int)
        Slice, and which of its contours.
    volume_mm3 : float
        Area of the contours by what their slices stand for.
    bounds_mm : ndarray, shape (2, 3)
        Lower and upper corner in DICOM patient axes.
    """

    contours: tuple[tuple[int, int], ...]
    volume_mm3: float
    bounds_mm: NDArray[np.float64]

    def __str__(self) -> str:
        size = " × ".join(f"{length:.0f}" for length in np.ptp(self.bounds_mm, axis=0))
        return f"{size} mm at ({place(self.bounds_mm.mean(axis=0))})"


def pieces_of(slices: Slices) -> tuple[Piece, ...]:
    """Return the pieces, the one with the greatest volume first.

    Contours are of one piece if they have a point in common and are of one slice or of neighbouring ones.
    """
    edges = [[_edges(polygon) for polygon in polygons] for polygons in slices.polygons]
    first = np.cumsum([0, *map(len, edges)])
    pairs = [(first[at] + i, first[at] + j) for at, own in enumerate(edges) for i, j in _meeting(own, own)]
    for at, (own, other) in enumerate(pairwise(edges)):
        pairs += [(first[at] + i, first[at + 1] + j) for i, j in _meeting(own, other)]
    of = connected_components(int(first[-1]), *np.array(pairs).T)
    listed = [(at, i) for at, own in enumerate(edges) for i in range(len(own))]
    groups: dict[int, list[tuple[int, int]]] = {}
    for piece, contour in zip(of.tolist(), listed, strict=True):
        groups.setdefault(piece, []).append(contour)
    found = [_piece(slices, tuple(contours)) for contours in groups.values()]
    return tuple(sorted(found, key=lambda piece: -piece.volume_mm3))


def distance_mm(slices: Slices, piece: Piece, place_mm: NDArray[np.float64]) -> float:
    """Return how far a place in DICOM patient axes is from the contours of a piece, 0 within one."""
    u, v, offset = slices.axes @ place_mm
    point = np.array([[u, v]])
    best = np.inf
    for at, i in piece.contours:
        polygon = slices.polygons[at][i]
        signed, _ = extreme_distances_mm(point, polygon, np.array([0, len(polygon)]))
        best = min(best, float(np.hypot(max(signed, 0.0), slices.offsets_mm[at] - offset)))
    return best


def what_is_loose(slices: Slices, pieces: tuple[Piece, ...]) -> Iterator[str]:
    """Yield what the owner of a structure should know of its specks and loose pieces."""
    areas = np.array([abs(signed_area_mm2(polygon)) for polygons in slices.polygons for polygon in polygons])
    specks = int((areas < SPECK_MM2).sum())
    if len(pieces) > 1:
        shown = "; ".join(str(piece) for piece in pieces[1 : SHOWN + 1])
        more = f"; and {len(pieces) - 1 - SHOWN} smaller ones" if len(pieces) - 1 > SHOWN else ""
        yield (
            f"ROI {slices.name!r}: {len(pieces) - 1} loose piece{'s' * (len(pieces) > 2)} beside the largest, all "
            f"checked as they are: {shown}{more}; one is left out with drop = "
            f'["{slices.name} at {place(pieces[1].bounds_mm.mean(axis=0))}"]'
        )
    if specks:
        yield (
            f"ROI {slices.name!r}: {specks} of {len(areas)} contours are specks of less than {SPECK_MM2:g} mm², "
            f'checked as they are; they are left out with drop = "below {SPECK_MM2:g} mm2"'
        )


def _piece(slices: Slices, contours: tuple[tuple[int, int], ...]) -> Piece:
    polygons = [slices.polygons[at][i] for at, i in contours]
    volume = sum(
        abs(signed_area_mm2(polygon)) * slices.thickness_mm[at]
        for (at, _), polygon in zip(contours, polygons, strict=True)
    )
    points = np.concatenate(
        [slices.to_patient(polygon, at) for (at, _), polygon in zip(contours, polygons, strict=True)]
    )
    return Piece(contours, float(volume), np.stack([points.min(axis=0), points.max(axis=0)]))


def _edges(polygon: Polygon) -> NDArray[np.float64]:
    return np.hstack([polygon, np.roll(polygon, -1, axis=0)])


def _meeting(own: list[NDArray[np.float64]], other: list[NDArray[np.float64]]) -> Iterator[tuple[int, int]]:
    """Yield which contours of two lists, by their edges (n, 4), have a point in common."""
    boxes = [
        np.array([[edges[:, :2].min(axis=0), edges[:, :2].max(axis=0)] for edges in each]) for each in (own, other)
    ]
    low = np.maximum(boxes[0][:, None, 0], boxes[1][None, :, 0])
    high = np.minimum(boxes[0][:, None, 1], boxes[1][None, :, 1])
    for i, j in np.argwhere((low <= high).all(axis=2)).tolist():
        one, two = own[i], other[j]
        if (
            do_cross(one, two)
            or farthest_outside_mm(one[:1, :2], two) < 0.0
            or farthest_outside_mm(two[:1, :2], one) < 0.0
        ):
            yield i, j
