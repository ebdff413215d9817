"""Plans as values, without a file: beams of any legs."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from simulator.dicom.beams import Beam, Leg
from simulator.dicom.plan import Plan


def beam(number: int, *points: dict[str, float], **fields: Any) -> Beam:
    """Return a beam through control points, each the values that change; with one point, a static beam.

    Values are unrolled, as a leg's stop is: 350 to 370.
    """
    full: list[dict[str, float]] = []
    for point in points:
        full.append({**(full[-1] if full else {}), **point})
    ends = list(pairwise(full)) or [(full[0], full[0])]
    legs = tuple(Leg(number, at, start, stop, True, (0.0, 1.0)) for at, (start, stop) in enumerate(ends))
    own = {
        "name": f"beam {number}",
        "radiation": "PHOTON",
        "delivery": "TREATMENT",
        "machine": "",
        "source_axis_mm": (1000.0,),
        "position": "HFS",
        "isocentre_mm": (0.0, 0.0, 0.0),
        "accessories": (),
        "legs": legs,
        "is_table_relative": False,
        "support_type": "",
        "ssd_mm": None,
        "entry_point_mm": None,
        "tolerances": {},
        "bolus": (),
    }
    return Beam(number=number, **{**own, **fields})


def plan(*beams: Beam, kind: str = "RT Plan", frame_of_reference: str = "") -> Plan:
    """Return a plan of beams."""
    return Plan(kind, beams, "PATIENT", (), frame_of_reference)
