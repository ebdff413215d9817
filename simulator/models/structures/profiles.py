"""Sections of a body along its length, and the level at which a scan's sections are those of a phantom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.models.structures.contours import Polygon, signed_area_mm2

STEP_MM, FINE_MM = 5.0, 0.5
"""Steps of the search for a level, first along the whole phantom, then about the best."""
OVERLAP = 0.9
"""Share of the scan that must lie within the phantom's length."""
SCALE_COST = 0.2
"""What a body that is larger or smaller than the phantom costs, against sections of another shape."""
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
        Of the box around the largest outline in each section: trunk or head, with the arms where these touch it.
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
            areas = [signed_area_mm2(polygon) for polygon in section]
            if not areas or max(areas) <= 0.0:
                continue
            largest = section[int(np.argmax(areas))]
            low, high = largest.min(axis=0), largest.max(axis=0)
            rows.append((z, *(high - low), sum(areas), (low[0] + high[0]) / 2, high[1]))
        return cls(*np.array(rows, dtype=np.float64).reshape(-1, 6).T)

    def at(self, z_mm: NDArray[np.float64] | float) -> NDArray[np.float64]:
        """Return logarithms of breadth, depth and area at levels, shape (3, n)."""
        values = (self.breadth_mm, self.depth_mm, self.area_mm2)
        return np.log([np.interp(z_mm, self.z_mm, each) for each in values])


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


def compared(scan: Profile, phantom: Profile, vertex_mm: float, *, is_scaled: bool) -> Match:
    """Return how a scan's sections are like a phantom's whose vertex is at a z; free scales unless ``is_scaled``."""
    level = scan.z_mm - vertex_mm
    is_within = (phantom.z_mm[0] <= level) & (level <= phantom.z_mm[-1])
    if not is_within.any():
        return Match(vertex_mm, (1.0, 1.0), np.inf, 0.0)
    differences = scan.at(scan.z_mm)[:, is_within] - phantom.at(level[is_within])
    breadth, depth = (0.0, 0.0) if is_scaled else np.median(differences[:2], axis=1)
    rest = np.abs(differences - np.array([[breadth], [depth], [breadth + depth]])).mean()
    cost = float(rest + SCALE_COST * (abs(breadth) + abs(depth)))
    return Match(vertex_mm, (float(np.exp(breadth)), float(np.exp(depth))), cost, 0.0)


def matched(scan: Profile, phantom: Profile, *, is_scaled: bool) -> Match:
    """Return the best place for a phantom's vertex beside a scan, by their sections alone."""
    length = phantom.z_mm[-1] - phantom.z_mm[0]
    spare = (1.0 - OVERLAP) * min(length, float(np.ptp(scan.z_mm)))
    lowest = scan.z_mm[-1] - phantom.z_mm[-1] - spare
    highest = scan.z_mm[0] - phantom.z_mm[0] + spare
    if lowest > highest:  # the scan is longer than the phantom
        lowest, highest = highest, lowest
    tried = [
        compared(scan, phantom, float(vertex), is_scaled=is_scaled)
        for vertex in np.arange(lowest, highest + STEP_MM, STEP_MM)
    ]
    best = min(tried, key=lambda match: match.cost)
    around = np.arange(best.vertex_mm - STEP_MM, best.vertex_mm + STEP_MM + FINE_MM / 2, FINE_MM)
    best = min(
        (compared(scan, phantom, float(vertex), is_scaled=is_scaled) for vertex in around),
        key=lambda match: match.cost,
    )
    alike = [match.vertex_mm for match in tried if match.cost <= ALIKE[0] * best.cost + ALIKE[1]]
    doubt = max((abs(vertex - best.vertex_mm) for vertex in alike), default=0.0)
    return Match(best.vertex_mm, best.scale, best.cost, float(doubt))
