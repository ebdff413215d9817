"""Directions in cells: proven free by a section, proven not free by excluding every box of choices, or undecided.

One branch and bound serves both bounds. A cell tries the choice that was tried last in the cell that it is a part of,
then those that are free in its middle. Where none of the finite set of choices is free in the middle,
boxes of distance and roll are excluded instead, all branches at once or one by one; what is left of them is divided
with the cell. The cells are columns azimuth and polar angle.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator.certify.branch_and_bound import FREE, NOT_FREE, UNDECIDED, Cells, Weight, WorkList, every_pair
from simulator.certify.cells import start_cells
from simulator.certify.prover import MM_IN_DEG
from simulator.certify.whole_cells import near_at
from simulator.collision.checker import Checker
from simulator.maps.arm.excluded import ALL_BRANCHES, branches_left
from simulator.maps.arm.sections import choices, unproven
from simulator.setup.arm_options import Found, Options, best_of
from simulator.setup.arm_room import ArmRoom
from simulator.setup.engines import prover_of

FINEST_DEG = 0.25
"""Cells no longer than this are left undecided."""
SLICES, SECTORS = 2, 12
"""Boxes of distance and of roll to begin with."""
LEAST_MM, LEAST_ROLL_DEG = 20.0, 5.0
"""Boxes of distance and roll are not divided further: the cells are."""
ROLL_COUNTS = 0.4
"""What a degree of roll counts beside one of direction: a head is about so much smaller than its distance."""
LONG = 0.7
"""A side that is at least so long, as a share of the longer one, is cut, too."""
EXCLUDED_DEG = 11.0
"""Cells that are longer are not excluded: what is not free at all is rarely so large."""
NO_BRANCH = -1


@dataclass(frozen=True, eq=False, kw_only=True)
class Work(WorkList):
    """Cells of directions, and for each the boxes of distance and roll that are not excluded.

    Attributes
    ----------
    status, pair
        As in `Cells`; the number of pairs stands for an arm that is out of reach.
    beam, branch : ndarray, shapes (n, 2) and (n,)
        A choice to try first: distance, roll, branch; ``NO_BRANCH`` where there is none.
    box : ndarray, shape (e, 4)
        Least and greatest distance, least and greatest roll of each entry.
    branches : ndarray of uint8, shape (e,)
        Branches that are not excluded in it, a bit each.
    is_asked : ndarray of bool, shape (e,)
        Whether it was asked at its size: only such are divided.
    """

    PER_ENTRY = WorkList.PER_ENTRY | {"box", "branches", "is_asked"}

    status: NDArray[np.int8]
    pair: NDArray[np.int16]
    beam: NDArray[np.float64]
    branch: NDArray[np.int8]
    box: NDArray[np.float64]
    branches: NDArray[np.uint8]
    is_asked: NDArray[np.bool_]


def start_work(options: Options, low: NDArray[np.float64], high: NDArray[np.float64], weight: Weight) -> Work:
    """Return cells (n, 2) of which nothing is known yet."""
    extents, counts = (options.distance_extent_mm, options.roll_extent_deg), (SLICES, SECTORS)
    edges = [np.linspace(*extent, many + 1) for extent, many in zip(extents, counts, strict=True)]
    least, most = start_cells(edges)
    box, count, boxes = np.stack([least, most], axis=2).reshape(-1, 4), len(low), len(least)
    return Work(
        low=low,
        high=high,
        undecided=weight(low, high)[:, None],
        status=np.full(count, UNDECIDED, dtype=np.int8),
        pair=np.full(count, -1, dtype=np.int16),
        beam=np.zeros((count, 2)),
        branch=np.full(count, NO_BRANCH, dtype=np.int8),
        box=np.tile(box, (count, 1)),
        branches=np.full(count * boxes, ALL_BRANCHES, dtype=np.uint8),
        is_asked=np.zeros(count * boxes, dtype=bool),
        **every_pair(count, boxes),
    )


class Directions:
    """Whether a choice is free all over a cell, or none anywhere in it."""

    share = 0.25
    gain = 0.0

    def __init__(self, room: ArmRoom, options: Options, weight: Weight, workers: int) -> None:
        self._room, self._options, self._weight, self._workers = room, options, weight, workers
        self._settled: list[Work] = []

    def parts(self, cells: Work) -> list[Work]:
        """Return cells in parts, one for each thread."""
        return cells.split(np.linspace(0, len(cells), self._workers + 1).astype(np.intp))

    def judged(self, cells: Work) -> Work:
        """Return the cells with what can be said of them at their size."""
        cells = replace(cells, status=cells.status.copy(), pair=cells.pair.copy())
        cells = replace(cells, beam=cells.beam.copy(), branch=cells.branch.copy(), branches=cells.branches.copy())
        cells = replace(cells, is_asked=np.zeros(len(cells.cell), dtype=bool))
        known = np.flatnonzero(cells.branch != NO_BRANCH)
        self._try(cells, known, cells.beam[known], cells.branch[known])
        is_open = np.flatnonzero(cells.status == UNDECIDED)
        which, beam, branch = choices(self._room, cells.low[is_open], cells.high[is_open], self._options)
        firsts = np.searchsorted(which, which)
        for rank in range(int((np.arange(len(which)) - firsts).max(initial=-1)) + 1):
            now = (np.arange(len(which)) - firsts == rank) & (cells.status[is_open[which]] == UNDECIDED)
            self._try(cells, is_open[which[now]], beam[now], branch[now])
        left = np.setdiff1d(np.flatnonzero(cells.status == UNDECIDED), is_open[which])
        self._exclude(cells, left)
        undecided = np.where(cells.status == UNDECIDED, self._weight(cells.low, cells.high), 0.0)[:, None]
        judged = replace(cells, undecided=undecided)
        return judged.only(np.ones(len(cells), dtype=bool), judged.branches > 0)

    def settle(self, cells: Work) -> None:
        """Take over cells that are decided."""
        self._settled.append(cells.only(np.ones(len(cells), dtype=bool), np.zeros(len(cells.cell), dtype=bool)))

    def may_divide(self, cells: Work) -> NDArray[np.bool_]:
        """Return which cells are large enough to be divided."""
        return np.asarray(_sides(cells).max(axis=1) > FINEST_DEG)

    def divided(self, cells: Work) -> Work:
        """Return the cells in halves or quarters, about as long as wide, and their longer boxes in two."""
        sides = _sides(cells)
        cells = _finer_boxes(cells, sides.max(axis=1))
        is_long = sides > LONG * sides.max(axis=1, keepdims=True)
        for axis in range(sides.shape[1]):
            middle = (cells.low + cells.high)[:, axis] / 2
            below, above = cells.high.copy(), cells.low.copy()
            below[:, axis], above[:, axis] = middle, middle
            cut = is_long[:, axis]
            halves = [replace(cells, high=below).only(cut), replace(cells, low=above).only(cut)]
            cells = cells.joined([cells.only(~cut), *halves])
            is_long = np.concatenate([is_long[~cut], is_long[cut], is_long[cut]])
        return cells

    def cells(self, undecided: Work) -> Cells:
        """Return all cells."""
        found = undecided.joined([*self._settled, undecided])
        return Cells(found.low, found.high, found.status, found.pair)

    def _try(self, cells: Work, which: NDArray[np.intp], beam: NDArray[np.float64], branch: NDArray[np.int8]) -> None:
        """Try a choice in some cells, and note what keeps it from being proven free."""
        found = unproven(self._room, cells.low[which], cells.high[which], beam, branch)
        is_free = found < 0
        cells.status[which[is_free]] = FREE
        cells.pair[which] = found
        cells.beam[which], cells.branch[which] = beam, branch

    def _exclude(self, cells: Work, which: NDArray[np.intp]) -> None:
        """Exclude boxes of choices in those of some cells in whose middle no choice that is tried is free."""
        cells.branch[which] = NO_BRANCH
        best = best_of(self._room, (cells.low + cells.high)[which] / 2, self._options, _near)
        cells.pair[which] = in_the_way_most(best)
        which = which[~best.is_free]
        is_asked = np.zeros(len(cells), dtype=bool)
        is_asked[which] = True
        is_asked &= _sides(cells).max(axis=1) <= EXCLUDED_DEG
        entries = np.flatnonzero(is_asked[cells.cell])
        cell, box = cells.cell[entries], cells.box[entries]
        low, high = np.hstack([cells.low[cell], box[:, ::2]]), np.hstack([cells.high[cell], box[:, 1::2]])
        left, was_asked = branches_left(self._room, low, high, cells.branches[entries], cell)
        cells.branches[entries], cells.is_asked[entries] = left, was_asked
        some_left = np.zeros(len(cells), dtype=bool)
        some_left[cells.cell[cells.branches > 0]] = True  # @left
        cells.status[which[~some_left[which]]] = NOT_FREE


def in_the_way_most(found: Found) -> NDArray[np.int16]:
    """Return the first pair with the worst status of each direction (n,).

    It is the number of pairs where the arm is out of reach, or is free and may be out of reach beside the direction.
    """
    is_blocked = found.is_reached & ~found.is_free
    pair = found.status.argmax(axis=0) if len(found.status) else np.zeros(len(found.branch), dtype=np.intp)
    return np.where(is_blocked, pair, len(found.status)).astype(np.int16)


def _near(checker: Checker, poses: NDArray[np.float64]) -> NDArray[np.int8]:
    """Return which pairs of a checker's room are in the way at poses, by distances."""
    return near_at(prover_of(checker.scene, checker.scene.scan), poses)


