"""Boxes of joint values, asked about many at once: free all over or not, and with how much room.

A pose is a box without sides, the way of one joint has one side, and what several joints may do in any timing has
more. All boxes of one scene share one work-list, so that many short ways cost little more than one long one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator.certify.branch_and_bound import FREE, UNDECIDED, Cells
from simulator.certify.cells import FINEST, cut, divided, start_cells
from simulator.certify.cells import MOST_CELLS as MOST_CELLS_OF_CLEARANCE
from simulator.certify.prover import Prover

START_DEG = 20.0
"""Sides of cells to begin with; of a joint that slides, as many mm as move things as far."""
STEP_DEG = 1.0
"""Between the poses of a way that are asked first."""
MOST_POSES = 256
"""Of a box with several sides that are asked first, and of those that are asked again."""
ENOUGH_MM, ENOUGH_OF_BOX_MM = 0.09, 0.9
"""How much less than the least clearance found may be reported: with what rounding adds, less than 0.1, or 1 mm."""
NOTHING_MM = -10.0
"""What is demanded of a pair that is not asked: it is further apart than that anywhere."""
MOST_CELLS, MOST_CELLS_OF_BOX = 50_000, 2_000
"""That are looked at, of all ways together, and of each box if some have several sides; what is left is undecided."""


@dataclass(frozen=True, eq=False)
class Boxes:
    """Boxes of poses of one scene, closed at their sides.

    Attributes
    ----------
    low, high : ndarray, shape (m, k)
        Least and greatest value of each scanned joint; equal for one that stands.
    """

    low: NDArray[np.float64]
    high: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.low)

    @property
    def sides(self) -> NDArray[np.intp]:
        """How many sides each box has, shape (m,)."""
        return np.asarray((self.high > self.low).sum(axis=1))

    def distinct(self) -> tuple[Boxes, NDArray[np.intp]]:
        """Return the boxes that differ, and which of them each is, shape (m,): an arc and back is one box."""
        ends, which = np.unique(np.hstack([self.low, self.high]), axis=0, return_inverse=True)
        low, high = np.hsplit(ends, 2)
        return Boxes(np.ascontiguousarray(low), np.ascontiguousarray(high)), which.ravel()

    def cells(self, prover: Prover) -> Cells:
        """Return the cells to begin with, undecided."""
        steps = START_DEG / prover.degrees
        parts = [
            start_cells([cut(a, b, step) for a, b, step in zip(low, high, steps, strict=True)])
            for low, high in zip(self.low, self.high, strict=True)
        ]
        of = np.repeat(np.arange(len(self)), [len(low) for low, _ in parts])
        low, high = (np.concatenate([part[end] for part in parts]) for end in (0, 1))
        return Cells.undecided(low, high, of)

    def samples(
        self, prover: Prover, corners_only: NDArray[np.bool_]
    ) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        """Return poses (n, k) spread over the boxes, corners included, and the box (n,) of each."""
        poses = [self._samples(prover, box, corners_only=bool(only)) for box, only in enumerate(corners_only)]
        return np.concatenate(poses), np.repeat(np.arange(len(self)), list(map(len, poses)))

    def _samples(self, prover: Prover, box: int, *, corners_only: bool) -> NDArray[np.float64]:
        low, high, sides = self.low[box], self.high[box], int(self.sides[box])
        counts = np.ceil(prover.sides(low, high) / STEP_DEG).astype(int) + 1
        if sides > 1 or corners_only:
            counts = np.minimum(counts, 2 if corners_only else max(int(MOST_POSES ** (1 / sides)), 2))
        values = [np.linspace(a, b, int(count)) for a, b, count in zip(low, high, counts, strict=True)]
        return np.stack(np.meshgrid(*values, indexing="ij"), axis=-1).reshape(-1, len(low))


def certified_boxes(
    prover: Prover, boxes: Boxes, *, first_only: bool = False, finest: float | None = None, workers: int = 1
) -> Cells:
    """Return boxes in certified cells.

    Parameters
    ----------
    prover : Prover
        Of the scene.
    boxes : Boxes
        With a column for each joint that it scans.
    first_only : bool
        Leave a box once a cell of it is proven not free: its other cells may be undecided then.
    finest : float, optional
        Cells whose open sides are no longer, in degrees (see `Prover.open_sides`), are left undecided; if not given,
        so fine that things move by no more than 0.1 mm.
    workers : int
        Number of threads.
    """
    cells = boxes.cells(prover)
    finest = _finest(prover, boxes, prover.scene.clearance_pairs) if finest is None else finest
    most_cells = len(cells) + (MOST_CELLS_OF_BOX * len(boxes) if int(boxes.sides.max()) > 1 else MOST_CELLS)
    return divided(prover, cells, finest=finest, first_only=first_only, most_cells=most_cells, workers=workers)


@dataclass(frozen=True, eq=False)
class Least:
    """The least clearance of each of m boxes.

    Attributes
    ----------
    clearance_mm : ndarray, shape (m,)
        Proven all over the box: never more than there is, and less by at most 0.1 mm, of a box with several sides by
        at most 1 mm, unless so near no proof is found; infinity without pairs.
    pose : ndarray, shape (m, k)
        Of the poses that were looked at, the one with the least.
    pair : ndarray of int, shape (m,)
        The pair that has it; -1 without pairs.
    """

    clearance_mm: NDArray[np.float64]
    pose: NDArray[np.float64]
    pair: NDArray[np.int16]


def least_clearances(
    prover: Prover,
    boxes: Boxes,
    rows: Sequence[int],
    *,
    cap_mm: NDArray[np.float64] | None = None,
    workers: int = 1,
) -> Least:
    """Return the least clearance that some pairs have in each box.

    The least of some poses, less a little, is demanded of the whole box. Where that is not proven, there are poses
    with less, or almost: those are looked at next. If none has less, a little more is granted, so that what is
    returned is proven in any case.

    Parameters
    ----------
    prover : Prover
        Of the scene.
    boxes : Boxes
        With a column for each joint that it scans.
    rows : sequence of int
        The pairs.
    cap_mm : ndarray, shape (m,), optional
        Clearances that need not be told from larger ones: of a box that has more, this is returned.
    workers : int
        Number of threads.
    """
    count, pairs = len(boxes), len(prover.scene.pairs)
    cap_mm = np.full(count, np.inf) if cap_mm is None else cap_mm
    least = Least(np.full(count, np.inf), boxes.low.copy(), np.full(count, -1, dtype=np.int16))
    if count == 0 or len(rows) == 0:
        return least
    claimed, granted = np.zeros(count), np.where(boxes.sides > 1, ENOUGH_OF_BOX_MM, ENOUGH_MM)
    finest = _finest(prover, boxes, rows)
    most_cells = MOST_CELLS_OF_BOX * count if int(boxes.sides.max()) > 1 else MOST_CELLS_OF_CLEARANCE
    cells, (poses, of) = boxes.cells(prover), boxes.samples(prover, corners_only=np.isfinite(cap_mm))
    is_open = np.ones(count, dtype=bool)
    while is_open.any():
        improved = _take_in(prover, poses, of, rows, least)
        granted[is_open & ~improved] *= 2
        claimed[is_open] = np.clip(least.clearance_mm - granted, 0.0, cap_mm)[is_open]
        demanded = np.full((count, pairs), NOTHING_MM)
        demanded[:, rows] = claimed[:, None]
        cells = divided(prover, cells, demanded=demanded, finest=finest, most_cells=most_cells, workers=workers)
        doubtful = cells.status != FREE
        is_open = np.bincount(cells.of[doubtful], minlength=count).astype(bool) & (claimed > 0.0)
        # What was proven of more holds for less; only the rest is asked again.
        status = np.where(doubtful, np.int8(UNDECIDED), cells.status)
        cells = replace(cells, status=status).only(is_open[cells.of])
        again = np.flatnonzero(cells.status != FREE)
        again = again[:: max(len(again) // (MOST_POSES * int(is_open.sum()) or 1), 1)]
        poses, of = (cells.low[again] + cells.high[again]) / 2, cells.of[again]
    return replace(least, clearance_mm=claimed)


def _take_in(
    prover: Prover, poses: NDArray[np.float64], of: NDArray[np.intp], rows: Sequence[int], least: Least
) -> NDArray[np.bool_]:
    """Look at poses (n, k) of boxes (n,), and return which boxes (m,) have less clearance than was known."""
    improved = np.zeros(len(least.clearance_mm), dtype=bool)
    found, nearest = prover.clearance_mm(poses, rows, slack_mm=0.0)
    order = np.lexsort((found, of))
    boxes, first = np.unique(of[order], return_index=True)
    best = order[first]
    better = found[best] < least.clearance_mm[boxes]
    boxes, best = boxes[better], best[better]
    least.clearance_mm[boxes], least.pose[boxes], least.pair[boxes] = found[best], poses[best], nearest[best]
    improved[boxes] = True
    return improved


def _finest(prover: Prover, boxes: Boxes, rows: Sequence[int]) -> float:
    """Return how far joints may reach in a cell, in degrees, for a proof to lose little, whatever their levers."""
    scene = prover.scene
    slides = ~np.array(prover.turns)
    furthest_mm = float(np.abs(np.stack([boxes.low, boxes.high])[..., slides]).max(initial=0.0))
    moved = {body for row in rows for body in (scene.pairs[row].a, scene.pairs[row].b)}
    finest = FINEST
    for column in np.flatnonzero((boxes.high > boxes.low).any(axis=0)):
        degrees = float(prover.degrees[column])
        rates = [prover.rate(body, int(column), furthest_mm) for body in moved]
        finest = min(finest, FINEST * degrees, *(ENOUGH_MM / rate * degrees for rate in rates if rate > 0.0))
    return finest
