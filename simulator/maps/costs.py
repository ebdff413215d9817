"""What each pair of parts costs of the sphere of directions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulator.certify.branch_and_bound import Cells
from simulator.collision.contact import Status
from simulator.directions.chart import TwoAxisChart
from simulator.maps.free_extent import measure, measure_of_poses
from simulator.scenario.axis import Axis

if TYPE_CHECKING:
    import pandas as pd

    from simulator.maps.mapped import Mapped


def table_of_costs(plane: Mapped) -> pd.DataFrame:
    """Return what each pair of a reduced map costs, the costliest first; see `CollisionMap.pair_costs`."""
    blocking = np.asarray(plane.dataset["pair_status"].values) != Status.FREE
    if not plane.has_area:
        return _table(plane.pairs, _extents(plane, blocking), plane.unit)
    inner, outer = (plane.sweep[joint] for joint in plane.counted)
    return table_of_areas(plane.pairs, plane.chart, (inner, outer), blocking, plane.is_free, plane.cells)


def table_of_areas(
    pairs: Sequence[str],
    chart: TwoAxisChart,
    axes: tuple[Axis, Axis],
    blocking: NDArray[np.bool_],
    is_free: NDArray[np.bool_],
    cells: Cells | None,
) -> pd.DataFrame:
    """Return what pairs cost of the sphere of directions, the costliest first; see `CollisionMap.pair_costs`.

    Parameters
    ----------
    pairs : sequence of str
        Their names.
    chart : TwoAxisChart
        How the two axes aim.
    axes : tuple of Axis
        The inner and the outer one.
    blocking : ndarray of bool, shape (pairs, inner, outer)
        At which poses each pair is in the way.
    is_free : ndarray of bool, shape (inner, outer)
        Which poses count as free.
    cells : Cells, optional
        Certified cells, a column for each axis.
    """
    others_free = _others_free(blocking)
    inner, outer = (axis.edges() for axis in axes)
    achievable = chart.fold(inner, outer, is_free[None]).covered[0]
    folded = chart.fold(inner, outer, np.concatenate([blocking, others_free]))
    involved, freed = np.split(folded.covered & ~achievable, 2)
    areas = np.stack([folded.solid_angle_sr(involved), folded.solid_angle_sr(freed)], axis=1)
    for row in np.flatnonzero(~blocking.any(axis=(1, 2))):
        if cells is None:
            break
        # Only cells that are not proven achievable tell of a pair that is in the way between the poses.
        blocked, free = cells.only(cells.pair == row), cells.only(cells.pair == -1)
        areas[row] = chart.beyond_sr(blocked.low, blocked.high, free.low, free.high)[1]
    return _table(pairs, areas, "sr")


def _table(pairs: Sequence[str], costs: NDArray[np.float64], unit: str) -> pd.DataFrame:
    import pandas as pd

    columns = [f"blocks_{unit}", f"alone_{unit}"]
    rows = [(name, *each) for name, each in zip(pairs, costs.tolist(), strict=True)]
    table = pd.DataFrame(rows, columns=["pair", *columns])
    return table.sort_values(columns, ascending=False, kind="stable", ignore_index=True)


def _extents(counted: Mapped, blocking: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return for each pair (n, 2) what it blocks, and what it alone blocks, of a map without an area."""
    others_free = _others_free(blocking)
    axes, cells = counted.sweep.axes, counted.cells
    # What a pair blocks is not free, whoever else is in the way.
    sizes = np.stack([measure_of_poses(axes, masks) for masks in (blocking, others_free & blocking)], axis=1)
    for row in np.flatnonzero(~blocking.any(axis=tuple(range(1, blocking.ndim)))):
        if cells is None:
            break
        blocked = cells.only(cells.pair == row)
        sizes[row] = measure(blocked.low, blocked.high).sum()
    return sizes


def _others_free(blocking: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return where no other pair than each (n, ...) is in the way."""
    return np.asarray(blocking.sum(axis=0)[None] - blocking == 0)
