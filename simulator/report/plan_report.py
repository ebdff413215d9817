"""What holds of a plan, as JSON and as a table. Without names: beams are called by their numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.dicom.beams import AXES
from simulator.dicom.plan import Plan
from simulator.maps.provenance import DISCLAIMER, provenance
from simulator.plans.checked import BeamCheck, PlanCheck
from simulator.plans.sections import warnings_of
from simulator.plans.suggested import PlanSuggestion, Suggestion
from simulator.plans.ways import LENGTHS, LegCheck, MoveCheck, Place, Stretch, WayCheck
from simulator.plans.wording import beam_verdict, move_verdict, stretch_line
from simulator.setup.setup import Setup

if TYPE_CHECKING:
    import pandas as pd

DECIMALS = 3
OF_A_SWEEP = ("grid", "method", "tolerance")
"""What a map's provenance has, and a plan's has not."""
NAMES = ("scenario", "title", "site")
"""What people call a room, perhaps by the patient."""


def plan_result(check: PlanCheck, *, identify: bool = False) -> dict[str, Any]:
    """Return what holds of a plan, in a form that fits into JSON, the same every time.

    Parameters
    ----------
    check : PlanCheck
        What was found.
    identify : bool
        Whether names that the plan and the scenario give, which may be those of patients, are part of it.
    """
    return {
        "verdict": check.verdict,
        "is_free": check.is_free,
        "plan": _plan(check.plan),
        "order": list(check.order),
        "assumptions": list(dict.fromkeys((*check.setup.assumptions, *check.assumptions))),
        "beams": [_beam(beam, identify=identify) for beam in check.beams],
        "moves": [_move(move) for move in check.moves],
        "unknown_accessories": list(check.unknown_accessories),
        "suggestions": [_suggestion(suggestion) for suggestion in check.suggestions],
        "plan_suggestions": [_suggestion(suggestion) for suggestion in check.plan_suggestions],
        "warnings": warnings_of(check),
        "provenance": _made_by(check.setup, identify=identify),
        "disclaimer": DISCLAIMER,
    }  # fmt: skip


def plan_table(check: PlanCheck) -> pd.DataFrame:
    """Return a row for each way of a beam, and for each order of the axes in a move, in the order of delivery.

    Columns are ``beam`` (``1``, or ``1-2`` for a move), ``way``, ``verdict``, ``clearance_mm`` (empty if there is
    nothing to hit), ``spare_mm``, ``pair``, ``blocked``; then from where to where each axis of the plan goes, such as
    ``gantry_start_deg`` and ``gantry_stop_deg``.
    """
    import pandas as pd

    rows = []
    for at, beam in enumerate(check.beams):
        rows += [_row(str(beam.beam.number), f"way {n}", way) for n, way in enumerate(beam.ways, start=1)]
        for move in check.moves[at : at + 1]:
            name = f"{move.before}-{move.after}"
            rows += [_row(name, order.order, order) for order in move.orders]
            if not move.orders:
                rows.append({"beam": name, "way": "move", "verdict": move_verdict(move)})
    found = pd.DataFrame(rows)
    ends = [column for axis in AXES for column in _columns(axis) if column in found]
    return found[[*(column for column in found if column not in ends), *ends]]


def _plan(plan: Plan) -> dict[str, Any]:
    return {"kind": str(plan.kind), "beams": len(plan.beams), "geometry": plan.geometry, "sha256": plan.sha256}


def _beam(check: BeamCheck, *, identify: bool) -> dict[str, Any]:
    beam = check.beam
    names = {"name": beam.name, "machine": beam.machine} if identify else {}
    return {
        "number": beam.number,
        **names,
        "radiation": beam.radiation,
        "delivery": beam.delivery,
        "position": check.setup.position,
        "isocentre_mm": list(beam.isocentre_mm),
        "verdict": beam_verdict(check),
        "is_free": check.is_free,
        "worst": check.ways.index(check.worst),
        "ways": [_way(way) for way in check.ways],
        "legs": [_leg(leg) for leg in check.legs],
        "unknown_accessories": list(check.unknown_accessories),
        "import": {name: _number(value) for name, value in {
            "ssd_plan_mm": check.self_check.ssd_plan_mm,
            "ssd_mm": check.self_check.ssd_mm,
            "ssd_difference_mm": check.self_check.ssd_difference_mm,
            "entry_offset_mm": check.self_check.entry_offset_mm,
        }.items()},
        "margin": _margin(check),
        "as_scanned": None if check.as_scanned is None else _way(check.as_scanned),
    }  # fmt: skip


def _margin(check: BeamCheck) -> dict[str, Any] | None:
    margin = check.margin
    return None if margin is None else asdict(margin) | {
        "spare_mm": _number(margin.spare_mm), "asked_deg": list(margin.asked_deg)
    }  # fmt: skip


def _suggestion(suggestion: Suggestion | PlanSuggestion) -> dict[str, Any]:
    found = asdict(suggestion)
    return {name: _number(value) if isinstance(value, float) else value for name, value in found.items()}


def _leg(leg: LegCheck) -> dict[str, Any]:
    return {"index": leg.index, "is_beam_on": leg.is_beam_on, **_way(leg)}


def _way(way: WayCheck) -> dict[str, Any]:
    return {
        "start": _place(way.start),
        "stop": _place(way.stop),
        "verdict": way.state,
        "is_free": way.is_free,
        "clearance_mm": _number(way.clearance_mm),
        "spare_mm": _number(way.spare_mm),
        "at": _place(way.at),
        "pair": way.pair,
        "blocked": [_stretch(stretch) for stretch in way.blocked],
    }


def _stretch(stretch: Stretch) -> dict[str, Any]:
    return {
        "start": _place(stretch.start),
        "stop": _place(stretch.stop),
        "verdict": str(stretch.status) if stretch.is_proven else "undecided",
        "pairs": list(stretch.pairs),
    }


def _move(move: MoveCheck) -> dict[str, Any]:
    return {
        "before": move.before,
        "after": move.after,
        "start": _place(move.start),
        "stop": _place(move.stop),
        "moving": list(move.moving),
        "verdict": move_verdict(move),
        "is_free": move.is_free,
        "free_orders": list(move.free_orders),
        "unknown": move.unknown,
        "orders": [{"order": order.order, **_way(order)} for order in move.orders],
    }


def _place(place: Place) -> dict[str, Any]:
    """Return a place as the plan writes it, and on the scales of the joints."""
    return {"plan": _rounded(place.plan), "joints": _rounded(place.joints)}


def _rounded(values: Mapping[str, float]) -> dict[str, float]:
    return {axis: round(float(value), DECIMALS) + 0.0 for axis, value in values.items()}


def _number(value: float | None) -> float | None:
    """Return a number as JSON has them: rounded, and none where there is nothing to hit."""
    return None if value is None or not np.isfinite(value) else round(float(value), DECIMALS)


def _row(beam: str, name: str, way: WayCheck) -> dict[str, Any]:
    ends: dict[str, float] = {}
    for axis, start in way.start.plan.items():
        first, last = _columns(axis)
        ends |= {first: round(start, DECIMALS) + 0.0, last: round(way.stop.plan[axis], DECIMALS) + 0.0}
    return {
        "beam": beam,
        "way": name,
        "verdict": way.state,
        "clearance_mm": _number(way.clearance_mm),
        "spare_mm": _number(way.spare_mm),
        "pair": way.pair,
        "blocked": "; ".join(map(stretch_line, way.blocked)),
        **ends,
    }


def _columns(axis: str) -> tuple[str, str]:
    unit = "mm" if axis in LENGTHS else "deg"
    return f"{axis}_start_{unit}", f"{axis}_stop_{unit}"


def _made_by(setup: Setup, *, identify: bool) -> dict[str, Any]:
    """Return what the room was made of, without how a map of it would be."""
    found: dict[str, Any] = dict(provenance(setup, setup.sweep, method="", tolerance=None))
    if identify:
        return {key: value for key, value in found.items() if key not in OF_A_SWEEP}
    patient = {"options": found["models"]["patient"]["options"]}  # it may be called by its file
    found["models"] = {**found["models"], "patient": patient}
    return {key: value for key, value in found.items() if key not in (*OF_A_SWEEP, *NAMES)}
