"""The atlas of a study in a window: the patient, seen through, with targets as colours; a click asks for a map."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulator.errors import SimulatorError
from simulator.maps.collision_map import CollisionMap
from simulator.studies.rows import INDEX
from simulator.view import renderer
from simulator.view.atlas_room import SEEN_THROUGH, SPHERE_MM, VIEW_DEG, AtlasRoom
from simulator.view.colours import Palette, rgb
from simulator.view.lattice import NO_CASE, no_plane, volumes_of
from simulator.view.plots.atlas import VIEWS, Slice, colours_of, limits_of
from simulator.view.shading import shaded
from simulator.view.sphere import RADIUS_MM, T_fixed_chart, picture, surface
from simulator.view.study_setup import StudySetups
from simulator.view.study_table import said_of
from simulator.view.window.captions import Captions
from simulator.view.window.panel import Panel
from simulator.view.window.picking import first_box, point_at
from simulator.view.window.window import PANEL_SHARE, SAMPLES, SIZE

if TYPE_CHECKING:
    import pyvista

APART, FILLED = 0.4, 0.96
"""Size of a target over the spacing: among all of them, and in a slice."""
MARKED = 1.1
OUTLINE = "#000000"
WHOLE = "the sphere"
"""What shares are of: the window's letters have no π."""


