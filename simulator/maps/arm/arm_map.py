"""From a set-up with an arm to its map: a direction is free if the arm can aim from there in any way."""

from __future__ import annotations

import json
from concurrent.futures import Executor
from dataclasses import asdict
from functools import partial

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from simulator.certify.arcs import Arcs
from simulator.certify.branch_and_bound import Cells, Progress, branch_and_bound
from simulator.certify.cells import start_cells
from simulator.collision.contact import Status
from simulator.directions.chart import TwoAxisChart
from simulator.directions.crossed_axes import FULL_SPHERE_SR
from simulator.errors import SimulatorError
from simulator.geometry.positions import rotation_top_patient
from simulator.maps.arm.search import Directions, start_work
from simulator.maps.certified import require_agreement
from simulator.maps.dataset import Findings, make_dataset
from simulator.maps.helpers import worker_count
from simulator.maps.pool import evaluate
from simulator.maps.provenance import provenance
from simulator.models.arm import AZIMUTH, DISTANCE, POLAR, ROLL
from simulator.scenario.sweep import Sweep
from simulator.setup.arm_options import Found, Options, best_of
from simulator.setup.arm_room import OUT_OF_REACH, ArmRoom
from simulator.setup.engines import prover_of
from simulator.setup.setup import Setup

MOST_CELLS = 8_000
"""Cells of directions that are looked at: a few minutes."""


def arm_map(
    setup: Setup,
    sweep: Sweep,
    *,
    tolerance: float | None,
    clearance: bool,
    most_cells: int = MOST_CELLS,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: tuple[Progress | None, Progress | None] = (None, None),
) -> xr.Dataset:
    """Return the dataset of the map of a set-up with an arm.

    Parameters
    ----------
    setup : Setup
        Whose machine has an arm.
    sweep : Sweep
        Of azimuth and polar angle, on their scales.
    tolerance : float, optional
        Asked distance of the proven bounds, as a share of 4π; nothing is proven if not given.
    clearance : bool
        Whether to measure the least distance, of the way that is found to aim from a direction.
    most_cells : int
        Stop once as many cells have been looked at.
    workers, executor
        As for `simulator.maps.compute.collision_map`.
    progress : tuple of two callables, optional
        For poses and for proofs.

    Raises
    ------
    SimulatorError
        If the sweep is of other joints.
    ContradictionError
        If a proof contradicts FCL.
    """
    room, sweep, over = setup.arm_room, _of_directions(sweep), sweep
    aim = setup.aim_of(sweep)
    assert room is not None and aim is not None
    options = Options.of(room.arm, over)
    columns = [sweep.joints.index(joint) for joint in (AZIMUTH, POLAR)]
    judge = partial(evaluate, workers=workers, executor=executor)
    found = best_of(room, sweep.poses()[:, columns], options, judge, progress[0])
    pair_status = _with_reach(found).reshape(-1, *sweep.shape)
    cells = None
    if tolerance is not None:
        edges = [aim.chart.outer_edges(*sweep[AZIMUTH].extent), aim.chart.inner_edges(*sweep[POLAR].extent)]
        cells = certified_directions(
            room, aim.chart, edges, options, tolerance, most_cells, worker_count(workers), progress[1]
        )
        cells = Cells(cells.low[:, columns], cells.high[:, columns], cells.status, cells.pair)
        require_agreement(cells, sweep, np.asarray(~pair_status.any(axis=0)))
    clearance_mm = _clearances(room, found).reshape(sweep.shape) if clearance else None
    method = "sampled" if tolerance is None else "certified"
    made_by = provenance(setup, sweep, method=method, tolerance=tolerance)
    made_by = {**made_by, "over": _over(options), "arm": {"branches": "any", **asdict(options)}}
    stands = dict(zip(room.arm.joints, found.q_deg.T.reshape(-1, *sweep.shape), strict=True))
    names = [*(pair.name for pair in room.scene.pairs), OUT_OF_REACH]
    return make_dataset(
        sweep,
        Findings(names, pair_status, clearance_mm, np.zeros((1, 2)), _no_arcs(), cells, stands),
        aim,
        rotation_top_patient(setup.position),
        {"name": setup.name, "method": method, "provenance": json.dumps(made_by, ensure_ascii=False)},
    )


