"""``simulator view``: the window, or files for those who have none."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import cyclopts

import simulator
from simulator.cli.app import ScenarioName, load, read
from simulator.cli.joints import Pose, split_steps, with_steps
from simulator.errors import SimulatorError

STUDY = "study.json"
"""By this file the folder of a study is known."""


def view(
    scenario: ScenarioName,
    /,
    *,
    map_file: Annotated[
        Path | None, cyclopts.Parameter(name="--map", help="A saved map of the scenario; it is mapped if left out.")
    ] = None,
    room_only: Annotated[bool, cyclopts.Parameter(help="Show neither map nor sphere.", negative=())] = False,
    live: Annotated[
        bool,
        cyclopts.Parameter(help="Drag the isocentre, move the table: map and bounds follow.", negative=()),
    ] = False,
    screenshot: Annotated[Path | None, cyclopts.Parameter(help="Picture of the window (.png).")] = None,
    movie: Annotated[Path | None, cyclopts.Parameter(help="Movie of an arc (.mp4 or .gif).")] = None,
    along: Annotated[
        str | None,
        cyclopts.Parameter(help="The joint that moves in the movie, along the free arc of the pose."),
    ] = None,
    gltf: Annotated[Path | None, cyclopts.Parameter(help="The room as a glTF file (.glb), for Blender.")] = None,
    html: Annotated[Path | None, cyclopts.Parameter(help="The room as one page (.html), for a browser.")] = None,
    case: Annotated[int | None, cyclopts.Parameter(help="Of a study: the target whose map is shown.")] = None,
    **joints: Pose,
) -> None:
    """Show the room, the map and the sphere of directions in a window; or write files, and open none.

    Of the folder of a study over a lattice of isocentres, show its atlas.
    """
    if (Path(scenario) / STUDY).is_file():
        others: dict[str, object] = {
            "--map": map_file,
            "--movie": movie,
            "--along": along,
            "--gltf": gltf,
            "--room-only": room_only,
        }
        others |= {f"--{joint}": value for joint, value in joints.items()}
        view_study(Path(scenario), case, screenshot, html, [name for name, value in others.items() if value])
        return
    if case is not None:
        raise SimulatorError("--case: must be left out: only the folder of a study has cases")
    from simulator.view import renderer
    from simulator.view.export.gltf import write_gltf
    from simulator.view.export.page import write_html
    from simulator.view.show import write_screenshot
    from simulator.view.window.movie import write_movie
    from simulator.whole_files import file_path

    for path, endings in (
        (screenshot, [".png"]),
        (movie, [".mp4", ".gif"]),
        (gltf, [".glb"]),
        (html, [".html", ".htm"]),
    ):
        if path is not None:
            file_path(path, *endings)
    if live and (room_only or any((screenshot, movie, gltf, html))):
        raise SimulatorError("--live: must be left out beside --room-only, --screenshot, --movie, --gltf and --html")
    is_window = not any((screenshot, movie, gltf, html))
    if is_window:
        renderer.require_screen()
    elif screenshot or movie:
        renderer.require()
    (setup,) = load([read(scenario)])
    values, steps = split_steps(joints)
    sweep = with_steps(setup.sweep, steps)
    pose: dict[str, Any] = {axis.joint: 0.0 for axis in sweep if axis.over is None} | values
    setup.pose(**pose)  # a value beyond its limits is told before anything is mapped
    if room_only:
        cmap = None
    elif map_file is not None:
        cmap = simulator.CollisionMap.load(map_file)
    else:
        cmap = simulator.collision_map(setup, sweep=sweep)
    if is_window:
        simulator.show(setup, cmap, live=live, **pose)
    if screenshot is not None:
        write_screenshot(setup, screenshot, cmap, **pose)
    if gltf is not None:
        write_gltf(setup, gltf, cmap, **pose)
    if html is not None:
        write_html(setup, html, cmap, **pose)
    if movie is not None:
        write_movie(setup, movie, cmap, along=along, **pose)


def view_study(
    folder: Path, case: int | None, screenshot: Path | None, html: Path | None, others: Sequence[str]
) -> None:
    """Show the atlas of a study, or write it as a picture or a page.

    Raises
    ------
    SimulatorError
        If another option is given, or as of :func:`simulator.view.show_study.show_study`.
    """
    from simulator.studies.result import StudyResult
    from simulator.view import renderer
    from simulator.view.export.atlas_page import write_atlas_page
    from simulator.view.show_study import show_study
    from simulator.view.study_setup import StudySetups

    if others:
        raise SimulatorError(
            f"{', '.join(others)}: must be left out: of a study --case, --screenshot and --html are shown"
        )
    if html is None and screenshot is None:
        renderer.require_screen()
    result = StudyResult.read(folder)
    if html is not None:
        setups = StudySetups.of(result)
        write_atlas_page(result.table, setups.first, html, title=result.title, map_of=setups.kept_map)
    if screenshot is not None or html is None:
        show_study(result, case=case, screenshot=screenshot)
