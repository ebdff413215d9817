"""``simulator survey``: many machines at many sites, beside what was claimed of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import cyclopts

from simulator.cli.app import Tolerance
from simulator.cli.console import print_json
from simulator.whole_files import move_files, names_of, scratch_beside

LISTING = "survey.json"


def survey(
    survey: Annotated[
        str, cyclopts.Parameter(help="A TOML file with machines and sites, or the name of a shipped survey.")
    ] = "four_pi",
    /,
    *,
    machines: Annotated[
        list[str] | None, cyclopts.Parameter(help="Only these machines of it, by name.", negative=())
    ] = None,
    sites: Annotated[list[str] | None, cyclopts.Parameter(help="Only these sites.", negative=())] = None,
    output: Annotated[
        Path | None,
        cyclopts.Parameter(name=["--output", "-o"], help="Folder for survey.json and survey.csv; none without."),
    ] = None,
    tolerance: Tolerance = 0.01,
    json: Annotated[bool, cyclopts.Parameter(help="Print survey.json instead of the table.", negative=())] = False,
) -> None:
    """Tell how much of 4π each machine reaches at each site: by its joints alone, with collisions, and past what.

    The shipped survey, four_pi, asks it of every kind of machine in the library, and holds the answers against what
    was claimed in print.
    """
    from simulator.maps.survey import run_survey
    from simulator.models.library import find_survey
    from simulator.report import results as report
    from simulator.report.survey_report import survey_result, survey_table, survey_text
    from simulator.scenario.survey import Survey

    asked = Survey.read(find_survey(survey)).only(machines, sites)
    rows = run_survey(asked, tolerance=tolerance)
    found = survey_result(asked.title, rows)
    if output is not None:
        with scratch_beside(output) as scratch:
            unfinished = Path(scratch)
            report.write_table(survey_table(rows), unfinished / "survey.csv")
            found["files"] = names_of(unfinished, LISTING)
            (unfinished / LISTING).write_text(report.result_json(found), encoding="utf-8")
            move_files(unfinished, output, LISTING)
    if json:
        print_json(found)
    else:
        print(survey_text(found) + (f"\n  files in {output}" if output else ""))
