"""What moves the machine in a window: sliders, clicks on the map and the sphere, keys, and a timer that plays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

import numpy as np

from simulator.scenario.axis import SYMBOLS, Axis
from simulator.view.steering import snapped, stepped, to_and_fro, way_of
from simulator.view.window.window import SLIDER, Window

ARROWS = (("Left", "Right"), ("Down", "Up"))
"""Keys that step the joints that give the direction, back and forth."""
HELP = "click: to a pose of the map, a direction    d: directions    b: beam's eye    r: room's eye, reset    q: quit"
QUIT = "q"
TAKEN = ("d", "b", "r", QUIT)
TICK_MS = 40
STILL_PIXELS = 3.0
"""A button that goes up so near to where it went down was a click, else it turned the view."""
FAST = 10


class Controls:
    """Sliders, mouse and keys of a window.

    Parameters
    ----------
    window : Window
        What they move.

    Attributes
    ----------
    sliders : dict of str to vtkSliderWidget
        One for each joint that can be moved.
    """

    def __init__(self, window: Window) -> None:
        self._window = window
        self._pressed: tuple[int, int] | None = None
        self._playing: Iterator[dict[str, float]] | None = None
        self._timer: int | None = None
        self.sliders: dict[str, Any] = {}
        self._add_sliders()
        letters = self._listen()
        names = [
            f"{back.lower()}, {on.lower()}: {joint}" for (back, on), joint in zip(ARROWS, window.plane, strict=False)
        ]
        plays = f"{', '.join(letters.values())}: play {', '.join(letters)}    space: stop"
        window.captions.add_help("    ".join([*names, "with shift: 10 steps", plays]) + f"\n{HELP}")
        window.followers.append(self._follow)

    def step(self, joint: str, steps: int) -> None:
        """Step a joint along its values; fast with the shift key."""
        self.stop()
        many = FAST if self._window.plotter.iren.interactor.GetShiftKey() else 1
        axis = self._window.axes[joint]
        self._window.move_to(**{joint: stepped(axis, self._window.check.pose[joint], many * steps)})

    def play(self, joint: str) -> None:
        """Run a joint to and fro, along its free arc if the map has those, else along its range."""
        window = self._window
        pose = window.check.pose
        way = way_of(window.axes[joint], window.cmap, pose)
        self.stop()
        self._playing = ({joint: value} for value in to_and_fro(way, pose[joint]))
        self._timer = window.plotter.iren.create_timer(TICK_MS)

    def stop(self) -> None:
        """Stop playing."""
        self._playing = None
        if self._timer is not None:
            self._window.plotter.iren.destroy_timer(self._timer)
        self._timer = None

    def _tick(self, *_: Any) -> None:
        value = None if self._playing is None else next(self._playing, None)
        if value is not None:
            self._window.move_to(**value)

    def _add_sliders(self) -> None:
        """Add a slider for each joint that can be moved, side by side at the foot of the room."""
        window = self._window
        width = 0.86 / len(window.axes)
        for at, axis in enumerate(window.axes.values()):
            left = 0.1 + at * width
            self.sliders[axis.joint] = window.plotter.add_slider_widget(
                lambda value, axis=axis: self._slide(axis, value),
                (axis.start, max(axis.stop, axis.start + 1e-3)),
                value=window.check.pose[axis.joint],
                title=f"{axis.joint} / {SYMBOLS[axis.unit].strip()}",
                pointa=(left, 0.17),
                pointb=(left + 0.82 * width, 0.17),
                **SLIDER,
            )

    def _slide(self, axis: Axis, value: float) -> None:
        """Follow a slider, along the values of the sweep."""
        wanted = snapped(axis, value)
        if wanted != snapped(axis, self._window.check.pose[axis.joint]):  # a pose between them is left alone
            self.stop()
            self._window.move_to(**{axis.joint: wanted})

    def _follow(self) -> None:
        """Let the sliders show where the machine is."""
        for joint, slider in self.sliders.items():
            slider.GetRepresentation().SetValue(self._window.check.pose[joint])

    def _listen(self) -> dict[str, str]:
        """Connect mouse, keys and timer, and return which letter plays which joint.

        Of the keys that the toolkit knows only q is left.
        """
        window, plotter = self._window, self._window.plotter
        plotter.enable_terrain_style(mouse_wheel_zooms=True)
        plotter.iren.add_observer("LeftButtonPressEvent", self._press)
        plotter.iren.add_observer("LeftButtonReleaseEvent", self._release)
        plotter.iren.add_observer("TimerEvent", self._tick)
        plotter.iren.clear_key_event_callbacks()
        interactor = plotter.iren.interactor
        swallow: int = interactor.AddObserver("CharEvent", lambda *_: own(), 1.0)

        def own() -> None:
            interactor.GetCommand(swallow).SetAbortFlag(interactor.GetKeyCode() != QUIT)

        letters = letters_of(window.plane)
        actions = {
            "space": self.stop,
            "d": lambda: window.show_sphere(not window.room.is_sphere_visible),
            "b": window.look_from_the_beam,
            "r": window.look_from_the_room,
            **{letter: partial(self.play, joint) for joint, letter in letters.items()},
        }
        for keys, joint in zip(ARROWS, window.plane, strict=False):
            actions |= {key: partial(self.step, joint, sign) for key, sign in zip(keys, (-1, 1), strict=True)}
        for key, action in actions.items():
            plotter.add_key_event(key, action)
        return letters

    def _press(self, *_: Any) -> None:
        self._pressed = self._window.plotter.iren.interactor.GetEventPosition()

    def _release(self, *_: Any) -> None:
        """Go where a click points: on the map to its pose, on the sphere to its direction."""
        pressed, self._pressed = self._pressed, None
        at = self._window.plotter.iren.interactor.GetEventPosition()
        if pressed is None or np.hypot(at[0] - pressed[0], at[1] - pressed[1]) > STILL_PIXELS:
            return
        pose = self._window.pose_at(*at)
        if pose is not None:
            self.stop()
            self._window.move_to(**pose)


def letters_of(joints: Iterable[str]) -> dict[str, str]:
    """Return a key for each joint: the first letter of its name that no other key is, else a digit."""
    found: dict[str, str] = {}
    for joint in joints:
        free = [letter for letter in joint.lower() if letter.isalpha() and letter not in (*TAKEN, *found.values())]
        found[joint] = free[0] if free else str(1 + len(found))
    return found
