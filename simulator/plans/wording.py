"""What holds of a plan, in lines of words: for texts, tables and pages."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from simulator.plans.checked import BeamCheck, SelfCheck
from simulator.plans.suggested import PlanSuggestion, Suggestion
from simulator.plans.ways import LENGTHS, MoveCheck, Place, Stretch, WayCheck, told
from simulator.scenario.axis import SYMBOLS

ALWAYS = ("gantry", "couch")
"""Axes that are told wherever they stand; others where they move, or are not at 0."""
NOT_KNOWN = "accessory not known"


def beam_line(check: BeamCheck, *, identify: bool) -> str:
    """Return what a beam is called: its number, its name if that may be told, and whether imagers are out."""
    images = f" ({check.beam.delivery}, imagers out)" if check.beam.takes_images else ""
    name = f" {check.beam.name}" if identify and check.beam.name else ""
    return f"{check.beam.number}{name}{images}"


def beam_verdict(check: BeamCheck) -> str:
    """Return the verdict on a beam: that of its worst way, and whether all on the head is known."""
    state = check.worst.state
    return f"{state}, {NOT_KNOWN}" if check.unknown_accessories else state


def move_verdict(move: MoveCheck) -> str:
    """Return the verdict on a move: in which orders of the axes it is free."""
    if move.unknown:
        return "not computed"
    if not move.moving:
        return "nothing moves"
    if len(move.orders) == 1:
        return move.orders[0].state
    return f"free: {', '.join(move.free_orders)}" if move.is_free else "free in no order"


def way_line(way: WayCheck) -> str:
    """Return from where to where a way goes, as the plan writes it, and where else things stand."""
    moving = [axis for axis in way.start.plan if _moves(way.start, way.stop, axis)]
    spans = ", ".join(_span(way, axis) for axis in moving)
    rest = {axis: value for axis, value in way.start.plan.items() if axis not in moving and _counts(axis, value)}
    return "; ".join(filter(None, [spans, told(rest)]))


def place_line(place: Place) -> str:
    """Return where the axes stand, as the plan writes them."""
    return told({axis: value for axis, value in place.plan.items() if _counts(axis, value)})


def clearance_line(way: WayCheck) -> str:
    """Return the least clearance of a way, where it is, and of what."""
    if not np.isfinite(way.clearance_mm):
        return "nothing to hit"
    return f"{way.clearance_mm:.1f} mm at {place_line(way.at)}: {way.pair}"


def short_line(way: WayCheck) -> str:
    """Return the verdict on a way, its least clearance, and of what."""
    least = f", {way.clearance_mm:.1f} mm" if np.isfinite(way.clearance_mm) and way.clearance_mm > 0.0 else ""
    return f"{way.state}{least}" + (f": {way.pair}" if way.pair else "")


def stretch_line(stretch: Stretch) -> str:
    """Return what is not free of a way: both ends, and what is in the way."""
    moving = [axis for axis in stretch.start.plan if _moves(stretch.start, stretch.stop, axis)]
    ends = [told({axis: end.plan[axis] for axis in moving} or end.plan) for end in (stretch.start, stretch.stop)]
    state = str(stretch.status) if stretch.is_proven else "undecided"
    return f"{state} {' to '.join(ends if moving else ends[:1])}: {', '.join(stretch.pairs)}"


def holds_line(way: WayCheck) -> str:
    """Return what is not free of a way, or that it is free, and its clearance.

    What is told twice is told once: a move is checked in the rooms of both beams.
    """
    blocked = "; ".join(dict.fromkeys(map(stretch_line, way.blocked)))
    return blocked or f"{way.state}, {clearance_line(way)}"


def import_line(found: SelfCheck) -> str:
    """Return whether distance and entry point of the plan are found in the room; "" where the plan says neither."""
    parts = []
    if found.ssd_plan_mm is not None and found.ssd_mm is not None:
        off = found.ssd_mm - found.ssd_plan_mm
        parts.append(f"SSD {found.ssd_plan_mm:.1f} mm in the plan, {found.ssd_mm:.1f} mm here ({off:+.1f})")
    if found.entry_offset_mm is not None:
        parts.append(f"entry point {found.entry_offset_mm:.1f} mm off")
    return "; ".join(parts)


def suggestion_line(suggestion: Suggestion) -> str:
    """Return what would be free instead."""
    return f"{suggestion.text} (checked: free{_least(suggestion.clearance_mm)})"


def place_suggestion_line(suggestion: PlanSuggestion) -> str:
    """Return where the patient may lie, which beams are free then, and which no longer."""
    frees, blocks = (", ".join(map(str, numbers)) for numbers in (suggestion.frees, suggestion.blocks))
    lost = f"; no longer {blocks}" if blocks else ""
    least = _least(suggestion.clearance_mm)
    return f"{suggestion.text}: frees {frees}{lost} (checked: free{least}; moves between beams are not)"


def unknown_line(names: Iterable[str]) -> str:
    """Return what is on the head and in no model."""
    return f"NOT KNOWN to the machine's model, and not checked: {', '.join(names)}"


def _least(clearance_mm: float) -> str:
    return f", least clearance {clearance_mm:.1f} mm" if np.isfinite(clearance_mm) else ""


def _span(way: WayCheck, axis: str) -> str:
    """Return from where to where an axis goes, and by how much: ``"gantry 350° to 190° (-160°)"``."""
    start, stop = (told({axis: end.plan[axis]}) for end in (way.start, way.stop))
    name, unit = axis.replace("_", " "), SYMBOLS["mm" if axis in LENGTHS else "deg"]
    travelled = way.stop.joints[axis] - way.start.joints[axis]
    return f"{start} to {stop.removeprefix(name).strip()} ({round(travelled, 2):+g}{unit})"


def _moves(start: Place, stop: Place, axis: str) -> bool:
    """Whether an axis moves, be it once round to where the plan writes the same."""
    return start.joints.get(axis) != stop.joints.get(axis) or start.plan[axis] != stop.plan[axis]


def _counts(axis: str, value: float) -> bool:
    return axis in ALWAYS or round(value, 2) != 0
