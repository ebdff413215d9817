"""What is achievable as a function of the clearance demanded, with bounds: one refinement for all buffers.

Every cell of poses has bounds on the distance of its pairs that follow it over the cell (`kernels.affine_bounds`),
and from them what is proven for every buffer (`kernels.coverage`). A pair that is further apart, all over a cell, than
the largest buffer or than another pair may be, says nothing there and is not asked again in its quarters:
the nearest pair of a pose is never one of them. What is looked at first is what contributes most to the distance
between the bounds, over all buffers.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.certify.branch_and_bound import Weight
from simulator.certify.kernels.affine_bounds import PLANE
from simulator.certify.kernels.convex_bounds import BOWL, PLACES
from simulator.certify.kernels.coverage import edges, shares
from simulator.certify.kernels.pair_bounds import NEVER, ROUNDING_MM
from simulator.certify.prover import Prover

WORTH = 0.5
"""Cells that contribute at least this share of what the largest does are divided in the same round. Measured."""
PART = 64
"""Cells that one thread looks at before it takes others, whatever the number of threads: so it changes no bound."""
GAIN = 0.8
"""What dividing is expected to decide of a cell: no more of them are divided than may be needed."""


@dataclass(frozen=True, eq=False)
class Curve:
    """The weight of the free poses for each buffer.

    Attributes
    ----------
    buffers_mm : ndarray, shape (k,)
        Clearance demanded of every pair but own ones, which must not touch.
    lower, upper : ndarray, shape (k,)
        Proven bounds, in the unit of the weight. Neither ever rises.
    cells : int
        How many cells were looked at.
    """

    buffers_mm: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    cells: int


@dataclass(frozen=True, eq=False)
class _Open:
    """Cells, what is known of them from the larger one that they are a quarter of, and the pairs to ask.

    Attributes
    ----------
    low, high : ndarray, shape (n, 2)
        Least and greatest value of each scanned joint.
    most_mm : ndarray, shape (n,)
        What the least distance is at most, all over the cell.
    free, taken : ndarray, shape (n, k)
        The weight proven free and not free, for each buffer.
    cell, row : ndarray of int, shape (m,)
        One entry for each cell and pair.
    hint : ndarray of int32, shape (m, 2)
        Their nearest triangles, as far as known.
    """

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    most_mm: NDArray[np.float64]
    free: NDArray[np.float64]
    taken: NDArray[np.float64]
    cell: NDArray[np.intp]
    row: NDArray[np.intp]
    hint: NDArray[np.int32]

    @classmethod
    def start(cls, low: NDArray[np.float64], high: NDArray[np.float64], rows: int, buffers: int) -> _Open:
        cell, row = np.divmod(np.arange(len(low) * rows), max(rows, 1))
        nothing = np.zeros((len(low), buffers))
        hint = np.full((len(cell), 2), -1, dtype=np.int32)
        return cls(low, high, np.full(len(low), NEVER), nothing, nothing, cell, row, hint)

    def only(self, cells: NDArray[np.bool_]) -> _Open:
        """Return some of the cells, with their entries."""
        kept, renumbered = cells[self.cell], np.cumsum(cells) - 1
        return _Open(
            self.low[cells],
            self.high[cells],
            self.most_mm[cells],
            self.free[cells],
            self.taken[cells],
            renumbered[self.cell[kept]],
            self.row[kept],
            self.hint[kept],
        )

    @classmethod
    def joined(cls, parts: list[_Open]) -> _Open:
        firsts = np.cumsum([0, *(len(part.low) for part in parts)])
        return cls(
            np.concatenate([part.low for part in parts]),
            np.concatenate([part.high for part in parts]),
            np.concatenate([part.most_mm for part in parts]),
            np.concatenate([part.free for part in parts]),
            np.concatenate([part.taken for part in parts]),
            np.concatenate([part.cell + first for part, first in zip(parts, firsts, strict=False)]),
            np.concatenate([part.row for part in parts]),
            np.concatenate([part.hint for part in parts]),
        )


def free_by_buffer(
    prover: Prover,
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    buffers_mm: NDArray[np.float64],
    *,
    weight: Weight,
    tolerance: float,
    most_cells: int,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Curve:
    """Divide cells until the bounds are near each other for every buffer.

    Parameters
    ----------
    prover : Prover
        Of the scene.
    low, high : ndarray, shape (n, 2)
        The cells to begin with; no revolute joint may reach over more than 180°.
    buffers_mm : ndarray, shape (k,)
        One or more, at least 0, ascending.
    weight : callable
        What a cell counts: ``weight(low, high)`` of shape (n,). It must be proportional to how far the cell reaches
        in the second joint, wherever that is.
    tolerance : float
        Stop once the bounds of every buffer are no further apart.
    most_cells : int
        Stop once as many cells have been looked at.
    workers : int
        Number of threads. The bounds do not depend on it.
    progress : callable, optional
        Called as ``progress(done, total)`` with weights in thousandths.
    """
    if ((high - low)[:, prover.turns] > 180.0).any():
        raise ValueError("cells of a buffer curve must reach over at most 180° of a revolute joint")
    total = float(weight(low, high).sum())
    free, taken = np.zeros(len(buffers_mm)), np.zeros(len(buffers_mm))
    fresh = _Open.start(low, high, len(prover.scene.pairs), len(buffers_mm))
    waiting, looked_at = fresh.only(np.zeros(len(low), dtype=bool)), 0
    with ThreadPoolExecutor(workers) as pool:
        while len(fresh.low):
            looked_at += len(fresh.low)
            parts = list(pool.map(lambda part: _judged(prover, part, buffers_mm, weight), _parts(fresh)))
            fresh = _Open.joined(parts)
            weights = weight(fresh.low, fresh.high)
            is_open = (weights[:, None] - fresh.free - fresh.taken).max(axis=1, initial=0.0) > 1e-12 * total
            free += fresh.free[~is_open].sum(axis=0)
            taken += fresh.taken[~is_open].sum(axis=0)
            waiting = _Open.joined([waiting, fresh.only(is_open)])
            undecided = weight(waiting.low, waiting.high)[:, None] - waiting.free - waiting.taken
            apart = total - free - waiting.free.sum(axis=0) - taken - waiting.taken.sum(axis=0)
            if progress is not None and total > 0:
                progress(int(1000 * (1 - apart.max(initial=0.0) / total)), 1000)
            if apart.max(initial=0.0) <= tolerance or looked_at >= most_cells:
                break
            worth = undecided[:, apart > tolerance].sum(axis=1)
            first = np.argsort(-worth, kind="stable")[: int((worth >= WORTH * worth.max(initial=0.0)).sum())]
            left = (apart - GAIN * np.cumsum(undecided[first], axis=0)).max(axis=1)
            divided = np.zeros(len(worth), dtype=bool)
            divided[first[: 1 + int((left > tolerance).sum())]] = True
            fresh, waiting = waiting.only(divided), waiting.only(~divided)
    free += waiting.free.sum(axis=0)
    taken += waiting.taken.sum(axis=0)
    # Who keeps more distance keeps less: what is free for a buffer is free for all smaller ones.
    lower, upper = np.maximum.accumulate(free[::-1])[::-1], np.minimum.accumulate(total - taken)
    return Curve(buffers_mm, lower, upper, looked_at)


def _parts(cells: _Open) -> list[_Open]:
    which = np.arange(len(cells.low)) // PART
    return [cells.only(which == part) for part in np.unique(which)]


def _judged(prover: Prover, cells: _Open, buffers_mm: NDArray[np.float64], weight: Weight) -> _Open:
    """Return the quarters of cells, with what can be said of them at the cells' size."""
    middle, reach = (cells.low + cells.high) / 2, (cells.high - cells.low) / 2
    order = np.argsort(cells.row, kind="stable")
    cell, row, hint = cells.cell[order], cells.row[order], cells.hint[order]
    is_own = np.array([pair.is_own for pair in prover.scene.pairs], dtype=bool)[row]
    plane, bowls = np.zeros((len(row), PLANE)), np.zeros((len(row), 2 * len(PLACES), BOWL))
    bowls[:, :, 0] = NEVER
    top_mm, most_mm, cell_most_mm = np.zeros(len(row)), np.full(len(row), NEVER), cells.most_mm.copy()
    cuts = np.unique([0, *(np.flatnonzero(np.diff(row)) + 1), len(row)])
    batches = [slice(start, stop) for start, stop in itertools.pairwise(cuts)]
    for at in batches:
        where = cell[at]
        prover.above(row[at.start], middle[where], reach[where], hint[at], bowls[at], most_mm[at])
        if not is_own[at.start]:
            cell_most_mm[where] = np.minimum(cell_most_mm[where], most_mm[at])
    for at in batches:
        where = cell[at]
        top_mm[at] = ROUNDING_MM
        if not is_own[at.start]:
            top_mm[at] += np.clip(cell_most_mm[where], 0.0, buffers_mm[-1])  # @top
        prover.below(
            row[at.start], middle[where], reach[where], top_mm[at], hint[at], plane[at], bowls[at], most_mm[at]
        )
        if not is_own[at.start]:
            cell_most_mm[where] = np.minimum(cell_most_mm[where], most_mm[at])
    stays = np.flatnonzero((most_mm < 0.0) | (plane[:, 0] < top_mm) | plane[:, 1:].any(axis=1))
    stays = stays[np.argsort(cell[stays], kind="stable")]
    cell, row, hint = cell[stays], row[stays], hint[stays]
    free, taken = np.empty((2, len(middle), 4, len(buffers_mm)))
    matters = np.empty((len(stays), 4), dtype=np.int32)
    shares(
        *edges(cells.low, cells.high, prover.turns, weight),
        np.searchsorted(cell, np.arange(len(middle) + 1)).astype(np.int32),
        is_own[stays].astype(np.int32),
        plane[stays],
        bowls[stays],
        most_mm[stays],
        buffers_mm,
        ROUNDING_MM,
        free,
        taken,
        matters,
    )
    quarters = []
    for quarter in range(4):
        upper, kept = np.array([quarter // 2, quarter % 2], dtype=bool), matters[:, quarter] > 0
        low, high = np.where(upper, middle, cells.low), np.where(upper, cells.high, middle)
        known = (cell_most_mm, free[:, quarter], taken[:, quarter])
        quarters.append(_Open(low, high, *known, cell[kept], row[kept], hint[kept]))
    return _Open.joined(quarters)
