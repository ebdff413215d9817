"""What of a map can be reached from the home pose, as text and in a form that fits into JSON."""

from __future__ import annotations

from typing import Any

from simulator.maps.collision_map import CollisionMap
from simulator.maps.reachable import Reachable
from simulator.maps.solid_angle import stated

SHOWN_ISLANDS = 5


def reached(cmap: CollisionMap) -> dict[str, Any]:
    """Return what can be reached, for JSON; numbers are None where that is not told, and the note says why."""
    found = cmap.reachable()
    return {
        **numbers(found),
        "home": found.home,
        "is_home_free": found.is_home_free,
        "note": found.note,
        "islands": [
            {
                "lower_sr": island.lower_sr,
                "upper_sr": island.upper_sr,
                "ranges": {joint: list(ends) for joint, ends in island.ranges.items()},
                "pairs": list(island.pairs),
                "stated": island.stated(),
            }
            for island in found.islands
        ],
    }


def numbers(found: Reachable) -> dict[str, Any]:
    """Return the solid angle that can be reached with its bounds; None for all of it where that is not told."""
    omega = found.solid_angle
    if omega is None:
        return dict.fromkeys(("solid_angle_sr", "lower_sr", "upper_sr", "fraction_of_4pi", "bounds"))
    return {
        "solid_angle_sr": omega.sr,
        "lower_sr": omega.lower_sr,
        "upper_sr": omega.upper_sr,
        "fraction_of_4pi": omega.fraction_of_4pi,
        "bounds": "proven" if omega.is_proven else "sampled",
    }


def reach_phrase(found: dict[str, Any]) -> str:
    """Return what can be reached in one line, from what `reached` returned."""
    if found["solid_angle_sr"] is None:
        return str(found["note"])
    bounds = [found[name] for name in ("solid_angle_sr", "lower_sr", "upper_sr")]
    return stated(*bounds, is_proven=found["bounds"] == "proven")


def reach_lines(found: dict[str, Any]) -> list[str]:
    """Return what can be reached as lines of a summary: the solid angle, from where, and the islands."""
    lines = [f"  reachable   {reach_phrase(found)}"]
    if found["solid_angle_sr"] is not None:
        lines.append(f"              {found['note']}")
    islands = found["islands"]
    lines += [f"  island      {island['stated']}" for island in islands[:SHOWN_ISLANDS]]
    if len(islands) > SHOWN_ISLANDS:
        lines.append(f"  and {len(islands) - SHOWN_ISLANDS} smaller ones")
    return lines
