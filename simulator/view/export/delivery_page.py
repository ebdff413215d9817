"""A delivery as one page, to print or to keep: verdict, times, time line, beams and ways, the map with the whole way.

``delivery_page.html`` is the page. Nothing moves and nothing is loaded: pictures are in it, and all text is escaped.
"""

from __future__ import annotations

import base64
import html
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from simulator.arguments import checked
from simulator.delivery.orders.delivered import Delivery, Event
from simulator.delivery.orders.wording import seconds, span, totals, verdict
from simulator.delivery.roads.ways import Way
from simulator.errors import warned
from simulator.maps.collision_map import CollisionMap
from simulator.maps.provenance import DISCLAIMER, PACKAGES, provenance, require_map_of
from simulator.plans.ways import told
from simulator.view.export.template import filled
from simulator.view.export.time_line import called, time_line
from simulator.whole_files import file_path, written_whole

DPI = 150
HEADS = ("at", "what", "from", "to", "takes", "least clearance")
CAPTION = (
    "The whole way: a diamond is the first pose, dashed lines are moves, each straight from dot to dot, numbers in "
    "circles are beams in the order of delivery, broad lines are arcs."
)


@checked
def write_delivery_page(delivery: Delivery, path: str | os.PathLike[str], cmap: CollisionMap | None = None) -> None:
    """Write a page: the same bytes for the same delivery and map.

    Parameters
    ----------
    delivery : Delivery
        What is shown.
    path : path
        The file, ``.html``.
    cmap : CollisionMap, optional
        The map of its room. If not given, there is none on the page.

    Raises
    ------
    SimulatorError
        If the map is of another room, or the file cannot be written.

    Examples
    --------
    >>> import pandas as pd
    >>> import simulator as sim
    >>> setup = sim.load_setup("brain")
    >>> roads = sim.road_map(setup, sweep=sim.Sweep(gantry=(-180, 180, 10), couch=(-90, 90, 10)), tolerance=0.05)
    >>> beams = sim.BeamList.of(setup, pd.DataFrame({"gantry_deg": [60, 300, 40], "couch_deg": [0, 0, 30]}))
    >>> sim.write_delivery_page(sim.order_beams(setup, beams, roads=roads), "delivery.html")
    """
    file = file_path(path, ".html", ".htm")
    setup = delivery.setup
    if cmap is not None:
        require_map_of(setup, cmap.provenance)
    values = {
        "TITLE": html.escape(setup.title or setup.name),
        "CLASS": "free" if delivery.is_whole else "blocked",
        "VERDICT": html.escape(verdict(delivery)),
        "LEFTOUT": _table("Left out", ("beam", "from", "why"), _left_out(delivery)),
        "TOTALS": _table("Times", ("", "", ""), totals(delivery)),
        "TIMELINE": time_line(delivery),
        "BEAMS": _table("Beams and ways", HEADS, _rows(delivery)),
        "MAP": "" if cmap is None else _map(delivery, cmap),
        "NOTES": "".join(f"<p class=warning>{html.escape(line)}</p>" for line in warned(delivery.warnings))
        + "".join(f"<p>assumed: {html.escape(line)}</p>" for line in delivery.assumptions),
        "MADEBY": html.escape(_made_by(delivery)),
        "DISCLAIMER": html.escape(DISCLAIMER),
    }
    page = filled("delivery_page.html", values)
    with written_whole(file) as unfinished:
        unfinished.write_bytes(page.encode())


def _left_out(delivery: Delivery) -> Iterator[Sequence[str]]:
    for one in delivery.unreachable:
        yield one.beam.name, span(one.beam.start, one.beam.stop), one.reason


def _rows(delivery: Delivery) -> Iterator[Sequence[str]]:
    """Yield a row for each way and each beam, as they follow each other; pauses are in the time line."""
    count = len(delivery.beams)
    ways = dict(zip([*range(0 if delivery.first is not None else 1, count), None], delivery.ways, strict=False))
    last: Event | None = None
    for event in delivery.events:
        at, lasts = f"{event.start_s:.1f} s", seconds(event.stop_s - event.start_s)
        if event.kind == "move" and (last is None or last.kind != "move"):
            yield at, *_way_cells(ways[event.beam], event.beam)
        if event.kind == "beam" and event.beam is not None:
            turned = ", backwards" if delivery.is_reversed[event.beam] else ""
            yield (
                at,
                f"beam {called(delivery, event.beam)}{turned}",
                told(event.start),
                "" if event.start == event.stop else told(event.stop),
                lasts,
                "",
            )
        last = event


def _way_cells(way: Way, beam: int | None) -> Sequence[str]:
    to = "way to the last pose" if beam is None else f"way to beam {beam + 1}"
    via = f", {len(way.legs)} legs by {'; '.join(told(leg.stop) for leg in way.legs[:-1])}" if way.legs[1:] else ""
    least = ""
    if way.clearance_mm == way.clearance_mm:
        least = f"{way.clearance_mm:.1f} mm at {told(way.place)}: {way.pair}" if way.pair else "nothing to hit"
    return f"{to}{via}", told(way.start), told(way.stop), seconds(way.time_s), least


def _table(title: str, heads: Sequence[str], rows: Iterator[Sequence[str]]) -> str:
    """Return a table with its title, without columns that are empty; nothing if it has no rows."""
    cells = list(rows)
    told = [column for column in range(len(heads)) if any(row[column] for row in cells)]
    lines = ["".join(f"<td>{html.escape(row[column])}</td>" for column in told) for row in cells]
    if not lines:
        return ""
    head = "".join(f"<th>{html.escape(heads[column])}</th>" for column in told) if any(heads) else ""
    body = "\n".join(f"<tr>{line}</tr>" for line in lines)
    return (
        f"<section><h2>{html.escape(title)}</h2>\n<table><thead><tr>{head}</tr></thead>"
        f"<tbody>\n{body}\n</tbody></table></section>"
    )


def _map(delivery: Delivery, cmap: CollisionMap) -> str:
    from simulator.view.plots.figures import png
    from simulator.view.plots.way import delivery_figure

    picture = base64.b64encode(png(delivery_figure(delivery, cmap), DPI)).decode()
    return (
        f'<section><h2>Map</h2>\n<figure><img alt="the map with the whole way" '
        f'src="data:image/png;base64,{picture}"><figcaption>{html.escape(CAPTION)}</figcaption></figure></section>'
    )


def _made_by(delivery: Delivery) -> str:
    """Return what made the answer, so that it can be told whether another one is of the same."""
    setup = delivery.setup
    version = provenance(setup, setup.sweep, method="", tolerance=None)["versions"][PACKAGES[0]]
    names = ", ".join(model.name for model in (setup.machine, setup.couch, *setup.fixation))
    beams = Path(delivery.listed.source).name or "a table"
    return f"simulator {version}; models {names}; room {setup.scene.sha256[:12]} (SHA-256); beams from {beams}"
