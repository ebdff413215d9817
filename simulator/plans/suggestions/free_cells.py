"""Poses of a room in certified cells, and the free pose that aims nearest to a direction.

The search is a branch and bound. Within a cell, a direction is off that of the middle by at most half a side of the
inner joint and half a side of the outer one times the sine of the angle to its axis, since a joint turns a direction
about its axis: so each cell has a least distance to what is wanted. Cells that may hold something nearer than what
was found are cut in four, the nearest first, and asked for a proof.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator.certify.branch_and_bound import FREE, NOT_FREE, Cells
from simulator.certify.cells import certified_cells, divided, start_cells
from simulator.certify.prover import Prover
from simulator.collision.scene import Scene
from simulator.directions.chart import TwoAxisChart
from simulator.geometry.angles import FULL_TURN_DEG
from simulator.plans.suggestions.directions import angle_deg
from simulator.setup.engines import prover_of

TOLERANCE = 0.02
"""Of the solid angle of a range, that its cells may leave undecided."""
ENOUGH_DEG = 0.2
"""By how much something nearer must be off less to be looked for."""
FINEST_DEG = 0.1
FARTHEST_DEG = 30.0
AT_ONCE, ROUNDS = 24, 24
"""Cells that are cut in a round, and rounds."""

Bounds = tuple[float, float]


@dataclass(frozen=True)
class Nearest:
    """A free pose (inner, outer), how far it aims from what is wanted, and a distance within which none is free."""

    pose: NDArray[np.float64]
    off_deg: float
    within_deg: float


@dataclass(frozen=True, eq=False)
class Aiming:
    """The two joints that aim in a room, others standing: poses (n, 2) are of the inner and the outer one.

    Attributes
    ----------
    prover : Prover
        For such poses.
    chart : TwoAxisChart
        From poses to directions.
    limits : tuple of (float, float)
        Of both joints; of one without limits, a full turn.
    workers : int
        Number of threads.
    """

    prover: Prover
    chart: TwoAxisChart
    limits: tuple[Bounds, Bounds]
    workers: int = 1

    @classmethod
    def of(cls, scene: Scene, chart: TwoAxisChart, stands: Mapping[str, float], workers: int) -> Aiming:
        """Return the joints of a chart in a room, with other joints where they stand."""
        half = FULL_TURN_DEG / 2
        inner, outer = (scene.tree[joint].limits or (-half, half) for joint in (chart.inner, chart.outer))
        return cls(prover_of(scene, (chart.inner, chart.outer), stands), chart, (inner, outer), workers)

    def nearest(self, wanted: NDArray[np.float64]) -> Nearest | None:
        """Return the free pose whose direction is nearest to a unit vector (3,), within `FARTHEST_DEG`; else None."""
        inner, outer = self.limits
        edges = [self.chart.inner_edges(*inner), self.chart.outer_edges(*outer)]
        cells, found = self._proven(Cells.undecided(*start_cells(edges))), None
        for _ in range(ROUNDS):
            off, least = self._bounds(cells, wanted)
            free = np.flatnonzero(cells.status == FREE)
            if len(free):
                best = int(free[off[free].argmin()])
                if found is None or off[best] < found.off_deg:
                    found = Nearest((cells.low[best] + cells.high[best]) / 2, float(off[best]), 0.0)
            most = FARTHEST_DEG if found is None else min(found.off_deg, FARTHEST_DEG)
            cells, least = cells.only(least < most), least[least < most]
            is_open = (least < most - ENOUGH_DEG) & ((cells.high - cells.low).max(axis=1) > FINEST_DEG)
            chosen = np.flatnonzero(is_open)[least[is_open].argsort(kind="stable")[:AT_ONCE]]
            if len(chosen) == 0:
                break
            rest = np.ones(len(cells), dtype=bool)
            rest[chosen] = False
            cells = Cells.joined([cells.only(rest), self._proven(_quarters(cells.only(chosen)))])
        if found is None or found.off_deg > FARTHEST_DEG:
            return None
        _, least = self._bounds(cells, wanted)
        return replace(found, within_deg=float(least.min(initial=found.off_deg)))

    def hold(self, poses: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return which poses (..., 2), to the nearest degree, are in a free cell: a hint, and no proof."""
        ranges = [
            (max(low, float(poses[..., at].min())), min(high, float(poses[..., at].max())))
            for at, (low, high) in enumerate(self.limits)
        ]
        if any(low >= high for low, high in ranges):
            return np.zeros(poses.shape[:-1], dtype=bool)
        edges = [self.chart.inner_edges(*ranges[0]), self.chart.outer_edges(*ranges[1])]
        tolerance = TOLERANCE * float(self.chart.area_sr(*start_cells(edges)).sum())
        cells = certified_cells(
            self.prover, edges, weight=self.chart.area_sr, tolerance=tolerance, workers=self.workers
        )
        free = cells.only(cells.status == FREE)
        low = np.floor([range_[0] for range_ in ranges])
        is_free = np.zeros(np.ceil([range_[1] for range_ in ranges] - low).astype(int) + 1, dtype=bool)
        first, last = np.ceil(free.low - low).astype(int), np.floor(free.high - low).astype(int)
        for (i, j), (k, m) in zip(first, last, strict=True):
            is_free[i : k + 1, j : m + 1] = True
        at = np.round(poses - low).astype(int)
        is_inside = ((at >= 0) & (at < is_free.shape)).all(axis=-1)
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

    def _proven(self, cells: Cells) -> Cells:
        """Return cells with what can be proven of them as they are, without those that are proven not free."""
        asked = divided(self.prover, cells, finest=np.inf, workers=self.workers)
        return asked.only(asked.status != NOT_FREE)


def _quarters(cells: Cells) -> Cells:
    """Return each cell cut in two along both joints; one along which a cell has no length stays."""
    middle = (cells.low + cells.high) / 2
    parts = []
    for upper in ((False, False), (False, True), (True, False), (True, True)):
        low, high = np.where(upper, middle, cells.low), np.where(upper, cells.high, middle)
        parts.append(Cells(low, high, cells.status, cells.pair, cells.of))
    return Cells.joined(parts)
