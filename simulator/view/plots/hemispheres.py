"""The sphere of beam directions as two discs, areas true to the sphere's."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulator.arguments import checked
from simulator.collision.contact import Status
from simulator.directions.crossed_axes import FULL_SPHERE_SR
from simulator.directions.unions import ROUNDING_SR
from simulator.errors import unknown
from simulator.maps.collision_map import CollisionMap
from simulator.maps.look_up import cut_off, look_up
from simulator.view.colours import FREE, OUT_OF_RANGE, Key, Palette, rgb
from simulator.view.plots.figures import culprits_figure, paper_style, patches, write
from simulator.view.plots.marks import draw_borders, draw_marks, hatch, hatch_key, outline
from simulator.view.plots.poses import draw_elements

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PIXELS = 640
RIM = float(np.sqrt(2.0))
"""Radius of a hemisphere in the projection; the sphere's is 1."""
LABELS = {"anterior": ("R", "L"), "posterior": ("L", "R")}
"""What stands at the left and right rim of each hemisphere."""
LETTER_PT = 8.0
"""From the rim to the middle of a letter."""
CONTENT_MM = 96.0
SEEN_FROM = {"anterior": "anterior, seen from the front", "posterior": "posterior, seen from behind"}


@dataclass(frozen=True, eq=False)
class Disc:
    """The picture elements of a hemisphere.

    Attributes
    ----------
    hemisphere : {"anterior", "posterior"}
        Which half.
    places : ndarray, shape (n,)
        Their middles, across and up alike, in radii of the sphere.
    is_on : ndarray of bool, shape (n, n)
        Which are on the disc; first axis across.
    directions_patient : ndarray, shape (k, 3)
        Unit vectors of those, in DICOM patient axes.
    """

    hemisphere: str
    places: NDArray[np.float64]
    is_on: NDArray[np.bool_]
    directions_patient: NDArray[np.float64]

    @classmethod
    def of(cls, hemisphere: str) -> Disc:
        """Return a hemisphere seen from outside, the head up.

        Lambert's azimuthal equal-area projection: r = 2 sin(angle from the centre / 2).
        """
        front = -1.0 if hemisphere == "anterior" else 1.0
        places = ((np.arange(PIXELS) + 0.5) / PIXELS * 2 - 1) * RIM
        across, up = np.meshgrid(places, places, indexing="ij")
        radius_squared = across**2 + up**2
        is_on = radius_squared <= RIM**2
        shrink = np.sqrt(1 - radius_squared[is_on] / 4)
        # The patient's left is on the right of somebody who looks at the front, and on the left from behind.
        x, z = -front * across[is_on] * shrink, up[is_on] * shrink
        y = front * (1 - radius_squared[is_on] / 2)
        return cls(hemisphere, places, is_on, np.stack([x, y, z], axis=1))

    def spread(self, values: NDArray[Any], elsewhere: object) -> NDArray[Any]:
        """Return values (n, n, ...) of the whole square from those (k, ...) on the disc."""
        square = np.full((*self.is_on.shape, *values.shape[1:]), elsewhere, dtype=values.dtype)
        square[self.is_on] = values
        return square


@checked
def plot_sphere(cmap: CollisionMap, axes: Axes, hemisphere: str = "anterior", palette: Palette | None = None) -> Axes:
    """Draw one hemisphere of beam directions, seen from outside, areas true to the sphere's.

    A point is where the source stands, seen from the isocentre, in the patient's axes: head up. What is free, but has
    no pose that a way leads to from the home pose, is hatched.

    Parameters
    ----------
    cmap : CollisionMap
        The map.
    axes : matplotlib Axes
        Where to draw.
    hemisphere : {"anterior", "posterior"}
        Which half.
    palette : Palette, optional
        Its colours; those of the map if not given.

    Returns
    -------
    matplotlib Axes
        As given.

    Notes
    -----
    The projection is Lambert's azimuthal equal-area one: areas on the page are to each other as solid angles.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> import simulator as sim
    >>> setup = sim.load_setup("brain")
    >>> sweep = sim.Sweep(gantry=(-180, 180, 10), couch=(-90, 90, 10))
    >>> cmap = sim.collision_map(setup, sweep=sweep, tolerance=0.05)
    >>> sim.plot_sphere(cmap, plt.figure().subplots(), "anterior").get_title()
    'anterior, seen from the front'
    """
    if hemisphere not in LABELS:
        raise unknown("hemisphere", hemisphere, LABELS)
    palette = palette or Palette(cmap)
    disc = Disc.of(hemisphere)
    status, culprit = look_up(cmap, disc.directions_patient)
    draw_disc(disc, palette.index(status, culprit), palette.colours, axes)
    places = disc.places, disc.places
    regions = disc.spread(palette.regions(status, culprit), 0)
    draw_borders(regions, places, axes, disc.is_on)
    cut = cut_off(cmap, disc.directions_patient @ cmap.rotation("patient").T, status == Status.FREE)
    hatch(disc.spread(cut, False), places, axes, disc.is_on)
    outline(disc.spread(status == Status.FREE, False), places, axes, disc.is_on)
    draw_marks(regions, palette.marks, places, axes)
    return axes


def draw_disc(disc: Disc, index: NDArray[np.integer], colours: NDArray[np.float64], axes: Axes) -> None:
    """Draw the picture elements (n,) of a hemisphere, of colours (k, 3) by their index."""
    picture = disc.spread(index, len(colours)).T[::-1]
    draw_elements(picture, np.concatenate([colours, [rgb(FREE)]]), axes, extent=(-RIM, RIM, -RIM, RIM))
    turn = np.linspace(0, 2 * np.pi, 361)
    axes.plot(RIM * np.cos(turn), RIM * np.sin(turn), color="black", linewidth=0.8)
    letters = (*LABELS[disc.hemisphere], "H", "F")
    for text, place in zip(letters, ((-1, 0), (1, 0), (0, 1), (0, -1)), strict=True):
        at, away = (RIM * place[0], RIM * place[1]), (LETTER_PT * place[0], LETTER_PT * place[1])
        axes.annotate(text, at, away, textcoords="offset points", ha="center", va="center")
    axes.set_title(SEEN_FROM[disc.hemisphere], pad=2 * LETTER_PT)
    axes.set_xlim(-RIM * 1.06, RIM * 1.06)
    axes.set_ylim(-RIM * 1.06, RIM * 1.06)
    axes.set_aspect("equal")
    axes.axis("off")


@paper_style()
def sphere_figure(cmap: CollisionMap) -> Figure:
    """Return both hemispheres with title, solid angle, legend and disclaimer."""
    palette = Palette(cmap)
    reached_sr = float(cmap.folded(np.ones_like(cmap.reduced.is_free)).solid_angle_sr())
    is_all = reached_sr > FULL_SPHERE_SR - ROUNDING_SR
    beyond = [] if is_all else patches([Key("no pose of the map", rgb(OUT_OF_RANGE))])
    figure = culprits_figure(cmap, palette, CONTENT_MM, [*beyond, *hatch_key(cmap)])
    for index, hemisphere in enumerate(LABELS):
        plot_sphere(cmap, figure.add_subplot(1, 2, index + 1), hemisphere, palette)
    return figure


@paper_style()
def save_sphere(cmap: CollisionMap, path: Path) -> None:
    """Write ``sphere.png``, or ``.pdf`` or ``.svg``: both hemispheres with title, solid angle and legend."""
    write(sphere_figure(cmap), path)
