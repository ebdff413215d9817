"""``simulator plan``: every beam and move of a treatment plan, and all files of the answer."""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any, Literal

import cyclopts

import simulator
from simulator.cli.app import load
from simulator.cli.console import print_json
from simulator.errors import SimulatorError
from simulator.whole_files import move_files, names_of, scratch_beside

if TYPE_CHECKING:
    from simulator.plans.checked import PlanCheck
    from simulator.view.export.plan_page import Worst

LISTING = "plan.json"
NOT_ALL_FREE = 3
MAP_STEPS = {"gantry": 3.0, "couch": 3.0}
"""Of the map on the page, which only shows where the beams are; what holds for them is proven."""
FOLDER = Path("results") / "plan"
"""Not named after the plan: files of plans have names of patients."""

Machine = Annotated[str | None, cyclopts.Parameter(help="Model of the machine; the c_arm if nothing says another.")]
Couch = Annotated[str | None, cyclopts.Parameter(help="Model of the couch; the igrt one if nothing says another.")]
Structures = Annotated[Path | None, cyclopts.Parameter(help="RT Structure Set: the patient, and perhaps the couch.")]
Images = Annotated[Path | None, cyclopts.Parameter(help="Folder of the CT slices: the line of the table top.")]
ScenarioName = Annotated[
    str | None, cyclopts.Parameter(help="A TOML file, or the name of a shipped scenario: the room, and the patient.")
]
Complete = Annotated[
    Literal["adult"] | None, cyclopts.Parameter(help="Add what the scan cut off, from the phantom of that name.")
]
Height = Annotated[
    float | None, cyclopts.Parameter(help="Where the table top's upper face is, along y of DICOM patient axes, mm.")
]
Order = Annotated[str | None, cyclopts.Parameter(help="Beam numbers in another order than the plan's: 3,1,2.")]


def plan(
    rtplan: Annotated[Path, cyclopts.Parameter(help="RT Plan or RT Ion Plan.")],
    /,
    *,
    structures: Structures = None,
    ct: Images = None,
    scenario: ScenarioName = None,
    machine: Machine = None,
    couch: Couch = None,
    complete: Complete = None,
    table_top_y: Height = None,
    order: Order = None,
    output: Annotated[
        Path | None,
        cyclopts.Parameter(name=["--output", "-o"], help="Folder for the files; results/plan if left out."),
    ] = None,
    identify: Annotated[
        bool,
        cyclopts.Parameter(help="Show names of beams, machine and scenario as the files have them.", negative=()),
    ] = False,
    json: Annotated[bool, cyclopts.Parameter(help="Print plan.json instead of the summary.", negative=())] = False,
) -> int:
    """Check every beam of a plan, leg by leg, and every move between beams; all is proven, or told where it is not.

    Prints a summary and writes plan.json, plan.csv and plan.html, one page to print or to keep. Exit code 0 if all is
    proven free, 3 if anything is not (blocked, within a buffer, undecided, with an accessory that the machine's model
    does not know, a move that is free in no order), 2 for bad input.
    """
    start = time.perf_counter()
    changes = {
        "machine.model": machine,
        "couch.model": couch,
        "patient.structures": _text(structures),
        "patient.ct": _text(ct),
        "patient.complete": complete,
        "patient.table_top_y_mm": table_top_y,
    }
    numbers = _numbers(order)
    folder = output if output is not None else FOLDER
    with scratch_beside(folder) as scratch:
        unfinished = Path(scratch)
        check = _checked(rtplan, scenario, changes, numbers)
        from simulator.report import plan_report, plan_summary
        from simulator.report import results as report

        found = plan_report.plan_result(check, identify=identify)
        report.write_table(plan_report.plan_table(check), unfinished / "plan.csv")
        _write_page(check, unfinished / "plan.html", identify=identify)
        found["provenance"]["seconds"] = round(time.perf_counter() - start, 2)
        found["files"] = names_of(unfinished, LISTING)
        (unfinished / LISTING).write_text(report.result_json(found), encoding="utf-8")
        move_files(unfinished, folder, LISTING)
    if json:
        print_json(found)
    else:
        print(f"{plan_summary.plan_summary(check, identify=identify)}\n\n  files in {folder}")
    return 0 if check.is_free else NOT_ALL_FREE


def _checked(rtplan: Path, scenario: str | None, changes: dict[str, Any], order: tuple[int, ...] | None) -> PlanCheck:
    """Read the plan, set the room up, and check the one in the other."""
    from simulator.maps.helpers import worker_count
    from simulator.maps.progress import shown
    from simulator.plans.check import check_plan
    from simulator.setup.from_plan import scenario_of_plan

    read = simulator.Plan.read(rtplan)
    (setup,) = load([scenario_of_plan(read, rtplan, scenario=scenario, changes=changes)])
    with shown(None, "checking") as progress:
        return check_plan(read, setup, order=order, workers=worker_count(None), progress=progress)


def _write_page(check: PlanCheck, path: Path, *, identify: bool) -> None:
    """Write the page, with the map of the worst beam's room if that sweeps what a map shows, and a picture of it."""
    from simulator.view.export.plan_page import worst, write_plan_page

    found = worst(check)
    is_map = set(found.setup.sweep.joints) == set(MAP_STEPS)
    sweep = found.setup.sweep.with_steps(**MAP_STEPS) if is_map else None
    cmap = None if sweep is None else simulator.collision_map(found.setup, sweep=sweep, method="sampled")
    write_plan_page(check, path, cmap, _picture(found, path.parent), identify=identify)


def _picture(found: Worst, folder: Path) -> bytes | str:
    """Return the room at a pose as PNG, or why that cannot be."""
    from simulator.view.show import write_screenshot

    with TemporaryDirectory(dir=folder) as scratch:
        room = Path(scratch) / "room.png"
        try:
            write_screenshot(found.setup, room, None, controls=False, **found.pose)
        except SimulatorError as error:
            return str(error)
        return room.read_bytes()


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)


def _numbers(order: str | None) -> tuple[int, ...] | None:
    """Return beam numbers such as ``3,1,2``."""
    if order is None:
        return None
    try:
        return tuple(int(number) for number in order.split(","))
    except ValueError:
        raise SimulatorError(f"--order: must be beam numbers such as 3,1,2, was {order!r}") from None
