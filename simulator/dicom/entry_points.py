"""Entry points of a plan: a second way to a beam's direction, which tells whether the axes are understood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from simulator.dicom.attributes import Item
from simulator.dicom.beams import Leg
from simulator.geometry.angles import FloatArray
from simulator.geometry.positions import rotation_top_patient
from simulator.geometry.transforms import direction, inverse, rotation_x, rotation_y, rotation_z

KEYWORDS = ("SurfaceEntryPoint", "ExternalContourEntryPoint")
OFF_DEG = 1.0
NEAR_MM = 10.0
"""So near to the isocentre a point, written to a tenth of a millimetre, has no direction to speak of."""


def beam_direction(axes: Mapping[str, float], position: str) -> FloatArray:
    """Return the unit vector (3,) from the isocentre to the source, in DICOM patient axes.

    With pitch and roll 0 it is u(g, c) = (sin g cos c, −sin g sin c, cos g) in table-top axes (IEC 61217).

    Parameters
    ----------
    axes : mapping
        Degrees by axis; what is absent is 0.
    position : str
        DICOM patient position.
    """
    source = direction(rotation_y(axes["gantry"]), (0.0, 0.0, 1.0))
    tilt = rotation_x(axes.get("table_pitch", 0.0)) @ rotation_y(axes.get("table_roll", 0.0))
    return direction(inverse(rotation_z(axes["couch"]) @ tilt), source) @ rotation_top_patient(position)


def entry_point(point: Item) -> tuple[float, float, float] | None:
    """Return where the beam's axis enters the patient at a control point, in DICOM patient axes."""
    for keyword in KEYWORDS:
        found = point.numbers(keyword, 3)
        if found:
            return found[0], found[1], found[2]
    return None


def degrees_off(
    points: Sequence[Item], legs: Sequence[Leg], isocentre: Sequence[float], position: str
) -> list[tuple[int, float]]:
    """Return the control points with entry points of their own, and how many degrees these are off the direction.

    Parameters
    ----------
    points : sequence of Item
        Control points of a beam.
    legs : sequence of Leg
        Its legs.
    isocentre : sequence of float
        Its isocentre, in DICOM patient axes.
    position : str
        DICOM patient position.
    """
    found = []
    for at, point in enumerate(points):
        entry = entry_point(point)
        if entry is None or np.linalg.norm(np.subtract(entry, isocentre)) < NEAR_MM:
            continue
        axes = legs[at].start if at < len(legs) else legs[-1].stop
        towards = np.subtract(entry, isocentre)
        expected = beam_direction(axes, position)
        sine, cosine = np.linalg.norm(np.cross(towards, expected)), towards @ expected
        found.append((at, float(np.rad2deg(np.arctan2(sine, cosine)))))
    return found
