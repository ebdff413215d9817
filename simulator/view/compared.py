"""Two maps side by side, and what changes from one to the other, as plots."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulator.geometry.directions import direction_to_angles
from simulator.mapping.collision_map import CollisionMap
from simulator.mapping.compare import Comparison
from simulator.mapping.provenance import DISCLAIMER
from simulator.mapping.solid_angle import SolidAngle
from simulator.view.colours import FREE, Key, Palette, culprits_by_poses, rgb
from simulator.view.plots import DPI, LABELS, draw_hemisphere, draw_poses, new_figure, patches, plot_map, plot_sphere

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
GAINED, LOST, FREE_IN_BOTH, NOT_FREE_IN_BOTH, NOT_COMPARED = range(len(CHANGES))


def plot_changes(change: Comparison, axes: Axes) -> Axes:
    """Draw which common poses are gained and lost: gantry across, couch up.

    Parameters
    ----------
    change : Comparison
        What changes.
    axes : matplotlib Axes
        Where to draw.
    """
    changes = _changes(change.free_before, change.free_after)
    draw_poses(change.axes[0].edges_deg, change.axes[1].edges_deg, _COLOURS[changes], axes)
    return axes


def plot_changed_sphere(change: Comparison, axes: Axes, hemisphere: str = "anterior") -> Axes:
    """Draw which directions are gained and lost on one hemisphere; see :func:`simulator.view.plots.plot_sphere`.

    Parameters
    ----------
    change : Comparison
        What changes.
    axes : matplotlib Axes
        Where to draw.
    hemisphere : {"anterior", "posterior"}
        Which half.
    """
    chart = change.chart
    before, after, compared = chart.covered
    changes = np.where(compared, _changes(before, after), NOT_COMPARED)

    def colours_of(directions: NDArray[np.float64]) -> NDArray[np.float64]:
        gantry, couch = direction_to_angles(directions @ change.R_support_patient.T)
        row = np.clip(np.searchsorted(chart.gantry_edges_deg, gantry, side="right") - 1, 0, len(before) - 1)
        column = np.clip(np.searchsorted(chart.couch_edges_deg, couch, side="right") - 1, 0, before.shape[1] - 1)
        return np.asarray(_COLOURS[changes[row, column]])

    draw_hemisphere(hemisphere, colours_of, axes)
    return axes


def save_comparison(change: Comparison, first: CollisionMap, second: CollisionMap, path: Path) -> None:
    """Write ``compare.png``: both maps and what changes, as poses above and as directions below.

    Parameters
    ----------
    change : Comparison
        From the first map to the second.
    first, second : CollisionMap
        The two.
    path : Path
        The file.
    """
    figure = new_figure(17.0, 8.4)
    ranking = culprits_by_poses(first, second)
    grid = figure.add_gridspec(3, 6, height_ratios=(1.3, 1.0, 0.3))
    for index, (name, cmap) in enumerate((("A", first), ("B", second))):
        palette = Palette(cmap, ranking)
        axes = plot_map(cmap, figure.add_subplot(grid[0, 2 * index : 2 * index + 2]), palette)
        axes.set_title(f"{name}: {_short(cmap.title)}\n{_portion(cmap.solid_angle())}", fontsize="small")
        for half, hemisphere in enumerate(LABELS):
            plot_sphere(cmap, figure.add_subplot(grid[1, 2 * index + half]), hemisphere, palette)
    axes = plot_changes(change, figure.add_subplot(grid[0, 4:]))
    axes.set_title(f"gained {_portion(change.gained)}\nlost {_portion(change.lost)}", fontsize="small")
    for half, hemisphere in enumerate(LABELS):
        plot_changed_sphere(change, figure.add_subplot(grid[1, 4 + half]), hemisphere)
    culprits = Palette(first, ranking).legend()
    _legend(figure.add_subplot(grid[2, :4]), culprits, "in the way (lighter: buffer)", columns=4)
    changes = [Key(label, rgb(colour)) for label, colour in CHANGES.items()]
    _legend(figure.add_subplot(grid[2, 4:]), changes, "from A to B", columns=3)
    figure.supxlabel(DISCLAIMER, fontsize=6, color="#555555")
    figure.savefig(path, dpi=DPI, metadata={"Software": None})


def _legend(axes: Axes, keys: list[Key], title: str, columns: int) -> None:
    axes.axis("off")
    axes.legend(handles=patches(keys), loc="center", ncols=columns, fontsize="small", title=title, frameon=False)


def _changes(before: NDArray[np.bool_], after: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return what becomes of each pose or direction, as an index into `CHANGES`."""
    unchanged = np.where(before, FREE_IN_BOTH, NOT_FREE_IN_BOTH)
    return np.where(before == after, unchanged, np.where(after, GAINED, LOST))


def _portion(angle: SolidAngle) -> str:
    return (
        f"{angle.sr:.2f} sr = {100 * angle.fraction_of_4pi:.1f} % of 4π "
        f"({'proven: ' if angle.is_proven else ''}{angle.lower_sr:.2f} to {angle.upper_sr:.2f} sr)"
    )


def _short(title: str, width: int = 70) -> str:
    """Return a title that fits over a map."""
    return title if len(title) <= width else title[: width - 1] + "…"
