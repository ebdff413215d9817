"""What is drawn over a picture: outlines, and the numbers of its regions for those who do not see the colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulator.maps.collision_map import CollisionMap
from simulator.view.plots.figures import SMALL

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.patches import Patch

DEEP_ENOUGH = 0.65
"""A region holds a number if so much of the type's size is between its deepest place and its rim."""
ALIKE = 0.95
"""Of places that are about as deep as the deepest one the middle one is taken: in a strip, half-way along it."""
HATCH, HATCH_COLOUR = "////", "#404040"
CUT_OFF = "free, no way from the home pose"
CRUMB = 3.0
"""What is nowhere so many picture elements deep is a crumb at a border, and no line of the legend."""
NEAR_PT = 1.0
"""Deepest places are found to so many points."""


@dataclass(frozen=True)
class Place:
    """The row and the column of a picture that are deepest inside one region of it."""

    region: int
    row: int
    column: int


def outline(
    is_inside: NDArray[np.bool_],
    places: tuple[NDArray[np.float64], NDArray[np.float64]],
    axes: Axes,
    is_seen: NDArray[np.bool_] | None = None,
) -> None:
    """Draw a line around what is inside; where it goes on beyond the picture there is none.

    Parameters
    ----------
    is_inside : ndarray of bool, shape (n, m)
        Of the picture elements, first axis across.
    places : tuple of ndarray, shapes (n,) and (m,)
        Their middles, across and up.
    axes : matplotlib Axes
        Where to draw.
    is_seen : ndarray of bool, shape (n, m), optional
        Which elements the picture has; all if not given.
    """
    if is_inside.all() or not is_inside.any():
        return
    _contour(is_inside, places, axes, is_seen, levels=[0.5], colors="black", linewidths=0.8)


def draw_borders(
    regions: NDArray[np.int_],
    places: tuple[NDArray[np.float64], NDArray[np.float64]],
    axes: Axes,
    is_seen: NDArray[np.bool_] | None = None,
) -> None:
    """Part the regions (n, m) of a picture, numbered from 0, by thin white lines; arguments as of :func:`outline`."""
    if regions.min() == regions.max():
        return
    # Between regions 1 and 4 there are three such levels, all within one picture element: one line to the eye.
    levels = np.arange(regions.min(), regions.max()) + 0.5
    _contour(regions, places, axes, is_seen, levels=levels, colors="white", linewidths=0.4)


def _contour(
    values: NDArray[Any],
    places: tuple[NDArray[np.float64], NDArray[np.float64]],
    axes: Axes,
    is_seen: NDArray[np.bool_] | None,
    **how: Any,
) -> None:
    across, up, values = _padded(values, places, is_seen)
    axes.contour(across, up, values.T, **how)


def _padded(
    values: NDArray[Any], places: tuple[NDArray[np.float64], NDArray[np.float64]], is_seen: NDArray[np.bool_] | None
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return places and values with a picture element more at each rim, which lets a line reach it."""
    across, up = (np.concatenate([[2 * at[0] - at[1]], at, [2 * at[-1] - at[-2]]]) for at in places)
    padded = np.pad(values, 1, mode="edge").astype(float)
    if is_seen is not None:
        padded[~np.pad(is_seen, 1)] = np.nan
    return across, up, padded


def hatch(
    which: NDArray[np.bool_],
    places: tuple[NDArray[np.float64], NDArray[np.float64]],
    axes: Axes,
    is_seen: NDArray[np.bool_] | None = None,
) -> None:
    """Hatch what is free but cannot be reached; arguments as of :func:`outline`."""
    if not which.any():
        return
    across, up, values = _padded(which, places, is_seen)
    drawn = axes.contourf(across, up, values.T, levels=[0.5, 1.5], colors="none", hatches=[HATCH])
    drawn.set_edgecolor(HATCH_COLOUR)
    drawn.set_linewidth(0.0)


def hatch_key(cmap: CollisionMap) -> list[Patch]:
    """Return the line of a legend for what is hatched; none if nothing is."""
    from matplotlib.patches import Patch

    if not has_cut_off(cmap):
        return []
    return [Patch(facecolor="white", edgecolor=HATCH_COLOUR, linewidth=0.5, hatch=HATCH, label=CUT_OFF)]


def has_cut_off(cmap: CollisionMap) -> bool:
    """Return whether anything is hatched that is more than a crumb at a border."""
    cut_off = cmap.fine_cut_off
    return cut_off is not None and bool(deepest_places(cut_off.astype(int), (1.0, 1.0), CRUMB))


def deepest_places(regions: NDArray[np.int_], element_pt: tuple[float, float], least_pt: float) -> list[Place]:
    """Return the deepest places of a picture's regions.

    Parameters
    ----------
    regions : ndarray of int, shape (n, m)
        Of the picture elements; 0 where there is none. A region is elements of one number that touch.
    element_pt : tuple of float
        Size of an element along both axes, in points.
    least_pt : float
        A region whose deepest place is nearer than this to its rim is left out.
    """
    from scipy.ndimage import distance_transform_edt, label

    found = []
    for number in np.unique(regions[regions > 0]).tolist():
        here = np.pad(regions == number, 1)
        depth = distance_transform_edt(here, sampling=element_pt)
        parts, _ = label(here)
        for part in np.unique(parts[depth >= least_pt]).tolist():  # most parts are crumbs at a boundary
            inside = np.where(parts == part, depth, 0.0)
            deepest = np.argwhere(inside >= ALIKE * inside.max())
            middle = deepest[np.hypot(*(deepest - deepest.mean(axis=0)).T).argmin()]
            found.append(Place(number, int(middle[0]) - 1, int(middle[1]) - 1))
    return found


def draw_marks(
    regions: NDArray[np.int_],
    marks: Sequence[str],
    places: tuple[NDArray[np.float64], NDArray[np.float64]],
    axes: Axes,
) -> None:
    """Write the mark of each region that can hold it at its deepest place.

    Parameters
    ----------
    regions : ndarray of int, shape (n, m)
        Of the picture elements; 0 where there is none.
    marks : sequence of str
        Those of regions 1, 2 and so on.
    places, axes
        As of :func:`outline`.
    """
    from matplotlib.patheffects import withStroke

    box = axes.get_window_extent()
    limits = axes.get_xlim(), axes.get_ylim()
    element_pt = [
        (at[1] - at[0]) / (high - low) * size * 72 / axes.figure.dpi
        for at, (low, high), size in zip(places, limits, (box.width, box.height), strict=True)
    ]
    every = [max(1, int(NEAR_PT / size)) for size in element_pt]
    seen = regions[:: every[0], :: every[1]]
    size_pt = element_pt[0] * every[0], element_pt[1] * every[1]
    for place in deepest_places(seen, size_pt, DEEP_ENOUGH * SMALL):
        axes.text(
            places[0][place.row * every[0]],
            places[1][place.column * every[1]],
            marks[place.region - 1],
            fontsize=SMALL,
            weight="bold",
            ha="center",
            va="center_baseline",
            path_effects=[withStroke(linewidth=1.5, foreground="white")],
            clip_on=True,
        )
