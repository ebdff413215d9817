"""What each pair of parts costs of the sphere of directions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulator.collision.contact import Status
from simulator.maps.free_extent import measure, measure_of_poses

if TYPE_CHECKING:
    import pandas as pd

    from simulator.maps.mapped import Mapped


def table_of_costs(plane: Mapped) -> pd.DataFrame:
    """Return what each pair of a reduced map costs, the costliest first; see `CollisionMap.pair_costs`."""
    import pandas as pd

    costs = _areas_sr(plane) if plane.has_area else _extents(plane)
    columns = [f"blocks_{plane.unit}", f"alone_{plane.unit}"]
    rows = [(name, *each) for name, each in zip(plane.pairs, costs.tolist(), strict=True)]
    table = pd.DataFrame(rows, columns=["pair", *columns])
    return table.sort_values(columns, ascending=False, kind="stable", ignore_index=True)


def _extents(counted: Mapped) -> NDArray[np.float64]:
    """Return for each pair (n, 2) what it blocks, and what it alone blocks, of a map without an area."""
    blocking, others_free = _masks(counted)
    axes, cells = counted.sweep.axes, counted.cells
    # What a pair blocks is not free, whoever else is in the way.
    sizes = np.stack([measure_of_poses(axes, masks) for masks in (blocking, others_free & blocking)], axis=1)
    for row in np.flatnonzero(~blocking.any(axis=tuple(range(1, blocking.ndim)))):
        if cells is None:
            break
        blocked = cells.only(cells.pair == row)
        sizes[row] = measure(blocked.low, blocked.high).sum()
    return sizes


def _masks(plane: Mapped) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return where each pair (n, ...) is in the way, and where no other one is."""
    blocking = np.asarray(plane.dataset["pair_status"].values) != Status.FREE
    return blocking, np.asarray(blocking.sum(axis=0)[None] - blocking == 0)


def _areas_sr(plane: Mapped) -> NDArray[np.float64]:
    """Return for each pair (n, 2) what it blocks, and what it alone blocks."""
    blocking, others_free = _masks(plane)
    achievable = plane.folded(plane.is_free[None]).covered[0]
    folded = plane.folded(np.concatenate([blocking, others_free]))
    involved, freed = np.split(folded.covered & ~achievable, 2)
    areas = np.stack([folded.solid_angle_sr(involved), folded.solid_angle_sr(freed)], axis=1)
    cells = plane.cells
    for row in np.flatnonzero(~blocking.any(axis=(1, 2))):
        if cells is None:
            break
        # Only cells that are not proven achievable tell of a pair that is in the way between the poses.
        blocked, free = cells.only(cells.pair == row), cells.only(cells.pair == -1)
        areas[row] = plane.chart.beyond_sr(blocked.low, blocked.high, free.low, free.high)[1]
    return areas
