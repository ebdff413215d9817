"""Cells of poses, divided until each is proven free or not, or small enough to be left undecided.

A pair proven apart over a cell is apart over all that the cell is divided into, and is not asked again there; a cell
proven not free by any one pair is done.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

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
    every_pair,
)
from simulator.certify.kernels.pair_bounds import ROUNDING_MM
from simulator.certify.prover import Prover

PARTS_PER_WORKER, LEAST_ENTRIES = 3, 1000
"""More parts than threads, because some are harder, but none so small that handing it over counts. Measured."""


@dataclass(frozen=True, eq=False, kw_only=True)
class _Work(WorkList):
    """Cells with what is proven of them and of their pairs.

    Attributes
    ----------
    status, pair
        As in `Cells`; but only what is NOT_FREE has a pair.
    least_mm : ndarray, shape (e,)
        How far a pair is proven to be apart.
    """

    PER_ENTRY = WorkList.PER_ENTRY | {"least_mm"}

    status: NDArray[np.int8]
    pair: NDArray[np.int16]
    least_mm: NDArray[np.float64]


def refine(
    prover: Prover,
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    demanded_mm: NDArray[np.float64],
    *,
    weight: Weight,
    tolerance: float,
    finest: float,
    most_cells: int,
    workers: int = 1,
    progress: Progress | None = None,
) -> Cells:
    """Divide cells until the undecided ones weigh little.

    Parameters
    ----------
    prover : Prover
        Of the scene.
    low, high : ndarray, shape (n, k)
        The cells to begin with.
    demanded_mm : ndarray, shape (pairs,)
        The clearance that each pair must have.
    weight : callable
        What a cell counts: ``weight(low, high)`` of shape (n,).
    tolerance : float
        Stop once the undecided cells weigh at most this.
    finest : float
        Cells whose sides are no longer than this, in degrees (see `Prover.sides`), are left undecided.
    most_cells : int
        Stop once as many cells have been looked at.
    workers : int
        Number of threads. The cells do not depend on it.
    progress : callable, optional
        Called as ``progress(done, total)`` with weights in thousandths.
    """
    problem = _Proof(prover, demanded_mm, weight, finest, workers)
    start = _Work(
        low=low,
        high=high,
        undecided=weight(low, high)[:, None],
        status=np.full(len(low), UNDECIDED, dtype=np.int8),
        pair=np.full(len(low), -1, dtype=np.int16),
        least_mm=np.zeros(len(low) * len(demanded_mm)),
        **every_pair(len(low), len(demanded_mm)),
    )
    stop = {"tolerance": tolerance, "most_cells": most_cells}
    undecided, _ = branch_and_bound(problem, start, **stop, workers=workers, progress=progress)
    return problem.cells(undecided)


class _Proof:
    """Whether every pair, or one of them at no pose, keeps its clearance in a cell."""

    share = 0.25
    gain = 0.0

    def __init__(
        self, prover: Prover, demanded_mm: NDArray[np.float64], weight: Weight, finest: float, workers: int
    ) -> None:
        self._prover, self._demanded_mm, self._weight = prover, demanded_mm, weight
        self._finest, self._workers = finest, workers
        self._settled: list[_Work] = []

    def parts(self, cells: _Work) -> list[_Work]:
        count = max(self._workers, min(PARTS_PER_WORKER * self._workers, len(cells.cell) // LEAST_ENTRIES))
        return cells.split(np.linspace(0, len(cells), count + 1).astype(np.intp))

    def judged(self, cells: _Work) -> _Work:
        """Return the cells with what can be said of them at their size."""
        middle, reach = (cells.low + cells.high) / 2, (cells.high - cells.low) / 2  # @reach
        status, pair = cells.status.copy(), cells.pair.copy()
        least_mm, hint = cells.least_mm.copy(), cells.hint.copy()
        for row, entries in by_row(cells.row):
            entries = entries[status[cells.cell[entries]] == UNDECIDED]
            cell, found = cells.cell[entries], hint[entries]
            floor_mm = np.full(len(cell), self._demanded_mm[row])
            least, most = self._prover.bounds(row, middle[cell], reach[cell], floor_mm + ROUNDING_MM, floor_mm, found)
            hint[entries] = found
            least_mm[entries] = np.maximum(least_mm[entries], least)
            blocked = cell[most <= floor_mm - ROUNDING_MM]
            status[blocked], pair[blocked] = NOT_FREE, row
        is_near = least_mm < self._demanded_mm[cells.row] + ROUNDING_MM
        some_near = np.zeros(len(cells), dtype=bool)
        some_near[cells.cell[is_near]] = True  # @near
        status[(status == UNDECIDED) & ~some_near] = FREE
        undecided = np.where(status == UNDECIDED, self._weight(cells.low, cells.high), 0.0)[:, None]
        judged = replace(cells, undecided=undecided, status=status, pair=pair, least_mm=least_mm, hint=hint)
        matters = is_near & (status[cells.cell] == UNDECIDED)
        return judged.only(np.ones(len(status), dtype=bool), matters)

    def settle(self, cells: _Work) -> None:
        self._settled.append(cells)

    def may_divide(self, cells: _Work) -> NDArray[np.bool_]:
        sides: NDArray[np.float64] = self._prover.sides(cells.low, cells.high)
        return sides.max(axis=1) > self._finest

    def divided(self, cells: _Work) -> _Work:
        """Return the cells cut in two across the side that moves things most."""
        at, axis = np.arange(len(cells)), self._prover.sides(cells.low, cells.high).argmax(axis=1)
        middle = (cells.low + cells.high) / 2
        below, above = cells.high.copy(), cells.low.copy()
        below[at, axis] = middle[at, axis]
        above[at, axis] = middle[at, axis]
        return cells.joined([replace(cells, high=below), replace(cells, low=above)])

    def cells(self, undecided: _Work) -> Cells:
        """Return all cells; those undecided with the pair that is most often in the way, of those that may be."""
        found = undecided.joined([*self._settled, undecided])
        pair = found.pair.copy()
        often = np.bincount(pair[pair >= 0], minlength=len(self._demanded_mm))
        order = np.lexsort((found.row, -often[found.row], found.cell))
        cell, first = np.unique(found.cell[order], return_index=True)
        pair[cell] = found.row[order][first]
        return Cells(found.low, found.high, found.status, pair)


def by_row(row: NDArray[np.intp]) -> list[tuple[int, NDArray[np.intp]]]:
    """Return every pair that entries (e,) are of, and which of them, in their order."""
    order = np.argsort(row, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(row[order])) + 1) if len(order) else []
    return [(int(row[entries[0]]), entries) for entries in groups]
