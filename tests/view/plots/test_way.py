"""Ways and deliveries on the map: each leg where it is, through the end of a full turn, and beams in their order."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure
from support.island_room import map_of, room
from support.made_delivery import HOME, STOPS, made_delivery, way

import simulator as sim
from simulator.view.plots.legs import INK
from simulator.view.plots.way import ARC_COLOUR, delivery_figure, plot_way


@pytest.fixture(scope="module")
def cmap() -> sim.CollisionMap:
    return map_of(made_delivery().setup, tolerance=0.02)


def lines(axes, colour: str) -> list[list[tuple[float, float]]]:
    """The ends of the lines of a colour."""
    return [
        line.get_xydata().tolist() for line in axes.lines if line.get_color() == colour and len(line.get_xdata()) > 1
    ]


def test_each_leg_is_a_line_from_pose_to_pose(cmap) -> None:
    corner, end = {"gantry": 0.0, "couch": 20.0}, {"gantry": -60.0, "couch": -10.0}
    axes = sim.plot_map(cmap, Figure().add_subplot())
    assert plot_way(way(HOME, corner, end), axes, cmap.chart) is axes
    assert lines(axes, INK) == [[[0.0, 0.0], [0.0, 20.0]], [[0.0, 20.0], [-60.0, -10.0]]]


def test_a_leg_through_180_goes_on_at_the_other_side() -> None:
    endless = map_of(room((60.0, 70.0), limits=None), tolerance=0.05)
    axes = sim.plot_map(endless, Figure().add_subplot())
    plot_way(way({"gantry": -170.0, "couch": 0.0}, {"gantry": -190.0, "couch": 10.0}), axes, endless.chart)
    assert sorted(lines(axes, INK)) == [[[-170.0, 0.0], [-190.0, 10.0]], [[190.0, 0.0], [170.0, 10.0]]]


def test_a_delivery_has_its_beams_in_order_and_arcs_as_broad_lines(cmap) -> None:
    axes = delivery_figure(made_delivery(), cmap).axes[0]
    numbers = {text.get_text(): tuple(text.xy) for text in axes.texts if hasattr(text, "xy")}
    expected = [(start["gantry"], start["couch"]) for _, start, _ in STOPS]
    assert numbers == {str(at + 1): place for at, place in enumerate(expected)}
    assert lines(axes, ARC_COLOUR) == [[[-90.0, -10.0], [-170.0, -10.0]]]
    diamonds = [line.get_xydata().tolist() for line in axes.lines if line.get_marker() == "D"]
    assert diamonds == [[[0.0, 0.0]]]
    legs = sum(len(each.legs) for each in made_delivery().ways)
    assert len(lines(axes, INK)) == legs + 1  # the arc has a dark line below it


def test_beams_of_one_pose_share_a_circle(cmap) -> None:
    from dataclasses import replace

    delivery = made_delivery()
    beams = [event for event in delivery.events if event.kind == "beam"]
    again = replace(beams[1], start=beams[0].start, stop=beams[0].stop)
    axes = delivery_figure(replace(delivery, events=(beams[0], again)), cmap).axes[0]
    assert "1, 2" in [text.get_text() for text in axes.texts]
    assert np.isfinite(axes.get_xlim()).all()
