"""What a study comes to before it runs: for a terminal, and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulator.studies.estimate import Estimate

UNITS = (("B", 1.0), ("kB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12))


def estimate_summary(title: str, found: Estimate, workers: int) -> dict[str, Any]:
    """Return the counts, and about how long and how large a study is with a number of processes."""
    return {
        "title": title,
        "cases": found.cases,
        "chunks": found.chunks,
        "seconds_per_case": found.seconds / found.measured_cases,
        "core_seconds": found.core_seconds,
        "workers": workers,
        "seconds": found.core_seconds / min(workers, found.chunks),
        "bytes_of_tables": found.bytes_of_tables,
        "bytes_of_maps": found.bytes_of_maps,
        "measured_cases": found.measured_cases,
        "measured_chunks": found.measured_chunks,
    }


def estimate_text(summary: dict[str, Any]) -> str:
    """Return a summary as lines of plain text, with what it rests on."""
    working = min(summary["workers"], summary["chunks"])
    tables, maps = summary["bytes_of_tables"], summary["bytes_of_maps"]
    cases, chunks = (_counted(summary[f"measured_{what}s"], what) for what in ("case", "chunk"))
    lines = [
        summary["title"],
        f"  {'cases':<10}{summary['cases']:,} in {_counted(summary['chunks'], 'chunk')}",
        f"  {'time':<10}about {_time(summary['seconds'])} with {working} process{'es' * (working > 1)}, "
        f"{summary['seconds_per_case']:.2g} s a case; loading the program comes on top",
        f"  {'disk':<10}about {_size(tables)}" + (f", and {_size(maps)} of maps" if maps else ", no maps are kept"),
        f"  {'estimate':<10}from {cases} of {chunks}, spread evenly over the study, worked on now",
    ]
    return "\n".join(lines)


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'s' * (count != 1)}"


def _time(seconds: float) -> str:
    for unit, length in (("days", 86400.0), ("h", 3600.0), ("min", 60.0)):
        if seconds >= 2 * length:
            return f"{seconds / length:.2g} {unit}" if seconds < 100 * length else f"{seconds / length:,.0f} {unit}"
    return f"{seconds:.2g} s" if seconds < 100 else f"{seconds:.0f} s"


def _size(count: float) -> str:
    unit, factor = next((each for each in reversed(UNITS) if count >= each[1]), UNITS[0])
    return f"{count / factor:.3g} {unit}"
