"""Cells with by how much each proof holds, so that a move of the table leaves most of them proven.

Let a pair be at least d apart at every pose of a cell, and let no distance of it change by more than s (`collision.
shifted`). Then it is at least d − s apart after the move; and if that is more than 0, surfaces that moved along
straight lines by less than d never met, so that neither body got into the other. A pair that is at most d apart is at
most d + s apart; one that is inside the other has a point that got at most s out of it. So with s taken off what is
proven, what remains is proven of the room as it is now, and no geometry was asked. Nothing else is taken over: a cell
whose proofs have no margin left is undecided until it is proven anew, and where it was divided is a proposal.

Two cells side by side that are both free are one free cell, with the lesser of the margins; likewise two that the
same pair is in the way of.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator.certify.branch_and_bound import (
    FREE,
    NOT_FREE,
    UNDECIDED,
    Cells,
    Weight,
    WorkList,
    branch_and_bound,
    by_row,
)
from simulator.certify.cells import FINEST, MOST_CELLS, demanded_mm
from simulator.certify.kernels.sentinels import FAR_MM, NO_TRIANGLE, ROUNDING_MM
from simulator.certify.prover import Prover

RESERVE_MM = 60.0
"""How much further apart than they must be pairs are told from each other: more takes longer, and lasts longer."""
PARTS_PER_WORKER = 3
OLD, DUE, ASKED = 0, 1, 2
"""Whether an undecided cell was left so in a room before this one, is to be asked, or was asked in this one."""


@dataclass(frozen=True, eq=False, kw_only=True)
class _Work(WorkList):
    """Cells with what is proven of every pair in each: no entries, as none is ever settled for good.

    Attributes
    ----------
    status, pair
        As in `Cells`; but only what is NOT_FREE has a pair.
    least_mm : ndarray, shape (n, pairs)
        How far each pair is proven to be apart; 0 where that is not known.
    most_mm : ndarray, shape (n,)
        How far at most the pair that is in the way is apart.
    asked : ndarray of int8, shape (n,)
        OLD, DUE or ASKED.
    near : ndarray of int32, shape (n, pairs, 2)
        Triangles of each pair that were near each other, or NO_TRIANGLE.
    corner : ndarray, shape (n, k)
        The least values of the cell to begin with that each is a part of.
    """

    status: NDArray[np.int8]
    pair: NDArray[np.int16]
    least_mm: NDArray[np.float64]
    most_mm: NDArray[np.float64]
    asked: NDArray[np.int8]
    near: NDArray[np.int32]
    corner: NDArray[np.float64]


class MovedCells:
    """Cells of one room, which become cells of the room that it is after a move.

    A pair is named only where it is in the way all over a cell.

    Attributes
    ----------
    prover : Prover
        Of the room that they are proven in.
    """

    def __init__(self, prover: Prover, work: _Work) -> None:
        self.prover, self._work = prover, work

    @classmethod
    def undecided(cls, prover: Prover, low: NDArray[np.float64], high: NDArray[np.float64]) -> MovedCells:
        """Return cells of which nothing is known."""
        count, pairs = len(low), len(prover.scene.pairs)
        no_entries = np.empty(0, dtype=np.intp)
        return cls(
            prover,
            _Work(
                low=low,
                high=high,
                undecided=np.ones((count, 1)),
                cell=no_entries,
                row=no_entries,
                hint=np.empty((0, 2), dtype=np.int32),
                status=np.full(count, UNDECIDED, dtype=np.int8),
                pair=np.full(count, -1, dtype=np.int16),
                least_mm=np.zeros((count, pairs)),
                most_mm=np.full(count, FAR_MM),
                asked=np.full(count, DUE, dtype=np.int8),
                near=np.full((count, pairs, 2), NO_TRIANGLE, dtype=np.int32),
                corner=low,
            ),
        )

    @property
    def cells(self) -> Cells:
        """The cells as they are proven in this room."""
        work = self._work
        return Cells(work.low, work.high, work.status, work.pair)

    def __len__(self) -> int:
        return len(self._work)

    def moved(self, prover: Prover, shifts_mm: NDArray[np.float64]) -> MovedCells:
        """Return what the proofs leave in a room where no distance of a pair is other by more than ``shifts_mm``.

        Parameters
        ----------
        prover : Prover
            Of that room, with the same pairs and joints.
        shifts_mm : ndarray, shape (pairs,)
            From the room of these cells to that one; see `simulator.collision.shifted.shifts_mm`.
        """
        work, demanded = self._work, demanded_mm(prover)
        least_mm = np.maximum(work.least_mm - shifts_mm, 0.0)  # @least_left
        shift_mm = np.append(shifts_mm, 0.0)[work.pair]
        gone_out_mm = np.maximum(work.most_mm, 0.0) + shift_mm  # @most_left
        most_mm = np.where(shift_mm > 0.0, gone_out_mm, work.most_mm)
        is_free = (least_mm >= demanded + ROUNDING_MM).all(axis=1)  # @free_left
        in_the_way = most_mm <= np.append(demanded, -np.inf)[work.pair] - ROUNDING_MM  # @way_left
        status = np.where(in_the_way, NOT_FREE, np.where(is_free, FREE, UNDECIDED)).astype(np.int8)
        asked = np.where(work.status == UNDECIDED, OLD, DUE).astype(np.int8)
        moved = replace(work, status=status, asked=asked, least_mm=least_mm, most_mm=most_mm)
        return MovedCells(prover, moved)

    def refined(
        self,
        weight: Weight,
        tolerance: float,
        *,
        workers: int = 1,
        stopping: Callable[[], None] | None = None,
        reserve_mm: float = RESERVE_MM,
    ) -> MovedCells:
        """Return the cells, asked and divided until the undecided ones weigh little.

        Parameters
        ----------
        weight, tolerance, workers
            As for `simulator.certify.cell_proofs.refine`.
        stopping : callable, optional
            Called often, from several threads; what it raises ends the work, and these cells stay as they are.
        reserve_mm : float
            How much further apart than they must be pairs are told from each other.
        """
        problem = _Proof(self.prover, weight, workers, stopping, reserve_mm)
        work = replace(self._work, undecided=problem.open_weight(self._work))
        is_open = work.status == UNDECIDED
        problem.settle(work.only(~is_open))
        left, _ = branch_and_bound(
            problem, work.only(is_open), tolerance=tolerance, most_cells=MOST_CELLS, workers=workers
        )
        return MovedCells(self.prover, work.joined([*problem.settled, left]))

    def merged(self) -> MovedCells:
        """Return the cells with halves made one again where both are free, or the same pair is in the way."""
        work = self._work
        for axis in range(work.low.shape[1]):
            below, above = _halves(work, axis)
            high = work.high.copy()
            high[below, axis] = work.high[above, axis]
            least_mm, most_mm = work.least_mm.copy(), work.most_mm.copy()
            least_mm[below] = np.minimum(work.least_mm[below], work.least_mm[above])  # @lesser
            most_mm[below] = np.maximum(work.most_mm[below], work.most_mm[above])
            stays = np.ones(len(work), dtype=bool)
            stays[above] = False
            work = replace(work, high=high, least_mm=least_mm, most_mm=most_mm).only(stays)
        return MovedCells(self.prover, work)


def _halves(work: _Work, axis: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the lower and the upper halves of cells that were cut across an axis, where both are decided alike."""
    width = work.high - work.low
    others = [column for column in range(width.shape[1]) if column != axis]
    keys = [*work.low[:, others].T, *width[:, others].T, *work.corner.T, width[:, axis], work.status, work.pair]
    order = np.lexsort([work.low[:, axis], *keys])
    first, second = order[:-1], order[1:]
    is_pair = np.all([key[first] == key[second] for key in keys], axis=0)
    is_pair &= (work.status[first] != UNDECIDED) & (work.high[first, axis] == work.low[second, axis])
    with np.errstate(invalid="ignore", divide="ignore"):
        at = (work.low[first, axis] - work.corner[first, axis]) / width[first, axis]
    is_pair &= np.isclose(at % 2.0, 0.0)
    return first[is_pair], second[is_pair]


