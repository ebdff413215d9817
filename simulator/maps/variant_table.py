"""Several maps against the first: what each variant of a scenario costs or gains."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from simulator.maps.collision_map import CollisionMap
from simulator.maps.solid_angle import Difference

if TYPE_CHECKING:
    import pandas as pd


def variant_table(names: Sequence[str], maps: Sequence[CollisionMap]) -> pd.DataFrame:
    """Return a row for each map; differences are against the first.

    Solid angles do not depend on how the patient lies, so variants that aim elsewhere in the patient have their
    rows, too. Each is over its map's own range of angles.

    Parameters
    ----------
    names, maps : sequences of equal length
        Of the scenario itself first, then of its variants.

    Returns
    -------
    DataFrame
        ``variant``; ``solid_angle_sr`` with ``lower_sr``, ``upper_sr`` and ``bounds`` (``"proven"`` or
        ``"sampled"``); ``fraction_of_4pi``; ``reachable_sr`` with ``reachable_lower_sr`` and
        ``reachable_upper_sr``, from the home pose, NaN where that is not told; ``difference_sr`` with
        ``difference_lower_sr`` and ``difference_upper_sr``; ``difference_is_certain``, whether the bounds of both
        leave no doubt that there is one; ``costliest_pair``, the one that blocks most, with
        ``costliest_blocks_sr``; empty and 0 if there is none.
    """
    import pandas as pd

    first = maps[0].solid_angle()
    rows = []
    for name, cmap in zip(names, maps, strict=True):
        omega = cmap.solid_angle()
        reached = cmap.reachable().solid_angle
        difference = Difference(first, omega)
        costs = cmap.pair_costs()
        pair, blocks_sr = (costs["pair"][0], costs["blocks_sr"][0]) if len(costs) else ("", 0.0)
        rows.append(
            {
                "variant": name,
                "solid_angle_sr": omega.sr,
                "lower_sr": omega.lower_sr,
                "upper_sr": omega.upper_sr,
                "bounds": "proven" if omega.is_proven else "sampled",
                "fraction_of_4pi": omega.fraction_of_4pi,
                "reachable_sr": None if reached is None else reached.sr,
                "reachable_lower_sr": None if reached is None else reached.lower_sr,
                "reachable_upper_sr": None if reached is None else reached.upper_sr,
                "difference_sr": difference.sr,
                "difference_lower_sr": difference.lower_sr,
                "difference_upper_sr": difference.upper_sr,
                "difference_is_certain": difference.is_certain,
                "costliest_pair": pair,
                "costliest_blocks_sr": float(blocks_sr),
            }
        )
    return pd.DataFrame(rows)
