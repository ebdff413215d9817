"""The map of a setup over a sweep, with status, culprits and what they cost of the sphere of directions."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Unpack

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulator.arguments import checked
from simulator.collision.contact import Status
from simulator.errors import SimulatorError, count_of_warnings
from simulator.maps.beams.candidates import Asked, candidates
from simulator.maps.beams.free_poses import free_poses
from simulator.maps.comparison import Comparison, compare
from simulator.maps.connected import ConnectedCells
from simulator.maps.costs import table_of_costs
from simulator.maps.dataset import MAP, arc_table
from simulator.maps.extent_comparison import ExtentComparison, compare_extents
from simulator.maps.free_extent import FreeExtent, free_extent
from simulator.maps.mapped import Mapped
from simulator.maps.reachable import FromHome, Reachable, require_connected
from simulator.maps.rich_display import html
from simulator.maps.sealed import load_sealed, save_sealed
from simulator.maps.solid_angle import SolidAngle, proven, sampled

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False, repr=False)
class CollisionMap(Mapped):
    """The status of every pose of a sweep.

    Made by `collision_map`, or read from a file by `load`. Further attributes are those of
    `simulator.maps.mapped.Mapped`.

    Attributes
    ----------
    dataset : xarray.Dataset
        All that the map holds, over the swept joints (degrees, IEC 61217, or mm) and pairs, under a checksum.

    Examples
    --------
    >>> import simulator as sim
    >>> setup = sim.load_setup("brain")
    >>> sweep = sim.Sweep(gantry=(-180, 180, 10), couch=(-90, 90, 10))
    >>> cmap = sim.collision_map(setup, sweep=sweep, tolerance=0.05)
    >>> cmap
    CollisionMap(brain, 36 × 19 poses: 462 free, 6 within the buffer, 216 colliding)
    >>> cmap.dataset["status"].sel(gantry=60, couch=10).item() == sim.Status.FREE
    True
    >>> cmap.pairs[:2]
    ['head cover – patient trunk', 'interface plate – patient trunk']
    """

    def __repr__(self) -> str:
        counts = self.counts()
        return (
            f"CollisionMap({self.dataset.attrs['name']}, {' × '.join(map(str, self.status.shape))} poses: "
            f"{counts[Status.FREE]} free, {counts[Status.WITHIN_BUFFER]} within the buffer, "
            f"{counts[Status.COLLIDING]} colliding{count_of_warnings(self.warnings)})"
        )

    def _repr_html_(self) -> str | None:
        return html(self)

    def solid_angle(self) -> SolidAngle:
        """Return the solid angle of the achievable directions, each counted once, with bounds.

        Where the map has certified cells, the bounds are proofs, and the estimate is in their middle. Of a map of one
        axis that turns the beam it is 0: a circle has no area.

        Returns
        -------
        SolidAngle
            In sr, with its share of 4π and bounds.

        Raises
        ------
        SimulatorError
            If no axis of the map turns the beam: :meth:`free_extent` is its answer; or as for :attr:`reduced`.

        Examples
        --------
        >>> import simulator as sim
        >>> setup = sim.load_setup("brain")
        >>> sweep = sim.Sweep(gantry=(-180, 180, 10), couch=(-90, 90, 10))
        >>> omega = sim.collision_map(setup, sweep=sweep, tolerance=0.05).solid_angle()
        >>> omega.is_proven, round(omega.fraction_of_4pi, 1)
        (True, 0.6)
        """
        if not self.has_area and self.circle is not None:
            return SolidAngle(0.0, 0.0, 0.0, is_proven=True, warnings=self.warnings)
        if not self.has_area:
            raise SimulatorError(
                f"map: no axis turns the beam, so that there is no solid angle; it is over {self.sweep}: ask for "
                "free_extent()"
            )
        cells = self.reduced.cells
        if cells is None:
            return self.sampled_solid_angle()
        return replace(proven(cells, self.chart), warnings=self.warnings)

    def free_extent(self) -> FreeExtent:
        """Return how much is free of a map without an area on the sphere, with bounds: of a circle, or of lengths.

        See `simulator.maps.free_extent`.

        Returns
        -------
        FreeExtent
            In degrees of a circle, or in mm, mm², mm³ of joint values.

        Raises
        ------
        SimulatorError
            If the directions of the map have an area: :meth:`solid_angle` is its answer; or as for :attr:`reduced`.
        """
        if self.has_area:
            raise SimulatorError(f"map: its answer is a solid angle, it is over {self.sweep}: ask for solid_angle()")
        return free_extent(self.reduced)

    def achievable(self) -> SolidAngle | FreeExtent:
        """Return the map's answer: the solid angle of its directions, or the free extent where they have no area.

        Returns
        -------
        SolidAngle or FreeExtent
            With bounds.
        """
        return self.solid_angle() if self.has_area else self.free_extent()

    @cached_property
    def _from_home(self) -> FromHome:
        return FromHome.of(self)

    @property
    def connected(self) -> ConnectedCells | None:
        """The cells that a way may use, and which are connected to the home pose; None where that is not known."""
        return self._from_home.connected

    def reachable(self) -> Reachable:
        """Return what can be reached from the home pose; see :class:`~simulator.maps.reachable.Reachable`.

        Returns
        -------
        Reachable
            Its solid angle with bounds, and islands.

        Raises
        ------
        SimulatorError
            As for :attr:`reduced`.
        """
        return self._from_home.reachable

    @property
    def fine_cut_off(self) -> NDArray[np.bool_] | None:
        """Which poses of :attr:`fine` are free but cannot be reached, as far as is proven; None if not known."""
        return self._from_home.cut_off

    @checked
    def is_reachable(self, inner_deg: ArrayLike, outer_deg: ArrayLike) -> NDArray[np.bool_]:
        """Return which poses are proven to be reachable from the home pose.

        Parameters
        ----------
        inner_deg, outer_deg : array_like, shape (...)
            Degrees of the two joints that give directions: of a C-arm gantry and couch.

        Returns
        -------
        ndarray of bool, shape (...)
            True where a way is proven.

        Raises
        ------
        SimulatorError
            If the map was only sampled, or its home pose is not known.
        """
        return require_connected(self._from_home).holds(inner_deg, outer_deg)

    def sampled_solid_angle(self) -> SolidAngle:
        """Return what the poses of the sweep say of the solid angle: each counts for the cell around it.

        Returns
        -------
        SolidAngle
            Its bounds are no proofs: they hold where the boundary is within a step of where the poses put it.
        """
        return sampled(self.reduced)

    @checked
    def beams(self, **asked: Unpack[Asked]) -> pd.DataFrame:
        """Return the free poses of the reduced map, or candidate beams, evenly spread: a row each.

        Parameters
        ----------
        **asked
            Of candidates: ``count=400``, ``spacing_deg=6`` or ``rings=True``, and filters such as
            ``is_reachable=True``; what each means says `simulator.maps.beams.candidates.candidates`.

        Returns
        -------
        DataFrame
            The two joints (``gantry_deg``, ``couch_deg`` of a C-arm, IEC 61217); the unit vector from isocentre to
            source in IEC table-top axes (``top_x``, ...) and in DICOM patient axes (``patient_x``, ...);
            ``weight_sr``, what the beam stands for. Of free poses it is the pose's share of the solid angle: a
            direction that several reach is shared equally between them, so that the weights add up to that of
            :meth:`sampled_solid_angle`. For free poses over any value of further axes there is the least of each that
            is free with the pose, too: ``least_source_distance_mm``. Where one axis turns the beam: one joint, and
            ``weight_deg`` of the circle.

        Raises
        ------
        SimulatorError
            If no axis of the map turns the beam; of candidates, if fewer than two do.

        Examples
        --------
        >>> import simulator as sim
        >>> setup = sim.load_setup("brain")
        >>> sweep = sim.Sweep(gantry=(-180, 180, 10), couch=(-90, 90, 10))
        >>> beams = sim.collision_map(setup, sweep=sweep, tolerance=0.05).beams(count=20)
        >>> len(beams), list(beams.columns[:2])
        (20, ['gantry_deg', 'couch_deg'])
        """
        return candidates(self, **asked) if asked else free_poses(self.reduced)

    def arcs(self) -> pd.DataFrame:
        """Return the free arcs along the joint nearest the beam, a row each.

        Returns
        -------
        DataFrame
            Where the other joints stand (``couch_deg``); ``start_deg`` and ``stop_deg`` on the scale of the joint and
            within its limits, start < stop: an arc goes through 180 as far as the joint can. The pairs in the way
            beyond either end, empty where the sweep or the joint's travel ends, or for a full turn of a joint without
            end. Of a certified map every pose of an arc is proven free, and its ends are within 0.01° of one that is
            not. Of a sampled one the ends are free poses, within 0.1°; between the poses nothing was looked at.

        Examples
        --------
        >>> import simulator as sim
        >>> setup = sim.load_setup("brain")
        >>> sweep = sim.Sweep(gantry=(-180, 180, 10), couch=(-90, 90, 10))
        >>> arcs = sim.collision_map(setup, sweep=sweep, tolerance=0.05).arcs()
        >>> arcs[arcs.couch_deg == 0].round(1)[["start_deg", "stop_deg"]].values.tolist()
        [[-185.0, 185.0]]
        """
        return arc_table(self.dataset, self.sweep, self.pairs)

    @cached_property
    def _pair_costs(self) -> pd.DataFrame:
        return table_of_costs(self.reduced)

    def pair_costs(self) -> pd.DataFrame:
        """Return what each pair costs, the costliest first.

        Returns
        -------
        DataFrame
            ``pair``; ``blocks_sr``, directions that are not achievable and that the pair is in the way of;
            ``alone_sr``, directions that would be achievable if this pair alone were never in the way. Both count
            poses of the sweep; of a pair that is in the way only between them, they are the area of its cells. Of a
            map without an area they are called by its :attr:`unit`: ``blocks_deg``, ``alone_mm3``.

        Examples
        --------
        >>> import simulator as sim
        >>> setup = sim.load_setup("brain")
        >>> sweep = sim.Sweep(gantry=(-180, 180, 10), couch=(-90, 90, 10))
        >>> sim.collision_map(setup, sweep=sweep, tolerance=0.05).pair_costs().round(1).head(3)
                                  pair  blocks_sr  alone_sr
        0  head cover – couch carriage        3.7       0.3
        1       head cover – couch top        3.5       0.0
        2    head cover – patient arms        3.4       0.0
        """
        return self._pair_costs.copy()

    @checked
    def compare(self, other: CollisionMap) -> Comparison | ExtentComparison:
        """Return what changes from this map to the other, by culprit; see :class:`Comparison`.

        Where neither has an area on the sphere it is an :class:`ExtentComparison`.

        Parameters
        ----------
        other : CollisionMap
            Over the same joints.

        Returns
        -------
        Comparison or ExtentComparison
            What is gained and lost, in sr or the unit of the extent, by pair of parts.

        Raises
        ------
        SimulatorError
            If the maps have not the same axes, aim elsewhere in the patient at the same angles, or have no angles
            in common.

        Examples
        --------
        >>> import simulator as sim
        >>> sweep = sim.Sweep(gantry=(-180, 180, 10), couch=(-90, 90, 10))
        >>> brain, deployed = (sim.collision_map(sim.load_setup(name), sweep=sweep, tolerance=0.05)
        ...                    for name in ("brain", "brain_imagers_deployed"))
        >>> difference = brain.compare(deployed)
        >>> round(difference.lost.sr), round(difference.gained.sr)
        (6, 0)
        """
        if self.has_area and other.has_area:
            return compare(self.reduced.dataset, other.reduced.dataset)
        return compare_extents(self.reduced, other.reduced)

    @checked
    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the map as NetCDF, whole or not at all: the same bytes for the same map, readable by xarray.

        Parameters
        ----------
        path : str or PathLike
            The file, ``.nc``.

        Raises
        ------
        SimulatorError
            If the dataset was changed since it was made, or the file cannot be written.

        Examples
        --------
        >>> import simulator as sim
        >>> setup = sim.load_setup("brain")
        >>> sweep = sim.Sweep(gantry=(-180, 180, 10), couch=(-90, 90, 10))
        >>> sim.collision_map(setup, sweep=sweep, tolerance=0.05).save("map.nc")
        >>> sim.CollisionMap.load("map.nc").sweep.joints
        ('gantry', 'couch')
        """
        save_sealed(self.dataset, path, MAP)

    @classmethod
    @checked
    def load(cls, path: str | os.PathLike[str]) -> CollisionMap:
        """Return a map that was saved.

        Parameters
        ----------
        path : str or PathLike
            A file that `save` or ``simulator run`` wrote.

        Returns
        -------
        CollisionMap
            With its checksum verified.

        Raises
        ------
        SimulatorError
            If there is no such file, or it is not a map as it was made.
        """
        return cls(load_sealed(path, MAP))
