"""The rest of a body that a scan cut off, assumed from a phantom that is fitted to the sections at the cuts.

Nobody measured what is assumed here. It stands where the body must go on, so that a machine which would hit the
head or an arm is not called free because the scan did not hold them. Each cut has its own fit: the phantom at the
same level of the body, with the same middle and back, made larger where the cut's section does not fit into the
phantom's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from simulator.errors import SimulatorError
from simulator.models.kinematics import ROOT
from simulator.models.model import Part
from simulator.models.structures.contours import Polygon, Slices
from simulator.models.structures.fitting import CONTINUED_MM, HELD_MM, Fit, continued, fitted
from simulator.models.structures.phantom import LIMBS, Phantom, mesh_of
from simulator.models.structures.profiles import Match, Profile, matched
from simulator.models.structures.truncation import CutEnd, End, cut_ends

MOST_SECTIONS = 60
"""Of a scan that are compared with the phantom's."""
LEAST_MM3 = 1000.0
"""Less of a limb is no part."""
ARM_MM2, MOST = 1000.0, 0.5
"""Sections of arms that count, and the share of them that a scan with arms holds."""
LEAST_MM = 10.0
"""Where less of a phantom is beyond a cut, it ends there, too."""


@dataclass(frozen=True)
class Wanted:
    """What completes a scan.

    Attributes
    ----------
    model : str
        Phantom with head, arms, trunk and legs.
    arms : str
        ``"down"`` or ``"up"``, as the phantom has it.
    height_cm, mass_kg : float, optional
        Of the patient. Without a mass, breadth and depth are the scan's; without a height, lengths the phantom's.
    level : str or float, optional
        Where the middle of the scan is: a site of the phantom, or mm below the vertex.
    """

    model: str = "adult"
    arms: str = "down"
    height_cm: float | None = None
    mass_kg: float | None = None
    level: str | float | None = None


@dataclass(frozen=True)
class Completion:
    """Parts that are assumed, in DICOM patient axes, and sentences that say so."""

    parts: tuple[Part, ...]
    remarks: tuple[str, ...]


def completed(
    slices: Slices,
    wanted: Wanted | None = None,
    *,
    places: Mapping[str, tuple[float, float, float]] | None = None,
    is_clipped: bool = False,
) -> Completion:
    """Return what a scan of a body left out, from a phantom.

    Parameters
    ----------
    slices : Slices
        Of the body, transversal.
    wanted : Wanted, optional
        The adult with arms down if left out.
    places : mapping, optional
        Centroids of ROIs by name, which may tell the level: lungs, heart, brain, prostate.
    is_clipped : bool
        Whether contours reach the edge of the scan: then the arms are added beside the scan, too, as they are where
        it holds none.

    Raises
    ------
    SimulatorError
        If the phantom, its arms, the size or the level are not what they must be, or the slices are not transversal.
    """
    wanted = wanted or Wanted()
    phantom = Phantom.load(wanted.model, arms=wanted.arms, height_cm=wanted.height_cm, mass_kg=wanted.mass_kg)
    if np.abs(slices.axes - np.eye(3)).max() > 1e-3:
        raise SimulatorError(f"{slices.name}: patient.complete: contours must be transversal, these planes are not")
    ends = cut_ends(slices)
    if not ends and not is_clipped:
        return Completion((), (f"{slices.name}: nothing is cut off, and nothing was added from {phantom.name!r}",))
    chosen = np.unique(np.linspace(0, len(slices) - 1, min(MOST_SECTIONS, len(slices))).round().astype(int)).tolist()
    scan = Profile.of(slices.offsets_mm[chosen].tolist(), [slices.unions[at] for at in chosen])
    match, profile, source = _level(scan, phantom, wanted, places or {}, ends)
    if wanted.mass_kg is not None:
        match = replace(match, scale=(1.0, 1.0))
    going_on = [end for end in ends if _beyond_mm(phantom, end, match) >= LEAST_MM]
    fits = {end.end: fitted(slices, end.end, phantom, profile, match, scan) for end in going_on}
    beside = fits.get("last") or fits.get("first") or fitted(slices, "last", phantom, profile, match, scan)
    has_arms = not is_clipped and _has_arms(
        [(slices.offsets_mm[at], slices.unions[at]) for at in chosen], beside, phantom
    )
    parts = _parts(phantom, slices, fits, None if has_arms else beside)
    breadth, depth = match.scale
    remarks = [
        f"assumed, and measured by nobody: {_names(parts)} of phantom {phantom.name!r}, {_size(wanted)}, arms "
        f"{wanted.arms}, breadth × {breadth:.2f}, depth × {depth:.2f}",
        source,
        *(_told(end, fits.get(end.end), match) for end in ends),
    ]
    if is_clipped:
        remarks.append("the edge of the scan clips the body, and beside the scan nothing was added but the arms")
    elif not has_arms:
        remarks.append(
            f"no arms are in the scan where arms {wanted.arms} would be, and they were added beside it, too"
        )
    return Completion(parts, tuple(f"{slices.name}: {remark}" for remark in remarks))


