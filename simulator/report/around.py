"""The room around somebody in a bore, as text and in a form that fits into JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from simulator.setup.room_around import RoomAround

Found = dict[str, Any]


def around(room: RoomAround) -> Found:
    """Return the room around somebody for JSON, with the lines that tell it."""
    gaps = {"patient": room.patient, "couch": room.couch}
    return {
        "travel": [asdict(travel) for travel in room.travel],
        **{kind: None if gap is None else {**asdict(gap), "spare_mm": gap.spare_mm} for kind, gap in gaps.items()},
        "stated": room.lines(),
    }


def around_lines(found: Found) -> list[str]:
    """Return what `around` returned as lines of a summary."""
    return [f"  {'around' * (at == 0):<12}{line}" for at, line in enumerate(found["stated"])]
