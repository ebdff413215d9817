"""What is achievable as a function of the clearance demanded, with bounds: one refinement for all buffers.

Every cell of poses has bounds on the distance of its pairs that follow it over the cell (`kernels.affine_bounds`),
and from them what is proven for every buffer (`kernels.coverage`). A pair that is further apart, all over a cell,
than the largest buffer or than another pair may be, says nothing there and is not asked again in its quarters:
the nearest pair of a pose is never one of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator.certify.branch_and_bound import Progress, Weight, WorkList, branch_and_bound, by_row, every_pair
from simulator.certify.kernels.affine_bounds import AFFINE, Lower
from simulator.certify.kernels.convex_bounds import Upper, unknown
from simulator.certify.kernels.coverage import GRID, Coverage, Distances, Rectangles, coverage
from simulator.certify.kernels.sentinels import FAR_MM, ROUNDING_MM
from simulator.certify.prover import Prover

PART = 256
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
    free, blocked : ndarray, shape (n, buffers)
        The weight proven free and not free, for each buffer.
    """

    most_mm: NDArray[np.float64]
    free: NDArray[np.float64]
    blocked: NDArray[np.float64]


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
    if low.shape[1] != 2:
        raise ValueError(f"a buffer curve is of two joints, not of {low.shape[1]}")
    if ((high - low)[:, prover.turns] > 180.0).any():
        raise ValueError("cells of a buffer curve must reach over at most 180° of a revolute joint")
    nothing = np.zeros((len(low), len(buffers_mm)))
    start = _Work(
        low=low,
        high=high,
        undecided=nothing + weight(low, high)[:, None],
        most_mm=np.full(len(low), FAR_MM),
        free=nothing,
        blocked=nothing,
        **every_pair(len(low), len(prover.scene.pairs)),
    )
    problem = _Curve(prover, buffers_mm, weight)
    undecided, looked_at = branch_and_bound(
        problem, start, tolerance=tolerance, most_cells=most_cells, workers=workers, progress=progress
    )
    problem.settle(undecided)
    # Who keeps more distance keeps less: what is free for a buffer is free for all smaller ones.
    lower = np.maximum.accumulate(problem.free[::-1])[::-1]
    upper = np.minimum.accumulate(float(weight(low, high).sum()) - problem.blocked)
    return Curve(buffers_mm, lower, upper, looked_at)


