"""What errors of the set-up leave of the sphere, as JSON and as lines of a summary."""

from __future__ import annotations

from typing import Any

from simulator.maps.probable import probable_solid_angles
from simulator.maps.robust import robust_solid_angle
from simulator.maps.solid_angle import SolidAngle, stated
from simulator.scenario.sweep import Sweep
from simulator.setup.setup import Setup


def margins(setup: Setup, sweep: Sweep) -> list[dict[str, Any]]:
    """Return the solid angle for every error, or for each chance of a contact, in a form that fits into JSON."""
    if not setup.errors:
        return []
    if setup.errors.are_bounded:
        return [_entry(setup, "free for every error", robust_solid_angle(setup, sweep=sweep))]
    return [
        {**_entry(setup, f"contact in at most {100 * one.chance:g} %", one), "chance": one.chance}
        for one in probable_solid_angles(setup, sweep=sweep)
    ]


def _entry(setup: Setup, meaning: str, omega: SolidAngle) -> dict[str, Any]:
    return {
        "meaning": meaning,
        "errors": str(setup.errors),
        "solid_angle_sr": omega.sr,
        "solid_angle_lower_sr": omega.lower_sr,
        "solid_angle_upper_sr": omega.upper_sr,
        "fraction_of_4pi": omega.fraction_of_4pi,
        "bounds": "proven",
    }


def margins_lines(found: list[dict[str, Any]]) -> list[str]:
    """Return lines of a summary."""
    lines = [f"  errors      {found[0]['errors']}; directions as planned"] if found else []
    for one in found:
        bounds = [one[f"solid_angle_{name}sr"] for name in ("", "lower_", "upper_")]
        lines.append(f"    {one['meaning']:<28}{stated(*bounds, is_proven=True)}")
    return lines
