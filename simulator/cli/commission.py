"""``simulator commission``: what to measure at a machine, the fit to it, and how far that can be trusted."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import cyclopts

import simulator
from simulator.cli.console import print_json
from simulator.errors import warned
from simulator.whole_files import move_files, names_of, scratch_beside

app = cyclopts.App(
    name="commission",
    help="Bring a machine's model nearer to the real one, from contact angles that were measured at it.\n\n"
    "Plan the measurement, fit dimensions and offsets to it, and see how far they can be trusted. "
    "Research software: no result is a clinical clearance.",
)

File = Annotated[Path, cyclopts.Parameter(help="The commissioning file (TOML): scenario, positions, unknowns.")]
Csv = Annotated[Path, cyclopts.Parameter(help="The readings (CSV).")]
Output = Annotated[
    Path | None,
    cyclopts.Parameter(name=["--output", "-o"], help="Folder for the files; results/NAME_COMMAND if left out."),
]
NOT_USABLE = 3
Json = Annotated[bool, cyclopts.Parameter(help="Print the JSON file instead of the summary.", negative=())]


@app.command
def plan(file: File, /, *, output: Output = None, json: Json = False) -> None:
    """Choose the poses that tell the unknowns best; write plan.json, sheet.html to print, readings.csv to fill in.

    What the poses cannot tell is said.
    """
    from simulator.commission.planning import plan_measurement
    from simulator.commission.readings_file import template
    from simulator.report import commission_report, commission_summary
    from simulator.view.export.measurement_sheet import write_measurement_sheet

    folder = _folder(file, "plan", output)
    rooms = _rooms(file)

    def make(unfinished: Path) -> tuple[dict[str, Any], str]:
        found = plan_measurement(rooms.commissioning)
        write_measurement_sheet(found, rooms, unfinished / "sheet.html")
        (unfinished / "readings.csv").write_text(template(found.rows, rooms), encoding="utf-8")
        return commission_report.plan_result(found, rooms), commission_summary.plan_summary(found, rooms)

    _written(folder, "plan.json", make, json=json)


@app.command
def fit(file: File, readings: Csv, /, *, output: Output = None, json: Json = False) -> int:
    """Fit the unknowns to measured contact angles; write fit.json, residuals.png, parity.png and the fitted models.

    A fitted model is a folder with a model.toml, to be kept beside a scenario. Readings that do not fit are named.
    Exit code 3, and no model, if the values are not to be used.
    """
    from simulator.commission.fitted_model import write_fitted
    from simulator.report import commission_report, commission_summary
    from simulator.view.plots.commission import save_parity, save_residuals

    folder = _folder(file, "fit", output)
    rooms = _rooms(file)
    taken, found = _fitted(rooms, readings)

    def make(unfinished: Path) -> tuple[dict[str, Any], str]:
        models = write_fitted(rooms, found, readings.name, unfinished, folder) if found.is_usable else ()
        save_residuals(found, rooms.commissioning.title, unfinished / "residuals.png")
        save_parity(found, rooms.commissioning.title, unfinished / "parity.png")
        result = commission_report.fit_result(found, rooms, taken.not_taken, models)
        return result, commission_summary.fit_summary(found, rooms, taken.not_taken, models)

    _written(folder, "fit.json", make, json=json)
    return 0 if found.is_usable else NOT_USABLE


@app.command
def validate(
    file: File,
    readings: Csv,
    /,
    *,
    held_out: Annotated[Path | None, cyclopts.Parameter(help="Readings that the fit must not know (CSV).")] = None,
    observed: Annotated[
        Path | None, cyclopts.Parameter(help="Poses with what was observed, contact or free (CSV).")
    ] = None,
    output: Output = None,
    json: Json = False,
) -> None:
    """Tell how far a fit can be trusted: leave one out, held-out contacts, buffers, sensitivity and specificity.

    Writes validation.json and errors.png.
    """
    from simulator.commission.agreement import read_observations
    from simulator.commission.readings_file import read_readings
    from simulator.commission.validation import validate_fit
    from simulator.report import commission_report, commission_summary
    from simulator.view.plots.commission import save_errors

    folder = _folder(file, "validate", output)
    rooms = _rooms(file)
    kept_back = read_readings(held_out, rooms).readings if held_out is not None else ()
    seen = read_observations(observed, rooms) if observed is not None else ()
    _, fitted = _fitted(rooms, readings)

    def make(unfinished: Path) -> tuple[dict[str, Any], str]:
        found = validate_fit(rooms, fitted, kept_back, seen)
        save_errors(found, rooms.commissioning.title, unfinished / "errors.png")
        return (
            commission_report.validation_result(found, rooms),
            commission_summary.validation_summary(found, rooms),
        )

    _written(folder, "validation.json", make, json=json)


def _folder(file: Path, command: str, output: Path | None) -> Path:
    return output if output is not None else Path("results") / f"{file.stem}_{command}"


def _rooms(file: Path) -> Any:
    """Return the rooms of a commissioning file; warnings go to standard error as plain lines, each once."""
    import warnings

    from simulator.commission.room import Rooms
    from simulator.commission.wording import warnings_of
    from simulator.models.mesh_files import MeshWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MeshWarning)
        rooms = Rooms.of(simulator.Commissioning.read(file))
    for line in warned(warnings_of(rooms)):
        print(f"simulator: {line}", file=sys.stderr)
    return rooms


def _fitted(rooms: Any, readings: Path) -> Any:
    """Return the readings of a file and the fit to them."""
    from simulator.commission.fit import fit_readings
    from simulator.commission.readings_file import read_readings

    taken = read_readings(readings, rooms, least=sum(each.prior_mm is None for each in rooms.unknowns) + 1)
    return taken, fit_readings(rooms, taken.readings)


def _written(folder: Path, listing: str, make: Callable[[Path], tuple[dict[str, Any], str]], *, json: bool) -> None:
    """Make all files in a scratch folder, move them to where they go, and print what was found."""
    from simulator.maps.progress import shown
    from simulator.report.results import result_json

    with scratch_beside(folder) as scratch:
        unfinished = Path(scratch)
        with shown(None, listing):
            found, summary = make(unfinished)
        found["files"] = names_of(unfinished, listing)
        (unfinished / listing).write_text(result_json(found), encoding="utf-8")
        move_files(unfinished, folder, listing)
    if json:
        print_json(found)
    else:
        print(f"{summary}\n\n  files in {folder}")