def _level(
    scan: Profile,
    phantom: Phantom,
    wanted: Wanted,
    places: Mapping[str, tuple[float, float, float]],
    ends: tuple[CutEnd, ...],
) -> tuple[Match, Profile, str]:
    """Return where the phantom's vertex is beside the scan, its sections that fit best, and how that is known."""
    organs = phantom.organ_levels_mm(list(places))
    vertices = {name: places[name][2] - level for name, level in organs.items()}
    middle, between = float(scan.z_mm[[0, -1]].mean()), None
    if wanted.level is not None:
        level = phantom.site_level_mm(wanted.level) if isinstance(wanted.level, str) else -abs(wanted.level)
        between = (middle - level, middle - level)
        source = f"the middle of the scan was said to be {-level:.0f} mm below the vertex"
    elif all(end.end != "last" for end in ends) and wanted.arms != "up":
        between = (float(scan.z_mm[-1]), float(scan.z_mm[-1] + np.ptp(scan.z_mm[-2:])))
        source = "the scan holds the vertex, and the phantom's is there"
    elif vertices:
        between = (float(np.median(list(vertices.values()))),) * 2
        spread = float(np.ptp(list(vertices.values())))
        source = f"the level is from {', '.join(vertices)}" + (f", which differ by {spread:.0f} mm" if spread else "")
    tried = [(matched(scan, profile, between), profile) for profile in phantom.profiles]
    match, profile = min(tried, key=lambda each: each[0].cost)
    if between is None:
        source = (
            f"the level is from the sections alone: the middle of the scan is {match.vertex_mm - middle:.0f} mm below"
            f" the vertex, in doubt by {match.doubt_mm:.0f} mm (ROIs named after organs, as heart, would tell)"
        )
    return match, profile, source


def _has_arms(sections: list[tuple[float, tuple[Polygon, ...]]], fit: Fit, phantom: Phantom) -> bool:
    """Return whether sections of a scan hold most of the phantom's arms, wherever these would be in them."""
    from manifold3d import CrossSection, FillRule

    arms = fit.placed(phantom, "arms")
    held = [
        1.0 - (arm - CrossSection(list(outlines), FillRule.Positive)).area() / arm.area()
        for z_mm, outlines in sections
        if (arm := arms.slice(z_mm)).area() >= ARM_MM2
    ]
    return not held or float(np.median(held)) >= MOST


def _parts(phantom: Phantom, slices: Slices, fits: Mapping[End, Fit], beside: Fit | None) -> tuple[Part, ...]:
    """Return what of the phantom lies beyond the cuts, and beside the scan its arms, if a fit for those is given."""
    from manifold3d import Manifold

    low, high = float(slices.offsets_mm[0]), float(slices.offsets_mm[-1])
    solids = dict.fromkeys(LIMBS, Manifold())
    for end, fit in fits.items():
        half_space = ((0.0, 0.0, -1.0), -low) if end == "first" else ((0.0, 0.0, 1.0), high)
        beyond = {limb: fit.placed(phantom, limb).trim_by_plane(*half_space) for limb in LIMBS}
        largest = max(LIMBS, key=lambda limb: fit.placed(phantom, limb).slice(fit.place_mm[2]).area())
        beyond[largest] += continued(slices, end, fit)
        solids = {limb: solids[limb] + beyond[limb] for limb in LIMBS}
    if beside is not None:
        arms = beside.placed(phantom, "arms").trim_by_plane((0.0, 0.0, 1.0), low)
        solids["arms"] += arms.trim_by_plane((0.0, 0.0, -1.0), -high)
    return tuple(
        Part(f"assumed {limb}", mesh_of(solid), ROOT, "patient", phantom.colours[limb])
        for limb, solid in solids.items()
        if solid.volume() >= LEAST_MM3
    )


def _beyond_mm(phantom: Phantom, end: CutEnd, match: Match) -> float:
    """Return how much of the phantom is beyond an end of the scan."""
    low, high = phantom.bounds_mm
    level_mm = end.offset_mm - match.vertex_mm
    return level_mm - low if end.end == "first" else high - level_mm


def _size(wanted: Wanted) -> str:
    given = [f"{value:g} {unit}" for value, unit in ((wanted.height_cm, "cm"), (wanted.mass_kg, "kg")) if value]
    return " and ".join(given) or "of its own size"


def _names(parts: tuple[Part, ...]) -> str:
    return ", ".join(part.name.removeprefix("assumed ") for part in parts) or "nothing"


def _told(end: CutEnd, fit: Fit | None, match: Match) -> str:
    """Return how the phantom was put to a cut."""
    where = f"at the {end.side} end (z = {end.offset_mm:.1f} mm)"
    if fit is None:
        return f"{where} the phantom ends within {LEAST_MM:.0f} mm of the scan, and nothing was added"
    tilt = f", tilted by {fit.tilt_deg:.0f}° as the back is" if fit.tilt_deg else ""
    grown = f", made {100 * (fit.grown - 1):.0f} % larger" if fit.grown > 1.0 else ""
    holds = "holds the cut's" if fit.outside_mm <= HELD_MM else f"does not hold the cut's by {fit.outside_mm:.0f} mm"
    return (
        f"{where} the phantom goes on {match.vertex_mm - end.offset_mm:.0f} mm below its vertex{grown}"
        f"{tilt}; its section there {holds}; the cut's was continued for {CONTINUED_MM:.0f} mm"
    )
