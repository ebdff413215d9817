"""From a setup to its collision map."""

from __future__ import annotations

import json

import numpy as np

from simulator.certify.arcs import free_arcs
from simulator.collision.contact import Status
from simulator.errors import SimulatorError, unknown
from simulator.geometry.positions import rotation_top_patient
from simulator.maps.certified import certified, clearances, require_agreement
from simulator.maps.collision_map import CollisionMap
from simulator.maps.dataset import make_dataset
from simulator.maps.pool import evaluate, grid_poses, worker_count
from simulator.maps.progress import Progress, shown
from simulator.maps.provenance import DISCLAIMER, provenance
from simulator.maps.sampled_arcs import sampled_arcs
from simulator.setup.setup import SCAN, Setup

METHODS = ("certified", "sampled")
TOLERANCE = 0.002


def collision_map(
    setup: Setup,
    *,
    method: str = "certified",
    tolerance: float = TOLERANCE,
    clearance: bool = False,
    workers: int | None = None,
    progress: Progress | None = None,
) -> CollisionMap:
    """Return the collision map of a setup over its grid.

    Parameters
    ----------
    setup : Setup
        What is placed in the room, and the grid.
    method : {"certified", "sampled"}
        Whether to prove what holds between the poses of the grid, too: cells, and free arcs to 0.01°.
    tolerance : float
        The proven bounds of the solid angle are to be no further apart than this share of 4π.
    clearance : bool
        Also measure the least distance at every pose, to 1 mm.
    workers : int, optional
        Number of processes and threads, all cores if not given. The map does not depend on it.
    progress : callable, optional
        Called as ``progress(done, total)`` with numbers of poses; a pose is done when it is checked, and once more
        when what surrounds it is proven. If not given, a bar is shown where standard error is a terminal, and
        nothing elsewhere.

    Returns
    -------
    CollisionMap

    Raises
    ------
    SimulatorError
        If there is no such method, or the tolerance is no share.
    ContradictionError
        If a proof contradicts FCL: a defect of this program.
    """
    if method not in METHODS:
        raise unknown("method", method, METHODS)
    if not 0 < tolerance <= 1:
        raise SimulatorError(f"tolerance: must be a share of 4π above 0 and at most 1, was {tolerance:g}")
    gantry, couch = setup.grid.gantry_deg, setup.grid.couch_deg
    gantry_deg, couch_deg, full_turn = gantry.values_deg(), couch.values_deg(), gantry.is_full_turn
    shape = (len(couch_deg), len(gantry_deg))
    poses_deg = grid_poses(gantry_deg, couch_deg)
    with shown(progress, "map") as told:
        count, phases = len(poses_deg), 2 if method == "certified" else 1
        statuses = evaluate(setup.checker, poses_deg, workers=workers, progress=_phase(told, 0, count, phases))
        pair_status = statuses.reshape(-1, *shape).swapaxes(1, 2)
        is_free = (pair_status == Status.FREE).all(axis=0)
        if method == "certified":
            in_the_way = (pair_status != Status.FREE).any(axis=(1, 2))
            cells = certified(setup, tolerance, in_the_way, workers=workers, progress=_phase(told, 1, count, phases))
            require_agreement(cells, gantry_deg, couch_deg, is_free)
            threads = worker_count(workers)
            arcs = free_arcs(setup.prover, setup.checker, 0, gantry, couch_deg, known=cells, workers=threads)
        else:
            cells = None
            arcs = sampled_arcs(setup.checker, is_free, gantry, couch_deg)
    clearance_mm = None
    if clearance:
        clearance_mm = np.zeros(len(poses_deg))
        apart = statuses.max(axis=0, initial=0) != Status.COLLIDING
        clearance_mm[apart] = clearances(setup, poses_deg[apart], workers)
    made_by = provenance(setup, method=method, tolerance=tolerance if method == "certified" else None)
    dataset = make_dataset(
        gantry_deg=gantry_deg,
        couch_deg=couch_deg,
        edges_deg=(gantry.edges_deg(), couch.edges_deg()),
        pair_names=[pair.name for pair in setup.scene.pairs],
        pair_status=pair_status,
        clearance_mm=None if clearance_mm is None else clearance_mm.reshape(shape).T,
        arcs=arcs,
        cells=cells,
        support_top_rotation=setup.R_support_top,
        top_patient_rotation=rotation_top_patient(setup.position),
        attributes={
            "name": setup.name,
            "method": method,
            "axes": " ".join(SCAN),
            "gantry_full_turn": int(full_turn),
            "provenance": json.dumps(made_by, ensure_ascii=False),
            "disclaimer": DISCLAIMER,
        },
    )
    return CollisionMap(dataset)


def _phase(progress: Progress | None, phase: int, count: int, phases: int) -> Progress | None:
    """Return a callback for one of several phases of ``count`` steps each."""
    if progress is None:
        return None
    return lambda done, total: progress(phase * count + count * done // total, phases * count)
