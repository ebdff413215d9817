"""Whether isocentres and table positions of a plan can be those of the patient: what fits neither is warned of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from simulator.geometry.positions import rotation_top_patient
from simulator.plans.rooms import Room

SAME_HEIGHT_MM = 5.0
"""Table tops that differ by no more are one, as a table sags."""


def outside_the_body(rooms: Sequence[Room]) -> Iterator[str]:
    """Yield the beams whose isocentre is outside the box around a scanned body."""
    for room in rooms:
        scan = room.setup.patient.scan
        if scan is None or scan.tight is None:
            continue
        low, high = scan.tight.bounds_mm
        isocentre = np.array(room.setup.isocentre_patient_mm)
        if (isocentre < low).any() or (isocentre > high).any():
            yield (
                f"beam {room.beam.number}: the isocentre is outside the body of the structure set: they may not "
                "belong together, or be of another unit"
            )


def several_table_tops(rooms: Sequence[Room]) -> Iterator[str]:
    """Yield that beams of a plan put the table top at different heights under the patient."""
    heights = {}
    for room in rooms:
        beam = room.beam
        vertical_mm = beam.start.get("table_vertical")
        if vertical_mm is None or beam.is_table_relative:
            continue
        isocentre = rotation_top_patient(room.setup.position) @ np.array(room.setup.isocentre_patient_mm)
        heights[beam.number] = float(isocentre[2]) + vertical_mm
    if heights and max(heights.values()) - min(heights.values()) > SAME_HEIGHT_MM:
        low, high = min(heights, key=heights.__getitem__), max(heights, key=heights.__getitem__)
        yield (
            f"table positions of the plan do not agree: by that of beam {high} the table top is "
            f"{heights[high] - heights[low]:.0f} mm higher under the patient than by that of beam {low}; all beams "
            "are checked with one place of the table"
        )
