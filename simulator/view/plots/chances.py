"""The chance of a contact over a sweep, as a plot."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from simulator.arguments import checked
from simulator.view.plots.figures import paper_figure, paper_style, write

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

LEAST, MOST = 1e-6, 1.0
LEVELS = (1e-5, 1e-4, 1e-3)
"""Lines are drawn where the chance is 0.001, 0.01 and 0.1 %."""


@checked
def plot_chances(chances: xr.DataArray, axes: Axes) -> Axes:
    """Draw the estimated chance of a contact at each pose, with lines at 0.001, 0.01 and 0.1 %.

    Parameters
    ----------
    chances : DataArray
        Over two joints, as of `simulator.maps.probable.contact_chances`; the first goes to the right.
    axes : matplotlib Axes
        Where to draw.

    Returns
    -------
    matplotlib Axes
        As given.

    Examples
    --------
    >>> from dataclasses import replace
    >>> import matplotlib.pyplot as plt
    >>> import simulator as sim
    >>> setup = replace(sim.load_setup("brain"), errors=sim.Errors(vertical_mm={"standard_deviation": 3}))
    >>> chances = sim.contact_chances(setup, sweep=sim.Sweep(gantry=(-180, 180, 30), couch=(-90, 90, 30)))
    >>> sim.plot_chances(chances, plt.figure().subplots()).get_xlabel()
    'gantry / °'
    """
    from matplotlib.colors import LogNorm

    across, up = (np.asarray(chances[name]) for name in chances.dims)
    shown = np.clip(chances.values.T, LEAST, MOST)
    mesh = axes.pcolormesh(across, up, shown, norm=LogNorm(LEAST, MOST), cmap="cividis_r", shading="nearest")
    axes.contour(across, up, shown, levels=LEVELS, colors="black", linewidths=(0.4, 0.7, 1.0))
    bar = axes.figure.colorbar(mesh, ax=axes, extend="min")
    decades = [10.0**-k for k in range(7)]
    bar.set_ticks(decades, labels=[f"{100 * chance:g} %" for chance in decades])
    bar.set_label("chance of a contact (estimate)")
    axes.set_xlabel(f"{chances.dims[0]} / °")
    axes.set_ylabel(f"{chances.dims[1]} / °")
    return axes


@paper_style()
def save_chances(chances: xr.DataArray, title: str, path: Path) -> None:
    """Write the plot as ``.png``, ``.pdf`` or ``.svg``; the errors stand in the title."""
    figure = paper_figure(85.0, f"{title}; {chances.attrs['errors']}", width_mm=160.0)
    plot_chances(chances, figure.add_subplot())
    write(figure, path)
