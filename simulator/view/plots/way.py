"""Ways between beams on the map: each leg a line, beams with their number in the order of delivery."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from simulator.arguments import checked
from simulator.delivery.orders.delivered import Delivery
from simulator.delivery.roads.ways import Way
from simulator.directions.chart import TwoAxisChart
from simulator.maps.collision_map import CollisionMap
from simulator.view.plots.figures import SMALL, paper_style
from simulator.view.plots.legs import INK, NARROW, PAPER, WIDE, turned
from simulator.view.plots.maps import map_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Pose = Mapping[str, float]
ARC_WIDE, ARC_NARROW = 6.0, 4.2
ARC_COLOUR = "#f2b705"
"""Where a beam is on while the machine moves."""
DASHES = (0, (4, 2))


@checked
def plot_way(way: Way, axes: Axes, chart: TwoAxisChart) -> Axes:
    """Draw the legs of a way on a map that :func:`sim.plot_map` drew: the joint nearer the beam across, the other up.

    Parameters
    ----------
    way : Way
        What is drawn: dashed lines, with a dot where one leg ends and the next begins.
    axes : matplotlib Axes
        Those of the map.
    chart : TwoAxisChart
        ``cmap.chart``: which joints are across and up.

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
    >>> roads = sim.road_map(setup, sweep=sweep, tolerance=0.05)
    >>> way = roads.way({"gantry": 0, "couch": 0}, {"gantry": 40, "couch": 30})
    >>> axes = sim.plot_way(way, sim.plot_map(cmap, plt.figure().subplots()), cmap.chart)
    """
    for leg in way.legs:
        _line(axes, chart, leg.start, leg.stop, INK, NARROW, WIDE, DASHES)
        _point(axes, chart, leg.stop, "o", 3.0)
    return axes


@paper_style()
def delivery_figure(delivery: Delivery, cmap: CollisionMap, *, has_title: bool = False) -> Figure:
    """Return a map with legend and disclaimer, and on it the whole way of a delivery.

    Parameters
    ----------
    delivery : Delivery
        Ways are dashed lines; static beams are points and arcs are broad lines, with their numbers in the order of
        delivery in circles; a diamond is the pose that it starts from.
    cmap : CollisionMap
        Of its room.
    has_title : bool
        Whether title and solid angle stand above.
    """
    figure = map_figure(cmap, has_title=has_title)
    plot_delivery(delivery, figure.axes[0], cmap.chart)
    return figure


@checked
def plot_delivery(delivery: Delivery, axes: Axes, chart: TwoAxisChart) -> Axes:
    """Draw the whole way of a delivery on a map; see :func:`delivery_figure`.

    Parameters
    ----------
    delivery : Delivery
        What is drawn: every way between beams, and arcs.
    axes : matplotlib Axes
        Those of a map that `plot_map` drew.
    chart : TwoAxisChart
        As ``cmap.chart``: which joints are across and up.

    Returns
    -------
    matplotlib Axes
        As given.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> import pandas as pd
    >>> import simulator as sim
    >>> setup = sim.load_setup("brain")
    >>> sweep = sim.Sweep(gantry=(-180, 180, 10), couch=(-90, 90, 10))
    >>> cmap = sim.collision_map(setup, sweep=sweep, tolerance=0.05)
    >>> beams = sim.BeamList.of(setup, pd.DataFrame({"gantry_deg": [60, 300, 40], "couch_deg": [0, 0, 30]}))
    >>> delivery = sim.order_beams(setup, beams, roads=sim.road_map(setup, sweep=sweep, tolerance=0.05))
    >>> axes = sim.plot_delivery(delivery, sim.plot_map(cmap, plt.figure().subplots()), cmap.chart)
    """
    for way in delivery.ways:
        plot_way(way, axes, chart)
    if delivery.events:
        _point(axes, chart, delivery.events[0].start, "D", 5.0)
    for event in delivery.events:
        if event.kind == "beam" and event.start != event.stop:
            _line(axes, chart, event.start, event.stop, ARC_COLOUR, ARC_NARROW, ARC_WIDE)
    for number, place in _places(delivery):
        _number(axes, chart, place, number)
    return axes


def _places(delivery: Delivery) -> list[tuple[str, Pose]]:
    """Return the numbers of beams, those of one pose together, and where each starts."""
    found: dict[tuple[tuple[str, float], ...], list[str]] = {}
    for event in delivery.events:
        if event.kind == "beam" and event.beam is not None:
            found.setdefault(tuple(event.start.items()), []).append(str(event.beam + 1))
    return [(", ".join(numbers), dict(place)) for place, numbers in found.items()]


def _at(chart: TwoAxisChart, pose: Pose) -> tuple[float, float]:
    return pose[chart.inner], pose[chart.outer]


def _line(
    axes: Axes,
    chart: TwoAxisChart,
    start: Pose,
    stop: Pose,
    colour: str,
    narrow: float,
    wide: float,
    dashes: object = "-",
) -> None:
    """Draw a dark line on a light one, which is seen on any colour, wherever the map shows it."""
    ends = _at(chart, start), _at(chart, stop)
    for (x, y), (to_x, to_y) in turned(ends, axes.get_xlim(), axes.get_ylim()):
        under = INK if colour == ARC_COLOUR else PAPER
        axes.plot([x, to_x], [y, to_y], color=under, linewidth=wide, solid_capstyle="round", zorder=4.5)
        axes.plot([x, to_x], [y, to_y], color=colour, linewidth=narrow, linestyle=dashes, zorder=5)


def _point(axes: Axes, chart: TwoAxisChart, pose: Pose, marker: str, size: float) -> None:
    place = _at(chart, pose)
    for (x, y), _ in turned((place, place), axes.get_xlim(), axes.get_ylim()):
        axes.plot([x], [y], marker=marker, markersize=size, color=INK, markeredgecolor=PAPER, zorder=5.5)


def _number(axes: Axes, chart: TwoAxisChart, pose: Pose, number: str) -> None:
    place = _at(chart, pose)
    for at, _ in turned((place, place), axes.get_xlim(), axes.get_ylim()):
        axes.annotate(
            number, at, fontsize=SMALL, zorder=7, ha="center", va="center", annotation_clip=True,
            bbox={"boxstyle": "circle,pad=0.2", "facecolor": PAPER, "edgecolor": INK, "linewidth": 0.8},
        )  # fmt: skip
