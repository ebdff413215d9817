"""The command line: ``simulator run``, ``simulator pose`` and ``simulator list``.

Exit codes: 0; 2 for bad input, with one message and no traceback; 1 for anything else.
"""

from __future__ import annotations

import errno
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

import cyclopts

import simulator
from simulator.errors import SimulatorError

app = cyclopts.App(
    name="simulator",
    help="Where can a linear accelerator aim? Collision maps and the achievable solid angle.\n\n"
    "Research software: models are representative and not vendor-validated; no result is a clinical clearance.",
    version=simulator.__version__,
    suppress_keyboard_interrupt=False,
)

ScenarioName = Annotated[str, cyclopts.Parameter(help="A TOML file, or the name of a shipped scenario.")]


@app.command
def run(
    scenario: ScenarioName,
    /,
    *,
    output: Annotated[Path | None, cyclopts.Parameter(help="Folder for the files; results/NAME if left out.")] = None,
    gantry_step: Annotated[float | None, cyclopts.Parameter(help="Degrees between gantry angles.")] = None,
    couch_step: Annotated[float | None, cyclopts.Parameter(help="Degrees between couch angles.")] = None,
    method: Annotated[
        Literal["certified", "sampled"], cyclopts.Parameter(help="Prove bounds, or only sample the grid.")
    ] = "certified",
    tolerance: Annotated[float, cyclopts.Parameter(help="Distance of the proven bounds, as a share of 4π.")] = 0.002,
    clearance: Annotated[bool, cyclopts.Parameter(help="Measure the clearance at every pose.", negative=())] = False,
    json: Annotated[bool, cyclopts.Parameter(help="Print result.json instead of the summary.", negative=())] = False,
) -> None:
    """Map a scenario; print a summary and write result.json, map.nc, beams.csv, omega.csv and pictures.

    The bounds of the solid angle and the free arcs are proven for every pose, unless the method is sampled.
    """
    start = time.perf_counter()
    from dataclasses import replace

    from simulator.mapping.grid import start_helpers

    start_helpers()
    from simulator import report
    from simulator.mapping.buffers import can_have_curve
    from simulator.mapping.compute import collision_map

    setup = _load(scenario)
    if gantry_step is not None or couch_step is not None:
        setup = replace(setup, grid=setup.grid.with_steps(gantry_step, couch_step))
    folder = output if output is not None else Path("results") / setup.name
    with _scratch_beside(folder) as scratch:
        unfinished = Path(scratch)
        cmap = collision_map(setup, method=method, tolerance=tolerance, clearance=clearance)
        _write_pictures(cmap, unfinished)
        cmap.save(unfinished / "map.nc")
        report.write_beams(cmap, unfinished / "beams.csv")
        if method == "certified" and can_have_curve(setup):
            _write_buffers(setup, unfinished)
        found = report.result(cmap, seconds=round(time.perf_counter() - start, 2))
        (unfinished / "result.json").write_text(report.result_json(found), encoding="utf-8")
        _move_files(unfinished, folder)
    print(report.result_json(found) if json else f"{report.summary(found)}\n\n  files in {folder}")


@app.command
def pose(
    scenario: ScenarioName,
    /,
    *,
    gantry: Annotated[float, cyclopts.Parameter(help="IEC 61217 degrees.")],
    couch: Annotated[float, cyclopts.Parameter(help="IEC 61217 degrees.")],
) -> None:
    """Tell what holds at one pose: free, within the buffer or colliding; the culprits; the clearance in mm."""
    check = _load(scenario).check(gantry=gantry, couch=couch)
    print(f"gantry {gantry:g}°, couch {couch:g}°: {check.status}")
    for culprit in check.culprits:
        print(f"  {culprit}")
    if check.nearest is not None:
        print(f"  clearance {check.clearance_mm:.1f} mm, nearest: {check.nearest}")
    if check.points_mm is not None:
        print("  between " + " and ".join("({:.1f}, {:.1f}, {:.1f})".format(*point) for point in check.points_mm))


@app.command(name="list")
def list_models() -> None:
    """Show machines, couches, patients and scenarios."""
    print("\n".join(_listing()))


def _listing() -> Iterator[str]:
    from simulator.models.description import read_description
    from simulator.models.library import models, scenarios
    from simulator.scenario import Scenario

    for heading, kind in (("machines", "machine"), ("couches", "couch"), ("patients", "patient")):
        yield heading
        for name, folder in models(kind):  # type: ignore[arg-type]
            description = read_description(folder)
            yield f"  {name:<24}{description.title}"
            for option, table in description.options.items():
                yield f"  {'':<24}  {option}: {', '.join(table.choices)}"
            if description.sites:
                yield f"  {'':<24}  sites: {', '.join(site.name for site in description.sites)}"
    yield "scenarios"
    for name, path in scenarios().items():
        yield f"  {name:<24}{Scenario.read(path).title}"


def main() -> None:
    """Run the command line and exit with its code."""
    try:
        app(sys.argv[1:], exit_on_error=False, print_error=False, result_action="return_value")
    except (SimulatorError, cyclopts.CycloptsError) as error:
        print(f"simulator: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("simulator: stopped; nothing was written", file=sys.stderr)
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(1)


def _load(scenario: str) -> simulator.Setup:
    """Load a setup; warnings about meshes go to standard error as plain lines."""
    import warnings

    from simulator.models.mesh_files import MeshWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MeshWarning)
        setup = simulator.load_setup(scenario)
    for text in setup.warnings:
        print(f"simulator: warning: {text}", file=sys.stderr)
    return setup


def _write_pictures(cmap: simulator.CollisionMap, folder: Path) -> None:
    from simulator.view.plots import save_map, save_sphere

    save_map(cmap, folder / "map.png")
    save_sphere(cmap, folder / "sphere.png")


def _write_buffers(setup: simulator.Setup, folder: Path) -> None:
    from simulator.mapping.buffers import buffer_curve
    from simulator.view.plots import save_buffers

    curve = buffer_curve(setup)
    curve.table().round(9).to_csv(folder / "omega.csv", index=False, lineterminator="\n")
    save_buffers(curve, setup.title or setup.name, folder / "omega.png")


def _scratch_beside(folder: Path) -> tempfile.TemporaryDirectory[str]:
    """Return a temporary folder beside the output: what cannot be written to is known before any work is done."""
    try:
        if folder.exists() and not folder.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        parent = folder.absolute().parent
        while not parent.exists():
            parent = parent.parent
        return tempfile.TemporaryDirectory(prefix=".simulator-", dir=parent)
    except OSError as error:
        raise _not_writable(folder, error) from None


def _move_files(unfinished: Path, folder: Path) -> None:
    """Move finished files to where they go, all or none."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        files = sorted(unfinished.iterdir())
        for file in files:
            if (folder / file.name).is_dir():
                raise IsADirectoryError(errno.EISDIR, f"{file.name} is a folder there")
        for file in files:
            file.replace(folder / file.name)
    except OSError as error:
        raise _not_writable(folder, error) from None


def _not_writable(folder: Path, error: OSError) -> SimulatorError:
    return SimulatorError(
        f"--output: must be a folder that can be written to, {str(folder)!r} is not: {error.strerror}"
    )
