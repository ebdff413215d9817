"""What holds of a plan, as text that can be pasted into an e-mail."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.maps.provenance import DISCLAIMER
from simulator.plans.checked import PlanCheck
from simulator.plans.sections import Section, sections

INDENT = "  "
WIDEST = 56
"""A column that is wider than this lets the others go out of line."""


def plan_summary(check: PlanCheck, *, identify: bool = False) -> str:
    """Return what was found as lines of plain text: the verdict first, the disclaimer last.

    Parameters
    ----------
    check : PlanCheck
        What was found.
    identify : bool
        Whether beams have their names.
    """
    tables = ["\n".join(_lines(section)) for section in sections(check, identify=identify)]
    return "\n\n".join([check.verdict, *tables, f"{INDENT}{DISCLAIMER}"])


def _lines(section: Section) -> Iterator[str]:
    """Yield the lines of a table, its columns below each other."""
    yield f"{INDENT}{section.title}"
    cells = [section.heads, *(row.cells for row in section.rows)]
    widths = [min(WIDEST, max(len(row[at]) for row in cells)) for at in range(len(section.heads))]
    if any(section.heads):
        yield _aligned(section.heads, widths)
    for row in section.rows:
        yield _aligned(row.cells, widths)
        yield from (f"{INDENT * 4}{note}" for note in row.notes)


def _aligned(cells: tuple[str, ...], widths: list[int]) -> str:
    line = "  ".join(f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True))
    return f"{INDENT * 2}{line}".rstrip()
