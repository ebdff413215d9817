"""``simulator compare``: two set-ups, or one with changes, against each other."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Any

import cyclopts

import simulator
from simulator.cli.app import Method, Tolerance, load, read
from simulator.cli.console import print_json
from simulator.cli.joints import Steps, with_steps
from simulator.errors import SimulatorError
from simulator.whole_files import move_files, names_of, scratch_beside

Side = Annotated[str, cyclopts.Parameter(help="A scenario (a TOML file or a shipped name), or a saved map (.nc).")]
TITLE_LENGTH = 200
LISTING = "compare.json"


def compare(
    a: Side,
    b: Side | None = None,
    /,
    *,
    changes: Annotated[
        list[str] | None,
        cyclopts.Parameter(
            name="--set", help="In place of B: a change of scenario A, such as couch.model=igrt.", negative=()
        ),
    ] = None,
    output: Annotated[
        Path | None,
        cyclopts.Parameter(name=["--output", "-o"], help="Folder for the files; none are written without."),
    ] = None,
    method: Method = "certified",
    tolerance: Tolerance = None,
    json: Annotated[bool, cyclopts.Parameter(help="Print compare.json instead of the summary.", negative=())] = False,
    **steps: Steps,
) -> None:
    """Tell what B gains and loses against A, in sr, by culprit and in poses, with bounds.

    With an output folder, writes compare.json, culprits.csv and compare.png. Steps, method and tolerance are for
    scenarios; a saved map is as it is.
    """
    sides = [_read(side) for side in (a, b) if side is not None]
    if (b is None) == (not changes):
        raise SimulatorError("compare: must have either a second scenario or map, or changes of the first with --set")
    if changes:
        if isinstance(sides[0], simulator.CollisionMap):
            raise SimulatorError(f"--set: must be beside a scenario, {a!r} is a saved map")
        sides.append(_changed(sides[0], changes))
    with nullcontext("") if output is None else scratch_beside(output) as scratch:
        first, second = _maps(sides, steps, method, tolerance)
        change = first.compare(second)
        from simulator.report import differences
        from simulator.report import results as report

        found = differences.comparison(change, first, second)
        if output is not None:
            from simulator.view.plots.compared import save_comparison

            unfinished = Path(scratch)
            report.write_table(change.culprits, unfinished / "culprits.csv")
            save_comparison(change, first, second, unfinished / "compare.png")
            found["files"] = names_of(unfinished, LISTING)
            (unfinished / LISTING).write_text(report.result_json(found), encoding="utf-8")
            move_files(unfinished, output, LISTING)
    where = [] if output is None else [f"  files in {output}"]
    if json:
        print_json(found)
    else:
        print("\n\n".join([differences.comparison_text(found), *where]))


def _read(side: str) -> simulator.Scenario | simulator.CollisionMap:
    return simulator.CollisionMap.load(side) if side.endswith(".nc") else read(side)


def _maps(
    sides: list[simulator.Scenario | simulator.CollisionMap],
    steps: Mapping[str, float],
    method: str,
    tolerance: float | None,
) -> list[simulator.CollisionMap]:
    """Return the maps of both sides; everything is set up before anything is mapped."""
    scenarios = [side for side in sides if isinstance(side, simulator.Scenario)]
    if scenarios:
        from simulator.maps.helpers import start_helpers

        start_helpers()
    from simulator.maps.reduction import answer_unit

    setups = load(scenarios)
    swept = [(setup, with_steps(setup.sweep, steps)) for setup in setups]
    for setup, sweep in swept:
        answer_unit(setup, sweep)  # refuses what has none
    waiting = iter(swept)
    maps = []
    for side in sides:
        if isinstance(side, simulator.Scenario):
            setup, sweep = next(waiting)
            side = simulator.collision_map(setup, sweep=sweep, method=method, tolerance=tolerance)
        maps.append(side)
    return maps


def _changed(scenario: simulator.Scenario, texts: list[str]) -> simulator.Scenario:
    """Return a scenario with changes such as ``couch.model=igrt``, its title saying so."""
    changes: dict[str, Any] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise SimulatorError(f"--set: must be a field and its value, such as couch.model=igrt, was {text!r}")
        if name.strip() in changes:
            raise SimulatorError(f"--set: must change a field once, {name.strip()} stands there twice")
        changes[name.strip()] = _value(value.strip())
    title = f"{scenario.title}, {', '.join(texts)}"
    return scenario.with_changes({"title": title[:TITLE_LENGTH], **changes})


def _value(text: str) -> Any:
    """Return a TOML value; what is none is text as it stands."""
    try:
        parsed = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError):
        return text
    return parsed["value"] if parsed.keys() == {"value"} else text
