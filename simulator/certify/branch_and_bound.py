"""Branch and bound over cells of poses: one work-list and one driver for whatever is asked of the cells.

Cells and pairs are refined together: a pair that is settled in a cell is not asked again in what the cell is divided
into. What divides first is what contributes most to the distance between the bounds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any, ClassVar, Protocol, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from simulator.certify.kernels.sentinels import NO_TRIANGLE

FREE, UNDECIDED, NOT_FREE = 0, 1, 2

Weight = Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]]
"""What cells (n, k) from low to high count: of shape (n,), 0 or more."""
Progress = Callable[[int, int], None]
"""Called as ``progress(done, total)`` with weights in thousandths."""


@dataclass(frozen=True, eq=False)
class Cells:
    """Boxes of poses, closed at their sides.

    Attributes
    ----------
    low, high : ndarray, shape (n, k)
        Least and greatest value of each scanned joint.
    status : ndarray of int8, shape (n,)
        FREE, UNDECIDED or NOT_FREE.
    pair : ndarray of int16, shape (n,)
        A pair that is in the way at every pose of a cell that is NOT_FREE, or that may be in one that is UNDECIDED;
        -1 where FREE.
    of : ndarray of int, shape (n,), optional
        Which of several boxes, asked about at once, a cell is a part of; 0 if not given.
    """

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    status: NDArray[np.int8]
    pair: NDArray[np.int16]
    of: NDArray[np.intp] = None  # type: ignore[assignment]  # zeros then, once made

    def __post_init__(self) -> None:
        if self.of is None:
            object.__setattr__(self, "of", np.zeros(len(self.low), dtype=np.intp))

    @classmethod
    def undecided(
        cls, low: NDArray[np.float64], high: NDArray[np.float64], of: NDArray[np.intp] | None = None
    ) -> Self:
        """Return cells of which nothing is known yet."""
        status, pair = np.full(len(low), UNDECIDED, dtype=np.int8), np.full(len(low), -1, dtype=np.int16)
        return cls(low, high, status, pair, of)  # type: ignore[arg-type]

    @classmethod
    def joined(cls, parts: Sequence[Cells]) -> Cells:
        """Return the cells of several parts, in their order."""
        columns = ("low", "high", "status", "pair", "of")
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in columns))

    def only(self, which: NDArray[np.bool_] | NDArray[np.intp]) -> Cells:
        """Return some of the cells."""
        return Cells(self.low[which], self.high[which], self.status[which], self.pair[which], self.of[which])

    def __len__(self) -> int:
        return len(self.low)


@dataclass(frozen=True, eq=False, kw_only=True)
class WorkList:
    """Cells, and for each the pairs still to ask there; problems add what else they know of either.

    Attributes
    ----------
    low, high : ndarray, shape (n, k)
        Least and greatest value of each scanned joint.
    undecided : ndarray, shape (n, m)
        How much of the weight of a cell is not decided yet, for each of m questions that are asked at once.
    cell, row : ndarray of int, shape (e,)
        One entry for each cell and pair, in the order of the cells.
    hint : ndarray of int32, shape (e, 2)
        Their witness: triangles that were near each other in a larger cell, or NO_TRIANGLE.
    """

    PER_ENTRY: ClassVar[frozenset[str]] = frozenset({"cell", "row", "hint"})

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    undecided: NDArray[np.float64]
    cell: NDArray[np.intp]
    row: NDArray[np.intp]
    hint: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.low)

    def only(self, cells: NDArray[np.bool_], entries: NDArray[np.bool_] | None = None) -> Self:
        """Return some of the cells, with their entries or some of those."""
        kept = cells[self.cell] if entries is None else cells[self.cell] & entries
        found = {name: array[kept if name in self.PER_ENTRY else cells] for name, array in self._arrays().items()}
        return type(self)(**{**found, "cell": (np.cumsum(cells) - 1)[found["cell"]]})

    def split(self, cuts: NDArray[np.intp]) -> list[Self]:
        """Return the cells in the parts between ascending numbers of cells."""
        cuts = np.unique(cuts)
        parts = []
        for cells, entries in zip(pairwise(cuts), pairwise(np.searchsorted(self.cell, cuts)), strict=True):
            at = {True: slice(*entries), False: slice(*cells)}
            found = {name: array[at[name in self.PER_ENTRY]] for name, array in self._arrays().items()}
            parts.append(type(self)(**{**found, "cell": found["cell"] - cells[0]}))
        return parts

    def in_parts(self, workers: int) -> list[Self]:
        """Return the cells in a part for each thread: handing over more costs more than waiting for the hardest."""
        return self.split(np.linspace(0, len(self), workers + 1).astype(np.intp))

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """Return the cells of several parts, in their order."""
        firsts = np.cumsum([0, *map(len, parts)])
        found = {name: np.concatenate([getattr(part, name) for part in parts]) for name in parts[0]._arrays()}
        shifts = np.repeat(firsts[:-1], [len(part.cell) for part in parts])
        return cls(**{**found, "cell": found["cell"] + shifts})

    def _arrays(self) -> dict[str, NDArray[np.generic]]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


def every_pair(cells: int, pairs: int) -> dict[str, NDArray[Any]]:
    """Return the entries of a work-list to begin with: every pair in every cell, no witness known."""
    cell, row = np.divmod(np.arange(cells * pairs), max(pairs, 1))
    return {"cell": cell, "row": row, "hint": np.full((len(cell), 2), NO_TRIANGLE, dtype=np.int32)}


def by_row(row: NDArray[np.intp]) -> list[tuple[int, NDArray[np.intp]]]:
    """Return every pair that entries (e,) are of, and which of them, in their order."""
    order = np.argsort(row, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(row[order])) + 1) if len(order) else []
    return [(int(row[entries[0]]), entries) for entries in groups]


Work = TypeVar("Work", bound=WorkList)


class Problem(Protocol[Work]):
    """What is asked of cells.

    Attributes
    ----------
    share : float
        Cells that contribute at least this share of what the largest does are divided in the same round.
    gain : float
        What dividing is expected to decide of a cell: no more of them are divided than may be needed.
    """

    share: float
    gain: float

    def parts(self, cells: Work) -> list[Work]:
        """Return cells in parts, each for one thread at a time."""

    def judged(self, cells: Work) -> Work:
        """Return cells, or what they are divided into, with what can be said of them at their size."""

    def settle(self, cells: Work) -> None:
        """Take over cells that leave nothing undecided that counts."""

    def may_divide(self, cells: Work) -> NDArray[np.bool_]:
        """Return which cells (n,) are large enough to be divided."""

    def divided(self, cells: Work) -> Work:
        """Return cells as they are to be judged next."""


def branch_and_bound(
    problem: Problem[Work],
    start: Work,
    *,
    tolerance: float,
    most_cells: int,
    workers: int = 1,
    progress: Progress | None = None,
    weighed: Callable[[Work], Work] | None = None,
) -> tuple[Work, int]:
    """Divide cells until what is undecided of each question weighs little.

    Parameters
    ----------
    problem : Problem
        What is asked.
    start : WorkList
        The cells to begin with.
    tolerance : float
        Stop once no question leaves more undecided than that.
    most_cells : int
        Stop once as many cells have been looked at.
    workers : int
        Number of threads.
    progress : callable, optional
        See `Progress`.
    weighed : callable, optional
        Called in each round with the undecided cells: returns them with what they leave undecided in view of those
        that are settled. One that leaves nothing then never will, and is settled as it is.

    Returns
    -------
    undecided : WorkList
        The cells that the problem has not settled.
    looked_at : int
        How many cells were judged.
    """
    fresh, waiting, looked_at = start, start.only(np.zeros(len(start), dtype=bool)), 0
    total = float(start.undecided.sum(axis=0).max(initial=0.0))
    with ThreadPoolExecutor(workers) as pool:
        while len(fresh):
            looked_at += len(fresh)
            judged = start.joined(list(pool.map(problem.judged, problem.parts(fresh))))
            is_open = judged.undecided.max(axis=1, initial=0.0) > 0.0
            problem.settle(judged.only(~is_open))
            waiting = start.joined([waiting, judged.only(is_open)])
            if weighed is not None:
                waiting = weighed(waiting)
                counts = waiting.undecided.max(axis=1, initial=0.0) > 0.0
                problem.settle(waiting.only(~counts))
                waiting = waiting.only(counts)
            left = waiting.undecided.sum(axis=0)
            if progress is not None and total > 0:
                progress(int(1000 * (1 - left.max(initial=0.0) / total)), 1000)
            if left.max(initial=0.0) <= tolerance or looked_at >= most_cells:
                break
            chosen = _chosen(problem, waiting, left, tolerance)
            fresh, waiting = problem.divided(waiting.only(chosen)), waiting.only(~chosen)
    return waiting, looked_at


def _chosen(problem: Problem[Work], waiting: Work, left: NDArray[np.float64], tolerance: float) -> NDArray[np.bool_]:
    """Return which cells to divide next: those that contribute most to what is left of the open questions."""
    worth = waiting.undecided[:, left > tolerance].sum(axis=1)
    worth[~problem.may_divide(waiting)] = 0.0
    large = np.flatnonzero((worth >= problem.share * worth.max(initial=0.0)) & (worth > 0.0))
    large = large[np.argsort(-worth[large], kind="stable")]
    after = (left - problem.gain * np.cumsum(waiting.undecided[large], axis=0)).max(axis=1)
    chosen = np.zeros(len(waiting), dtype=bool)
    chosen[large[: 1 + int((after > tolerance).sum())]] = True
    return chosen
