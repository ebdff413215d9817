"""Certified cells of two joints for many values of joints that slide, from one search for all of them.

A place is a value of each slide, or a box of such values: with the table's joints, an isocentre or a voxel. Every
cell of the two joints is searched once for the box around all places. The affine bound that is found follows the
slides (`kernels.affine_bounds`, `kernels.drift`), so it tells something of its own of each place; from above, the
points that bound the distance are asked at each place. What a cell leaves open at any place is divided.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator.certify.branch_and_bound import (
    UNDECIDED,
    Cells,
    Weight,
    WorkList,
    branch_and_bound,
    by_row,
    every_pair,
)
from simulator.certify.halves import boxes_of, edges_from_middle, halved
from simulator.certify.kernels.affine_bounds import AFFINE, SLIDES
from simulator.certify.kernels.convex_bounds import PLACES, QUADRATIC
from simulator.certify.kernels.rectangles import Known, rectangles
from simulator.certify.kernels.sentinels import FAR_MM, ROUNDING_MM
from simulator.certify.kernels.witnesses import POINTS
from simulator.certify.prover import MM_IN_DEG, Prover

HALVINGS = 4
"""A cell is cut into 2**4 x 2**4 rectangles. Measured on the shipped scenarios."""
FINEST, BESIDE_A_BOX = 0.01, 2.0
"""Cells are not divided whose sides are no longer than that, in degrees, or in sides of a place's box; see
`Prover.sides`."""
SLID = ((0, 0), (0, 3))
"""Three slides that stand, for cells of two joints."""
PART = 64
"""Cells that one thread looks at before it takes others, whatever the number of threads."""
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Places:
    """Values of three slides, or boxes of them.

    Attributes
    ----------
    middle_mm, half_mm : ndarray, shape (m, 3)
        The middle of each, and how far it reaches to either side; 0 for single values.
    """

    middle_mm: Floats
    half_mm: Floats

    def __len__(self) -> int:
        return len(self.middle_mm)

    @property
    def box_mm(self) -> tuple[Floats, Floats]:
        """The middle (3,) and the reach (3,) of the box around all of them."""
        low, high = (self.middle_mm - self.half_mm).min(axis=0), (self.middle_mm + self.half_mm).max(axis=0)
        return (low + high) / 2, (high - low) / 2


@dataclass(frozen=True, eq=False, kw_only=True)
class _Work(WorkList):
    """Quarters of cells with what is known of the whole ones.

    Attributes
    ----------
    status, pair : ndarray, shape (n,)
        As in `Cells`, if it is the same all over the quarter and at all places; else UNDECIDED and -1.
    from_low, from_high : ndarray, shape (n, 2)
        The cell that a quarter is of.
    affine, inner : ndarray, shapes (e, 8) and (e, places, 6)
        Bounds of a pair's distance at all places, relative to the middle of the cell.
    most : ndarray, shape (e,)
        What it is at most, all over the cell and at all places.
    points : ndarray, shape (e, places, 6)
        Those that bound it from above.
    """

    PER_ENTRY = WorkList.PER_ENTRY | {"affine", "inner", "most", "points"}

    status: NDArray[np.int8]
    pair: NDArray[np.int16]
    from_low: Floats
    from_high: Floats
    affine: Floats
    inner: Floats
    most: Floats
    points: Floats


def cells_at_places(
    prover: Prover,
    low: Floats,
    high: Floats,
    places: Places,
    demanded_mm: Floats,
    *,
    weight: Weight,
    tolerance: float,
    most_cells: int,
    workers: int = 1,
) -> list[Cells]:
    """Return the certified cells of each place.

    Parameters
    ----------
    prover : Prover
        Of a scene that scans two joints and three slides.
    low, high : ndarray, shape (n, 2)
        The cells of the two joints to begin with, of less than 180°.
    places : Places
        Values of the slides.
    demanded_mm : ndarray, shape (pairs,)
        The clearance that each pair must have.
    weight : callable
        What a cell of the two joints counts, ``weight(low, high)``: a function of one side times one of the other.
    tolerance : float
        Stop once the undecided rectangles weigh at most this at each place.
    most_cells : int
        Stop once as many cells have been looked at.
    workers : int
        Number of threads. The cells do not depend on it.
    """
    problem = _Shared(prover, places, demanded_mm, weight)
    pairs = len(prover.scene.pairs)
    start = _Work(
        low=low,
        high=high,
        undecided=np.repeat(weight(low, high)[:, None], len(places), axis=1),
        status=np.full(len(low), UNDECIDED, dtype=np.int8),
        pair=np.full(len(low), -1, dtype=np.int16),
        from_low=low,
        from_high=high,
        affine=np.zeros((len(low) * pairs, AFFINE)),
        inner=np.full((len(low) * pairs, len(PLACES), QUADRATIC), FAR_MM),
        most=np.full(len(low) * pairs, FAR_MM),
        points=np.empty((len(low) * pairs, len(PLACES), POINTS)),
        **every_pair(len(low), pairs),
    )
    waiting, _ = branch_and_bound(problem, start, tolerance=tolerance, most_cells=most_cells, workers=workers)
    return problem.cells(waiting)


class _Shared:
    """What is proven of cells at each place."""

    share = 0.25
    gain = 0.8

    def __init__(self, prover: Prover, places: Places, demanded_mm: Floats, weight: Weight) -> None:
        self._prover, self._places, self._demanded_mm, self._weight = prover, places, demanded_mm, weight
        self._box_mm, self._reach_mm = places.box_mm
        reach = np.where(self._reach_mm > 0.0, self._reach_mm, 1.0)
        self._at, self._half = (places.middle_mm - self._box_mm) / reach, places.half_mm / reach
        self._settled: list[_Work] = []

    def parts(self, cells: _Work) -> list[_Work]:
        return cells.split(np.minimum(np.arange(0, len(cells) + PART, PART), len(cells)))

    def settle(self, cells: _Work) -> None:
        self._settled.append(cells)

    def may_divide(self, cells: _Work) -> NDArray[np.bool_]:
        """Return which cells are large enough: beside a box, what moves by little more than the box tells nothing."""
        box_deg = 2.0 * float(self._places.half_mm.max(initial=0.0)) * MM_IN_DEG
        sides = self._prover.sides(np.pad(cells.low, SLID), np.pad(cells.high, SLID))
        return np.asarray(sides.max(axis=1) > max(FINEST, BESIDE_A_BOX * box_deg))

    def divided(self, cells: _Work) -> _Work:
        """Return the cells: they are quarters already."""
        return cells

    def judged(self, cells: _Work) -> _Work:
        """Return the quarters of cells, with what can be said of them at the cells' size."""
        known = self._searched(cells)
        half, count = 2 ** (HALVINGS - 1), len(cells)
        weights = self._weights(known.from_low, known.from_high)
        status, pair = self._rectangles(known, HALVINGS)
        quarters = [
            each.reshape(-1, count, 2, half, 2, half).transpose(2, 4, 1, 0, 3, 5).reshape(4, count, -1)
            for each in (status, pair)
        ]
        is_open = np.where(status == UNDECIDED, weights, 0.0).reshape(-1, count, 2, half, 2, half)
        undecided = is_open.sum(axis=(3, 5)).transpose(2, 3, 1, 0).reshape(4, count, -1)
        is_one = [(each == each[..., :1]).all(axis=-1) for each in quarters]
        decided = is_one[0] & is_one[1] & (quarters[0][..., 0] != UNDECIDED)
        said = [np.where(decided, each[..., 0], other) for each, other in zip(quarters, (UNDECIDED, -1), strict=True)]
        parts = []
        for at, upper in enumerate(((False, False), (False, True), (True, False), (True, True))):
            quarter = replace(known, undecided=undecided[at], status=said[0][at], pair=said[1][at])
            parts.append(self._quarter(quarter, upper))
        return cells.joined(parts)

    def _searched(self, cells: _Work) -> _Work:
        """Return cells with what a search of each of their pairs tells; only the pairs that matter."""
        middle, reach = self._with_slides(cells.low, cells.high)
        affine, inner, most = np.zeros_like(cells.affine), np.empty_like(cells.inner), np.empty_like(cells.most)
        points, hint, top = np.empty_like(cells.points), cells.hint.copy(), self._demanded_mm[cells.row] + ROUNDING_MM
        for row, at in by_row(cells.row):
            where = cells.cell[at]
            upper = self._prover.upper_bounds(row, middle[where], reach[where], hint[at])
            lower = self._prover.lower_bounds(row, middle[where], reach[where], top[at], hint[at], upper)
            affine[at], hint[at] = lower.affine, lower.witness
            inner[at], most[at] = lower.upper.inner, lower.upper.most
            points[at] = self._prover.nearest_points(row, middle[where], reach[where], lower.witness)
        is_near = (affine[:, 0] < top) | affine[:, 1:].any(axis=1)
        found = replace(
            cells,
            from_low=cells.low,
            from_high=cells.high,
            affine=affine,
            inner=inner,
            most=most,
            points=points,
            hint=hint,
        )
        return found.only(np.ones(len(cells), dtype=bool), is_near)

    def _quarter(self, cells: _Work, upper: tuple[bool, bool]) -> _Work:
        """Return one quarter of cells, with the pairs that are not proven apart all over it at all places."""
        middle = (cells.low + cells.high) / 2
        low, high = np.where(upper, middle, cells.low), np.where(upper, cells.high, middle)
        ends = edges_from_middle(halved(low, high, 0), (cells.from_low + cells.from_high) / 2, self._prover.turns)
        least = cells.affine[:, 0] - np.abs(cells.affine[:, SLIDES:]).sum(axis=1)
        for column in range(2):
            slope, bend = cells.affine[:, 1 + column, None], cells.affine[:, 3 + column, None]
            sine, versine = ends.sine[cells.cell, column], ends.versine[cells.cell, column]
            least = least + (slope * sine - bend * versine).min(axis=1)  # @quarter
        matters = (least < self._demanded_mm[cells.row] + ROUNDING_MM) & (cells.status[cells.cell] == UNDECIDED)
        return replace(cells, low=low, high=high).only(np.ones(len(cells), dtype=bool), matters)

    def _with_slides(self, low: Floats, high: Floats) -> tuple[Floats, Floats]:
        """Return the middle and the reach (n, 5) of cells with the box of all places."""
        shape = len(low), 3
        middle = np.hstack([(low + high) / 2, np.broadcast_to(self._box_mm, shape)])
        return middle, np.hstack([(high - low) / 2, np.broadcast_to(self._reach_mm, shape)])

    def _weights(self, low: Floats, high: Floats) -> Floats:
        """Return what each rectangle of cells counts, shape (n, g, g)."""
        edges = halved(low, high, HALVINGS)
        along = []
        for column in range(2):
            ends = [np.repeat(side[:, None, :], edges.shape[2] - 1, axis=1) for side in (low, high)]
            ends[0][:, :, column], ends[1][:, :, column] = edges[:, column, :-1], edges[:, column, 1:]
            along.append(self._weight(*(each.reshape(-1, 2) for each in ends)).reshape(len(low), -1))
        whole = np.maximum(self._weight(low, high), np.finfo(float).tiny)
        return np.asarray(along[0][:, :, None] * along[1][:, None, :] / whole[:, None, None])

    def _rectangles(self, cells: _Work, halvings: int) -> tuple[NDArray[np.int8], NDArray[np.int16]]:
        """Return status and pair (m, n, g, g) of the rectangles of cells at each place."""
        middle, reach = self._with_slides(cells.from_low, cells.from_high)
        near = np.empty((len(self._places), len(cells.row), len(PLACES), QUADRATIC))
        most = np.empty((len(self._places), len(cells.row)))
        at = self._places.middle_mm, self._places.half_mm
        for row, entries in by_row(cells.row):
            where = cells.cell[entries]
            found = self._prover.quadratics_at(row, middle[where], reach[where], cells.points[entries], *at)
            near[:, entries], most[:, entries] = found
        edges = edges_from_middle(halved(cells.low, cells.high, halvings), middle[:, :2], self._prover.turns)
        known = Known(
            np.searchsorted(cells.cell, np.arange(len(cells) + 1)).astype(np.int32),
            cells.row.astype(np.int32),
            self._demanded_mm[cells.row],
            cells.affine,
            cells.inner,
            near,
            np.minimum(cells.most, most),
            self._at,
            self._half,
        )
        status, pair = rectangles(edges, known, 2**halvings)
        return status, pair

    def cells(self, waiting: _Work) -> list[Cells]:
        """Return the cells of each place."""
        leaves = waiting.joined([*self._settled, waiting])
        is_one = leaves.status != UNDECIDED
        alike, others = leaves.only(is_one), leaves.only(~is_one)
        whole = Cells(alike.low, alike.high, alike.status, alike.pair)
        found: list[list[Cells]] = [[whole] for _ in range(len(self._places))]
        for part in self.parts(others):
            edges = halved(part.low, part.high, HALVINGS - 1)
            for place, status, pair in zip(found, *self._rectangles(part, HALVINGS - 1), strict=True):
                place.append(boxes_of(edges, status, pair))
        return [Cells.joined(parts) for parts in found]
