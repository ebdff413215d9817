"""Two maps of the same grid: what the second gains and loses against the first, and who is to blame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.collision.contact import Status
from simulator.errors import SimulatorError
from simulator.mapping.solid_angle import SolidAngle

if TYPE_CHECKING:
    import pandas as pd

    from simulator.mapping.collision_map import CollisionMap


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """What changes from one map to another.

    Attributes
    ----------
    before, after : SolidAngle
        Of the two maps.
    gained_sr, lost_sr : float
        Directions that only the second, or only the first, achieves, as the poses of the grid say.
    poses_gained, poses_lost : int
        Poses that become, or stop being, free.
    culprits : DataFrame
        ``pair``; ``lost_sr``: lost directions in whose way it is in the second map; ``gained_sr``: gained ones in
        whose way it was in the first.
    """

    before: SolidAngle
    after: SolidAngle
    gained_sr: float
    lost_sr: float
    poses_gained: int
    poses_lost: int
    culprits: pd.DataFrame

    @property
    def difference_sr(self) -> float:
        """Directions gained less directions lost."""
        return self.gained_sr - self.lost_sr

    def __repr__(self) -> str:
        return (
            f"Comparison({self.before.sr:.2f} sr → {self.after.sr:.2f} sr: {self.gained_sr:.3f} sr gained, "
            f"{self.lost_sr:.3f} sr lost; {self.poses_gained} poses gained, {self.poses_lost} lost)"
        )


def compare(first: CollisionMap, second: CollisionMap) -> Comparison:
    """Return what changes from the first map to the second.

    Raises
    ------
    SimulatorError
        If their grids differ.
    """
    import pandas as pd

    for axis in ("gantry", "couch"):
        ours, theirs = first.dataset[axis].values, second.dataset[axis].values
        if not np.array_equal(ours, theirs):
            raise SimulatorError(
                f"compare: the maps must have the same grid; {axis} was {_range(ours)} and {_range(theirs)}"
            )
    pairs = sorted({*first.pairs, *second.pairs})
    shape = first.is_free.shape
    masks = [first.is_free, second.is_free]
    for cmap in (first, second):
        blocking = cmap.dataset["pair_status"].values != Status.FREE
        by_name = dict(zip(cmap.pairs, blocking, strict=True))
        masks += [by_name.get(pair, np.zeros(shape, dtype=bool)) for pair in pairs]
    chart = first.chart(np.stack(masks))
    before, after = chart.covered[:2]
    blocked_before, blocked_after = np.split(chart.covered[2:], 2)
    gained, lost = after & ~before, before & ~after
    table = pd.DataFrame(
        {
            "pair": pairs,
            "lost_sr": chart.solid_angle_sr(blocked_after & lost),
            "gained_sr": chart.solid_angle_sr(blocked_before & gained),
        }
    )
    changed = table[(table["lost_sr"] > 0) | (table["gained_sr"] > 0)]
    return Comparison(
        before=first.solid_angle(),
        after=second.solid_angle(),
        gained_sr=float(chart.solid_angle_sr(gained)),
        lost_sr=float(chart.solid_angle_sr(lost)),
        poses_gained=int((second.is_free & ~first.is_free).sum()),
        poses_lost=int((first.is_free & ~second.is_free).sum()),
        culprits=changed.sort_values(["lost_sr", "gained_sr"], ascending=False, kind="stable", ignore_index=True),
    )


def _range(values: np.ndarray) -> str:
    if len(values) == 0:
        return "empty"
    return f"{values[0]:g} to {values[-1]:g}° ({len(values)} angles)"
