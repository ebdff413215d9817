"""What holds of a plan as one page, to print or to keep: tables, the map with the beams on it, the room at its worst.

``plan_page.html`` is the page. Nothing moves and nothing is loaded: pictures are in it, and all text is escaped.
"""

from __future__ import annotations

import base64
import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from simulator.maps.collision_map import CollisionMap
from simulator.maps.provenance import DISCLAIMER, PACKAGES, provenance
from simulator.plans.checked import BeamCheck, PlanCheck
from simulator.plans.sections import Row, Section, sections
from simulator.plans.ways import WayCheck
from simulator.plans.wording import place_line
from simulator.setup.setup import Setup
from simulator.view.export.template import filled
from simulator.whole_files import file_path, written_whole

TITLE = "Treatment plan against the room"
DPI = 150
WARNINGS, VERDICT = "Warnings", "verdict"


@dataclass(frozen=True, eq=False)
class Worst:
    """The pose that a page shows.

    Attributes
    ----------
    name : str
        Whose it is: ``"beam 3"``.
    setup : Setup
        Its room.
    way : WayCheck
        On which it is the worst.
    """

    name: str
    setup: Setup
    way: WayCheck

    @property
    def pose(self) -> dict[str, float]:
        """Values of the joints that do not stand as they rest in the room, for a picture."""
        scene, at = self.setup.scene, self.way.at.joints
        return {
            name: value
            for name, value in at.items()
            if name in scene.tree and (name in scene.scan or value != scene.rest.get(name))
        }


def write_plan_page(
    check: PlanCheck,
    path: str | Path,
    cmap: CollisionMap | None = None,
    room: bytes | str = "",
    *,
    identify: bool = False,
) -> None:
    """Write a page: the same bytes for the same answer and pictures.

    Parameters
    ----------
    check : PlanCheck
        What was found.
    path : str or Path
        The file, ``.html``.
    cmap : CollisionMap, optional
        Map over gantry and couch of the room of `worst`. If not given, there is none on the page.
    room : bytes or str
        The room at the pose of `worst` as PNG, or in words why there is no picture of it.
    identify : bool
        Whether beams have their names.

    Raises
    ------
    SimulatorError
        If the file cannot be written.
    """
    file = file_path(path, ".html", ".htm")
    values = {
        "TITLE": html.escape(check.setup.title if identify and check.setup.title else TITLE),
        "CLASS": "free" if check.is_free else "blocked",
        "VERDICT": html.escape(check.verdict),
        "SECTIONS": "\n".join(map(_section, sections(check, identify=identify))),
        "PICTURES": "\n".join([*_map(check, cmap), _room(check, room)]),
        "MADEBY": html.escape(_made_by(check)),
        "DISCLAIMER": html.escape(DISCLAIMER),
    }
    page = filled("plan_page.html", values)
    with written_whole(file) as unfinished:
        unfinished.write_bytes(page.encode())


def worst(check: PlanCheck) -> Worst:
    """Return the way with the worst status, and of those the one with the least to spare: of a beam, or of a move."""
    found = [Worst(f"beam {beam.beam.number}", beam.setup, beam.worst) for beam in check.beams]
    for beam, move in zip(check.beams, check.moves, strict=False):
        if not move.is_free:
            name = f"move from beam {move.before} to {move.after}"
            found += [Worst(f"{name}, {order.order}", beam.setup, order) for order in move.orders]
    return min(found, key=lambda each: (-each.way.status, each.way.spare_mm))


def beams_in(check: PlanCheck, setup: Setup) -> list[BeamCheck]:
    """Return the beams that were checked in a room, the one that a map is of."""
    return [beam for beam in check.beams if beam.setup.scene.sha256 == setup.scene.sha256]


def _section(section: Section) -> str:
    heads = "".join(f"<th>{html.escape(head)}</th>" for head in section.heads)
    head = f"<thead><tr>{heads}</tr></thead>" if any(section.heads) else ""
    rows = "\n".join(line for row in section.rows for line in _row(row, section.heads))
    kind = ' class="warnings"' if section.title == WARNINGS else ' class="beams"' if any(section.heads) else ""
    table = f"<table>{head}<tbody>\n{rows}\n</tbody></table>"
    return f"<section{kind}><h2>{html.escape(section.title)}</h2>\n{table}</section>"


def _row(row: Row, heads: Sequence[str]) -> Iterator[str]:
    kind = {True: ' class="free"', False: ' class="blocked"', None: ""}[row.is_free]
    cells = "".join(
        f'<td class="{VERDICT if head == VERDICT else ""}">{html.escape(cell)}</td>'
        for head, cell in zip(heads, row.cells, strict=True)
    )
    yield f"<tr{kind}>{cells}</tr>"
    for note in row.notes:
        yield f'<tr class="note"><td colspan="{len(heads)}">{html.escape(note)}</td></tr>'


def _map(check: PlanCheck, cmap: CollisionMap | None) -> Iterator[str]:
    """Yield the map with the beams on it, if there is one."""
    if cmap is None:
        return
    from simulator.view.plots.figures import png
    from simulator.view.plots.legs import legs_figure

    setup = worst(check).setup
    beams = beams_in(check, setup)
    names = ", ".join(str(beam.beam.number) for beam in beams)
    others = "; other beams have rooms of their own" if len(beams) < len(check.beams) else ""
    collimator = f"With the collimator at {setup.collimator_deg:g}°; what holds for a beam is in the tables"
    caption = f"The room of beams {names}{others}. {collimator}."
    yield _figure("Map", png(legs_figure(cmap, beams), DPI), "The map with the beams on it", caption)


def _room(check: PlanCheck, room: bytes | str) -> str:
    """Return the room at the worst pose, or why it cannot be drawn."""
    found = worst(check)
    told = f"{found.name}: {place_line(found.way.at)}"
    if isinstance(room, bytes):
        return _figure("Room at the worst pose", room, f"The room, {told}", told)
    why = html.escape(f"{told}. There is no picture of it{': ' if room else ''}{room}")
    return f"<section><h2>Room at the worst pose</h2>\n<p>{why}</p></section>"


def _figure(title: str, picture: bytes, alternative: str, caption: str) -> str:
    source = f"data:image/png;base64,{base64.b64encode(picture).decode()}"
    return (
        f'<section><h2>{html.escape(title)}</h2>\n<figure><img alt="{html.escape(alternative)}" src="{source}">'
        f"<figcaption>{html.escape(caption)}</figcaption></figure></section>"
    )


def _made_by(check: PlanCheck) -> str:
    """Return what made the answer, so that it can be told whether another one is of the same."""
    setup = check.setup
    version = provenance(setup, setup.sweep, method="", tolerance=None)["versions"][PACKAGES[0]]
    room, values = setup.scene.sha256[:12], check.plan.sha256[:12]
    names = ", ".join(model.name for model in (setup.machine, setup.couch, *setup.fixation))
    return f"simulator {version}; models {names}; room {room}, plan {values} (SHA-256)"
