"""Whether plan and patient belong together: the skin where the plan's distances and entry points say that it is."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from simulator.geometry.rays import first_hits_mm
from simulator.plans.checked import SelfCheck
from simulator.plans.rooms import Room

WARN_MM = 5.0
"""A difference beyond this is told."""
ION = ("PROTON", "ION")


def self_check(room: Room) -> SelfCheck:
    """Return what the plan says of the skin on a beam's axis, and what the patient's surface as contoured says.

    The axis is that at the first control point, from the source at the plan's source-axis distance through the
    isocentre. Ion beams have no one source, and a patient who is not from a structure set no such surface.
    """
    beam, scan = room.beam, room.setup.patient.scan
    if beam.radiation.upper() in ION or len(beam.source_axis_mm) != 1:
        return SelfCheck()
    if scan is None or scan.tight is None:
        return SelfCheck(beam.ssd_mm)
    turning = {axis: value for axis, value in room.travel.start.items() if room.setup.scene.tree[axis].unit == "deg"}
    away = room.setup.directions_patient(**turning)
    source_mm = np.array(room.setup.isocentre_patient_mm) + beam.source_axis_mm[0] * away
    corners_mm = scan.tight.vertices_mm[scan.tight.faces]
    met_mm = float(first_hits_mm(corners_mm, source_mm[None], -away[None])[0])
    ssd_mm = met_mm if np.isfinite(met_mm) else None
    if beam.entry_point_mm is None or ssd_mm is None:
        return SelfCheck(beam.ssd_mm, ssd_mm, is_missed=ssd_mm is None)
    offset_mm = np.linalg.norm(source_mm - ssd_mm * away - np.array(beam.entry_point_mm))
    return SelfCheck(beam.ssd_mm, ssd_mm, float(offset_mm))


def warnings_of(number: int, found: SelfCheck) -> Iterator[str]:
    """Yield what a reader should know of one beam's check."""
    hint = "plan and structures may not belong together, or the table, a board or a bolus is not in the surface"
    difference = found.ssd_difference_mm
    if found.is_missed:
        yield f"beam {number}: the beam's axis does not meet the patient; {hint}"
    if difference is not None and abs(difference) > WARN_MM:
        yield (
            f"beam {number}: the plan's source to surface distance is {found.ssd_plan_mm:.1f} mm, the patient's "
            f"{found.ssd_mm:.1f} mm: {difference:+.1f} mm; {hint}"
        )
    if found.entry_offset_mm is not None and found.entry_offset_mm > WARN_MM:
        yield (
            f"beam {number}: the plan's entry point is {found.entry_offset_mm:.1f} mm from where the beam's axis "
            "meets the patient; it may be an old one"
        )
