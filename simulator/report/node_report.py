"""Which nodes of an arm are free, as text, JSON and CSV."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from io import StringIO
from typing import Any

import numpy as np

from simulator.directions.crossed_axes import FULL_SPHERE_SR
from simulator.errors import warned
from simulator.maps.nodes.check import NodeCheck
from simulator.maps.provenance import DISCLAIMER, provenance

DECIMALS = 6
SHOWN = 10
OF_A_SWEEP = ("method", "tolerance")
"""What a map's provenance has, and that of nodes has not."""


def node_result(check: NodeCheck) -> dict[str, Any]:
    """Return what holds of nodes in a form that fits into JSON."""
    made_by: dict[str, Any] = dict(provenance(check.setup, check.setup.sweep, method="", tolerance=None))
    low, high = check.within_sr
    return {
        "verdict": check.verdict,
        "source": check.nodes.source,
        "is_synthetic": check.nodes.is_synthetic,
        "free": int(check.is_free.sum()),
        "count": len(check.is_free),
        "voronoi_share_of_4pi": None if check.voronoi_share is None else round(check.voronoi_share, DECIMALS),
        "within_deg": check.within_deg,
        "within_share_of_4pi": [round(low / FULL_SPHERE_SR, DECIMALS), round(high / FULL_SPHERE_SR, DECIMALS)],
        "nodes": [dict(zip(_columns(check), row, strict=True)) for row in _rows(check)],
        "assumptions": list(check.assumptions),
        "warnings": list(check.setup.warnings),
        "provenance": {key: value for key, value in made_by.items() if key not in OF_A_SWEEP},
        "disclaimer": DISCLAIMER,
    }


def node_summary(check: NodeCheck) -> str:
    """Return what holds of nodes as lines of plain text: the figures first, the disclaimer last.

    Beside each culprit stands at how many nodes it is in the way.
    """
    often = Counter(culprit for culprits in check.culprits for culprit in culprits.split("; ") if culprit)
    parts = [
        [f"{check.nodes.source}: {check.verdict}"],
        [f"  in the way {f'({count})':>6}  {culprit}" for culprit, count in often.most_common(SHOWN)],
        [f"  assumed: {text}" for text in check.assumptions],
        [*(f"  {line}" for line in warned(check.setup.warnings)), f"  {DISCLAIMER}"],
    ]
    return "\n\n".join("\n".join(lines) for lines in parts if lines)


def node_csv(checks: Sequence[NodeCheck]) -> str:
    """Return the nodes of tables in one room as CSV.

    A line each: its table, as it was given, whether it is free, the arm's joints, the culprits.
    """
    stream = StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["table", *_columns(checks[0])])
    for check in checks:
        writer.writerows(
            [check.nodes.source, *("" if cell is None else cell for cell in row)] for row in _rows(check)
        )
    return stream.getvalue()


def _columns(check: NodeCheck) -> list[str]:
    joints = () if check.setup.machine.arm is None else check.setup.machine.arm.joints
    return ["name", "x_mm", "y_mm", "z_mm", "is_free", *(f"{joint}_deg" for joint in joints), "culprits"]


def _rows(check: NodeCheck) -> list[list[Any]]:
    return [
        [name, *map(_number, place), bool(is_free), *map(_number, q_deg), culprits]
        for name, place, is_free, q_deg, culprits in zip(
            check.nodes.names, check.nodes.source_mm, check.is_free, check.q_deg, check.culprits, strict=True
        )
    ]


def _number(value: float) -> float | None:
    return round(float(value), DECIMALS) + 0.0 if np.isfinite(value) else None
