"""The results of a study: a table with a row for each case, a data set over what varies, and what made them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import xarray as xr

from simulator.arguments import checked
from simulator.errors import SimulatorError, count_of_warnings
from simulator.maps.collision_map import CollisionMap
from simulator.maps.sealed import load_sealed
from simulator.studies.journal import map_file, read_provenance
from simulator.studies.rows import FAILED, MAPPED, NOT_PLACED
from simulator.studies.tables import KIND, dataset_of

if TYPE_CHECKING:
    import pandas as pd

TABLE, PARQUET, NETCDF, TIMES = "table.csv", "table.parquet", "study.nc", "times.csv"


@dataclass(frozen=True, eq=False, repr=False)
class StudyResult:
    """What was found of all cases of a study.

    Attributes
    ----------
    table : DataFrame
        A row for each case, in the order of the study. Columns have their units in their names:
        `simulator.studies.rows`.
    provenance : dict
        The study, its scenario, the hashes of its files, and the program.
    folder : Path, optional
        Where its files are.

    Examples
    --------
    >>> import simulator as sim
    >>> buffers = {"field": "buffers.patient_mm", "range": {"start": 0, "stop": 140, "step": 20}}
    >>> study = sim.Study.of("box", buffers, tolerance=0.2, step_deg=45, clearance_step_deg=90)
    >>> result = sim.run_study(study, workers=1)
    >>> result
    StudyResult(study, 8 cases: 8 mapped)
    >>> result.dataset["fraction"].dims
    ('buffers.patient_mm',)
    """

    table: pd.DataFrame
    provenance: dict[str, Any]
    folder: Path | None = None

    def __repr__(self) -> str:
        counts = ", ".join(f"{count} {status}" for status, count in self.counts().items() if count)
        return f"StudyResult({self.title}, {len(self.table)} cases: {counts}{count_of_warnings(self.warnings)})"

    @classmethod
    @checked
    def read(cls, folder: str | os.PathLike[str]) -> StudyResult:
        """Return the results of a study that is done.

        Parameters
        ----------
        folder : str or PathLike
            Where `run_study` or ``simulator sweep`` put its files.

        Returns
        -------
        StudyResult
            With its table and provenance.

        Raises
        ------
        SimulatorError
            If there is none in the folder, it is not done, or its files are damaged.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        folder = Path(folder)
        provenance = read_provenance(folder)
        try:
            table = pq.read_table(folder / PARQUET).to_pandas()
        except FileNotFoundError:
            raise SimulatorError(f"{folder}: its study is not done; `simulator sweep` goes on with it") from None
        except (OSError, pa.ArrowException) as error:
            raise SimulatorError(f"{folder / PARQUET}: cannot be read: {str(error).splitlines()[0]}") from None
        return cls(table, provenance, folder)

    @property
    def title(self) -> str:
        """What the study asks."""
        return str(self.provenance["title"])

    def counts(self) -> dict[str, int]:
        """Return how many cases have each status.

        Returns
        -------
        dict of str to int
            For ``"mapped"``, ``"not placed"`` and ``"failed"``.
        """
        return {status: int((self.table["status"] == status).sum()) for status in (MAPPED, NOT_PLACED, FAILED)}

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader should know, each once: of meshes, and where patients lie."""
        texts = (text for row in self.table["warnings"].dropna().unique() for text in row.split("; ") if text)
        return tuple(dict.fromkeys(texts))

    @cached_property
    def dataset(self) -> xr.Dataset:
        """The columns over what varies: a dimension for each entry of the study, and x, y and z of a lattice."""
        if self.folder is not None:
            return load_sealed(self.folder / NETCDF, KIND)
        return dataset_of(self.table, self.provenance)

    @checked
    def map_of(self, index: int) -> CollisionMap:
        """Return the map of a case, where ``keep_maps`` asked for maps.

        Parameters
        ----------
        index : int
            Of the case.

        Returns
        -------
        CollisionMap
            As it was kept.

        Raises
        ------
        SimulatorError
            If there is none.
        """
        if self.folder is None:
            raise SimulatorError("study: maps are kept in a folder; this one has none")
        file = map_file(self.folder, index)
        if not file.is_file():
            raise SimulatorError(
                f"{file}: is not there: maps are kept where measure.keep_maps asks for them, and `simulator sweep` "
                "into the same folder makes again those that were lost"
            )
        return CollisionMap.load(file)