def _of_directions(sweep: Sweep) -> Sweep:
    """Return the two axes of a sweep that give directions; the others say what the arm may choose.

    Raises
    ------
    SimulatorError
        If these are not the joints of a beam, or say something else of their values.
    """
    wrong = [axis.field for axis in sweep if axis.over != {DISTANCE: "any", ROLL: "any"}.get(axis.joint)]
    directions = [axis for axis in sweep if axis.over is None]
    if wrong or {axis.joint for axis in directions} != {AZIMUTH, POLAR}:
        raise SimulatorError(
            f"grid: of a machine with an arm {AZIMUTH}_deg and {POLAR}_deg are swept, and {DISTANCE}_mm and "
            f"{ROLL}_deg over = 'any'; was {sweep}"
        )
    return Sweep(*directions)


def certified_directions(
    room: ArmRoom,
    chart: TwoAxisChart,
    edges: list[NDArray[np.float64]],
    options: Options,
    tolerance: float,
    most_cells: int = MOST_CELLS,
    workers: int = 1,
    progress: Progress | None = None,
) -> Cells:
    """Return cells of azimuth and polar angle, proven free, proven not free, or undecided.

    Parameters
    ----------
    room : ArmRoom
        The room.
    chart : TwoAxisChart
        For the solid angle of cells.
    edges : list of two ndarrays
        Of the cells to begin with, azimuth and polar angle in degrees.
    options : Options
        What is tried for what is free; what is not free is so whatever is tried.
    tolerance : float
        Stop once the undecided cells are at most this share of 4π.
    most_cells : int
        Stop once as many cells have been looked at.
    workers : int
        Number of threads. The cells do not depend on it.
    progress : callable, optional
        See `branch_and_bound`.
    """

    def weight(low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.float64]:
        return chart.area_sr(low[:, ::-1], high[:, ::-1])

    problem = Directions(room, options, weight, workers)
    undecided, _ = branch_and_bound(
        problem,
        start_work(options, *start_cells(edges), weight),
        tolerance=tolerance * FULL_SPHERE_SR,
        most_cells=most_cells,
        workers=workers,
        progress=progress,
    )
    return problem.cells(undecided)


def _with_reach(found: Found) -> NDArray[np.int8]:
    """Return statuses (pairs + 1, n): the last row says where the arm is out of reach."""
    out = np.where(found.is_reached, Status.FREE, Status.COLLIDING).astype(np.int8)
    return np.concatenate([found.status, out[None]])


def _clearances(room: ArmRoom, found: Found) -> NDArray[np.float64]:
    """Return the clearance (n,) in mm of the ways found, to 1 mm; 0 where they collide or there is none."""
    clearance_mm = np.zeros(len(found.branch))
    apart = found.is_reached & (found.status.max(axis=0, initial=0) != Status.COLLIDING)
    prover = prover_of(room.scene, room.arm.joints)
    clearance_mm[apart] = prover.clearance_mm(found.q_deg[apart], room.scene.clearance_pairs)[0]
    return clearance_mm


def _over(options: Options) -> dict[str, dict[str, object]]:
    """Return what else than the direction may have any value, as a map that was reduced to two axes has it."""
    return {
        f"{DISTANCE}_mm": _any(options.distances_mm, options.distance_extent_mm),
        f"{ROLL}_deg": _any(options.rolls_deg, options.roll_extent_deg),
    }


def _any(values: tuple[float, ...], extent: tuple[float, float]) -> dict[str, object]:
    low, *others = sorted(values)
    step = others[0] - low if others else 1.0
    return {"start": extent[0], "stop": extent[1], "step": step, "over": "any"}


def _no_arcs() -> Arcs:
    """Return none: from one free direction to the next the arm may have to go another way."""
    return Arcs(np.empty(0, dtype=np.intp), *np.empty((2, 0)), *np.empty((2, 0), dtype=np.int16))
