"""The room in a window, or as a picture of it."""

from __future__ import annotations

import os
from io import BytesIO

from simulator.arguments import checked
from simulator.errors import SimulatorError
from simulator.maps.collision_map import CollisionMap
from simulator.maps.live.live_map import LiveMap
from simulator.setup.setup import Setup
from simulator.view import renderer
from simulator.view.window.controls import Controls
from simulator.view.window.live_controls import LiveControls
from simulator.view.window.window import Window
from simulator.whole_files import file_path, written_whole


@checked
def show(
    setup: Setup,
    cmap: CollisionMap | None = None,
    *,
    screenshot: str | os.PathLike[str] | None = None,
    live: bool = False,
    **pose: float,
) -> None:
    """Open a window on the room, in a notebook below the cell; or write a picture of it.

    Sliders, arrow keys, and clicks on the map or on the sphere move the machine. At each pose the window tells what
    holds there, colours the parts in the way, and joins the nearest points.

    Parameters
    ----------
    setup : Setup
        What stands in the room.
    cmap : CollisionMap, optional
        Its map: shown beside the room, and as the sphere of beam directions around the isocentre.
    screenshot : str or path, optional
        Write this PNG file and open no window; works without a screen.
    live : bool
        Let the isocentre be dragged in the patient and the table be moved; map, sphere and solid angle follow, with
        proven bounds that are coarse first and then finer. It needs a map.
    **pose : float
        The first pose: values of joints by name, in degrees (IEC 61217) or mm; others stand where they rest.

    Raises
    ------
    SimulatorError
        If the map is of another room, a joint is unknown or its value outside its limits, the file cannot be written,
        or there is no screen, or nothing to draw with; or the isocentre is to be moved, and there is no map with a
        solid angle, the machine has an arm, or the window is in a notebook.

    Examples
    --------
    >>> import simulator as sim
    >>> setup = sim.load_setup("brain")
    >>> sim.show(setup, gantry=60, couch=15)  # doctest: +SKIP
    >>> sim.show(setup, gantry=60, couch=15, screenshot="room.png")
    """
    if live:
        _show_live(setup, cmap, is_picture=screenshot is not None, **pose)
        return
    if screenshot is not None:
        write_screenshot(setup, screenshot, cmap, controls=False, **pose)
        return
    window = Window(setup, cmap, off_screen=False, **pose)
    Controls(window)
    if window.plotter.notebook:
        renderer.require()
        window.plotter.show()
        return
    with window:
        renderer.require_screen()
        window.smooth_edges()
        window.plotter.show(title=setup.title or setup.name)


def _show_live(setup: Setup, cmap: CollisionMap | None, *, is_picture: bool, **pose: float) -> None:
    """Open a window in which the isocentre moves; its thread ends with it."""
    if is_picture:
        raise SimulatorError("live: must be left out beside a screenshot, in which nothing moves")
    if cmap is None:
        raise SimulatorError("live: needs the map of the set-up")
    with LiveMap(setup, cmap.sweep) as moving, Window(setup, cmap, off_screen=False, **pose) as window:
        if window.plotter.notebook:
            raise SimulatorError("live: needs a window of its own; in a notebook use simulator.LiveMap")
        renderer.require_screen()
        Controls(window)
        controls = LiveControls(window, moving)
        window.smooth_edges()
        window.plotter.show(title=setup.title or setup.name, interactive_update=True)
        controls.follow()
        moving.newest()  # raises what ended its work, if anything did


def write_screenshot(
    setup: Setup,
    path: str | os.PathLike[str],
    cmap: CollisionMap | None = None,
    *,
    controls: bool = False,
    **pose: float,
) -> None:
    """Write a PNG picture of the window at a pose, if asked with its sliders; else as :func:`show`."""
    file = file_path(path, ".png")
    picture = screenshot_png(setup, cmap, controls=controls, **pose)
    with written_whole(file) as unfinished:
        unfinished.write_bytes(picture)


def screenshot_png(setup: Setup, cmap: CollisionMap | None, *, controls: bool = False, **pose: float) -> bytes:
    """Return what :func:`write_screenshot` writes."""
    from PIL import Image

    content = BytesIO()
    with Window(setup, cmap, off_screen=True, **pose) as window:
        if controls:
            Controls(window)
        Image.fromarray(window.picture()).save(content, "png")
    return content.getvalue()
