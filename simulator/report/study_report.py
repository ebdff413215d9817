"""What a study found, in short: for a terminal, and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.studies.rows import MAPPED

if TYPE_CHECKING:
    import pandas as pd

    from simulator.studies.result import StudyResult

MOST_REASONS = 10


def study_summary(result: StudyResult) -> dict[str, Any]:
    """Return how many cases have an answer, the least and the greatest one with bounds, and why others have none."""
    table = result.table
    mapped, others = table[table["status"] == MAPPED], table[table["status"] != MAPPED]
    reasons = others["reason"].value_counts().sort_index(kind="stable").sort_values(ascending=False, kind="stable")
    return {
        "title": result.title,
        "cases": len(table),
        **{status.replace(" ", "_"): count for status, count in result.counts().items()},
        "least": _case(result, mapped, mapped["fraction"].argmin()) if len(mapped) else None,
        "greatest": _case(result, mapped, mapped["fraction"].argmax()) if len(mapped) else None,
        "reasons": {str(reason): int(count) for reason, count in reasons.items()},
        "warnings": list(result.warnings),
        "disclaimer": result.provenance["disclaimer"],
    }


def study_text(found: dict[str, Any]) -> str:
    """Return a summary as lines of plain text."""
    lines = [
        found["title"],
        f"  {'cases':<10}{found['cases']:,}: {found['mapped']:,} mapped, {found['not_placed']:,} not placed, "
        f"{found['failed']:,} failed",
    ]
    lines += [f"  {end:<10}{_told(found[end])}" for end in ("least", "greatest") if found[end] is not None]
    reasons = list(found["reasons"].items())
    lines += [f"  {'none':<10}{count:,} × {reason}" for reason, count in reasons[:MOST_REASONS]]
    if len(reasons) > MOST_REASONS:
        lines.append(f"  {'none':<10}{len(reasons) - MOST_REASONS:,} other reasons: table.csv has them")
    lines += [f"  {'warning':<10}{text}" for text in found["warnings"]]
    return "\n".join([*lines, f"  {found['disclaimer']}"])


def _case(result: StudyResult, mapped: pd.DataFrame, at: int) -> dict[str, Any]:
    """Return one case: which it is, and its share of all with bounds."""
    row = mapped.iloc[int(at)]
    columns = [column for axis in result.provenance["axes"] for column in axis["columns"]]
    told = {column: _plain(row[column]) for column in columns}
    isocentre = [float(row[f"isocentre_{axis}_mm"]) for axis in "xyz"]
    shares = {name: float(row[name]) for name in ("fraction", "fraction_lower", "fraction_upper")}
    return {"index": int(row["index"]), **told, "isocentre_mm": isocentre, "unit": row["unit"], **shares}


def _told(case: dict[str, Any]) -> str:
    share, lower, upper = (100 * case[name] for name in ("fraction", "fraction_lower", "fraction_upper"))
    whole = "4π" if case["unit"] == "sr" else "all"
    at = ", ".join(f"{value:g}" for value in case["isocentre_mm"])
    fixed = ("index", "isocentre_mm", "unit", "fraction", "fraction_lower", "fraction_upper")
    values = [f"{name} {value}" for name, value in case.items() if name not in fixed]
    place = ", ".join([f"case {case['index']}", *values, f"isocentre [{at}] mm"])
    return f"{share:.1f} % of {whole}, between {lower:.1f} and {upper:.1f} (proven): {place}"


def _plain(value: Any) -> Any:
    """Return a number of numpy as one of Python."""
    return value.item() if hasattr(value, "item") else value
