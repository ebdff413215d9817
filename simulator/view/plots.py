"""The map and the sphere of directions as plots: functions that draw on axes and return them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from simulator.collision.contact import Status
from simulator.geometry.angles import FloatArray
from simulator.geometry.directions import FULL_SPHERE_SR
from simulator.mapping.buffers import BufferCurve
from simulator.mapping.collision_map import CollisionMap
from simulator.mapping.provenance import DISCLAIMER
from simulator.mapping.sphere import look_up
from simulator.view.colours import Key, Palette

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

DPI = 150
SPHERE_PIXELS = 400
LABELS = {"anterior": ("R", "L"), "posterior": ("L", "R")}
"""What stands at the left and right rim of each hemisphere."""


def plot_map(cmap: CollisionMap, axes: Axes, palette: Palette | None = None) -> Axes:
    """Draw the map: gantry across, couch up, coloured by culprit, the free arcs outlined.

    Parameters
    ----------
    cmap : CollisionMap
        The map.
    axes : matplotlib Axes
        Where to draw.
    palette : Palette, optional
        Its colours; those of the map if not given.
    """
    colours = (palette or Palette(cmap)).image(cmap.status, cmap.dataset["culprit"].values.astype(np.int16))
    draw_poses(cmap.gantry_edges_deg, cmap.couch_edges_deg, colours, axes)
    _outline_arcs(cmap, axes)
    return axes


def draw_poses(
    gantry_edges_deg: FloatArray,
    couch_edges_deg: FloatArray,
    colours: FloatArray,
    axes: Axes,
) -> None:
    """Draw colours (gantry, couch, 3) of poses, gantry across, couch up."""
    gantry, couch = gantry_edges_deg, visible_edges(couch_edges_deg)
    axes.pcolormesh(gantry, couch, colours.swapaxes(0, 1), rasterized=True)
    axes.set_xlim(gantry[0], gantry[-1])
    axes.set_ylim(couch[0], couch[-1])
    axes.set_xlabel("gantry angle / ° (IEC 61217)")
    axes.set_ylabel("couch angle / ° (IEC 61217)")
    if gantry[-1] - gantry[0] > 180:
        axes.set_xticks(np.arange(np.ceil(gantry[0] / 45) * 45, gantry[-1] + 1, 45))
    if couch[-1] - couch[0] > 90:
        axes.set_yticks(np.arange(np.ceil(couch[0] / 30) * 30, couch[-1] + 1, 30))


def plot_sphere(cmap: CollisionMap, axes: Axes, hemisphere: str = "anterior", palette: Palette | None = None) -> Axes:
    """Draw one hemisphere of beam directions, seen from outside, areas true to the sphere's.

    Lambert's azimuthal equal-area projection: r = 2 sin(angle from the centre / 2). A point is where the source
    stands, seen from the isocentre, in the patient's axes: head up.

    Parameters
    ----------
    cmap : CollisionMap
        The map.
    axes : matplotlib Axes
        Where to draw.
    hemisphere : {"anterior", "posterior"}
        Which half.
    palette : Palette, optional
        Its colours; those of the map if not given.
    """
    shown = palette or Palette(cmap)
    draw_hemisphere(hemisphere, lambda directions: shown.image(*look_up(cmap, directions)), axes)
    return axes


def draw_hemisphere(hemisphere: str, colours_of: Callable[[FloatArray], FloatArray], axes: Axes) -> None:
    """Draw a hemisphere from a function of unit vectors (n, 3) in DICOM patient axes to colours (n, 3)."""
    front = -1.0 if hemisphere == "anterior" else 1.0
    rim = np.sqrt(2.0)
    pixels = (np.arange(SPHERE_PIXELS) + 0.5) / SPHERE_PIXELS * 2 - 1
    across, up = np.meshgrid(pixels * rim, -pixels * rim)
    radius_squared = across**2 + up**2
    on_disc = radius_squared <= rim**2
    shrink = np.sqrt(1 - radius_squared[on_disc] / 4)
    # The patient's left is on the right of somebody who looks at the front, and on the left from behind.
    x, z = -front * across[on_disc] * shrink, up[on_disc] * shrink
    y = front * (1 - radius_squared[on_disc] / 2)
    picture = np.ones((*on_disc.shape, 3))
    picture[on_disc] = colours_of(np.stack([x, y, z], axis=1))
    axes.imshow(picture, extent=(-rim, rim, -rim, rim), interpolation="nearest")
    turn = np.linspace(0, 2 * np.pi, 361)
    axes.plot(rim * np.cos(turn), rim * np.sin(turn), color="black", linewidth=0.8)
    for text, place in zip((*LABELS[hemisphere], "H", "F"), ((-1, 0), (1, 0), (0, 1), (0, -1)), strict=True):
        axes.text(place[0] * rim * 1.07, place[1] * rim * 1.07, text, ha="center", va="center")
    axes.set_title(hemisphere)
    axes.set_xlim(-rim * 1.15, rim * 1.15)
    axes.set_ylim(-rim * 1.15, rim * 1.15)
    axes.set_aspect("equal")
    axes.axis("off")


def plot_buffers(curve: BufferCurve, axes: Axes) -> Axes:
    """Draw the achievable solid angle against the buffer: the proven bounds, with what lies between them filled.

    Parameters
    ----------
    curve : BufferCurve
        The curve.
    axes : matplotlib Axes
        Where to draw.
    """
    lower, upper = (100 * bound / FULL_SPHERE_SR for bound in (curve.lower_sr, curve.upper_sr))
    axes.fill_between(curve.buffers_mm, lower, upper, color="#0072b2", alpha=0.4, linewidth=0, label="proven bounds")
    axes.plot(curve.buffers_mm, lower, color="#0072b2", linewidth=0.8)
    axes.plot(curve.buffers_mm, upper, color="#0072b2", linewidth=0.8)
    axes.set_xlabel("buffer to patient and couch / mm")
    axes.set_ylabel("achievable solid angle / % of 4π")
    axes.set_xlim(curve.buffers_mm[0], curve.buffers_mm[-1])
    axes.set_ylim(bottom=0.0)
    axes.grid(color="#dddddd", linewidth=0.5)
    axes.legend(frameon=False)
    return axes


def save_buffers(curve: BufferCurve, title: str, path: Path) -> None:
    """Write ``omega.png``: the solid angle against the buffer."""
    figure = new_figure(7.0, 4.6)
    plot_buffers(curve, figure.add_subplot())
    figure.suptitle(title, fontsize="medium")
    figure.supxlabel(DISCLAIMER, fontsize=6, color="#555555")
    figure.savefig(path, dpi=DPI, metadata={"Software": None})


def save_map(cmap: CollisionMap, path: Path) -> None:
    """Write ``map.png``: the map with legend, solid angle and title."""
    figure = new_figure(11.0, 5.2)
    axes = figure.add_subplot()
    plot_map(cmap, axes)
    _finish(figure, cmap, path)


def save_sphere(cmap: CollisionMap, path: Path) -> None:
    """Write ``sphere.png``: both hemispheres of directions with legend, solid angle and title."""
    figure = new_figure(11.0, 5.2)
    for index, hemisphere in enumerate(LABELS):
        plot_sphere(cmap, figure.add_subplot(1, 2, index + 1), hemisphere)
    _finish(figure, cmap, path)


def new_figure(width: float, height: float) -> Figure:
    """Return a figure that needs no screen and no global state."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def patches(keys: list[Key]) -> list[Patch]:
    """Return the lines of a legend."""
    from matplotlib.patches import Patch

    return [Patch(facecolor=key.rgb, edgecolor="black", linewidth=0.5, label=key.label) for key in keys]


