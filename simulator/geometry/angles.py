"""Angles in degrees: finite, and with sines and cosines that are exact at every multiple of 90°.

``np.cos(np.deg2rad(90))`` is 6e-17, and such crumbs become -0.0, angles of 180° where 0° was meant, and
files that differ between two runs. Every sine and cosine of the room is taken here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulator.errors import SimulatorError

FloatArray = NDArray[np.float64]

FULL_TURN_DEG = 360.0
HALF_TURN_DEG = 180.0


def own(values: ArrayLike) -> FloatArray:
    """Return a copy of values that nobody can change: an object that is frozen does not keep its maker's array."""
    copied = np.array(values, dtype=np.float64)
    copied.setflags(write=False)
    return copied


def finite(name: str, values: ArrayLike) -> FloatArray:
    """Return the values as an array of float64 and refuse NaN and infinity.

    Parameters
    ----------
    name : str
        What the values are, with their unit, for the message.
    values : array_like, shape (...)
        What must be numbers.

    Returns
    -------
    array, shape (...)

    Raises
    ------
    SimulatorError
        If a value is not a finite number: a NaN angle would pass every later comparison as "not beyond".
    """
    try:
        numbers = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise SimulatorError(f"{name} must be finite numbers of a regular shape; was {values!r}") from error
    is_finite = np.isfinite(numbers)
    if not is_finite.all():
        first = numbers[~is_finite].flat[0]
        raise SimulatorError(
            f"{name} must be finite; {np.count_nonzero(~is_finite)} value(s) were not, such as {first}"
        )
    return numbers


def without_negative_zero(values: FloatArray) -> FloatArray:
    """Return the values with every -0.0 replaced by 0.0.

    Zeros print, hash and go through ``arctan2`` by their sign, so that -0.0 is a different answer.
    """
    return values + 0.0


def sin_cos_deg(angle_deg: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return sine and cosine of angles in degrees, exact at multiples of 90°.

    Parameters
    ----------
    angle_deg : array_like, shape (...)
        Degrees, any size.

    Returns
    -------
    sine, cosine : arrays, shape (...)
        Never -0.0. Exactly odd and even in the angle.
    """
    quadrant, rest = _quadrant_and_rest(angle_deg)
    s, c = np.sin(rest), np.cos(rest)
    is_odd, is_back = (quadrant == 1.0) | (quadrant == 3.0), quadrant >= 2.0
    sine, cosine = np.where(is_odd, c, s), np.where(is_odd, s, c)
    sine, cosine = np.where(is_back, -sine, sine), np.where(is_back != is_odd, -cosine, cosine)
    return without_negative_zero(sine), without_negative_zero(cosine)


def sin_deg(angle_deg: ArrayLike) -> FloatArray:
    """Return the sine alone, to the bit as `sin_cos_deg` has it, in less time; shape (...) as the angles, degrees."""
    quadrant, rest = _quadrant_and_rest(angle_deg)
    is_odd = (quadrant == 1.0) | (quadrant == 3.0)
    sine = np.where(is_odd, np.cos(rest), np.sin(rest))
    return without_negative_zero(np.where(quadrant >= 2.0, -sine, sine))


def _quadrant_and_rest(angle_deg: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return in which quadrant (0 to 3) angles lie, counted from -45°, and what is left of them, in radians."""
    angle = finite("angle_deg", angle_deg)
    # The nearest quarter turn is taken out exactly (IEEE remainder); only the rest, within ±45°, is rounded.
    quarters = np.rint(angle / 90.0)
    return quarters - 4.0 * np.floor(quarters / 4.0), np.deg2rad(angle - 90.0 * quarters)


def wrap_360(angle_deg: ArrayLike) -> FloatArray:
    """Return angles in [0, 360), never -0.0 and never 360.0.

    Parameters
    ----------
    angle_deg : array_like, shape (...)
        Degrees.

    Returns
    -------
    array, shape (...)
    """
    rest = np.fmod(finite("angle_deg", angle_deg), FULL_TURN_DEG)  # fmod is exact and keeps the sign
    wrapped = np.where(rest < 0.0, rest + FULL_TURN_DEG, rest)
    # -1e-20 + 360 rounds to 360 itself, which is not in the interval.
    return without_negative_zero(np.where(wrapped >= FULL_TURN_DEG, 0.0, wrapped))


def wrap_180(angle_deg: ArrayLike) -> FloatArray:
    """Return angles in (-180, 180], never -0.0; exact, so that an angle already in the interval is unchanged.

    Parameters
    ----------
    angle_deg : array_like, shape (...)
        Degrees.

    Returns
    -------
    array, shape (...)
    """
    rest = np.fmod(finite("angle_deg", angle_deg), FULL_TURN_DEG)
    wrapped = np.where(
        rest > HALF_TURN_DEG, rest - FULL_TURN_DEG, np.where(rest <= -HALF_TURN_DEG, rest + FULL_TURN_DEG, rest)
    )
    return without_negative_zero(wrapped)
