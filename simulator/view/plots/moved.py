"""How far the boundary has moved since a baseline, as a picture of the map."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from simulator.geometry.angles import FULL_TURN_DEG
from simulator.maps.collision_map import CollisionMap
from simulator.maps.solid_angle import SolidAngle
from simulator.regression.changes import Changes
from simulator.scenario.axis import SYMBOLS
from simulator.view.colours import Key, rgb
from simulator.view.plots.compared import CHANGES
from simulator.view.plots.figures import paper_figure, paper_style, patches, write
from simulator.view.plots.maps import save_map
from simulator.view.plots.poses import Raster, draw_poses, visible_edges

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = {
    "free": CHANGES["free in both"],
    "not free": CHANGES["not free in both"],
    "blocked now": CHANGES["lost"],
    "freed now": CHANGES["gained"],
}


def plot_moved(changes: Changes, cmap: CollisionMap, axes: Axes) -> Axes:
    """Draw what has been freed and blocked, as far as the boundary has moved, over the map as it is now.

    Parameters
    ----------
    changes : Changes
        Since a baseline.
    cmap : CollisionMap
        As it is now.
    axes : matplotlib Axes
        Where to draw.
    """
    plane = cmap.reduced
    inner, outer = plane.sweep
    raster, edges = Raster.over(inner.edges(), outer.edges()), visible_edges(outer.edges())
    colours = np.array([rgb(COLOURS["not free"]), rgb(COLOURS["free"])])
    draw_poses(raster, raster.of(plane.is_free).astype(int), colours, cmap.chart, axes)
    rows = {f"{value:g}{SYMBOLS[outer.unit]}": row for row, value in enumerate(outer.values())}
    for segment in changes.segments:
        row = rows[segment.at[outer.joint]]
        low, high = edges[row], edges[row + 1]
        colour = COLOURS["freed now" if segment.is_freed else "blocked now"]
        for turn in (-FULL_TURN_DEG, 0.0, FULL_TURN_DEG):  # what is beyond the axes is not seen
            way = [segment.start + turn, segment.stop + turn]
            axes.fill_between(way, low, high, color=colour, linewidth=0.8)  # the line keeps a narrow one in sight
    return axes


@paper_style()
def save_moved(changes: Changes, cmap: CollisionMap, path: Path) -> None:
    """Write how far the boundary has moved since a baseline, with both solid angles; else the map as it is now."""
    answers = [answer for answer in (changes.before, changes.after) if isinstance(answer, SolidAngle)]
    if len(answers) < 2:
        save_map(cmap, path)
        return
    before, after = (100 * omega.fraction_of_4pi for omega in answers)
    keys = [Key(label, rgb(colour)) for label, colour in COLOURS.items()]
    omegas = f"achievable {before:.2f} → {after:.2f} % of 4π"
    figure = paper_figure(95.0, cmap.title, omegas, handles=patches(keys))
    plot_moved(changes, cmap, figure.add_subplot())
    write(figure, path)
