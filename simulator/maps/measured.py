"""What a row of a study needs of an isocentre, without a map: cells, and which pairs are in the way at which poses.

Those near each other in one patient share what is searched. What is said of each is what its own map would say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulator.certify.all_places import AllPlaces
from simulator.certify.apart import Settled
from simulator.certify.apart_at_places import settled_in_box
from simulator.certify.branch_and_bound import Cells
from simulator.directions.chart import TwoAxisChart
from simulator.maps.certified import Swept, certified, require_agreement
from simulator.maps.connected import ConnectedCells
from simulator.maps.costs import table_of_areas
from simulator.maps.isocentres import SharedRoom
from simulator.maps.judged_places import in_the_way_at_places
from simulator.maps.provenance import home_in, without_limits
from simulator.maps.reachable import home_of
from simulator.maps.solid_angle import SolidAngle, proven
from simulator.scenario.axis import Axis
from simulator.scenario.sweep import Sweep
from simulator.setup.setup import Setup

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Measured:
    """What is known of a sweep of two axes that aim.

    Attributes
    ----------
    room : Swept
        The room, with the cells that it knows to begin with.
    cells : Cells
        Its certified cells.
    in_the_way : ndarray of bool, shape (pairs, n)
        Which pairs are not free at which poses of the sweep.
    """

    room: Swept
    cells: Cells
    in_the_way: NDArray[np.bool_]

    def solid_angle(self) -> SolidAngle:
        """Return the solid angle of the free directions; see `CollisionMap.solid_angle`."""
        return proven(self._plane, self._chart)

    def reachable_sr(self, setup: Setup) -> tuple[float, float] | None:
        """Return bounds of what can be reached from the home pose, None if that is not known; `maps.reachable`."""
        sweep = Sweep(*self._axes)
        endless = without_limits(setup, sweep)
        home, _ = home_of({"home": home_in(setup, sweep), "without_limits": endless}, sweep)
        if home is None:
            return None
        turns = tuple(axis.joint in endless for axis in sweep)
        connected = ConnectedCells(self._plane, sweep, self._chart, turns, tuple(home.values()))
        return connected.solid_angle().bounds

    def pair_costs(self) -> pd.DataFrame:
        """Return what each pair costs that is anywhere in the way; see `CollisionMap.pair_costs`."""
        sweep, cells = self.room.sweep, self._plane
        blocking = self.in_the_way.reshape(-1, *sweep.shape).transpose(0, *(1 + at for at in self.room.counted))
        ever = np.asarray(self.in_the_way.any(axis=1))
        ever[cells.pair[cells.pair >= 0]] = True
        kept = np.flatnonzero(ever)
        cells = replace(cells, pair=np.append(np.cumsum(ever) - 1, -1).astype(np.int16)[cells.pair])
        names = [self.room.checker.scene.pairs[row].name for row in kept]
        is_free = np.asarray(~blocking.any(axis=0))
        return table_of_areas(names, self._chart, self._axes, blocking[kept], is_free, cells)

    @property
    def _chart(self) -> TwoAxisChart:
        assert self.room.chart is not None
        return self.room.chart

    @property
    def _axes(self) -> tuple[Axis, Axis]:
        """The inner and the outer axis."""
        inner, outer = (self.room.sweep.axes[at] for at in self.room.counted)
        return inner, outer

    @property
    def _plane(self) -> Cells:
        """The cells, the column of the inner axis first."""
        columns = list(self.room.counted)
        return replace(self.cells, low=self.cells.low[:, columns], high=self.cells.high[:, columns])


@dataclass(frozen=True, eq=False)
class Region:
    """What is proven for all isocentres in a box, and need not be asked again in the boxes within.

    Attributes
    ----------
    cells : AllPlaces
        Which large cells are decided.
    poses : Settled
        Which pairs are apart, or in the way, at which poses.
    """

    cells: AllPlaces
    poses: Settled

    @classmethod
    def of(cls, shared: SharedRoom, places_mm: NDArray[np.float64], sweep: Sweep) -> Region:
        """Return what is proven over a sweep for the box around table positions (m, 3)."""
        poses = settled_in_box(shared.prover, [axis.values() for axis in sweep], places_mm)
        return cls(shared.begun(places_mm), poses)


def measured_together(
    shared: SharedRoom,
    region: Region,
    places_mm: NDArray[np.float64],
    rooms: Sequence[Swept],
    *,
    tolerance: float,
) -> list[Measured]:
    """Return what is known of isocentres that are near each other.

    Parameters
    ----------
    shared : SharedRoom
        Of any of them.
    region : Region
        What is proven for all of them, and others around.
    places_mm : ndarray, shape (m, 3)
        The table position of each.
    rooms : sequence of Swept
        Each over one and the same sweep, of the range that the shared room has.
    tolerance : float
        As for `collision_map`.

    Raises
    ------
    ContradictionError
        If a proof contradicts FCL: a defect of this program.
    """
    known = shared.cells(region.cells, places_mm, tolerance=tolerance)
    rooms = [replace(room, known=cells) for room, cells in zip(rooms, known, strict=True)]
    judged, found = in_the_way_at_places(shared.prover, places_mm, rooms, region.poses), []
    for room, in_the_way in zip(rooms, judged, strict=True):
        cells = certified(room, tolerance, np.asarray(in_the_way.any(axis=1)), workers=1)
        require_agreement(cells, room.sweep, np.asarray(~in_the_way.any(axis=0)).reshape(room.sweep.shape))
        found.append(Measured(room, cells, in_the_way))
    return found
