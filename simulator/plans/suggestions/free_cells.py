"""The poses of a room in certified cells, and the free one that aims nearest to a direction.

The search is a branch and bound. Within a cell, a direction is off that of the middle by at most half a side of the
inner joint and half a side of the outer one times the sine of the angle to its axis, since a joint turns a direction
about its axis: so each cell has a least distance to what is wanted. Cells that may hold something nearer than what
was found are divided, the nearest first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator.certify.branch_and_bound import FREE, NOT_FREE, UNDECIDED, Cells
from simulator.certify.cells import certified_cells, divided
from simulator.certify.prover import Prover
from simulator.collision.scene import Scene
from simulator.directions.chart import TwoAxisChart
from simulator.directions.crossed_axes import FULL_SPHERE_SR
from simulator.geometry.angles import FULL_TURN_DEG
from simulator.plans.suggestions.directions import angle_deg
from simulator.setup.engines import prover_of

TOLERANCE = 0.01
"""Of 4π, that cells may leave undecided at first."""
ENOUGH_DEG = 0.05
"""By how much something nearer must be off less to be looked for."""
FINEST_DEG = 0.1
AT_ONCE, ROUNDS = 200, 16
"""Undecided cells that are divided in a round, and rounds."""


@dataclass(frozen=True)
class Nearest:
    """A free pose (inner, outer), how far it aims from what is wanted, and a distance within which none is free."""

    pose: NDArray[np.float64]
    off_deg: float
    within_deg: float


@dataclass(frozen=True, eq=False)
class FreeCells:
    """All poses of the two joints that aim, others standing, in cells: columns inner and outer."""

    prover: Prover
    chart: TwoAxisChart
    cells: Cells
    workers: int

    @classmethod
    def of(cls, scene: Scene, chart: TwoAxisChart, stands: Mapping[str, float], workers: int) -> FreeCells:
        """Return the cells of a room over all that the limits of both joints allow."""
        prover = prover_of(scene, (chart.inner, chart.outer), stands)
        half = FULL_TURN_DEG / 2
        inner, outer = (scene.tree[joint].limits or (-half, half) for joint in (chart.inner, chart.outer))
        edges = [chart.inner_edges(*inner), chart.outer_edges(*outer)]
        tolerance = TOLERANCE * FULL_SPHERE_SR
        cells = certified_cells(prover, edges, weight=chart.area_sr, tolerance=tolerance, workers=workers)
        return cls(prover, chart, cells, workers)

    def nearest(self, wanted: NDArray[np.float64]) -> Nearest | None:
        """Return the free pose whose direction is nearest to a unit vector (3,); None if none is free."""
        cells = self.cells.only(self.cells.status != NOT_FREE)
        found: Nearest | None = None
        for _ in range(ROUNDS):
            off, least = self._bounds(cells, wanted)
            free = np.flatnonzero(cells.status == FREE)
            if len(free):
                best = int(free[off[free].argmin()])
                if found is None or off[best] < found.off_deg:
                    found = Nearest((cells.low[best] + cells.high[best]) / 2, float(off[best]), 0.0)
            most = np.inf if found is None else found.off_deg
            cells, least = cells.only(least < most), least[least < most]
            is_open = (least < most - ENOUGH_DEG) & ((cells.high - cells.low).max(axis=1) > FINEST_DEG / 2)
            if not is_open.any():
                break
            cells = self._halved(cells, is_open, least)
        if found is None:
            return None
        _, least = self._bounds(cells, wanted)
        return replace(found, within_deg=float(least.min(initial=found.off_deg)))

    def hold(self, poses: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return which poses (..., 2), to the nearest degree, are in a free cell: a hint, and no proof."""
        low = np.floor(self.cells.low.min(axis=0))
        count = (np.ceil(self.cells.high.max(axis=0)) - low).astype(int) + 1
        is_free = np.zeros(count, dtype=bool)
        free = self.cells.only(self.cells.status == FREE)
        first, last = np.ceil(free.low - low).astype(int), np.floor(free.high - low).astype(int)
        for (i, j), (k, m) in zip(first, last, strict=True):
            is_free[i : k + 1, j : m + 1] = True
        at = np.round(poses - low).astype(int)
        is_inside = ((at >= 0) & (at < count)).all(axis=-1)
        at = np.where(is_inside[..., None], at, 0)
        return np.asarray(is_inside & is_free[at[..., 0], at[..., 1]])

    def _bounds(self, cells: Cells, wanted: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return how far the middle of each cell (n,) aims from a direction, and the least of the whole cell."""
        middle, half = (cells.low + cells.high) / 2, (cells.high - cells.low) / 2
        directions = self.chart.directions(middle[:, 0], middle[:, 1])
        from_axis = np.degrees(np.arcsin(np.clip(np.hypot(directions[:, 0], directions[:, 1]), 0.0, 1.0)))
        sine = np.sin(np.radians(np.minimum(from_axis + half[:, 0], 90.0)))
        off = angle_deg(directions, wanted)
        return off, np.maximum(off - half[:, 0] - sine * half[:, 1], 0.0)

    def _halved(self, cells: Cells, is_open: NDArray[np.bool_], least: NDArray[np.float64]) -> Cells:
        """Return cells with the open ones divided: free ones as they are, some undecided ones by proof."""
        free = cells.only(is_open & (cells.status == FREE))
        undecided = np.flatnonzero(is_open & (cells.status == UNDECIDED))
        chosen = undecided[least[undecided].argsort(kind="stable")[:AT_ONCE]]
        left = is_open & (cells.status == FREE)
        left[chosen] = True
        asked = cells.only(chosen)
        parts = [cells.only(~left), _quarters(free)]
        if len(asked):
            finest = max(float((asked.high - asked.low).max()) / 4, FINEST_DEG)
            parts.append(divided(self.prover, asked, finest=finest, workers=self.workers))
        joined = Cells.joined(parts)
        return joined.only(joined.status != NOT_FREE)


def _quarters(cells: Cells) -> Cells:
    """Return each cell cut in two along both joints."""
    middle = (cells.low + cells.high) / 2
    parts = []
    for upper in ((False, False), (False, True), (True, False), (True, True)):
        low, high = np.where(upper, middle, cells.low), np.where(upper, cells.high, middle)
        parts.append(Cells(low, high, cells.status, cells.pair, cells.of))
    return Cells.joined(parts)
