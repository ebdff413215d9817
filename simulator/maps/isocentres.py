"""Certified cells of many isocentres in one patient, or of whole voxels of them, from one search for all.

A voxel's cells hold for every isocentre in it: what is free for all of them, and what for none. So the solid angle of
any single one is between the bounds of the voxel.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulator.certify.branch_and_bound import Cells
from simulator.certify.cells import MOST_CELLS, demanded_mm, start_cells
from simulator.certify.places import Places, cells_at_places
from simulator.errors import SimulatorError
from simulator.maps.certified import Swept
from simulator.maps.solid_angle import SolidAngle, proven
from simulator.setup.engines import prover_of
from simulator.setup.isocentres import NOT_TOGETHER, TableMotion, can_share
from simulator.setup.placing import TABLE_POSITION
from simulator.setup.setup import Setup

WIDEST_MM = 35.0
"""Isocentres in a box of edges up to that have one search. Measured on the shipped scenarios."""


def cells_of_isocentres(
    setup: Setup,
    isocentres_mm: ArrayLike,
    *,
    half_edges_mm: ArrayLike | None = None,
    tolerance: float,
    workers: int = 1,
) -> list[Cells]:
    """Return the certified cells of the two joints that aim, for each of some isocentres, or voxels around them.

    Parameters
    ----------
    setup : Setup
        Of any isocentre in the same patient; the fastest where the others are near each other.
    isocentres_mm : array_like, shape (n, 3)
        In the patient's DICOM axes. Whether the table reaches them is not asked.
    half_edges_mm : array_like, shape (n, 3), optional
        Of the voxel around each, along the same axes; 0 if not given.
    tolerance : float
        The bounds are to be no further apart than this share of 4π. Those of a voxel stay as far apart as isocentres
        in it differ.
    workers : int
        Number of threads. The cells do not depend on it.

    Raises
    ------
    SimulatorError
        If isocentres of the set-up do not differ in where the table stands alone (`can_share`).
    """
    if not can_share(setup):
        raise SimulatorError(NOT_TOGETHER)
    motion, points = TableMotion.of(setup), np.asarray(isocentres_mm, dtype=float).reshape(-1, 3)
    half = np.zeros_like(points) if half_edges_mm is None else np.asarray(half_edges_mm, dtype=float).reshape(-1, 3)
    at, reach = motion.position_mm(points), motion.reach_mm(half)
    room = Swept.of(setup, setup.sweep)
    prover = prover_of(setup.scene, (*setup.sweep.joints, *TABLE_POSITION))
    low, high = start_cells(room.planes()[0])
    found: dict[int, Cells] = {}
    for block in _blocks(at):
        cells = cells_at_places(
            prover,
            low,
            high,
            Places(at[block], reach[block]),
            demanded_mm(prover),
            weight=room.weight,
            tolerance=tolerance * room.whole,
            most_cells=MOST_CELLS,
            workers=workers,
        )
        found.update(zip(block.tolist(), cells, strict=True))
    return [found[place] for place in range(len(points))]


def solid_angles_of_isocentres(
    setup: Setup, isocentres_mm: ArrayLike, *, half_edges_mm: ArrayLike | None = None, tolerance: float
) -> list[SolidAngle]:
    """Return the proven solid angle of each isocentre, or bounds that hold for all of a voxel; see above."""
    cells = cells_of_isocentres(setup, isocentres_mm, half_edges_mm=half_edges_mm, tolerance=tolerance)
    aim = setup.aim
    assert aim is not None
    columns = [setup.sweep.joints.index(joint) for joint in (aim.chart.inner, aim.chart.outer)]
    return [proven(_in_columns(each, columns), aim.chart) for each in cells]


def _in_columns(cells: Cells, columns: list[int]) -> Cells:
    return Cells(cells.low[:, columns], cells.high[:, columns], cells.status, cells.pair)


def _blocks(at_mm: NDArray[np.float64]) -> list[NDArray[np.intp]]:
    """Return places (n, 3) in blocks that are small enough: halves of halves, which the places alone fix."""
    waiting, found = [np.arange(len(at_mm))], []
    while waiting:
        block = waiting.pop()
        low, high = at_mm[block].min(axis=0), at_mm[block].max(axis=0)
        axis = int((high - low).argmax())
        if high[axis] - low[axis] <= WIDEST_MM:
            found.append(block)
            continue
        is_low = at_mm[block, axis] <= (low[axis] + high[axis]) / 2
        waiting += [block[~is_low], block[is_low]]
    return found
