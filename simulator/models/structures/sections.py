"""What a surface leaves in the planes of slices, and whether it holds their contours there: the measured proof."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.models.structures.contours import Slices
from simulator.models.structures.kernels.containment import do_cross, extreme_distances_mm, farthest_outside_mm
from simulator.models.structures.level_set import Triangles

SAMPLE_MM = 1.0
"""Points of a section that are measured are no further apart."""


@dataclass(frozen=True)
class Held:
    """How a surface goes around contours, in their planes.

    Attributes
    ----------
    is_held : bool
        Whether every contour lies wholly inside.
    missing_mm : float
        How far a contour is outside at worst, 0 if none is.
    added_mm : float
        How far the surface is outside all contours at worst, to half of `SAMPLE_MM`.
    """

    is_held: bool
    missing_mm: float
    added_mm: float


def section(triangles: Triangles, offset_mm: float, *, is_from_above: bool = False) -> NDArray[np.float64]:
    """Return the segments in which a surface passes a plane across the third axis: shape (n, 4).

    Each runs from (u, v) to (u, v) with the inside on its left. A vertex in the plane counts as above it, or, seen
    from above, as below, so segments of a closed surface close. Both ways give the same section but where triangles
    lie in the plane.
    """
    vertices, faces = triangles
    is_above = vertices[:, 2] > offset_mm if is_from_above else vertices[:, 2] >= offset_mm
    count = is_above[faces].sum(axis=1)
    cut = faces[(count == 1) | (count == 2)]
    above = is_above[cut]
    is_alone = above == (above.sum(axis=1) == 1)[:, None]  # one corner is on a side of its own
    first = is_alone.argmax(axis=1)
    rows = np.arange(len(cut))
    alone, next_, last = (cut[rows, (first + turn) % 3] for turn in range(3))

    def passing(other: NDArray[np.int32]) -> NDArray[np.float64]:
        # From the vertex with the lower number, so that both triangles at an edge get the same point.
        start, stop = vertices[np.minimum(alone, other)], vertices[np.maximum(alone, other)]
        share = (offset_mm - start[:, 2]) / (stop[:, 2] - start[:, 2])
        return np.asarray(start[:, :2] + share[:, None] * (stop[:, :2] - start[:, :2]))

    one, other = passing(next_), passing(last)
    is_up = above[rows, first][:, None]
    return np.hstack([np.where(is_up, one, other), np.where(is_up, other, one)])


def measured(triangles: Triangles, slices: Slices) -> Held:
    """Return whether a closed surface holds the contours of all slices.

    In each plane every corner of a contour must be inside the section, and no edge of a contour may touch it: then
    each contour lies wholly inside. Where a step of the surface lies in the plane, that holds just below and just
    above it.
    """
    is_held, missing, added = True, 0.0, 0.0
    planes = [
        (float(offset), polygons, is_from_above)
        for offset, polygons in zip(slices.offsets_mm, slices.polygons, strict=True)
        for is_from_above in ((False, True) if _has_step(triangles, float(offset)) else (False,))
    ]
    for offset, polygons, is_from_above in planes:
        segments = section(triangles, offset, is_from_above=is_from_above)
        corners = np.concatenate(polygons)
        edges = np.concatenate([np.hstack([polygon, np.roll(polygon, -1, axis=0)]) for polygon in polygons])
        outside_mm = farthest_outside_mm(corners, segments)
        if outside_mm >= 0.0 or do_cross(edges, segments):
            is_held = False
        if not len(segments):
            missing = np.inf
            continue
        least, greatest = extreme_distances_mm(_samples(segments), corners, np.cumsum([0, *map(len, polygons)]))
        missing, added = max(missing, outside_mm, -least), max(added, greatest)
    return Held(is_held, missing, added)


def _has_step(triangles: Triangles, offset_mm: float) -> bool:
    """Return whether a triangle lies in a plane."""
    vertices, faces = triangles
    return bool((vertices[:, 2] == offset_mm)[faces].all(axis=1).any())


def _samples(segments: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return points along segments, with their starts, shape (n, 2)."""
    along = segments[:, 2:] - segments[:, :2]
    count = np.maximum(np.ceil(np.linalg.norm(along, axis=1) / SAMPLE_MM), 1).astype(np.int64)
    of = np.repeat(np.arange(len(segments)), count)
    at = np.arange(len(of)) - np.repeat(np.cumsum(count) - count, count)
    return np.asarray(segments[of, :2] + (at / count[of])[:, None] * along[of])