def _finish(figure: Figure, cmap: CollisionMap, path: Path) -> None:
    omega = cmap.solid_angle()
    figure.suptitle(
        f"{cmap.title}\nachievable {omega.sr:.2f} sr = {100 * omega.fraction_of_4pi:.1f} % of 4π "
        f"({'proven: ' if omega.is_proven else ''}{omega.lower_sr:.2f} to {omega.upper_sr:.2f} sr)",
        fontsize="medium",
    )
    figure.legend(
        handles=patches(Palette(cmap).legend()),
        loc="outside right center",
        fontsize="small",
        title="in the way\n(lighter: buffer)",
    )
    figure.supxlabel(DISCLAIMER, fontsize=6, color="#555555")
    figure.savefig(path, dpi=DPI, metadata={"Software": None})


def visible_edges(edges: FloatArray) -> FloatArray:
    """Give a couch that does not turn a strip to be seen in."""
    return edges if edges[-1] > edges[0] else np.array([edges[0] - 0.5, edges[0] + 0.5])


def _outline_arcs(cmap: CollisionMap, axes: Axes) -> None:
    """Outline the free arcs: their bisected ends, and the steps between neighbouring couch angles."""
    from matplotlib.collections import LineCollection

    gantry, couch = cmap.gantry_edges_deg, visible_edges(cmap.couch_edges_deg)
    row_of = {float(angle): row for row, angle in enumerate(cmap.dataset["couch"].values)}
    segments = []
    for angle, start, stop in zip(
        *(cmap.dataset[name].values for name in ("arc_couch", "arc_start", "arc_stop")), strict=True
    ):
        if stop - start >= 360.0:
            continue  # all round: it has no ends
        row = row_of[float(angle)]
        for end in (start, stop):
            shown = end - 360 if end > gantry[-1] else end
            segments.append([(shown, couch[row]), (shown, couch[row + 1])])
    changes = np.diff((cmap.status == Status.FREE).astype(np.int8), axis=1) != 0
    for column, row in zip(*np.nonzero(changes), strict=True):
        segments.append([(gantry[column], couch[row + 1]), (gantry[column + 1], couch[row + 1])])
    axes.add_collection(LineCollection(segments, colors="black", linewidths=0.6))
