"""What a survey found, as text, JSON and CSV."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from simulator.directions.crossed_axes import FULL_SPHERE_SR
from simulator.maps.provenance import DISCLAIMER
from simulator.maps.solid_angle import SolidAngle
from simulator.maps.survey import Surveyed

if TYPE_CHECKING:
    import pandas as pd


def survey_result(title: str, rows: Sequence[Surveyed]) -> dict[str, Any]:
    """Return the rows of a survey in a form that fits into JSON."""
    return {"title": title, "rows": [_row(row) for row in rows], "disclaimer": DISCLAIMER}


def survey_table(rows: Sequence[Surveyed]) -> pd.DataFrame:
    """Return a row for each machine and site; solid angles in sr, what blocks most as text."""
    import pandas as pd

    found = [_row(row) for row in rows]
    return pd.DataFrame([{**row, "culprits": "; ".join(one["pair"] for one in row["culprits"])} for row in found])


def survey_text(found: dict[str, Any]) -> str:
    """Return a survey as a table of plain text, a block for each site, in per cent of 4π."""
    lines = [found["title"], ""]
    sites = list(dict.fromkeys(row["site"] for row in found["rows"]))
    width = max(len(row["machine"]) for row in found["rows"]) + 2
    for site in sites:
        rows = [row for row in found["rows"] if row["site"] == site]
        claim = rows[0]["claim"]
        lines.append(f"  {site}" + (f"; claimed: {claim}" if claim else ""))
        lines.append(f"    {'machine':<{width}}{'by its joints':>14}{'with collisions':>22}  in the way")
        lines += [f"    {row['machine']:<{width}}{_cells(row)}" for row in rows]
        lines.append("")
    return "\n".join([*lines, "  per cent of 4π; bounds are proven", f"  {DISCLAIMER}"])


def _cells(row: dict[str, Any]) -> str:
    if row["lower_sr"] is None:
        return f"{'–':>14}{'–':>22}  {row['note'].splitlines()[0]}"
    by_joints = _range(row["kinematic_lower_sr"], row["kinematic_upper_sr"])
    told = _range(row["lower_sr"], row["upper_sr"])
    verdict = f" ({row['verdict']})" if row["verdict"] else ""
    culprits = ", ".join(one["pair"] for one in row["culprits"]) or row["note"] or "nothing"
    return f"{by_joints:>14}{told + verdict:>22}  {culprits}"


def _range(lower_sr: float, upper_sr: float) -> str:
    lower, upper = (f"{100 * sr / FULL_SPHERE_SR:.1f}" for sr in (lower_sr, upper_sr))
    return lower if lower == upper else f"{lower}–{upper}"


def _row(row: Surveyed) -> dict[str, Any]:
    return {
        "site": row.site,
        "machine": row.machine,
        **_bounds(row.kinematic, "kinematic_"),
        **_bounds(row.achievable, ""),
        "culprits": [{"pair": pair, "blocks_sr": blocks_sr} for pair, blocks_sr in row.culprits],
        "claim": row.claim,
        "claimed_at_most": row.claimed_at_most,
        "verdict": row.verdict,
        "note": row.note,
    }


def _bounds(angle: SolidAngle | None, prefix: str) -> dict[str, float | None]:
    """Return the bounds of a solid angle; None where there is none."""
    lower, upper = (None, None) if angle is None else (angle.lower_sr, angle.upper_sr)
    return {f"{prefix}lower_sr": lower, f"{prefix}upper_sr": upper}
