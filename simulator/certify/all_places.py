"""Cells of two joints that are decided for all places in a box, whatever joints slide: free, or one pair in the way.

What is proven for a box of places holds for every box within it. So large cells are asked once for a wide box, and
only what is open there, pairs that may be near with the triangles that were nearest, is asked in the boxes within.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from simulator.certify.branch_and_bound import FREE, NOT_FREE, UNDECIDED, Cells, WorkList, by_row, every_pair
from simulator.certify.kernels.sentinels import ROUNDING_MM
from simulator.certify.prover import Prover

PART = 256
"""Cells that one thread looks at before it takes others, whatever the number of threads."""
QUARTERS = ((False, False), (False, True), (True, False), (True, True))
"""Whether the upper half of each joint."""
Floats = NDArray[np.float64]


def box_around(places_mm: Floats) -> tuple[Floats, Floats]:
    """Return the middle (3,) and the reach (3,) of the box around places (m, 3)."""
    low, high = places_mm.min(axis=0), places_mm.max(axis=0)
    return (low + high) / 2, (high - low) / 2  # @box_of_places


def with_box(low: Floats, high: Floats, box_mm: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """Return the middle and the reach (n, 5) of cells (n, 2) with those of a box of places."""
    beside = (np.broadcast_to(each, (len(low), 3)) for each in box_mm)
    middle, reach = (np.hstack(each) for each in zip(((low + high) / 2, (high - low) / 2), beside, strict=True))
    return middle, reach


@dataclass(frozen=True, eq=False)
class AllPlaces:
    """What is decided of cells for all places in a box.

    Attributes
    ----------
    least_mm, greatest_mm : ndarray, shape (3,)
        The corners of the box.
    decided : Cells
        FREE or NOT_FREE, each for every place in the box.
    left : WorkList
        The other cells, with the pairs that are not proven apart there.
    """

    least_mm: Floats
    greatest_mm: Floats
    decided: Cells
    left: WorkList

    @classmethod
    def nothing(cls, prover: Prover, low: Floats, high: Floats) -> Self:
        """Return cells (n, 2) of which nothing is known, which holds in every box."""
        left = WorkList(
            low=low, high=high, undecided=np.ones((len(low), 1)), **every_pair(len(low), len(prover.scene.pairs))
        )
        return cls(np.full(3, -np.inf), np.full(3, np.inf), Cells.undecided(low[:0], high[:0]), left)

    @property
    def corners(self) -> tuple[Floats, Floats]:
        """The least and the greatest value (2,) of each joint."""
        low, high = (
            np.concatenate([getattr(each, name) for each in (self.decided, self.left)]) for name in ("low", "high")
        )
        return low.min(axis=0), high.max(axis=0)

    def require_within(self, places_mm: Floats) -> None:
        """Refuse places (m, 3) outside the box: nothing is proven of them.

        Raises
        ------
        ValueError
            If there is one.
        """
        if not ((self.least_mm <= places_mm) & (places_mm <= self.greatest_mm)).all():
            raise ValueError("places: must be in the box of which cells are decided")

    def within(
        self, prover: Prover, places_mm: Floats, demanded_mm: Floats, *, longest_deg: float, workers: int = 1
    ) -> AllPlaces:
        """Return what is decided for all places in a box within this one: each cell that is left is asked there.

        Parameters
        ----------
        prover : Prover
            Of a scene that scans two joints and three slides.
        places_mm : ndarray, shape (m, 3)
            The box is the one around them.
        demanded_mm : ndarray, shape (pairs,)
            The clearance that each pair must have.
        longest_deg : float
            Open cells are divided that have longer sides than that, in degrees (see `Prover.sides`).
        workers : int
            Number of threads. The cells do not depend on it.

        Raises
        ------
        ValueError
            If the box is not within this one.
        """
        self.require_within(places_mm)
        least_mm, greatest_mm = places_mm.min(axis=0), places_mm.max(axis=0)
        box_mm, decided = box_around(places_mm), [self.decided]
        left: list[WorkList] = []

        def quarters_of_large(cells: WorkList) -> WorkList:
            is_large = ((cells.high - cells.low) * prover.degrees[:2]).max(axis=1) > longest_deg
            left.append(cells.only(~is_large))
            return _quarters(cells.only(is_large))

        # Of the same box, nothing that is left has to be asked again at the size that it has.
        is_same = np.array_equal(least_mm, self.least_mm) and np.array_equal(greatest_mm, self.greatest_mm)
        waiting = quarters_of_large(self.left) if is_same else self.left
        with ThreadPoolExecutor(workers) as pool:
            while len(waiting):
                parts = waiting.split(np.minimum(np.arange(0, len(waiting) + PART, PART), len(waiting)))
                judged = list(pool.map(lambda part: _judged(prover, box_mm, demanded_mm, part), parts))
                decided += [cells for cells, _ in judged]
                waiting = quarters_of_large(waiting.joined([cells for _, cells in judged]))
        return AllPlaces(least_mm, greatest_mm, Cells.joined(decided), waiting.joined([*left, waiting]))


def _judged(
    prover: Prover, box_mm: tuple[Floats, Floats], demanded_mm: Floats, cells: WorkList
) -> tuple[Cells, WorkList]:
    """Return the cells that are decided for a whole box, and all others with the pairs that may be near."""
    middle, reach = with_box(cells.low, cells.high, box_mm)
    status, pair = np.full(len(cells), FREE, dtype=np.int8), np.full(len(cells), -1, dtype=np.int16)
    hint, demanded = cells.hint.copy(), demanded_mm[cells.row]
    is_near = np.zeros(len(cells.row), dtype=bool)
    for row, at in by_row(cells.row):
        where, keeps = cells.cell[at], demanded[at]
        found = prover.bounds(row, middle[where], reach[where], keeps + ROUNDING_MM, keeps, hint[at])
        hint[at], is_near[at] = found.witness, found.least < keeps + ROUNDING_MM
        blocked = where[found.most <= keeps - ROUNDING_MM]
        status[blocked], pair[blocked] = NOT_FREE, row
    status[cells.cell[is_near & (status[cells.cell] == FREE)]] = UNDECIDED
    is_open = status == UNDECIDED
    decided = Cells(cells.low, cells.high, status, pair).only(~is_open)
    return decided, replace(cells, hint=hint).only(is_open, is_near)


def _quarters(cells: WorkList) -> WorkList:
    half = (cells.low + cells.high) / 2
    return cells.joined(
        [
            replace(cells, low=np.where(upper, half, cells.low), high=np.where(upper, cells.high, half))
            for upper in QUARTERS
        ]
    )
