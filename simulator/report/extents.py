"""Free extents as text and in a form that fits into JSON, and what pairs cost in the unit of a map's answer."""

from __future__ import annotations

from typing import Any

from simulator.maps.free_extent import IN_CM3, SYMBOLS, FreeExtent, stated
from simulator.maps.targets import Targets

Found = dict[str, Any]
NO_SOLID_ANGLE = {
    "deg": "0 sr: one axis turns the beam, and a circle has no area on the sphere",
    "mm": "none: no axis of the grid turns the beam",
}


def extent(found: FreeExtent) -> Found:
    """Return a free extent for JSON."""
    return {
        "value": found.value,
        "lower": found.lower,
        "upper": found.upper,
        "of": found.of,
        "unit": found.unit,
        "fraction": found.fraction,
        "bounds": "proven" if found.is_proven else "sampled",
    }


def extent_text(found: Found) -> str:
    """Return what `extent` returned as a sentence."""
    value, lower, upper, of = (float(found[name]) for name in ("value", "lower", "upper", "of"))
    return stated(value, lower, upper, of, found["unit"], is_proven=found["bounds"] == "proven")


def targets_result(found: Targets) -> Found:
    """Return what of a part can be brought to the isocentre, for JSON."""
    return {"part": found.part, "whole_mm3": found.whole_mm3, **extent(found.free), "stated": found.stated()}


def extent_lines(found: Found) -> list[str]:
    """Return a free extent as lines of a summary: how much, and why there is no solid angle."""
    kind = "deg" if found["unit"] == "deg" else "mm"
    return [f"  free        {extent_text(found)}", f"  solid angle {NO_SOLID_ANGLE[kind]}"]


def cost_text(value: float, unit: str) -> str:
    """Return what a pair costs, in the width of a column."""
    if unit == "sr":
        return f"{value:>6.3f} sr"
    if unit == "mm3":
        return f"{value * IN_CM3:>8.1f} cm³"
    return f"{value:>8.2f}{SYMBOLS.get(unit, f' {unit}')}"


def change_text(value: float, unit: str) -> str:
    """Return a difference with its sign."""
    if unit == "sr":
        return f"{value:+.3f} sr"
    if unit == "mm3":
        return f"{value * IN_CM3:+,.2f} cm³"
    return f"{value:+,.2f}{SYMBOLS.get(unit, f' {unit}')}"
