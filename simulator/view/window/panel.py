"""The map beside the room: drawn once as the plot is, with a marker at the pose, and values of a click."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulator.maps.collision_map import CollisionMap
from simulator.view.colours import Palette
from simulator.view.plots.extents import draw_extent
from simulator.view.plots.figures import MM_PER_INCH, culprits_figure, paper_style
from simulator.view.plots.maps import plot_map
from simulator.view.plots.marks import hatch_key
from simulator.view.steering import wrapped

if TYPE_CHECKING:
    import pyvista
    from matplotlib.axes import Axes

WIDTH_MM = 150.0
"""Of the picture: how large its type is."""
TEXT_SIZE, TEXT_TOP = 12, 0.965
MARKER_RADIUS = 9.0
"""In pixels of the picture."""


class Panel:
    """A picture of the map that fills a renderer, in coordinates of its pixels, up from the lower left corner.

    Parameters
    ----------
    plotter : pyvista.Plotter
        Its active renderer is filled.
    cmap : CollisionMap
        The map.
    size : tuple of int
        Width and height in pixels.
    has_marker : bool
        Whether it shows a pose.
    """

    def __init__(
        self, plotter: pyvista.Plotter, cmap: CollisionMap, size: tuple[int, int], *, has_marker: bool = True
    ) -> None:
        import pyvista as pv

        pixels, self._axes = _drawn(cmap, size)
        self._has_area = cmap.has_area
        self._renderer = plotter.renderer
        self._size = size
        self._shown: tuple[float, ...] = (0.0, 0.0)
        picture = pv.Plane(
            center=(size[0] / 2, size[1] / 2, 0), i_size=size[0], j_size=size[1], i_resolution=1, j_resolution=1
        )
        texture = pv.Texture(pixels)
        texture.interpolate = True  # a window may have another size
        self._picture = plotter.add_mesh(picture, texture=texture, lighting=False)
        rings = ((0.72, 1.28, "white", 1.0), (0.85, 1.15, "black", 2.0)) if self._has_area and has_marker else ()
        self._marker = [self._add_ring(plotter, *ring) for ring in rings]
        plotter.camera_position = (
            (size[0] / 2, size[1] / 2, 100.0),
            (size[0] / 2, size[1] / 2, 0.0),
            (0.0, 1.0, 0.0),
        )
        plotter.enable_parallel_projection()
        self._renderer.InteractiveOff()  # the map is neither turned nor zoomed
        self.fit()

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture, in its pixels."""
        return self._size

    def add_text(self) -> Any:
        """Return lines of text at the top, empty."""
        import pyvista as pv

        text = pv.Text("", position=(0.02, TEXT_TOP))
        text.prop.font_size, text.prop.justification_vertical = TEXT_SIZE, "top"
        text.GetPositionCoordinate().SetCoordinateSystemToNormalizedViewport()
        self._renderer.add_actor(text, reset_camera=False, pickable=False)
        return text

    def fit(self) -> None:
        """Show the whole picture, whatever the shape of the renderer."""
        width, height = self._renderer.GetSize()
        self._renderer.camera.parallel_scale = max(self._size[1], self._size[0] * height / max(width, 1)) / 2

    def show(self, pixels: NDArray[np.uint8], axes: Axes) -> None:
        """Show another picture (height, width, 3) of the same size, with the axes of a map in it."""
        import pyvista as pv

        texture = pv.Texture(pixels)
        texture.interpolate = True
        self._picture.texture = texture
        self._axes = axes
        self.place(*self._shown)

    def place(self, *values: float) -> None:
        """Move the marker to the values of the two joints of the map; a map without an area has none."""
        if not self._has_area:
            return
        self._shown = values
        x, y = self._on_picture(*values)
        for ring in self._marker:
            ring.position = (x, y, 0.0)

    def values_at(self, x: float, y: float) -> tuple[float, float] | None:
        """Return the values of the two joints at a point of the window, in its pixels; None beside the map.

        On a map without an area a point means no pose: it shows rings or slices.
        """
        if not self._has_area:
            return None
        self._renderer.SetDisplayPoint(x, y, 0.0)
        self._renderer.DisplayToWorld()
        point = np.array(self._renderer.GetWorldPoint()[:2])
        if not self._renderer.IsInViewport(round(x), round(y)) or not self._axes.bbox.padded(1.0).contains(*point):
            return None
        inner, outer = self._axes.transData.inverted().transform(point)
        return float(np.clip(inner, *self._axes.get_xlim())), float(np.clip(outer, *self._axes.get_ylim()))

    def point_of(self, inner: float, outer: float) -> tuple[float, float]:
        """Return the point of the window, in its pixels, where the map shows two values; see :meth:`values_at`."""
        x, y = self._on_picture(inner, outer)
        self._renderer.SetWorldPoint(x, y, 0.0, 1.0)
        self._renderer.WorldToDisplay()
        shown = self._renderer.GetDisplayPoint()
        return float(shown[0]), float(shown[1])

    def _on_picture(self, inner: float, outer: float) -> tuple[float, float]:
        """Return where the map shows two values, in pixels of the picture."""
        limits = self._axes.get_xlim(), self._axes.get_ylim()
        shown = [wrapped(value, *ends) for value, ends in zip((inner, outer), limits, strict=True)]
        x, y = self._axes.transData.transform(shown)
        return float(x), float(y)

    def _add_ring(
        self, plotter: pyvista.Plotter, inner: float, outer: float, colour: str, height: float
    ) -> pyvista.Actor:
        import pyvista as pv

        ring = pv.Disc(
            center=(0, 0, height),
            inner=inner * MARKER_RADIUS,
            outer=outer * MARKER_RADIUS,
            normal=(0, 0, 1),
            c_res=40,
        )
        return plotter.add_mesh(ring, color=colour, lighting=False)


@paper_style()
def _drawn(cmap: CollisionMap, size: tuple[int, int]) -> tuple[NDArray[np.uint8], Axes]:
    """Return the picture (height, width, 3) and the axes of the map in it."""
    palette = Palette(cmap)
    height_mm = WIDTH_MM * size[1] / size[0]
    figure = culprits_figure(cmap, palette, height_mm, hatch_key(cmap), width_mm=WIDTH_MM)
    besides_mm = figure.get_figheight() * MM_PER_INCH - height_mm  # title, legend and disclaimer
    figure = culprits_figure(cmap, palette, height_mm - besides_mm, hatch_key(cmap), width_mm=WIDTH_MM)
    figure.set_dpi(size[0] / WIDTH_MM * MM_PER_INCH)
    if cmap.has_area:
        axes = plot_map(cmap, figure.add_subplot(), palette)
    else:
        draw_extent(cmap, figure, palette)
        axes = figure.axes[0]
    canvas: Any = figure.canvas
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3], axes
