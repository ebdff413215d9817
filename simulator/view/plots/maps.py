"""The map as a plot: the joint nearer the beam across, with its culprits and lines of equal clearance."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from simulator.arguments import checked
from simulator.collision.contact import Status
from simulator.geometry.angles import FULL_TURN_DEG
from simulator.maps.collision_map import CollisionMap
from simulator.view.colours import Palette
from simulator.view.plots.extents import draw_extent, height_mm
from simulator.view.plots.figures import SMALL, culprits_figure, paper_style, write
from simulator.view.plots.marks import draw_borders, draw_marks, hatch, hatch_key, outline
from simulator.view.plots.poses import Raster, draw_poses, shown_range

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CLEARANCES_MM = (20, 50, 100, 200)
"""Each about twice the one before: lines that keep apart, as clearance grows faster away from what is near."""
CLEARANCE_COLOUR = "#404040"
LEAST_MM, MOST_MM = 25.0, 90.0
AXES_WIDTH_MM, LABELS_MM = 165.0, 12.0
"""Height of a map in a figure, and what is beside it: as its ranges are, but neither flat nor tall."""


@checked
def plot_map(cmap: CollisionMap, axes: Axes, palette: Palette | None = None) -> Axes:
    """Draw the map: the gantry (the joint nearer the beam) across, the couch up, coloured and numbered by culprit.

    What is free is outlined, and hatched where no way leads to it from the home pose; of a certified map it is proven
    free, seen to 0.2°. Where clearances were measured, lines tell where it is 20, 50, 100 and 200 mm, those only that
    are more than both buffers: a buffer ends at the outline.

    Parameters
    ----------
    cmap : CollisionMap
        The map.
    axes : matplotlib Axes
        Where to draw.
    palette : Palette, optional
        Its colours; those of the map if not given.

    Returns
    -------
    matplotlib Axes
        As given.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> import simulator as sim
    >>> setup = sim.load_setup("brain")
    >>> sweep = sim.Sweep(gantry=(-180, 180, 10), couch=(-90, 90, 10))
    >>> cmap = sim.collision_map(setup, sweep=sweep, tolerance=0.05)
    >>> axes = sim.plot_map(cmap, plt.figure().subplots())
    >>> axes.get_xlabel(), axes.get_ylabel()
    ('gantry angle / ° (IEC 61217)', 'couch angle / ° (IEC 61217)')
    """
    palette = palette or Palette(cmap)
    fine = cmap.fine
    raster = Raster.over(fine.inner_edges, fine.outer_edges)
    status, culprit = raster.of(fine.status), raster.of(fine.culprit)
    draw_poses(raster, palette.index(status, culprit), palette.colours, cmap.chart, axes)
    places = raster.across, raster.up
    regions = palette.regions(status, culprit)
    draw_borders(regions, places, axes)
    if cmap.fine_cut_off is not None:
        hatch(raster.of(cmap.fine_cut_off), places, axes)
    outline(status == Status.FREE, places, axes)
    _draw_clearances(cmap, axes)
    draw_marks(regions, palette.marks, places, axes)
    return axes


def clearance_levels_mm(cmap: CollisionMap) -> list[int]:
    """Return the clearances that lines are drawn for; none if they were not measured."""
    plane = cmap.reduced.dataset
    if "clearance_mm" not in plane or 1 in plane["status"].shape:
        return []
    largest = float(plane["clearance_mm"].max())
    return [level for level in CLEARANCES_MM if max(cmap.provenance["buffers"].values()) < level < largest]


@paper_style()
def map_figure(cmap: CollisionMap, *, has_title: bool = True) -> Figure:
    """Return the map with legend and disclaimer, and with title and solid angle where nothing else tells them."""
    from matplotlib.lines import Line2D

    if not cmap.has_area:
        palette = Palette(cmap)
        figure = culprits_figure(cmap, palette, height_mm(cmap), has_title=has_title)
        draw_extent(cmap, figure, palette)
        return figure
    left, right, bottom, top = Raster.over(cmap.fine.inner_edges, cmap.fine.outer_edges).extent
    tall_mm = float(np.clip(AXES_WIDTH_MM * (top - bottom) / max(right - left, 1.0), LEAST_MM, MOST_MM))
    has_lines = bool(clearance_levels_mm(cmap))
    line = Line2D([], [], color=CLEARANCE_COLOUR, linewidth=0.6, label="clearance in mm")
    palette = Palette(cmap)
    more = [*hatch_key(cmap), *([line] if has_lines else [])]
    figure = culprits_figure(cmap, palette, tall_mm + LABELS_MM, more, has_title=has_title)
    plot_map(cmap, figure.add_subplot(), palette)
    return figure


@paper_style()
def save_map(cmap: CollisionMap, path: Path) -> None:
    """Write ``map.png``, or ``.pdf`` or ``.svg``: the map with title, solid angle and legend."""
    write(map_figure(cmap), path)


def _draw_clearances(cmap: CollisionMap, axes: Axes) -> None:
    """Draw lines of equal clearance between the poses of the grid, each with its millimetres."""
    levels = clearance_levels_mm(cmap)
    if not levels:
        return
    plane = cmap.reduced
    inner, outer = plane.sweep
    across, clearance = inner.values(), plane.dataset["clearance_mm"].values
    # Poses with clearance that are not free: the machine's own parts are in the way of each other.
    clearance = np.ma.masked_where(~plane.is_free & (clearance > levels[0]), clearance)
    if inner.is_full_turn:
        start, stop = shown_range(inner.edges())
        turns = np.concatenate([across - FULL_TURN_DEG, across, across + FULL_TURN_DEG])
        row = np.flatnonzero((turns > start - inner.step) & (turns < stop + inner.step))
        across, clearance = turns[row], clearance[row % len(across)]
    lines = axes.contour(across, outer.values(), clearance.T, levels=levels, colors=CLEARANCE_COLOUR, linewidths=0.6)
    axes.clabel(lines, fontsize=SMALL, fmt="%d", inline_spacing=2)
