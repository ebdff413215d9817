"""What a viewer sees: the room at a pose, what holds there, and the map beside it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext

import numpy as np
from numpy.typing import NDArray

from simulator.maps.collision_map import CollisionMap
from simulator.maps.provenance import require_map_of
from simulator.setup.setup import Setup
from simulator.view import renderer
from simulator.view.cameras import to_beams_eye, to_rooms_eye
from simulator.view.joint_axes import (
    COLLIMATOR,
    Pose,
    T_fixed_frame,
    beside_the_map,
    moving_axes,
    plane_of,
    shown_pose,
    told,
)
from simulator.view.sphere import RADIUS_MM, T_fixed_chart
from simulator.view.steering import pose_of_direction, pose_of_plane, snapped, wrapped
from simulator.view.window.captions import Captions
from simulator.view.window.panel import Panel
from simulator.view.window.picking import point_on_ball
from simulator.view.window.room import Room

SLIDER = {
    "color": "black",
    "interaction_event": "always",
    "title_height": 0.018,
    "slider_width": 0.022,
    "tube_width": 0.005,
    "fmt": "%.0f",
}
"""How every slider of a window looks."""
SIZE = (1440, 800)
"""In pixels, multiples of 16, as movies want it; a laptop's screen holds it."""
SAMPLES = 8
"""Of each pixel, for smooth edges."""
PANEL_SHARE = 0.4


