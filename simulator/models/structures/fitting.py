"""A phantom put to the section at which a scan cuts a body: same level, middle and back, and at least as large."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulator.models.structures.contours import Polygon, Slices, signed_area_mm2
from simulator.models.structures.phantom import LIMBS, Phantom
from simulator.models.structures.profiles import Match, Profile, main_outlines
from simulator.models.structures.truncation import End

if TYPE_CHECKING:
    from manifold3d import CrossSection, Manifold

GROWTHS = tuple(np.linspace(1.0, 1.15, 16).tolist())
"""By how much a phantom may be made larger to hold a cut's section; more would be another body."""
TILTS_DEG = (3.0, 25.0)
"""Inclinations of boards; a back that is nearly level is taken for level."""
TRUNK_MM = (-820.0, -420.0)
"""Levels at which the back of a phantom is straight, below its vertex."""
LEAST_TRUNK_MM = 100.0
"""Length of trunk that tells an inclination."""
HELD_MM = 0.5
"""A section is held if it reaches out by no more."""
CONTINUED_MM = 50.0
"""Length by which a body surely goes on as it is where a scan cuts it."""
LIMB_MM2 = 1000.0
"""Smaller contours of a section are scraps, and not continued: a wrist has 2300."""
SIMPLE_MM = 0.5
"""Details of the cut's section that are left out, after it was made larger by twice that."""


@dataclass(frozen=True, eq=False)
class Fit:
    """A phantom's place at a cut.

    Attributes
    ----------
    scale : tuple of float
        Of breadth and depth.
    pivot_mm : tuple of float
        y and z of the middle of the phantom's section at the cut.
    place_mm : tuple of float
        Where that is in the patient.
    grown : float
        How much larger, within ``scale``, the phantom was made to hold the cut's section.
    tilt_deg : float
        Inclination of the back that it was given, the head raised; 0 for none.
    outside_mm : float
        How far the cut's section reaches out of the phantom's.
    """

    scale: tuple[float, float]
    pivot_mm: tuple[float, float]
    place_mm: tuple[float, float, float]
    grown: float
    tilt_deg: float
    outside_mm: float

    def placed(self, phantom: Phantom, limb: str) -> Manifold:
        """Return a limb where it is in the patient; thin people have no smaller heads."""
        scale = [max(each, 1.0) if limb == "head" else each for each in self.scale]
        matrix = self.inclined @ np.diag([*scale, 1.0])
        offset = np.array(self.place_mm) - matrix @ np.array([0.0, *self.pivot_mm])
        return phantom.limbs[limb].transform(np.column_stack([matrix, offset]))

    @property
    def inclined(self) -> NDArray[np.float64]:
        """The turn about x by the inclination: towards the head, z leans to the front, to smaller y."""
        sine, cosine = np.sin(np.radians(self.tilt_deg)), np.cos(np.radians(self.tilt_deg))
        return np.array([[1.0, 0.0, 0.0], [0.0, cosine, -sine], [0.0, sine, cosine]])


def fitted(slices: Slices, end: End, phantom: Phantom, profile: Profile, match: Match, scan: Profile) -> Fit:
    """Return the place of a phantom at an end of a scan.

    Parameters
    ----------
    slices : Slices
        Of the body.
    end : {"first", "last"}
        Towards the feet or the head; only to the head a phantom is inclined: legs lie level behind a board.
    phantom, profile
        The phantom, and its sections that are like the scan's.
    match : Match
        Where its vertex is beside the scan, and its scale.
    scan : Profile
        Sections of the scan.
    """
    at = 0 if end == "first" else -1
    outlines = main_outlines(slices.unions[at])
    back_mm = max(float(outline[:, 1].max()) for outline in outlines)
    z_mm, middle_mm = float(slices.offsets_mm[at]), float(np.median(scan.middle_mm))
    level_mm = z_mm - match.vertex_mm
    back, depth = (float(np.interp(level_mm, profile.z_mm, each)) for each in (profile.back_mm, profile.depth_mm))
    tilt_deg = _tilt_deg(scan, profile, match) if end == "last" else 0.0
    best = None
    for grown in GROWTHS:  # legs move apart as they grow, so the largest need not hold most
        scale = (grown * match.scale[0], grown * match.scale[1])
        front_to_back_mm = scale[1] * depth / float(np.cos(np.radians(tilt_deg)))
        place_mm = (middle_mm, back_mm - front_to_back_mm / 2, z_mm)
        fit = Fit(scale, (back - depth / 2, level_mm), place_mm, grown, tilt_deg, 0.0)
        section = reduce(operator.add, (fit.placed(phantom, limb).slice(z_mm) for limb in LIMBS))
        fit = replace(fit, outside_mm=_outside_mm(outlines, section))
        if best is None or fit.outside_mm < best.outside_mm:
            best = fit
        if fit.outside_mm <= HELD_MM:
            break
    assert best is not None
    return best


