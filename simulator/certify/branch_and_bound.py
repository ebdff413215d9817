"""Cells of poses, divided until each is proven free or not, or small enough to be left undecided.

Cells and pairs are refined together. A pair proven apart over a cell is apart over all that the cell is divided
into, and is not asked again there; a cell proven not free by any one pair is done. What divides first is what
contributes most to the distance between the bounds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from simulator.certify.kernels.pair_bounds import ROUNDING_MM
from simulator.certify.prover import Prover

FREE, UNDECIDED, NOT_FREE = 0, 1, 2
PARTS_PER_WORKER, LEAST_ENTRIES = 3, 1000
"""More parts than threads, because some are harder, but none so small that handing it over counts. Measured."""
WORTH = 0.25
"""Cells that contribute at least this share of what the largest does are divided in the same round."""

Weight = Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]]


@dataclass(frozen=True, eq=False)
class Cells:
    """Rectangles of poses, closed at their edges.

    Attributes
    ----------
    low, high : ndarray, shape (n, 2)
        Least and greatest value of each scanned joint.
    status : ndarray of int8, shape (n, settings)
        FREE, UNDECIDED or NOT_FREE, for each setting of the clearance demanded.
    pair : ndarray of int16, shape (n, settings)
        A pair that is in the way at every pose of a cell that is NOT_FREE, or that may be in one that is UNDECIDED;
        -1 where FREE.
    """

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    status: NDArray[np.int8]
    pair: NDArray[np.int16]

    @classmethod
    def joined(cls, parts: Sequence[Cells]) -> Cells:
        """Return the cells of several parts, in their order."""
        columns = ("low", "high", "status", "pair")
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in columns))

    def only(self, which: NDArray[np.bool_]) -> Cells:
        """Return some of the cells."""
        return Cells(self.low[which], self.high[which], self.status[which], self.pair[which])

    def __len__(self) -> int:
        return len(self.low)


@dataclass(frozen=True, eq=False)
class _Open:
    """Undecided cells, and for each the pairs that are not yet proven apart.

    Attributes
    ----------
    low, high, status, pair
        As in `Cells`; but only what is NOT_FREE has a pair.
    cell, row : ndarray of int, shape (m,)
        One entry for each cell and pair, in the order of the cells.
    least_mm : ndarray, shape (m,)
        What is proven of their distance.
    hint : ndarray of int32, shape (m, 2)
        Their nearest triangles, as far as known.
    """

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    status: NDArray[np.int8]
    pair: NDArray[np.int16]
    cell: NDArray[np.intp]
    row: NDArray[np.intp]
    least_mm: NDArray[np.float64]
    hint: NDArray[np.int32]

    @classmethod
    def start(cls, low: NDArray[np.float64], high: NDArray[np.float64], rows: int, settings: int) -> _Open:
        cell, row = np.divmod(np.arange(len(low) * rows), max(rows, 1))
        hint = np.full((len(cell), 2), -1, dtype=np.int32)
        status = np.full((len(low), settings), UNDECIDED, dtype=np.int8)
        pair = np.full(status.shape, -1, dtype=np.int16)
        return cls(low, high, status, pair, cell, row, np.zeros(len(cell)), hint)

    def only(self, cells: NDArray[np.bool_], entries: NDArray[np.bool_] | None = None) -> _Open:
        """Return some of the cells, with their entries or some of those."""
        kept = cells[self.cell] if entries is None else cells[self.cell] & entries
        renumbered = np.cumsum(cells) - 1
        return _Open(
            self.low[cells],
            self.high[cells],
            self.status[cells],
            self.pair[cells],
            renumbered[self.cell[kept]],
            self.row[kept],
            self.least_mm[kept],
            self.hint[kept],
        )

    @classmethod
    def joined(cls, parts: list[_Open]) -> _Open:
        firsts = np.cumsum([0, *(len(part.low) for part in parts[:-1])])
        return cls(
            np.concatenate([part.low for part in parts]),
            np.concatenate([part.high for part in parts]),
            np.concatenate([part.status for part in parts]),
            np.concatenate([part.pair for part in parts]),
            np.concatenate([part.cell + first for part, first in zip(parts, firsts, strict=True)]),
            np.concatenate([part.row for part in parts]),
            np.concatenate([part.least_mm for part in parts]),
            np.concatenate([part.hint for part in parts]),
        )

    def parts(self, count: int) -> list[_Open]:
        """Return the cells in at most so many parts of about the same size, in their order."""
        cuts = np.unique(np.linspace(0, len(self.low), count + 1).astype(int))
        ends = np.searchsorted(self.cell, cuts)
        return [
            _Open(
                self.low[start:stop],
                self.high[start:stop],
                self.status[start:stop],
                self.pair[start:stop],
                self.cell[first:last] - start,
                self.row[first:last],
                self.least_mm[first:last],
                self.hint[first:last],
            )
            for (start, stop), (first, last) in zip(pairwise(cuts), pairwise(ends), strict=True)
        ]

    def cells(self, demanded_mm: NDArray[np.float64]) -> Cells:
        """Return the cells; those undecided with the pair that is most often in the way, of those that may be."""
        pair, is_near = self.pair.copy(), _is_near(self, demanded_mm)
        often = np.bincount(pair[pair >= 0], minlength=demanded_mm.shape[1])
        order = np.lexsort((self.row, -often[self.row], self.cell))
        for setting, near in enumerate(is_near[order].T):
            cell, first = np.unique(self.cell[order[near]], return_index=True)
            is_open = self.status[cell, setting] == UNDECIDED
            pair[cell[is_open], setting] = self.row[order[near]][first[is_open]]
        return Cells(self.low, self.high, self.status, pair)

    def halved(self) -> _Open:
        """Return the cells cut in two across their longer side."""
        extent = self.high - self.low
        at, axis = np.arange(len(extent)), extent.argmax(axis=1)
        middle = (self.low + self.high) / 2
        below, above = self.high.copy(), self.low.copy()
        below[at, axis] = middle[at, axis]
        above[at, axis] = middle[at, axis]
        return _Open.joined([replace(self, high=below), replace(self, low=above)])


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
    progress: Callable[[int, int], None] | None = None,
) -> Cells:
    """Divide cells until the undecided ones weigh little.

    Parameters
    ----------
    prover : Prover
        Of the scene.
    low, high : ndarray, shape (n, 2)
        The cells to begin with.
    demanded_mm : ndarray, shape (settings, pairs)
        The clearance that each pair must have, in one or several settings.
    weight : callable
        What a cell counts: ``weight(low, high)`` of shape (n,).
    tolerance : float
        Stop once the undecided cells of every setting weigh at most this.
    finest : float
        Cells whose sides are no longer than this are left undecided.
    most_cells : int
        Stop once as many cells have been looked at.
    workers : int
        Number of threads. The cells do not depend on it.
    progress : callable, optional
        Called as ``progress(done, total)`` with weights in thousandths.
    """
    settings, rows = demanded_mm.shape
    fresh = _Open.start(low, high, rows, settings)
    waiting, done = fresh.only(np.zeros(len(low), dtype=bool)), list[_Open]()
    looked_at, weights = 0, np.empty(0)
    total = float(weight(low, high).sum())
    with ThreadPoolExecutor(workers) as pool:
        while len(fresh.low):
            looked_at += len(fresh.low)
            parts = fresh.parts(max(workers, min(PARTS_PER_WORKER * workers, len(fresh.cell) // LEAST_ENTRIES)))
            judged = _Open.joined(list(pool.map(lambda part: _judged(prover, part, demanded_mm), parts)))
            is_open = (judged.status == UNDECIDED).any(axis=1)
            done.append(judged.only(~is_open))
            still_open = judged.only(is_open)
            waiting = _Open.joined([waiting, still_open])
            weights = np.concatenate([weights, weight(still_open.low, still_open.high)])
            is_undecided = waiting.status == UNDECIDED
            undecided = weights @ is_undecided
            if progress is not None and total > 0:
                progress(int(1000 * (1 - undecided.max(initial=0.0) / total)), 1000)
            if undecided.max(initial=0.0) <= tolerance or looked_at >= most_cells:
                break
            worth = weights * is_undecided[:, undecided > tolerance].sum(axis=1)
            worth[(waiting.high - waiting.low).max(axis=1) <= finest] = 0.0
            divided = (worth >= WORTH * worth.max(initial=0.0)) & (worth > 0.0)
            fresh, waiting, weights = waiting.only(divided).halved(), waiting.only(~divided), weights[~divided]
    return _Open.joined([*done, waiting]).cells(demanded_mm)


def _judged(prover: Prover, cells: _Open, demanded_mm: NDArray[np.float64]) -> _Open:
    """Return the cells with what can be said of them at their size."""
    middle, reach = (cells.low + cells.high) / 2, (cells.high - cells.low) / 2  # @reach
    status, pair = cells.status.copy(), cells.pair.copy()
    least_mm, hint = cells.least_mm.copy(), cells.hint.copy()
    order = np.argsort(cells.row, kind="stable")
    for entries in np.split(order, np.flatnonzero(np.diff(cells.row[order])) + 1) if len(order) else []:
        row = int(cells.row[entries[0]])
        entries = entries[(status[cells.cell[entries]] == UNDECIDED).any(axis=1)]
        cell = cells.cell[entries]
        asked = np.where(status[cell] == UNDECIDED, demanded_mm[:, row], np.nan)
        found = hint[entries]
        least, most = prover.bounds(
            row, middle[cell], reach[cell], np.nanmax(asked, axis=1) + ROUNDING_MM, np.nanmin(asked, axis=1), found
        )
        hint[entries] = found
        least_mm[entries] = np.maximum(least_mm[entries], least)
        never_free = (most[:, None] <= demanded_mm[:, row] - ROUNDING_MM) & (status[cell] == UNDECIDED)
        status[cell] = np.where(never_free, NOT_FREE, status[cell])
        pair[cell] = np.where(never_free, row, pair[cell])
    judged = replace(cells, status=status, pair=pair, least_mm=least_mm, hint=hint)
    is_near = _is_near(judged, demanded_mm)
    some_near = np.zeros(status.shape, dtype=bool)
    np.logical_or.at(some_near, cells.cell, is_near)  # @near
    status[(status == UNDECIDED) & ~some_near] = FREE
    matters = (is_near & (status[cells.cell] == UNDECIDED)).any(axis=1)
    return judged.only(np.ones(len(status), dtype=bool), matters)


def _is_near(cells: _Open, demanded_mm: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return for each entry and setting whether the pair is not proven as far apart as it must be."""
    return np.asarray(cells.least_mm[:, None] < demanded_mm[:, cells.row].T + ROUNDING_MM)
