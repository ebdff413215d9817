"""Certified cells of two joints for many places of what slides on one of them, or for a box of such places.

With the joints of the table these are isocentres, and voxels of them.
"""

from __future__ import annotations

import numpy as np

from simulator.certify.all_places import AllPlaces, Floats
from simulator.certify.branch_and_bound import UNDECIDED, Cells, Weight, branch_and_bound
from simulator.certify.cell_proofs import refine
from simulator.certify.cells import FINEST
from simulator.certify.kernels.affine_bounds import AFFINE
from simulator.certify.kernels.convex_bounds import PLACES, QUADRATIC
from simulator.certify.kernels.sentinels import FAR_MM
from simulator.certify.kernels.witnesses import POINTS
from simulator.certify.place_proofs import SharedProof, Work
from simulator.certify.prover import MM_IN_DEG, Prover

LARGE = 3.0
"""Cells with longer sides, in degrees, are asked only whether they are decided for all places; smaller ones first.
That costs little beside the search that follows where they are not. Measured."""
BESIDE_A_BOX = 2.0
"""Cells are not divided whose sides, in degrees (see `Prover.sides`), are no longer than so many of the box's: beside
it, they tell little more. Measured on the shipped scenarios."""


def cells_at_places(
    prover: Prover,
    begun: AllPlaces,
    places_mm: Floats,
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
    begun : AllPlaces
        The cells of the two joints to begin with, of less than 180°, and what is decided of them for a box that holds
        all places.
    places_mm : ndarray, shape (m, 3)
        Values of the slides.
    demanded_mm : ndarray, shape (pairs,)
        The clearance that each pair must have.
    weight : callable
        What a cell of the two joints counts, ``weight(low, high)``: a function of one side times one of the other.
    tolerance : float
        Stop once the undecided rectangles weigh at most this at each place.
    most_cells : int
        Stop once as many cells have been looked at, beside the large ones.
    workers : int
        Number of threads. The cells do not depend on it.
    """
    begun = begun.within(prover, places_mm, demanded_mm, longest_deg=LARGE, workers=workers)
    left, problem = begun.left, SharedProof(prover, places_mm, demanded_mm, weight, begun.corners)
    cells, entries = len(left), len(left.cell)
    start = Work(
        low=left.low,
        high=left.high,
        undecided=np.repeat(weight(left.low, left.high)[:, None], len(places_mm), axis=1),
        cell=left.cell,
        row=left.row,
        hint=left.hint,
        status=np.full(cells, UNDECIDED, dtype=np.int8),
        pair=np.full(cells, -1, dtype=np.int16),
        from_low=left.low,
        from_high=left.high,
        affine=np.zeros((entries, AFFINE)),
        inner=np.full((entries, len(PLACES), QUADRATIC), FAR_MM),
        most=np.full(entries, FAR_MM),
        points=np.full((entries, len(PLACES), POINTS), np.nan),
    )
    waiting, _ = branch_and_bound(problem, start, tolerance=tolerance, most_cells=most_cells, workers=workers)
    return [Cells.joined([begun.decided, own]) for own in problem.cells(waiting)]


def cells_over_box(
    prover: Prover,
    begun: AllPlaces,
    box_mm: tuple[Floats, Floats],
    demanded_mm: Floats,
    *,
    weight: Weight,
    tolerance: float,
    most_cells: int,
    workers: int = 1,
) -> Cells:
    """Return cells that are each proven free, or proven not free, for every place in a box; or undecided.

    Parameters
    ----------
    begun : AllPlaces
        The cells of the two joints to begin with, and what is decided of them for a box that holds this one.
    box_mm : tuple of ndarray, each of shape (3,)
        The least and the greatest value of each slide.
    prover, demanded_mm, weight, tolerance, most_cells, workers
        As for `cells_at_places`.

    Raises
    ------
    ValueError
        If the box is not in that of what is decided.
    """
    begun.require_within(np.stack(box_mm))
    left = begun.left
    found = refine(
        prover,
        Cells.undecided(_beside(left.low, box_mm[0]), _beside(left.high, box_mm[1])),
        demanded_mm,
        weight=lambda below, above: weight(below[:, :2], above[:, :2]),
        tolerance=tolerance,
        finest=longest_beside(box_mm[1] - box_mm[0]),
        most_cells=most_cells,
        workers=workers,
        asked=left,
    )
    own = Cells(found.low[:, :2], found.high[:, :2], found.status, found.pair)
    return Cells.joined([begun.decided, own])


def longest_beside(sides_mm: Floats) -> float:
    """Return how long, in degrees, the sides of cells are left that are asked for a box of places of such sides."""
    return max(FINEST, BESIDE_A_BOX * MM_IN_DEG * float(sides_mm.max()))


def _beside(corners: Floats, of_box: Floats) -> Floats:
    """Return corners (n, 2) of cells with those of the box, shape (n, 5)."""
    return np.hstack([corners, np.broadcast_to(of_box, (len(corners), 3))])
