"""The map beside a room whose isocentre moves: drawn once without content, and filled with colours many times."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulator.directions.chart import TwoAxisChart
from simulator.maps.live.moving_map import LiveBounds, OutOfReach
from simulator.view.live_picture import KEYS, LivePicture
from simulator.view.plots.figures import MM_PER_INCH, paper_figure, paper_style, patches
from simulator.view.plots.poses import Raster, draw_poses

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH_MM = 150.0
LINES = 7
"""Left free above the map, for what is written there."""
LETTERS = 78
"""As many as it is wide."""


class LivePlot:
    """A picture with axes, whose inside is drawn anew for each answer.

    Parameters
    ----------
    picture : LivePicture
        Of the sweep.
    chart : TwoAxisChart
        Its joints name the axes.
    title : str
        Above.
    size : tuple of int
        Width and height in pixels.

    Attributes
    ----------
    axes : matplotlib Axes
        Those of the map.
    """

    def __init__(self, picture: LivePicture, chart: TwoAxisChart, title: str, size: tuple[int, int]) -> None:
        self._picture = picture
        self._empty, self.axes = _empty(picture, chart, title, size)
        box = self.axes.get_window_extent()
        left, right = int(np.ceil(box.x0)) + 1, int(np.floor(box.x1)) - 1
        top, bottom = size[1] - int(np.floor(box.y1)) + 1, size[1] - int(np.ceil(box.y0)) - 1
        self._inside = slice(top, bottom), slice(left, right)
        to_values = self.axes.transData.inverted().transform
        self._inner = to_values([(x + 0.5, box.y0) for x in range(left, right)])[:, 0]
        self._outer = to_values([(box.x0, size[1] - y - 0.5) for y in range(top, bottom)])[:, 1]

    def drawn(self, status: NDArray[np.int8]) -> NDArray[np.uint8]:
        """Return the picture (height, width, 3) of statuses (inner, outer) of the elements of the plane."""
        pixels = self._empty.copy()
        pixels[self._inside] = self._picture.plane(status, self._inner, self._outer)
        return pixels


def stated(answer: LiveBounds | OutOfReach) -> str:
    """Return what holds at an isocentre, in lines: where it is, and its solid angle with its bounds; or why none."""
    return "\n".join(fill(line, LETTERS) for line in _lines(answer))


def _lines(answer: LiveBounds | OutOfReach) -> list[str]:
    place = f"isocentre ({_numbers(answer.isocentre_mm)}) mm in the patient"
    if isinstance(answer, OutOfReach):
        return [place, *answer.reason.splitlines()]
    lower, upper = answer.bounds_of_4pi
    fineness = "final" if answer.is_final else f"{'coarse' if answer.is_coarse else 'finer'}, more follows"
    return [
        f"{place}, table ({_numbers(answer.table_position_mm)}) mm",
        f"{100 * lower:.1f} to {100 * upper:.1f} % of the sphere, proven ({fineness})",
    ]


def _numbers(values: tuple[float, float, float]) -> str:
    return ", ".join(f"{value:.1f}" for value in values)


@paper_style()
def _empty(
    picture: LivePicture, chart: TwoAxisChart, title: str, size: tuple[int, int]
) -> tuple[NDArray[np.uint8], Axes]:
    """Return the picture (height, width, 3) without content, and its axes."""
    height_mm = WIDTH_MM * size[1] / size[0]
    parts: dict[str, Any] = {"handles": patches(KEYS), "width_mm": WIDTH_MM}
    titles = (title, *[" "] * (LINES - 1))
    figure = paper_figure(height_mm, *titles, **parts)
    besides_mm = figure.get_figheight() * MM_PER_INCH - height_mm
    figure = paper_figure(height_mm - besides_mm, *titles, **parts)
    figure.set_dpi(size[0] / WIDTH_MM * MM_PER_INCH)
    axes = figure.add_subplot()
    raster = Raster.over(*picture.edges)
    blank = np.zeros((len(raster.across), len(raster.up)), dtype=np.int8)
    draw_poses(raster, blank, np.ones((1, 3)), chart, axes)
    canvas: Any = figure.canvas
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].copy(), axes
