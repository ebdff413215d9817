"""Beam directions on the sphere: unit vectors from the isocentre to the source, and the area they cover.

The pose (gantry g, couch c) and the pose (-g, c ± 180) point the beam the same way in the patient. The chart
gantry (-180, 180] x couch (-90, 90] holds every direction once, except the two poles of the couch axis
(gantry 0 and 180), which it holds as lines without area.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from simulator.errors import SimulatorError
from simulator.geometry.angles import FloatArray, finite, sin_cos_deg, without_negative_zero
from simulator.geometry.scales import wrap_180

FULL_SPHERE_SR = 4 * np.pi
POLE = 1e-12
"""A direction whose horizontal part is below this share of its length has no couch angle: 6e-11 degrees."""


def source_direction_fixed(gantry_deg: ArrayLike) -> FloatArray:
    """Return where the source stands, seen from the isocentre: (sin g, 0, cos g).

    Parameters
    ----------
    gantry_deg : array_like, shape (...)
        Degrees, IEC 61217, no gantry pitch.

    Returns
    -------
    array, shape (..., 3)
        Unit vectors in fixed axes. The beam travels along their negative.
    """
    sine, cosine = sin_cos_deg(gantry_deg)
    return np.stack([sine, np.zeros_like(sine), cosine], axis=-1)


def source_direction_top(gantry_deg: ArrayLike, couch_deg: ArrayLike) -> FloatArray:
    """Return where the source stands, seen from the isocentre: (sin g cos c, -sin g sin c, cos g).

    This is Rz(-couch) applied to `source_direction_fixed`; `positions.rotation_top_patient` takes it on to
    patient axes.

    Parameters
    ----------
    gantry_deg, couch_deg : array_like, shapes (...)
        Degrees, IEC 61217; they broadcast.

    Returns
    -------
    array, shape (..., 3)
        Unit vectors in table-top axes (no eccentric angle, pitch or roll).
    """
    sin_g, cos_g = sin_cos_deg(gantry_deg)
    sin_c, cos_c = sin_cos_deg(couch_deg)
    parts = np.broadcast_arrays(sin_g * cos_c, -sin_g * sin_c, cos_g)
    return without_negative_zero(np.stack(parts, axis=-1))


def fold(gantry_deg: ArrayLike, couch_deg: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return the pose of the chart that points the beam the same way: (g, c) or (-g, c ± 180).

    Parameters
    ----------
    gantry_deg, couch_deg : array_like, shapes (...)
        Degrees, any range; they broadcast.

    Returns
    -------
    gantry_deg : array, shape (...)
        In (-180, 180].
    couch_deg : array, shape (...)
        In (-90, 90].
    """
    gantry, couch = np.broadcast_arrays(wrap_180(gantry_deg), wrap_180(couch_deg))
    is_over, is_under = couch > 90.0, couch <= -90.0
    folded_couch = np.where(is_over, couch - 180.0, np.where(is_under, couch + 180.0, couch))
    folded_gantry = wrap_180(np.where(is_over | is_under, -gantry, gantry))
    return folded_gantry, without_negative_zero(folded_couch)


def direction_to_angles(direction: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return the pose of the chart that has its source in a direction; the inverse of `source_direction_top`.

    g = atan2(hypot(X, Y), Z) and c = atan2(-Y, X), folded. At the poles the couch angle is 0.

    Parameters
    ----------
    direction : array_like, shape (..., 3)
        Vectors of any length in table-top axes.

    Returns
    -------
    gantry_deg : array, shape (...)
        In (-180, 180].
    couch_deg : array, shape (...)
        In (-90, 90].

    Raises
    ------
    SimulatorError
        If the last axis is not of length 3, or a vector is zero or not finite.
    """
    vectors = finite("direction", direction)
    if vectors.shape[-1:] != (3,):
        raise SimulatorError(f"direction must have shape (..., 3); was {vectors.shape}")
    x, y, z = vectors[..., 0], vectors[..., 1], vectors[..., 2]
    across = np.hypot(x, y)
    length = np.hypot(across, z)
    if not (length > 0.0).all():
        raise SimulatorError("direction must not be the zero vector, which points nowhere; was (0, 0, 0)")
    is_pole = across <= POLE * length
    gantry = np.where(is_pole, np.where(z > 0.0, 0.0, 180.0), np.rad2deg(np.arctan2(across, z)))
    couch = np.where(is_pole, 0.0, np.rad2deg(np.arctan2(-y, x)))
    return fold(gantry, couch)


def _sine_integral(lo_deg: FloatArray, hi_deg: FloatArray) -> FloatArray:
    """Integrate |sin g| dg, g in radians, from lo to hi: |cos lo - cos hi| within one half turn."""
    turn_lo, turn_hi = np.floor_divide(lo_deg, 180.0), np.floor_divide(hi_deg, 180.0)
    # Where a multiple of 180° lies between, the cell is split there: 1 - cos v = 2 sin²(v/2) on either side,
    # and 2 for each whole half turn in between.
    head, _ = sin_cos_deg((180.0 * (turn_lo + 1.0) - lo_deg) / 2.0)
    tail, _ = sin_cos_deg((hi_deg - 180.0 * turn_hi) / 2.0)
    split = 2.0 * head**2 + 2.0 * tail**2 + 2.0 * (turn_hi - turn_lo - 1.0)
    # Otherwise cos a - cos b = 2 sin((a+b)/2) sin((b-a)/2), which keeps its digits where a cell is so narrow
    # that the two cosines agree in most of theirs.
    middle, _ = sin_cos_deg((lo_deg - 180.0 * turn_lo + (hi_deg - 180.0 * turn_lo)) / 2.0)
    half_width, _ = sin_cos_deg((hi_deg - lo_deg) / 2.0)
    return np.where(turn_lo == turn_hi, 2.0 * np.abs(middle) * half_width, split)


def cell_area_sr(gantry_lo: ArrayLike, gantry_hi: ArrayLike, couch_lo: ArrayLike, couch_hi: ArrayLike) -> FloatArray:
    """Return the integral of |sin g| dg dc over cells of poses, exact.

    For a cell of the chart this is the solid angle of its directions; a cell that covers directions twice
    counts them twice, which `chart.solid_angle_sr` does not. Relative rounding errors stay near 1e-15 for
    cells of any width, also where the cell straddles gantry 0 or 180.

    Parameters
    ----------
    gantry_lo, gantry_hi, couch_lo, couch_hi : array_like, shapes (...)
        Bounds in degrees, lo <= hi; they broadcast.

    Returns
    -------
    array, shape (...)
        Steradians, never negative.

    Raises
    ------
    SimulatorError
        If a lower bound exceeds its upper bound.
    """
    g_lo, g_hi = finite("gantry_lo", gantry_lo), finite("gantry_hi", gantry_hi)
    c_lo, c_hi = finite("couch_lo", couch_lo), finite("couch_hi", couch_hi)
    for name, lo, hi in (("gantry", g_lo, g_hi), ("couch", c_lo, c_hi)):
        if not (lo <= hi).all():
            raise SimulatorError(f"{name}_lo must not exceed {name}_hi; was lo {lo}, hi {hi}")
    g_lo, g_hi = np.broadcast_arrays(g_lo, g_hi)
    return _sine_integral(g_lo, g_hi) * np.deg2rad(c_hi - c_lo)
