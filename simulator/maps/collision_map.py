"""The map of a setup: gantry x couch, with status, culprits and what they cost of the sphere of directions."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from simulator.certify.branch_and_bound import Cells
from simulator.collision.contact import Status
from simulator.directions.chart import Chart, fold_mask, shares_sr
from simulator.directions.covered import beyond_sr
from simulator.directions.vectors import source_direction_top
from simulator.errors import count_of_warnings
from simulator.maps.comparison import Comparison, compare
from simulator.maps.dataset import MAP, cells_of, provenance_of
from simulator.maps.fine import FineMap
from simulator.maps.rich_display import html
from simulator.maps.sealed import load_sealed, require_sealed, save_sealed
from simulator.maps.solid_angle import SolidAngle, possibly_free, proven, surely_free

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False, repr=False)
class CollisionMap:
    """The status of every pose of a gantry x couch grid.

    Attributes
    ----------
    dataset : xarray.Dataset
        Dimensions (gantry, couch) in degrees, IEC 61217, and pair. ``status`` holds values of :class:`Status`,
        ``culprit`` the index of the pair that decides it (-1 where free), ``pair_status`` the status of each pair
        that is anywhere in the way, ``clearance_mm`` the least distance where it was asked for; ``arc_...`` the
        free gantry arcs; ``cell_...`` the certified cells. What made the map stands in ``attrs["provenance"]``, as
        JSON. All of it is under a checksum: what was cut or changed is no map any more.

    Raises
    ------
    SimulatorError
        If the dataset is not as it was made.
    """

    dataset: xr.Dataset

    def __post_init__(self) -> None:
        require_sealed(self.dataset, MAP)

    def __repr__(self) -> str:
        rows, columns = self.dataset["status"].shape
        counts = self.counts()
        return (
            f"CollisionMap({self.dataset.attrs['name']}, {rows} × {columns} poses: {counts[Status.FREE]} free, "
            f"{counts[Status.WITHIN_BUFFER]} within the buffer, {counts[Status.COLLIDING]} colliding"
            f"{count_of_warnings(self.warnings)})"
        )

    def _repr_html_(self) -> str | None:
        return html(self)

    @property
    def title(self) -> str:
        """What the map is of."""
        return str(self.provenance["title"] or self.dataset.attrs["name"])

    @property
    def provenance(self) -> dict[str, Any]:
        """What made the map: setup, mesh hashes, versions."""
        return provenance_of(self.dataset)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader of the map should know of its meshes."""
        return tuple(self.provenance["warnings"])

    @property
    def status(self) -> NDArray[np.int8]:
        """Values of :class:`Status`, shape (gantry, couch)."""
        return np.asarray(self.dataset["status"].values)

    @property
    def is_free(self) -> NDArray[np.bool_]:
        """Which poses are free, shape (gantry, couch)."""
        return np.asarray(self.status == Status.FREE)

    @property
    def pairs(self) -> list[str]:
        """Names of the pairs that are in the way, the most important first.

        They are so at a pose of the grid, beyond the end of a free arc, or in a certified cell between the poses:
        each that is not proven free names one.
        """
        return [str(name) for name in self.dataset["pair"].values]

    def counts(self) -> dict[Status, int]:
        """Return how many poses have each status."""
        return {status: int((self.status == status).sum()) for status in Status}

    @cached_property
    def cells(self) -> Cells | None:
        """The certified cells; None for a map that was only sampled."""
        return cells_of(self.dataset)

    @cached_property
    def fine(self) -> FineMap:
        """The map as finely as its cells allow, for pictures."""
        return FineMap.of(self.dataset)

    def solid_angle(self) -> SolidAngle:
        """Return the solid angle of the achievable directions, each counted once, with bounds.

        Where the map has certified cells, the bounds are proofs, and the estimate is in their middle.
        """
        if self.cells is None:
            return self.sampled_solid_angle()
        return replace(proven(self.cells), warnings=self.warnings)

    def sampled_solid_angle(self) -> SolidAngle:
        """Return what the poses of the grid say of the solid angle: each counts for the cell around it."""
        full_turn = bool(self.dataset.attrs["gantry_full_turn"])
        masks = np.stack(
            [
                self.is_free,
                surely_free(self.is_free, is_full_turn=full_turn),
                possibly_free(self.is_free, is_full_turn=full_turn),
            ]
        )
        estimate, lower, upper = (float(value) for value in self.chart(masks).solid_angle_sr())
        return SolidAngle(estimate, lower, upper, warnings=self.warnings)

    def chart(self, masks: NDArray[np.bool_]) -> Chart:
        """Return the directions that masks (..., gantry, couch) of poses cover, on a chart of the sphere."""
        return fold_mask(self.gantry_edges_deg, self.couch_edges_deg, masks)

    @property
    def gantry_edges_deg(self) -> NDArray[np.float64]:
        """Edges of the cells along the gantry axis, shape (n + 1,)."""
        return np.asarray(self.dataset["gantry_edge"].values)

    @property
    def couch_edges_deg(self) -> NDArray[np.float64]:
        """Edges of the cells along the couch axis, shape (m + 1,)."""
        return np.asarray(self.dataset["couch_edge"].values)

    def beams(self) -> pd.DataFrame:
        """Return the free poses, a row each.

        Returns
        -------
        DataFrame
            ``gantry_deg``, ``couch_deg`` (IEC 61217); the unit vector from isocentre to source in IEC table-top
            axes (``top_x``, ...) and in DICOM patient axes (``patient_x``, ...); ``weight_sr``, the pose's share of
            the solid angle. A direction that several free poses reach is shared equally between them, so that the
            weights add up to that of :meth:`sampled_solid_angle`.
        """
        import pandas as pd

        weights = shares_sr(self.gantry_edges_deg, self.couch_edges_deg, self.is_free)
        at_couch, at_gantry = np.nonzero(self.is_free.T)
        gantry = self.dataset["gantry"].values[at_gantry]
        couch = self.dataset["couch"].values[at_couch]
        top = source_direction_top(gantry, couch) @ self.dataset["support_top_rotation"].values + 0.0
        patient = top @ self.dataset["top_patient_rotation"].values + 0.0
        columns: dict[str, NDArray[np.float64]] = {"gantry_deg": gantry, "couch_deg": couch}
        for frame, vectors in (("top", top), ("patient", patient)):
            columns.update({f"{frame}_{axis}": vectors[:, i] for i, axis in enumerate("xyz")})
        return pd.DataFrame({**columns, "weight_sr": weights[at_gantry, at_couch]})

    def arcs(self) -> pd.DataFrame:
        """Return the free gantry arcs, a row each, by couch angle.

        Returns
        -------
        DataFrame
            ``couch_deg``; ``start_deg`` and ``stop_deg`` on the scale of the gantry and within its limits, start <
            stop: an arc goes through 180 as far as the gantry can. The pairs in the way beyond either end, empty
            where the grid or the gantry's travel ends, or for a full turn of a gantry without end. Of a
            certified map every pose of an arc is proven free, and its ends are within 0.01° of one that is not. Of a
            sampled one the ends are free poses, within 0.1°; between the grid's poses nothing was looked at.
        """
        import pandas as pd

        data, names = self.dataset, [*self.pairs, ""]
        return pd.DataFrame(
            {
                "couch_deg": data["arc_couch"].values,
                "start_deg": data["arc_start"].values,
                "stop_deg": data["arc_stop"].values,
                "start_culprit": [names[index] for index in data["arc_start_pair"].values],
                "stop_culprit": [names[index] for index in data["arc_stop_pair"].values],
            }
        )

    @cached_property
    def _pair_costs(self) -> list[tuple[str, float, float]]:
        """For each pair: name, sr that it blocks, sr that it alone blocks."""
        pair_status = np.asarray(self.dataset["pair_status"].values)
        blocking = pair_status != Status.FREE
        others_free = blocking.sum(axis=0)[None] - blocking == 0
        achievable = self.chart(self.is_free[None]).covered[0]
        chart = self.chart(np.concatenate([blocking, others_free]))
        involved, freed = np.split(chart.covered & ~achievable, 2)
        areas = np.stack([chart.solid_angle_sr(involved), chart.solid_angle_sr(freed)], axis=1)
        for row in np.flatnonzero(~blocking.any(axis=(1, 2))):
            areas[row] = self._between_poses_sr(int(row))
        return [(name, float(a), float(b)) for name, (a, b) in zip(self.pairs, areas, strict=True)]

    def _between_poses_sr(self, row: int) -> float:
        """Return the solid angle that only the cells of a pair keep from being proven achievable."""
        if self.cells is None:
            return 0.0
        blocked, free = (self.cells.only(which[:, 0]) for which in (self.cells.pair == row, self.cells.pair == -1))
        return beyond_sr(blocked.low, blocked.high, free.low, free.high)

    def pair_costs(self) -> pd.DataFrame:
        """Return what each pair costs, the costliest first.

        Returns
        -------
        DataFrame
            ``pair``; ``blocks_sr``, directions that are not achievable and that the pair is in the way of;
            ``alone_sr``, directions that would be achievable if this pair alone were never in the way. Both count
            poses of the grid; of a pair that is in the way only between them, they are the area of its cells.
        """
        import pandas as pd

        table = pd.DataFrame(self._pair_costs, columns=["pair", "blocks_sr", "alone_sr"])
        return table.sort_values(["blocks_sr", "alone_sr"], ascending=False, kind="stable", ignore_index=True)

    def compare(self, other: CollisionMap) -> Comparison:
        """Return what changes from this map to the other, in sr and by culprit; see :class:`Comparison`.

        Raises
        ------
        SimulatorError
            If the maps have not the same axes, aim elsewhere in the patient at the same angles, or have no angles
            in common.
        """
        return compare(self.dataset, other.dataset)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the map as NetCDF, whole or not at all: the same bytes for the same map, readable by xarray.

        Raises
        ------
        SimulatorError
            If the dataset was changed since it was made, or the file cannot be written.
        """
        save_sealed(self.dataset, path, MAP)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> CollisionMap:
        """Return a map that was saved.

        Raises
        ------
        SimulatorError
            If there is no such file, or it is not a map as it was made.
        """
        return cls(load_sealed(path, MAP))
