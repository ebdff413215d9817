"""A delivery as JSON and as a table, in the order of delivery."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.delivery.orders.delivered import Delivery, Event
from simulator.delivery.orders.wording import verdict
from simulator.maps.provenance import DISCLAIMER, provenance
from simulator.plans.ways import LENGTHS

if TYPE_CHECKING:
    import pandas as pd

    from simulator.delivery.lists.listed import ListedBeam
    from simulator.delivery.roads.ways import Way

DECIMALS = 6
OF_A_SWEEP = ("grid", "method", "tolerance")
"""What a map's provenance has, and a delivery's has not."""


def delivery_result(delivery: Delivery) -> dict[str, Any]:
    """Return a delivery in a form that fits into JSON, the same every time; null where a time is infinite."""
    made_by: dict[str, Any] = dict(provenance(delivery.setup, delivery.setup.sweep, method="", tolerance=None))
    return {
        "verdict": verdict(delivery),
        "is_whole": delivery.is_whole,
        "beam_list": {"source": delivery.listed.source, "beams": len(delivery.listed.beams)},
        "moves": delivery.moves,
        "first": _pose(delivery.first),
        "last": _pose(delivery.last),
        "total_s": _number(delivery.total_s),
        "beam_s": _number(delivery.beam_s),
        "travel_s": _number(delivery.travel_s),
        "travel_by_joint_s": {joint: _number(s) for joint, s in delivery.travel_by_joint_s.items()},
        "waiting_s": _number(delivery.waiting_s),
        "lower_bound_s": _number(delivery.lower_bound_s),
        "is_exact": delivery.is_exact,
        "compared_s": {name: _number(s) for name, s in delivery.compared.items()},
        "order": [_beam(beam, turned) for beam, turned in zip(delivery.beams, delivery.is_reversed, strict=True)],
        "ways": [_way(way) for way in delivery.ways],
        "events": [_event(delivery, event) for event in delivery.events],
        "left_out": [{**_beam(each.beam), "reason": each.reason} for each in delivery.unreachable],
        "assumptions": list(delivery.assumptions),
        "warnings": list(delivery.warnings),
        "provenance": {key: value for key, value in made_by.items() if key not in OF_A_SWEEP},
        "disclaimer": DISCLAIMER,
    }


def delivery_table(delivery: Delivery) -> pd.DataFrame:
    """Return a row for each event, and at the end one for each beam that is left out.

    Columns are ``start_s``, ``stop_s``, ``event`` (beam, move, pause, left out), ``beam`` (that is on, or moved to or
    waited for; empty on the way to the last pose), ``direction`` of arcs (as listed, backwards), from where to where
    each joint goes, such as ``gantry_start_deg`` and ``gantry_stop_deg``, and ``reason``.
    """
    import pandas as pd

    rows = [_row(delivery, event) for event in delivery.events]
    rows += [
        {
            "event": "left out",
            "beam": each.beam.name,
            **_columns(each.beam.start, each.beam.stop),
            "reason": each.reason,
        }
        for each in delivery.unreachable
    ]
    found = pd.DataFrame(rows, columns=list(dict.fromkeys(column for row in rows for column in row)))
    ends = [column for column in found if column != "reason"]
    return found[[*ends, *(["reason"] if "reason" in found else [])]]


def _row(delivery: Delivery, event: Event) -> dict[str, Any]:
    is_arc = event.kind == "beam" and event.start != event.stop
    return {
        "start_s": _number(event.start_s),
        "stop_s": _number(event.stop_s),
        "event": event.kind,
        "beam": _name(delivery, event),
        "direction": _direction(delivery, event) if is_arc else "",
        **_columns(event.start, event.stop),
    }


def _direction(delivery: Delivery, event: Event) -> str:
    assert event.beam is not None
    return "backwards" if delivery.is_reversed[event.beam] else "as listed"


def _name(delivery: Delivery, event: Event) -> str:
    return "" if event.beam is None else delivery.beams[event.beam].name


def _columns(start: Mapping[str, float], stop: Mapping[str, float] | None) -> dict[str, float]:
    found: dict[str, float] = {}
    for joint, value in start.items():
        unit = "mm" if joint in LENGTHS else "deg"
        last = (stop or start)[joint]
        found |= {f"{joint}_start_{unit}": _rounded(value), f"{joint}_stop_{unit}": _rounded(last)}
    return found


def _event(delivery: Delivery, event: Event) -> dict[str, Any]:
    return {
        "start_s": _number(event.start_s),
        "stop_s": _number(event.stop_s),
        "kind": event.kind,
        "beam": _name(delivery, event) or None,
        "start": _pose(event.start),
        "stop": _pose(event.stop),
    }


def _beam(beam: ListedBeam, is_reversed: bool = False) -> dict[str, Any]:
    return {
        "name": beam.name,
        "start": _pose(beam.start),
        "stop": _pose(beam.stop),
        "is_reversed": is_reversed,
        "weight_sr": beam.weight_sr,
    }


def _way(way: Way) -> dict[str, Any]:
    legs = [{"start": _pose(leg.start), "stop": _pose(leg.stop), "time_s": _number(leg.time_s)} for leg in way.legs]
    least = {"clearance_mm": _number(way.clearance_mm), "pair": way.pair, "at": _pose(way.place)}
    return {"start": _pose(way.start), "stop": _pose(way.stop), "time_s": _number(way.time_s), **least, "legs": legs}


def _pose(pose: Mapping[str, float] | None) -> dict[str, float] | None:
    return None if pose is None else {joint: _rounded(value) for joint, value in pose.items()}


def _rounded(value: float) -> float:
    return round(float(value), DECIMALS) + 0.0


def _number(value: float) -> float | None:
    return _rounded(value) if np.isfinite(value) else None
