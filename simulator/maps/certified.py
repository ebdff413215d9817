"""Certified cells beside a sampled map: proofs for all poses, and FCL as the judge of those of the grid."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.certify.branch_and_bound import FREE, NOT_FREE, Cells
from simulator.certify.cells import certified_cells, divided
from simulator.maps.pool import worker_count
from simulator.maps.progress import Progress
from simulator.setup.setup import Setup

MOST_DOUBTS = 50_000
"""Cells looked at to find out whether a pair is in the way between the poses: a few seconds at most."""
CHUNK = 8192
"""Poses that a thread measures at a time; the clearances do not depend on the number of threads."""


class ContradictionError(RuntimeError):
    """A proof and FCL disagree about a pose: a defect of this program, and nothing that it says can be relied on."""


def certified(
    setup: Setup,
    tolerance: float,
    in_the_way: NDArray[np.bool_],
    *,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Cells:
    """Return the certified cells of a setup's gantry × couch rectangle.

    Parameters
    ----------
    setup : Setup
        What is placed in the room, and the grid.
    tolerance : float
        As for `certified_cells`.
    in_the_way : ndarray of bool, shape (pairs,)
        Which pairs are in the way at a pose of the grid. What others leave undecided is divided further than the
        tolerance asks for: a pair may be in the way only between the poses, and should not be named if it is not.
    workers, progress
        As for `collision_map`.
    """
    gantry, couch = setup.grid.gantry_deg, setup.grid.couch_deg
    cells = certified_cells(
        setup.prover,
        (gantry.start, gantry.stop),
        (couch.start, couch.stop),
        tolerance=tolerance,
        workers=worker_count(workers),
        progress=progress,
    )
    known = np.append(in_the_way, True)  # index -1: a cell that is free
    known[cells.pair[cells.status == NOT_FREE]] = True
    doubtful = ~known[cells.pair[:, 0]]
    if not doubtful.any():
        return cells
    decided = divided(setup.prover, cells.only(doubtful), most_cells=MOST_DOUBTS, workers=worker_count(workers))
    return Cells.joined([cells.only(~doubtful), decided])


def require_agreement(
    cells: Cells, gantry_deg: NDArray[np.float64], couch_deg: NDArray[np.float64], is_free: NDArray[np.bool_]
) -> None:
    """Check every cell against every pose of a grid that lies in it.

    Parameters
    ----------
    cells : Cells
        Of the rectangle.
    gantry_deg, couch_deg : ndarray, shapes (n,) and (m,)
        The grid, ascending.
    is_free : ndarray of bool, shape (n, m)
        What FCL says.

    Raises
    ------
    ContradictionError
        If a cell says otherwise.
    """
    first_g, last_g = _held(cells, 0, gantry_deg)
    first_c, last_c = _held(cells, 1, couch_deg)
    for status, wrong in ((FREE, ~is_free), (NOT_FREE, is_free)):
        # Number of wrong poses in every rectangle of the grid, from sums over the rectangles at its corner.
        sums = np.zeros((is_free.shape[0] + 1, is_free.shape[1] + 1), dtype=np.int64)
        sums[1:, 1:] = wrong.cumsum(axis=0).cumsum(axis=1)
        within = sums[last_g, last_c] - sums[first_g, last_c] - sums[last_g, first_c] + sums[first_g, first_c]
        bad = np.flatnonzero((cells.status[:, 0] == status) & (within > 0))
        if len(bad):
            low, high = cells.low[bad[0]], cells.high[bad[0]]
            raise ContradictionError(
                f"gantry {low[0]:g} to {high[0]:g}°, couch {low[1]:g} to {high[1]:g}° is proven "
                f"{'free' if status == FREE else 'not free'}, and FCL disagrees at a pose in it. This is a defect of "
                "the program: please report it with the scenario, and do not rely on any result"
            )


def _held(cells: Cells, axis: int, values: NDArray[np.float64]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the first value of a grid in each cell, and the first beyond it."""
    return np.searchsorted(values, cells.low[:, axis]), np.searchsorted(values, cells.high[:, axis], side="right")


def clearances(setup: Setup, poses_deg: NDArray[np.float64], workers: int | None = None) -> NDArray[np.float64]:
    """Return the clearance (n,) at poses (n, 2) in mm: at most what it is, and at most 1 mm less."""
    from concurrent.futures import ThreadPoolExecutor

    parts = [poses_deg[start : start + CHUNK] for start in range(0, len(poses_deg), CHUNK)]
    rows = setup.scene.clearance_pairs
    with ThreadPoolExecutor(worker_count(workers)) as pool:
        found = list(pool.map(lambda part: setup.prover.clearance_mm(part, rows)[0], parts))
    return np.concatenate([np.empty(0), *found])
