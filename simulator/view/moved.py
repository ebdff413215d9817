"""How far the boundary has moved since a baseline, as a picture of the map."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from simulator.mapping.collision_map import CollisionMap
from simulator.mapping.provenance import DISCLAIMER
from simulator.regression.changes import Changes
from simulator.view.colours import Key, rgb
from simulator.view.compared import CHANGES
from simulator.view.plots import DPI, draw_poses, new_figure, patches, visible_edges

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
    gantry, couch = cmap.gantry_edges_deg, visible_edges(cmap.couch_edges_deg)
    colours = np.array([rgb(COLOURS["not free"]), rgb(COLOURS["free"])])
    draw_poses(gantry, couch, colours[cmap.is_free.astype(int)], axes)
    rows = {float(angle): row for row, angle in enumerate(cmap.dataset["couch"].values)}
    for segment in changes.segments:
        low, high = couch[rows[segment.couch_deg]], couch[rows[segment.couch_deg] + 1]
        colour = COLOURS["freed now" if segment.is_freed else "blocked now"]
        for turn in (0.0, -360.0) if segment.stop_deg > gantry[-1] else (0.0,):
            way = [segment.start_deg + turn, segment.stop_deg + turn]
            axes.fill_between(way, low, high, color=colour, linewidth=0.8)  # the line keeps a narrow one in sight
    return axes


def save_moved(changes: Changes, cmap: CollisionMap, path: Path) -> None:
    """Write how far the boundary has moved since a baseline, with both solid angles."""
    figure = new_figure(11.0, 5.2)
    plot_moved(changes, cmap, figure.add_subplot())
    before, after = (100 * omega.fraction_of_4pi for omega in (changes.before, changes.after))
    figure.suptitle(f"{cmap.title}: achievable {before:.2f} → {after:.2f} % of 4π", fontsize="medium")
    keys = [Key(label, rgb(colour)) for label, colour in COLOURS.items()]
    figure.legend(handles=patches(keys), loc="outside right center", fontsize="small")
    figure.supxlabel(DISCLAIMER, fontsize=6, color="#555555")
    figure.savefig(path, dpi=DPI, metadata={"Software": None})
