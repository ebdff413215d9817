"""Rows of isocentres that are near each other in one patient: one search for the cells of all of them.

The row of a point is that of its own `collision_map`: FCL judges the poses of its sweep, and its cells are of that
isocentre, with bounds as near to each other as asked. Only how the cells were found is shared. The row of a voxel has
bounds that hold for every isocentre in it, and nothing of a map: nothing else is the same all over it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from simulator.directions.crossed_axes import FULL_SPHERE_SR
from simulator.maps.certified import Swept
from simulator.maps.collision_map import CollisionMap
from simulator.maps.compute import mapped
from simulator.maps.isocentres import cells_of_isocentres, solid_angle_of_voxel
from simulator.scenario.study import Study
from simulator.setup.isocentres import can_share, is_same_room, middle_one
from simulator.setup.setup import Setup
from simulator.studies.case import Case
from simulator.studies.clearances import clearance_quantiles, silent
from simulator.studies.rows import Answer, Row, answered, row_of

Placed = tuple[Case, Setup]


def are_neighbours(placed: Sequence[Placed]) -> bool:
    """Return whether cases are isocentres of one room, two at least, or voxels, whose cells can be found together."""
    cases, setups = [case for case, _ in placed], [setup for _, setup in placed]
    if not placed or any(case.isocentre_mm is None for case in cases):
        return False
    is_enough = len(placed) > 1 or cases[0].half_edges_mm is not None
    return is_enough and can_share(setups[0]) and all(is_same_room(setups[0], other) for other in setups[1:])


def rows_of_lattice(
    study: Study, placed: Sequence[Placed], keep: Callable[[Case, CollisionMap], None] | None = None
) -> list[Row]:
    """Return the rows of points or voxels that are neighbours.

    Parameters
    ----------
    study : Study
        Whose cases they are.
    placed : sequence of (Case, Setup)
        All points or all voxels, of one chunk, with the set-up of each isocentre.
    keep : callable, optional
        Called with each point and its map.

    Raises
    ------
    ContradictionError
        If a proof contradicts FCL: a defect of this program.
    """
    return _voxels(study, placed) if placed[0][0].half_edges_mm is not None else _points(study, placed, keep)


def _points(study: Study, placed: Sequence[Placed], keep: Callable[[Case, CollisionMap], None] | None) -> list[Row]:
    measure, rows = study.measure, []
    isocentres = [setup.isocentre_patient_mm for _, setup in placed]
    found = cells_of_isocentres(middle_one([setup for _, setup in placed]), isocentres, tolerance=measure.tolerance)
    for (case, setup), cells in zip(placed, found, strict=True):
        room = replace(Swept.of(setup, setup.sweep.coarser(measure.step_deg)), known=cells)
        cmap = mapped(setup, room, tolerance=measure.tolerance, workers=1, progress=silent)
        rows.append(row_of(case, cmap, clearance_quantiles(setup, cmap, measure.clearance_step_deg)))
        if keep is not None:
            keep(case, cmap)
    return rows


def _voxels(study: Study, placed: Sequence[Placed]) -> list[Row]:
    room, rows = middle_one([setup for _, setup in placed]), []
    for case, setup in placed:
        assert case.half_edges_mm is not None
        isocentre_mm, tolerance = setup.isocentre_patient_mm, study.measure.tolerance
        angle = solid_angle_of_voxel(room, isocentre_mm, case.half_edges_mm, tolerance=tolerance)
        amounts = FULL_SPHERE_SR, angle.sr, angle.lower_sr, angle.upper_sr
        rows.append(answered(case, Answer(isocentre_mm, "sr", *amounts, warnings=setup.warnings)))
    return rows
