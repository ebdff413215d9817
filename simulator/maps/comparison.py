"""Two maps: what the second gains and loses against the first, with bounds, and who is to blame.

Compared is what both maps know (`maps/common.py`): their common angles, and of certified cells the parts in the
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
from simulator.directions.chart import TwoAxisChart
from simulator.directions.crossed_axes import BoolArray
from simulator.directions.folding import FoldedMask
from simulator.errors import SimulatorError, count_of_warnings
from simulator.geometry.angles import FloatArray
from simulator.maps.common import CommonAxis, common_axis, common_cells
from simulator.maps.dataset import cells_of, chart_of, provenance_of, sweep_of
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
        The common values of the inner and of the outer joint.
    free_before, free_after : ndarray of bool, shape (inner, outer)
        Which common poses are free.
    culprits : DataFrame
        ``pair``; ``lost_sr``: lost directions in whose way it is in the second map; ``gained_sr``: gained ones in
        whose way it was in the first; as the poses of the grid say.
    chart : TwoAxisChart
        How both maps aim.
    R_chart_patient : ndarray, shape (3, 3)
        From DICOM patient axes to those of the chart, the same in both maps.
    """

    before: SolidAngle
    after: SolidAngle
    gained: SolidAngle
    lost: SolidAngle
    axes: tuple[CommonAxis, CommonAxis]
    free_before: BoolArray
    free_after: BoolArray
    culprits: pd.DataFrame
    chart: TwoAxisChart
    R_chart_patient: FloatArray

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
    def folded(self) -> FoldedMask:
        """What the common poses reach on the sphere: before; after; either way, free or not."""
        masks = [self.free_before, self.free_after, np.ones_like(self.free_before)]
        return _folded(self.chart, self.axes, masks)

    def __repr__(self) -> str:
        return (
            f"Comparison({self.before.sr:.2f} sr → {self.after.sr:.2f} sr: {self.gained.sr:.3f} sr gained, "
            f"{self.lost.sr:.3f} sr lost; {self.gained_poses} poses gained, {self.lost_poses} lost"
            f"{count_of_warnings(self.before.warnings + self.after.warnings)})"
        )


def compare(first: xr.Dataset, second: xr.Dataset) -> Comparison:
    """Return what changes from the first map to the second; both as their datasets, of two axes.

    Raises
    ------
    SimulatorError
        If the maps have not the same axes, aim elsewhere in the patient at the same angles, or have no angles in
        common.
    """
    import pandas as pd

    chart, R_chart_patient = _same_aim(first, second)
    our_axes, their_axes = sweep_of(first), sweep_of(second)
    axes = (
        common_axis(our_axes[chart.inner], their_axes[chart.inner]),
        common_axis(our_axes[chart.outer], their_axes[chart.outer]),
    )
    before, after = _Side.of(first, chart, axes, 0), _Side.of(second, chart, axes, 1)
    pairs = sorted({*before.blocking, *after.blocking})
    nowhere = np.zeros_like(before.free)
    blocked = [side.blocking.get(pair, nowhere) for side in (before, after) for pair in pairs]
    folded = _folded(chart, axes, [*before.masks, *after.masks, *blocked])
    sides, (blocked_before, blocked_after) = folded.covered[:6], np.split(folded.covered[6:], 2)
    gained, lost = sides[3] & ~sides[0], sides[0] & ~sides[3]
    table = pd.DataFrame(
        {
            "pair": pairs,
            "lost_sr": folded.solid_angle_sr(blocked_after & lost),
            "gained_sr": folded.solid_angle_sr(blocked_before & gained),
        }
    )
    changed = table[(table["lost_sr"] > 0) | (table["gained_sr"] > 0)]
    areas = folded.solid_angle_sr(sides)
    return Comparison(
        before=before.solid_angle(*areas[:3]),
        after=after.solid_angle(*areas[3:]),
        gained=_only_in(after, before, folded, sides[3:], sides[:3]),
        lost=_only_in(before, after, folded, sides[:3], sides[3:]),
        axes=axes,
        free_before=before.free,
        free_after=after.free,
        culprits=changed.sort_values(["lost_sr", "gained_sr"], ascending=False, kind="stable", ignore_index=True),
        chart=chart,
        R_chart_patient=R_chart_patient,
    )


