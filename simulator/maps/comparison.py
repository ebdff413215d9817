"""Two maps: what the second gains and loses against the first, with bounds, and who is to blame.

Compared is what both maps know (`mapping/common.py`): their common angles, and of certified cells the parts in the
range of those. Where the ranges differ, a solid angle of a whole map says as much about its range as about its setup.

Directions that are gained are free in the second map and not in the first: at least those proven free in the second
and not free in the first, at most those that may be. Poses of the grid give the estimate, and the culprits.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from simulator.certify.branch_and_bound import FREE, NOT_FREE, Cells
from simulator.collision.contact import Status
from simulator.directions.chart import BoolArray, Chart, fold_mask
from simulator.directions.covered import beyond_sr
from simulator.errors import SimulatorError, count_of_warnings
from simulator.geometry.angles import FloatArray
from simulator.maps.common import CommonAxis, common_axis, common_cells
from simulator.maps.dataset import cells_of, provenance_of
from simulator.maps.solid_angle import Difference, SolidAngle, possibly_free, proven, surely_free

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """What changes from one map to another.

    Attributes
    ----------
    before, after : SolidAngle
        Of the two maps, over the common range.
    gained, lost : SolidAngle
        Directions that only the second, or only the first, achieves.
    axes : tuple of CommonAxis
        The common gantry and couch angles.
    free_before, free_after : ndarray of bool, shape (gantry, couch)
        Which common poses are free.
    culprits : DataFrame
        ``pair``; ``lost_sr``: lost directions in whose way it is in the second map; ``gained_sr``: gained ones in
        whose way it was in the first; as the poses of the grid say.
    R_support_patient : ndarray, shape (3, 3)
        From DICOM patient axes to those of the patient support, the same in both maps.
    """

    before: SolidAngle
    after: SolidAngle
    gained: SolidAngle
    lost: SolidAngle
    axes: tuple[CommonAxis, CommonAxis]
    free_before: BoolArray
    free_after: BoolArray
    culprits: pd.DataFrame
    R_support_patient: FloatArray

    @property
    def difference(self) -> Difference:
        """Of the two solid angles, with bounds."""
        return Difference(self.before, self.after)

    @property
    def gained_poses(self) -> int:
        """Common poses that become free."""
        return int((self.free_after & ~self.free_before).sum())

    @property
    def lost_poses(self) -> int:
        """Common poses that stop being free."""
        return int((self.free_before & ~self.free_after).sum())

    @property
    def has_same_range(self) -> bool:
        """Whether both maps go over the same angles; if not, they know more than is compared."""
        return all(axis.has_same_range for axis in self.axes)

    @cached_property
    def chart(self) -> Chart:
        """What the common poses reach on the sphere: before; after; either way, free or not."""
        masks = [self.free_before, self.free_after, np.ones_like(self.free_before)]
        return _chart(self.axes, masks)

    def __repr__(self) -> str:
        return (
            f"Comparison({self.before.sr:.2f} sr → {self.after.sr:.2f} sr: {self.gained.sr:.3f} sr gained, "
            f"{self.lost.sr:.3f} sr lost; {self.gained_poses} poses gained, {self.lost_poses} lost"
            f"{count_of_warnings(self.before.warnings + self.after.warnings)})"
        )


def compare(first: xr.Dataset, second: xr.Dataset) -> Comparison:
    """Return what changes from the first map to the second; both as their datasets.

    Raises
    ------
    SimulatorError
        If the maps have not the same axes, aim elsewhere in the patient at the same angles, or have no angles in
        common.
    """
    import pandas as pd

    _require_same_joints(first, second)
    R_support_patient = _same_rotation(first, second)
    axes = (common_axis("gantry", first, second), common_axis("couch", first, second))
    before, after = _Side.of(first, axes, 0), _Side.of(second, axes, 1)
    pairs = sorted({*before.blocking, *after.blocking})
    nowhere = np.zeros_like(before.free)
    blocked = [side.blocking.get(pair, nowhere) for side in (before, after) for pair in pairs]
    chart = _chart(axes, [*before.masks, *after.masks, *blocked])
    sides, (blocked_before, blocked_after) = chart.covered[:6], np.split(chart.covered[6:], 2)
    gained, lost = sides[3] & ~sides[0], sides[0] & ~sides[3]
    table = pd.DataFrame(
        {
            "pair": pairs,
            "lost_sr": chart.solid_angle_sr(blocked_after & lost),
            "gained_sr": chart.solid_angle_sr(blocked_before & gained),
        }
    )
    changed = table[(table["lost_sr"] > 0) | (table["gained_sr"] > 0)]
    areas = chart.solid_angle_sr(sides)
    return Comparison(
        before=before.solid_angle(*areas[:3]),
        after=after.solid_angle(*areas[3:]),
        gained=_only_in(after, before, chart, sides[3:], sides[:3]),
        lost=_only_in(before, after, chart, sides[:3], sides[3:]),
        axes=axes,
        free_before=before.free,
        free_after=after.free,
        culprits=changed.sort_values(["lost_sr", "gained_sr"], ascending=False, kind="stable", ignore_index=True),
        R_support_patient=R_support_patient,
    )


@dataclass(frozen=True, eq=False)
class _Side:
    """What one of two maps knows of the common poses, all masks of shape (gantry, couch), and of their range."""

    free: BoolArray
    blocking: dict[str, BoolArray]
    cells: Cells | None
    goes_round: bool
    warnings: tuple[str, ...]

    @classmethod
    def of(cls, data: xr.Dataset, axes: tuple[CommonAxis, CommonAxis], side: int) -> _Side:
        rows, columns = (axis.rows[side] for axis in axes)
        not_free = data["pair_status"].values[:, rows[:, None], columns] != Status.FREE
        blocking = dict(zip((str(name) for name in data["pair"].values), not_free, strict=True))
        cells = cells_of(data)
        return cls(
            free=~not_free.any(axis=0),
            blocking=blocking,
            cells=None if cells is None else common_cells(cells, axes),
            goes_round=axes[0].is_full_turn,
            warnings=tuple(provenance_of(data)["warnings"]),
        )

    @property
    def masks(self) -> list[BoolArray]:
        """Poses that are free, those that surely are, and those that possibly are, as far as samples tell."""
        return [self.free] + [sure(self.free, is_full_turn=self.goes_round) for sure in (surely_free, possibly_free)]

    def solid_angle(self, sampled_sr: float, lower_sr: float, upper_sr: float) -> SolidAngle:
        sampled = SolidAngle(float(sampled_sr), float(lower_sr), float(upper_sr))
        return replace(sampled if self.cells is None else proven(self.cells), warnings=self.warnings)


def _only_in(one: _Side, other: _Side, chart: Chart, ours: BoolArray, theirs: BoolArray) -> SolidAngle:
    """Return the directions of one side only; masks (free, surely free, possibly free; p, q) are on the chart."""
    estimate, lower, upper = (
        float(chart.solid_angle_sr(ours[mine] & ~theirs[not_theirs])) for mine, not_theirs in ((0, 0), (1, 2), (2, 1))
    )
    if one.cells is None or other.cells is None:
        return SolidAngle(estimate, lower, upper)
    lower = beyond_sr(*_free_cells(one.cells), *_possibly_free_cells(other.cells))
    upper = beyond_sr(*_possibly_free_cells(one.cells), *_free_cells(other.cells))
    return SolidAngle(min(max(estimate, lower), upper), lower, upper, is_proven=True)


def _free_cells(cells: Cells) -> tuple[FloatArray, FloatArray]:
    """Return the corners (n, 2) of the cells proven free."""
    which = cells.status[:, 0] == FREE
    return cells.low[which], cells.high[which]


def _possibly_free_cells(cells: Cells) -> tuple[FloatArray, FloatArray]:
    """Return the corners (n, 2) of the cells not proven otherwise."""
    which = cells.status[:, 0] != NOT_FREE
    return cells.low[which], cells.high[which]


def _chart(axes: tuple[CommonAxis, CommonAxis], masks: list[BoolArray]) -> Chart:
    return fold_mask(axes[0].edges_deg, axes[1].edges_deg, np.stack(masks))


def _require_same_joints(first: xr.Dataset, second: xr.Dataset) -> None:
    ours, theirs = (str(data.attrs["axes"]) for data in (first, second))
    if ours != theirs:
        raise SimulatorError(f"compare: the maps must have the same axes, they have {ours!r} and {theirs!r}")


def _same_rotation(first: xr.Dataset, second: xr.Dataset) -> FloatArray:
    """Return the rotation (3, 3) from patient axes to those of the patient support; refuse maps that differ in it.

    With another one the same angles aim elsewhere in the patient: a cell of one map is no cell of the other's
    directions, and a pose that is gained is no direction that is gained.
    """
    ours, theirs = (
        data["support_top_rotation"].values @ data["top_patient_rotation"].values for data in (first, second)
    )
    if not np.allclose(ours, theirs, rtol=0.0, atol=1e-9):
        raise SimulatorError(
            "compare: the maps must have the same patient position, pitch and roll, they have "
            f"{_lies(first)} and {_lies(second)}: the same angles aim elsewhere in the patient; their solid angles "
            "alone can be compared, as those of variants"
        )
    return np.asarray(ours)


def _lies(data: xr.Dataset) -> str:
    made_by = provenance_of(data)
    return f"{made_by['position']} with pitch {made_by['pitch_deg']:g}° and roll {made_by['roll_deg']:g}°"
