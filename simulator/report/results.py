"""What a run found, as text that can be pasted into an e-mail, as JSON and as CSV."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.collision.contact import Status
from simulator.errors import warned
from simulator.maps.collision_map import CollisionMap
from simulator.maps.free_extent import FreeExtent
from simulator.maps.judged import judged_text
from simulator.maps.provenance import DISCLAIMER
from simulator.maps.solid_angle import stated
from simulator.report.around import around_lines
from simulator.report.extents import cost_text, extent, extent_lines
from simulator.report.margins import margins_lines
from simulator.report.reach import reach_lines, reached
from simulator.scenario.sweep import Sweep

if TYPE_CHECKING:
    import pandas as pd

SHOWN_PAIRS = 8


def result(cmap: CollisionMap) -> dict[str, Any]:
    """Return what a run found, in a form that fits into JSON, the same every time."""
    counts, made_by = cmap.counts(), cmap.provenance
    return {
        "scenario": made_by["scenario"],
        "title": made_by["title"],
        **_answer(cmap),
        "reachable": reached(cmap),
        "poses": int(cmap.status.size),
        "free": counts[Status.FREE],
        "within_buffer": counts[Status.WITHIN_BUFFER],
        "colliding": counts[Status.COLLIDING],
        "culprits": cmap.pair_costs().to_dict(orient="records"),
        "provenance": made_by,
        "disclaimer": DISCLAIMER,
    }


def _answer(cmap: CollisionMap) -> dict[str, Any]:
    """Return the solid angle, None where no axis turns the beam; of a map without an area also how much is free."""
    has_angle = cmap.has_area or cmap.circle is not None
    omega = cmap.solid_angle() if has_angle else None
    answer = cmap.achievable()
    return {
        "solid_angle_sr": None if omega is None else omega.sr,
        "solid_angle_lower_sr": None if omega is None else omega.lower_sr,
        "solid_angle_upper_sr": None if omega is None else omega.upper_sr,
        "bounds": "proven" if answer.is_proven else "sampled",
        "fraction_of_4pi": None if omega is None else omega.fraction_of_4pi,
        **({"free_extent": extent(answer)} if isinstance(answer, FreeExtent) else {}),
    }


def result_json(found: dict[str, Any]) -> str:
    """Return a result as JSON text."""
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def summary(found: dict[str, Any]) -> str:
    """Return a result as lines of plain text."""
    made_by = found["provenance"]
    table, buffers = made_by["table_position_mm"], made_by["buffers"]
    where = f"site {made_by['site']}" if made_by["site"] else f"isocentre {made_by['isocentre_patient_mm']} mm"
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
        f"  {'grid':<10}{', '.join(map(str, Sweep.of({**made_by['grid'], **made_by.get('over', {})})))}; "
        f"{len(made_by['pairs_checked'])} pairs of parts",
        *(f"  {'excused':<10}{_excused(excused)}" for excused in made_by["excused"]),
        "",
        *_answer_lines(found),
        *reach_lines(found["reachable"]),
        f"  poses       {found['free']:,} free, {found['within_buffer']:,} within the buffer, "
        f"{found['colliding']:,} colliding, of {found['poses']:,}",
        *([f"  judged      {judged_text(made_by['judged'])}"] if "judged" in made_by else []),
    ]
    lines += [f"  targets     {found['targets']['stated']}"] if "targets" in found else []
    lines += around_lines(found["around"]) if "around" in found else []
    lines += margins_lines(found.get("margins", []))
    if found["culprits"]:
        lines += ["", f"  {'in the way':<44}{'blocks':>9}{'alone':>9}"]
        unit = found["free_extent"]["unit"] if "free_extent" in found else "sr"
        for culprit in found["culprits"][:SHOWN_PAIRS]:
            blocks, alone = (cost_text(culprit[f"{kind}_{unit}"], unit) for kind in ("blocks", "alone"))
            lines.append(f"  {culprit['pair']:<44}{blocks}{alone}")
        if len(found["culprits"]) > SHOWN_PAIRS:
            lines.append(f"  and {len(found['culprits']) - SHOWN_PAIRS} other pairs")
    lines += ["", *(f"  repaired: {text}" for text in made_by["repairs"])]
    lines += [*(f"  {line}" for line in warned(made_by["warnings"])), f"  {DISCLAIMER}"]
    return "\n".join(lines)


def _answer_lines(found: dict[str, Any]) -> list[str]:
    if "free_extent" in found:
        return extent_lines(found["free_extent"])
    bounds = [found[f"solid_angle_{name}sr"] for name in ("", "lower_", "upper_")]
    return [f"  achievable  {stated(*bounds, is_proven=found['bounds'] == 'proven')}"]


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
