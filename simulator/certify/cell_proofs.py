"""Cells of poses, divided until each is proven free or not, or small enough to be left undecided.

A pair proven apart over a cell is apart over all that the cell is divided into, and is not asked again there; a cell
proven not free by any one pair is done.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from simulator.certify.branch_and_bound import (
    FREE,
    NOT_FREE,
    UNDECIDED,
    Cells,
    Progress,
    Weight,
    WorkList,
    branch_and_bound,
    by_row,
    every_pair,
)
from simulator.certify.kernels.sentinels import ROUNDING_MM
from simulator.certify.prover import Prover

LeftOpen: TypeAlias = Callable[[Cells, NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]]


@dataclass(frozen=True, eq=False, kw_only=True)
class _Work(WorkList):
    """Cells with what is proven of them and of their pairs.

    Attributes
    ----------
    status, pair
        As in `Cells`; but only what is NOT_FREE has a pair.
    of : ndarray of int, shape (n,)
        Which of the boxes to begin with a cell is a part of.
    least_mm : ndarray, shape (e,)
        How far a pair is proven to be apart.
    """

    PER_ENTRY = WorkList.PER_ENTRY | {"least_mm"}

    status: NDArray[np.int8]
    pair: NDArray[np.int16]
    of: NDArray[np.intp]
    least_mm: NDArray[np.float64]


def refine(
    prover: Prover,
    cells: Cells,
    demanded_mm: NDArray[np.float64],
    *,
    weight: Weight,
    tolerance: float,
    finest: float,
    most_cells: int,
    first_only: bool = False,
    workers: int = 1,
    progress: Progress | None = None,
    left_open: LeftOpen | None = None,
    asked: WorkList | None = None,
) -> Cells:
    """Divide cells until the undecided ones weigh little.

    Parameters
    ----------
    prover : Prover
        Of the scene.
    cells : Cells
        Those to begin with, whatever their status.
    demanded_mm : ndarray, shape (pairs,) or (m, pairs)
        The clearance that each pair must have, in all of m boxes alike or in each.
    weight : callable
        What a cell counts: ``weight(low, high)`` of shape (n,).
    tolerance : float
        Stop once the undecided cells weigh at most this.
    finest : float
        Cells whose open sides are no longer than this, in degrees (see `Prover.open_sides`), are left undecided.
    most_cells : int
        Stop once as many cells have been looked at.
    first_only : bool
        Leave a box as it is once a cell of it is proven not free.
    workers : int
        Number of threads. The cells do not depend on it.
    progress : callable, optional
        Called as ``progress(done, total)`` with weights in thousandths.
    left_open : callable, optional
        What undecided cells count in view of those that are decided, where that is not their weight: ``left_open(
        decided, low, high)`` of shape (n,). One that counts 0 always will, and is left undecided.
    asked : WorkList, optional
        Which pairs to ask in which of the cells to begin with, and what was near there: the others are known to keep
        their clearance all over the cell. Every pair in every cell if not given.
    """
    pairs = len(prover.scene.pairs)
    if demanded_mm.ndim == 1:
        demanded_mm = np.broadcast_to(demanded_mm, (int(cells.of.max(initial=0)) + 1, pairs))
    problem = _Proof(prover, demanded_mm, weight, finest, workers, first_only=first_only)
    entries = every_pair(len(cells), pairs)
    if asked is not None:
        entries = {"cell": asked.cell, "row": asked.row, "hint": asked.hint}
    start = _Work(
        low=cells.low,
        high=cells.high,
        undecided=weight(cells.low, cells.high)[:, None],
        status=np.full(len(cells), UNDECIDED, dtype=np.int8),
        pair=np.full(len(cells), -1, dtype=np.int16),
        of=cells.of,
        least_mm=np.zeros(len(entries["cell"])),
        **entries,
    )
    undecided, _ = branch_and_bound(
        problem,
        start,
        tolerance=tolerance,
        most_cells=most_cells,
        workers=workers,
        progress=progress,
        weighed=None if left_open is None else partial(problem.weighed, left_open),
    )
    return problem.cells(undecided)


class _Proof:
    """Whether every pair, or one of them at no pose, keeps its clearance in a cell."""

    share = 0.25
    gain = 0.0

    def __init__(
        self,
        prover: Prover,
        demanded_mm: NDArray[np.float64],
        weight: Weight,
        finest: float,
        workers: int,
        *,
        first_only: bool,
    ) -> None:
        self._prover, self._demanded_mm, self._weight = prover, demanded_mm, weight
        self._finest, self._workers, self._first_only = finest, workers, first_only
        self._is_done = np.zeros(len(demanded_mm), dtype=bool)
        self._settled: list[_Work] = []

    def parts(self, cells: _Work) -> list[_Work]:
        return cells.in_parts(self._workers)

    def judged(self, cells: _Work) -> _Work:
        """Return the cells with what can be said of them at their size."""
        middle, reach = (cells.low + cells.high) / 2, (cells.high - cells.low) / 2  # @reach
        status, pair = cells.status.copy(), cells.pair.copy()
        least_mm, hint = cells.least_mm.copy(), cells.hint.copy()
        for row, entries in by_row(cells.row):
            entries = entries[status[cells.cell[entries]] == UNDECIDED]
            cell = cells.cell[entries]
            demanded_mm = self._demanded_mm[cells.of[cell], row]
            cap_mm = demanded_mm + ROUNDING_MM
            found = self._prover.bounds(row, middle[cell], reach[cell], cap_mm, demanded_mm, hint[entries])
            hint[entries] = found.witness
            least_mm[entries] = np.maximum(least_mm[entries], found.least)
            blocked = cell[found.most <= demanded_mm - ROUNDING_MM]
            status[blocked], pair[blocked] = NOT_FREE, row
        is_near = least_mm < self._demanded_mm[cells.of[cells.cell], cells.row] + ROUNDING_MM
        some_near = np.zeros(len(cells), dtype=bool)
        some_near[cells.cell[is_near]] = True  # @near
        status[(status == UNDECIDED) & ~some_near] = FREE
        undecided = np.where(status == UNDECIDED, self._weight(cells.low, cells.high), 0.0)[:, None]
        judged = replace(cells, undecided=undecided, status=status, pair=pair, least_mm=least_mm, hint=hint)
        matters = is_near & (status[cells.cell] == UNDECIDED)
        return judged.only(np.ones(len(status), dtype=bool), matters)

    def settle(self, cells: _Work) -> None:
        self._settled.append(cells)
        if self._first_only:
            self._is_done[cells.of[cells.status == NOT_FREE]] = True

    def weighed(self, left_open: LeftOpen, waiting: _Work) -> _Work:
        """Return undecided cells with what they count in view of those that are decided."""
        decided = Cells.joined(
            [Cells(done.low, done.high, done.status, done.pair, done.of) for done in self._settled]
        )
        return replace(waiting, undecided=left_open(decided, waiting.low, waiting.high)[:, None])

    def may_divide(self, cells: _Work) -> NDArray[np.bool_]:
        is_large = self._prover.open_sides(cells).max(axis=1) > self._finest
        return np.asarray(is_large & ~self._is_done[cells.of])

    def divided(self, cells: _Work) -> _Work:
        """Return the cells cut in two across the side that moves things most."""
        at, axis = np.arange(len(cells)), self._prover.open_sides(cells).argmax(axis=1)
        middle = (cells.low + cells.high) / 2
        below, above = cells.high.copy(), cells.low.copy()
        below[at, axis] = middle[at, axis]
        above[at, axis] = middle[at, axis]
        return cells.joined([replace(cells, high=below), replace(cells, low=above)])

    def cells(self, undecided: _Work) -> Cells:
        """Return all cells; those undecided with the pair that is most often in the way, of those that may be."""
        found = undecided.joined([*self._settled, undecided])
        pair = found.pair.copy()
        often = np.bincount(pair[pair >= 0], minlength=self._demanded_mm.shape[1])
        order = np.lexsort((found.row, -often[found.row], found.cell))
        cell, first = np.unique(found.cell[order], return_index=True)
        pair[cell] = found.row[order][first]
        return Cells(found.low, found.high, found.status, pair, found.of)
