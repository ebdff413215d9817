"""Two maps without an area on the sphere: what the second gains and loses against the first, with bounds.

As in `simulator.maps.comparison`, compared is what both maps know: the values that both have, and of certified cells
the parts in the range of those.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from simulator.certify.branch_and_bound import FREE, NOT_FREE, Cells
from simulator.collision.contact import Status
from simulator.errors import SimulatorError, count_of_warnings
from simulator.geometry.angles import FULL_TURN_DEG, FloatArray
from simulator.maps.boxes import Corners, beyond
from simulator.maps.common import CommonAxis, common_axis, common_cells
from simulator.maps.free_extent import ExtentDifference, FreeExtent, bounds_of
from simulator.maps.solid_angle import possibly_free, surely_free

if TYPE_CHECKING:
    import pandas as pd

    from simulator.directions.crossed_axes import BoolArray
    from simulator.maps.mapped import Mapped


@dataclass(frozen=True, eq=False, repr=False)
class ExtentComparison:
    """What changes from one map to another, where neither has an area on the sphere.

    Attributes
    ----------
    before, after : FreeExtent
        Of the two maps, over the common range.
    gained, lost : FreeExtent
        What only the second, or only the first, has free.
    axes : tuple of CommonAxis
        The common values of each joint that is counted.
    free_before, free_after : ndarray of bool, a dimension for each axis
        Which common poses are free.
    culprits : DataFrame
        ``pair``; ``lost_deg`` (or of another unit): what is lost and in whose way it is in the second map;
        ``gained_deg``: what is gained and in whose way it was in the first; as the poses of the grid say.
    """

    before: FreeExtent
    after: FreeExtent
    gained: FreeExtent
    lost: FreeExtent
    axes: tuple[CommonAxis, ...]
    free_before: BoolArray
    free_after: BoolArray
    culprits: pd.DataFrame

    @property
    def difference(self) -> ExtentDifference:
        """Of the two extents, with bounds."""
        return ExtentDifference(self.before, self.after)

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
        """Whether both maps go over the same values; if not, they know more than is compared."""
        return all(axis.has_same_range for axis in self.axes)

    def __repr__(self) -> str:
        return (
            f"ExtentComparison({self.before.stated()} → {self.after.stated()}; {self.gained_poses} poses gained, "
            f"{self.lost_poses} lost{count_of_warnings(self.before.warnings + self.after.warnings)})"
        )


def compare_extents(first: Mapped, second: Mapped) -> ExtentComparison:
    """Return what changes from the first reduced map to the second.

    Raises
    ------
    SimulatorError
        If the maps have not the same axes, lead the beam through other circles of the patient, or have no values in
        common.
    """
    import pandas as pd

    _require_alike(first, second)
    axes = tuple(common_axis(ours, second.sweep[ours.joint]) for ours in first.sweep)
    before, after = _Side.of(first, axes, 0), _Side.of(second, axes, 1)
    gained, lost = after.free & ~before.free, before.free & ~after.free
    pairs = sorted({*before.blocking, *after.blocking})
    nowhere = np.zeros_like(before.free)
    table = pd.DataFrame(
        {
            "pair": pairs,
            f"lost_{first.unit}": [before.size(after.blocking.get(pair, nowhere) & lost) for pair in pairs],
            f"gained_{first.unit}": [before.size(before.blocking.get(pair, nowhere) & gained) for pair in pairs],
        }
    )
    costs = list(table.columns[1:])
    changed = table[(table[costs] > 0).any(axis=1)]
    return ExtentComparison(
        before=before.extent(),
        after=after.extent(),
        gained=_only_in(after, before),
        lost=_only_in(before, after),
        axes=axes,
        free_before=before.free,
        free_after=after.free,
        culprits=changed.sort_values(costs, ascending=False, kind="stable", ignore_index=True),
    )


@dataclass(frozen=True, eq=False)
class _Side:
    """What one of two maps knows of the common poses, and of their range."""

    free: BoolArray
    blocking: dict[str, BoolArray]
    cells: Cells | None
    axes: tuple[CommonAxis, ...]
    known: FreeExtent
    """Of the whole map: unit and warnings."""

    @classmethod
    def of(cls, counted: Mapped, axes: tuple[CommonAxis, ...], side: int) -> _Side:
        status = counted.dataset["pair_status"].values
        not_free = status[np.ix_(np.arange(len(status)), *(axis.rows[side] for axis in axes))] != Status.FREE
        cells = None if counted.cells is None else common_cells(counted.cells, axes)
        return cls(
            free=~not_free.any(axis=0),
            blocking=dict(zip(counted.pairs, not_free, strict=True)),
            cells=cells,
            axes=axes,
            known=counted.free_extent(),  # type: ignore[attr-defined]
        )

    def size(self, mask: BoolArray) -> float:
        """Return what a mask of common poses holds."""
        held = mask.astype(float)
        for axis in reversed(self.axes):
            held = held @ np.diff(axis.edges)
        return float(held)

    def masks(self) -> list[BoolArray]:
        """Return poses that are free, those that surely are, and those that possibly are, as samples tell."""
        turns = [axis.is_full_turn for axis in self.axes]
        return [self.free, surely_free(self.free, full_turns=turns), possibly_free(self.free, full_turns=turns)]

    def extent(self) -> FreeExtent:
        """Return how much is free over the common range."""
        if self.cells is None:
            return self.of_range(*map(self.size, self.masks()), is_proven=False)
        lower, upper = bounds_of(self.cells)
        return self.of_range((lower + upper) / 2, lower, upper, is_proven=True)

    def of_range(self, value: float, lower: float, upper: float, *, is_proven: bool) -> FreeExtent:
        """Return an extent of all that the common range has; of a circle, of all of it."""
        spans = [FULL_TURN_DEG] if self.known.unit == "deg" else [axis.stop - axis.start for axis in self.axes]
        of = float(np.prod(spans))
        return replace(self.known, value=value, lower=lower, upper=upper, of=of, is_proven=is_proven)


def _only_in(one: _Side, other: _Side) -> FreeExtent:
    """Return what is free on one side only."""
    ours, theirs = one.masks(), other.masks()
    value, lower, upper = (one.size(ours[a] & ~theirs[b]) for a, b in ((0, 0), (1, 2), (2, 1)))
    if one.cells is None or other.cells is None:
        return one.of_range(value, lower, upper, is_proven=False)
    lower = beyond(_which(one.cells, one.cells.status == FREE), _which(other.cells, other.cells.status != NOT_FREE))
    upper = beyond(_which(one.cells, one.cells.status != NOT_FREE), _which(other.cells, other.cells.status == FREE))
    return one.of_range(min(max(value, lower), upper), lower, upper, is_proven=True)


def _which(cells: Cells, mask: BoolArray) -> Corners:
    return cells.low[mask], cells.high[mask]


def _require_alike(first: Mapped, second: Mapped) -> None:
    if first.has_area or second.has_area or first.sweep.joints != second.sweep.joints:
        raise SimulatorError(
            "compare: the maps must have the same axes and aim alike, they are over "
            f"{first.sweep}, and {second.sweep}"
        )
    if not np.allclose(_aims(first), _aims(second), rtol=0.0, atol=1e-9):
        raise SimulatorError(
            "compare: the maps must lead the beam through the same circle of the patient: position, pitch and roll, "
            "or what turns the beam, differ"
        )


def _aims(cmap: Mapped) -> FloatArray:
    """Return where two poses of the circle of a map aim in patient axes (2, 3); zeros where it has none."""
    at = np.array([0.0, 90.0])
    return np.zeros((2, 3)) if cmap.circle is None else cmap.circle.directions(at) @ cmap.rotation("patient")
