"""At which poses of a grid each pair is proven apart, or in the way: boxes of poses, divided down to single ones.

Every pair has boxes of its own, over the joints that move it alone, and a pair that is settled over a box is not
asked again there. A box reaches from its first pose to its last: what lies between two neighbouring boxes is not
asked, so a box of one pose does not move at all, and what is free there is proven so.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.certify.branch_and_bound import Progress, by_row
from simulator.certify.cells import demanded_mm
from simulator.certify.kernels.sentinels import NO_TRIANGLE, ROUNDING_MM
from simulator.certify.prover import Prover

LEAST_BOXES = 200
"""Fewer are not worth handing over to another thread."""
Values = Sequence[NDArray[np.float64]]
Beside = tuple[NDArray[np.float64], NDArray[np.float64]]
"""The least and the greatest value (j,) of further joints."""
NOTHING_BESIDE: Beside = np.empty(0), np.empty(0)


@dataclass(frozen=True, eq=False)
class Boxes:
    """Boxes of poses, each of one pair.

    Attributes
    ----------
    row : ndarray of int, shape (n,)
        The pair.
    first, last : ndarray of int, shape (n, k)
        Indices into the values of each joint; 0 of a joint that does not move the pair.
    hint : ndarray of int32, shape (n, 2)
        Triangles that were near each other in a larger box, or NO_TRIANGLE.
    """

    row: NDArray[np.intp]
    first: NDArray[np.intp]
    last: NDArray[np.intp]
    hint: NDArray[np.int32]

    def only(self, which: NDArray[Any] | slice) -> Boxes:
        """Return some of the boxes."""
        return Boxes(*(getattr(self, field.name)[which] for field in fields(self)))

    @classmethod
    def joined(cls, parts: Sequence[Boxes]) -> Boxes:
        """Return the boxes of several parts, in their order."""
        return cls(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(cls)))

    def corners(self, values: Values) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the least and the greatest value (n, k) of each joint, of ascending values of each."""
        low, high = (
            np.stack([each[at] for each, at in zip(values, ends.T, strict=True)], axis=1)
            for ends in (self.first, self.last)
        )
        return low, high

    def marked(self, moved: NDArray[np.bool_], shape: tuple[int, ...]) -> NDArray[np.bool_]:
        """Return at which poses (pairs, *shape) there is a box, whatever the values of joints that do not move it."""
        found = np.zeros((len(moved), *shape), dtype=bool)
        ends = np.where(moved[self.row], self.last + 1, np.array(shape))
        for row, first, end in zip(self.row.tolist(), self.first.tolist(), ends.tolist(), strict=True):
            found[row, *map(slice, first, end)] = True
        return found

    def __len__(self) -> int:
        return len(self.row)


@dataclass(frozen=True, eq=False)
class Settled:
    """Boxes that together hold all poses of all pairs.

    Attributes
    ----------
    apart, in_the_way : Boxes
        Of which it is proven that the pair keeps its buffer, or does not, all over the box.
    open : Boxes
        Single poses of which neither is known.
    moved : ndarray of bool, shape (pairs, k)
        Which joints move which pair.
    beside : tuple of two ndarrays
        The least and the greatest value of further joints, for all between which it holds.
    """

    apart: Boxes
    in_the_way: Boxes
    open: Boxes
    moved: NDArray[np.bool_]
    beside: Beside

    def require_within(self, values: NDArray[np.float64]) -> None:
        """Refuse values (m, j) of the further joints of which nothing is proven.

        Raises
        ------
        ValueError
            If there is one.
        """
        if not ((self.beside[0] <= values) & (values <= self.beside[1])).all():
            raise ValueError("values: must be in the box for which boxes of poses are settled")


def proven_apart(
    prover: Prover, values: Values, *, workers: int = 1, progress: Progress | None = None
) -> NDArray[np.bool_]:
    """Return where each pair is proven to keep its buffer, and not to be one inside the other.

    Where it is not, nothing is said.

    Parameters
    ----------
    prover : Prover
        Of the scene.
    values : sequence of k ndarrays
        Ascending values of each scanned joint; the poses are all their combinations.
    workers : int
        Number of threads. The answer does not depend on it.
    progress : callable, optional
        Called as ``progress(done, total)`` in thousandths of the pairs' poses.

    Returns
    -------
    ndarray of bool, shape (pairs, *values)
    """
    found = settled(prover, values, workers=workers, progress=progress)
    return found.apart.marked(found.moved, tuple(map(len, values)))


