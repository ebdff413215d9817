"""What a viewer sees: the room at a pose, what holds there, and the map beside it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext

import numpy as np
from numpy.typing import NDArray

from simulator.collision.answers import pose_check
from simulator.maps.collision_map import CollisionMap
from simulator.maps.provenance import require_map_of
from simulator.scenario.sweep import Grid
from simulator.setup.setup import Setup
from simulator.view import renderer
from simulator.view.cameras import to_beams_eye, to_rooms_eye
from simulator.view.sphere import RADIUS_MM
from simulator.view.steering import Pose, pose_of_direction, snapped, wrapped
from simulator.view.window.captions import Captions
from simulator.view.window.panel import Panel
from simulator.view.window.picking import point_on_ball
from simulator.view.window.room import Room

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
    gantry, couch : float
        The first pose, IEC 61217 degrees.
    off_screen : bool
        Draw pictures, without a screen.

    Raises
    ------
    SimulatorError
        If the map is of another room, an angle is outside the limits of its joint, or without a screen nothing can be
        drawn.

    Attributes
    ----------
    plotter : pyvista.Plotter
        The window itself.
    grid : Grid
        The angles that the machine is moved to: the map's, else the set-up's.
    check : PoseCheck
        The pose, and what holds there.
    room, panel, captions
        The room, the map beside it if there is one, and the words.
    followers : list of callable
        Called after every move, before it is drawn.
    """

    def __init__(
        self, setup: Setup, cmap: CollisionMap | None, *, gantry: float, couch: float, off_screen: bool = False
    ) -> None:
        if cmap is not None:
            require_map_of(setup, cmap.provenance)
        if off_screen:
            renderer.require()
        import pyvista as pv

        self.setup, self.cmap = setup, cmap
        self.grid = setup.grid if cmap is None else Grid.model_validate(cmap.provenance["grid"])
        self.collimator_deg = setup.collimator_deg
        self._checker = setup.checker
        self._is_beams_eye = False
        self.followers: list[Callable[[], None]] = []
        self.check = setup.check(gantry, couch)

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

    def move_to(
        self, *, gantry: float | None = None, couch: float | None = None, collimator: float | None = None
    ) -> None:
        """Move the machine; what is not given stays.

        Parameters
        ----------
        gantry, couch, collimator : float, optional
            IEC 61217 degrees; gantry and couch as in `Setup.check`.
        """
        if collimator is not None and collimator != self.collimator_deg:
            self.collimator_deg = collimator
            self._checker = self.setup.checker.with_rest({"collimator": collimator})
        gantry = self.check.gantry_deg if gantry is None else gantry
        couch = self.check.couch_deg if couch is None else couch
        self.check = pose_check(self._checker, *self.setup.pose(gantry, couch))
        self._place()
        self.plotter.render()

    def pose_at(self, x: float, y: float) -> Pose | None:
        """Return the pose of the grid that a point of the window means, in its pixels, up from the lower left corner.

        On the map it is the pose shown there; on the sphere one that aims from there, free before others.
        """
        if self.panel is not None and (shown := self.panel.pose_at(x, y)) is not None:
            gantry = wrapped(shown[0], self.grid.gantry_deg.start, self.grid.gantry_deg.stop)
            return snapped(self.grid.gantry_deg, gantry), snapped(self.grid.couch_deg, shown[1])
        direction = self.direction_at(x, y)
        if direction is None or self.cmap is None:
            return None
        return pose_of_direction(self.grid, self.cmap, direction, (self.check.gantry_deg, self.check.couch_deg))

    def show_sphere(self, is_visible: bool) -> None:
        """Show or hide the sphere of directions."""
        self.room.show_sphere(is_visible)
        self.plotter.render()

    def look_from_the_room(self) -> None:
        """Stand where the whole room is seen."""
        self._is_beams_eye = False
        self.room.show_gantry(True)
        to_rooms_eye(self._renderer.camera)
        self._renderer.reset_camera_clipping_range()
        self.plotter.render()

    def look_from_the_beam(self) -> None:
        """Stand at the source, wherever it goes; what turns with the gantry is hidden."""
        self._is_beams_eye = True
        self.room.show_gantry(False)
        self._place()
        self.plotter.render()

    def direction_at(self, x: float, y: float) -> NDArray[np.float64] | None:
        """Return the direction (3,) on the sphere at a point of the window, in patient-support axes.

        None where the sphere is hidden, is not there, or something stands before it.
        """
        if not self.room.is_sphere_visible:
            return None
        point = point_on_ball(self._renderer, x, y, RADIUS_MM)
        if point is None:
            return None
        T_fixed_support = self.room.T_fixed_support(self._checker.scene, self._pose)
        return np.asarray(point @ T_fixed_support[:3, :3] / RADIUS_MM)

    @property
    def _pose(self) -> NDArray[np.float64]:
        return np.array([[self.check.gantry_deg, self.check.couch_deg]])

    def _place(self) -> None:
        """Show the pose and what holds there."""
        scene, check = self._checker.scene, self.check
        self.room.place(scene, check)
        if self.panel is not None:
            self.panel.place(check.gantry_deg, check.couch_deg)
        self.captions.tell(check, self.collimator_deg, None if self.cmap is None else self.setup.collimator_deg)
        if self._is_beams_eye:
            beam = self.setup.machine.beam
            T_fixed_beam = scene.T_fixed_frame(beam.joint, self._pose)[0]
            to_beams_eye(self._renderer.camera, T_fixed_beam, np.asarray(beam.source_mm))
        self._renderer.reset_camera_clipping_range()
        for follow in self.followers:
            follow()

    def _light_the_room(self) -> None:
        import pyvista as pv

        self.plotter.set_background("#e9edf1", all_renderers=False)
        # What is translucent is added in the order in which it is to be drawn; sorting it would take a third longer.
        self._renderer.SetUseOIT(False)
        self.plotter.add_light(pv.Light(light_type="headlight", intensity=0.3))
        self.plotter.add_light(pv.Light(position=(-1500, -2500, 6000), light_type="scene light", intensity=0.55))
        self.plotter.add_axes(xlabel="IEC x", ylabel="y", zlabel="z", line_width=3, viewport=(0.0, 0.1, 0.14, 0.3))
