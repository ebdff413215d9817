"""At which poses of a grid each pair is proven apart: boxes of poses, divided down to single ones.

Every pair has boxes of its own, over the joints that move it alone, and a pair that is apart over a box is not asked
again there. A box reaches from its first pose to its last: what lies between two neighbouring boxes is not asked, so
a box of one pose does not move at all, and what is free there is proven so.
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


@dataclass(frozen=True, eq=False)
class _Boxes:
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

    def only(self, which: NDArray[Any] | slice) -> _Boxes:
        """Return some of the boxes."""
        return _Boxes(*(getattr(self, field.name)[which] for field in fields(self)))

    @classmethod
    def joined(cls, parts: Sequence[_Boxes]) -> _Boxes:
        """Return the boxes of several parts, in their order."""
        return cls(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(cls)))

    def corners(self, values: Sequence[NDArray[np.float64]]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the least and the greatest value (n, k) of each joint, of ascending values of each."""
        low, high = (
            np.stack([each[at] for each, at in zip(values, ends.T, strict=True)], axis=1)
            for ends in (self.first, self.last)
        )
        return low, high

    def __len__(self) -> int:
        return len(self.row)


def proven_apart(
    prover: Prover, values: Sequence[NDArray[np.float64]], *, workers: int = 1, progress: Progress | None = None
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
    scene, shape = prover.scene, tuple(map(len, values))
    moved = np.array([np.isin(np.arange(len(shape)), scene.columns_of_pair(pair)) for pair in scene.pairs])
    moved = moved.reshape(len(scene.pairs), len(shape))
    apart = np.zeros((len(scene.pairs), *shape), dtype=bool)
    if apart.size == 0:
        return apart
    last = np.where(moved, np.array(shape) - 1, 0)
    hint = np.full((len(last), 2), NO_TRIANGLE, dtype=np.int32)
    boxes = _Boxes(np.arange(len(last)), np.zeros_like(last), last, hint)
    everywhere = np.prod(np.where(moved, shape, 1), axis=1)
    with ThreadPoolExecutor(workers) as pool:
        while len(boxes):
            parts = [boxes.only(part) for part in np.array_split(np.arange(len(boxes)), _count(boxes, workers))]
            asked = list(pool.map(lambda part: _asked(prover, values, part), parts))
            is_apart, is_open = (np.concatenate(each) for each in zip(*(found[1:] for found in asked), strict=True))
            boxes = _Boxes.joined([found[0] for found in asked])
            _mark(apart, boxes.only(is_apart), moved)
            is_open &= (boxes.last > boxes.first).any(axis=1)
            boxes = boxes.only(is_open)
            if progress is not None:
                left = np.prod(boxes.last - boxes.first + 1, axis=1) / everywhere[boxes.row]
                progress(int(1000 * (1.0 - left.sum() / len(everywhere))), 1000)
            boxes = _halves(prover, values, boxes)
    return apart


def _count(boxes: _Boxes, workers: int) -> int:
    return max(1, min(3 * workers, len(boxes) // LEAST_BOXES)) if workers > 1 else 1


def _asked(
    prover: Prover, values: Sequence[NDArray[np.float64]], boxes: _Boxes
) -> tuple[_Boxes, NDArray[np.bool_], NDArray[np.bool_]]:
    """Return boxes with better hints, which are proven apart, and of which nothing is known.

    What is proven in the way all over a box is neither: there is nothing to find in its parts.
    """
    low, high = boxes.corners(values)
    middle, reach = (low + high) / 2, (high - low) / 2
    demanded, hint = demanded_mm(prover)[boxes.row], boxes.hint.copy()
    is_apart, is_open = np.zeros(len(boxes), dtype=bool), np.zeros(len(boxes), dtype=bool)
    for row, at in by_row(boxes.row):
        cap_mm = demanded[at] + ROUNDING_MM
        found = prover.bounds(row, middle[at], reach[at], cap_mm, demanded[at], hint[at])
        hint[at], is_apart[at] = found.witness, found.least >= cap_mm
        is_open[at] = ~is_apart[at] & (found.most > demanded[at] - ROUNDING_MM)
    return replace(boxes, hint=hint), is_apart, is_open


def _mark(apart: NDArray[np.bool_], boxes: _Boxes, moved: NDArray[np.bool_]) -> None:
    """Write down at which poses pairs are apart, whatever the values of joints that do not move them."""
    ends = np.where(moved[boxes.row], boxes.last + 1, np.array(apart.shape[1:]))
    for row, first, end in zip(boxes.row.tolist(), boxes.first.tolist(), ends.tolist(), strict=True):
        apart[row, *map(slice, first, end)] = True


def _halves(prover: Prover, values: Sequence[NDArray[np.float64]], boxes: _Boxes) -> _Boxes:
    """Return boxes cut in two across the side that moves things most."""
    at, axis = np.arange(len(boxes)), prover.sides(*boxes.corners(values)).argmax(axis=1)
    until = (boxes.first[at, axis] + boxes.last[at, axis]) // 2
    last, first = boxes.last.copy(), boxes.first.copy()
    last[at, axis], first[at, axis] = until, until + 1
    return _Boxes.joined([replace(boxes, last=last), replace(boxes, first=first)])
