"""What is achievable as a function of the clearance demanded, with bounds: one refinement for all buffers.

Every cell of poses has bounds on the distance of its pairs that follow it over the cell (`kernels.affine_bounds`),
and from them what is proven for every buffer (`kernels.coverage`). A pair that is further apart, all over a cell,
than the largest buffer or than another pair may be, says nothing there and is not asked again in its quarters:
the nearest pair of a pose is never one of them.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.certify.branch_and_bound import Progress, Weight, WorkList, branch_and_bound, every_pair
from simulator.certify.kernels.affine_bounds import PLANE
from simulator.certify.kernels.convex_bounds import BOWL, PLACES
from simulator.certify.kernels.coverage import edges, shares
from simulator.certify.kernels.pair_bounds import NEVER, ROUNDING_MM
from simulator.certify.prover import Prover

PART = 64
"""Cells that one thread looks at before it takes others, whatever the number of threads: so it changes no bound."""
ROUNDING = 1e-12
"""Of a cell's weight: less than that is not undecided."""


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


@dataclass(frozen=True, eq=False, kw_only=True)
class _Work(WorkList):
    """Cells, and what is known of them from the larger one that they are a quarter of.

    Attributes
    ----------
    most_mm : ndarray, shape (n,)
        What the least distance is at most, all over the cell.
    free, taken : ndarray, shape (n, buffers)
        The weight proven free and not free, for each buffer.
    """

    most_mm: NDArray[np.float64]
    free: NDArray[np.float64]
    taken: NDArray[np.float64]


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
    progress: Progress | None = None,
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
    nothing = np.zeros((len(low), len(buffers_mm)))
    start = _Work(
        low=low,
        high=high,
        undecided=nothing + weight(low, high)[:, None],
        most_mm=np.full(len(low), NEVER),
        free=nothing,
        taken=nothing,
        **every_pair(len(low), len(prover.scene.pairs)),
    )
    problem = _Curve(prover, buffers_mm, weight)
    stop = {"tolerance": tolerance, "most_cells": most_cells}
    undecided, looked_at = branch_and_bound(problem, start, **stop, workers=workers, progress=progress)
    problem.settle(undecided)
    # Who keeps more distance keeps less: what is free for a buffer is free for all smaller ones.
    lower = np.maximum.accumulate(problem.free[::-1])[::-1]
    upper = np.minimum.accumulate(float(weight(low, high).sum()) - problem.taken)
    return Curve(buffers_mm, lower, upper, looked_at)


class _Curve:
    """Which part of a cell is proven free, and which not, for each buffer."""

    share = 0.5
    gain = 0.8

    def __init__(self, prover: Prover, buffers_mm: NDArray[np.float64], weight: Weight) -> None:
        self._prover, self._buffers_mm, self._weight = prover, buffers_mm, weight
        self.free, self.taken = np.zeros(len(buffers_mm)), np.zeros(len(buffers_mm))

    def parts(self, cells: _Work) -> list[_Work]:
        return cells.split(np.minimum(np.arange(0, len(cells) + PART, PART), len(cells)))

    def settle(self, cells: _Work) -> None:
        self.free += cells.free.sum(axis=0)
        self.taken += cells.taken.sum(axis=0)

    def may_divide(self, cells: _Work) -> NDArray[np.bool_]:
        return np.ones(len(cells), dtype=bool)

    def divided(self, cells: _Work) -> _Work:
        """Return the cells: they are quarters already."""
        return cells

    def judged(self, cells: _Work) -> _Work:
        return _judged(self._prover, cells, self._buffers_mm, self._weight)


def _judged(prover: Prover, cells: _Work, buffers_mm: NDArray[np.float64], weight: Weight) -> _Work:
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
        weights = weight(low, high)[:, None]
        undecided = weights - free[:, quarter] - taken[:, quarter]
        quarters.append(
            _Work(
                low=low,
                high=high,
                undecided=np.where(undecided > ROUNDING * weights, undecided, 0.0),
                most_mm=cell_most_mm,
                free=free[:, quarter],
                taken=taken[:, quarter],
                cell=cell[kept],
                row=row[kept],
                hint=hint[kept],
            )
        )
    return cells.joined(quarters)
