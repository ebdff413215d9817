"""Commissioning, as plots: residuals of a fit, fitted against measured angles, errors with the buffers they give."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulator.commission.fit import Fit
from simulator.commission.validation import Validation
from simulator.view.plots.figures import paper_figure, paper_style, write

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
"""Of the positions, one after the other; marks tell them apart in greyscale."""
SUSPECT = "#d02020"
WIDTH_MM = 120.0


def plot_residuals(fit: Fit, axes: Axes) -> Axes:
    """Draw the residual of each reading in mm against its line; those that do not fit are ringed and named.

    Parameters
    ----------
    fit : Fit
        What was fitted.
    axes : matplotlib Axes
        Where to draw.
    """
    lines = np.array([reading.line for reading in fit.readings])
    _scatter(fit, lines, fit.residuals_mm, axes)
    axes.axhline(0.0, color="black", linewidth=0.6)
    axes.set_xlabel("line of the file")
    axes.set_ylabel("measured less fitted / mm\nbelow 0: contact before the model says", fontsize="small")
    axes.legend(frameon=False)
    return axes


def plot_parity(fit: Fit, axes: Axes) -> Axes:
    """Draw the fitted against the measured contact angle of each reading.

    Parameters
    ----------
    fit : Fit
        What was fitted.
    axes : matplotlib Axes
        Where to draw.
    """
    measured = np.array([reading.contact_deg for reading in fit.readings])
    _scatter(fit, measured, fit.predicted_deg, axes)
    ends = [float(measured.min()), float(measured.max())]
    axes.plot(ends, ends, color="black", linewidth=0.6, zorder=0)
    axes.set_xlabel("measured contact angle / °")
    axes.set_ylabel("fitted contact angle / °")
    axes.legend(frameon=False)
    return axes


def plot_errors(validation: Validation, axes: Axes) -> Axes:
    """Draw errors in order of size over the normal quantiles (a straight line if they are normal), with the buffer.

    Parameters
    ----------
    validation : Validation
        What was found.
    axes : matplotlib Axes
        Where to draw.
    """
    from scipy.stats import norm

    found = [("leave one out", validation.leave_one_out), ("held out", validation.held_out)]
    for (name, buffers), colour, marker in zip(found, COLOURS, MARKERS, strict=False):
        if buffers is None:
            continue
        errors = np.sort(buffers.errors_mm)
        at = norm.ppf((np.arange(len(errors)) + 0.5) / len(errors))
        axes.plot(at, errors, marker, color=colour, markersize=3.5, label=f"{name}, {len(errors)} contacts")
        axes.plot(at, buffers.mean_mm + at * buffers.deviation_mm, color=colour, linewidth=0.6)
        axes.axhline(buffers.every_point_mm, color=colour, linewidth=0.8, linestyle="--")
    axes.axhline(0.0, color="black", linewidth=0.6)
    axes.set_xlabel("normal quantile")
    axes.set_ylabel("error / mm, above 0: nearer than the model says")
    axes.legend(frameon=False, title="dashed: the buffer that kept every point safe")
    return axes


@paper_style()
def save_residuals(fit: Fit, title: str, path: Path) -> None:
    """Write ``residuals.png``, or ``.pdf`` or ``.svg``."""
    figure = paper_figure(70.0, title, width_mm=WIDTH_MM)
    plot_residuals(fit, figure.add_subplot())
    write(figure, path)


@paper_style()
def save_parity(fit: Fit, title: str, path: Path) -> None:
    """Write ``parity.png``, or ``.pdf`` or ``.svg``."""
    figure = paper_figure(100.0, title, width_mm=WIDTH_MM)
    plot_parity(fit, figure.add_subplot())
    write(figure, path)


@paper_style()
def save_errors(validation: Validation, title: str, path: Path) -> None:
    """Write ``errors.png``, or ``.pdf`` or ``.svg``."""
    figure = paper_figure(80.0, title, width_mm=WIDTH_MM)
    plot_errors(validation, figure.add_subplot())
    write(figure, path)


def _scatter(fit: Fit, x: NDArray[np.float64], y: NDArray[np.float64], axes: Axes) -> None:
    """Draw the readings by position, and ring those that do not fit."""
    positions = list(dict.fromkeys(reading.position for reading in fit.readings))
    for at, position in enumerate(positions):
        rows = [row for row, reading in enumerate(fit.readings) if reading.position == position]
        colour, marker = COLOURS[at % len(COLOURS)], MARKERS[at % len(MARKERS)]
        axes.plot(x[rows], y[rows], marker, color=colour, markersize=3.5, label=position)
    for row in dict.fromkeys(suspect.row for suspect in fit.suspects):
        if np.isfinite(y[row]):
            axes.plot(x[row], y[row], "o", color=SUSPECT, fillstyle="none", markersize=8)
            axes.annotate(f"line {fit.readings[row].line}", (x[row], y[row]), (6, 4), textcoords="offset points")
