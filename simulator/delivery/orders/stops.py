"""What is to be ordered, as numbers: stops with two ends, and the times between all ends."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Path = NDArray[np.intp]
"""An order (n, 2): each stop, and 1 where it is reversed, that is entered at its second end."""


@dataclass(frozen=True, eq=False)
class Stops:
    """Stops that are each visited once.

    Attributes
    ----------
    times_s : array (m, m)
        Between all ends, the same in both directions, at least 0; infinity where there is no way.
    ends : array (n, 2) of int
        Either end of each stop, as an index of `times_s`: it is entered at one and left at the other. One end twice
        is a stop at one place.
    first, last : int, optional
        Where to begin and to end, as an index of `times_s`; anywhere if not given.
    is_fixed : array (n,) of bool, optional
        Stops that may only be entered at the first of their ends; none if not given.

    Raises
    ------
    ValueError
        If times are not those of a symmetric matrix of numbers that are at least 0.
    """

    times_s: NDArray[np.float64]
    ends: NDArray[np.intp]
    first: int | None = None
    last: int | None = None
    is_fixed: NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        if not np.array_equal(self.times_s, self.times_s.T) or not (self.times_s >= 0.0).all():
            raise ValueError("times_s: must be symmetric and at least 0")

    def __len__(self) -> int:
        return len(self.ends)

    @cached_property
    def costs(self) -> NDArray[np.float64]:
        """Times (m + 1, m + 1); the last row and column, all 0, are those of a place that is anywhere."""
        return np.pad(self.times_s, (0, 1))

    @cached_property
    def finite_costs(self) -> NDArray[np.float64]:
        """The same, and where there is no way more than any order of ways that there are."""
        is_way = np.isfinite(self.costs)
        return np.where(is_way, self.costs, (len(self) + 1) * (self.costs[is_way].max() + 1.0))

    @property
    def begin(self) -> int:
        """Where to begin, as an index of `costs`."""
        return len(self.times_s) if self.first is None else self.first

    @property
    def finish(self) -> int:
        """Where to end, as an index of `costs`."""
        return len(self.times_s) if self.last is None else self.last

    @property
    def is_arc(self) -> NDArray[np.bool_]:
        """Of each stop (n,), whether it has two ends."""
        return np.not_equal(self.ends[:, 0], self.ends[:, 1])

    @property
    def may_turn(self) -> NDArray[np.bool_]:
        """Of each stop (n,), whether it may be entered at its second end, which may be the first one, too."""
        return np.ones(len(self), dtype=bool) if self.is_fixed is None else ~(self.is_fixed & self.is_arc)

    def places(self, path: Path) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return where each stop of an order is entered and left (n + 2,); around them, where to begin and end."""
        entry, leave = self.ends[path[:, 0], path[:, 1]], self.ends[path[:, 0], 1 - path[:, 1]]
        begin, finish = [self.begin], [self.finish]
        return np.concatenate([begin, entry, finish]), np.concatenate([begin, leave, finish])

    def time_of(self, path: Path) -> float:
        """Return how long an order takes, in s; infinity if it needs a way that is not there."""
        entry, leave = self.places(path)
        return float(self.costs[leave[:-1], entry[1:]].sum())
