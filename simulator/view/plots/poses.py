"""Poses as a picture: gantry across, couch up, in even picture elements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulator.maps.fine import STEP_DEG

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TURN_DEG = 360.0
NEAR_DEG = 1e-6
LOW = 0.27
"""A picture that is lower than this share of its width has no room for the label of the couch axis in one line."""


@dataclass(frozen=True, eq=False)
class Raster:
    """Even picture elements over a rectangle of poses, no larger than those of a fine map.

    Attributes
    ----------
    gantry_deg, couch_deg : ndarray, shapes (n,) and (m,)
        Their middles. Once round begins at a multiple of 90°, wherever the map is cut open.
    extent_deg : tuple of float
        Least and greatest gantry angle, least and greatest couch angle.
    rows, columns : ndarray of int, shapes (n,) and (m,)
        In which rectangle of the map they are.
    """

    gantry_deg: NDArray[np.float64]
    couch_deg: NDArray[np.float64]
    extent_deg: tuple[float, float, float, float]
    rows: NDArray[np.intp]
    columns: NDArray[np.intp]

    @classmethod
    def over(cls, gantry_edges_deg: NDArray[np.float64], couch_edges_deg: NDArray[np.float64]) -> Raster:
        """Return the picture elements over rectangles with these edges, shapes (n + 1,) and (m + 1,)."""
        gantry, couch = visible_edges(gantry_edges_deg), visible_edges(couch_edges_deg)
        start, stop = shown_gantry_deg(gantry)
        across, up = _even(start, stop), _even(couch[0], couch[-1])
        return cls(
            across,
            up,
            (start, stop, float(couch[0]), float(couch[-1])),
            _cell(gantry[0] + np.mod(across - gantry[0], TURN_DEG), gantry),
            _cell(up, couch),
        )

    def of(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return the values (n, m, ...) of the picture elements from those of the rectangles."""
        return values[np.ix_(self.rows, self.columns)]


def shown_gantry_deg(edges_deg: NDArray[np.float64]) -> tuple[float, float]:
    """Return from where to where the gantry axis is shown: once round, from a multiple of 90°; else what there is."""
    if edges_deg[-1] - edges_deg[0] < TURN_DEG - NEAR_DEG:
        return float(edges_deg[0]), float(edges_deg[-1])
    start = 90.0 * round(float(edges_deg[0]) / 90.0)
    return start, start + TURN_DEG


def visible_edges(edges_deg: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give a joint that does not turn a strip to be seen in."""
    return edges_deg if edges_deg[-1] > edges_deg[0] else np.array([edges_deg[0] - 0.5, edges_deg[0] + 0.5])


def draw_poses(raster: Raster, colours: NDArray[np.float64], axes: Axes) -> None:
    """Draw colours (n, m, 3) of picture elements, with the axes named and ticked."""
    axes.imshow(
        colours.swapaxes(0, 1), origin="lower", extent=raster.extent_deg, aspect="auto", interpolation="nearest"
    )
    left, right, bottom, top = raster.extent_deg
    axes.set_xlim(left, right)
    axes.set_ylim(bottom, top)
    axes.set_xlabel("gantry angle / ° (IEC 61217)")
    is_low = top - bottom < LOW * (right - left)
    axes.set_ylabel("couch angle / °\n(IEC 61217)" if is_low else "couch angle / ° (IEC 61217)")
    if right - left > 180:
        axes.set_xticks(np.arange(np.ceil(left / 45) * 45, right + NEAR_DEG, 45))
    if top - bottom > 90:
        axes.set_yticks(np.arange(np.ceil(bottom / 30) * 30, top + NEAR_DEG, 30))
    elif top - bottom <= 1.0:
        axes.set_yticks([(bottom + top) / 2])


def _even(start: float, stop: float) -> NDArray[np.float64]:
    """Return middles of equal parts."""
    count = max(1, int(np.ceil((stop - start) / STEP_DEG - NEAR_DEG)))
    return start + (np.arange(count) + 0.5) * (stop - start) / count


def _cell(values: NDArray[np.float64], edges: NDArray[np.float64]) -> NDArray[np.intp]:
    return np.clip(np.searchsorted(edges, values, side="right") - 1, 0, len(edges) - 2)
