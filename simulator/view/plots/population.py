"""A population: the solid angle against the sizes of the patients, a colour for each site or couch."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from simulator.arguments import checked
from simulator.errors import SimulatorError
from simulator.view.colours import OKABE_ITO, OTHERS
from simulator.view.plots.figures import paper_figure, paper_style, write
from simulator.view.study_table import (
    ANSWERS,
    Shares,
    answer_label,
    answered,
    factors,
    is_number,
    label_of,
    require_columns,
    unanswered_note,
    whole_of,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

PANEL_MM = 62.0
MARKERS = "osD^v<>"
"""One for each colour, for those who do not see it."""
MOST_ROWS, MOST_COLUMNS = 4, 3


def numbers_of(table: pd.DataFrame) -> list[str]:
    """Return the columns that are drawn across: numbers that vary, those of the patient first."""
    found = [name for name in factors(table) if is_number(table, name)]
    return sorted(found, key=lambda name: not name.startswith("patient."))[:MOST_COLUMNS]


def names_of_groups(table: pd.DataFrame) -> list[str]:
    """Return the columns that part the cases into groups: what varies and is no number."""
    return [name for name in factors(table) if not is_number(table, name)]


@checked
def plot_population(table: pd.DataFrame, axes: Axes, across: str, *, coloured_by: str | None = None) -> Axes:
    """Draw the answer of each case against a number, its proven bounds as a bar.

    Parameters
    ----------
    table : DataFrame
        Rows of a study.
    axes : matplotlib Axes
        Where to draw.
    across : str
        A column of numbers, such as ``patient.height_cm``.
    coloured_by : str, optional
        A column of names: each has a colour.

    Returns
    -------
    matplotlib Axes
        As given.

    Raises
    ------
    SimulatorError
        If the table has no such column, or it does not hold numbers.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> import simulator as sim
    >>> buffers = {"field": "buffers.patient_mm", "range": {"start": 0, "stop": 140, "step": 20}}
    >>> study = sim.Study.of("box", buffers, tolerance=0.2, step_deg=45, clearance_step_deg=90)
    >>> table = sim.run_study(study, workers=1).table
    >>> sim.plot_population(table, plt.figure().subplots(), "buffers.patient_mm").get_xlabel()
    'buffers patient / mm'
    """
    require_columns(table, (*ANSWERS, across, *([] if coloured_by is None else [coloured_by])))
    if not is_number(table, across):
        raise SimulatorError(f"across: must be a column of numbers, was {across!r}")
    rows = answered(table)
    groups = [("", rows)] if coloured_by is None else list(rows.groupby(coloured_by, sort=False))
    for place, (name, group) in enumerate(groups):
        shares, colour = Shares.of(group), OKABE_ITO[place] if place < len(OKABE_ITO) else OTHERS
        axes.errorbar(
            group[across].to_numpy(dtype=float),
            shares.middle,
            yerr=(shares.middle - shares.lower, shares.upper - shares.middle),
            fmt=MARKERS[place % len(MARKERS)],
            color=colour,
            markersize=1.6,
            markeredgewidth=0.0,
            elinewidth=0.8,
            label=str(name),
        )
    axes.set_xlabel(label_of(across))
    axes.set_ylim(bottom=0.0)
    axes.grid(color="#dddddd", linewidth=0.5)
    axes.set_axisbelow(True)
    return axes


@paper_style()
def population_figure(table: pd.DataFrame, *title: str) -> Figure:
    """Return the answers against each number that varies, in rows of panels that share their scale.

    Of what varies and is no number, what has most values has the colours, the next one the rows of panels.
    """
    numbers, groups = numbers_of(table), names_of_groups(table)
    groups.sort(key=lambda name: -table[name].nunique())
    coloured_by, by_row = [*groups, None, None][:2]
    parts = [("", table)] if by_row is None else list(table.groupby(by_row, sort=False))[:MOST_ROWS]
    bounds = Shares.of(table).stated_gap(whole_of(table)) + unanswered_note(table)
    figure = paper_figure(
        PANEL_MM * len(parts), *title, bounds, handles=_handles(table, coloured_by), legend_title=coloured_by
    )
    panels = figure.subplots(len(parts), len(numbers), sharey=True, sharex="col", squeeze=False)
    for line, (name, part) in zip(panels, parts, strict=True):
        for axes, across in zip(line, numbers, strict=True):
            plot_population(part, axes, across, coloured_by=coloured_by)
            axes.set_title(f"{by_row} {name}" if by_row is not None else "")
            axes.label_outer()
        line[0].set_ylabel(answer_label(table))
    return figure


def save_population(table: pd.DataFrame, path: Path, *title: str) -> None:
    """Write ``population.png``, or ``.pdf`` or ``.svg``; parameters as of :func:`population_figure`."""
    write(population_figure(table, *title), path)


def _handles(table: pd.DataFrame, coloured_by: str | None) -> list[Line2D]:
    from matplotlib.lines import Line2D

    if coloured_by is None:
        return []
    names = answered(table)[coloured_by].unique().tolist()
    return [
        Line2D(
            [],
            [],
            linestyle="",
            marker=MARKERS[place % len(MARKERS)],
            color=OKABE_ITO[place] if place < len(OKABE_ITO) else OTHERS,
            label=str(name),
        )
        for place, name in enumerate(names)
    ]
