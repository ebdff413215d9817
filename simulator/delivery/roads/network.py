"""Waypoints in the free space, what each sees, and the shortest ways over them.

Where two poses do not see each other, a shortest way bends beside what is in the way. Free cells are the smaller the
nearer they are to what is not free, so the middles of small ones are such places; those of large ones fill the room
between. A network of some hundred of them is within a per cent or two of one with many times as many (measured on the
shipped scenarios), and because each leg costs a stop, few legs count for more than the last degree.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from simulator.delivery.roads.free_space import FreeSpace
from simulator.delivery.roads.kernels.covered import Floats
from simulator.delivery.roads.timing import Limits
from simulator.geometry.components import connected_components
from simulator.models.motion import Moves

SMALLEST_S = 0.4
"""Cells that a joint crosses sooner, at full speed, have no waypoint: their walls are too near."""
APART_S, APART_IN_CELLS = 1.5, 1.5
"""How far waypoints are apart at the least, as time at full speed: absolutely, and in lengths of their cells."""


@dataclass(eq=False)
class Network:
    """Waypoints of a free space, and the shortest ways between them.

    Attributes
    ----------
    space : FreeSpace
        Where they are.
    moves : {"together", "one at a time"}
        How the joints move.
    limits : Limits
        How fast.
    points : ndarray, shape (w, k)
        The waypoints.
    component : ndarray of int, shape (w,)
        Of the free cells, that each is in. Cells that only touch at a corner are not joined by a way through there.
    times_s : ndarray, shape (w, w)
        How long the way takes from one to another that it sees; infinity where it sees none.
    shortest_s, before : ndarray, shape (w, w)
        The least time over others, and the waypoint before the last on such a way; -9999 where there is none.
    """

    space: FreeSpace
    moves: Moves
    limits: Limits
    points: Floats = field(init=False)
    component: NDArray[np.intp] = field(init=False)
    times_s: Floats = field(init=False)
    shortest_s: Floats = field(init=False)
    before: NDArray[np.int32] = field(init=False)

    def __post_init__(self) -> None:
        from scipy.sparse.csgraph import shortest_path

        count = len(self.space.turns)
        self.points, self.times_s = np.empty((0, count)), np.empty((0, 0))
        self.component = np.empty(0, dtype=np.intp)
        self._add(spread_points(self.space, self.limits))
        self._join()
        known = np.where(np.isfinite(self.times_s), self.times_s, 0.0)
        self.shortest_s, self.before = shortest_path(known, directed=False, return_predecessors=True)

    def seen_from(self, space: FreeSpace, poses: Floats) -> Floats:
        """Return how long the ways take from poses (n, k) to each waypoint, shape (n, w); infinity where unseen."""
        count = len(self.points)
        time_s, _ = space.seen(
            np.repeat(poses, count, axis=0), np.tile(self.points, (len(poses), 1)), self.moves, self.limits
        )
        return time_s.reshape(len(poses), count)

    def nearest(self, pose: Floats, component: int) -> int:
        """Return the waypoint of a component that is nearest to a pose (k,)."""
        same = np.flatnonzero(self.component == component)
        return int(same[(np.abs(self.points[same] - pose) / self.limits.speed).max(axis=1).argmin()])

    def between(self, first: int, last: int) -> list[int]:
        """Return the waypoints on the shortest way from one to another, both included."""
        way = [last]
        while way[-1] != first:
            way.append(int(self.before[first, way[-1]]))
        return way[::-1]

    def _add(self, more: Floats) -> None:
        """Take in more waypoints (m, k), and what they and the others see of each other."""
        old, points = len(self.points), np.concatenate([self.points, more])
        first, second = np.triu_indices(len(points), 1)
        added = np.array([self.space.component_of(point) for point in more], dtype=np.intp)
        self.component = np.concatenate([self.component, added])
        is_new = (second >= old) & (self.component[first] == self.component[second])
        first, second = first[is_new], second[is_new]
        times_s = np.full((len(points), len(points)), np.inf)
        times_s[:old, :old] = self.times_s
        found, _ = self.space.seen(points[first], points[second], self.moves, self.limits)
        times_s[first, second] = times_s[second, first] = found
        self.points, self.times_s = points, times_s

    def _join(self) -> None:
        """Take in waypoints on ways through cells until those of one component are connected."""
        for _ in range(len(self.space.cells)):
            part = connected_components(len(self.points), *np.nonzero(np.isfinite(self.times_s)))
            apart = (part[:, None] != part) & (self.component[:, None] == self.component)
            if not apart.any():
                return
            far = (np.abs(self.points[:, None] - self.points) / self.limits.speed).max(axis=-1)
            first, second = np.unravel_index(np.where(apart, far, np.inf).argmin(), far.shape)
            way = self.space.through_cells(self.points[first], self.points[second], self.moves, self.limits)
            self._add(self.space.in_range(np.array(way[1:-1])))


def spread_points(space: FreeSpace, limits: Limits) -> Floats:
    """Return middles (w, k) of free cells: close together beside what is not free, and at least one a component."""
    cells = space.cells
    size_s, middle = ((cells.high - cells.low) / limits.speed).max(axis=1), (cells.low + cells.high) / 2
    largest = np.lexsort((np.arange(len(cells)), -size_s, space.components))
    kept = [int(cell) for cell in largest[np.unique(space.components[largest], return_index=True)[1]]]
    candidates = np.flatnonzero(size_s >= SMALLEST_S)
    for cell in candidates[np.argsort(size_s[candidates], kind="stable")]:
        far_s = (np.abs(space.shorter(middle[kept] - middle[cell])) / limits.speed).max(axis=1)
        if far_s.min(initial=np.inf) >= max(APART_S, APART_IN_CELLS * size_s[cell]):
            kept.append(int(cell))
    return np.asarray(middle[kept])
