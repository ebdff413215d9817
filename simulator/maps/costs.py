"""What each pair of parts costs of the sphere of directions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulator.collision.contact import Status

if TYPE_CHECKING:
    import pandas as pd

    from simulator.maps.mapped import Mapped


def table_of_costs(plane: Mapped) -> pd.DataFrame:
    """Return what each pair of a map of two joints costs, the costliest first; see `CollisionMap.pair_costs`."""
    import pandas as pd

    rows = [(name, *areas) for name, areas in zip(plane.pairs, _areas_sr(plane).tolist(), strict=True)]
    table = pd.DataFrame(rows, columns=["pair", "blocks_sr", "alone_sr"])
    return table.sort_values(["blocks_sr", "alone_sr"], ascending=False, kind="stable", ignore_index=True)


def _areas_sr(plane: Mapped) -> NDArray[np.float64]:
    """Return for each pair (n, 2) what it blocks, and what it alone blocks."""
    blocking = np.asarray(plane.dataset["pair_status"].values) != Status.FREE
    others_free = blocking.sum(axis=0)[None] - blocking == 0
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
