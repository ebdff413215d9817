"""Tornado plots: bars from the base to where each factor brings the answer, the largest above."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure
from support.made_study import one_at_a_time_table, sample_table, table_of

import simulator as sim
from simulator.view.plots.tornado import (
    correlations_figure,
    plot_correlations,
    plot_tornado,
    save_tornado,
    tornado_figure,
)
from simulator.view.sensitivities import one_at_a_time, rank_correlations


def test_bars_go_from_the_base_to_the_ends() -> None:
    axes = plot_tornado(one_at_a_time(one_at_a_time_table()), Figure().add_subplot())
    bars = {(round(bar.get_y() + bar.get_height() / 2), round(bar.get_width(), 6)) for bar in axes.patches[1:]}
    assert bars == {(0, -10.0), (0, 5.0), (1, -3.0), (1, 1.0), (2, 0.2)}
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names == ["patient mass / kg", "couch model", "patient height / cm"]
    assert {text.get_text() for text in axes.texts} == {"130", "45", "rails", "wide", "200"}
    assert axes.get_ylim()[0] > axes.get_ylim()[1]  # the largest is above


def test_correlations_are_bars_of_each_group() -> None:
    found = rank_correlations(sample_table())
    axes = plot_correlations(found, Figure().add_subplot())
    widths = sorted(bar.get_width() for container in axes.containers[1::2] for bar in container)
    assert widths == pytest.approx(sorted(found["correlation"]))
    assert np.all(np.abs(widths) <= 1)


def test_figures_tell_bounds_and_refuse_what_has_nothing_to_show(tmp_path) -> None:
    assert "proven bounds 1.0 % of 4π" in tornado_figure(one_at_a_time_table(), "Brain").get_suptitle()
    assert "32 cases" in correlations_figure(sample_table(), "Sizes").get_suptitle()
    still = table_of([{"a": 1.0}], [0.5])
    with pytest.raises(sim.SimulatorError, match="tornado: a factor must move"):
        save_tornado(still, tmp_path / "tornado.png")
    with pytest.raises(sim.SimulatorError, match="correlations: numbers must vary"):
        correlations_figure(still)
    assert not list(tmp_path.iterdir())
