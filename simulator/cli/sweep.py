"""``simulator sweep``: a study, one row for each case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import cyclopts

if TYPE_CHECKING:
    from simulator.studies.cases import Cases

StudyName = Annotated[str, cyclopts.Parameter(help="A TOML file, or the name of a shipped study.")]


def sweep(
    study: StudyName,
    /,
    *,
    dry_run: Annotated[
        bool,
        cyclopts.Parameter(
            help="Only tell how many cases there are, how long they take, how large they are.", negative=()
        ),
    ] = False,
) -> None:
    """Map every case of a study: a scenario, and what varies in it."""
    cases = _cases(study)
    if dry_run:
        print(f"{cases.study.title}: {len(cases):,} cases in {len(cases.chunks()):,} chunks")


def _cases(study: str) -> Cases:
    """Return the cases of a study given as a path or a shipped name; what is wrong with it is an error here."""
    from simulator.models.library import find_study
    from simulator.scenario.study import Study
    from simulator.studies.cases import Cases

    return Cases.of(Study.read(find_study(study)))