def continued(slices: Slices, end: End, fit: Fit) -> Manifold:
    """Return the cut's section, as it goes on beyond the cut for a while, inclined as the phantom is."""
    from manifold3d import CrossSection, FillRule, JoinType

    at, up = (0, -1.0) if end == "first" else (-1, 1.0)
    limbs = [polygon for polygon in slices.unions[at] if abs(signed_area_mm2(polygon)) >= LIMB_MM2]
    section = CrossSection(limbs, FillRule.Positive)
    around = section.offset(2 * SIMPLE_MM, JoinType.Round).simplify(SIMPLE_MM)
    lean = -np.tan(np.radians(fit.tilt_deg))
    z_mm = float(slices.offsets_mm[at])
    shear = np.array([[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, lean, 0.0], [0.0, 0.0, up, z_mm]])
    return around.extrude(CONTINUED_MM).transform(shear)


def _tilt_deg(scan: Profile, profile: Profile, match: Match) -> float:
    """Return the inclination of the back of a trunk against the phantom's; 0 where it cannot be told or is small."""
    level = scan.z_mm - match.vertex_mm
    is_trunk = (TRUNK_MM[0] <= level) & (level <= TRUNK_MM[1])
    if is_trunk.sum() < 3 or np.ptp(level[is_trunk]) < LEAST_TRUNK_MM:
        return 0.0
    z_mm = scan.z_mm[is_trunk]
    behind = (scan.back_mm - np.interp(level, profile.z_mm, profile.back_mm))[is_trunk]
    one, other = np.triu_indices(len(z_mm), 1)
    slope = float(np.median((behind[other] - behind[one]) / (z_mm[other] - z_mm[one])))
    tilt_deg = float(np.degrees(np.arctan(-slope)))
    return tilt_deg if TILTS_DEG[0] <= abs(tilt_deg) <= TILTS_DEG[1] else 0.0


def _outside_mm(outlines: Sequence[Polygon], section: CrossSection) -> float:
    """Return how far what outlines enclose reaches out of a section."""
    from manifold3d import CrossSection, FillRule

    if section.is_empty():
        return float(np.ptp(np.concatenate(outlines), axis=0).max())
    outside = (CrossSection(list(outlines), FillRule.Positive) - section).to_polygons()
    if not outside:
        return 0.0
    points = np.concatenate(outside)
    borders = [(border, np.roll(border, -1, axis=0)) for border in section.to_polygons()]
    return float(np.min([_distances_mm(points, start, stop) for start, stop in borders], axis=0).max())


def _distances_mm(
    points: NDArray[np.float64], start: NDArray[np.float64], stop: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the distance of each point (n, 2) to the nearest of some segments."""
    along = stop - start
    length2 = np.maximum((along**2).sum(axis=1), 1e-12)
    share = np.clip(((points[:, None] - start) * along).sum(axis=2) / length2, 0.0, 1.0)
    return np.asarray(np.linalg.norm(points[:, None] - (start + share[..., None] * along), axis=2).min(axis=1))
