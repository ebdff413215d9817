"""``simulator explain``."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from textwrap import wrap
from typing import TYPE_CHECKING, Annotated

import cyclopts

if TYPE_CHECKING:
    from simulator.reference.entry import Entry

WIDEST = 100
"""Columns: longer lines are not read with ease."""
FieldName = Annotated[
    str,
    cyclopts.Parameter(
        help="patient.height_cm of a scenario; model.joints.limits of another kind of file; or scenario, model, "
        "study, survey, commissioning. Of results: beams, omega, table, or a column. If it is left out, all files."
    ),
]


def explain(field: FieldName = "", /) -> None:
    """Tell what a field of a file means: its unit, default and limits, what it excludes, and an example."""
    from simulator.reference.reference import explained

    width = min(WIDEST, shutil.get_terminal_size().columns)
    if not field:
        print("\n".join(_files(width)))
        return
    print("\n\n".join("\n".join(_lines(entry, width)) for entry in explained(field)))


def _lines(entry: Entry, width: int) -> Iterator[str]:
    from simulator.reference.entry import TITLES
    from simulator.reference.reference import explained

    yield f"{entry.name}  ({', '.join(filter(None, [TITLES[entry.file], entry.table]))})"
    facts = {"unit": entry.unit, "type": entry.type, "default": entry.default, "limits": entry.limits}
    yield from (f"  {name:<9}{value}" for name, value in facts.items() if value)
    for paragraph in entry.paragraphs:
        yield ""
        yield from wrap(_plain(paragraph), width, initial_indent="  ", subsequent_indent="  ")
    if entry.example:
        yield from ("", "  Example", *(f"    {line}" for line in entry.example.splitlines()))
    if entry.fields:
        yield from ("", "  Fields")
        yield from (_line(explained(name)[0], "    ", width) for name in entry.fields)


def _files(width: int) -> Iterator[str]:
    from simulator.reference.columns import COLUMNS
    from simulator.reference.reference import KINDS, entries

    yield "simulator explain FIELD tells what a field means. The files that people write, and their tables:"
    for file in KINDS:
        whole, *fields = entries(file)
        yield from ("", f"{file}: {_plain(whole.first_sentence)}"[:width])
        yield from (_line(entry, "  ", width) for entry in fields if len(entry.steps) == 1 and entry.fields)
    yield from ("", "Tables of results, each with its columns:")
    yield from (_line(entries(table)[0], "  ", width) for table in COLUMNS)
    yield from (
        "",
        "simulator explain scenario lists the fields of a file, simulator explain patient those of a table.",
    )


def _line(entry: Entry, indent: str, width: int) -> str:
    """Return a field with the first sentence about it, in one line."""
    text = f"{indent}{entry.name:<26} {_plain(entry.first_sentence)}"
    return text if len(text) <= width else f"{text[: width - 1].rstrip()}…"


def _plain(text: str) -> str:
    return text.replace("``", "")