def _sides(cells: Work) -> NDArray[np.float64]:
    """Return how long cells are on the sphere along azimuth and polar angle, at most, in degrees, shape (n, 2)."""
    widest = np.sin(np.radians(np.clip(90.0, cells.low[:, 1], cells.high[:, 1])))
    return np.asarray((cells.high - cells.low) * np.stack([widest, np.ones(len(cells))], axis=1))


def _finer_boxes(cells: Work, longest_deg: NDArray[np.float64]) -> Work:
    """Return cells whose boxes are cut in two across the longer side, where that is longer than the cell."""
    widths = cells.box[:, 1::2] - cells.box[:, ::2]
    sides = widths * np.array([MM_IN_DEG, ROLL_COUNTS])
    sides[widths <= np.array([LEAST_MM, LEAST_ROLL_DEG])] = 0.0
    axis, entries = sides.argmax(axis=1), np.arange(len(cells.box))
    is_cut = cells.is_asked & (sides.max(axis=1) > longest_deg[cells.cell] / 2)
    again = np.sort(np.concatenate([entries, entries[is_cut]]))
    is_second = np.append(False, again[1:] == again[:-1])
    is_first = np.append(is_second[1:], False)
    box, axis = cells.box[again].copy(), axis[again]
    at = np.arange(len(again))
    middle = (box[at, 2 * axis] + box[at, 2 * axis + 1]) / 2
    box[at[is_first], 2 * axis[is_first] + 1] = middle[is_first]
    box[at[is_second], 2 * axis[is_second]] = middle[is_second]
    return replace(
        cells,
        box=box,
        branches=cells.branches[again],
        is_asked=cells.is_asked[again],
        cell=cells.cell[again],
        row=cells.row[again],
        hint=cells.hint[again],
    )
