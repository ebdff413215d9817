"""Poses as a picture: the joint nearer the beam across, the other up, in even picture elements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulator.directions.chart import TwoAxisChart
from simulator.geometry.angles import FULL_TURN_DEG
from simulator.geometry.edges import cell_of
from simulator.geometry.positions import IEC_AXES
from simulator.maps.fine import STEP

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NEAR_DEG = 1e-6
LOW = 0.27
"""A picture that is lower than this share of its width has no room for the label beside it in one line."""


@dataclass(frozen=True, eq=False)
class Raster:
    """Even picture elements over a rectangle of poses, no larger than those of a fine map.

    Attributes
    ----------
    across, up : ndarray, shapes (n,) and (m,)
        Their middles, values of the inner and of the outer joint. Once round begins at a multiple of 90°, wherever
        the map is cut open.
    extent : tuple of float
        Least and greatest value across, least and greatest value up.
    rows, columns : ndarray of int, shapes (n,) and (m,)
        In which rectangle of the map they are.
    """

    across: NDArray[np.float64]
    up: NDArray[np.float64]
    extent: tuple[float, float, float, float]
    rows: NDArray[np.intp]
    columns: NDArray[np.intp]

    @classmethod
    def over(cls, inner_edges: NDArray[np.float64], outer_edges: NDArray[np.float64]) -> Raster:
        """Return the picture elements over rectangles with these edges, shapes (n + 1,) and (m + 1,)."""
        edges = visible_edges(inner_edges), visible_edges(outer_edges)
        extents = [shown_range(each) for each in edges]
        places = [_even(*extent) for extent in extents]
        rows, columns = (cell_of(at, each, FULL_TURN_DEG) for at, each in zip(places, edges, strict=True))
        return cls(places[0], places[1], (*extents[0], *extents[1]), rows, columns)

    def of(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return the values (n, m, ...) of the picture elements from those of the rectangles."""
        return values[np.ix_(self.rows, self.columns)]


def shown_range(edges_deg: NDArray[np.float64]) -> tuple[float, float]:
    """Return from where to where an axis is shown: once round, from a multiple of 90°; else what there is."""
    if edges_deg[-1] - edges_deg[0] < FULL_TURN_DEG - NEAR_DEG:
        return float(edges_deg[0]), float(edges_deg[-1])
    start = 90.0 * round(float(edges_deg[0]) / 90.0)
    return start, start + FULL_TURN_DEG


def visible_edges(edges_deg: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give a joint that does not turn a strip to be seen in."""
    return edges_deg if edges_deg[-1] > edges_deg[0] else np.array([edges_deg[0] - 0.5, edges_deg[0] + 0.5])


def scale_of(joint: str, space: str) -> str:
    """Return whose scale the angles of a joint are on, after a space or a new line; nothing where IEC has no such."""
    return f"{space}(IEC 61217)" if joint in IEC_AXES else ""


def draw_elements(index: NDArray[np.integer], colours: NDArray[np.float64], axes: Axes, **how: Any) -> None:
    """Draw picture elements (rows, columns), of colours (k, 3) by their index: so one number each is sampled."""
    from matplotlib.colors import ListedColormap, NoNorm

    axes.imshow(
        index.astype(np.int32),
        cmap=ListedColormap(colours),
        norm=NoNorm(),
        interpolation="nearest",
        interpolation_stage="data",
        **how,
    )


def draw_poses(
    raster: Raster, index: NDArray[np.integer], colours: NDArray[np.float64], chart: TwoAxisChart, axes: Axes
) -> None:
    """Draw picture elements (n, m) as `draw_elements`, with the axes ticked and named after the joints of a chart."""
    draw_elements(index.T, colours, axes, origin="lower", extent=raster.extent, aspect="auto")
    left, right, bottom, top = raster.extent
    axes.set_xlim(left, right)
    axes.set_ylim(bottom, top)
    space = "\n" if top - bottom < LOW * (right - left) else " "
    axes.set_xlabel(f"{chart.inner} angle / °{scale_of(chart.inner, ' ')}", parse_math=False)
    axes.set_ylabel(f"{chart.outer} angle / °{scale_of(chart.outer, space)}", parse_math=False)
    if right - left > 180:
        axes.set_xticks(np.arange(np.ceil(left / 45) * 45, right + NEAR_DEG, 45))
    if top - bottom > 90:
        axes.set_yticks(np.arange(np.ceil(bottom / 30) * 30, top + NEAR_DEG, 30))
    elif top - bottom <= 1.0:
        axes.set_yticks([(bottom + top) / 2])


def _even(start: float, stop: float) -> NDArray[np.float64]:
    """Return middles of equal parts."""
    count = max(1, int(np.ceil((stop - start) / STEP - NEAR_DEG)))
    return start + (np.arange(count) + 0.5) * (stop - start) / count
