"""Rows of isocentres that are near each other in one patient: one search for all of them.

The row of a point is that of its own `collision_map`: which pairs are in the way at the poses of its sweep, and cells
of that isocentre, with bounds as near to each other as asked. How they were found is shared, no map is made that
nobody keeps, and FCL judges a share of the proofs at each isocentre. The row of a voxel has bounds that hold for
every isocentre in it, and nothing of a map: nothing else is the same all over it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from simulator.directions.crossed_axes import FULL_SPHERE_SR
from simulator.maps.certified import Swept
from simulator.maps.collision_map import CollisionMap
from simulator.maps.compute import mapped
from simulator.maps.isocentres import REGION_MM, WIDEST_MM, SharedRoom, blocks, solid_angles_of_voxels
from simulator.maps.measured import Measured, Region, measured_together
from simulator.scenario.study import Study
from simulator.setup.isocentres import can_share, is_same_room, middle_one
from simulator.setup.setup import Setup
from simulator.studies.case import Case
from simulator.studies.clearances import clearance_quantiles_together, silent
from simulator.studies.rows import Answer, Row, answered, costliest

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
    """Return the rows of points: those of a block share every search, and nothing is searched for a row alone."""
    setups = [setup for _, setup in placed]
    middle, measure = middle_one(setups), study.measure
    shared, swept = SharedRoom.of(middle), Swept.of(middle, middle.sweep.coarser(measure.step_deg))
    at = shared.motion.position_mm([setup.isocentre_patient_mm for setup in setups])
    coarse = replace(swept, sweep=middle.sweep.coarser(measure.clearance_step_deg))
    rows: dict[int, Row] = {}
    for part in blocks(at, REGION_MM):
        region = Region.of(shared, at[part], swept.sweep)
        for block in (part[within] for within in blocks(at[part], WIDEST_MM)):
            rooms = [swept.on(setups[each].scene) for each in block]
            found = measured_together(shared, region, at[block], rooms, tolerance=measure.tolerance)
            cells = [each.cells for each in found]
            clearances_mm = clearance_quantiles_together(coarse, shared.prover, at[block], cells)
            for each, one, quantiles in zip(block.tolist(), found, clearances_mm, strict=True):
                case, setup = placed[each]
                rows[each] = answered(case, _answer(setup, one, quantiles))
                if keep is not None:
                    keep(case, mapped(setup, one.room, tolerance=measure.tolerance, workers=1, progress=silent))
    return [rows[each] for each in range(len(placed))]


def _answer(setup: Setup, found: Measured, clearances_mm: tuple[float, ...] | None) -> Answer:
    """Return what `Answer.of` a map of the isocentre would be."""
    x, y, z = (round(value, 6) for value in setup.isocentre_patient_mm)
    angle = found.solid_angle()
    return Answer(
        (x, y, z),
        "sr",
        FULL_SPHERE_SR,
        *(angle.sr, angle.lower_sr, angle.upper_sr),
        found.reachable_sr(setup),
        costliest(found.pair_costs(), "sr"),
        clearances_mm,
        setup.warnings,
    )


def _voxels(study: Study, placed: Sequence[Placed]) -> list[Row]:
    setups = [setup for _, setup in placed]
    middles, half_edges_mm = [setup.isocentre_patient_mm for setup in setups], placed[0][0].half_edges_mm
    assert half_edges_mm is not None
    tolerance = study.measure.tolerance
    angles = solid_angles_of_voxels(middle_one(setups), middles, half_edges_mm, tolerance=tolerance)
    rows = []
    for (case, setup), isocentre_mm, angle in zip(placed, middles, angles, strict=True):
        amounts = FULL_SPHERE_SR, angle.sr, angle.lower_sr, angle.upper_sr
        rows.append(answered(case, Answer(isocentre_mm, "sr", *amounts, warnings=setup.warnings)))
    return rows
