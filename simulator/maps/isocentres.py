"""Certified cells of many isocentres in one patient, from one search for all; and bounds for whole voxels of them.

A voxel's cells hold for every isocentre in it: what is free for all of them, and what for none. So the solid angle of
any single one is between the bounds of the voxel.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulator.certify.all_places import AllPlaces
from simulator.certify.branch_and_bound import Cells
from simulator.certify.cells import MOST_CELLS, demanded_mm, start_cells
from simulator.certify.places import LARGE, cells_at_places, cells_over_box, longest_beside
from simulator.certify.prover import Prover
from simulator.errors import SimulatorError
from simulator.geometry.angles import finite
from simulator.maps.certified import Swept
from simulator.maps.solid_angle import SolidAngle, proven
from simulator.setup.engines import prover_of
from simulator.setup.isocentres import NOT_TOGETHER, TableMotion, can_share, reached_mm
from simulator.setup.placing import TABLE_POSITION
from simulator.setup.setup import Setup

REGION_MM = 40.0
"""Isocentres in a box of edges up to that are asked together what is the same for all: which large cells are decided,
and which pairs at which poses. A chunk of a lattice of 10 mm is one."""
WIDEST_MM = 15.0
"""Isocentres in a box of edges up to that have one search. Measured on the shipped scenarios."""
MOST_TOGETHER = 20_000
"""Cells that are looked at for all isocentres of a box together: what is open then is for each of them alone."""


def cells_of_isocentres(setup: Setup, isocentres_mm: ArrayLike, *, tolerance: float, workers: int = 1) -> list[Cells]:
    """Return the certified cells of the two joints that aim, for each of some isocentres.

    Parameters
    ----------
    setup : Setup
        Of any isocentre in the same patient; the fastest where the others are near each other.
    isocentres_mm : array_like, shape (n, 3)
        In the patient's DICOM axes.
    tolerance : float
        The bounds are to be no further apart than this share of 4π; they are where `MOST_TOGETHER` cells do not tell.
    workers : int
        Number of threads. The cells do not depend on it.

    Raises
    ------
    SimulatorError
        If isocentres of the set-up do not differ in where the table stands alone (`can_share`), they are no points,
        or the table does not reach one.
    """
    room = SharedRoom.of(setup)
    at = reached_mm(setup, isocentres_mm)
    found: dict[int, Cells] = {}
    for region in blocks(at, REGION_MM):
        begun = room.begun(at[region], workers=workers)
        for block in blocks(at[region], WIDEST_MM):
            cells = room.cells(begun, at[region[block]], tolerance=tolerance, workers=workers)
            found.update(zip(region[block].tolist(), cells, strict=True))
    return [found[place] for place in range(len(at))]


def solid_angles_of_isocentres(setup: Setup, isocentres_mm: ArrayLike, *, tolerance: float) -> list[SolidAngle]:
    """Return the proven solid angle of each isocentre; parameters and errors as of `cells_of_isocentres`."""
    return [_solid_angle(setup, cells) for cells in cells_of_isocentres(setup, isocentres_mm, tolerance=tolerance)]


def solid_angles_of_voxels(
    setup: Setup, isocentres_mm: ArrayLike, half_edges_mm: ArrayLike, *, tolerance: float, workers: int = 1
) -> list[SolidAngle]:
    """Return bounds that hold for every isocentre in each voxel: what is free for all of them, and for none is not.

    Parameters
    ----------
    setup : Setup
        Of any isocentre in the same patient.
    isocentres_mm : array_like, shape (n, 3)
        The middles of voxels of one size. The nearer they are to each other, the faster: what holds for all of a
        group of them is asked once.
    half_edges_mm : array_like, shape (3,)
        Half their edges. Both are along the patient's DICOM axes.
    tolerance : float
        The search ends where the bounds are no further apart than this share of 4π; but they stay as far apart as
        isocentres of the voxel differ, and somewhat further.
    workers : int
        Number of threads. The bounds do not depend on it.

    Raises
    ------
    SimulatorError
        As `cells_of_isocentres`, of the middles; or if half the edges are not three numbers from 0 on.
    """
    room, half = SharedRoom.of(setup), finite("half_edges_mm", half_edges_mm)
    if half.shape != (3,) or (half < 0.0).any():
        raise SimulatorError(f"half_edges_mm: must be 3 numbers of at least 0, was {half.tolist()}")
    at, (reach,) = reached_mm(setup, isocentres_mm), room.motion.reach_mm(half)
    found: dict[int, SolidAngle] = {}
    waiting = [(room.nothing, np.arange(len(at)))]
    while waiting:
        begun, some = waiting.pop()
        box = at[some].min(axis=0) - reach, at[some].max(axis=0) + reach
        if (at[some] == at[some[0]]).all():  # one, or one that is asked several times
            angle = _solid_angle(setup, room.cells_over(begun, box, tolerance=tolerance, workers=workers))
            found |= dict.fromkeys(some.tolist(), angle)
            continue
        begun = room.within(begun, np.stack(box), longest_beside(box[1] - box[0]), workers=workers)
        waiting += [(begun, some[part]) for part in octants(at[some])]
    return [found[voxel] for voxel in range(len(at))]


@dataclass(frozen=True, eq=False)
class SharedRoom:
    """What is asked of isocentres, and who answers for all.

    Attributes
    ----------
    swept : Swept
        A set-up over its own sweep.
    prover : Prover
        For poses of its joints, and then of the table's.
    motion : TableMotion
        Where these stand for an isocentre.
    nothing : AllPlaces
        The cells to begin with, of which nothing is known yet.
    """

    swept: Swept
    prover: Prover
    motion: TableMotion
    nothing: AllPlaces

    @classmethod
    def of(cls, setup: Setup) -> SharedRoom:
        """Return the room of any of its isocentres.

        Raises
        ------
        SimulatorError
            If its isocentres do not differ in where the table stands alone (`can_share`).
        """
        if not can_share(setup):
            raise SimulatorError(NOT_TOGETHER)
        swept = Swept.of(setup, setup.sweep)
        prover = prover_of(setup.scene, (*setup.sweep.joints, *TABLE_POSITION))
        nothing = AllPlaces.nothing(prover, *start_cells(swept.planes()[0]))
        return cls(swept, prover, TableMotion.of(setup), nothing)

    def begun(self, places_mm: NDArray[np.float64], *, workers: int = 1) -> AllPlaces:
        """Return what is decided of large cells for all table positions in the box around some (n, 3)."""
        return self.within(self.nothing, places_mm, LARGE, workers=workers)

    def within(
        self, begun: AllPlaces, places_mm: NDArray[np.float64], longest_deg: float, *, workers: int = 1
    ) -> AllPlaces:
        """Return what is decided in a box within one where something is; see `AllPlaces.within`."""
        return begun.within(
            self.prover, places_mm, demanded_mm(self.prover), longest_deg=longest_deg, workers=workers
        )

    def cells(
        self, begun: AllPlaces, places_mm: NDArray[np.float64], *, tolerance: float, workers: int = 1
    ) -> list[Cells]:
        """Return the cells of one block of table positions (n, 3), of a region; see `cells_of_isocentres`."""
        return cells_at_places(
            self.prover,
            begun,
            places_mm,
            demanded_mm(self.prover),
            weight=self.swept.weight,
            tolerance=tolerance * self.swept.whole,
            most_cells=MOST_TOGETHER,
            workers=workers,
        )

    def cells_over(
        self,
        begun: AllPlaces,
        box_mm: tuple[NDArray[np.float64], NDArray[np.float64]],
        *,
        tolerance: float,
        workers: int = 1,
    ) -> Cells:
        """Return the cells of a box of table positions, from its least to its greatest (3,); see `cells_over_box`."""
        return cells_over_box(
            self.prover,
            begun,
            box_mm,
            demanded_mm(self.prover),
            weight=self.swept.weight,
            tolerance=tolerance * self.swept.whole,
            most_cells=MOST_CELLS,
            workers=workers,
        )


def _solid_angle(setup: Setup, cells: Cells) -> SolidAngle:
    aim = setup.aim
    assert aim is not None
    columns = [setup.sweep.joints.index(joint) for joint in (aim.chart.inner, aim.chart.outer)]
    return proven(Cells(cells.low[:, columns], cells.high[:, columns], cells.status, cells.pair), aim.chart)


def blocks(at_mm: NDArray[np.float64], widest_mm: float) -> list[NDArray[np.intp]]:
    """Return table positions (n, 3) in blocks of edges up to a width: halves of halves, which they alone fix."""
    waiting, found = [np.arange(len(at_mm))], []
    while waiting:
        block = waiting.pop()
        low, high = at_mm[block].min(axis=0), at_mm[block].max(axis=0)
        axis = int((high - low).argmax())
        if high[axis] - low[axis] <= widest_mm:
            found.append(block)
            continue
        is_low = at_mm[block, axis] <= (low[axis] + high[axis]) / 2
        waiting += [block[~is_low], block[is_low]]
    return found


def octants(at_mm: NDArray[np.float64]) -> list[NDArray[np.intp]]:
    """Return table positions (n, 3) that are not all one in up to eight parts, halves along each axis."""
    is_high = at_mm > (at_mm.min(axis=0) + at_mm.max(axis=0)) / 2
    octant = is_high @ np.array([4, 2, 1])
    return [np.flatnonzero(octant == each) for each in np.unique(octant)]
