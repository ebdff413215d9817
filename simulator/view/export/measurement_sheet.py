"""What is to be measured as one page to print and to write on: ``measurement_sheet.html`` is the page."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from simulator.commission.planning import MeasurementPlan, PlannedReading
from simulator.commission.room import Rooms
from simulator.commission.wording import joints_line, planned_lines, position_lines, warnings_of
from simulator.maps.provenance import DISCLAIMER, PACKAGES, provenance
from simulator.view.export.template import filled
from simulator.whole_files import file_path, written_whole

SAFETY = (
    "Parts will touch. No interlock, no model and nothing on this sheet keeps them from harm. The start angles are "
    "free in the models only, which may be wrong by several centimetres: drive there slowly and by eye.",
    "Nobody is on the couch or between the parts. A second person stands where the gap can be seen, with a hand on "
    "the emergency stop, and says stop.",
    "Drive at the lowest speed, with the hand pendant, in the direction of the arrow only. Stop at the last visible "
    "gap rather than at a knock. Better still: hold a soft spacer of known thickness in the gap, stop when it is "
    "held, and write its thickness down (gauge_mm).",
    "Override no interlock without whoever is responsible for the machine. Back off the way you came. Never rely on "
    "an expected angle.",
)
HOW = (
    "Set phantom and table up as each section says, and leave them for all of its lines. Turn the couch, then the "
    "gantry to the start angle.",
    "Turn slowly in the direction of the arrow (CW: the angle rises, CC: it falls) until two parts touch or hold the "
    "spacer. Write down the angle that the machine shows, with all its digits, and which parts touched.",
    "A contact before the expected angle is as good as one after it. Where nothing touches by the end of the travel, "
    "or a pose cannot be reached, leave the box empty and say why.",
    "Type the angles into readings.csv, which has the same lines: contact_deg, and parts, error_deg and gauge_mm if "
    "you know them. Lines without an angle are left out.",
)
ARROWS = {"CW": "↻ CW", "CC": "↺ CC"}


def write_measurement_sheet(plan: MeasurementPlan, rooms: Rooms, path: str | Path) -> None:
    """Write the sheet of a plan: the same bytes for the same plan.

    Parameters
    ----------
    plan : MeasurementPlan
        What is to be measured.
    rooms : Rooms
        Where.
    path : str or Path
        The file, ``.html``.

    Raises
    ------
    SimulatorError
        If the file cannot be written.
    """
    file = file_path(path, ".html", ".htm")
    setups = rooms.setups
    setup = next(iter(setups.values()))
    version = provenance(setup, setup.sweep, method="", tolerance=None)["versions"][PACKAGES[0]]
    hashes = ", ".join(f"{name} {each.scene.sha256[:12]}" for name, each in setups.items())
    values = {
        "TITLE": html.escape(rooms.commissioning.title),
        "COUNT": str(len(plan.rows)),
        "MODELS": html.escape(f"Models: {setup.machine.title}; {setup.couch.title}; {setup.patient.title}."),
        "SAFETY": _list("ul", SAFETY),
        "WARNINGS": _warnings(warnings_of(rooms)),
        "HOW": _list("ol", HOW),
        "TELLS": _list("ul", planned_lines(plan)),
        "POSITIONS": "\n".join(_positions(plan, rooms)),
        "MADEBY": html.escape(
            f"Angles in degrees, lengths in mm, IEC 61217. Made by simulator {version}; rooms (SHA-256): {hashes}."
        ),
        "DISCLAIMER": html.escape(DISCLAIMER),
    }
    page = filled("measurement_sheet.html", values)
    with written_whole(file) as unfinished:
        unfinished.write_bytes(page.encode())


def _positions(plan: MeasurementPlan, rooms: Rooms) -> Iterator[str]:
    """Yield a section for each position, its lines in the order of the plan."""
    numbered = enumerate(plan.rows, start=1)
    heads = "".join(
        f"<th{kind}>{html.escape(text)}</th>"
        for kind, text in (
            (' class="short"', "pose"),
            (' class="short"', "stand at"),
            (' class="number"', f"{rooms.moving} from"),
            (' class="short"', "turn"),
            (' class="number"', "expected"),
            ("", "between"),
            (' class="number"', "mm/°"),
            ("", f"{rooms.moving} angle read"),
            ("", "parts, spacer, note"),
        )
    )
    for position, rows in groupby(numbered, key=lambda row: row[1].position):
        where = "".join(f"<li>{html.escape(line)}</li>" for line in position_lines(rooms, position))
        lines = "\n".join(_rows(list(rows), rooms))
        yield (
            f'<section><h2>Phantom position: {html.escape(position)}</h2>\n<ul class="where">{where}</ul>\n'
            f"<table><thead><tr>{heads}</tr></thead><tbody>\n{lines}\n</tbody></table></section>"
        )


def _rows(numbered: Iterable[tuple[int, PlannedReading]], rooms: Rooms) -> Iterator[str]:
    """Yield the lines of a position; a thick rule where other joints have to be moved first."""
    before = None
    for number, row in numbered:
        kind = ' class="turned"' if before is not None and row.joints != before else ""
        before = row.joints
        joints = html.escape(joints_line(rooms.tree, row.joints))
        parts = html.escape(" – ".join(row.parts))
        yield (
            f'<tr{kind}><td class="pose">{number}</td><td class="short">{joints}</td>'
            f'<td class="number">{row.from_deg + 0.0:g}°</td><td class="short">{ARROWS[row.direction]}</td>'
            f'<td class="number">{row.contact_deg + 0.0:.1f}°</td><td class="soft">{parts}</td>'
            f'<td class="number soft">{row.mm_per_degree:.1f}</td><td class="box"><div></div></td>'
            '<td class="box wide"><div></div></td></tr>'
        )


def _list(kind: str, lines: Iterable[str]) -> str:
    return f"<{kind}>{''.join(f'<li>{html.escape(line)}</li>' for line in lines)}</{kind}>"


def _warnings(texts: list[str]) -> str:
    return f'<div class="warnings"><b>Warnings</b>{_list("ul", texts)}</div>' if texts else ""
