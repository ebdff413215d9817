"""A baseline: what a scenario's map was, small enough to be kept beside the scenario.

It holds the status and the culprit of every pose of the grid, the free arcs with their ends to 0.01°, what each pair
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
from simulator.mapping.collision_map import CollisionMap
from simulator.mapping.solid_angle import SolidAngle
from simulator.whole_files import written_whole

FORMAT = "treatment-geometry-simulator baseline 1"
KEPT = ("status", "culprit", "arc_couch", "arc_start", "arc_stop", "arc_start_pair", "arc_stop_pair")
ATTRIBUTES = ("gantry_full_turn", "lower_sr", "upper_sr")
NEEDED = ("grid", "pairs_checked", "open_meshes", "meshes_sha256")
NOT_INPUT = ("title", "versions", "warnings", "repairs", "excused", "method", "tolerance")
"""What a map says of itself and its baseline does not: versions change, files lie elsewhere on other machines, and
what is excused is what is not checked."""


@dataclass(frozen=True, eq=False)
class Baseline:
    """What a map was, and what it was made from.

    Attributes
    ----------
    dataset : xarray.Dataset
        Dimensions (gantry, couch), ``arc`` and ``pair``; variables as those of a map, and ``blocks_sr``.
    """

    dataset: xr.Dataset

    @classmethod
    def of(cls, cmap: CollisionMap) -> Baseline:
        """Return the baseline of a certified map."""
        if cmap.cells is None:
            raise SimulatorError("baseline: must be of a certified map, was of a sampled one")
        omega = cmap.solid_angle()
        costs = cmap.pair_costs().set_index("pair")["blocks_sr"].reindex(cmap.pairs).to_numpy()
        dataset = cmap.dataset[[*KEPT, "pair"]].drop_attrs(deep=False)
        if len(cmap.pairs) < 128:
            dataset["culprit"] = dataset["culprit"].astype(np.int8)
        dataset["blocks_sr"] = ("pair", np.round(costs, 6), {"units": "sr"})
        made_by = {name: value for name, value in cmap.provenance.items() if name not in NOT_INPUT}
        dataset.attrs = {
            "format": FORMAT,
            "name": cmap.dataset.attrs["name"],
            "gantry_full_turn": cmap.dataset.attrs["gantry_full_turn"],
            "lower_sr": round(omega.lower_sr, 9),
            "upper_sr": round(omega.upper_sr, 9),
            "made_by": json.dumps(made_by, ensure_ascii=False, sort_keys=True),
            "disclaimer": cmap.dataset.attrs["disclaimer"],
        }
        return cls(dataset)

    @property
    def made_by(self) -> dict[str, Any]:
        """The set-up, the grid, the pairs that were checked, and a hash of every mesh."""
        return dict(json.loads(self.dataset.attrs["made_by"]))

    @property
    def status(self) -> NDArray[np.int8]:
        """Values of :class:`simulator.Status`, shape (gantry, couch)."""
        return np.asarray(self.dataset["status"].values)

    @property
    def pairs(self) -> list[str]:
        """Names of the pairs that are anywhere not free."""
        return [str(name) for name in self.dataset["pair"].values]

    def solid_angle(self) -> SolidAngle:
        """Return the solid angle of the achievable directions, with its proven bounds."""
        lower, upper = float(self.dataset.attrs["lower_sr"]), float(self.dataset.attrs["upper_sr"])
        return SolidAngle((lower + upper) / 2, lower, upper, is_proven=True)

    def save(self, path: Path) -> None:
        """Write the baseline as NetCDF, whole or not at all: the same bytes for the same answer."""
        with written_whole(path) as unfinished:
            self.dataset.to_netcdf(unfinished, engine="scipy", format="NETCDF3_64BIT")

    @classmethod
    def load(cls, path: Path, name: str) -> Baseline:
        """Return the baseline of the scenario ``name``.

        Raises
        ------
        SimulatorError
            If there is no such file, or it is damaged, of another format, or of another scenario.
        """
        again = "`simulator baseline` writes it anew, `pytest --scenarios --update-baselines` too"
        if not path.is_file():
            raise SimulatorError(f"{path}: there is no such baseline; {again}")
        try:
            dataset = xr.load_dataset(path, engine="scipy")
            made_by = dict(json.loads(dataset.attrs.get("made_by", "{}")))
        except Exception:  # the reader raises whatever the damage makes it raise
            raise SimulatorError(
                f"{path}: must be a baseline of this simulator, is damaged or no NetCDF; {again}"
            ) from None
        found = dataset.attrs.get("format")
        if found != FORMAT:
            raise SimulatorError(f"{path}: format must be {FORMAT!r}, was {found!r}; {again}")
        if dataset.attrs.get("name") != name:
            raise SimulatorError(
                f"{path}: must be the baseline of {name!r}, is that of {dataset.attrs.get('name')!r}"
            )
        missing = [variable for variable in (*KEPT, "blocks_sr") if variable not in dataset]
        missing += [name for name in ATTRIBUTES if name not in dataset.attrs]
        missing += [name for name in NEEDED if name not in made_by]
        if missing:
            raise SimulatorError(f"{path}: must be a whole baseline, lacks {', '.join(missing)}; {again}")
        return cls(dataset)
