"""What moves the machine in a window: sliders, clicks on the map and the sphere, keys, and a timer that plays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from simulator.collision.scene import Scene
from simulator.view.steering import snapped, stepped, to_and_fro, way_of_couch, way_of_gantry
from simulator.view.window.window import Window

HELP = (
    "left, right: gantry    up, down: couch    with shift: 10 steps    click: to a pose of the map, a direction\n"
    "g, c: play gantry, couch    space: stop    d: directions    b: beam's eye    r: room's eye, reset    q: quit"
)
TICK_MS = 40
STILL_PIXELS = 3.0
"""A button that goes up so near to where it went down was a click, else it turned the view."""
FAST = 10
COLLIMATOR = "collimator"
ROUND_MM = 1.0
"""Parts whose outlines differ by less in any direction are round: the collimator angle does not matter."""


class Controls:
    """Sliders, mouse and keys of a window.

    Parameters
    ----------
    window : Window
        What they move.

    Attributes
    ----------
    sliders : dict of str to vtkSliderWidget
        ``"gantry"``, ``"couch"``, and ``"collimator"`` where its angle matters.
    """

    def __init__(self, window: Window) -> None:
        self._window = window
        self._pressed: tuple[int, int] | None = None
        self._playing: Iterator[dict[str, float]] | None = None
        self._timer: int | None = None
        self.sliders: dict[str, Any] = {}
        self._add_sliders()
        self._listen()
        window.captions.add_help(HELP)
        window.followers.append(self._follow)

    def step(self, joint: str, steps: int) -> None:
        """Step the gantry or the couch along its angles; fast with the shift key."""
        self.stop()
        angles = getattr(self._window.grid, f"{joint}_deg")
        many = FAST if self._window.plotter.iren.interactor.GetShiftKey() else 1
        self._window.move_to(**{joint: stepped(angles, getattr(self._window.check, f"{joint}_deg"), many * steps)})

    def play(self, joint: str) -> None:
        """Run the gantry to and fro along its free arc, or the couch along its range."""
        window = self._window
        pose = (window.check.gantry_deg, window.check.couch_deg)
        way = way_of_gantry(window.grid, window.cmap, pose) if joint == "gantry" else way_of_couch(window.grid)
        start = pose[0] if joint == "gantry" else pose[1]
        self.stop()
        self._playing = ({joint: angle} for angle in to_and_fro(way, start))
        self._timer = window.plotter.iren.create_timer(TICK_MS)

    def stop(self) -> None:
        """Stop playing."""
        self._playing = None
        if self._timer is not None:
            self._window.plotter.iren.destroy_timer(self._timer)
        self._timer = None

    def _tick(self, *_: Any) -> None:
        angle = None if self._playing is None else next(self._playing, None)
        if angle is not None:
            self._window.move_to(**angle)

    def _add_sliders(self) -> None:
        """Add a slider for each joint that can be moved, side by side at the foot of the room."""
        window = self._window
        grid, check = window.grid, window.check
        joints = {
            "gantry": (grid.gantry_deg.start, grid.gantry_deg.stop, check.gantry_deg),
            "couch": (grid.couch_deg.start, grid.couch_deg.stop, check.couch_deg),
        }
        limits = collimator_limits(window.setup.scene)
        if limits is not None:
            joints[COLLIMATOR] = (*limits, window.collimator_deg)
        width = 0.86 / len(joints)
        for at, (joint, (low, high, value)) in enumerate(joints.items()):
            left = 0.1 + at * width
            self.sliders[joint] = window.plotter.add_slider_widget(
                lambda angle, joint=joint: self._slide(joint, angle),
                (low, high) if high > low else (low, low + 1e-3),
                value=value,
                title=f"{joint} / °",
                pointa=(left, 0.17),
                pointb=(left + 0.82 * width, 0.17),
                color="black",
                interaction_event="always",
                title_height=0.018,
                slider_width=0.022,
                tube_width=0.005,
                fmt="%.0f",
            )

    def _slide(self, joint: str, angle_deg: float) -> None:
        """Follow a slider, along the angles of the grid; the collimator by whole degrees."""
        wanted = self._snapped(joint, angle_deg)
        if wanted != self._snapped(joint, self._angles()[joint]):  # a pose between those of the grid is left alone
            self.stop()
            self._window.move_to(**{joint: wanted})

    def _snapped(self, joint: str, angle_deg: float) -> float:
        if joint == COLLIMATOR:
            return float(round(angle_deg))
        return snapped(getattr(self._window.grid, f"{joint}_deg"), angle_deg)

    def _angles(self) -> dict[str, float]:
        window = self._window
        angles = {"gantry": window.check.gantry_deg, "couch": window.check.couch_deg}
        return {**angles, COLLIMATOR: window.collimator_deg}

    def _follow(self) -> None:
        """Let the sliders show where the machine is."""
        for joint, slider in self.sliders.items():
            slider.GetRepresentation().SetValue(self._angles()[joint])

    def _listen(self) -> None:
        """Connect mouse, keys and timer; of the keys that the toolkit knows only q is left."""
        window, plotter = self._window, self._window.plotter
        plotter.enable_terrain_style(mouse_wheel_zooms=True)
        plotter.iren.add_observer("LeftButtonPressEvent", self._press)
        plotter.iren.add_observer("LeftButtonReleaseEvent", self._release)
        plotter.iren.add_observer("TimerEvent", self._tick)
        plotter.iren.clear_key_event_callbacks()
        interactor = plotter.iren.interactor
        swallow: int = interactor.AddObserver("CharEvent", lambda *_: own(), 1.0)

        def own() -> None:
            interactor.GetCommand(swallow).SetAbortFlag(interactor.GetKeyCode() != "q")

        for key, action in {
            "Left": lambda: self.step("gantry", -1),
            "Right": lambda: self.step("gantry", 1),
            "Down": lambda: self.step("couch", -1),
            "Up": lambda: self.step("couch", 1),
            "g": lambda: self.play("gantry"),
            "c": lambda: self.play("couch"),
            "space": self.stop,
            "d": lambda: window.show_sphere(not window.room.is_sphere_visible),
            "b": window.look_from_the_beam,
            "r": window.look_from_the_room,
        }.items():
            plotter.add_key_event(key, action)

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
            self._window.move_to(gantry=pose[0], couch=pose[1])


def collimator_limits(scene: Scene) -> tuple[float, float] | None:
    """Return the limits of the collimator angle in degrees; None where it moves nothing that is not round.

    Parameters
    ----------
    scene : Scene
        The room.
    """
    if COLLIMATOR not in scene.tree:
        return None
    joint = scene.tree[COLLIMATOR]
    axis = np.asarray(joint.axis)
    across = np.linalg.svd(axis[None])[2][1:]
    turn = np.radians(np.arange(0.0, 360.0, 5.0))
    for body in scene.bodies:
        if body.joint == COLLIMATOR:
            reach = (np.stack([np.cos(turn), np.sin(turn)], axis=1) @ across @ body.mesh.vertices_mm.T).max(axis=1)
            if np.ptp(reach) > ROUND_MM:
                return joint.limits or (-180.0, 180.0)
    return None
