"""``simulator deliver``: a list of beams in the order that takes least time, and all files of the answer."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import cyclopts

import simulator
from simulator.cli.app import ScenarioName, load, read
from simulator.cli.console import print_json
from simulator.errors import SimulatorError
from simulator.whole_files import file_path, move_files, names_of, scratch_beside

if TYPE_CHECKING:
    from simulator.delivery.orders.delivered import Delivery

LISTING = "delivery.json"
NOT_ALL_DELIVERED = 3
FOLDER = Path("results") / "delivery"
MAP_STEPS = {"gantry": 3.0, "couch": 3.0}
"""Of the map on the page and in the film, which only shows where the ways are; what holds for them is proven."""
END_HELP = '"home", "free" for wherever it is best, or a pose: "gantry=30,couch=0".'

Beams = Annotated[Path, cyclopts.Parameter(help="List of beams, in any form that simulator beams writes.")]
Form = Annotated[str | None, cyclopts.Parameter(help="Form of the list; found from name and content if not said.")]
End = Annotated[str, cyclopts.Parameter(help=END_HELP)]
Moves = Annotated[
    Literal["together", "one-at-a-time"] | None,
    cyclopts.Parameter(help="How joints move between beams; as the machine's description says if left out."),
]
BeamOn = Annotated[float, cyclopts.Parameter(help="Seconds of a beam that stands and has no time of its own.")]
AsListed = Annotated[
    bool, cyclopts.Parameter(help="Deliver arcs only in the direction in which they are listed.", negative=())
]
Pause = Annotated[float, cyclopts.Parameter(help="Seconds of waiting between two beams.")]


def deliver(
    scenario: ScenarioName,
    /,
    *,
    beams: Beams,
    form: Form = None,
    first: End = "home",
    last: End = "home",
    moves: Moves = None,
    beam_on: BeamOn = 10.0,
    pause: Pause = 0.0,
    as_listed: AsListed = False,
    output: Annotated[
        Path | None, cyclopts.Parameter(name=["--output", "-o"], help="Folder for the files; results/delivery.")
    ] = None,
    movie: Annotated[Path | None, cyclopts.Parameter(help="Film of the whole delivery (.mp4 or .gif).")] = None,
    json: Annotated[bool, cyclopts.Parameter(help="Print delivery.json, not the summary.", negative=())] = False,
) -> int:
    """Order the beams of a list so that moves between them take least time; every way is proven free.

    Prints a summary and writes delivery.json, delivery.csv and delivery.html. Exit code 0 if all beams are delivered,
    3 if one is not free or not reachable, 2 for bad input.
    """
    start = time.perf_counter()
    if movie is not None:
        _require_film(movie)
    ends = {name: _end(f"--{name}", asked) for name, asked in (("first", first), ("last", last))}
    chosen: dict[str, Any] = {"moves": moves and moves.replace("-", " "), "beam_on_s": beam_on, "pause_s": pause}
    chosen["may_reverse"] = not as_listed
    folder = output if output is not None else FOLDER
    with scratch_beside(folder) as scratch:
        unfinished = Path(scratch)
        delivery = _delivered(scenario, beams, form, ends | chosen)
        from simulator.report import delivery_report, delivery_summary
        from simulator.report import results as report
        from simulator.view.export.delivery_page import write_delivery_page

        found = delivery_report.delivery_result(delivery)
        report.write_table(delivery_report.delivery_table(delivery), unfinished / "delivery.csv")
        cmap = _map(delivery.setup)
        write_delivery_page(delivery, unfinished / "delivery.html", cmap)
        found["provenance"]["seconds"] = round(time.perf_counter() - start, 2)
        found["files"] = names_of(unfinished, LISTING)
        (unfinished / LISTING).write_text(report.result_json(found), encoding="utf-8")
        if movie is not None:
            from simulator.view.window.delivery_movie import write_delivery_movie

            write_delivery_movie(delivery.setup, delivery, movie, cmap)
        move_files(unfinished, folder, LISTING)
    if json:
        print_json(found)
    else:
        film = "" if movie is None else f", film in {movie}"
        print(f"{delivery_summary.delivery_summary(delivery)}\n\n  files in {folder}{film}")
    return 0 if delivery.is_whole else NOT_ALL_DELIVERED


def _delivered(scenario: str, path: Path, form: str | None, asked: dict[str, Any]) -> Delivery:
    """Read the list, set the room up, map its ways, and order the beams; the clearance of each way is measured."""
    from simulator.delivery.orders.order import order_beams, with_clearances
    from simulator.delivery.roads.mapping import road_map
    from simulator.maps.progress import shown

    (setup,) = load([read(scenario)])
    listed = simulator.read_beams(path, setup, form)
    with shown(None, "mapping ways") as progress:
        roads = road_map(setup, progress=progress)
    found = order_beams(setup, listed, roads=roads, **asked)
    with shown(None, "measuring clearances") as progress:
        return with_clearances(found, roads, progress=progress)


def _end(name: str, asked: str) -> Mapping[str, float] | Literal["home"] | None:
    """Return where to start or to end: a word, or joints such as ``gantry=30,couch=0``."""
    if asked in ("home", "free"):
        return "home" if asked == "home" else None
    pose = {}
    for part in asked.split(","):
        joint, _, value = part.partition("=")
        try:
            pose[joint.strip().replace("-", "_")] = float(value)
        except ValueError:
            raise SimulatorError(f"{name}: must be {END_HELP.rstrip('.')}, was {asked!r}") from None
    return pose


def _map(setup: simulator.Setup) -> simulator.CollisionMap | None:
    """Return a map to show ways on, if the room sweeps what a map shows."""
    if set(setup.sweep.joints) != set(MAP_STEPS):
        return None
    return simulator.collision_map(setup, sweep=setup.sweep.with_steps(**MAP_STEPS), method="sampled")


def _require_film(path: Path) -> None:
    """Refuse a film that cannot be made, before any work is done."""
    from simulator.view import renderer

    file_path(path, ".mp4", ".gif")
    renderer.require()
