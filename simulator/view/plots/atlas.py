"""An atlas as slices through the patient: how much of the sphere is free if the isocentre is here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from simulator.arguments import checked
from simulator.models.patient import Patient
from simulator.view.lattice import NO_CASE, LatticeVolume
from simulator.view.plots.figures import SMALL, paper_figure, paper_style, write

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure

Slice: TypeAlias = Literal["transverse", "coronal", "sagittal"]
COLOURS = "viridis"
"""Perceptually uniform, and from dark to light throughout, so that it can be read in grey."""
NO_ANSWER = "#bbbbbb"
OUTLINE = "#202020"
CONTENT_MM, COLOUR_BAR_MM = 66.0, 14.0
LEAST_MARGIN_MM, MARGIN = 40.0, 0.3
"""What is seen around the lattice: a share of its size, so many millimetres at least."""
MOST_LEVELS = 7
APART = 0.12
"""How far labels of contours stand apart at least, as a share of the slice's diagonal."""


@dataclass(frozen=True)
class _View:
    """How a slice is looked at: DICOM axes across it, to the right and up, and what stands at the four rims."""

    across: int
    right: tuple[int, float]
    up: tuple[int, float]
    letters: tuple[str, str, str, str]
    """Left, right, below and above."""
    seen: str


VIEWS: dict[Slice, _View] = {
    "transverse": _View(2, (0, 1.0), (1, -1.0), ("R", "L", "P", "A"), "seen from the feet"),
    "coronal": _View(1, (0, 1.0), (2, 1.0), ("R", "L", "F", "H"), "seen from the front"),
    "sagittal": _View(0, (1, 1.0), (2, 1.0), ("A", "P", "F", "H"), "seen from the left"),
}
"""As radiology shows them."""
AXES = "xyz"


@checked
def plot_atlas(
    volume: LatticeVolume,
    patient: Patient,
    axes: Axes,
    plane: Slice = "transverse",
    *,
    at_mm: float | None = None,
    limits: tuple[float, float] | None = None,
) -> Axes:
    """Draw one slice of an atlas: the solid angle as colour with contours, and the patient's outline.

    Parameters
    ----------
    volume : LatticeVolume
        The answers.
    patient : Patient
        Whose outline is drawn.
    axes : matplotlib Axes
        Where to draw; in mm of the patient's DICOM axes.
    plane : {"transverse", "coronal", "sagittal"}
        Which way it cuts.
    at_mm : float, optional
        Where it cuts the axis across it; the nearest plane of the lattice is shown. The middle if not given.
    limits : tuple of float, optional
        Percent at the two ends of the colours; those of the volume if not given.

    Returns
    -------
    matplotlib Axes
        As given.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> import simulator as sim
    >>> study = sim.Study.of("box", {"lattice": {"spacing_mm": 175, "part": "box phantom"}},
    ...                      tolerance=0.2, step_deg=45, clearance_step_deg=90)
    >>> (volume,) = sim.volumes_of(sim.run_study(study, workers=1).table)
    >>> sim.plot_atlas(volume, sim.load_setup("box").patient, plt.figure().subplots(), "coronal").get_xlabel()
    'x / mm'
    """
    view = VIEWS[plane]
    index = volume.plane(view.across, at_mm)
    at = float(volume.axes_mm[view.across][index])
    right, up = view.right[0], view.up[0]
    shown = np.take(volume.shares.middle, index, axis=view.across)
    is_case = np.take(volume.row, index, axis=view.across) != NO_CASE
    if right < up:  # what is left of the two axes has the rows first
        shown, is_case = shown.T, is_case.T
    edges = volume.edges_mm(right), volume.edges_mm(up)
    nothing = np.ma.masked_where(~(is_case & np.isnan(shown)), np.ones(shown.shape))
    axes.pcolormesh(*edges, nothing, cmap=_single(NO_ANSWER), edgecolors="none")
    low, high = limits or limits_of(volume)
    image = axes.pcolormesh(*edges, np.ma.masked_invalid(shown), cmap=COLOURS, vmin=low, vmax=high)
    image.set_gid("answers")
    _contours(axes, (volume.axes_mm[right], volume.axes_mm[up]), shown, (low, high))
    _outline(axes, patient, view, at)
    _frame(axes, volume, view)
    axes.set_title(f"{plane}, {AXES[view.across]} = {at:.0f} mm\n{view.seen}")
    return axes


def limits_of(volume: LatticeVolume) -> tuple[float, float]:
    """Return the percent at the two ends of the colours: the least and the greatest estimate, not the same."""
    known = volume.shares.middle[np.isfinite(volume.shares.middle)]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 100.0)
    return (low, high) if high - low > 0.1 else (low - 0.5, high + 0.5)


def colours_of(percent: NDArray[np.float64], limits: tuple[float, float]) -> list[str]:
    """Return the colours of answers (n,), such as ``"#21918c"``; grey where there is none."""
    from matplotlib import colormaps
    from matplotlib.colors import to_hex

    scaled = (percent - limits[0]) / (limits[1] - limits[0])
    shades = colormaps[COLOURS](np.nan_to_num(scaled))
    return [to_hex(shade) if np.isfinite(value) else NO_ANSWER for shade, value in zip(shades, scaled, strict=True)]