def settled(
    prover: Prover,
    values: Values,
    *,
    beside: Beside = NOTHING_BESIDE,
    workers: int = 1,
    progress: Progress | None = None,
) -> Settled:
    """Return boxes of poses in which pairs are proven apart, or in the way, and the poses that are left.

    Parameters
    ----------
    prover, values, workers, progress
        As for `proven_apart`.
    beside : tuple of two ndarrays, optional
        The least and the greatest value of the joints scanned after those: what is said holds for all between.
    """
    shape = tuple(map(len, values))
    moved, pairs = _moved(prover, len(shape)), len(prover.scene.pairs)
    last = np.where(moved, np.array(shape) - 1, 0)
    boxes = Boxes(np.arange(pairs), np.zeros_like(last), last, np.full((pairs, 2), NO_TRIANGLE, dtype=np.int32))
    found: tuple[list[Boxes], ...] = tuple([boxes.only(slice(0))] for _ in range(3))
    if 0 in shape:
        boxes = boxes.only(slice(0))
    everywhere = np.prod(np.where(moved, shape, 1), axis=1)
    with ThreadPoolExecutor(workers) as pool:
        while len(boxes):
            parts = [boxes.only(part) for part in np.array_split(np.arange(len(boxes)), _count(boxes, workers))]
            asked = list(pool.map(lambda part: _asked(prover, values, beside, part), parts))
            is_apart, is_in_the_way = (np.concatenate(each) for each in zip(*(one[1:] for one in asked), strict=True))
            boxes = Boxes.joined([one[0] for one in asked])
            is_open = ~is_apart & ~is_in_the_way
            is_single = (boxes.last == boxes.first).all(axis=1)
            for kind, which in zip(found, (is_apart, is_in_the_way, is_open & is_single), strict=True):
                kind.append(boxes.only(which))
            boxes = boxes.only(is_open & ~is_single)
            if progress is not None:
                left = np.prod(boxes.last - boxes.first + 1, axis=1) / everywhere[boxes.row]
                progress(int(1000 * (1.0 - left.sum() / len(everywhere))), 1000)
            boxes = _halves(prover, values, boxes)
    apart, in_the_way, left = map(Boxes.joined, found)
    return Settled(apart, in_the_way, left, moved, beside)


def _moved(prover: Prover, count: int) -> NDArray[np.bool_]:
    """Return which pairs are moved by which of the first joints, shape (pairs, count)."""
    scene = prover.scene
    moved = [np.isin(np.arange(count), scene.columns_of_pair(pair)) for pair in scene.pairs]
    return np.array(moved, dtype=bool).reshape(len(scene.pairs), count)


def _count(boxes: Boxes, workers: int) -> int:
    return max(1, min(3 * workers, len(boxes) // LEAST_BOXES)) if workers > 1 else 1


def _asked(
    prover: Prover, values: Values, beside: Beside, boxes: Boxes
) -> tuple[Boxes, NDArray[np.bool_], NDArray[np.bool_]]:
    """Return boxes with better hints, and which are proven apart, and which in the way, all over."""
    ends = boxes.corners(values)
    low, high = (
        np.hstack([of_box, np.broadcast_to(further, (len(boxes), len(further)))])
        for of_box, further in zip(ends, beside, strict=True)
    )
    return asked_in(prover, boxes, low, high)


def asked_in(
    prover: Prover, boxes: Boxes, low: NDArray[np.float64], high: NDArray[np.float64]
) -> tuple[Boxes, NDArray[np.bool_], NDArray[np.bool_]]:
    """Return boxes with better hints, and which are proven apart, or in the way, over cells (n, j) of all joints."""
    middle, reach = (low + high) / 2, (high - low) / 2
    demanded, hint = demanded_mm(prover)[boxes.row], boxes.hint.copy()
    is_apart, is_in_the_way = np.zeros(len(boxes), dtype=bool), np.zeros(len(boxes), dtype=bool)
    for row, at in by_row(boxes.row):
        cap_mm = demanded[at] + ROUNDING_MM
        found = prover.bounds(row, middle[at], reach[at], cap_mm, demanded[at], hint[at])
        hint[at], is_apart[at] = found.witness, found.least >= cap_mm
        is_in_the_way[at] = ~is_apart[at] & (found.most <= demanded[at] - ROUNDING_MM)
    return replace(boxes, hint=hint), is_apart, is_in_the_way


def _halves(prover: Prover, values: Values, boxes: Boxes) -> Boxes:
    """Return boxes cut in two across the side that moves things most."""
    low, high = boxes.corners(values)
    at, axis = np.arange(len(boxes)), ((high - low) * prover.degrees[: len(values)]).argmax(axis=1)
    until = (boxes.first[at, axis] + boxes.last[at, axis]) // 2
    last, first = boxes.last.copy(), boxes.first.copy()
    last[at, axis], first[at, axis] = until, until + 1
    return Boxes.joined([replace(boxes, last=last), replace(boxes, first=first)])
