"""What has changed since a baseline, as a picture of the map."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from simulator.collision.contact import Status
from simulator.mapping.collision_map import CollisionMap
from simulator.mapping.provenance import DISCLAIMER
from simulator.regression.changes import Changes
from simulator.view.plots import DPI, draw_grid, new_figure, visible_edges

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FREE, NOT_FREE = "#ffffff", "#d9d9d9"
BLOCKED, FREED = "#d55e00", "#08306b"
LEGEND = {FREE: "free", NOT_FREE: "not free", BLOCKED: "blocked now", FREED: "freed now"}
"""Colours that are also apart from each other in greyscale."""


def plot_changes(changes: Changes, cmap: CollisionMap, axes: Axes) -> Axes:
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
    from matplotlib.colors import to_rgb

    colours = np.array([to_rgb(NOT_FREE), to_rgb(FREE)])
    draw_grid(cmap, colours[(cmap.status == Status.FREE).astype(int)], axes)
    rows = {float(angle): row for row, angle in enumerate(cmap.dataset["couch"].values)}
    gantry, couch = cmap.gantry_edges_deg, visible_edges(cmap.couch_edges_deg)
    for segment in changes.segments:
        low, high = couch[rows[segment.couch_deg]], couch[rows[segment.couch_deg] + 1]
        colour = FREED if segment.is_freed else BLOCKED
        for turn in (0.0, -360.0) if segment.stop_deg > gantry[-1] else (0.0,):
            # The line around it keeps what is narrower than a pixel in sight.
            axes.fill_between(
                [segment.start_deg + turn, segment.stop_deg + turn], low, high, color=colour, linewidth=0.8
            )
    return axes


def save_changes(changes: Changes, cmap: CollisionMap, path: Path) -> None:
    """Write what has changed since a baseline, with both solid angles."""
    from matplotlib.patches import Patch

    figure = new_figure(11.0, 5.2)
    plot_changes(changes, cmap, figure.add_subplot())
    before, after = (100 * omega.fraction_of_4pi for omega in (changes.before, changes.after))
    figure.suptitle(f"{cmap.title}: achievable {before:.2f} → {after:.2f} % of 4π", fontsize="medium")
    handles = [
        Patch(facecolor=colour, edgecolor="black", linewidth=0.5, label=label) for colour, label in LEGEND.items()
    ]
    figure.legend(handles=handles, loc="outside right center", fontsize="small")
    figure.supxlabel(DISCLAIMER, fontsize=6, color="#555555")
    figure.savefig(path, dpi=DPI, metadata={"Software": None})
