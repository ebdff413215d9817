"""Cells of poses that are free for every error within bounds, or at no pose for one of them.

A pose is *robustly free* if it keeps its clearances wherever the errors of the set-up are within their bounds. The
errors are further joints, over which the proof goes:

* a cell is free if every pair is bounded apart over the cell and the whole box of errors;
* it is not free if one pair is too near at every pose of it with *one* error. Which one is told by the witnesses: the
  corner of the box at which the nearest points in the middle are nearest by their rates (`kernels.rates`). It is a
  proposal only: what is proven of it is proven at it.

What is left is divided: the cell; or, where it is free at that corner and its sides are shorter, the box of errors,
for that one pair alone, since then mostly terms of the second order in the errors keep it open.
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
    by_row,
    every_pair,
)
from simulator.certify.error_sets import ErrorSet
from simulator.certify.kernels.pair_bounds import Bounds
from simulator.certify.kernels.sentinels import ROUNDING_MM
from simulator.certify.prover import Prover

LONGEST_MM = 150.0
"""Edges of triangles where errors turn bodies: along them what an error of 1° moves differs by at most 3 mm."""
FINEST_SHARE = 1 / 4
"""Boxes of errors are not divided below this share of the whole."""


@dataclass(frozen=True, eq=False)
class RobustCells:
    """Cells over the joints of poses, and an error for each at which it is not free.

    Attributes
    ----------
    cells : Cells
        FREE for every error; NOT_FREE for the one in ``errors``; or undecided.
    errors : ndarray, shape (n, m)
        In degrees and mm; 0 where a cell is not NOT_FREE.
    """

    cells: Cells
    errors: NDArray[np.float64]


@dataclass(frozen=True, eq=False, kw_only=True)
class _Work(WorkList):
    """Cells with what is proven of them, and pairs with the boxes of errors that are left to prove.

    Attributes
    ----------
    status, pair
        As in `Cells`; but only what is NOT_FREE has a pair.
    error : ndarray, shape (n, m)
        At which a cell is NOT_FREE.
    error_low, error_high : ndarray, shape (e, m)
        The box of errors of an entry.
    waits : ndarray of bool, shape (e,)
        Whether only the size of that box keeps the entry open.
    """

    PER_ENTRY = WorkList.PER_ENTRY | {"error_low", "error_high", "waits"}

    status: NDArray[np.int8]
    pair: NDArray[np.int16]
    error: NDArray[np.float64]
    error_low: NDArray[np.float64]
    error_high: NDArray[np.float64]
    waits: NDArray[np.bool_]


def robust_cells(
    prover: Prover,
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    errors: ErrorSet,
    demanded_mm: NDArray[np.float64],
    *,
    weight: Weight,
    tolerance: float,
    finest: float,
    most_cells: int,
    workers: int = 1,
    progress: Progress | None = None,
) -> RobustCells:
    """Divide cells until those that are neither robustly free nor proven otherwise weigh little.

    Parameters
    ----------
    prover : Prover
        Of the room with errors; the last m joints that it scans are theirs.
    low, high : ndarray, shape (n, k)
        Cells of the other joints to begin with.
    errors : ErrorSet
        Where the errors are.
    demanded_mm : ndarray, shape (pairs,)
        The clearance that each pair must have.
    weight, tolerance, finest, most_cells, workers, progress
        As for `cell_proofs.refine`; weights are of cells (n, k).
    """
    problem = _Robust(prover, errors, demanded_mm, weight, finest, workers)
    count, pairs, bounds = len(low), len(demanded_mm), errors.half
    start = _Work(
        low=low,
        high=high,
        undecided=weight(low, high)[:, None],
        status=np.full(count, UNDECIDED, dtype=np.int8),
        pair=np.full(count, -1, dtype=np.int16),
        error=np.zeros((count, len(bounds))),
        error_low=np.tile(-bounds, (count * pairs, 1)),
        error_high=np.tile(bounds, (count * pairs, 1)),
        waits=np.zeros(count * pairs, dtype=bool),
        **every_pair(count, pairs),
    )
    undecided, _ = branch_and_bound(
        problem, start, tolerance=tolerance, most_cells=most_cells, workers=workers, progress=progress
    )
    return problem.cells(undecided)


class _Robust:
    """Whether every pair keeps its clearance in a cell for every error, or one at no pose for one error."""

    share = 0.25
    gain = 0.0

    def __init__(
        self,
        prover: Prover,
        errors: ErrorSet,
        demanded_mm: NDArray[np.float64],
        weight: Weight,
        finest: float,
        workers: int,
    ) -> None:
        self._prover, self._errors, self._demanded_mm, self._weight = prover, errors, demanded_mm, weight
        self._of_boxes = prover.of_boxes()
        self._finest, self._workers = finest, workers
        self._degrees = prover.degrees[len(prover.degrees) - len(errors.half) :]
        self._settled: list[_Work] = []

    def parts(self, cells: _Work) -> list[_Work]:
        return cells.in_parts(self._workers)

    def judged(self, cells: _Work) -> _Work:
        """Return the cells with what can be said of them at their size."""
        middle, reach = (cells.low + cells.high) / 2, (cells.high - cells.low) / 2
        status, pair, error = cells.status.copy(), cells.pair.copy(), cells.error.copy()
        hint, waits, is_open = cells.hint.copy(), cells.waits.copy(), np.ones(len(cells.cell), dtype=bool)
        for row, entries in by_row(cells.row):
            entries = entries[status[cells.cell[entries]] == UNDECIDED]
            at = cells.cell[entries]
            box = cells.error_low[entries], cells.error_high[entries]
            found = self._asked(self._prover, row, middle[at], reach[at], *box, hint[entries])
            hint[entries] = found.witness
            is_open[entries] = found.least < self._demanded_mm[row] + ROUNDING_MM  # @robust
            left = np.flatnonzero(is_open[entries])
            entries, at, box = entries[left], at[left], (box[0][left], box[1][left])
            worst = self._worst(row, middle[at], *box, hint[entries])
            found = self._asked(self._of_boxes, row, middle[at], reach[at], *worst, hint[entries])  # @worst
            waits[entries] = found.least >= self._demanded_mm[row] + ROUNDING_MM
            blocked = found.most <= self._demanded_mm[row] - ROUNDING_MM  # @blocked
            status[at[blocked]], pair[at[blocked]] = NOT_FREE, row
            error[at[blocked]] = ((worst[0] + worst[1]) / 2)[blocked]
        some_open = np.zeros(len(cells), dtype=bool)
        some_open[cells.cell[is_open]] = True  # @open
        status[(status == UNDECIDED) & ~some_open] = FREE
        undecided = np.where(status == UNDECIDED, self._weight(cells.low, cells.high), 0.0)[:, None]
        judged = replace(cells, undecided=undecided, status=status, pair=pair, error=error, hint=hint, waits=waits)
        return judged.only(np.ones(len(status), dtype=bool), is_open & (status[cells.cell] == UNDECIDED))

    def _asked(
        self,
        prover: Prover,
        row: int,
        middle: NDArray[np.float64],
        reach: NDArray[np.float64],
        error_low: NDArray[np.float64],
        error_high: NDArray[np.float64],
        hint: NDArray[np.int32],
    ) -> Bounds:
        """Return bounds on a pair's distance over cells and boxes of errors."""
        demanded_mm = np.full(len(middle), self._demanded_mm[row])
        middles = np.concatenate([middle, (error_low + error_high) / 2], axis=1)
        reaches = np.concatenate([reach, (error_high - error_low) / 2], axis=1)  # @errors_reach
        return prover.bounds(row, middles, reaches, demanded_mm + ROUNDING_MM, demanded_mm, hint)

    def _worst(
        self,
        row: int,
        middle: NDArray[np.float64],
        error_low: NDArray[np.float64],
        error_high: NDArray[np.float64],
        hint: NDArray[np.int32],
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the errors (n, m), from and to, by which a cell is to be proven not free."""
        centre = np.concatenate([middle, (error_low + error_high) / 2], axis=1)
        _, rates = self._prover.rates(row, centre, hint)
        return self._errors.worst(rates[:, middle.shape[1] :], error_low, error_high)

    def settle(self, cells: _Work) -> None:
        self._settled.append(cells)

    def may_divide(self, cells: _Work) -> NDArray[np.bool_]:
        is_large = self._prover.open_sides(cells).max(axis=1) > self._finest
        return np.asarray(is_large | self._divides_errors(cells))

    def divided(self, cells: _Work) -> _Work:
        """Return the cells cut in two, or those whose errors keep them open with the boxes of errors cut in two."""
        of_errors = self._divides_errors(cells)
        whole, rest = cells.only(of_errors), cells.only(~of_errors)
        at, axis = np.arange(len(rest)), self._prover.open_sides(rest).argmax(axis=1)
        middle = (rest.low + rest.high) / 2
        below, above = rest.high.copy(), rest.low.copy()
        below[at, axis] = middle[at, axis]
        above[at, axis] = middle[at, axis]
        halves = [replace(rest, high=below), replace(rest, low=above)]
        return cells.joined([*halves, self._finer(whole)] if len(whole) else halves)

    def _finer(self, cells: _Work) -> _Work:
        """Return cells with the box of errors of each entry cut across the side that moves things most."""
        at = np.repeat(np.arange(len(cells.cell)), 2)
        low, high = cells.error_low[at], cells.error_high[at]
        axis, middle = ((high - low) * self._degrees).argmax(axis=1), (low + high) / 2
        first, second = np.arange(0, len(at), 2), np.arange(1, len(at), 2)
        high[first, axis[first]], low[second, axis[second]] = middle[first, axis[first]], middle[second, axis[second]]
        return replace(
            cells,
            cell=cells.cell[at],
            row=cells.row[at],
            hint=cells.hint[at],
            error_low=low,
            error_high=high,
            waits=np.zeros(len(at), dtype=bool),
        )

    def _divides_errors(self, cells: _Work) -> NDArray[np.bool_]:
        """Return which cells (n,) only their boxes of errors keep open, and those can be divided."""
        sides = (cells.error_high - cells.error_low) * self._degrees
        is_large = sides.max(axis=1, initial=0.0) > 2 * FINEST_SHARE * (self._errors.half * self._degrees).max(
            initial=0.0
        )
        is_larger = sides.max(axis=1, initial=0.0) >= self._prover.open_sides(cells).max(axis=1)[cells.cell]
        found = np.full(len(cells), not self._errors.is_round)
        found[cells.cell[~(cells.waits & is_large & is_larger)]] = False
        return found

    def cells(self, undecided: _Work) -> RobustCells:
        """Return all cells; those undecided with the pair that is most often in the way, of those that may be."""
        found = undecided.joined([*self._settled, undecided])
        pair = found.pair.copy()
        often = np.bincount(pair[pair >= 0], minlength=len(self._demanded_mm))
        order = np.lexsort((found.row, -often[found.row], found.cell))
        cell, first = np.unique(found.cell[order], return_index=True)
        pair[cell] = found.row[order][first]
        return RobustCells(Cells(found.low, found.high, found.status, pair), found.error)
