"""The pictures of a run as the bytes of their files: one process can draw them, and another write them."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from simulator.view import renderer

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from simulator.maps.collision_map import CollisionMap
    from simulator.setup.setup import Setup

PLOTS = (
    "scipy.ndimage",
    "matplotlib.figure",
    "matplotlib.backends.backend_agg",
    "simulator.view.plots.maps",
    "simulator.view.plots.hemispheres",
    "simulator.view.plots.costs",
    "simulator.view.plots.buffers",
)
ROOM = ("pyvista.plotting", "simulator.view.show", "simulator.setup.engines")
_maps: dict[str, CollisionMap] = {}


def load_all(*, has_room: bool) -> None:
    """Load what draws before there is something to be drawn; for the room only if it can be drawn here."""
    for name in PLOTS:
        import_module(name)
    if has_room and renderer.missing() is None:
        for name in ROOM:
            import_module(name)


def map_png(figure_of: Callable[[CollisionMap], Figure], cmap: CollisionMap) -> bytes:
    """Return a figure of a map."""
    return figure_png(figure_of, _known(cmap))


def figure_png(figure_of: Callable[..., Figure], *shown: Any) -> bytes:
    """Return a figure of what is shown."""
    from simulator.view.plots.figures import DPI, paper_style, png

    with paper_style():
        return png(figure_of(*shown), DPI)


def room_png(setup: Setup, cmap: CollisionMap) -> bytes:
    """Return the room at a pose where the pair that costs most is in the way, with the map beside it.

    Raises
    ------
    SimulatorError
        If nothing can be drawn here.
    """
    renderer.require()
    from simulator.view.show import screenshot_png
    from simulator.view.steering import worst_pose

    known = _known(cmap)
    return screenshot_png(setup, known, controls=False, **worst_pose(known))


def _known(cmap: CollisionMap) -> CollisionMap:
    """Return the map of the same content that was drawn last, if it was: it knows more of itself."""
    from simulator.maps.sealed import CHECKSUM

    content = str(cmap.dataset.attrs[CHECKSUM])
    if content not in _maps:
        _maps.clear()
        _maps[content] = cmap
    return _maps[content]
