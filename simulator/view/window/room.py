"""The room in 3D: bodies, beam and sphere of directions as actors, built once and moved by matrices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulator.collision.answers import PoseCheck, bodies_in_the_way
from simulator.collision.scene import Body
from simulator.geometry.transforms import inverse
from simulator.maps.collision_map import CollisionMap
from simulator.models.arm import DISTANCE
from simulator.setup.setup import Setup
from simulator.view.colours import STATUS_COLOURS, Palette
from simulator.view.joint_axes import Pose, T_fixed_frame
from simulator.view.markers import (
    BEAM_COLOUR,
    BEAM_OPACITY,
    FIELD_RADIUS_MM,
    LINE_COLOUR,
    LINE_RADIUS_MM,
    cone,
    rod,
)
from simulator.view.shading import shaded
from simulator.view.sphere import T_fixed_chart, picture, surface

if TYPE_CHECKING:
    import pyvista

AMBIENT = 0.25
"""Light that comes from everywhere: no side of a part is black."""
FLOOR_MM = 5000.0
"""What is wider than this both ways has no light and shadow: it fills the picture, and each pixel costs time."""
NEAR_OPACITY = 0.65
"""Of the near half of the sphere, over that of the far half: one looks through it at the patient."""


class Room:
    """Actors of a set-up in the active renderer of a plotter.

    Parameters
    ----------
    plotter : pyvista.Plotter
        Where to draw.
    setup : Setup
        What stands in the room.
    cmap : CollisionMap, optional
        If given and its directions have an area, the sphere of them is drawn around the isocentre.

    Attributes
    ----------
    bodies : list of pyvista.Actor
        In the order of the scene's bodies.
    sphere : list of pyvista.Actor
        The far and the near half as seen; empty without a map.
    """

    def __init__(self, plotter: pyvista.Plotter, setup: Setup, cmap: CollisionMap | None) -> None:
        import pyvista as pv

        self._plotter = plotter
        self._setup, self._cmap = setup, cmap
        self.bodies = [self._add_body(body) for body in setup.scene.bodies]
        sphere = None
        if cmap is not None and cmap.has_area:
            sphere = surface(), pv.Texture(picture(cmap, Palette(cmap)))
        # What is translucent is drawn in the order in which it is added: the far half, the beam, the near half.
        self.sphere = [self._add_half(sphere, "front", 1.0)] if sphere else []
        self._beam = self._add_beam()
        self.sphere += [self._add_half(sphere, "back", NEAR_OPACITY)] if sphere else []
        self._line, self._label = self._add_line()

    def place(self, check: PoseCheck) -> None:
        """Move everything to a pose, and show what holds there.

        Parameters
        ----------
        check : PoseCheck
            The pose, and the answer for it. Its culprits are coloured; its nearest points are joined by a line.
        """
        scene, beam = self._setup.scene, self._setup.beam
        joints = {beam.joint, *(body.joint for body in scene.bodies)}
        T_fixed = {joint: T_fixed_frame(self._setup, joint, check.pose) for joint in joints}
        guilty = bodies_in_the_way(scene, check)
        for index, (body, actor) in enumerate(zip(scene.bodies, self.bodies, strict=True)):
            actor.user_matrix = T_fixed[body.joint]
            actor.prop.color = STATUS_COLOURS[check.status] if index in guilty else body.colour
        self._beam.user_matrix = T_fixed[beam.joint]
        if DISTANCE in check.pose:
            self._beam.mapper.dataset.copy_from(self._beam_shape(check.pose))
        if self._cmap is not None and self.sphere:
            for half in self.sphere:
                half.user_matrix = T_fixed_chart(self._setup, self._cmap, check.pose)
        self._line.visibility = self._label.visibility = check.points_mm is not None
        if check.points_mm is not None:
            start, end = (np.asarray(point) for point in check.points_mm)
            self._line.mapper.dataset.copy_from(rod(start, end, LINE_RADIUS_MM))
            self._label.SetInput(f" {check.clearance_mm:.0f} mm ")
            self._label.SetPosition(*(start + end) / 2)

    def show_setup(self, setup: Setup) -> None:
        """Take the place of the set-up by one of the same parts with the table elsewhere; `place` then moves them."""
        for old, new, actor in zip(self._setup.scene.bodies, setup.scene.bodies, self.bodies, strict=True):
            if new.mesh is not old.mesh and new.mesh.sha256 != old.mesh.sha256:
                actor.mapper.dataset.copy_from(shaded(new.mesh))
        self._setup = setup

    def colour_sphere(self, pixels: NDArray[np.uint8]) -> None:
        """Give the sphere another picture (rows, columns, 4); see `simulator.view.sphere.picture`."""
        import pyvista as pv

        texture = pv.Texture(pixels)
        for half in self.sphere:
            half.texture = texture

    def show_head(self, is_visible: bool) -> None:
        """Show or hide what moves with the beam and not with the patient: it stands in the way of the beam's eye."""
        tree = self._setup.scene.tree
        carrying = {*tree.path(self._setup.beam.joint)} - {*tree.path(self._setup.couch.table_top.joint)}
        for body, actor in zip(self._setup.scene.bodies, self.bodies, strict=True):
            path = tree.path(body.joint)
            turns_back = any(
                tree[joint].mimic in carrying for joint in path
            )  # as the room does, seen from the target
            if body.is_drawn and not turns_back and not carrying.isdisjoint(path):
                actor.visibility = is_visible
        self._beam.visibility = is_visible

    def show_sphere(self, is_visible: bool) -> None:
        """Show or hide the sphere of directions."""
        for half in self.sphere:
            half.visibility = is_visible

    @property
    def is_sphere_visible(self) -> bool:
        """Whether there is a sphere and it is shown."""
        return any(half.visibility for half in self.sphere)

    def _add_body(self, body: Body) -> pyvista.Actor:
        is_flat = bool((np.ptp(body.mesh.vertices_mm, axis=0) > FLOOR_MM).sum() == 2)
        actor = self._plotter.add_mesh(shaded(body.mesh), ambient=AMBIENT, lighting=not is_flat)
        actor.prop.interpolation = "Phong"  # between the normals that it has
        actor.visibility = body.is_drawn
        return actor

    def _add_half(self, sphere: tuple[Any, Any], culling: str, opacity: float) -> pyvista.Actor:
        mesh, texture = sphere
        return self._plotter.add_mesh(mesh, texture=texture, culling=culling, opacity=opacity, lighting=False)

    def _beam_shape(self, pose: Pose) -> pyvista.PolyData:
        """Return the beam from the source to the target, in the axes of the joint that carries it."""
        beam = self._setup.beam
        target_mm = inverse(T_fixed_frame(self._setup, beam.joint, pose))[:3, 3]
        return cone(np.asarray(beam.source_mm), target_mm, FIELD_RADIUS_MM)

    def _add_beam(self) -> pyvista.Actor:
        return self._plotter.add_mesh(self._beam_shape({}), color=BEAM_COLOUR, opacity=BEAM_OPACITY, lighting=False)

    def _add_line(self) -> tuple[pyvista.Actor, Any]:
        """Add a line, which is laid between two points later, and its label."""
        from vtkmodules.vtkRenderingCore import vtkBillboardTextActor3D

        label = vtkBillboardTextActor3D()
        label.SetDisplayOffset(12, 6)  # beside the line, not on it
        style = label.GetTextProperty()
        style.SetFontSize(16)
        style.SetColor(0.0, 0.0, 0.0)
        style.SetBackgroundColor(1.0, 1.0, 1.0)
        style.SetBackgroundOpacity(0.75)
        self._plotter.add_actor(label, reset_camera=False)
        line = rod(np.zeros(3), np.array([0.0, 0.0, 1.0]), LINE_RADIUS_MM)
        return self._plotter.add_mesh(line, color=LINE_COLOUR, lighting=False), label
