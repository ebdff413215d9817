"""All cases of a study, on all cores or a cluster, and none of it lost when it is stopped."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from simulator.arguments import checked
from simulator.errors import SimulatorError
from simulator.maps.helpers import worker_count
from simulator.maps.progress import Progress, shown
from simulator.maps.sealed import netcdf_of
from simulator.models.library import find_study
from simulator.scenario.study import Study
from simulator.studies.cases import Cases
from simulator.studies.executors import pool_of, require_executor
from simulator.studies.journal import Entry, Journal, opened
from simulator.studies.provenance import provenance_of
from simulator.studies.result import NETCDF, PARQUET, TABLE, TIMES, StudyResult
from simulator.studies.retrying import Chunk, work_off
from simulator.studies.tables import KIND, arrow_table, csv_of, dataset_of, parquet_of
from simulator.studies.worker import Done, Order


@checked
def run_study(
    study: str | os.PathLike[str] | Study,
    *,
    folder: str | os.PathLike[str] | None = None,
    executor: Executor | str | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> StudyResult:
    """Return a row for each case of a study; with a folder, go on where an earlier run was stopped.

    A case that cannot be placed is a row with the reason. One whose worker process ends is tried once more, alone;
    if that fails, too, it is a row with its error. The results are the same to the byte for any executor, any number
    of workers, and however often the run was stopped.

    Parameters
    ----------
    study : Study, str or PathLike
        A study, the path of its file, or the name of a shipped one.
    folder : path, optional
        For its files: what is done so far, and at the end study.json, table.csv, table.parquet, study.nc and
        times.csv; maps if the study keeps them. If not given, nothing is kept but what is returned.
    executor : Executor or str, optional
        Any of `concurrent.futures`, which is not shut down; or the name of one: ``"loky"`` (processes of this
        machine; if not given), ``"processes"``, ``"dask:tcp://HOST:PORT"``, ``"mpi"``.
    workers : int, optional
        Number of processes, all cores if not given; with Dask, MPI or an executor of your own the number of chunks
        that it has at a time.
    progress : callable, optional
        Called as ``progress(done, total)`` with numbers of cases. If not given, a bar with the time left is shown
        where standard error is a terminal, and nothing elsewhere.

    Returns
    -------
    StudyResult
        A table with a row for each case, and what made it.

    Raises
    ------
    SimulatorError
        If anything in the study is wrong; if the folder is in use, of another study, other files or another version
        of the program, or cannot be written to; if there is no such executor, or its workers cannot work.

    Examples
    --------
    >>> import simulator as sim
    >>> buffers = {"field": "buffers.patient_mm", "range": {"start": 0, "stop": 140, "step": 20}}
    >>> study = sim.Study.of("box", buffers, tolerance=0.2, step_deg=45, clearance_step_deg=90)
    >>> result = sim.run_study(study, workers=1)
    >>> result.table["fraction"].is_monotonic_decreasing
    True
    """
    require_executor(executor)
    worker_count(workers)
    if not isinstance(study, Study):
        study = Study.read(find_study(study))
    cases = Cases.of(study)
    provenance = provenance_of(cases)
    if study.measure.keep_maps and folder is None:
        raise SimulatorError("measure.keep_maps: needs a folder that the maps are kept in")
    with _place(folder) as place, opened(place, provenance, (TABLE, PARQUET, NETCDF, TIMES)) as journal:
        _do_all(cases, journal, executor, workers, progress)
        return _written(cases.columns, journal, provenance, None if folder is None else place)


def _do_all(
    cases: Cases, journal: Journal, executor: Executor | str | None, workers: int | None, progress: Progress | None
) -> None:
    """Do what is not done yet."""
    chunks = cases.chunks()
    left = [number for number in range(len(chunks)) if number not in journal.done]
    if not left:
        return
    done, order = len(cases) - sum(len(chunks[number]) for number in left), Order.of(cases)

    def asked() -> Iterator[Chunk]:
        for number in left:
            yield number, tuple(cases[index] for index in chunks[number])

    with shown(progress, "study") as told, pool_of(executor, workers, order) as pool:

        def finish(number: int, found: Done) -> None:
            nonlocal done
            journal.write(number, Entry(found.rows, found.seconds, found.cpu_seconds), found.maps)
            done += len(found.rows)
            if told is not None:
                told(done, len(cases))

        if told is not None:
            told(done, len(cases))
        work_off(pool, order, asked(), finish)


def _written(
    columns: Sequence[str], journal: Journal, provenance: dict[str, Any], folder: Path | None
) -> StudyResult:
    """Make the results of what the journal holds, and of nothing else."""
    table = arrow_table((row for entry in journal.entries() for row in entry.rows), columns)
    frame = table.to_pandas()
    result = StudyResult(frame, provenance, None)
    if folder is None:
        return result
    journal.write_file(folder / TABLE, csv_of(frame))
    journal.write_file(folder / NETCDF, netcdf_of(dataset_of(frame, provenance), KIND))
    journal.write_file(folder / TIMES, _times(journal))
    journal.write_file(folder / PARQUET, parquet_of(table))
    return StudyResult(frame, provenance, folder)


def _times(journal: Journal) -> bytes:
    """Return what each chunk took, by the first of its cases: no two runs have the same."""
    lines = ["index,cases,seconds,cpu_seconds"]
    lines += [
        f"{entry.rows[0]['index']},{len(entry.rows)},{entry.seconds:.3f},{entry.cpu_seconds:.3f}"
        for entry in journal.entries()
    ]
    return ("\n".join(lines) + "\n").encode()


@contextmanager
def _place(folder: str | os.PathLike[str] | None) -> Iterator[Path]:
    """Yield the folder of a study; where nothing is to be kept, one that goes away."""
    if folder is not None:
        yield Path(folder)
        return
    with tempfile.TemporaryDirectory(prefix="simulator-study-") as scratch:
        yield Path(scratch)
