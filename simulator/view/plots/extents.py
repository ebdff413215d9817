"""Maps without an area on the sphere: a ring of directions; a strip, a plane or slices of axes that slide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from simulator.collision.contact import Status
from simulator.geometry.angles import FULL_TURN_DEG
from simulator.maps.collision_map import CollisionMap
from simulator.maps.fine import FineMap
from simulator.maps.slices import sliced
from simulator.scenario.axis import SYMBOLS, Axis
from simulator.view.colours import Palette
from simulator.view.plots.figures import NORMAL, SMALL
from simulator.view.plots.marks import draw_borders, draw_marks, outline
from simulator.view.plots.poses import scale_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import FigureBase

MOST_SLICES, ROW = 5, 3
"""Of a map of three axes, evenly through the third; so many of them in a row."""
RING = (0.62, 0.92)
"""Inner and outer radius, of half of the picture."""
PIXELS = 900
MOST_ALIKE = 3.0
HEIGHTS_MM = {"ring": 90.0, "strip": 30.0, "plane": 100.0, "row": 66.0}


def kind_of(cmap: CollisionMap) -> str:
    """Return how a map is drawn: as a ring, a strip, a plane or slices."""
    if cmap.unit == "deg":
        return "ring"
    return {1: "strip", 2: "plane"}.get(len(cmap.counted), "slices")


def height_mm(cmap: CollisionMap) -> float:
    """Return the room in height that a drawing needs."""
    kind = kind_of(cmap)
    if kind == "slices":
        return HEIGHTS_MM["row"] * -(-len(_places(cmap)) // ROW)
    return HEIGHTS_MM[kind]


def draw_extent(cmap: CollisionMap, figure: FigureBase, palette: Palette) -> None:
    """Draw a map without an area into a figure, coloured and numbered by culprit, what is free outlined.

    Parameters
    ----------
    cmap : CollisionMap
        The map.
    figure : matplotlib figure
        Or a part of one.
    palette : Palette
        Its colours.
    """
    kind, counted = kind_of(cmap), cmap.reduced
    if kind == "ring":
        _draw_ring(counted.sweep.axes[0], sliced(counted, {}), palette, figure.add_subplot())
        return
    places = _places(cmap)
    rows = -(-len(places) // ROW)
    for number, at in enumerate(places, start=1):
        axes = figure.add_subplot(rows, min(len(places), ROW), number)
        shown = [axis for axis in counted.sweep if axis.joint not in at]
        _draw_plane(shown, sliced(counted, at), palette, axes)
        if at:
            axes.set_title(", ".join(f"{joint} {value:g} mm" for joint, value in at.items()), fontsize=SMALL)


def _places(cmap: CollisionMap) -> list[dict[str, float]]:
    """Return the values of the third and further axes at which slices are drawn; one place without any."""
    _, _, third, *further = (*cmap.reduced.sweep.axes, None, None)
    if third is None:
        return [{}]
    middle = {axis.joint: float(axis.values()[axis.size // 2]) for axis in further if axis is not None}
    values = third.values()
    chosen = np.unique(np.round(np.linspace(0, len(values) - 1, min(MOST_SLICES, len(values)))).astype(int))
    return [{third.joint: float(values[at]), **middle} for at in chosen]


def _draw_plane(shown: list[Axis], fine: FineMap, palette: Palette, axes: Axes) -> None:
    """Draw a slice: the first axis across, the second up; of one axis a strip."""
    extent = (fine.inner_edges[0], fine.inner_edges[-1], fine.outer_edges[0], fine.outer_edges[-1])
    picture = palette.image(fine.status, fine.culprit)
    axes.imshow(picture.swapaxes(0, 1), origin="lower", extent=extent, aspect=_aspect(shown), interpolation="nearest")
    _draw_over(fine.status, fine.culprit, (fine.inner, fine.outer), palette, axes)
    labels = [f"{axis.joint} /{SYMBOLS[axis.unit]}" for axis in shown]
    axes.set_xlabel(labels[0], parse_math=False)
    if len(shown) == 2:
        axes.set_ylabel(labels[1], parse_math=False)
    else:
        axes.set_yticks([])


def _aspect(shown: list[Axis]) -> Literal["equal", "auto"]:
    """Return how millimetres across and up are drawn: alike, where neither range is much longer than the other."""
    spans = sorted(axis.stop - axis.start for axis in shown)
    return "equal" if len(spans) == 2 and spans[1] <= MOST_ALIKE * spans[0] else "auto"


def _draw_ring(axis: Axis, fine: FineMap, palette: Palette, axes: Axes) -> None:
    """Draw the circle as one sees it who faces the gantry: 0° above, 90° to the right."""
    at = (np.arange(PIXELS) + 0.5) / PIXELS * 2 - 1
    x, y = np.meshgrid(at, at, indexing="ij")
    radius = np.hypot(x, y)
    is_seen = (radius > RING[0]) & (radius < RING[1])
    ahead = (np.rad2deg(np.arctan2(x, y)) - fine.inner_edges[0]) % FULL_TURN_DEG
    index = (ahead / np.diff(fine.inner_edges)[0]).astype(int)
    is_known = index < len(fine.inner)
    index = np.minimum(index, len(fine.inner) - 1)
    status = np.where(is_known, fine.status[index, 0], -1).astype(np.int8)
    culprit = np.where(is_known, fine.culprit[index, 0], -1).astype(np.int16)
    picture = np.where(is_seen[..., None], palette.image(status, culprit), 1.0)
    axes.imshow(picture.swapaxes(0, 1), origin="lower", extent=(-1, 1, -1, 1), interpolation="bilinear")
    _draw_over(np.where(is_seen, status, -1).astype(np.int8), culprit, (at, at), palette, axes, is_seen)
    turn = np.linspace(0.0, 2 * np.pi, 361)
    for rim in RING:
        axes.plot(rim * np.sin(turn), rim * np.cos(turn), color="black", linewidth=0.6)
    for value in range(0, 360, 45):
        place = np.sin(np.deg2rad(value)), np.cos(np.deg2rad(value))
        shown = axis.start + (value - axis.start) % FULL_TURN_DEG
        axes.text(1.02 * place[0], 1.02 * place[1], f"{shown:g}°", ha="center", va="center", fontsize=SMALL)
    name = axis.joint + scale_of(axis.joint, "\n")
    axes.text(0, 0, name, ha="center", va="center", fontsize=NORMAL, parse_math=False)
    axes.set_xlim(-1.12, 1.12)
    axes.set_ylim(-1.12, 1.12)
    axes.set_aspect("equal")
    axes.axis("off")


def _draw_over(
    status: NDArray[np.int8],
    culprit: NDArray[np.int16],
    places: tuple[NDArray[np.float64], NDArray[np.float64]],
    palette: Palette,
    axes: Axes,
    is_seen: NDArray[Any] | None = None,
) -> None:
    """Draw borders, the outline of what is free, and the numbers of the culprits."""
    regions = palette.regions(status, culprit)
    draw_borders(regions, places, axes, is_seen)
    outline(status == Status.FREE, places, axes, is_seen)
    draw_marks(regions, palette.marks, places, axes)
