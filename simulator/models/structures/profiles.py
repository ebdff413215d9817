"""Sections of a body along its length, and the level at which a scan's sections are those of a phantom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator.models.structures.contours import Polygon, signed_area_mm2

STEP_MM, FINE_MM = 5.0, 0.5
"""Steps of the search for a level, first along the whole phantom, then about the best."""
MAIN = 0.5
"""Share of the largest outline's area that makes a main one: the other leg has it, an arm beside a trunk has not."""
OVERLAP = 0.9
"""Share of the scan that must lie within the phantom's length."""
OUTSIDE_COST = 1.0
"""What sections cost that are not within it, on average of all."""
SCALE_COST = 0.2
"""What a body that is larger or smaller than the phantom costs, against sections of another shape."""
LIKELY, UNLIKELY_COST = float(np.log(1.8)), 10.0
"""Logarithm of how much broader or deeper than a phantom of its height a body may be, and what more of it costs."""
ALIKE = (1.25, 0.01)
"""Levels whose cost is within this factor and this sum of the best are as good."""


@dataclass(frozen=True, eq=False)
class Profile:
    """Sections at ascending z; each array has the shape (k,).

    Attributes
    ----------
    z_mm : ndarray
        Of the sections.
    breadth_mm, depth_mm : ndarray
        Of the box around the `main_outlines` of each section.
    area_mm2 : ndarray
        Of the whole section.
    middle_mm, back_mm : ndarray
        Middle of that box in x, and its largest y.
    """

    z_mm: NDArray[np.float64]
    breadth_mm: NDArray[np.float64]
    depth_mm: NDArray[np.float64]
    area_mm2: NDArray[np.float64]
    middle_mm: NDArray[np.float64]
    back_mm: NDArray[np.float64]

    @classmethod
    def of(cls, z_mm: Sequence[float], sections: Iterable[Sequence[Polygon]]) -> Profile:
        """Return the profile of sections, each of outer borders (positive) and holes; empty ones are left out."""
        rows = []
        for z, section in zip(z_mm, sections, strict=True):
            area = sum(signed_area_mm2(polygon) for polygon in section)
            if area <= 0.0:
                continue
            points = np.concatenate(main_outlines(section))
            low, high = points.min(axis=0), points.max(axis=0)
            rows.append((z, *(high - low), area, (low[0] + high[0]) / 2, high[1]))
        return cls(*np.array(rows, dtype=np.float64).reshape(-1, 6).T)

    def at(self, z_mm: NDArray[np.float64] | float) -> NDArray[np.float64]:
        """Return logarithms of breadth, depth and area at levels, shape (3, n)."""
        values = (self.breadth_mm, self.depth_mm, self.area_mm2)
        return np.log([np.interp(z_mm, self.z_mm, each) for each in values])


def main_outlines(section: Sequence[Polygon]) -> list[Polygon]:
    """Return the largest outlines of a section: of trunk or head, with arms that touch it, or of both legs."""
    areas = np.array([signed_area_mm2(polygon) for polygon in section])
    return [section[at] for at in np.flatnonzero(areas >= MAIN * areas.max()).tolist()]


@dataclass(frozen=True)
class Match:
    """Where a phantom's vertex is beside a scan, by their sections.

    Attributes
    ----------
    vertex_mm : float
        z in the scan.
    scale : tuple of float
        Breadth and depth of the scan over the phantom's.
    cost : float
        Mean difference of the logarithms of breadth, depth and area.
    doubt_mm : float
        How far from there levels are nearly as good.
    """

    vertex_mm: float
    scale: tuple[float, float]
    cost: float
    doubt_mm: float


def compared(scan: Profile, phantom: Profile, vertex_mm: float) -> Match:
    """Return how a scan's sections are like a phantom's whose vertex is at a z, of whatever breadth and depth."""
    level = scan.z_mm - vertex_mm
    is_within = (phantom.z_mm[0] <= level) & (level <= phantom.z_mm[-1])
    if not is_within.any():
        return Match(vertex_mm, (1.0, 1.0), np.inf, 0.0)
    differences = scan.at(scan.z_mm)[:, is_within] - phantom.at(level[is_within])
    breadth, depth = np.median(differences[:2], axis=1)
    rest = np.abs(differences - np.array([[breadth], [depth], [breadth + depth]])).mean()
    scale = np.abs([breadth, depth])
    unlikely = UNLIKELY_COST * np.maximum(scale - LIKELY, 0.0).sum()
    cost = float(rest + SCALE_COST * scale.sum() + unlikely + OUTSIDE_COST * (1.0 - is_within.mean()))
    return Match(vertex_mm, (float(np.exp(breadth)), float(np.exp(depth))), cost, 0.0)


def matched(scan: Profile, phantom: Profile, between: tuple[float, float] | None = None) -> Match:
    """Return the best place for a phantom's vertex beside a scan, by their sections; between two z, if given."""
    spare = (1.0 - OVERLAP) * min(float(np.ptp(phantom.z_mm)), float(np.ptp(scan.z_mm)))
    ends = sorted((scan.z_mm[-1] - phantom.z_mm[-1], scan.z_mm[0] - phantom.z_mm[0]))
    low, high = between or (ends[0] - spare, ends[1] + spare)
    tried = _tried(scan, phantom, np.append(np.arange(low, high, STEP_MM), high))
    best = min(tried, key=lambda match: match.cost)
    near = np.arange(max(low, best.vertex_mm - STEP_MM), min(high, best.vertex_mm + STEP_MM) + FINE_MM / 2, FINE_MM)
    best = min(_tried(scan, phantom, near), key=lambda match: match.cost)
    alike = [match.vertex_mm for match in tried if match.cost <= ALIKE[0] * best.cost + ALIKE[1]]
    doubt = max((abs(vertex - best.vertex_mm) for vertex in alike), default=0.0)
    return replace(best, doubt_mm=float(doubt))


def _tried(scan: Profile, phantom: Profile, vertices: NDArray[np.float64]) -> list[Match]:
    return [compared(scan, phantom, vertex) for vertex in vertices.tolist()]
