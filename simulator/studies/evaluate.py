"""What a worker does with one chunk of a study: cases in, rows out."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence

from simulator.errors import SimulatorError
from simulator.maps.collision_map import CollisionMap
from simulator.maps.compute import collision_map
from simulator.models.mesh_files import MeshWarning
from simulator.models.shared import Shared
from simulator.scenario.scenario import Scenario
from simulator.scenario.study import Study
from simulator.setup.isocentres import NOT_TOGETHER
from simulator.setup.loading import load_setup
from simulator.setup.setup import Setup
from simulator.studies.base import base_scenario, scenario_of
from simulator.studies.case import Case
from simulator.studies.clearances import clearance_quantiles, silent
from simulator.studies.neighbours import are_neighbours, rows_of_lattice
from simulator.studies.rows import INDEX, NOT_PLACED, Row, row_of, unanswered

Keep = Callable[[Case, CollisionMap], None]


def evaluated(
    study: Study,
    cases: Sequence[Case],
    *,
    shared: Shared | None = None,
    base: Scenario | None = None,
    keep: Keep | None = None,
) -> list[Row]:
    """Return the rows of some cases: one by one, or of a lattice together.

    Everything runs in this thread alone, and a case that cannot be placed or mapped is a row with its reason.

    Parameters
    ----------
    study : Study
        Whose cases they are.
    cases : sequence of Case
        Of one chunk.
    shared : Shared, optional
        Models of earlier chunks: what was made of their meshes is not made again.
    base : Scenario, optional
        That of the study; read if not given.
    keep : callable, optional
        Called with each case and its map.

    Raises
    ------
    SimulatorError
        If the scenario of the study cannot be read.
    ContradictionError
        If a proof contradicts FCL: a defect of this program.
    """
    base = base_scenario(study) if base is None else base
    shared = Shared() if shared is None else shared
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MeshWarning)  # the rows have them
        placed, rows = _placed(base, cases, shared)
        if are_neighbours(placed):
            rows += rows_of_lattice(study, placed, keep)
        else:
            rows += [_row(study, base, case, setup, keep) for case, setup in placed]
        return sorted(rows, key=lambda row: row[INDEX])  # type: ignore[arg-type, return-value]  # a number


def _row(study: Study, base: Scenario, case: Case, setup: Setup, keep: Keep | None) -> Row:
    try:
        if case.half_edges_mm is not None:
            raise SimulatorError(f"proof: must be 'points' here: {NOT_TOGETHER}")
        cmap = measured(study, setup)
        row = row_of(case, cmap, clearance_quantiles(setup, cmap, study.measure.clearance_step_deg))
    except SimulatorError as error:
        return unanswered(case, NOT_PLACED, reason_of(error, base))
    if keep is not None:
        keep(case, cmap)
    return row


def measured(study: Study, setup: Setup) -> CollisionMap:
    """Return the map of a set-up as a study measures it."""
    sweep, tolerance = setup.sweep.coarser(study.measure.step_deg), study.measure.tolerance
    return collision_map(setup, sweep=sweep, tolerance=tolerance, workers=1, progress=silent)


def reason_of(error: SimulatorError, base: Scenario) -> str:
    """Return why a case has no answer, in one line; where its scenario lies says nothing."""
    return "; ".join(line.removeprefix(f"{base.origin}: ") for line in str(error).splitlines())


def _placed(base: Scenario, cases: Sequence[Case], shared: Shared) -> tuple[list[tuple[Case, Setup]], list[Row]]:
    """Return cases with their set-ups, and the rows of those that have none."""
    placed, rows = [], []
    for case in cases:
        try:
            placed.append((case, load_setup(scenario_of(base, case), shared=shared)))
        except SimulatorError as error:
            rows.append(unanswered(case, NOT_PLACED, reason_of(error, base)))
    return placed, rows
