"""A small ball in the room that can be taken hold of and dragged, and is seen through whatever stands before it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyvista
from numpy.typing import NDArray

from simulator.view.window.picking import point_at

RADIUS_MM = 18.0
COLOUR = "#c2185b"
NEAR_PIXELS = 14.0
"""A button that goes down so near to its middle takes hold of it."""
FIRST = 10.0
"""Of observers: before those of the toolkit, which would turn the view."""
BEFORE_ALL = -66000.0
"""Of a polygon's depth, in units of what can be told apart."""


class Marker:
    """A ball that the left mouse button drags in the plane of the picture.

    Parameters
    ----------
    plotter : pyvista.Plotter
        Its active renderer shows the ball.
    dragged : callable
        Called as ``dragged(place_mm, is_let_go)`` with its middle (3,) in the room.

    Attributes
    ----------
    is_held : bool
        Whether it is being dragged.
    """

    def __init__(self, plotter: pyvista.Plotter, dragged: Callable[[NDArray[np.float64], bool], None]) -> None:
        self._renderer, self._dragged = plotter.renderer, dragged
        self._place = np.zeros(3)
        self.is_held = False
        self._actor = plotter.add_mesh(pyvista.Sphere(radius=RADIUS_MM), color=COLOUR, ambient=0.6, pickable=False)
        self._actor.mapper.SetResolveCoincidentTopologyToPolygonOffset()
        self._actor.mapper.SetRelativeCoincidentTopologyPolygonOffsetParameters(0.0, BEFORE_ALL)
        self._interactor = plotter.iren.interactor
        for event, action in (
            ("LeftButtonPressEvent", self._press),
            ("MouseMoveEvent", self._move),
            ("LeftButtonReleaseEvent", self._release),
        ):
            self._listen(event, action)

    @property
    def place_mm(self) -> NDArray[np.float64]:
        """Where its middle is, shape (3,), in the room."""
        return self._place

    def put(self, place_mm: NDArray[np.float64]) -> None:
        """Put it somewhere."""
        self._place = np.asarray(place_mm, dtype=float)
        self._actor.position = tuple(self._place)

    def pixel(self) -> tuple[float, float, float]:
        """Return where it is seen, in pixels of the window up from the lower left corner, and its depth."""
        self._renderer.SetWorldPoint(*self._place, 1.0)
        self._renderer.WorldToDisplay()
        x, y, depth = self._renderer.GetDisplayPoint()
        return float(x), float(y), float(depth)

    def _listen(self, event: str, action: Callable[[int, int], bool]) -> None:
        """Let an action see an event before all others, and keep it from them if the action says so."""

        def seen(*_: Any) -> None:
            if action(*self._interactor.GetEventPosition()):
                self._interactor.GetCommand(tag).SetAbortFlag(1)

        tag: int = self._interactor.AddObserver(event, seen, FIRST)

    def _press(self, x: int, y: int) -> bool:
        at_x, at_y, _ = self.pixel()
        self.is_held = self._renderer.IsInViewport(x, y) and np.hypot(x - at_x, y - at_y) <= NEAR_PIXELS
        return bool(self.is_held)

    def _move(self, x: int, y: int) -> bool:
        if self.is_held:
            self.put(point_at(self._renderer, x, y, self.pixel()[2]))
            self._dragged(self._place, False)
        return self.is_held

    def _release(self, *_: int) -> bool:
        was_held, self.is_held = self.is_held, False
        if was_held:
            self._dragged(self._place, True)
        return was_held
