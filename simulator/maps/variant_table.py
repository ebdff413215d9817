"""Several maps against the first: what each variant of a scenario costs or gains."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from simulator.errors import SimulatorError
from simulator.maps.collision_map import CollisionMap
from simulator.maps.free_extent import ExtentDifference
from simulator.maps.solid_angle import Difference

if TYPE_CHECKING:
    import pandas as pd


def require_one_unit(units: Sequence[str]) -> None:
    """Refuse answers that cannot stand in one table: solid angles, degrees and millimetres beside each other."""
    if len(set(units)) > 1:
        told = ", ".join(dict.fromkeys(units))
        raise SimulatorError(f"variants: the answers of all must be of one unit, they are in {told}")


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

        Of maps without an area on the sphere: ``variant``; ``free``, ``lower``, ``upper`` and ``of`` in ``unit``;
        ``fraction``; ``bounds``; ``difference`` with its bounds; whether that is certain; and the costliest pair with
        what it blocks.

    Raises
    ------
    SimulatorError
        If their answers are not all of one unit.
    """
    import pandas as pd

    require_one_unit([cmap.unit for cmap in maps])
    if not maps[0].has_area:
        return pd.DataFrame(_extents(names, maps))
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


def _extents(names: Sequence[str], maps: Sequence[CollisionMap]) -> Iterator[dict[str, Any]]:
    """Yield the rows of maps without an area on the sphere."""
    first = maps[0].free_extent()
    for name, cmap in zip(names, maps, strict=True):
        extent, costs = cmap.free_extent(), cmap.pair_costs()
        difference = ExtentDifference(first, extent)
        pair, blocks = (costs["pair"][0], costs[f"blocks_{cmap.unit}"][0]) if len(costs) else ("", 0.0)
        yield {
            "variant": name,
            "free": extent.value,
            "lower": extent.lower,
            "upper": extent.upper,
            "of": extent.of,
            "unit": extent.unit,
            "fraction": extent.fraction,
            "bounds": "proven" if extent.is_proven else "sampled",
            "difference": difference.value,
            "difference_lower": difference.lower,
            "difference_upper": difference.upper,
            "difference_is_certain": difference.is_certain,
            "costliest_pair": pair,
            "costliest_blocks": float(blocks),
        }
