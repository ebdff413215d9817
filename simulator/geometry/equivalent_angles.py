"""Gantry and couch angles that mean a direction for a patient who lies head first supine, whatever the real position.

Programs that know one position only, head first supine, ask for gantry g and couch c of IEC 61217. In axes of the
table top, which the couch turns, the source stands at u = (sin g cos c, -sin g sin c, cos g). Head first supine,
DICOM patient axes (x left, y back, z head) have x = u_x, y = -u_z, z = u_y, so the source is seen from the isocentre
at

    v = (sin g cos c, -cos g, -sin g sin c),

and from v, with sin g at least 0: g = acos(-v_y), here as atan2(√(v_x² + v_z²), -v_y), which keeps its digits near 0
and 180°, and c = atan2(-v_z, v_x). (g, c) and (-g, c ± 180°) are one direction; of the two the one with |c| at most
90° is taken. At g = 0 and 180° every c is the same direction, and c = 0 is taken.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from simulator.geometry.angles import HALF_TURN_DEG, FloatArray, finite, sin_cos_deg, wrap_180, wrap_360

LARGEST_COUCH_DEG = 90.0
NO_LENGTH = 1e-12
"""Of a unit vector, across the axis of the couch: what is shorter points along it."""


def head_first_supine_direction(gantry_deg: ArrayLike, couch_deg: ArrayLike) -> FloatArray:
    """Return the direction of angles for a patient who lies head first supine.

    Parameters
    ----------
    gantry_deg, couch_deg : array_like, shapes (...)
        IEC 61217; they broadcast.

    Returns
    -------
    array, shape (..., 3)
        Unit vectors from the isocentre to the source, in DICOM patient axes.
    """
    (sin_g, cos_g), (sin_c, cos_c) = sin_cos_deg(gantry_deg), sin_cos_deg(couch_deg)
    x, y, z = np.broadcast_arrays(sin_g * cos_c, -cos_g, -sin_g * sin_c)
    return np.stack([x, y, z], axis=-1) + 0.0


def head_first_supine_angles(direction_patient: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return the angles of directions for a patient who lies head first supine; the inverse of the function above.

    Parameters
    ----------
    direction_patient : array_like, shape (..., 3)
        Unit vectors from the isocentre to the source, in DICOM patient axes.

    Returns
    -------
    gantry_deg, couch_deg : arrays, shape (...)
        IEC 61217: gantry in [0, 360), couch in [-90, 90].
    """
    x, y, z = np.moveaxis(finite("direction_patient", direction_patient), -1, 0)
    across = np.hypot(x, z)
    gantry = np.degrees(np.arctan2(across, -y))
    couch = np.where(across > NO_LENGTH, np.degrees(np.arctan2(-z, x)), 0.0)
    is_turned = np.abs(couch) > LARGEST_COUCH_DEG
    couch = wrap_180(np.where(is_turned, couch + HALF_TURN_DEG, couch))
    return wrap_360(np.where(is_turned, -gantry, gantry)), couch
