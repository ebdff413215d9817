"""What a run found, as text that can be pasted into an e-mail, as JSON and as CSV."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.collision.contact import Status
from simulator.errors import warned
from simulator.maps.collision_map import CollisionMap
from simulator.maps.provenance import DISCLAIMER
from simulator.maps.solid_angle import stated
from simulator.report.margins import margins_lines
from simulator.report.reach import reach_lines, reached
from simulator.scenario.sweep import Sweep

if TYPE_CHECKING:
    import pandas as pd

SHOWN_PAIRS = 8


def result(cmap: CollisionMap) -> dict[str, Any]:
    """Return what a run found, in a form that fits into JSON, the same every time."""
    omega, counts, made_by = cmap.solid_angle(), cmap.counts(), cmap.provenance
    return {
        "scenario": made_by["scenario"],
        "title": made_by["title"],
        "solid_angle_sr": omega.sr,
        "solid_angle_lower_sr": omega.lower_sr,
        "solid_angle_upper_sr": omega.upper_sr,
        "bounds": "proven" if omega.is_proven else "sampled",
        "fraction_of_4pi": omega.fraction_of_4pi,
        "reachable": reached(cmap),
        "poses": int(cmap.status.size),
        "free": counts[Status.FREE],
        "within_buffer": counts[Status.WITHIN_BUFFER],
        "colliding": counts[Status.COLLIDING],
        "culprits": cmap.pair_costs().to_dict(orient="records"),
        "provenance": made_by,
        "disclaimer": DISCLAIMER,
    }


def result_json(found: dict[str, Any]) -> str:
    """Return a result as JSON text."""
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def summary(found: dict[str, Any]) -> str:
    """Return a result as lines of plain text."""
    made_by = found["provenance"]
    table, buffers = made_by["table_position_mm"], made_by["buffers"]
    where = f"site {made_by['site']}" if made_by["site"] else f"isocentre {made_by['isocentre_patient_mm']} mm"
    bounds = [found[f"solid_angle_{name}sr"] for name in ("", "lower_", "upper_")]
    lines = [
        f"{found['title'] or found['scenario']} ({found['scenario']})",
        "",
        *(f"  {kind:<10}{_model(model)}" for kind, model in made_by["models"].items()),
        *(f"  {'fixation':<10}{_device(device)}" for device in made_by.get("fixation", [])),
        *_unconfirmed(made_by["models"].values()),
        f"  {'lies':<10}{made_by['position']}, {where}; table at lateral {table['lateral']:.0f}, "
        f"longitudinal {table['longitudinal']:.0f}, vertical {table['vertical']:.0f} mm",
        *(f"  {'assumed':<10}{text}" for text in made_by.get("assumptions", [])),
        f"  {'angles':<10}{_angles(made_by)}",
        f"  {'buffers':<10}{buffers['patient_mm']:g} mm to the patient, {buffers['couch_mm']:g} mm to the couch"
        + _isocentre(made_by["isocentre_radius_mm"]),
        f"  {'grid':<10}{', '.join(map(str, Sweep.of(made_by['grid'])))}; "
        f"{len(made_by['pairs_checked'])} pairs of parts",
        *(f"  {'excused':<10}{_excused(excused)}" for excused in made_by["excused"]),
        "",
        f"  achievable  {stated(*bounds, is_proven=found['bounds'] == 'proven')}",
        *reach_lines(found["reachable"]),
        f"  poses       {found['free']:,} free, {found['within_buffer']:,} within the buffer, "
        f"{found['colliding']:,} colliding, of {found['poses']:,}",
    ]
    lines += margins_lines(found.get("margins", []))
    if found["culprits"]:
        lines += ["", f"  {'in the way':<44}{'blocks':>9}{'alone':>9}"]
        for culprit in found["culprits"][:SHOWN_PAIRS]:
            costs = f"{culprit['blocks_sr']:>6.3f} sr{culprit['alone_sr']:>6.3f} sr"
            lines.append(f"  {culprit['pair']:<44}{costs}")
        if len(found["culprits"]) > SHOWN_PAIRS:
            lines.append(f"  and {len(found['culprits']) - SHOWN_PAIRS} other pairs")
    lines += ["", *(f"  repaired: {text}" for text in made_by["repairs"])]
    lines += [*(f"  {line}" for line in warned(made_by["warnings"])), f"  {DISCLAIMER}"]
    return "\n".join(lines)


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV: the same bytes for the same table."""
    table.round(9).to_csv(path, index=False, lineterminator="\n")


def _model(model: dict[str, Any]) -> str:
    chosen = ", ".join(f"{name} {choice}" for name, choice in model["options"].items())
    return f"{model['name']}: {model['title']}" + (f" ({chosen})" if chosen else "")


def _unconfirmed(models: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Yield how many numbers of the models nobody has confirmed; result.json lists them."""
    told = [f"{len(model['unconfirmed'])} numbers of {model['name']}" for model in models if model.get("unconfirmed")]
    if told:
        yield f"  {'unchecked':<10}{', '.join(told)}: general knowledge, unconfirmed; result.json lists them"


def _device(device: dict[str, Any]) -> str:
    """Return a fixation device, and what it stands at."""
    shift = ", ".join(f"{value:g}" for value in device["shift_mm"])
    moved = f", moved by [{shift}] mm" if any(device["shift_mm"]) else ""
    return f"{_model(device)}; at {device['anchor']}{moved}"


def _angles(made_by: dict[str, Any]) -> str:
    """Return where the joints stand that are not scanned; a table that is not tilted goes without saying."""
    collimator, pitch, roll = (made_by[f"{name}_deg"] for name in ("collimator", "pitch", "roll"))
    found = ["no collimator" if collimator is None else f"collimator {collimator:g}°"]
    return ", ".join([*found, f"table pitch {pitch:g}°, roll {roll:g}°"] if pitch or roll else found)


def _isocentre(radius_mm: float) -> str:
    return f", and {2 * radius_mm:g} mm more: the isocentre has a radius of {radius_mm:g} mm" if radius_mm else ""


def _excused(excused: dict[str, Any]) -> str:
    pairs, across = len(excused["pairs"]), "ACROSS MODELS: " if excused["crosses_models"] else ""
    return f"{across}{pairs} pair{'s' if pairs > 1 else ''}, not checked: {excused['reason']}"
