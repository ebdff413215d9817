"""Which cells touch: from boxes of poses to ways between them.

A box that is proven free holds the straight way between any two of its poses, and the way of one joint after the
other in any order. Two boxes that share a face have poses of the face in common, so one can go from either into the
other. What is connected in this graph is so in the room; what is not may be, by cells that nothing is proven of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.certify.branch_and_bound import Cells
from simulator.geometry.angles import FULL_TURN_DEG
from simulator.geometry.components import connected_components

SAME_DEG = 1e-9
CHUNK = 4096
"""Poses that are looked up at a time."""
Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class CellGraph:
    """Cells, and which of them touch.

    Attributes
    ----------
    cells : Cells
        The nodes.
    turns : tuple of bool, length k
        Whether values of a joint that are a full turn apart are one pose.
    first, second : ndarray of int, shape (e,)
        Cells that touch.
    low, high : ndarray, shape (e, k)
        What they share: equal numbers across one joint. Through the end of a full turn it has the value that the
        joint has in the cell ``first``, the greatest one; in ``second`` the same poses have the least.
    """

    cells: Cells
    turns: tuple[bool, ...]
    first: Indices
    second: Indices
    low: Floats
    high: Floats

    @classmethod
    def of(cls, cells: Cells, *, turns: Sequence[bool], corners: bool = False) -> CellGraph:
        """Return the graph of cells that do not overlap.

        Cells that share an edge must have the very same number for it, as those of `branch_and_bound` have: each is
        a half of a half of one of the cells to begin with.

        Parameters
        ----------
        cells : Cells
            Of k joints. One that stands still, with equal numbers for low and high, only meets equal values.
        turns : sequence of k bool
            Whether values of a joint that are a full turn apart are one pose, as -180 and 180 of one without limits.
        corners : bool
            Whether cells also count that have only a corner or an edge in common. If not, the face that they share
            must be of positive size.
        """
        index, low, high, is_moved = _with_ends(cells, turns)
        first, second = _touching(low, high, corners=corners)
        is_itself = index[first] == index[second]
        is_again = (is_moved[first] & is_moved[second]).any(axis=1)  # they meet where they met before
        kept = ~is_itself & ~is_again
        first, second = first[kept], second[kept]
        low, high = np.maximum(low[first], low[second]), np.minimum(high[first], high[second])
        return cls(cells, tuple(turns), index[first], index[second], low, high)

    def components(self) -> NDArray[np.int32]:
        """Return the number (n,) of the component that each cell belongs to, from 0 on in the order of the cells."""
        return connected_components(len(self.cells), self.first, self.second)

    def cell_of(self, pose: Sequence[float] | Floats) -> Indices:
        """Return which cells hold a pose (k,), sides included: several where it lies on one, none outside all."""
        held = np.ones(len(self.cells), dtype=bool)
        for column, value in enumerate(np.asarray(pose, dtype=float)):
            low, high = self.cells.low[:, column], self.cells.high[:, column]
            held_here = (low <= value) & (value <= high)
            ends = _ends(self.cells, column) if self.turns[column] else None
            if ends is not None and value in ends:
                held_here |= (low == ends[0]) | (high == ends[1])
            held &= held_here
        return np.flatnonzero(held)


def are_held(low: Floats, high: Floats, poses: Floats) -> NDArray[np.bool_]:
    """Return which poses (n, k) lie in one of some boxes, low and high of shape (m, k), sides included."""
    held = np.zeros(len(poses), dtype=bool)
    beyond = np.nextafter(high[:, 0], np.inf)
    for start in range(0, len(poses), CHUNK):
        some = poses[start : start + CHUNK]
        box, pose = _joined(low[:, 0], beyond, some[:, 0])
        is_in = ((low[box, 1:] <= some[pose, 1:]) & (some[pose, 1:] <= high[box, 1:])).all(axis=1)
        held[start + pose[is_in]] = True
    return held


def _ends(cells: Cells, column: int) -> tuple[float, float] | None:
    """Return the least and the greatest value of a joint, if cells are at both and they are a full turn apart."""
    least, greatest = cells.low[:, column].min(initial=np.inf), cells.high[:, column].max(initial=-np.inf)
    return (float(least), float(greatest)) if abs(greatest - least - FULL_TURN_DEG) < SAME_DEG else None


def _with_ends(cells: Cells, turns: Sequence[bool]) -> tuple[Indices, Floats, Floats, NDArray[np.bool_]]:
    """Return cells (m,), and those at the least value of a joint that turns a second time, at its greatest.

    Of each: which it is, its corners, and along which joints it was moved (m, k).
    """
    index, low, high = np.arange(len(cells)), cells.low, cells.high
    is_moved = np.zeros(low.shape, dtype=bool)
    for column in np.flatnonzero(turns):
        ends = _ends(cells, int(column))
        if ends is None:
            continue
        again = np.flatnonzero(low[:, column] == ends[0])
        every = np.concatenate([np.arange(len(index)), again])
        count = len(index)
        index, low, high, is_moved = (array[every] for array in (index, low, high, is_moved))
        low[count:, column] = ends[1]  # the very number where others end
        high[count:, column] += FULL_TURN_DEG
        is_moved[count:, column] = True
    return index, low, high, is_moved


def _touching(low: Floats, high: Floats, *, corners: bool) -> tuple[Indices, Indices]:
    """Return pairs of boxes (m, k) that touch, the one that ends where they do first."""
    starts, ends = _ranks(low, high)
    found = [_meeting(starts, ends, column, corners=corners) for column in range(low.shape[1])]
    first, second = (np.concatenate([np.empty(0, dtype=np.intp), *each]) for each in zip(*found, strict=True))
    if corners:  # found once for each joint across which they touch
        _, once = np.unique(first * len(low) + second, return_index=True)
        first, second = first[once], second[once]
    return first, second


def _ranks(low: Floats, high: Floats) -> tuple[Indices, Indices]:
    """Return even integers (m, k) in the order of the numbers; one more for the end of what stands still."""
    starts, ends = np.empty(low.shape, dtype=np.intp), np.empty(low.shape, dtype=np.intp)
    for column in range(low.shape[1]):
        both = np.concatenate([low[:, column], high[:, column]])
        starts[:, column], ends[:, column] = np.split(2 * np.unique(both, return_inverse=True)[1], 2)
    return starts, ends + (starts == ends)


def _meeting(starts: Indices, ends: Indices, column: int, *, corners: bool) -> tuple[Indices, Indices]:
    """Return pairs of boxes of which one ends in a column where the other starts, and that overlap in the others.

    A sweep along one of the others: of two intervals that overlap, one starts within the other.
    """
    others = [other for other in range(starts.shape[1]) if other != column]
    along = others[0] if others else column
    size = int(ends.max(initial=0)) + 2
    at_end, at_start = ends[:, column] * size, starts[:, column] * size  # boxes of one place stand together
    if not others:
        return _joined(at_end, at_end + 1, at_start)
    closed = int(corners)
    begin, end = starts[:, along], ends[:, along] + closed
    first, second = _joined(at_end + begin, at_end + end, at_start + begin)
    later, earlier = _joined(at_start + begin + 1, at_start + end, at_end + begin)
    first, second = np.concatenate([first, earlier]), np.concatenate([second, later])
    for other in others[1:]:
        meets = starts[first, other] < ends[second, other] + closed
        meets &= starts[second, other] < ends[first, other] + closed
        first, second = first[meets], second[meets]
    return first, second


def _joined(
    least: NDArray[np.generic], beyond: NDArray[np.generic], keys: NDArray[np.generic]
) -> tuple[Indices, Indices]:
    """Return all pairs of a range, from ``least`` to below ``beyond`` (m,), and a key (n,) in it, by index."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    start = np.searchsorted(ordered, least)
    count = np.maximum(np.searchsorted(ordered, beyond) - start, 0)
    which = np.repeat(np.arange(len(least)), count)
    within = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count)
    return which, order[np.repeat(start, count) + within]
