"""``simulator run``: a map, and all files of it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import cyclopts

import simulator
from simulator.cli.app import Judge, Method, ScenarioName, Tolerance, load, read
from simulator.cli.console import print_json
from simulator.cli.joints import Steps, with_steps
from simulator.whole_files import move_files, names_of, scratch_beside

LISTING, ROOM = "result.json", "room.png"
Pictures = dict[str, Callable[[], bytes]]


def run(
    scenario: ScenarioName,
    /,
    *,
    output: Annotated[
        Path | None,
        cyclopts.Parameter(name=["--output", "-o"], help="Folder for the files; results/NAME if left out."),
    ] = None,
    method: Method = "certified",
    tolerance: Tolerance = None,
    judge: Judge = "proven",
    clearance: Annotated[bool, cyclopts.Parameter(help="Measure the clearance at every pose.", negative=())] = False,
    json: Annotated[bool, cyclopts.Parameter(help="Print result.json instead of the summary.", negative=())] = False,
    **steps: Steps,
) -> None:
    """Map a scenario; print a summary and write result.json, map.nc, beams.csv, omega.csv and pictures.

    Where fewer than two axes turn the beam, the answer is the free part of a circle or of the values of axes that
    slide, and there is no sphere.png and no omega.csv. Its bounds are 0.5 % of 4π apart, or as far as --tolerance.

    One of them, room.png, shows the pair of parts that costs most at a pose where it is in the way; not with --json,
    which loads no renderer. Those of an earlier run, which its result.json lists, are removed.

    With [errors], it also says what is free for every error, or for which chance of a contact.
    Its variants are mapped after it; a table says what each costs, and variants.csv too.
    The bounds of the solid angle and the free arcs are proven for every pose, unless the method is sampled.
    """
    start = time.perf_counter()
    from simulator.maps.helpers import start_helpers
    from simulator.view.drawn import load_all

    start_helpers(first=partial(load_all, has_room=not json))
    from simulator.maps.buffer_curve import can_have_curve
    from simulator.maps.compute import collision_map
    from simulator.maps.reduction import answer_unit
    from simulator.maps.targets import targets
    from simulator.maps.variant_table import require_one_unit, variant_table
    from simulator.report import differences
    from simulator.report import results as report
    from simulator.report.extents import targets_result
    from simulator.report.margins import margins

    plain = read(scenario)
    variants = plain.variant_scenarios()
    setup, *varied = load([plain, *variants.values()])
    sweep, *others = [with_steps(each.sweep, steps) for each in (setup, *varied)]
    pairs = zip((setup, *varied), (sweep, *others), strict=True)
    require_one_unit([answer_unit(each, swept) for each, swept in pairs])
    folder = output if output is not None else Path("results") / setup.name
    with scratch_beside(folder) as scratch:
        unfinished = Path(scratch)
        asked: dict[str, Any] = {"method": method, "tolerance": tolerance, "judge": judge}
        cmap = collision_map(setup, sweep=sweep, clearance=clearance, **asked)
        pictures = _pictures(setup, cmap, has_room=not json)
        cmap.save(unfinished / "map.nc")
        if cmap.has_area or cmap.circle is not None:
            report.write_table(cmap.beams(), unfinished / "beams.csv")
        if method == "certified" and can_have_curve(setup):
            pictures = {"omega.png": _write_buffers(setup, unfinished, tolerance), **pictures}
        found = report.result(cmap)
        found |= _beside(setup)
        if (brought := targets(setup, cmap)) is not None:
            found["targets"] = targets_result(brought)
        if setup.errors:
            found["margins"] = margins(setup, sweep)
        if variants:
            maps = [cmap]
            for other, swept in zip(varied, others, strict=True):
                maps.append(collision_map(other, sweep=swept, **asked))
            table = variant_table([setup.name, *variants], maps)
            report.write_table(table, unfinished / "variants.csv")
            found["variants"] = differences.variants(table, maps)
            for row, other in zip(found["variants"], (setup, *varied), strict=True):
                row |= _beside(other)
        _write_pictures(pictures, unfinished)
        found["provenance"]["seconds"] = round(time.perf_counter() - start, 2)
        found["files"] = names_of(unfinished, LISTING)
        (unfinished / LISTING).write_text(report.result_json(found), encoding="utf-8")
        move_files(unfinished, folder, LISTING)
    if json:
        print_json(found)
        return
    tables = [differences.variants_text(found["variants"])] if variants else []
    print("\n\n".join([report.summary(found), *tables, f"  files in {folder}"]))


def _beside(setup: simulator.Setup) -> dict[str, Any]:
    """Return what a run tells of the room around somebody in a bore, for its result; nothing elsewhere."""
    from simulator.report.around import around
    from simulator.setup.room_around import room_around

    room = room_around(setup)
    return {} if room is None else {"around": around(room)}


def _pictures(setup: simulator.Setup, cmap: simulator.CollisionMap, *, has_room: bool) -> Pictures:
    """Begin to draw a map, by the names of the files, while there is more to do.

    First come those that are drawn here when all else is done: a helper has as long to draw the others.
    """
    from simulator.maps.beside import beside
    from simulator.view.drawn import map_png, room_png
    from simulator.view.plots.costs import costs_figure
    from simulator.view.plots.hemispheres import sphere_figure
    from simulator.view.plots.maps import map_figure

    pictures: Pictures = {"costs.png": partial(map_png, costs_figure, cmap)}
    if has_room:
        pictures[ROOM] = beside(room_png, setup, cmap)
    if cmap.has_area:
        pictures["sphere.png"] = beside(map_png, sphere_figure, cmap)
    pictures["map.png"] = beside(map_png, map_figure, cmap)
    return pictures


def _write_buffers(setup: simulator.Setup, folder: Path, tolerance: float | None) -> Callable[[], bytes]:
    """Write the solid angle for each buffer, no finer than the map is asked to be, and return what draws it."""
    from simulator.maps.buffer_curve import TOLERANCE, buffer_curve
    from simulator.report.results import write_table
    from simulator.view.drawn import figure_png
    from simulator.view.plots.buffers import buffers_figure

    curve = buffer_curve(setup, tolerance=max(TOLERANCE, tolerance or 0.0))
    write_table(curve.table(), folder / "omega.csv")
    return partial(figure_png, buffers_figure, curve, setup.title or setup.name)


def _write_pictures(pictures: Pictures, folder: Path) -> None:
    """Write what is drawn, or say why the room cannot be; `simulator.view.renderer` asks before VTK is loaded."""
    for name, drawn in pictures.items():
        try:
            content = drawn()
        except simulator.SimulatorError as error:
            if name != ROOM:
                raise
            print(f"simulator: no {ROOM}: {error}", file=sys.stderr)
        else:
            (folder / name).write_bytes(content)
