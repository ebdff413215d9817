"""The edge of a scan, as contours show it that were clipped there: one circle, or one straight line at a side.

A clipped outline runs along the edge for a while, with a corner at both ends; a body's own outline leaves a line or a
large circle that touches it slowly. Several slices must run along the same edge.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.models.structures.contours import Polygon, Slices

STEP_MM = 1.0
"""Between points along an outline."""
ON_EDGE_MM = 0.75
RUN_MM = 40.0
"""Length along the edge that counts: what is clipped off an arm by less is 4 mm thin."""
CORNER_MM = 8.0
LEAVES_MM = 2.5
"""Behind a corner the outline is this far inside after CORNER_MM: 18° and more."""
SLICES = 3
RADII_MM = (180.0, 450.0)
"""Of the circles that scanners reconstruct in."""
LATERAL = 0.6
"""Points are beside the middle if their direction from there is sideways by more, as a cosine."""
DRAWS = 600

Inside = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""How far points (n, 2) are inside an edge, in mm."""


@dataclass(frozen=True)
class Circle:
    """A circle in the plane."""

    centre_mm: NDArray[np.float64]
    radius_mm: float

    def inside_mm(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how far points (n, 2) are inside."""
        return np.asarray(self.radius_mm - np.linalg.norm(points - self.centre_mm, axis=1))


@dataclass(frozen=True)
class Side:
    """A straight line across an axis; ``sign`` times the coordinate is at most ``extreme_mm``."""

    axis: int
    sign: float
    extreme_mm: float

    def inside_mm(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how far points (n, 2) are inside."""
        return np.asarray(self.extreme_mm - self.sign * points[:, self.axis])


def touching(slices: Slices, inside_mm: Inside) -> NDArray[np.intp]:
    """Return the slices that have an outline which runs along an edge between two corners."""
    return np.array(
        [
            at
            for at, polygons in enumerate(slices.polygons)
            if any(_runs_along(inside_mm(resampled(polygon))) for polygon in polygons if len(polygon) > 2)
        ],
        dtype=np.intp,
    )


def flat_sides(slices: Slices, vertical: int) -> list[Side]:
    """Return the lines at the two sides of the patient that several slices run along."""
    axis = 1 - vertical
    low, high = slices.bounds_mm[:, axis]
    sides = (Side(axis, -1.0, -float(low)), Side(axis, 1.0, float(high)))
    return [side for side in sides if len(touching(slices, side.inside_mm)) >= SLICES]


def common_circle(slices: Slices, vertical: int) -> Circle | None:
    """Return the circle that holds all contours and that several slices run along, if there is one.

    Circles through three points of the hull of all contours are tried, at the sides of the patient; the one that
    most points lie on is fitted to them.
    """
    from scipy.spatial import ConvexHull

    points = np.concatenate([resampled(polygon) for polygons in slices.polygons for polygon in polygons])
    if len(points) < 3 or np.linalg.matrix_rank(points - points[0]) < 2:
        return None
    hull = resampled(points[ConvexHull(points).vertices])
    middle = (hull.min(axis=0) + hull.max(axis=0)) / 2
    away = hull - middle
    is_beside = np.abs(away[:, 1 - vertical]) > LATERAL * np.linalg.norm(away, axis=1)
    random = np.random.default_rng(0)
    best, most = None, 0
    for is_side in (is_beside & (away[:, 1 - vertical] < 0.0), is_beside & (away[:, 1 - vertical] > 0.0), is_beside):
        candidates = hull[is_side]
        if len(candidates) < 3:
            continue
        for three in random.integers(0, len(candidates), (DRAWS, 3)):
            circle = _through(candidates[three])
            if circle is None or circle.inside_mm(hull).min() < -ON_EDGE_MM:
                continue
            count = int((np.abs(circle.inside_mm(candidates)) < ON_EDGE_MM).sum())
            if count > most:
                best, most = circle, count
    if best is None or len(touching(slices, best.inside_mm)) < SLICES:
        return None
    return best


def resampled(polygon: Polygon) -> NDArray[np.float64]:
    """Return points about a millimetre apart along a closed outline."""
    closed = np.vstack([polygon, polygon[:1]])
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(closed, axis=0), axis=1))])
    count = max(3, round(float(along[-1]) / STEP_MM))
    at = np.linspace(0.0, along[-1], count, endpoint=False)
    return np.column_stack([np.interp(at, along, closed[:, axis]) for axis in (0, 1)])


def _runs_along(inside_mm: NDArray[np.float64]) -> bool:
    """Return whether an outline, by how far its points are inside an edge, runs along it and leaves it in corners."""
    is_on = np.abs(inside_mm) <= ON_EDGE_MM
    if is_on.all() or not is_on.any():
        return False
    start = int(np.flatnonzero(~is_on)[0])
    inside_mm, is_on = np.roll(inside_mm, -start), np.roll(is_on, -start)
    changes = np.flatnonzero(np.diff(np.concatenate([is_on, [False]]).astype(np.int8), prepend=0))
    away = round(CORNER_MM / STEP_MM)
    for first, last in changes.reshape(-1, 2):
        if (last - first) * STEP_MM >= RUN_MM:
            before, after = inside_mm[(first - away) % len(inside_mm)], inside_mm[(last - 1 + away) % len(inside_mm)]
            if min(before, after) >= LEAVES_MM:
                return True
    return False


def _through(three: NDArray[np.float64]) -> Circle | None:
    """Return the circle through three points, if its radius is one that scanners have."""
    matrix = 2 * (three[1:] - three[0])
    if abs(np.linalg.det(matrix)) < 1e-3:
        return None
    centre = np.linalg.solve(matrix, (three[1:] ** 2).sum(axis=1) - (three[0] ** 2).sum())
    radius = float(np.linalg.norm(three[0] - centre))
    return Circle(centre, radius) if RADII_MM[0] <= radius <= RADII_MM[1] else None
