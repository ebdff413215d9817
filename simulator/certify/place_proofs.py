"""What is proven of cells of two joints for many values of joints that slide, by one search for all of them.

A place is a value of each slide: with the table's joints, an isocentre. Every cell of the two joints is searched once
for the box around all places. The affine bound that is found follows the slides (`kernels.affine_bounds`,
`kernels.drift`), so it tells something of its own of each place; from above, the points that bound the distance are
asked at each place. What a cell leaves open at any place is divided.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator.certify.all_places import PART, QUARTERS, Floats, box_around, with_box
from simulator.certify.branch_and_bound import UNDECIDED, Cells, Weight, WorkList, by_row
from simulator.certify.cells import FINEST
from simulator.certify.halves import boxes_of, edges_from_middle, halved
from simulator.certify.kernels.affine_bounds import SLIDES
from simulator.certify.kernels.convex_bounds import PLACES, QUADRATIC, negative_inside
from simulator.certify.kernels.rectangles import Known, rectangles
from simulator.certify.kernels.sentinels import ROUNDING_MM
from simulator.certify.prover import Prover

HALVINGS = 4
"""A cell is cut into 2**4 x 2**4 rectangles. Measured on the shipped scenarios."""
AT_ONCE = 50_000
"""Pairs at places that are judged at once, for memory."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Work(WorkList):
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


class SharedProof:
    """What is proven of cells at each of some places (m, 3); ``whole`` are the corners of a box around the cells."""

    share = 0.25
    gain = 0.8

    def __init__(
        self,
        prover: Prover,
        places_mm: Floats,
        demanded_mm: Floats,
        weight: Weight,
        whole: tuple[Floats, Floats],
    ) -> None:
        self._prover, self._places_mm, self._demanded_mm, self._weight = prover, places_mm, demanded_mm, weight
        self._whole = whole
        self._box = middle_mm, reach_mm = box_around(places_mm)
        self._at = (places_mm - middle_mm) / np.where(reach_mm > 0.0, reach_mm, 1.0)
        self._settled: list[Work] = []

    def parts(self, cells: Work) -> list[Work]:
        """Return cells in parts of as many, whatever the number of threads."""
        return cells.split(np.minimum(np.arange(0, len(cells) + PART, PART), len(cells)))

    def settle(self, cells: Work) -> None:
        """Take over cells that leave nothing undecided at any place."""
        self._settled.append(cells)

    def may_divide(self, cells: Work) -> NDArray[np.bool_]:
        """Return which cells are large enough."""
        return np.asarray(self._sides(cells.low, cells.high) > FINEST)

    def _sides(self, low: Floats, high: Floats) -> Floats:
        """Return the longest side (n,) of cells of the two joints, in degrees."""
        return np.asarray(((high - low) * self._prover.degrees[:2]).max(axis=1))

    def divided(self, cells: Work) -> Work:
        """Return the cells: they are quarters already."""
        return cells

    def judged(self, cells: Work) -> Work:
        """Return the quarters of cells whose rectangles are judged at each place; whole cells that are all alike."""
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
        is_whole = decided.all(axis=0) & (said[0] == said[0][0]).all(axis=0) & (said[1] == said[1][0]).all(axis=0)
        nothing = np.zeros(len(known.cell), dtype=bool)
        whole = replace(known, undecided=undecided[0], status=said[0][0], pair=said[1][0]).only(is_whole, nothing)
        parts = [whole]
        for at, upper in enumerate(QUARTERS):
            quarter = replace(known, undecided=undecided[at], status=said[0][at], pair=said[1][at])
            parts.append(self._quarter(quarter.only(~is_whole), upper))
        return cells.joined(parts)

    def _searched(self, cells: Work) -> Work:
        """Return cells with what a search of each of their pairs tells; only the pairs that matter."""
        middle, reach = with_box(cells.low, cells.high, self._box)
        affine, inner, most = np.zeros_like(cells.affine), np.empty_like(cells.inner), np.empty_like(cells.most)
        points, hint, top = np.empty_like(cells.points), cells.hint.copy(), self._demanded_mm[cells.row] + ROUNDING_MM
        for row, at in by_row(cells.row):
            where = cells.cell[at]
            upper = self._prover.upper_bounds(row, middle[where], reach[where], hint[at])
            lower = self._prover.lower_bounds(row, middle[where], reach[where], top[at], hint[at], upper)
            affine[at], hint[at] = lower.affine, lower.witness
            inner[at], most[at] = negative_inside(lower.upper.inner), lower.upper.most
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

    def _quarter(self, cells: Work, upper: tuple[bool, bool]) -> Work:
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

    def _weights(self, low: Floats, high: Floats) -> Floats:
        """Return what each rectangle of cells counts, shape (n, g, g).

        A weight is a function of one side times one of the other. So that of each side, the other one being whole, is
        asked once for all cells that have it.
        """
        edges = halved(low, high, HALVINGS)
        along = [self._along(column, edges[:, column]) for column in range(2)]
        corners = (each[None, :] for each in self._whole)
        whole = max(float(self._weight(*corners)[0]), np.finfo(float).tiny)
        return np.asarray(along[0][:, :, None] * along[1][:, None, :] / whole)

    def _along(self, column: int, edges: Floats) -> Floats:
        """Return what strips between edges (n, g + 1) of one joint count, over the whole range of the other."""
        values, at = np.unique(edges, return_inverse=True)
        low, high = (np.repeat(each[None, :], len(values) - 1, axis=0) for each in self._whole)
        low[:, column], high[:, column] = values[:-1], values[1:]
        until = np.append(0.0, np.cumsum(self._weight(low, high)))
        return np.asarray(np.diff(until[at.reshape(edges.shape)], axis=1))

    def _rectangles(self, cells: Work, halvings: int) -> tuple[NDArray[np.int8], NDArray[np.int16]]:
        """Return status and pair (m, n, g, g) of the rectangles of cells at each place."""
        middle, reach = with_box(cells.from_low, cells.from_high, self._box)
        near = np.empty((len(self._places_mm), len(cells.row), len(PLACES), QUADRATIC))
        most = np.empty((len(self._places_mm), len(cells.row)))
        for row, entries in by_row(cells.row):
            where = cells.cell[entries]
            found = self._prover.quadratics_at(
                row, middle[where], reach[where], cells.points[entries], self._places_mm
            )
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
        )
        status, pair = rectangles(edges, known, 2**halvings)
        return status, pair

    def cells(self, waiting: Work) -> list[Cells]:
        """Return the cells of each place."""
        leaves = waiting.joined([*self._settled, waiting])
        is_one = leaves.status != UNDECIDED
        alike, others = leaves.only(is_one), leaves.only(~is_one)
        whole = Cells(alike.low, alike.high, alike.status, alike.pair)
        found: list[list[Cells]] = [[whole] for _ in range(len(self._places_mm))]
        entries = np.searchsorted(others.cell, np.arange(len(others)))
        cuts = np.flatnonzero(np.diff(entries * len(self._places_mm) // AT_ONCE)) + 1
        for part in others.split(np.array([0, *cuts, len(others)])):
            edges = halved(part.low, part.high, HALVINGS - 1)
            for place, status, pair in zip(found, *self._rectangles(part, HALVINGS - 1), strict=True):
                place.append(boxes_of(edges, status, pair))
        return [Cells.joined(parts) for parts in found]
