"""Poses in proven-free cells of a plane of two joints: whether one is in a cell, and how deep in the free region."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.certify.branch_and_bound import FREE, Cells
from simulator.geometry.angles import FULL_TURN_DEG
from simulator.scenario.sweep import Axis

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
        held = _held(free, poses)
        for column, axis in enumerate(self.axes):
            if axis.is_full_turn:  # its first value and its last are one
                at_start = np.flatnonzero(poses[:, column] == axis.start)
                again = poses[at_start]
                again[:, column] = axis.stop
                held[at_start] |= _held(free, again)
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


def _held(cells: Cells, poses: Poses) -> NDArray[np.bool_]:
    """Return which poses (n, 2) lie in a cell: of those within its range of the first joint, all are asked."""
    held = np.zeros(len(poses), dtype=bool)
    order = np.argsort(poses[:, 0], kind="stable")
    first = np.searchsorted(poses[order, 0], cells.low[:, 0], side="left")
    count = np.searchsorted(poses[order, 0], cells.high[:, 0], side="right") - first
    cell = np.repeat(np.arange(len(cells)), count)
    pose = order[np.arange(len(cell)) + np.repeat(first - np.cumsum(count) + count, count)]
    second = poses[pose, 1]
    held[pose[(cells.low[cell, 1] <= second) & (second <= cells.high[cell, 1])]] = True
    return held


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
