"""What each factor of a study does to its answer, the largest first: a tornado plot, or one of rank correlations."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.arguments import checked
from simulator.errors import SimulatorError
from simulator.view.colours import OKABE_ITO, OTHERS
from simulator.view.plots.figures import SMALL, paper_figure, paper_style, short, write
from simulator.view.sensitivities import OneAtATime, one_at_a_time, rank_correlations
from simulator.view.study_table import Shares, answer_label, label_of, require_columns, unanswered_note, whole_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LOSS, GAIN = OKABE_ITO[1], OKABE_ITO[0]
HEIGHT = 0.62
ROW_MM, BESIDES_MM = 9.0, 24.0
LONGEST_NAME = 34


@checked
def plot_tornado(found: OneAtATime, axes: Axes) -> Axes:
    """Draw how far each factor moves the answer from its base, the largest range above, proven bounds as bars.

    Parameters
    ----------
    found : OneAtATime
        Of :func:`simulator.view.sensitivities.one_at_a_time`.
    axes : matplotlib Axes
        Where to draw.

    Returns
    -------
    matplotlib Axes
        As given.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> import simulator as sim
    >>> buffers = {"field": "buffers.patient_mm", "range": {"start": 0, "stop": 140, "step": 20}}
    >>> study = sim.Study.of("box", buffers, tolerance=0.2, step_deg=45, clearance_step_deg=90)
    >>> found = sim.one_at_a_time(sim.run_study(study, workers=1).table)
    >>> axes = sim.plot_tornado(found, plt.figure().subplots())
    >>> [label.get_text() for label in axes.get_yticklabels()]
    ['buffers patient / mm']
    """
    rows, middle = range(len(found.swings)), found.base[1]
    axes.axvspan(found.base[0], found.base[2], color="#d0d0d0", linewidth=0, zorder=0)
    axes.axvline(middle, color="black", linewidth=0.8)
    for row, swing in zip(rows, found.swings, strict=True):
        for value, answer, colour, away in (
            (swing.values[0], swing.least, LOSS, -1),
            (swing.values[1], swing.greatest, GAIN, 1),
        ):
            lower, estimate, upper = answer
            if (estimate - middle) * away <= 0:
                continue  # the base itself is the least, or the greatest
            axes.barh(
                row, estimate - middle, left=middle, height=HEIGHT, color=colour, edgecolor="black", linewidth=0.5
            )
            axes.errorbar(
                estimate, row, xerr=[[estimate - lower], [upper - estimate]], color="black", elinewidth=0.8, capsize=2
            )
            said = f"{value:g}" if isinstance(value, int | float | np.number) else short(str(value), LONGEST_NAME)
            axes.annotate(
                said,
                (lower if away < 0 else upper, row),
                (4 * away, 0),
                textcoords="offset points",
                ha="right" if away < 0 else "left",
                va="center",
                fontsize=SMALL,
                parse_math=False,
            )
    axes.set_yticks(rows, [short(label_of(swing.factor), LONGEST_NAME) for swing in found.swings], parse_math=False)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(found.swings) - 0.4, -0.6)
    axes.margins(x=0.18)
    axes.spines[["top", "right"]].set_visible(False)
    return axes


@checked
def plot_correlations(found: pd.DataFrame, axes: Axes) -> Axes:
    """Draw rank correlations of a sample as bars, the factor with the largest above, a colour for each group.

    Parameters
    ----------
    found : DataFrame
        Of :func:`simulator.view.sensitivities.rank_correlations`.
    axes : matplotlib Axes
        Where to draw; the bars' labels are the groups.

    Returns
    -------
    matplotlib Axes
        As given.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> import simulator as sim
    >>> buffers = {"field": "buffers.patient_mm", "range": {"start": 0, "stop": 140, "step": 20}}
    >>> study = sim.Study.of("box", buffers, tolerance=0.2, step_deg=45, clearance_step_deg=90)
    >>> found = sim.rank_correlations(sim.run_study(study, workers=1).table)
    >>> sim.plot_correlations(found, plt.figure().subplots()).get_xlabel()
    "Spearman's rank correlation with the answer, 95 % interval"
    """
    require_columns(found, ("factor", "group", "correlation", "lower", "upper", "cases"))
    names, groups = found["factor"].unique().tolist(), found["group"].unique().tolist()
    height = HEIGHT / len(groups)
    for place, group in enumerate(groups):
        rows = found[found["group"] == group]
        at = rows["factor"].map(names.index).to_numpy() + (place - (len(groups) - 1) / 2) * height
        rho = rows["correlation"].to_numpy()
        colour = OKABE_ITO[place] if place < len(OKABE_ITO) else OTHERS
        spread = np.abs(rows[["lower", "upper"]].to_numpy().T - rho)
        line: dict[str, Any] = {
            "edgecolor": "black",
            "linewidth": 0.5,
            "error_kw": {"elinewidth": 0.8},
            "capsize": 1.5,
        }
        axes.barh(at, rho, height=height, color=colour, xerr=spread, label=group, **line)
    axes.axvline(0.0, color="black", linewidth=0.8)
    axes.set_yticks(range(len(names)), [short(label_of(name), LONGEST_NAME) for name in names], parse_math=False)
    axes.tick_params(axis="y", length=0)
    axes.set_xlim(-1.05, 1.05)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_xlabel("Spearman's rank correlation with the answer, 95 % interval")
    return axes


@paper_style()
def tornado_figure(table: pd.DataFrame, *title: str) -> Figure:
    """Return the tornado plot of a study that moves one factor at a time.

    Parameters
    ----------
    table : DataFrame
        Rows of a study.
    *title : str
        Lines above.

    Raises
    ------
    SimulatorError
        If no factor moves alone.
    """
    found = one_at_a_time(table)
    if found is None:
        raise SimulatorError("tornado: a factor must move while all others stay at the base, none does")
    bounds = Shares.of(table).stated_gap(whole_of(table)) + unanswered_note(table)
    figure = paper_figure(BESIDES_MM + ROW_MM * len(found.swings), *title, bounds)
    plot_tornado(found, figure.add_subplot()).set_xlabel(f"{answer_label(table)}; grey: bounds with all at the base")
    return figure


@paper_style()
def correlations_figure(table: pd.DataFrame, *title: str) -> Figure:
    """Return rank correlations of a study's sample; parameters as of :func:`tornado_figure`.

    Raises
    ------
    SimulatorError
        If nothing of it can be ranked.
    """
    from matplotlib.patches import Patch

    found = rank_correlations(table)
    if found.empty:
        raise SimulatorError("correlations: numbers must vary, and with them the answers; none does")
    groups = found["group"].unique().tolist()
    handles = [
        Patch(facecolor=OKABE_ITO[place] if place < len(OKABE_ITO) else OTHERS, label=group)
        for place, group in enumerate(groups)
        if group
    ]
    content_mm = BESIDES_MM + found["factor"].nunique() * max(ROW_MM, 4.0 * len(groups))
    cases = (
        f"{found['cases'].min()} cases or more of each group" if groups != [""] else f"{found['cases'].min()} cases"
    )
    figure = paper_figure(content_mm, *title, cases + unanswered_note(table), handles=handles)
    plot_correlations(found, figure.add_subplot())
    return figure


def save_tornado(table: pd.DataFrame, path: Path, *title: str) -> None:
    """Write ``tornado.png``, or ``.pdf`` or ``.svg``; parameters and errors as of :func:`tornado_figure`."""
    write(tornado_figure(table, *title), path)


def save_correlations(table: pd.DataFrame, path: Path, *title: str) -> None:
    """Write ``correlations.png``, or ``.pdf`` or ``.svg``; errors as of :func:`correlations_figure`."""
    write(correlations_figure(table, *title), path)
