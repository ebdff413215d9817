"""From a setup to its collision map."""

from __future__ import annotations

import json
from concurrent.futures import Executor

import numpy as np
from numpy.typing import NDArray

from simulator.arguments import checked
from simulator.certify.arcs import Arcs, free_arcs
from simulator.certify.branch_and_bound import Cells
from simulator.collision.contact import Status
from simulator.errors import SimulatorError, unknown
from simulator.geometry.positions import rotation_top_patient
from simulator.maps.arm.arm_map import arm_map
from simulator.maps.certified import Swept, certified, clearances, require_agreement
from simulator.maps.collision_map import CollisionMap
from simulator.maps.dataset import Findings, make_dataset
from simulator.maps.helpers import require_submits, worker_count
from simulator.maps.inner_borders import inner_borders
from simulator.maps.judged import JUDGES, judged
from simulator.maps.progress import Progress, shown
from simulator.maps.provenance import provenance
from simulator.maps.sampled_arcs import sampled_arcs
from simulator.scenario.sweep import Sweep
from simulator.setup.setup import Setup

VOLUME = 3
"""So many axes that slide."""
METHODS = ("certified", "sampled")
TOLERANCE, OF_VOLUMES = 0.002, 0.02
"""Distance of the bounds where nobody says; of three axes and more that slide, whose bounds cost more."""


