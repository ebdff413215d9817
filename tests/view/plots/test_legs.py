"""Where the beams are drawn on a map."""

import pytest
from support.checked_plans import box_check

import simulator as sim
from simulator.view.export.plan_page import beams_in
from simulator.view.plots.legs import legs_figure


@pytest.fixture(scope="module")
def axes():
    beams = beams_in(box_check(), box_check().setup)
    cmap = sim.collision_map(box_check().setup, method="sampled")
    return legs_figure(cmap, beams).axes[0]


def lines(axes):
    return {(tuple(line.get_xdata()), tuple(line.get_ydata())) for line in axes.lines}


def test_an_arc_goes_from_where_to_where_the_plan_says(axes):
    assert ((60.0, 175.0), (30.0, 30.0)) in lines(axes)


def test_a_static_beam_is_a_point(axes):
    assert ((0.0,), (0.0,)) in lines(axes)
    assert ((20.0,), (0.0,)) in lines(axes)


def test_beams_have_their_numbers(axes):
    labels = {text.get_text() for text in axes.texts}
    assert {"beam 1", "beam 2", "beam 3"} <= labels
    assert "beam 4" not in labels  # it is checked in another room