@paper_style()
def atlas_figure(volume: LatticeVolume, patient: Patient, *title: str, **at_mm: float) -> Figure:
    """Return transverse, coronal and sagittal slices side by side with one scale of colours.

    Parameters
    ----------
    volume : LatticeVolume
        The answers.
    patient : Patient
        Whose outline is drawn.
    *title : str
        Lines above.
    **at_mm : float
        Where a slice cuts, by its name; through the middle if not given.
    """
    gap = volume.shares.stated_gap("4π")
    figure = paper_figure(CONTENT_MM + COLOUR_BAR_MM, *title, gap)
    limits = limits_of(volume)
    widths = [np.ptp(_seen(volume, view.right[0])) for view in VIEWS.values()]
    grid = figure.add_gridspec(1, len(VIEWS), width_ratios=widths)
    every = []
    for column, plane in enumerate(VIEWS):
        axes = figure.add_subplot(grid[column])
        every.append(plot_atlas(volume, patient, axes, plane, at_mm=at_mm.get(plane), limits=limits))
    image = next(each for each in every[0].collections if each.get_gid() == "answers")
    bar = figure.colorbar(image, ax=every, location="bottom", shrink=0.5, aspect=30, pad=0.04)
    bar.set_label("achievable solid angle / % of 4π, contours too; grey: no answer")
    return figure


def save_atlas(volume: LatticeVolume, patient: Patient, path: Path, *title: str, **at_mm: float) -> None:
    """Write ``atlas.png``, or ``.pdf`` or ``.svg``; parameters as of :func:`atlas_figure`."""
    write(atlas_figure(volume, patient, *title, **at_mm), path)


def outline_of(patient: Patient, axis: int, at_mm: float) -> NDArray[np.float64]:
    """Return where the patient's surfaces meet a plane across a DICOM axis, as segments (n, 2, 3) in mm."""
    from trimesh import Trimesh
    from trimesh.intersections import mesh_plane

    normal, origin = np.eye(3)[axis], at_mm * np.eye(3)[axis]
    cuts = [
        mesh_plane(Trimesh(part.mesh.vertices_mm, part.mesh.faces, process=False), normal, origin)
        for part in patient.parts
    ]
    return np.concatenate([np.asarray(cut, dtype=float).reshape(-1, 2, 3) for cut in cuts])


def _outline(axes: Axes, patient: Patient, view: _View, at_mm: float) -> None:
    from matplotlib.collections import LineCollection

    segments = outline_of(patient, view.across, at_mm)[..., [view.right[0], view.up[0]]]
    axes.add_collection(LineCollection(list(segments), colors=OUTLINE, linewidths=0.8), autolim=False)


def _contours(
    axes: Axes,
    places: tuple[NDArray[np.float64], NDArray[np.float64]],
    shown: NDArray[np.float64],
    limits: tuple[float, float],
) -> None:
    """Draw lines of equal solid angle, with their percent, through the points of the lattice."""
    from matplotlib.patheffects import AbstractPathEffect, withStroke
    from matplotlib.ticker import MaxNLocator

    if min(shown.shape) < 2 or np.isfinite(shown).sum() < 4:
        return
    levels = MaxNLocator(MOST_LEVELS, steps=[1, 2, 5, 10]).tick_values(*limits)
    known = shown[np.isfinite(shown)]
    levels = levels[(levels > known.min()) & (levels < known.max())]
    if not len(levels):
        return
    halo: list[AbstractPathEffect] = [
        withStroke(linewidth=2.0, foreground=OUTLINE)
    ]  # white alone would be lost on yellow
    asked = (*places, np.ma.masked_invalid(shown))
    lines = axes.contour(*asked, levels=levels, colors="white", linewidths=0.9)
    lines.set_path_effects(halo)
    diagonal = float(np.linalg.norm([np.ptp(place) for place in places]))
    told = _clear_levels(axes, asked, levels, APART * diagonal)
    for label in axes.clabel(lines, told, fmt=_percent, fontsize=SMALL, colors="white"):
        label.set_path_effects(halo)


def _percent(level: float) -> str:
    return f"{level:g}"


def _clear_levels(
    axes: Axes, asked: tuple[NDArray[np.float64], ...], levels: NDArray[np.float64], apart: float
) -> list[float]:
    """Return the levels whose labels stand apart from each other, higher ones first: of close lines only some."""
    tried = axes.contour(*asked, levels=levels)
    axes.clabel(tried, inline=False, fmt=_percent, fontsize=SMALL)
    stand: list[NDArray[np.float64]] = []
    clear = []
    for level in levels[::-1]:
        pairs = zip(tried.labelTexts, tried.labelCValues, strict=True)
        own = [np.array(text.get_position()) for text, value in pairs if value == level]
        if all(np.hypot(*(each - other)) >= apart for each in own for other in stand):
            stand += own
            clear.append(float(level))
    tried.remove()
    return sorted(clear)


def _frame(axes: Axes, volume: LatticeVolume, view: _View) -> None:
    """Show the lattice and something around it, in the directions of the view."""
    for (axis, sign), setter in ((view.right, axes.set_xlim), (view.up, axes.set_ylim)):
        low, high = _seen(volume, axis)
        setter((low, high) if sign > 0 else (high, low))
    axes.set_aspect("equal")
    axes.set_xlabel(f"{AXES[view.right[0]]} / mm")
    axes.set_ylabel(f"{AXES[view.up[0]]} / mm")
    places = (
        (0.02, 0.5, "left", "center"),
        (0.98, 0.5, "right", "center"),
        (0.5, 0.02, "center", "bottom"),
        (0.5, 0.98, "center", "top"),
    )
    for letter, (x, y, across, along) in zip(view.letters, places, strict=True):
        axes.text(x, y, letter, ha=across, va=along, fontsize=SMALL, weight="bold", transform=axes.transAxes)


def _seen(volume: LatticeVolume, axis: int) -> NDArray[np.float64]:
    edges = volume.edges_mm(axis)
    margin = max(LEAST_MARGIN_MM, MARGIN * float(np.ptp(edges)))
    return np.array([edges[0] - margin, edges[-1] + margin])


def _single(colour: str) -> Colormap:
    from matplotlib.colors import ListedColormap

    return ListedColormap([colour])
