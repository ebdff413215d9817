"""Candidate beams for an optimiser: evenly spread achievable directions, each with the solid angle it stands for."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral, Real
from typing import TYPE_CHECKING, Unpack

import numpy as np
from numpy.typing import NDArray

from simulator.directions.crossed_axes import FULL_SPHERE_SR
from simulator.directions.lattices import rings
from simulator.errors import SimulatorError
from simulator.maps.beams.achievable import Proven, Region, Samples, Swept
from simulator.maps.beams.filters import BeamFilters, Poses, checked_free, tests_of
from simulator.maps.beams.free_cells import FreeCells
from simulator.maps.beams.free_poses import beam_table
from simulator.maps.beams.spread import evenly_spread, shares
from simulator.maps.mapped import Mapped

if TYPE_CHECKING:
    import pandas as pd


PER_BEAM = 100
"""Samples that a candidate stands for, about."""
FEWEST_DEG, MOST_DEG, MOST = 2.0, 90.0, 5000
"""Of the spacing, and of candidates."""
MOST_SAMPLES = 700_000
"""On the whole sphere."""
A_NET = 0.7
"""Candidates in a square of the spacing, at most."""
ALL_RINGS = 1162


class Asked(BeamFilters, total=False):
    """The arguments of `candidates`."""

    spacing_deg: float | None
    count: int | None
    rings: bool


@dataclass(frozen=True)
class Spread:
    """How candidates are spread: one of three ways.

    Attributes
    ----------
    spacing_deg : float, optional
        How far the farthest achievable direction may be from one.
    count : int, optional
        How many.
    rings : bool
        Whether they are the published ones.
    """

    spacing_deg: float | None = None
    count: int | None = None
    rings: bool = False

    def __post_init__(self) -> None:
        if (self.spacing_deg is not None) + (self.count is not None) + bool(self.rings) != 1:
            raise SimulatorError("beams: must have one of spacing_deg, count and rings")
        spacing, count = self.spacing_deg, self.count
        if spacing is not None and not (isinstance(spacing, Real) and FEWEST_DEG <= spacing <= MOST_DEG):
            raise SimulatorError(f"beams: spacing_deg must be from {FEWEST_DEG:g} to {MOST_DEG:g}, was {spacing!r}")
        if count is not None and not (isinstance(count, Integral) and 1 <= count <= MOST):
            raise SimulatorError(f"beams: count must be a whole number from 1 to {MOST}, was {count!r}")

    def number(self, share: float) -> int:
        """Return how many samples of the whole sphere are enough where a share of it is achievable."""
        if self.spacing_deg is not None:
            wanted = A_NET * FULL_SPHERE_SR / np.deg2rad(self.spacing_deg) ** 2
        else:
            wanted = ALL_RINGS if self.count is None else self.count / max(share, 1e-9)
        return int(min(max(PER_BEAM * wanted, PER_BEAM**2), MOST_SAMPLES))


def candidates(
    cmap: Mapped,
    *,
    spacing_deg: float | None = None,
    count: int | None = None,
    rings: bool = False,
    **filters: Unpack[BeamFilters],
) -> pd.DataFrame:
    """Return candidate beams, evenly spread over the achievable directions, a row each.

    They are the same for the same map and arguments, on any number of processor cores. Angles have four decimals.

    Parameters
    ----------
    cmap : Mapped
        The map. Of further axes, any or all of their values count, as its sweep says.
    spacing_deg : float, optional
        No achievable direction is farther than that from a candidate, and no two candidates are nearer to each other
        than three quarters of it: neighbours are 1.2 spacings apart on average. From 2 to 90.
    count : int, optional
        Exactly so many, at most 5000.
    rings : bool
        Those that are achievable of the 1162 candidates of published 4π work, on rings 6° apart about the long axis
        of the table, in their order: see `simulator.directions.lattices.rings`.
    is_proven : bool
        Only poses in a certified cell that is proven free: what is taken if nothing is said and the map has cells.
        Otherwise candidates are poses of the sweep, each found free by FCL; between them nothing is known. Rings then
        need ``setup``, and each of their poses is asked of FCL.
    is_coplanar : bool
        Only with the outer joint (of a C-arm the couch) at 0. Each stands for its part of a band, one step of the
        sweep wide.
    is_reachable : bool
        Only poses to which a proven way leads from the home pose: see :meth:`CollisionMap.is_reachable`.
    not_through : str or sequence of str
        Names of parts, or "couch top": the straight line from the source to the isocentre meets none of their
        surfaces. Needs ``setup``.
    not_through_cut_ends : bool
        That line does not enter the patient where the scan cut the body off. Needs ``setup``.
    clearance_mm : float
        Only poses in cells that are proven free with that much clearance to patient and couch, found by dividing the
        range of the map anew; at most 0.5 % of 4π is left undecided, and does not count. Needs ``setup``.
    setup : Setup
        The set-up that the map is of.

    Returns
    -------
    DataFrame
        As :meth:`CollisionMap.beams`. ``weight_sr`` is the solid angle of the directions that have all that is asked
        and are nearest to this candidate: its Voronoi cell within that region, to 1 %, at the rim of the region to a
        few. Without filters they add up to the lower bound of the solid angle, which is what is proven free; of a
        sampled map, or without proofs, to :meth:`CollisionMap.sampled_solid_angle`. With a spacing, or rings, where
        nothing is achievable, the table is empty.

    Raises
    ------
    SimulatorError
        If not one of the first three is given, a value is none that can be, there is no room for so many candidates,
        or a filter cannot be answered.

    Notes
    -----
    A direction has up to two poses. If both have all that is asked, the deeper one in the free cells is taken,
    which is farther, in degrees of both joints, from any that is not proven free. If that does not tell, it is the
    one with the outer joint nearer to 0. Islands of directions that are smaller than a hundredth of what a
    candidate stands for may be missed.
    """
    spread = Spread(spacing_deg, count, rings)
    _ = cmap.chart  # refuses a map without an area on the sphere
    region = _region(cmap, filters)
    samples = _samples(region, spread)
    if spread.rings:
        poses = _ring_poses(cmap, region)
    else:
        poses = region.settled(samples.poses[_chosen(samples, spread)])
        poses = poses[np.lexsort(poses.T)]  # by the outer joint, as the poses of a sweep are
    directions = cmap.chart.directions(poses[:, 0], poses[:, 1])
    weights = shares(samples.directions, samples.weight_sr, directions) if len(poses) else np.zeros(0)
    return beam_table(cmap.reduced, poses, weights)


def _region(cmap: Mapped, filters: BeamFilters) -> Region:
    plane, tests = cmap.reduced, tests_of(cmap, filters)
    if not filters.get("is_proven", plane.cells is not None):
        # Only where poses are asked that are not of the sweep is the set-up needed.
        return Swept(plane, tests, lambda poses: checked_free(cmap, filters)(poses))
    if plane.cells is None:
        raise SimulatorError("beams: is_proven needs a map with certified cells, this one was only sampled")
    inner, outer = plane.sweep
    return Proven(plane, tests, FreeCells(plane.cells, (inner, outer)), bool(filters.get("is_coplanar")))


def _samples(region: Region, spread: Spread) -> Samples:
    """Return as many samples as are enough: more of the whole sphere where filters leave few."""
    number = spread.number(region.sr / FULL_SPHERE_SR if isinstance(region, Proven) else 1.0)
    samples = region.samples(number)
    if spread.count is not None and isinstance(region, Proven) and 2 * len(samples) < PER_BEAM * spread.count:
        samples = region.samples(spread.number(len(samples) / number))
    return samples


def _chosen(samples: Samples, spread: Spread) -> NDArray[np.intp]:
    """Return which samples are candidates."""
    spacing_deg = 0.0 if spread.spacing_deg is None else spread.spacing_deg
    found = evenly_spread(samples.directions, samples.weight_sr, count=spread.count, spacing_deg=spacing_deg)
    if spread.count is not None and len(found) < spread.count:
        raise SimulatorError(
            f"beams: count must be at most {len(found)}, the directions there are to choose from, was {spread.count}"
        )
    return found


def _ring_poses(cmap: Mapped, region: Region) -> Poses:
    """Return a pose of each of the published directions that is achievable."""
    directions = rings() @ cmap.rotation("top").T
    poses = region.best(np.stack(cmap.chart.angles(directions), axis=1))
    return poses[~np.isnan(poses[:, 0])]
