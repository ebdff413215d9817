"""Which directions an arm can bring its beam to, with proven bounds, as long as nothing is in the way.

A direction is reached if for some distance, roll and branch the joints are within their limits and neither the source
nor the wrist's centre is below a height. Cells of azimuth and polar angle are divided as long as that is open. A cell
is reached if at one distance and one roll one branch leads to every pose of it; it is not reached if that can be said
of no pose, over boxes of distance and roll that cover their ranges, branch by branch. What was excluded for a cell is
excluded for its parts. So the lower bound is the area of cells that are reached, whole, and the upper bound that of
cells that are not excluded.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.arms.affine import FloatArray
from simulator.arms.beam_boxes import BeamBoxes
from simulator.arms.joint_boxes import EVERYWHERE, NOWHERE, UNKNOWN, joint_boxes
from simulator.arms.spherical_wrist import BRANCHES, SphericalWrist
from simulator.geometry.angles import FULL_TURN_DEG
from simulator.geometry.transforms import ROUNDING_MM, inverse
from simulator.models.arm import Arm

FIRST_CELL_DEG = 10.0
FIRST_ROLL_DEG = 20.0
FIRST_DISTANCE_MM = 175.0


@dataclass(frozen=True, eq=False)
class Reach:
    """Cells of the sphere of directions, and which of them an arm reaches.

    Attributes
    ----------
    low, high : arrays, shape (n, 2)
        Least and greatest azimuth and polar angle of each cell, in degrees; together they cover the sphere once.
    verdict : array of int8, shape (n,)
        EVERYWHERE, NOWHERE or UNKNOWN, as of `simulator.arms.joint_boxes`.
    """

    low: FloatArray
    high: FloatArray
    verdict: NDArray[np.int8]

    @property
    def shares(self) -> FloatArray:
        """The share of the sphere that each cell has (n,)."""
        heights = np.cos(np.radians(self.low[:, 1])) - np.cos(np.radians(self.high[:, 1]))
        return np.asarray(heights * (self.high[:, 0] - self.low[:, 0]) / 720.0)

    @property
    def bounds(self) -> tuple[float, float]:
        """Least and greatest share of the sphere that is reached."""
        shares = self.shares
        return float(shares[self.verdict == EVERYWHERE].sum()), float(shares[self.verdict != NOWHERE].sum())


@dataclass(frozen=True, eq=False)
class _Ways:
    """What is still open: boxes (k, 4) of poses over a cell each, and the branch."""

    cell: NDArray[np.intp]
    low: FloatArray
    high: FloatArray
    branch: NDArray[np.intp]

    def taken(self, rows: NDArray[np.bool_]) -> _Ways:
        return _Ways(self.cell[rows], self.low[rows], self.high[rows], self.branch[rows])

    def halved(self) -> _Ways:
        """Return the halves of the boxes in every column in which they are wide; cells keep their numbers."""
        parts = self
        for column in np.flatnonzero((self.high > self.low).any(axis=0)):
            middle = (parts.low[:, column] + parts.high[:, column]) / 2.0
            low, high = parts.low.copy(), parts.high.copy()
            low[:, column], high[:, column] = middle, middle
            parts = _Ways(
                np.tile(parts.cell, 2),
                np.concatenate([parts.low, low]),
                np.concatenate([high, parts.high]),
                np.tile(parts.branch, 2),
            )
        return parts


def reachable_directions(
    wrist: SphericalWrist, arm: Arm, *, above_mm: float = -np.inf, tolerance: float = 0.02, finest_deg: float = 0.5
) -> Reach:
    """Return the directions that an arm reaches.

    Parameters
    ----------
    wrist : SphericalWrist
        The arm.
    arm : Arm
        The beam on its tool, and the distances of its source.
    above_mm : float
        Height, z in fixed axes, above which source and wrist's centre must stay.
    tolerance : float
        Share of the sphere that may stay open.
    finest_deg : float
        Cells smaller than this are not divided any more.
    """
    low, high = _grid()
    ways = _first_ways(wrist, arm, low, high)
    done: list[Reach] = []
    size = FIRST_CELL_DEG
    while True:
        verdict = np.full(len(low), UNKNOWN, dtype=np.int8)
        middle = (ways.low[:, 2:] + ways.high[:, 2:]) / 2.0
        sections = np.column_stack([ways.low[:, :2], middle]), np.column_stack([ways.high[:, :2], middle])
        found = way_verdicts(wrist, arm, *sections, ways.branch, above_mm)
        verdict[ways.cell[found == EVERYWHERE]] = EVERYWHERE
        ways = ways.taken(verdict[ways.cell] == UNKNOWN)
        ways = ways.taken(way_verdicts(wrist, arm, ways.low, ways.high, ways.branch, above_mm) != NOWHERE)
        has_way = np.zeros(len(low), dtype=bool)
        has_way[ways.cell] = True
        verdict[(verdict == UNKNOWN) & ~has_way] = NOWHERE
        is_open = verdict == UNKNOWN
        left = Reach(low, high, verdict)
        if left.shares[is_open].sum() <= tolerance or size / 2.0 < finest_deg or not is_open.any():
            return _joined([*done, left])
        done.append(Reach(low[~is_open], high[~is_open], verdict[~is_open]))
        size /= 2.0
        ways = ways.halved()
        # Cells are numbered anew: a cell is its lower corner, which its ways share.
        corners, cell = np.unique(ways.low[:, :2], axis=0, return_inverse=True)
        low, high = corners, corners + size
        ways = _Ways(cell.reshape(-1), ways.low, ways.high, ways.branch)


def way_verdicts(
    wrist: SphericalWrist, arm: Arm, low: FloatArray, high: FloatArray, branch: NDArray[np.intp], above_mm: float
) -> NDArray[np.int8]:
    """Return the verdicts of `joint_boxes` (n,), with source and wrist's centre above a height.

    Parameters
    ----------
    low, high : arrays, shape (n, 4)
        Boxes of poses of the beam.
    branch : array of int, shape (n,)
        Which of `BRANCHES`.
    above_mm : float
        Height, z in fixed axes.
    """
    place = BeamBoxes.of(np.eye(4), low, high)
    centre = inverse(arm.T_tool_beam)[:3, :3] @ (wrist.geometry.centre_tool_mm - np.asarray(arm.source_mm))
    heights = place.point(np.zeros(3))[2], place.point(centre)[2]
    is_below = np.logical_or(*(height.high < above_mm for height in heights))
    is_above = np.logical_and(*(height.low > above_mm for height in heights))
    verdict = np.where(is_below, NOWHERE, UNKNOWN).astype(np.int8)
    asked = np.flatnonzero(~is_below)
    found = joint_boxes(wrist, arm, low[asked], high[asked], branch[asked]).verdict
    verdict[asked] = np.where((found == EVERYWHERE) & ~is_above[asked], UNKNOWN, found)
    return verdict


def _grid() -> tuple[FloatArray, FloatArray]:
    azimuth, polar = np.arange(-180.0, 180.0, FIRST_CELL_DEG), np.arange(0.0, 180.0, FIRST_CELL_DEG)
    low = np.stack(np.meshgrid(azimuth, polar, indexing="ij"), axis=-1).reshape(-1, 2)
    return low, low + FIRST_CELL_DEG


def _first_ways(wrist: SphericalWrist, arm: Arm, low: FloatArray, high: FloatArray) -> _Ways:
    """Return boxes that cover all distances and rolls, over each cell, by branch; one roll if all are alike."""
    least, most = arm.distances_mm
    distances = np.linspace(least, most, 1 + max(1, int(np.ceil((most - least) / FIRST_DISTANCE_MM))))
    rolls = np.zeros(2) if _rolls_alike(wrist, arm) else np.arange(-180.0, 180.1, FIRST_ROLL_DEG)
    sizes = len(low), len(distances) - 1, len(rolls) - 1, len(BRANCHES)
    cell, distance, roll, branch = (index.ravel() for index in np.indices(sizes))
    return _Ways(
        cell,
        np.column_stack([low[cell], distances[distance], rolls[roll]]),
        np.column_stack([high[cell], distances[distance + 1], rolls[roll + 1]]),
        branch,
    )


def _rolls_alike(wrist: SphericalWrist, arm: Arm) -> bool:
    """Return whether a roll turns axis 6 alone, which goes once round: the beam is along it."""
    g, least_most = wrist.geometry, wrist.limits_deg[5]
    axis_6 = g.R_arm_tool.T @ g.axes[5]
    beside = np.cross(axis_6, arm.direction), np.cross(g.centre_tool_mm - arm.source_mm, arm.direction)
    return bool(np.abs(beside).max() < ROUNDING_MM and np.ptp(least_most) >= FULL_TURN_DEG)


def _joined(parts: list[Reach]) -> Reach:
    return Reach(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("low", "high", "verdict")))