class _Curve:
    """Which part of a cell is proven free, and which not, for each buffer."""

    share = 0.5
    gain = 0.8

    def __init__(self, prover: Prover, buffers_mm: NDArray[np.float64], weight: Weight) -> None:
        self._prover, self._buffers_mm, self._weight = prover, buffers_mm, weight
        self._is_own = np.array([pair.is_own for pair in prover.scene.pairs], dtype=bool)
        self.free, self.blocked = np.zeros(len(buffers_mm)), np.zeros(len(buffers_mm))

    def parts(self, cells: _Work) -> list[_Work]:
        return cells.split(np.minimum(np.arange(0, len(cells) + PART, PART), len(cells)))

    def settle(self, cells: _Work) -> None:
        self.free += cells.free.sum(axis=0)
        self.blocked += cells.blocked.sum(axis=0)

    def may_divide(self, cells: _Work) -> NDArray[np.bool_]:
        return np.ones(len(cells), dtype=bool)

    def divided(self, cells: _Work) -> _Work:
        """Return the cells: they are quarters already."""
        return cells

    def judged(self, cells: _Work) -> _Work:
        """Return the quarters of cells, with what can be said of them at the cells' size."""
        bounds, most_mm, is_near = self._bounds(cells)
        cell, row = cells.cell[is_near], cells.row[is_near]
        starts = np.searchsorted(cell, np.arange(len(cells) + 1)).astype(np.int32)
        upper = Upper(*(array[is_near] for array in bounds.upper))
        pairs = Distances(starts, self._is_own[row].astype(np.int32), bounds.affine[is_near], *upper)
        rectangles = _rectangles(cells.low, cells.high, self._prover.turns, self._weight)
        found = coverage(rectangles, pairs, self._buffers_mm)
        known = replace(cells, most_mm=most_mm, cell=cell, row=row, hint=bounds.witness[is_near])
        return cells.joined([self._quarter(known, found, quarter) for quarter in range(4)])

    def _bounds(self, cells: _Work) -> tuple[Lower, NDArray[np.float64], NDArray[np.bool_]]:
        """Return the bounds of every entry, what the least distance in each cell is at most, and what may matter.

        Own pairs need not keep the buffer: they say nothing of the least distance, only whether they touch.
        """
        middle, reach = (cells.low + cells.high) / 2, (cells.high - cells.low) / 2
        entries, most_mm, top_mm = by_row(cells.row), cells.most_mm.copy(), np.full(len(cells.row), ROUNDING_MM)
        bounds = Lower(np.zeros((len(top_mm), AFFINE)), unknown(len(top_mm)), cells.hint.copy())
        for row, at in entries:
            where = cells.cell[at]
            upper = self._prover.upper_bounds(row, middle[where], reach[where], cells.hint[at])
            _put(upper, bounds.upper, at)
            if not self._is_own[row]:
                most_mm[where] = np.minimum(most_mm[where], upper.most)
        for row, at in entries:
            at = at[most_mm[cells.cell[at]] >= 0.0]  # elsewhere another pair collides at every pose
            where = cells.cell[at]
            if not self._is_own[row]:
                top_mm[at] += np.clip(most_mm[where], 0.0, self._buffers_mm[-1])  # @top
            known = Upper(*(array[at] for array in bounds.upper))
            lower = self._prover.lower_bounds(row, middle[where], reach[where], top_mm[at], cells.hint[at], known)
            bounds.affine[at], bounds.witness[at] = lower.affine, lower.witness
            _put(lower.upper, bounds.upper, at)
            if not self._is_own[row]:
                most_mm[where] = np.minimum(most_mm[where], lower.upper.most)
        is_near = (bounds.upper.most < 0.0) | (bounds.affine[:, 0] < top_mm) | bounds.affine[:, 1:].any(axis=1)
        return bounds, most_mm, is_near

    def _quarter(self, cells: _Work, found: Coverage, quarter: int) -> _Work:
        """Return one quarter of cells, with the entries that matter there."""
        upper, matters = np.array([quarter // 2, quarter % 2], dtype=bool), found.matters[:, quarter] > 0
        middle, free, blocked = (cells.low + cells.high) / 2, found.free[:, quarter], found.blocked[:, quarter]
        low, high = np.where(upper, middle, cells.low), np.where(upper, cells.high, middle)
        weights = self._weight(low, high)[:, None]
        undecided = weights - free - blocked
        undecided[undecided <= ROUNDING * weights] = 0.0
        known = replace(cells, low=low, high=high, undecided=undecided, free=free, blocked=blocked)
        return known.only(np.ones(len(cells), dtype=bool), matters)


def _rectangles(low: NDArray[np.float64], high: NDArray[np.float64], turns: list[bool], weight: Weight) -> Rectangles:
    """Return the rectangles of cells; ``turns`` says which of the joints are revolute."""
    middle, reach = (low + high) / 2, (high - low) / 2
    steps = np.linspace(-1.0, 1.0, GRID + 1) * reach[:, :, None]
    x, versine = steps.copy(), np.zeros_like(steps)
    for column in range(2):
        if turns[column]:
            angle = np.radians(steps[:, column])
            x[:, column], versine[:, column] = np.sin(angle), 1.0 - np.cos(angle)
    cuts = middle[:, :1] + steps[:, 0]
    below = np.stack([cuts[:, :-1], np.repeat(low[:, 1:], GRID, axis=1)], axis=2)
    above = np.stack([cuts[:, 1:], np.repeat(high[:, 1:], GRID, axis=1)], axis=2)
    return Rectangles(x, versine, weight(below.reshape(-1, 2), above.reshape(-1, 2)).reshape(-1, GRID))


def _put(some: Upper, whole: Upper, at: NDArray[np.intp]) -> None:
    """Write the bounds of some entries into those of all."""
    for array, part in zip(whole, some, strict=True):
        array[at] = part
