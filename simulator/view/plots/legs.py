"""The beams of a plan on the map of their room: static ones as points, arcs as lines with an arrow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from simulator.geometry.angles import FULL_TURN_DEG
from simulator.maps.collision_map import CollisionMap
from simulator.plans.checked import BeamCheck
from simulator.plans.ways import Place, WayCheck
from simulator.view.plots.figures import SMALL, paper_style
from simulator.view.plots.maps import map_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Ends = tuple[tuple[float, float], tuple[float, float]]
INK, PAPER = "black", "white"
WIDE, NARROW = 3.2, 1.4
"""A dark line on a light one is seen on any colour."""


@paper_style()
def legs_figure(cmap: CollisionMap, beams: Sequence[BeamCheck]) -> Figure:
    """Return the map with legend and disclaimer, and on it the beams with their numbers.

    Parameters
    ----------
    cmap : CollisionMap
        Over gantry and couch, of the room in which the beams were checked.
    beams : sequence of BeamCheck
        What is drawn.
    """
    figure = map_figure(cmap, has_title=False)
    axes = figure.axes[0]
    drawn: dict[Ends, list[int]] = {}
    for beam in beams:
        for way in beam.ways:
            drawn.setdefault(_ends(cmap, way), []).append(beam.beam.number)
    for ends, numbers in drawn.items():
        each = list(dict.fromkeys(numbers))
        _draw(axes, ends, f"beam{'s' * (len(each) > 1)} {', '.join(map(str, each))}")
    return figure


def _ends(cmap: CollisionMap, way: WayCheck) -> Ends:
    """Return from where to where a way goes across the map and up, to a hundredth of a degree."""
    return _at(cmap, way.start), _at(cmap, way.stop)


def _at(cmap: CollisionMap, place: Place) -> tuple[float, float]:
    return round(place.joints[cmap.chart.inner], 2), round(place.joints[cmap.chart.outer], 2)


def _draw(axes: Axes, ends: Ends, label: str) -> None:
    """Draw a way wherever the map shows it: where it is cut open, the other end goes on at the other side."""
    for (x, y), (to_x, to_y) in turned(ends, axes.get_xlim(), axes.get_ylim()):
        for colour, width in ((PAPER, WIDE), (INK, NARROW)):
            axes.plot([x, to_x], [y, to_y], color=colour, linewidth=width, solid_capstyle="round", zorder=5)
            axes.plot([x], [y], color=colour, marker="o", markersize=2.0 + width, linestyle="none", zorder=5)
        if (x, y) != (to_x, to_y):
            axes.annotate(
                "", (to_x, to_y), ((x + 9 * to_x) / 10, (y + 9 * to_y) / 10),
                arrowprops={"arrowstyle": "-|>", "color": INK, "linewidth": NARROW}, zorder=6, annotation_clip=True,
            )  # fmt: skip
        axes.annotate(
            label, (x, y), (4, 4), textcoords="offset points", fontsize=SMALL, zorder=7, annotation_clip=True,
            bbox={"boxstyle": "round,pad=0.15", "facecolor": PAPER, "edgecolor": "none", "alpha": 0.85},
        )  # fmt: skip


def turned(ends: Ends, across: tuple[float, float], up: tuple[float, float]) -> Iterable[Ends]:
    """Yield a way, and the same whole turns further, as far as any of it is within the picture."""
    (x, y), (to_x, to_y) = ends
    for right in (-FULL_TURN_DEG, 0.0, FULL_TURN_DEG):
        for higher in (-FULL_TURN_DEG, 0.0, FULL_TURN_DEG):
            columns, rows = sorted((x + right, to_x + right)), sorted((y + higher, to_y + higher))
            is_across = columns[0] <= across[1] and columns[1] >= across[0]
            if is_across and rows[0] <= up[1] and rows[1] >= up[0]:
                yield (x + right, y + higher), (to_x + right, to_y + higher)
