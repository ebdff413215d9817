"""Certified cells of two joints for many places of what slides on one of them: for many isocentres, or voxels."""

from __future__ import annotations

import numpy as np

from simulator.certify.branch_and_bound import UNDECIDED, Cells, Weight, branch_and_bound, every_pair
from simulator.certify.kernels.affine_bounds import AFFINE
from simulator.certify.kernels.convex_bounds import PLACES, QUADRATIC
from simulator.certify.kernels.sentinels import FAR_MM
from simulator.certify.kernels.witnesses import POINTS
from simulator.certify.place_proofs import Floats, Places, SharedProof, Work
from simulator.certify.prover import Prover


def cells_at_places(
    prover: Prover,
    low: Floats,
    high: Floats,
    places: Places,
    demanded_mm: Floats,
    *,
    weight: Weight,
    tolerance: float,
    most_cells: int,
    workers: int = 1,
) -> list[Cells]:
    """Return the certified cells of each place.

    Parameters
    ----------
    prover : Prover
        Of a scene that scans two joints and three slides.
    low, high : ndarray, shape (n, 2)
        The cells of the two joints to begin with, of less than 180°.
    places : Places
        Values of the slides.
    demanded_mm : ndarray, shape (pairs,)
        The clearance that each pair must have.
    weight : callable
        What a cell of the two joints counts, ``weight(low, high)``: a function of one side times one of the other.
    tolerance : float
        Stop once the undecided rectangles weigh at most this at each place.
    most_cells : int
        Stop once as many cells have been looked at.
    workers : int
        Number of threads. The cells do not depend on it.
    """
    problem = SharedProof(prover, places, demanded_mm, weight)
    pairs = len(prover.scene.pairs)
    start = Work(
        low=low,
        high=high,
        undecided=np.repeat(weight(low, high)[:, None], len(places), axis=1),
        status=np.full(len(low), UNDECIDED, dtype=np.int8),
        pair=np.full(len(low), -1, dtype=np.int16),
        from_low=low,
        from_high=high,
        affine=np.zeros((len(low) * pairs, AFFINE)),
        inner=np.full((len(low) * pairs, len(PLACES), QUADRATIC), FAR_MM),
        most=np.full(len(low) * pairs, FAR_MM),
        points=np.full((len(low) * pairs, len(PLACES), POINTS), np.nan),
        **every_pair(len(low), pairs),
    )
    waiting, _ = branch_and_bound(problem, start, tolerance=tolerance, most_cells=most_cells, workers=workers)
    return problem.cells(waiting)
