"""A baseline: what a scenario's map was, small enough to be kept beside the scenario.

It holds the status and the culprit of every pose of the sweep, the free arcs with their ends to 0.01°, what each pair
costs, the proven bounds of the solid angle, and what the map was made from; no versions and no times, so that the
same answer is the same bytes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from simulator.errors import SimulatorError
from simulator.maps.collision_map import CollisionMap
from simulator.maps.counted import whole
from simulator.maps.dataset import ARCS
from simulator.maps.free_extent import FreeExtent
from simulator.maps.sealed import Kind, load_sealed, save_sealed, sealed
from simulator.maps.solid_angle import SolidAngle
from simulator.scenario.sweep import Sweep

BASELINE = Kind(
    name="baseline",
    format="treatment-geometry-simulator baseline 3",
    again="`simulator baseline` writes it anew, `pytest --scenarios --update-baselines` too",
)
KEPT = ("status", "culprit")
NOT_INPUT = (
    *("title", "versions", "warnings", "repairs", "excused", "method", "tolerance"),
    *("home", "without_limits", "judged"),
)
"""What a map says of itself and its baseline does not: versions change, files lie elsewhere on other machines, what
is excused is what is not checked, who judged changes no status, and where a delivery starts makes no pose free."""


@dataclass(frozen=True, eq=False)
class Baseline:
    """What a map was, and what it was made from.

    Attributes
    ----------
    dataset : xarray.Dataset
        Dimensions are the swept joints, ``arc`` and ``pair``; variables as those of a map, and ``blocks_sr``, or
        another unit's.
    """

    dataset: xr.Dataset

    @classmethod
    def of(cls, cmap: CollisionMap) -> Baseline:
        """Return the baseline of a certified map."""
        if cmap.cells is None:
            raise SimulatorError("baseline: must be of a certified map, was of a sampled one")
        (lower, upper), unit = cmap.achievable().bounds, cmap.unit
        costs = cmap.pair_costs().set_index("pair")[f"blocks_{unit}"].reindex(cmap.pairs).to_numpy()
        arcs = [str(name) for name in cmap.dataset.variables if str(name).startswith(ARCS)]
        dataset = cmap.dataset[[*KEPT, *arcs, "pair"]].drop_attrs(deep=False)
        if len(cmap.pairs) < 128:
            dataset["culprit"] = dataset["culprit"].astype(np.int8)
        dataset[f"blocks_{unit}"] = ("pair", np.round(costs, 6), {"units": unit})
        made_by = {name: value for name, value in cmap.provenance.items() if name not in NOT_INPUT}
        dataset.attrs = {
            "format": BASELINE.format,
            "name": cmap.dataset.attrs["name"],
            f"lower_{unit}": round(lower, 9),
            f"upper_{unit}": round(upper, 9),
            "made_by": json.dumps(made_by, ensure_ascii=False),
            "disclaimer": cmap.dataset.attrs["disclaimer"],
        }
        return cls(sealed(dataset))

    @property
    def sweep(self) -> Sweep:
        """What was swept."""
        return Sweep.of(self.made_by["grid"])

    @property
    def made_by(self) -> dict[str, Any]:
        """The set-up, the grid, the pairs that were checked, and a hash of every mesh."""
        return dict(json.loads(self.dataset.attrs["made_by"]))

    @property
    def status(self) -> NDArray[np.int8]:
        """Values of :class:`simulator.Status`, in the shape of the sweep."""
        return np.asarray(self.dataset["status"].values)

    @property
    def pairs(self) -> list[str]:
        """Names of the pairs that are in the way, between the poses too."""
        return [str(name) for name in self.dataset["pair"].values]

    @property
    def unit(self) -> str:
        """Of the answer: ``"sr"``, or of a free extent."""
        return next(name.removeprefix("lower_") for name in map(str, self.dataset.attrs) if name.startswith("lower_"))

    @property
    def blocks(self) -> NDArray[np.float64]:
        """What each of them blocks, shape (pairs,), in :attr:`unit`."""
        return np.asarray(self.dataset[f"blocks_{self.unit}"].values)

    def achievable(self) -> SolidAngle | FreeExtent:
        """Return the answer of the map, with its proven bounds."""
        lower, upper = (float(self.dataset.attrs[f"{end}_{self.unit}"]) for end in ("lower", "upper"))
        if self.unit == "sr":
            return SolidAngle((lower + upper) / 2, lower, upper, is_proven=True)
        return FreeExtent((lower + upper) / 2, lower, upper, whole(self.sweep.counted), self.unit, is_proven=True)

    def save(self, path: Path) -> None:
        """Write the baseline as NetCDF, whole or not at all: the same bytes for the same answer."""
        save_sealed(self.dataset, path, BASELINE)

    @classmethod
    def load(cls, path: Path, name: str) -> Baseline:
        """Return the baseline of the scenario ``name``.

        Raises
        ------
        SimulatorError
            If there is no such file, or it is not a baseline as it was made, or it is that of another scenario.
        """
        dataset = load_sealed(path, BASELINE)
        if dataset.attrs["name"] != name:
            raise SimulatorError(f"{path}: must be the baseline of {name!r}, is that of {dataset.attrs['name']!r}")
        return cls(dataset)
