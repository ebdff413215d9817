"""The room in a window, or as a picture of it."""

from __future__ import annotations

import os
from io import BytesIO

from simulator.maps.collision_map import CollisionMap
from simulator.setup.setup import Setup
from simulator.view import renderer
from simulator.view.window.controls import Controls
from simulator.view.window.window import Window
from simulator.whole_files import file_path, written_whole


def show(
    setup: Setup,
    cmap: CollisionMap | None = None,
    *,
    screenshot: str | os.PathLike[str] | None = None,
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
    **pose : float
        The first pose: values of joints by name, in degrees (IEC 61217) or mm; others stand where they rest.

    Raises
    ------
    SimulatorError
        If the map is of another room, a joint is unknown or its value outside its limits, the file cannot be written,
        or there is no screen, or nothing to draw with.
    """
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
