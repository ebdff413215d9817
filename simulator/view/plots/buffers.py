"""What a buffer costs, as a plot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.arguments import checked
from simulator.directions.crossed_axes import FULL_SPHERE_SR
from simulator.errors import count_of_warnings
from simulator.maps.buffer_curve import BufferCurve
from simulator.view.plots.figures import paper_figure, paper_style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOUR = "#0072b2"
WIDTH_MM = 120.0


@checked
def plot_buffers(curve: BufferCurve, axes: Axes) -> Axes:
    """Draw the achievable solid angle against the buffer: the proven bounds, with what lies between them filled.

    Parameters
    ----------
    curve : BufferCurve
        The curve.
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
    >>> curve = sim.buffer_curve(sim.load_setup("brain"), [0, 30, 60], tolerance=0.05)
    >>> sim.plot_buffers(curve, plt.figure().subplots()).get_xlabel()
    'buffer to patient and couch / mm'
    """
    lower, upper = (100 * bound / FULL_SPHERE_SR for bound in (curve.lower_sr, curve.upper_sr))
    axes.fill_between(curve.buffers_mm, lower, upper, color=COLOUR, alpha=0.4, linewidth=0, label="proven bounds")
    axes.plot(curve.buffers_mm, lower, color=COLOUR, linewidth=0.8)
    axes.plot(curve.buffers_mm, upper, color=COLOUR, linewidth=0.8)
    axes.set_xlabel("buffer to patient and couch / mm")
    axes.set_ylabel("achievable solid angle / % of 4π")
    axes.set_xlim(curve.buffers_mm[0], curve.buffers_mm[-1])
    axes.set_ylim(bottom=0.0)
    axes.grid(color="#dddddd", linewidth=0.5)
    axes.legend(frameon=False)
    return axes


@paper_style()
def buffers_figure(curve: BufferCurve, title: str) -> Figure:
    """Return the solid angle against the buffer, below a title."""
    figure = paper_figure(65.0, title + count_of_warnings(curve.warnings), width_mm=WIDTH_MM)
    plot_buffers(curve, figure.add_subplot())
    return figure
