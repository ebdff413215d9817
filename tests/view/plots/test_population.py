"""Populations: each case is a mark at its size, with a bar from bound to bound."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure
from support.made_study import sample_table, table_of

from simulator.view.plots.population import numbers_of, plot_population, population_figure


def test_each_case_stands_at_its_size_with_its_bounds() -> None:
    table = sample_table()
    axes = plot_population(table, Figure().add_subplot(), "patient.mass_kg", coloured_by="site")
    assert len(axes.containers) == 2
    colours = set()
    for container, site in zip(axes.containers, ("brain", "liver"), strict=True):
        part = table[table["site"] == site]
        marks, _, (bars,) = container.lines
        assert marks.get_xdata() == pytest.approx(part["patient.mass_kg"].to_numpy())
        assert marks.get_ydata() == pytest.approx(100 * part["fraction"].to_numpy())
        ends = np.array(bars.get_segments())[..., 1]
        assert ends.min(axis=1) == pytest.approx(100 * part["fraction_lower"].to_numpy())
        assert ends.max(axis=1) == pytest.approx(100 * part["fraction_upper"].to_numpy())
        colours.add(marks.get_color())
    assert len(colours) == 2


def test_a_figure_has_a_panel_for_each_number_and_a_row_for_each_name() -> None:
    wide = sample_table().assign(couch="wide")
    table = sample_table().assign(couch="narrow")
    import pandas as pd

    figure = population_figure(pd.concat([table, wide], ignore_index=True)[table.columns], "Sizes")
    titles = [axes.get_title() for axes in figure.axes]
    assert len(titles) == 4
    assert "proven bounds 1.0 % of 4π apart on average" in figure.get_suptitle()


def test_cases_without_an_answer_are_counted_and_not_drawn() -> None:
    table = table_of([{"a": float(k)} for k in range(5)], [0.5] * 5, unplaced={4})
    figure = population_figure(table, "Sizes")
    assert "1 of 5 cases have no answer" in figure.get_suptitle()
    assert len(figure.axes[0].containers[0].lines[0].get_xdata()) == 4
    assert numbers_of(table) == ["a"]