class AtlasWindow:
    """Targets of a study on a lattice.

    Parameters
    ----------
    setups : StudySetups
        The study; of several lattices the first is shown.
    off_screen : bool
        Draw pictures, without a screen.

    Raises
    ------
    SimulatorError
        If the isocentres of the study are no lattice, or without a screen nothing can be drawn.

    Attributes
    ----------
    plotter : pyvista.Plotter
        The window itself.
    volume : LatticeVolume
        What is shown.
    rows : ndarray of int, shape (n,)
        Row of the table of each target.
    places_mm : ndarray, shape (n, 3)
        Where they are, in the room.
    is_shown : ndarray of bool, shape (n,)
        Which targets are.
    chosen : int or None
        The target whose map is shown.
    cmap : CollisionMap or None
        That map.
    """

    def __init__(self, setups: StudySetups, *, off_screen: bool = False) -> None:
        volumes = volumes_of(setups.result.table)
        if not volumes:
            raise no_plane(setups.result.title, setups.result.table)
        if off_screen:
            renderer.require()
        import pyvista as pv

        self.setups, self.volume = setups, volumes[0]
        self.rows = self.volume.row[self.volume.row != NO_CASE]
        self._cells = np.argwhere(self.volume.row != NO_CASE)
        self._room = AtlasRoom.of(setups.first)
        isocentres = np.stack([axis[at] for axis, at in zip(self.volume.axes_mm, self._cells.T, strict=True)], axis=1)
        self.places_mm = self._room.places_mm(isocentres)
        self.chosen: int | None = None
        self.cmap: CollisionMap | None = None
        self._slice: Slice | None = None
        self._plane = 0
        with pv.vtk_verbosity("error") if off_screen else nullcontext():  # it warns of screens that it does not need
            self.plotter = pv.Plotter(
                off_screen=off_screen or None,
                window_size=SIZE,
                shape=(1, 2),
                col_weights=(1 - PANEL_SHARE, PANEL_SHARE),
                border=False,
            )
        self.plotter.render_window.SetMultiSamples(0)  # smooth edges take a processor 0.1 s a frame
        self._renderer = self.plotter.renderers[0]
        self._sphere: list[pyvista.Actor] = []
        self._build()
        self.show_slice(None)

    def __enter__(self) -> AtlasWindow:
        """Return the window; it is closed in the end."""
        return self

    def __exit__(self, *_: object) -> None:
        self.plotter.close()

    def picture(self) -> NDArray[np.uint8]:
        """Return what is seen, shape (height, width, 3), with smooth edges."""
        self.plotter.render_window.SetMultiSamples(SAMPLES)
        return np.asarray(self.plotter.screenshot(return_img=True))[..., :3]

    @property
    def texts(self) -> tuple[str, str]:
        """The heading, and what stands under it."""
        return self._captions.texts

    def add_help(self, text: str) -> None:
        """Write what the keys do."""
        self._captions.add_help(text)

    def show_slice(self, plane: Slice | None, at: int | None = None) -> None:
        """Show one slice of the lattice, as a whole; all targets apart from each other if none is named.

        Parameters
        ----------
        plane : {"transverse", "coronal", "sagittal"}, optional
            Which way it cuts.
        at : int, optional
            Which plane of the lattice; the middle if not given.
        """
        self._slice = plane
        if plane is None:
            self.is_shown = np.ones(len(self._cells), dtype=bool)
        else:
            axis = VIEWS[plane].across
            last = len(self.volume.axes_mm[axis]) - 1
            self._plane = self.volume.plane(axis, None) if at is None else int(np.clip(at, 0, last))
            self.is_shown = self._cells[:, axis] == self._plane
        self._targets.mapper.dataset.copy_from(self._cubes())
        self._tell()
        self.plotter.render()

    def step(self, planes: int) -> None:
        """Go on by so many planes of the lattice."""
        if self._slice is not None:
            self.show_slice(self._slice, self._plane + planes)

    def choose(self, target: int) -> None:
        """Show what was found of a target, its map and its sphere: as they were kept, else coarse ones, made now."""
        self.chosen, index = target, int(self.setups.result.table[INDEX].iloc[self.rows[target]])
        self._mark.position, self._mark.visibility = tuple(self.places_mm[target]), True
        self._tell("working on its map …")
        self.plotter.render()
        try:
            self.cmap, note = self.setups.map_of(index), ""
        except SimulatorError as error:
            self.cmap, note = None, str(error)
        self._show_map(target)
        self._tell(note)
        self.plotter.render()

    def target_at(self, x: float, y: float) -> int | None:
        """Return which of the shown targets is at a point of the window, in its pixels, up from the lower left."""
        if not self._renderer.IsInViewport(round(x), round(y)):
            return None
        near, far = point_at(self._renderer, x, y, 0.0), point_at(self._renderer, x, y, 1.0)
        shown = np.flatnonzero(self.is_shown)
        hit = first_box(near, far - near, self.places_mm[shown], self._size_mm / 2)
        return None if hit is None else int(shown[hit])

    @property
    def _size_mm(self) -> float:
        return self.volume.spacing_mm * (APART if self._slice is None else FILLED)

    def _build(self) -> None:
        """Add what is there whatever is shown: patient, table top, targets, the mark of the chosen one, words."""
        import pyvista as pv

        self.plotter.set_background("#f4f6f8", all_renderers=False)
        self._renderer.SetUseOIT(False)  # what is translucent is added in the order in which it is drawn
        self._targets = self.plotter.add_mesh(pv.Cube(), scalars=None, rgb=False, lighting=False)
        mapper = self._targets.mapper
        mapper.scalar_visibility, mapper.color_mode, mapper.scalar_map_mode = True, "direct", "cell"
        self._mark = self.plotter.add_mesh(
            _cube(MARKED * self.volume.spacing_mm), style="wireframe", color=OUTLINE, line_width=2, lighting=False
        )
        self._mark.visibility = False
        for body in self._room.bodies:
            actor = self.plotter.add_mesh(shaded(body.mesh), color=body.colour, opacity=SEEN_THROUGH)
            actor.user_matrix = self._room.T_fixed(body)
        self._captions = Captions(self.plotter, self.setups.result.warnings)
        camera = self.plotter.camera
        camera.position, camera.focal_point, camera.up = self._room.camera(self.places_mm)
        camera.view_angle = VIEW_DEG
        self._renderer.reset_camera_clipping_range()
        self.plotter.subplot(0, 1)
        self.plotter.set_background("white", all_renderers=False)
        self.plotter.subplot(0, 0)

    def _cubes(self) -> Any:
        """Return the targets that are shown, as coloured cubes."""
        import pyvista as pv

        limits = limits_of(self.volume)
        middle = self.volume.shares.middle[self.volume.row != NO_CASE]
        colours = np.array([rgb(colour) for colour in colours_of(middle, limits)])[self.is_shown]
        targets = pv.PolyData(self.places_mm[self.is_shown])
        cubes = targets.glyph(geom=_cube(self._size_mm), scale=False, orient=False)
        cubes.clear_data()
        cubes.cell_data["colour"] = np.repeat(
            np.rint(255 * colours).astype(np.uint8), cubes.n_cells // len(colours), 0
        )
        cubes.set_active_scalars("colour", preference="cell")
        return cubes

    def _show_map(self, target: int) -> None:
        """Show the map beside the patient, and its sphere around the target; nothing if there is none."""
        import pyvista as pv

        for actor in self._sphere:
            self.plotter.remove_actor(actor, render=False)
        self._sphere = []
        self.plotter.subplot(0, 1)
        self.plotter.renderer.clear_actors()
        cmap = self.cmap
        if cmap is not None:
            Panel(self.plotter, cmap, (round(SIZE[0] * PANEL_SHARE), SIZE[1]), has_marker=False)
        self.plotter.subplot(0, 0)
        if cmap is None or not cmap.has_area:
            return
        T = T_fixed_chart(self._room.setup, cmap, {})
        T[:3, :3] *= SPHERE_MM / RADIUS_MM
        T[:3, 3] = self.places_mm[target]
        texture = pv.Texture(picture(cmap, Palette(cmap)))
        for culling, opacity in (("front", 1.0), ("back", 0.4)):
            half = self.plotter.add_mesh(
                surface(), texture=texture, culling=culling, opacity=opacity, lighting=False, reset_camera=False
            )
            half.user_matrix = T
            self._sphere.append(half)

    def _tell(self, note: str = "") -> None:
        """Write what is shown, and what was found of the chosen target."""
        lines = [self.setups.result.title, self.volume.label, self.volume.shares.stated_gap(WHOLE)]
        low, high = limits_of(self.volume)
        lines.append(f"dark {low:.1f} % to light {high:.1f} % of {WHOLE}; grey: no answer")
        if self._slice is not None:
            axis = VIEWS[self._slice].across
            lines.append(f"{self._slice} slice, {'xyz'[axis]} = {self.volume.axes_mm[axis][self._plane]:g} mm")
        if self.chosen is not None:
            lines += said_of(self.setups.result.table.iloc[self.rows[self.chosen]], WHOLE)
        self._captions.tell_lines("ATLAS", [line for line in (*lines, note) if line])


def _cube(edge_mm: float) -> Any:
    import pyvista as pv

    return pv.Cube(x_length=edge_mm, y_length=edge_mm, z_length=edge_mm)
