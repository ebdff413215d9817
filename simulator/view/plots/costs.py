"""What each pair costs, as bars: the directions it is in the way of, and of those the ones only it takes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.arguments import checked
from simulator.directions.crossed_axes import FULL_SPHERE_SR
from simulator.maps.collision_map import CollisionMap
from simulator.maps.free_extent import IN_CM3, FreeExtent, measured
from simulator.maps.free_extent import SYMBOLS as EXTENTS
from simulator.view.colours import OTHERS_MARK, Palette
from simulator.view.plots.figures import SMALL, paper_figure, paper_style, short, titles, write

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_PAIRS = 12
SYMBOLS = {"sr": " sr", **EXTENTS}
COSTS = {"sr": "solid angle", "deg": "of the circle"}
LONGEST_NAME = 48
ROW_MM = 5.0
HATCH = "//////"
HEIGHT = 0.72
"""Of a bar, in the distance of two."""
ROOM_FOR_VALUES = 1.9
"""How far the axis goes, in lengths of the longest bar."""


@checked
def plot_costs(cmap: CollisionMap, axes: Axes, palette: Palette | None = None) -> Axes:
    """Draw what each pair blocks of the sphere of directions as bars, the costliest first, with the values beside.

    Hatched is what a pair alone blocks: what would be achievable if it were never in the way. Directions are
    blocked by several pairs at once, so that bars do not add up. Poses of the grid are counted.

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
    >>> sim.plot_costs(cmap, plt.figure().subplots()).get_xlabel()
    'blocked directions / sr, counted on the poses of the grid'
    """
    from matplotlib.patches import Patch
    from matplotlib.ticker import MaxNLocator

    palette = palette or Palette(cmap)
    costs, unit = in_the_way(cmap), cmap.unit
    if costs.empty:
        axes.axis("off")
        text = f"no pair costs any {COSTS.get(unit, 'of what is free')}"
        axes.text(0.5, 0.5, text, ha="center", va="center", transform=axes.transAxes)
        return axes
    whole = None if cmap.has_area else cmap.free_extent()
    drawn, left_out = costs.iloc[:MOST_PAIRS], costs.iloc[MOST_PAIRS:]
    keys = [palette.key(name) for name in drawn["pair"]]
    rows, colours = range(len(drawn)), [key.rgb for key in keys]
    line: dict[str, Any] = {"edgecolor": "black", "linewidth": 0.5, "height": HEIGHT}
    axes.barh(rows, drawn["blocks"], color=colours, **line)
    axes.barh(rows, drawn["alone"], color="white", hatch=HATCH, **line)
    for row, key, blocks, alone in zip(rows, keys, drawn["blocks"], drawn["alone"], strict=True):
        text = _value(blocks, whole) + (f", alone {_value(alone, whole, '')}" if alone > 0.0 else "")
        axes.annotate(text, (blocks, row), (3, 0), textcoords="offset points", va="center", fontsize=SMALL)
        mark = key.mark if key.mark != OTHERS_MARK else ""
        axes.annotate(mark, (0, row), (-4, 0), textcoords="offset points", va="center", ha="right", weight="bold")
    if len(left_out):
        text = f"and {len(left_out)} more, each at most {_value(left_out['blocks'].max(), whole)}"
        axes.annotate(text, (0, len(drawn)), (3, 0), textcoords="offset points", va="center", fontsize=SMALL)
    axes.set_yticks(rows, [short(name, LONGEST_NAME) for name in drawn["pair"]], parse_math=False)
    axes.tick_params(axis="y", length=0, pad=13)
    axes.set_ylim(len(drawn) - (-0.4 if len(left_out) else 0.4), -0.6)
    scale, mark = (IN_CM3, " cm³") if unit == "mm3" else (1.0, SYMBOLS.get(unit, f" {unit}"))
    ticks = MaxNLocator(5, steps=[1, 2, 5, 10]).tick_values(0.0, drawn["blocks"].max())
    axes.set_xticks(ticks)
    if scale != 1.0:
        axes.set_xticklabels([f"{tick * scale:g}" for tick in ticks])
    axes.set_xlim(0.0, ROOM_FOR_VALUES * drawn["blocks"].max())
    axes.spines["bottom"].set_bounds(0.0, ticks[-1])
    axes.spines[["top", "right"]].set_visible(False)
    what = "directions" if unit == "sr" else "values"
    axes.set_xlabel(f"blocked {what} / {mark.strip()}, counted on the poses of the grid", loc="left")
    axes.legend(
        handles=[
            Patch(facecolor="#d0d0d0", edgecolor="black", linewidth=0.5, label="the pair is in the way"),
            Patch(facecolor="white", edgecolor="black", linewidth=0.5, hatch=HATCH, label="it alone is in the way"),
        ],
        loc="upper right",
        bbox_to_anchor=(1.0, 0.0),
        frameon=False,
    )
    return axes


@paper_style()
def costs_figure(cmap: CollisionMap) -> Figure:
    """Return what each pair costs, with title and solid angle."""
    count = min(MOST_PAIRS, len(in_the_way(cmap)))
    figure = paper_figure(22.0 + ROW_MM * count, *titles(cmap))
    plot_costs(cmap, figure.add_subplot())
    return figure


@paper_style()
def save_costs(cmap: CollisionMap, path: Path) -> None:
    """Write ``costs.png``, or ``.pdf`` or ``.svg``: what each pair costs, with title and solid angle."""
    write(costs_figure(cmap), path)


def in_the_way(cmap: CollisionMap) -> pd.DataFrame:
    """Return the pairs that block anything, the costliest first: ``pair``, ``blocks`` and ``alone``."""
    costs = cmap.pair_costs()
    costs.columns = ["pair", "blocks", "alone"]
    return costs[costs["blocks"] > 0.0]


def _value(value: float, of: FreeExtent | None, whole: str = " of 4π") -> str:
    """Return what a pair costs: of the sphere, or of all that a free extent could have."""
    if of is not None:
        return f"{measured(value, of.unit)} = {100 * value / of.of:.1f} %"
    return f"{value:.2f} sr = {100 * value / FULL_SPHERE_SR:.1f} %{whole}" if value >= 0.01 else "< 0.01 sr"
