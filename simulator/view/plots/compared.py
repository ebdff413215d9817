"""Two maps side by side, and what changes from one to the other, as plots."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulator.maps.collision_map import CollisionMap
from simulator.maps.comparison import Comparison
from simulator.maps.extent_comparison import ExtentComparison
from simulator.view.colours import FREE, Key, Palette, culprits_by_poses, rgb
from simulator.view.plots.extents import draw_extent, height_mm
from simulator.view.plots.figures import SMALL, paper_figure, paper_style, patches, short, shown, titles, write
from simulator.view.plots.hemispheres import LABELS, Disc, draw_disc, plot_sphere
from simulator.view.plots.maps import plot_map
from simulator.view.plots.marks import hatch_key
from simulator.view.plots.poses import Raster, draw_poses

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CHANGES = {
    "gained": "#3d9fd6",
    "lost": "#8f2d00",
    "free in both": FREE,
    "not free in both": "#bdbdbd",
    "not compared": "#e4e4e4",
}
"""Blue and a dark vermilion, after Okabe and Ito: told apart with any colour vision, and by their greys alone."""
_COLOURS = np.array([rgb(colour) for colour in CHANGES.values()])
CONTENT_MM = 185.0
EXTENT_TITLES_MM = 20.0
LONGEST_TITLE = 62
GAINED, LOST, FREE_IN_BOTH, NOT_FREE_IN_BOTH, NOT_COMPARED = range(len(CHANGES))


def plot_changes(change: Comparison, axes: Axes) -> Axes:
    """Draw which common poses are gained and lost: the gantry (the joint nearer the beam) across, the couch up.

    Parameters
    ----------
    change : Comparison
        What changes.
    axes : matplotlib Axes
        Where to draw.
    """
    changes = _changes(change.free_before, change.free_after)
    raster = Raster.over(change.axes[0].edges, change.axes[1].edges)
    draw_poses(raster, raster.of(changes), _COLOURS, change.chart, axes)
    return axes


def plot_changed_sphere(change: Comparison, axes: Axes, hemisphere: str = "anterior") -> Axes:
    """Draw which directions are gained and lost on one hemisphere, as :func:`sim.plot_sphere` draws it.

    Parameters
    ----------
    change : Comparison
        What changes.
    axes : matplotlib Axes
        Where to draw.
    hemisphere : {"anterior", "posterior"}
        Which half.
    """
    before, after, compared = change.folded.covered
    changes = np.where(compared, _changes(before, after), NOT_COMPARED)
    disc = Disc.of(hemisphere)
    strip, cell = change.folded.cells_of(disc.directions_patient @ change.R_chart_patient.T)
    draw_disc(disc, np.where(cell >= 0, changes[strip, cell], NOT_COMPARED), _COLOURS, axes)
    return axes


@paper_style()
def save_comparison(
    change: Comparison | ExtentComparison, first: CollisionMap, second: CollisionMap, path: Path
) -> None:
    """Write ``compare.png``, or ``.pdf`` or ``.svg``: both maps, and what changes, as poses and as directions.

    Parameters
    ----------
    change : Comparison
        From the first map to the second.
    first, second : CollisionMap
        The two.
    path : Path
        The file.
    """
    ranking = culprits_by_poses(first, second)
    palettes = Palette(first, ranking), Palette(second, ranking)
    if isinstance(change, ExtentComparison):
        _save_extents((first, second), palettes, path)
        return
    figure = paper_figure(
        CONTENT_MM,
        "What changes from A to B",
        handles=[*patches(palettes[0].legend()), *(hatch_key(first) or hatch_key(second))],
        legend_title="in the way (lighter: within the buffer)",
    )
    grid = figure.add_gridspec(4, 3, height_ratios=(1.0, 1.0, 1.0, 0.1), width_ratios=(2.0, 1.0, 1.0))
    for row, (name, cmap, palette) in enumerate(zip("AB", (first, second), palettes, strict=True)):
        axes = plot_map(cmap, figure.add_subplot(grid[row, 0]), palette)
        axes.set_title(f"{name}: {short(cmap.title, LONGEST_TITLE)}\n{_angles(cmap)}", fontsize=SMALL)
        for half, hemisphere in enumerate(LABELS, start=1):
            plot_sphere(cmap, figure.add_subplot(grid[row, half]), hemisphere, palette)
    axes = plot_changes(change, figure.add_subplot(grid[2, 0]))
    axes.set_title(f"gained {shown(change.gained)}\nlost {shown(change.lost)}", fontsize=SMALL)
    for half, hemisphere in enumerate(LABELS, start=1):
        plot_changed_sphere(change, figure.add_subplot(grid[2, half]), hemisphere)
    keys = patches([Key(label, rgb(colour)) for label, colour in CHANGES.items()])
    axes = figure.add_subplot(grid[3, :])
    axes.axis("off")
    axes.legend(handles=keys, loc="center", ncols=len(keys), frameon=False)
    write(figure, path)


def _save_extents(maps: tuple[CollisionMap, CollisionMap], palettes: tuple[Palette, Palette], path: Path) -> None:
    """Write two maps without an area, one above the other."""
    figure = paper_figure(
        sum(map(height_mm, maps)) + EXTENT_TITLES_MM,
        "A above, B below",
        handles=patches(palettes[0].legend()),
        legend_title="in the way (lighter: within the buffer)",
    )
    parts: Any = figure.subfigures(2, 1)
    for name, cmap, palette, part in zip("AB", maps, palettes, parts, strict=True):
        draw_extent(cmap, part, palette)
        part.suptitle(f"{name}: {short(cmap.title, LONGEST_TITLE)}\n{_angles(cmap)}", fontsize=SMALL)
    write(figure, path)


def _angles(cmap: CollisionMap) -> str:
    """Return the solid angle of a map, and in a line of its own what can be reached, where that is known."""
    _, achievable, *reachable = titles(cmap)
    return "\n".join([achievable, *reachable])


def _changes(before: NDArray[np.bool_], after: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return what becomes of each pose or direction, as an index into `CHANGES`."""
    unchanged = np.where(before, FREE_IN_BOTH, NOT_FREE_IN_BOTH)
    return np.where(before == after, unchanged, np.where(after, GAINED, LOST))
