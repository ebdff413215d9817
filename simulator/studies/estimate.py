"""How long a study takes and how large it is, from a few of its chunks that are worked on for it."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass

from simulator.maps.collision_map import CollisionMap
from simulator.maps.dataset import MAP
from simulator.maps.sealed import netcdf_of
from simulator.models.shared import Shared
from simulator.studies.case import Case
from simulator.studies.cases import Cases
from simulator.studies.evaluate import evaluated
from simulator.studies.rows import Row
from simulator.studies.tables import arrow_table, csv_of

MEASURED_CHUNKS = 3
"""Of one case each; of a lattice, with up to 64 cases in a chunk, one."""
BLOCK_BYTES = 4096
"""That files take up on most disks, or whole numbers of it."""


@dataclass(frozen=True)
class Estimate:
    """What a study comes to.

    Attributes
    ----------
    cases, chunks : int
        Of the whole study.
    measured_cases, measured_chunks : int
        Those that were worked on.
    seconds : float
        What they took, one after the other in one process with all models loaded.
    bytes_of_tables, bytes_of_maps : float
        Of the whole study on a disk, the journal it is resumed from included; no maps if it keeps none.
    """

    cases: int
    chunks: int
    measured_cases: int
    measured_chunks: int
    seconds: float
    bytes_of_tables: float
    bytes_of_maps: float

    @property
    def core_seconds(self) -> float:
        """What all cases take on one core."""
        return self.seconds / self.measured_cases * self.cases


def estimated(cases: Cases) -> Estimate:
    """Return what a study comes to, from the middle chunks of up to `MEASURED_CHUNKS` equal shares of all.

    One case is worked on before, as whatever comes first in a process waits for what is compiled and loaded.

    Raises
    ------
    SimulatorError
        As :func:`simulator.studies.evaluate.evaluated`.
    """
    chunks, study = cases.chunks(), cases.study
    count = min(MEASURED_CHUNKS, len(chunks)) if study.lattice is None else 1
    measured = [[cases[at] for at in chunks[(2 * share + 1) * len(chunks) // (2 * count)]] for share in range(count)]
    maps: dict[int, int] = {}

    def keep(case: Case, cmap: CollisionMap) -> None:
        maps[case.index] = len(netcdf_of(cmap.dataset, MAP))

    shared = Shared()
    evaluated(study, measured[0][:1], shared=shared, base=cases.base)
    rows: list[Row] = []
    start = time.perf_counter()
    for chunk in measured:
        kept = keep if study.measure.keep_maps else None
        rows += evaluated(study, chunk, shared=shared, base=cases.base, keep=kept)
    seconds = time.perf_counter() - start
    return Estimate(
        cases=len(cases),
        chunks=len(chunks),
        measured_cases=len(rows),
        measured_chunks=count,
        seconds=seconds,
        bytes_of_tables=_bytes_of_rows(rows, cases, count),
        bytes_of_maps=_on_disk(sum(maps.values()) / len(rows)) * len(cases) if maps else 0.0,
    )


def _bytes_of_rows(rows: list[Row], cases: Cases, chunks: int) -> float:
    """Return what the rows of all cases take up; Parquet and NetCDF together are about as large as the CSV."""
    journal = _on_disk(len(json.dumps(rows)) / chunks) * len(cases.chunks())
    table = len(csv_of(arrow_table(rows, cases.columns).to_pandas())) / len(rows) * len(cases)
    return journal + 2 * _on_disk(table)


def _on_disk(size: float) -> float:
    return max(1.0, -(-size // BLOCK_BYTES)) * BLOCK_BYTES
