"""Poses that are proven free, as boxes of joint values that touch: what sees what, and ways from box to box."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise, permutations, product

import numpy as np
from numpy.typing import NDArray

from simulator.certify.branch_and_bound import FREE, Cells
from simulator.certify.cell_graph import CellGraph
from simulator.delivery.roads.kernels.covered import Floats, are_covered
from simulator.delivery.roads.timing import Limits
from simulator.geometry.angles import FULL_TURN_DEG
from simulator.models.motion import Moves


@dataclass(frozen=True, eq=False)
class FreeSpace:
    """Free cells of k joints.

    Attributes
    ----------
    cells : Cells
        All of them free.
    turns : tuple of bool, length k
        Of which joints values that are a full turn apart are one pose.
    """

    cells: Cells
    turns: tuple[bool, ...]

    @classmethod
    def of(cls, cells: Cells, turns: Sequence[bool]) -> FreeSpace:
        """Return the free ones of some cells."""
        return cls(cells.only(cells.status == FREE), tuple(turns))

    def with_more(self, cells: Cells) -> FreeSpace:
        """Return this with the free ones of other cells, which must not overlap these."""
        more = cells.only(cells.status == FREE)
        return FreeSpace(Cells.joined([self.cells, more]), self.turns) if len(more) else self

    @cached_property
    def graph(self) -> CellGraph:
        """Which of the cells share a face."""
        return CellGraph.of(self.cells, turns=self.turns)

    @cached_property
    def components(self) -> NDArray[np.int32]:
        """The number (n,) of the component that each cell belongs to."""
        return self.graph.components()

    def component_of(self, pose: Floats, more: Cells | None = None) -> int:
        """Return the component that holds a pose (k,); -1 if no free cell does.

        If the pose lies in other free cells, it is the component that these join.
        """
        if more is None:
            found = self.graph.cell_of(pose)
            return int(self.components[found].min()) if len(found) else -1
        both = self.with_more(more)
        is_joined = both.components[: len(self.cells)] == both.component_of(pose)
        return int(self.components[is_joined].min()) if is_joined.any() else -1

    @cached_property
    def offsets(self) -> Floats:
        """What may be added to a pose, shape (p, k): nothing first, and whole turns of joints without limits."""
        turns = [(0.0, -FULL_TURN_DEG, FULL_TURN_DEG) if is_round else (0.0,) for is_round in self.turns]
        return np.array(list(product(*turns)))

    @cached_property
    def _boxes(self) -> tuple[Floats, Floats]:
        """The cells, and again whole turns further, in the order of the first joint."""
        low, high = (np.concatenate([end + by for by in self.offsets]) for end in (self.cells.low, self.cells.high))
        order = np.argsort(low[:, 0], kind="stable")
        return low[order], high[order]

    def sees(self, start: Floats, stop: Floats, moves: Moves) -> NDArray[np.bool_]:
        """Return between which poses (m, k) the way is free: straight, or one joint after the other in any order."""
        swapped = _is_after(start, stop)[:, None]  # so that rounding says the same of a way and of the way back
        start, stop = np.where(swapped, stop, start), np.where(swapped, start, stop)
        if moves == "together":
            return np.asarray(are_covered(*self._boxes, start, stop))
        found = np.zeros(len(start), dtype=bool)
        for order in permutations(range(start.shape[1])):
            left = np.flatnonzero(~found)
            corners = corners_between(start[left], stop[left], order)
            is_free = np.ones(len(left), dtype=bool)
            for first, second in pairwise(corners):
                is_free[is_free] = are_covered(*self._boxes, first[is_free], second[is_free])
            found[left] = is_free
        return found

    def seen(self, start: Floats, stop: Floats, moves: Moves, limits: Limits) -> tuple[Floats, Floats]:
        """Return how long the free ways between poses (m, k) take, infinity where there is none, and where they end.

        The end (m, k) is that of the shortest, whole turns away from ``stop`` where joints without limits go so.
        """
        time_s, ends = np.full(len(start), np.inf), stop.copy()
        for offset in self.offsets:
            end = stop + offset
            takes_s = limits.times_s(end - start, moves)
            is_worth = (np.abs(end - start) < FULL_TURN_DEG).all(axis=1) if offset.any() else True
            asked = np.flatnonzero((takes_s < time_s) & is_worth)
            free = asked[self.sees(start[asked], end[asked], moves)]
            time_s[free], ends[free] = takes_s[free], end[free]
        return time_s, ends

    def corners(self, start: Floats, stop: Floats, moves: Moves) -> list[Floats]:
        """Return the ends (k,) of the legs of the free way that `sees` found between two poses (k,)."""
        if moves == "together":
            return [start, stop]
        for order in permutations(range(len(start))):
            found = [start]
            found += [
                after for before, after in pairwise(corners_between(start, stop, order)) if (before != after).any()
            ]
            legs = np.array(list(pairwise(found))).reshape(-1, 2, len(start))
            if are_covered(*self._boxes, np.ascontiguousarray(legs[:, 0]), np.ascontiguousarray(legs[:, 1])).all():
                return found
        raise ValueError("no order of the joints is free")

    def through_cells(self, start: Floats, stop: Floats, moves: Moves, limits: Limits) -> list[Floats]:
        """Return poses (k,) from one to another one of its component, each seen from the one before.

        The cells are those of a shortest way between their middles; a pose is left out where the one before it sees
        the one after it. Whole turns may be added to the last.
        """
        found, at = self._portals(start, stop, limits), 0
        kept = [found[0]]
        while at < len(found) - 1:
            further = np.array(found[at + 1 :])
            is_seen = self.sees(np.broadcast_to(kept[-1], further.shape).copy(), further, moves)
            at += int(np.flatnonzero(is_seen)[-1]) + 1
            kept.append(found[at])
        return kept

    def _portals(self, start: Floats, stop: Floats, limits: Limits) -> list[Floats]:
        """Return a start, the middles of the faces between the cells on a shortest way, and the stop."""
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import dijkstra

        graph, cells = self.graph, self.cells
        middle = (cells.low + cells.high) / 2
        by = self.shorter(middle[graph.second] - middle[graph.first])
        takes_s = np.maximum((np.abs(by) / limits.speed).max(axis=1), 1e-9)
        count = len(cells)
        matrix = coo_array((takes_s, (graph.first, graph.second)), shape=(count, count))
        first = next(cell for cell in graph.cell_of(start))
        lasts = graph.cell_of(stop)
        far, before = dijkstra(matrix, directed=False, indices=first, return_predecessors=True)
        way = [int(lasts[far[lasts].argmin()])]
        while way[-1] != first:
            way.append(int(before[way[-1]]))
        return self._met(start, stop, way[::-1])

    def _met(self, start: Floats, stop: Floats, way: list[int]) -> list[Floats]:
        """Return a start, the middles of the faces between cells, and the stop, going on beyond a full turn."""
        graph, offset, found = self.graph, np.zeros(len(start)), [start]
        for cell, after in pairwise(way):
            face = int(
                np.flatnonzero(
                    ((graph.first == cell) & (graph.second == after))
                    | ((graph.first == after) & (graph.second == cell))
                )[0]
            )
            here, there = (self._within(cell_, (graph.low[face] + graph.high[face]) / 2) for cell_ in (cell, after))
            found.append(here + offset)
            offset = offset + here - there
        return [*found, self._within(way[-1], stop) + offset]

    def _within(self, cell: int, pose: Floats) -> Floats:
        """Return a pose that a cell holds with the values that the joints have there."""
        low, high = self.cells.low[cell], self.cells.high[cell]
        turns = np.where(pose > high, -FULL_TURN_DEG, np.where(pose < low, FULL_TURN_DEG, 0.0))
        return np.asarray(pose + np.where(self.turns, turns, 0.0))

    def shorter(self, travel: Floats) -> Floats:
        """Return travels (m, k), of joints without limits the way round that is shorter."""
        return np.where(self.turns, travel - FULL_TURN_DEG * np.rint(travel / FULL_TURN_DEG), travel)

    def in_range(self, poses: Floats) -> Floats:
        """Return poses (m, k) with the values of the cells: of joints without limits from -180 to 180."""
        return self.shorter(poses)


def corners_between(start: Floats, stop: Floats, order: Sequence[int]) -> list[Floats]:
    """Return the poses (..., k) between which one joint moves after the other, in an order of their columns."""
    found = [start]
    for column in order:
        after = found[-1].copy()
        after[..., column] = stop[..., column]
        found.append(after)
    return found


def _is_after(start: Floats, stop: Floats) -> NDArray[np.bool_]:
    """Return which starts (m, k) have the larger value in the first column where they differ from the stops."""
    by = start - stop
    first = (by != 0.0).argmax(axis=1)
    return np.asarray(by[np.arange(len(by)), first] > 0.0)
