"""What a notebook shows of a map and of a solid angle: HTML that holds all it needs."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import replace
from html import escape

from simulator.directions.crossed_axes import FULL_SPHERE_SR
from simulator.errors import warned
from simulator.maps.collision_map import CollisionMap
from simulator.maps.free_extent import FreeExtent
from simulator.maps.provenance import DISCLAIMER
from simulator.maps.reachable import Reachable
from simulator.maps.rich_display import html
from simulator.maps.solid_angle import SolidAngle
from simulator.view.plots.costs import in_the_way
from simulator.view.plots.figures import paper_style, png, shown
from simulator.view.plots.maps import map_figure

PICTURE_DPI = 105
"""Of the picture in a notebook: 744 pixels across."""
MOST_PAIRS = 5
BAR = 400.0
"""Length of the bar that is 4π, in pixels."""
MARKS = {0.0: "0", 0.5: "2π", 1.0: "4π sr"}
PROVEN_COLOUR, OPEN_COLOUR = "#0072b2", "#a6cfe8"


@html.register
def map_html(cmap: CollisionMap) -> str:
    """Return a map as HTML: title, solid angle with bounds, picture, counts, costs, warnings, disclaimer."""
    counts = ", ".join(f"{count:,} {escape(str(status))}" for status, count in cmap.counts().items())
    poses = " × ".join(str(count) for count in cmap.status.shape)
    title, omega = escape(cmap.title), cmap.achievable()
    what = "achievable" if cmap.has_area else "free"
    return (
        f'<div class="simulator-map">'
        f"<p><strong>{title}</strong><br>{what} {escape(shown(omega))}{_reachable(cmap.reachable())}</p>"
        f'<img alt="collision map: {title}" src="data:image/png;base64,{_picture(cmap)}" style="max-width: 100%">'
        f"<p>{poses} poses: {counts}</p>"
        f"{_costs(cmap)}"
        f"{_warnings(cmap.warnings)}"
        f"<p><small>{escape(DISCLAIMER)}</small></p>"
        f"</div>"
    )


@html.register
def reachable_html(reachable: Reachable) -> str:
    """Return what can be reached as HTML: the solid angle, from where, and the islands."""
    islands = "".join(f"<li>island {escape(island.stated())}</li>" for island in reachable.islands)
    omega = "" if reachable.solid_angle is None else solid_angle_html(reachable.solid_angle)
    return f'<div class="simulator-reachable">{omega}<p>{escape(reachable.note)}</p><ul>{islands}</ul></div>'


@html.register
def free_extent_html(extent: FreeExtent) -> str:
    """Return a free extent as HTML: its figures."""
    return f'<div class="simulator-free-extent"><p>{escape(shown(extent))}</p>{_warnings(extent.warnings)}</div>'


@html.register
def solid_angle_html(omega: SolidAngle) -> str:
    """Return a solid angle as HTML: its figures, and a bar of 4π.

    The bar is filled to the lower bound, lighter from there to the upper one, and cut at the estimate.
    """
    figures = escape(shown(omega))
    lower, upper, middle = (BAR * sr / FULL_SPHERE_SR for sr in (omega.lower_sr, omega.upper_sr, omega.sr))
    ends = {0.0: "start", 0.5: "middle", 1.0: "end"}
    marks = "".join(
        f'<text x="{BAR * share:g}" y="30" text-anchor="{ends[share]}">{text}</text>' for share, text in MARKS.items()
    )
    return (
        f'<div class="simulator-solid-angle">'
        f"<p>{figures}</p>"
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{figures}" width="{BAR + 2:g}" height="34" '
        f'viewBox="-1 -1 {BAR + 2:g} 34" font-family="sans-serif" font-size="11" fill="currentColor">'
        f'<rect class="sphere" x="0" y="0" width="{BAR:g}" height="16" fill="white" stroke="#404040"/>'
        f'<rect class="lower" x="0" y="0" width="{lower:.3f}" height="16" fill="{PROVEN_COLOUR}"/>'
        f'<rect class="between" x="{lower:.3f}" y="0" width="{upper - lower:.3f}" height="16" fill="{OPEN_COLOUR}"/>'
        f'<line class="estimate" x1="{middle:.3f}" y1="-1" x2="{middle:.3f}" y2="19" stroke="black"/>'
        f"{marks}</svg>{_warnings(omega.warnings)}</div>"
    )


@paper_style()
def _picture(cmap: CollisionMap) -> str:
    return b64encode(png(map_figure(cmap, has_title=False), PICTURE_DPI)).decode("ascii")


def _reachable(reachable: Reachable) -> str:
    """Return a line about what can be reached, and one for each island."""
    omega = reachable.solid_angle
    told = reachable.note if omega is None else f"{shown(replace(omega, warnings=()))}; {reachable.note}"
    lines = [f"reachable {told}", *(f"island {island.stated()}" for island in reachable.islands)]
    return "".join(f"<br>{escape(line)}" for line in lines)


def _warnings(texts: Iterable[str]) -> str:
    return "".join(f"<p><strong>{escape(line)}</strong></p>" for line in warned(texts))


def _costs(cmap: CollisionMap) -> str:
    """Return a table of the costliest pairs."""
    costs, unit = in_the_way(cmap).head(MOST_PAIRS), cmap.unit
    if costs.empty:
        return "<p>no pair costs any solid angle</p>" if cmap.has_area else "<p>no pair is in the way</p>"
    rows = "".join(
        f"<tr><td>{escape(row.pair)}</td><td>{row.blocks:.2f}</td><td>{row.alone:.2f}</td></tr>"
        for row in costs.itertuples()
    )
    return f"<table><tr><th>in the way</th><th>blocks / {unit}</th><th>alone / {unit}</th></tr>{rows}</table>"
