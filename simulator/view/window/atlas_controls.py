"""What moves an atlas in a window: clicks on targets, and keys that cut slices."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from simulator.view.plots.atlas import Slice
from simulator.view.window.atlas import AtlasWindow
from simulator.view.window.controls import STILL_PIXELS

KEYS: dict[str, Slice | None] = {"a": None, "t": "transverse", "c": "coronal", "s": "sagittal"}
HELP = "click: a target's map and sphere    a: all    t, c, s: transverse, coronal, sagittal slice    up, down: next"


class AtlasControls:
    """Mouse and keys of an atlas.

    Parameters
    ----------
    window : AtlasWindow
        What they move.
    """

    def __init__(self, window: AtlasWindow) -> None:
        self._window, self._pressed = window, (0, 0)
        plotter = window.plotter
        plotter.enable_terrain_style(mouse_wheel_zooms=True)
        plotter.iren.add_observer("LeftButtonPressEvent", self._press)
        plotter.iren.add_observer("LeftButtonReleaseEvent", self._release)
        plotter.iren.clear_key_event_callbacks()
        for key, plane in KEYS.items():
            plotter.add_key_event(key, partial(window.show_slice, plane))
        for key, planes in (("Up", 1), ("Down", -1)):
            plotter.add_key_event(key, partial(window.step, planes))
        window.add_help(f"{HELP}    q: quit")

    def _press(self, *_: Any) -> None:
        self._pressed = self._window.plotter.iren.interactor.GetEventPosition()

    def _release(self, *_: Any) -> None:
        """Choose the target that a click points at."""
        at = self._window.plotter.iren.interactor.GetEventPosition()
        if np.hypot(at[0] - self._pressed[0], at[1] - self._pressed[1]) > STILL_PIXELS:
            return
        target = self._window.target_at(*at)
        if target is not None:
            self._window.choose(target)
