"""Plots of commissioning: what is drawn is what was found."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from support.made_fits import made_fit

import simulator as sim
from simulator.commission.error_buffers import error_buffers
from simulator.commission.fit import Suspect
from simulator.commission.validation import Validation
from simulator.view.plots.commission import (
    plot_errors,
    plot_parity,
    plot_residuals,
    save_errors,
    save_parity,
    save_residuals,
)

LEFT_OUT = [1.0, -2.0, 0.5, 3.0, -1.5]


@pytest.fixture(scope="module")
def fit():
    commissioning = sim.Commissioning(
        title="Box", scenario="box", positions=[{"name": "centred"}], unknowns=[{"part": "couch top", "offset": "z"}]
    )
    made = made_fit(sim.Rooms.of(commissioning), (1.0,), (0.5,), LEFT_OUT)
    return type(made)(**{**vars(made), "suspects": (Suspect(3, made.readings[3].line, "does not fit"),)})


@pytest.fixture
def axes():
    return Figure().add_subplot()


def test_residuals_stand_over_the_lines_of_the_file_and_suspects_are_named(fit, axes) -> None:
    plot_residuals(fit, axes)
    drawn = axes.lines[0]
    assert list(drawn.get_xdata()) == [2, 3, 4, 5, 6] and list(drawn.get_ydata()) == LEFT_OUT
    assert [text.get_text() for text in axes.texts] == ["line 5"]


def test_parity_has_what_was_measured_and_what_was_fitted(fit, axes) -> None:
    plot_parity(fit, axes)
    assert list(axes.lines[0].get_xdata()) == [reading.contact_deg for reading in fit.readings]
    assert list(axes.lines[0].get_ydata()) == list(fit.predicted_deg)


def test_errors_are_drawn_in_order_with_the_buffer_that_keeps_all(axes) -> None:
    found = Validation(error_buffers(LEFT_OUT), None, (), 0, (), (), ())
    plot_errors(found, axes)
    assert list(axes.lines[0].get_ydata()) == sorted(LEFT_OUT)
    assert any(np.all(np.equal(line.get_ydata(), max(LEFT_OUT))) for line in axes.lines)


def test_pictures_are_the_same_every_time(fit, tmp_path: Path) -> None:
    found = Validation(error_buffers(LEFT_OUT), error_buffers(LEFT_OUT[:4]), (), 0, (), (), ())
    for name, save, what in (("r", save_residuals, fit), ("p", save_parity, fit), ("e", save_errors, found)):
        for again in "ab":
            save(what, "Box", tmp_path / f"{name}{again}.png")
        assert (tmp_path / f"{name}a.png").read_bytes() == (tmp_path / f"{name}b.png").read_bytes()
