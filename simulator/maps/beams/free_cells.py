"""Poses in proven-free cells of a plane of two joints: whether one is in a cell, and how deep in the free region."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.certify.branch_and_bound import FREE, Cells
from simulator.certify.cell_graph import are_held
from simulator.geometry.angles import FULL_TURN_DEG
from simulator.scenario.axis import Axis

Poses = NDArray[np.float64]
CHUNK = 256
"""Poses whose distance from all other cells is taken at a time."""


@dataclass(frozen=True, eq=False)
class FreeCells:
    """Cells that fill a plane of two joints.

    Attributes
    ----------
    cells : Cells
        With a column for each joint.
    axes : tuple of Axis
        What was swept of the two.
    """

    cells: Cells
    axes: tuple[Axis, Axis]

    def hold(self, poses: Poses) -> NDArray[np.bool_]:
        """Return which poses (n, 2) within the sweep lie in a cell that is proven free, sides included."""
        free = self.cells.only(self.cells.status == FREE)
        held = are_held(free.low, free.high, poses)
        for column, axis in enumerate(self.axes):
            if axis.is_full_turn:  # its first value and its last are one
                at_start = np.flatnonzero(poses[:, column] == axis.start)
                again = poses[at_start]
                again[:, column] = axis.stop
                held[at_start] |= are_held(free.low, free.high, again)
        return held

    def depth_deg(self, poses: Poses) -> NDArray[np.float64]:
        """Return how far poses (n, 2) are from the nearest that is not proven free; infinity if all are."""
        other = self.cells.only(self.cells.status != FREE)
        depth = np.full(len(poses), np.inf)
        for start in range(0, len(poses) if len(other) else 0, CHUNK):
            part = poses[start : start + CHUNK]
            away = [
                _away(part[:, column], other.low[:, column], other.high[:, column], is_turn=axis.is_full_turn)
                for column, axis in enumerate(self.axes)
            ]
            depth[start : start + CHUNK] = np.hypot(*away).min(axis=1)
        return depth


def _away(
    values: NDArray[np.float64], low: NDArray[np.float64], high: NDArray[np.float64], *, is_turn: bool
) -> Poses:
    """Return how far values (n,) are out of intervals (m,), shape (n, m): 0 within."""
    value = values[:, None]
    away = np.maximum(np.maximum(low - value, value - high), 0.0)
    if is_turn:
        for turn in (-FULL_TURN_DEG, FULL_TURN_DEG):
            away = np.minimum(away, np.maximum(np.maximum(low - value - turn, value + turn - high), 0.0))
    return away
