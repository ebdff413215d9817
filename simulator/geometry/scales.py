"""Angle scales: vendor scales to and from IEC 61217, and DICOM's rotation directions."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from simulator.arguments import checked
from simulator.errors import SimulatorError, unknown
from simulator.geometry.angles import FULL_TURN_DEG, FloatArray, finite, without_negative_zero, wrap_180, wrap_360

_SAME, _NEGATED, _MIRRORED = (1.0, 0.0), (-1.0, 0.0), (-1.0, 180.0)

# (sign, offset): iec = offset + sign * vendor. Source: the machine scales of pylinac (pylinac.core.scale).
_SCALES: dict[str, dict[str, tuple[float, float]]] = {
    "iec61217": {"gantry": _SAME, "collimator": _SAME, "couch": _SAME},
    "varian_iec": {"gantry": _SAME, "collimator": _SAME, "couch": _NEGATED},
    "elekta_iec": {"gantry": _SAME, "collimator": _SAME, "couch": _NEGATED},
    "varian_standard": {"gantry": _MIRRORED, "collimator": _MIRRORED, "couch": _MIRRORED},
}
SCALES: tuple[str, ...] = tuple(_SCALES)
SCALE_AXES: tuple[str, ...] = ("gantry", "collimator", "couch")

# DICOM names a direction as seen from a place that it chooses for each axis, so that the same word increases
# one angle and decreases another. Gantry: from the isocentre. Collimator: from the source. Couch and
# eccentric: from above. Pitch and roll: along the positive axis. (PS3.3 C.8.8.14, C.8.8.14.8, C.8.8.14.12)
_INCREASES: dict[str, str] = {
    "gantry": "CW",
    "gantry_pitch": "CW",
    "collimator": "CC",
    "couch": "CC",
    "eccentric": "CC",
    "pitch": "CW",
    "roll": "CW",
}
ROTATION_AXES: tuple[str, ...] = tuple(_INCREASES)
ROTATION_DIRECTIONS: tuple[str, ...] = ("CW", "CC", "NONE")

SAME_ANGLE_DEG = 1e-6
"""Angles closer than this are one angle: plans hold values such as 8.5e-10, no machine reads out finer."""


def _rule(axis: str, scale: str) -> tuple[float, float]:
    if scale not in _SCALES:
        raise unknown("angle scale", scale, SCALES)
    if axis not in _SCALES[scale]:
        raise unknown(f"axis of the angle scale {scale}", axis, SCALE_AXES)
    return _SCALES[scale][axis]


@checked
def to_iec(axis: str, value_deg: ArrayLike, scale: str) -> FloatArray:
    """Return the IEC 61217 angle of an angle in a vendor's scale.

    Parameters
    ----------
    axis : str
        One of `SCALE_AXES`: "gantry", "collimator", "couch".
    value_deg : array_like, shape (...)
        Degrees in the vendor's scale.
    scale : str
        One of `SCALES`: "iec61217", "varian_iec", "elekta_iec", "varian_standard".

    Returns
    -------
    array, shape (...)
        Degrees in [0, 360).

    Raises
    ------
    SimulatorError
        If the axis or the scale is unknown, or a value is not finite.

    Examples
    --------
    >>> import simulator as sim
    >>> sim.to_iec("gantry", [180.0, 90.0, 270.0], "varian_standard").tolist()
    [0.0, 90.0, 270.0]
    >>> float(sim.to_iec("couch", 90.0, "varian_iec"))
    270.0
    """
    sign, offset = _rule(axis, scale)
    return wrap_360(offset + sign * finite(f"{axis} in the scale {scale}", value_deg))


@checked
def from_iec(axis: str, value_deg: ArrayLike, scale: str) -> FloatArray:
    """Return the angle in a vendor's scale of an IEC 61217 angle; the inverse of `to_iec`.

    Parameters
    ----------
    axis : str
        One of `SCALE_AXES`: "gantry", "collimator", "couch".
    value_deg : array_like, shape (...)
        Degrees, IEC 61217.
    scale : str
        One of `SCALES`: "iec61217", "varian_iec", "elekta_iec", "varian_standard".

    Returns
    -------
    ndarray, shape (...)
        Degrees in [0, 360) of the vendor's scale.

    Raises
    ------
    SimulatorError
        If the axis or the scale is unknown, or a value is not finite.

    Examples
    --------
    >>> import simulator as sim
    >>> float(sim.from_iec("gantry", 0.0, "varian_standard"))
    180.0
    """
    sign, offset = _rule(axis, scale)
    return wrap_360(sign * (finite(f"IEC {axis}", value_deg) - offset))


def arc_length(start_deg: ArrayLike, stop_deg: ArrayLike, direction: str, axis: str) -> FloatArray:
    """Return how many degrees an axis turns between two control points of a DICOM plan.

    Ends that are the same angle within `SAME_ANGLE_DEG` (0 and 360, 5 and 5 + 8.5e-10) are a full turn with
    CW and CC, and no movement with NONE: DICOM PS3.3 C.8.8.14.8.

    Parameters
    ----------
    start_deg, stop_deg : array_like, shapes (...)
        Degrees, IEC 61217.
    direction : str
        "CW", "CC" or "NONE", as seen from where DICOM looks at this axis.
    axis : str
        One of `ROTATION_AXES`. Needed because CW increases a gantry angle and decreases a couch angle.

    Returns
    -------
    array, shape (...)
        Degrees in (0, 360], or 0 with NONE.

    Raises
    ------
    SimulatorError
        If the direction or the axis is unknown, or the direction is NONE and the ends differ.
    """
    if axis not in _INCREASES:
        raise unknown("rotation axis", axis, ROTATION_AXES)
    if direction not in ROTATION_DIRECTIONS:
        raise unknown(f"rotation direction of the {axis}", direction, ROTATION_DIRECTIONS)
    start, stop = finite("start_deg", start_deg), finite("stop_deg", stop_deg)
    change = wrap_180(stop - start)
    is_same = np.abs(change) <= SAME_ANGLE_DEG
    if direction == "NONE":
        if not is_same.all():
            raise SimulatorError(
                f"rotation direction of the {axis} must be CW or CC where the angle changes; "
                f"was NONE from {start} to {stop} degrees"
            )
        return np.zeros(change.shape)
    ahead = change if direction == _INCREASES[axis] else -change
    return np.where(is_same, FULL_TURN_DEG, np.where(ahead < 0.0, ahead + FULL_TURN_DEG, ahead))


def increasing_direction(axis: str) -> str:
    """Return the direction in which an angle grows, "CW" or "CC", as seen from where DICOM looks at this axis.

    Raises
    ------
    SimulatorError
        If the axis is none of `ROTATION_AXES`.
    """
    if axis not in _INCREASES:
        raise unknown("rotation axis", axis, ROTATION_AXES)
    return _INCREASES[axis]


def travel(start_deg: ArrayLike, stop_deg: ArrayLike, direction: str, axis: str) -> FloatArray:
    """Return `arc_length` with a sign: by how much the angle has changed at the end, less than 0 where it fell."""
    length = arc_length(start_deg, stop_deg, direction, axis)
    return without_negative_zero(length if direction == _INCREASES[axis] else -length)