@checked
def collision_map(
    setup: Setup,
    *,
    sweep: Sweep | None = None,
    method: str = "certified",
    tolerance: float | None = None,
    judge: str = "proven",
    clearance: bool = False,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> CollisionMap:
    """Return the collision map of a setup over a sweep of its joints.

    Parameters
    ----------
    setup : Setup
        What is placed in the room.
    sweep : Sweep, optional
        The joints that are swept, and in which steps; the setup's own if not given.
    method : {"certified", "sampled"}
        Whether to prove what holds between the poses of the sweep, too: cells, and free arcs to 0.01°.
    tolerance : float, optional
        The proven bounds of the solid angle are to be no further apart than this share of 4π; those of a free extent
        (`simulator.maps.free_extent`) than this share of all that there is. If not given, 0.002; of a volume 0.02.
    judge : {"proven", "all"}
        Whether FCL is asked only of the pairs and poses that are not proven apart, and of one in a hundred of those
        that are; or of all. The statuses are the same to the byte, and the provenance counts what was asked. Of an
        arm all are.
    clearance : bool
        Also measure the least distance at every pose, to 1 mm.
    workers : int, optional
        Number of processes and threads, all cores if not given. The map does not depend on it.
    executor : concurrent.futures.Executor, optional
        What checks the poses, in place of processes of this machine: a Dask client's, say.
    progress : callable, optional
        Called as ``progress(done, total)`` with numbers of poses; a pose is done when its pairs are proven apart, as
        far as they are, once more when it is checked, and once more when what surrounds it is proven. If not given, a
        bar is shown where standard error is a terminal, and nothing elsewhere.

    Returns
    -------
    CollisionMap
        With certified cells, if they were asked for.

    Raises
    ------
    SimulatorError
        If there is no such method or judge, the tolerance is no share, or the joints cannot be swept like that.
    ContradictionError
        If a proof contradicts FCL: a defect of this program.

    Examples
    --------
    >>> import simulator as sim
    >>> setup = sim.load_setup("brain")
    >>> sweep = sim.Sweep(gantry=(-180, 180, 10), couch=(-90, 90, 10))
    >>> cmap = sim.collision_map(setup, sweep=sweep, tolerance=0.05)
    >>> cmap.status.shape, cmap.pairs[0]
    ((36, 19), 'head cover – patient trunk')
    """
    if method not in METHODS:
        raise unknown("method", method, METHODS)
    if judge not in JUDGES:
        raise unknown("judge", judge, JUDGES)
    if tolerance is not None and not 0 < tolerance <= 1:
        raise SimulatorError(f"tolerance: must be a share of 4π above 0 and at most 1, was {tolerance:g}")
    require_submits(executor)
    sweep = setup.sweep if sweep is None else setup.on_scale(sweep)
    tolerance = usual_tolerance(sweep) if tolerance is None else tolerance
    if setup.machine.arm is not None:
        with shown(progress, "map") as told:
            dataset = arm_map(
                setup,
                sweep,
                tolerance=tolerance if method == "certified" else None,
                clearance=clearance,
                workers=workers,
                executor=executor,
                progress=(_phase(told, 0, 1000, 2), _phase(told, 1, 1000, 2)),
            )
        return CollisionMap(dataset)
    return mapped(
        setup,
        Swept.of(setup, sweep),
        method=method,
        tolerance=tolerance,
        judge=judge,
        clearance=clearance,
        workers=workers,
        executor=executor,
        progress=progress,
    )


def mapped(
    setup: Setup,
    room: Swept,
    *,
    method: str = "certified",
    tolerance: float,
    judge: str = "proven",
    clearance: bool = False,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> CollisionMap:
    """Return the collision map of a set-up over a sweep: cells that the room knows already are judged, not searched.

    Parameters and errors are those of `collision_map`.
    """
    poses, shape = room.sweep.poses(), room.sweep.shape
    with shown(progress, "map") as told:
        phases = _phases(told, len(poses), apart=judge == "proven", certified=method == "certified")
        found = judged(room, judge, workers=workers, executor=executor, progress=phases[:2])
        statuses, pair_status = found.statuses, found.statuses.reshape(-1, *shape)
        is_free, cells, named = np.asarray(~pair_status.any(axis=0)), None, None
        if method == "certified":
            in_the_way = np.asarray(statuses.any(axis=1))
            cells = certified(room, tolerance, in_the_way, workers=workers, progress=phases[2])
            require_agreement(cells, room.sweep, is_free)
            named = inner_borders(room, pair_status, tolerance=tolerance, workers=workers)
        lines, arcs = _arcs(room, is_free, cells, workers)
    clearance_mm = None
    if clearance:
        clearance_mm = np.zeros(len(poses))
        apart = statuses.max(axis=0, initial=0) != Status.COLLIDING
        clearance_mm[apart] = clearances(room, poses[apart], workers)
        clearance_mm = clearance_mm.reshape(shape)
    allowed = tolerance if method == "certified" else None
    made_by = provenance(setup, room.sweep, method=method, tolerance=allowed, judged=found.told())
    attributes = {"name": setup.name, "method": method, "provenance": json.dumps(made_by, ensure_ascii=False)}
    if (circle := setup.circle_of(room.sweep)) is not None:
        attributes["circle"] = json.dumps(circle.attributes())
    dataset = make_dataset(
        room.sweep,
        Findings(
            [pair.name for pair in setup.scene.pairs], pair_status, clearance_mm, lines, arcs, cells, named=named
        ),
        room.aim,
        rotation_top_patient(setup.position),
        attributes,
    )
    return CollisionMap(dataset)


def usual_tolerance(sweep: Sweep) -> float:
    """Return how near the bounds of a map are to each other where nobody says."""
    return TOLERANCE if len(sweep.counted) < VOLUME else OF_VOLUMES


def _arcs(
    room: Swept, is_free: NDArray[np.bool_], cells: Cells | None, workers: int | None
) -> tuple[NDArray[np.float64], Arcs]:
    """Return lines (n, k) along the joint nearest the beam, one for all values of the others, and their free arcs."""
    moving = room.moving
    axis, others = room.sweep.axes[moving], [a.values() for at, a in enumerate(room.sweep) if at != moving]
    lines = np.stack([each.ravel() for each in np.meshgrid(*others, indexing="ij")] or [np.zeros(1)], axis=1)
    lines = np.insert(lines if others else np.empty((1, 0)), moving, axis.start, axis=1)
    if cells is None:
        along = np.moveaxis(is_free, moving, 0).reshape(axis.size, -1)
        return lines, sampled_arcs(room.checker, along, moving, axis, lines)
    threads = worker_count(workers)
    return lines, free_arcs(room.prover, room.checker, moving, axis, lines, known=cells, workers=threads)


def _phases(
    progress: Progress | None, count: int, *, apart: bool, certified: bool
) -> tuple[Progress | None, Progress | None, Progress | None]:
    """Return callbacks for what is proven apart, for FCL's poses, and for cells, each as much of the whole."""
    phases = apart + 1 + certified
    cells = _phase(progress, phases - 1, count, phases)
    return _phase(progress, 0, count, phases), _phase(progress, int(apart), count, phases), cells


def _phase(progress: Progress | None, phase: int, count: int, phases: int) -> Progress | None:
    """Return a callback for one of several phases of ``count`` steps each."""
    if progress is None:
        return None
    return lambda done, total: progress(phase * count + count * done // total, phases * count)
