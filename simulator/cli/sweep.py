"""``simulator sweep``: a study, one row for each case."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import cyclopts

from simulator.cli.console import print_json
from simulator.errors import SimulatorError

if TYPE_CHECKING:
    from simulator.scenario.study import Study

StudyName = Annotated[str, cyclopts.Parameter(help="A TOML file, or the name of a shipped study.")]


def sweep(
    study: StudyName,
    /,
    *,
    output: Annotated[
        Path | None,
        cyclopts.Parameter(name=["--output", "-o"], help="Folder for the files; results/NAME if left out."),
    ] = None,
    executor: Annotated[
        str, cyclopts.Parameter(help="What works: loky, processes, dask:tcp://HOST:PORT, or mpi.")
    ] = "loky",
    workers: Annotated[
        int | None,
        cyclopts.Parameter(help="Number of processes, all cores if left out; of a cluster, chunks at a time."),
    ] = None,
    dry_run: Annotated[
        bool,
        cyclopts.Parameter(
            help="Only tell how many cases there are, how long they take, how large they are.", negative=()
        ),
    ] = False,
    json: Annotated[bool, cyclopts.Parameter(help="Print the summary as JSON.", negative=())] = False,
) -> None:
    """Map every case of a study: a scenario, and what varies in it.

    Writes study.json, table.csv, table.parquet, study.nc, times.csv, and the pictures that fit the study. Stopped at
    any moment, the same command goes on where it was; a folder of another study, other meshes or another version of
    the program is refused.
    """
    read = _read(study)
    if dry_run:
        _tell(read, executor, workers, json=json)
        return
    from simulator.report.study_report import study_summary, study_text
    from simulator.studies.run import run_study
    from simulator.view.study_pictures import pictures_of

    folder = output if output is not None else Path("results") / read.name
    result = run_study(read, folder=folder, executor=executor, workers=workers)
    for name, save in pictures_of(read, result).items():
        save(folder / name)
    found = study_summary(result)
    if json:
        print_json(found)
    else:
        print(f"{study_text(found)}\n  files in {folder}")
    if not found["mapped"]:
        first = result.table["reason"].iloc[0]
        raise SimulatorError(f"{study}: none of {found['cases']:,} cases has an answer; the first: {first}")


def _read(study: str) -> Study:
    from simulator.models.library import find_study
    from simulator.scenario.study import Study

    return Study.read(find_study(study))


def _tell(study: Study, executor: str, workers: int | None, *, json: bool) -> None:
    """Tell what a study comes to; what is wrong with it is an error here."""
    from simulator.maps.helpers import worker_count
    from simulator.report.estimate_report import estimate_summary, estimate_text
    from simulator.studies.cases import Cases
    from simulator.studies.estimate import estimated
    from simulator.studies.executors import require_executor

    require_executor(executor)
    found = estimate_summary(study.title, estimated(Cases.of(study)), worker_count(workers))
    if json:
        print_json(found)
    else:
        print(estimate_text(found))