class _Proof:
    """Whether every pair, or one of them at no pose, keeps its clearance in a cell, and with how much room."""

    share = 0.25
    gain = 0.0

    def __init__(
        self,
        prover: Prover,
        weight: Weight,
        workers: int,
        stopping: Callable[[], None] | None,
        reserve_mm: float,
    ) -> None:
        self._prover, self._weight, self._workers = prover, weight, workers
        self._stopping, self._reserve_mm = stopping, reserve_mm
        self._demanded_mm = demanded_mm(prover)
        self.settled: list[_Work] = []

    def parts(self, cells: _Work) -> list[_Work]:
        return cells.split(np.linspace(0, len(cells), PARTS_PER_WORKER * self._workers + 1).astype(np.intp))

    def open_weight(self, cells: _Work) -> NDArray[np.float64]:
        return np.where(cells.status == UNDECIDED, self._weight(cells.low, cells.high), 0.0)[:, None]

    def judged(self, cells: _Work) -> _Work:
        """Return the cells with what can be said at their size of those that are due."""
        due = np.flatnonzero(cells.asked == DUE)
        if not len(due):
            return cells
        found = replace(
            cells,
            status=cells.status.copy(),
            pair=cells.pair.copy(),
            least_mm=cells.least_mm.copy(),
            most_mm=cells.most_mm.copy(),
            asked=cells.asked.copy(),
            near=cells.near.copy(),
        )
        blamed = due[cells.pair[due] >= 0]
        for row, at in by_row(cells.pair[blamed].astype(np.intp)):  # what was in the way may be still
            self._ask(found, row, blamed[at])
        of, rows = np.nonzero(found.least_mm[due] < self._demanded_mm + ROUNDING_MM)
        for row, at in by_row(rows):
            cell = due[of[at]]
            self._ask(found, row, cell[found.status[cell] == UNDECIDED])
        is_free = (found.least_mm[due] >= self._demanded_mm + ROUNDING_MM).all(axis=1)
        found.status[due[is_free & (found.status[due] == UNDECIDED)]] = FREE
        found.pair[found.status != NOT_FREE] = -1
        found.asked[due] = ASKED
        return replace(found, undecided=self.open_weight(found))

    def _ask(self, found: _Work, row: int, cell: NDArray[np.intp]) -> None:
        """Take in what is proven of one pair in some cells."""
        if self._stopping is not None:
            self._stopping()
        demanded = float(self._demanded_mm[row])
        floor = np.full(len(cell), demanded)
        middle, reach = (found.low[cell] + found.high[cell]) / 2, (found.high[cell] - found.low[cell]) / 2
        cap = floor + max(self._reserve_mm, ROUNDING_MM)
        bounds = self._prover.bounds(row, middle, reach, cap, floor, np.ascontiguousarray(found.near[cell, row]))
        found.near[cell, row] = bounds.witness
        found.least_mm[cell, row] = np.maximum(found.least_mm[cell, row], bounds.least)
        blocked = bounds.most <= demanded - ROUNDING_MM
        found.status[cell[blocked]], found.pair[cell[blocked]] = NOT_FREE, row
        found.most_mm[cell] = np.where(blocked, bounds.most, found.most_mm[cell])

    def settle(self, cells: _Work) -> None:
        self.settled.append(cells)

    def may_divide(self, cells: _Work) -> NDArray[np.bool_]:
        return np.asarray(self._open_sides(cells).max(axis=1) > FINEST)

    def _open_sides(self, cells: _Work) -> NDArray[np.float64]:
        """Return the sides (n, k) of cells, 0 along joints that move no pair still open there; all of what is old."""
        is_moved = (cells.least_mm < self._demanded_mm + ROUNDING_MM) @ self._prover.moves
        is_old = cells.asked[:, None] == OLD  # to be asked as it is, whatever moves
        return np.where(is_moved | is_old, self._prover.sides(cells.low, cells.high), 0.0)

    def divided(self, cells: _Work) -> _Work:
        """Return halves of what was asked in this room, cut across the side that moves things most; the rest due."""
        is_old = cells.asked == OLD
        cells = replace(cells, asked=np.full(len(cells), DUE, dtype=np.int8))
        old, cells = cells.only(is_old), cells.only(~is_old)
        at, axis = np.arange(len(cells)), self._open_sides(cells).argmax(axis=1)
        middle = (cells.low + cells.high) / 2
        below, above = cells.high.copy(), cells.low.copy()
        below[at, axis] = middle[at, axis]
        above[at, axis] = middle[at, axis]
        return cells.joined([old, replace(cells, high=below), replace(cells, low=above)])