class Window:
    """The room and the map of a set-up, at one pose at a time.

    Parameters
    ----------
    setup : Setup
        What stands in the room.
    cmap : CollisionMap, optional
        Its map: shown beside the room, and as a sphere of directions around the isocentre.
    off_screen : bool
        Draw pictures, without a screen.
    **pose : float
        The first pose: values of joints by name, in degrees (IEC 61217) or mm; others stand where they rest.

    Raises
    ------
    SimulatorError
        If the map is of another room or has no directions, a joint is unknown or its value outside its limits, or
        without a screen nothing can be drawn.

    Attributes
    ----------
    plotter : pyvista.Plotter
        The window itself.
    axes : dict of str to Axis
        The joints that can be moved, and the values that they are moved to.
    plane : tuple of str
        The joints that give the direction, the one nearer the beam first.
    check : PoseCheck
        The pose, and what holds there.
    room, panel, captions
        The room, the map beside it if there is one, and the words.
    followers : list of callable
        Called after every move, before it is drawn.
    """

    def __init__(self, setup: Setup, cmap: CollisionMap | None, *, off_screen: bool = False, **pose: float) -> None:
        if cmap is not None:
            require_map_of(setup, cmap.provenance)
            _ = cmap.reduced  # refuses what cannot be drawn before there is a window
        if off_screen:
            renderer.require()
        import pyvista as pv

        self.setup, self.cmap = setup, cmap
        self.axes, self.plane = moving_axes(setup, cmap), plane_of(setup, cmap)
        self._is_beams_eye = False
        self.followers: list[Callable[[], None]] = []
        self.check = setup.check(**shown_pose(setup, cmap, pose))

        shape, shares = ((1, 2), (1 - PANEL_SHARE, PANEL_SHARE)) if cmap is not None else ((1, 1), None)
        with pv.vtk_verbosity("error") if off_screen else nullcontext():  # it warns of screens that it does not need
            self.plotter = pv.Plotter(
                off_screen=off_screen or None,
                window_size=SIZE,
                shape=shape,
                col_weights=shares,
                border=False,
                lighting=None,
            )
        self.plotter.render_window.SetMultiSamples(0)  # smooth edges take a processor 0.1 s a frame
        self._renderer = self.plotter.renderers[0]
        self._light_the_room()
        self.room = Room(self.plotter, setup, cmap)
        self.captions = Captions(self.plotter, setup.warnings)
        self.panel: Panel | None = None
        if cmap is not None:
            self.plotter.subplot(0, 1)
            self.plotter.set_background("white", all_renderers=False)
            self.panel = Panel(self.plotter, cmap, (round(SIZE[0] * PANEL_SHARE), SIZE[1]))
            fit = self.panel.fit
            self.plotter.render_window.AddObserver("WindowResizeEvent", lambda *_: fit())
            self.plotter.subplot(0, 0)
        self.look_from_the_room()
        self._place()

    def __enter__(self) -> Window:
        """Return the window; it is closed in the end."""
        return self

    def __exit__(self, *_: object) -> None:
        self.plotter.close()

    def smooth_edges(self) -> None:
        """Smooth the edges where a graphics card does it for nothing."""
        self.plotter.render_window.Render()
        if not renderer.is_software(self.plotter.render_window.ReportCapabilities()):
            self.plotter.render_window.SetMultiSamples(SAMPLES)

    def picture(self) -> NDArray[np.uint8]:
        """Return what is seen, shape (height, width, 3), with smooth edges."""
        self.plotter.render_window.SetMultiSamples(SAMPLES)
        return np.asarray(self.plotter.screenshot(return_img=True))[..., :3]

    def move_to(self, **joints: float) -> None:
        """Move the machine to values of some joints, as in `Setup.check`; the others stay."""
        is_arm = self.setup.machine.arm is not None  # its joints follow, whatever the beam does
        stays = {joint: self.check.pose[joint] for joint in self.plane} if is_arm else self.check.pose
        self.check = self.setup.check(**stays | joints)
        self._place()
        self.plotter.render()

    def show_setup(self, setup: Setup) -> None:
        """Show the same parts with the table elsewhere, at the same pose; the map beside them stays as it is."""
        self.setup = setup
        self.room.show_setup(setup)
        self.move_to()

    def pose_at(self, x: float, y: float) -> Pose | None:
        """Return the pose of the map that a point of the window means, in its pixels, up from the lower left corner.

        On the map it is the pose shown there; on the sphere one that aims from there, free before others.
        """
        if self.panel is None or self.cmap is None:
            return None
        if (shown := self.panel.values_at(x, y)) is not None:
            axes = [self.axes[joint] for joint in self.plane]
            values = [wrapped(value, axis.start, axis.stop) for axis, value in zip(axes, shown, strict=True)]
            there = {axis.joint: snapped(axis, value) for axis, value in zip(axes, values, strict=True)}
            return pose_of_plane(self.cmap, there, self.check.pose)
        direction = self.direction_at(x, y)
        return None if direction is None else pose_of_direction(self.cmap, direction, self.check.pose)

    def show_sphere(self, is_visible: bool) -> None:
        """Show or hide the sphere of directions."""
        self.room.show_sphere(is_visible)
        self.plotter.render()

    def look_from_the_room(self) -> None:
        """Stand where the whole room is seen."""
        self._is_beams_eye = False
        self.room.show_head(True)
        to_rooms_eye(self._renderer.camera)
        self._renderer.reset_camera_clipping_range()
        self.plotter.render()

    def look_from_the_beam(self) -> None:
        """Stand at the source, wherever it goes; what moves with it is hidden."""
        self._is_beams_eye = True
        self.room.show_head(False)
        self._place()
        self.plotter.render()

    def direction_at(self, x: float, y: float) -> NDArray[np.float64] | None:
        """Return the direction (3,) on the sphere at a point of the window, in the chart's axes.

        None where the sphere is hidden, is not there, or something stands before it.
        """
        if self.cmap is None or not self.room.is_sphere_visible:
            return None
        point = point_on_ball(self._renderer, x, y, RADIUS_MM)
        if point is None:
            return None
        return np.asarray(point @ T_fixed_chart(self.setup, self.cmap, self.check.pose)[:3, :3] / RADIUS_MM)

    def _place(self) -> None:
        """Show the pose and what holds there."""
        check, tree = self.check, self.setup.scene.tree
        self.room.place(check)
        beside = {}
        if self.panel is not None and self.cmap is not None:
            self.panel.place(*(check.pose[joint] for joint in self.plane))
            beside = beside_the_map(self.setup, self.cmap, check.pose)
        self.captions.tell(check, told(tree, self._with_collimator(check.pose)), told(tree, beside))
        if self._is_beams_eye:
            beam = self.setup.beam
            T_fixed_beam = T_fixed_frame(self.setup, beam.joint, check.pose)
            to_beams_eye(self._renderer.camera, T_fixed_beam, np.asarray(beam.source_mm))
        self._renderer.reset_camera_clipping_range()
        for follow in self.followers:
            follow()

    def _with_collimator(self, pose: Pose) -> Pose:
        """Add where the collimator stands, which a round one is not moved from."""
        scene = self.setup.scene
        is_shown = COLLIMATOR in pose or COLLIMATOR not in scene.tree
        return pose if is_shown else pose | {COLLIMATOR: scene.rest[COLLIMATOR]}

    def _light_the_room(self) -> None:
        import pyvista as pv

        self.plotter.set_background("#e9edf1", all_renderers=False)
        # What is translucent is added in the order in which it is to be drawn; sorting it would take a third longer.
        self._renderer.SetUseOIT(False)
        self.plotter.add_light(pv.Light(light_type="headlight", intensity=0.3))
        self.plotter.add_light(pv.Light(position=(-1500, -2500, 6000), light_type="scene light", intensity=0.55))
        self.plotter.add_axes(xlabel="IEC x", ylabel="y", zlabel="z", line_width=3, viewport=(0.0, 0.1, 0.14, 0.3))