@dataclass(frozen=True, eq=False)
class _Side:
    """What one of two maps knows of the common poses, all masks of shape (inner, outer), and of their range."""

    free: BoolArray
    blocking: dict[str, BoolArray]
    cells: Cells | None
    chart: TwoAxisChart
    full_turns: tuple[bool, ...]
    warnings: tuple[str, ...]

    @classmethod
    def of(cls, data: xr.Dataset, chart: TwoAxisChart, axes: tuple[CommonAxis, CommonAxis], side: int) -> _Side:
        rows, columns = (axis.rows[side] for axis in axes)
        not_free = data["pair_status"].values[:, rows[:, None], columns] != Status.FREE
        blocking = dict(zip((str(name) for name in data["pair"].values), not_free, strict=True))
        cells = cells_of(data, (chart.inner, chart.outer))
        return cls(
            free=~not_free.any(axis=0),
            blocking=blocking,
            cells=None if cells is None else common_cells(cells, axes),
            chart=chart,
            full_turns=tuple(axis.is_full_turn for axis in axes),
            warnings=tuple(provenance_of(data)["warnings"]),
        )

    @property
    def masks(self) -> list[BoolArray]:
        """Poses that are free, those that surely are, and those that possibly are, as far as samples tell."""
        return [self.free] + [of(self.free, full_turns=self.full_turns) for of in (surely_free, possibly_free)]

    def solid_angle(self, sampled_sr: float, lower_sr: float, upper_sr: float) -> SolidAngle:
        sampled = SolidAngle(float(sampled_sr), float(lower_sr), float(upper_sr))
        found = sampled if self.cells is None else proven(self.cells, self.chart)
        return replace(found, warnings=self.warnings)


def _only_in(one: _Side, other: _Side, folded: FoldedMask, ours: BoolArray, theirs: BoolArray) -> SolidAngle:
    """Return the directions of one side only; masks (free, surely free, possibly free) are on the folded chart."""
    estimate, lower, upper = (
        float(folded.solid_angle_sr(ours[mine] & ~theirs[not_theirs]))
        for mine, not_theirs in ((0, 0), (1, 2), (2, 1))
    )
    if one.cells is None or other.cells is None:
        return SolidAngle(estimate, lower, upper)
    lower, _ = one.chart.beyond_sr(*_free_cells(one.cells), *_possibly_free_cells(other.cells))
    _, upper = one.chart.beyond_sr(*_possibly_free_cells(one.cells), *_free_cells(other.cells))
    return SolidAngle(min(max(estimate, lower), upper), lower, upper, is_proven=True)


def _free_cells(cells: Cells) -> tuple[FloatArray, FloatArray]:
    """Return the corners (n, 2) of the cells proven free."""
    which = cells.status == FREE
    return cells.low[which], cells.high[which]


def _possibly_free_cells(cells: Cells) -> tuple[FloatArray, FloatArray]:
    """Return the corners (n, 2) of the cells not proven otherwise."""
    which = cells.status != NOT_FREE
    return cells.low[which], cells.high[which]


def _folded(chart: TwoAxisChart, axes: tuple[CommonAxis, CommonAxis], masks: list[BoolArray]) -> FoldedMask:
    return chart.fold(axes[0].edges, axes[1].edges, np.stack(masks))


def _same_aim(first: xr.Dataset, second: xr.Dataset) -> tuple[TwoAxisChart, FloatArray]:
    """Return the chart and the rotation (3, 3) from patient axes to its own; refuse maps that differ in either.

    With another one the same values aim elsewhere in the patient: a cell of one map is no cell of the other's
    directions, and a pose that is gained is no direction that is gained.
    """
    ours, theirs = chart_of(first), chart_of(second)
    if ours is None or ours != theirs:
        names = [", ".join(map(str, sweep_of(data))) for data in (first, second)]
        raise SimulatorError(
            f"compare: the maps must have the same axes and aim alike, they are over {names[0]}, and {names[1]}"
        )
    rotations = [data["chart_top_rotation"].values @ data["top_patient_rotation"].values for data in (first, second)]
    if not np.allclose(rotations[0], rotations[1], rtol=0.0, atol=1e-9):
        raise SimulatorError(
            "compare: the maps must have the same patient position, pitch and roll, they have "
            f"{_lies(first)} and {_lies(second)}: the same angles aim elsewhere in the patient; their solid angles "
            "alone can be compared, as those of variants"
        )
    return ours, np.asarray(rotations[0])


def _lies(data: xr.Dataset) -> str:
    made_by = provenance_of(data)
    return f"{made_by['position']} with pitch {made_by['pitch_deg']:g}° and roll {made_by['roll_deg']:g}°"
