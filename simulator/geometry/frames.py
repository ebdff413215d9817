"""The coordinate systems of IEC 61217 and how each one hangs in its mother.

::

    f fixed reference: origin at the isocentre, x to the right of an observer who faces the gantry,
    │                  y from the isocentre to the gantry, z up
    ├─ g gantry                       Ry(gantry), then DICOM's gantry pitch Rx
    │  ├─ b collimator                T(0, 0, Bz) Rz(collimator)   (beam limiting device)
    │  │  └─ w wedge filter           T(0, 0, Wz) Rz(wedge)
    │  └─ r X-ray image receptor      T(Rx, Ry, Rz) Rz(receptor)
    └─ s patient support              Rz(couch)
       └─ e table top eccentric       T(0, Ey, 0) Rz(eccentric)
          └─ t table top              T(Tx, Ty, Tz) Rx(pitch) Ry(roll), about the origin of t
             └─ p patient             T(Px, Py, Pz) Rx(pitch) Ry(roll) Rz(yaw)

Every function returns ``T_mother_daughter``, shape (..., 4, 4), from angles in degrees and lengths in mm that
broadcast against each other, and raises `SimulatorError` for a number that is not finite. Sources: IEC 61217;
DICOM PS3.3 C.8.8.14.12 (table top pitch and roll) and C.8.8.25.6.5 (gantry pitch).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from simulator.geometry.angles import FloatArray, finite
from simulator.geometry.transforms import rotation_x, rotation_y, rotation_z, translation


def _offset(x_mm: ArrayLike, y_mm: ArrayLike, z_mm: ArrayLike) -> FloatArray:
    parts = (finite("x_mm", x_mm), finite("y_mm", y_mm), finite("z_mm", z_mm))
    return translation(np.stack(np.broadcast_arrays(*parts), axis=-1))


def T_fixed_gantry(gantry_deg: ArrayLike, pitch_deg: ArrayLike = 0.0) -> FloatArray:
    """Return gantry to fixed: Ry(gantry) Rx(pitch).

    At gantry 0 the source is above the isocentre, at 90 on +x. IEC 61217 knows no pitch; DICOM defines it
    as the rotation of Yg and Zg about Xg, so it acts in the gantry that has already been turned.

    Parameters
    ----------
    gantry_deg, pitch_deg : array_like, shapes (...)
        Degrees; positive pitch is clockwise when looking along +Xg.

    Returns
    -------
    array, shape (..., 4, 4)
    """
    return rotation_y(gantry_deg) @ rotation_x(pitch_deg)


def T_gantry_collimator(angle_deg: ArrayLike, z_mm: ArrayLike = 0.0) -> FloatArray:
    """Return collimator (beam limiting device) to gantry: T(0, 0, z) Rz(angle).

    Parameters
    ----------
    angle_deg : array_like, shape (...)
        Degrees, counter-clockwise when seen from the source.
    z_mm : array_like, shape (...)
        Height of the collimator's origin along the beam axis; 0 puts it at the isocentre.

    Returns
    -------
    array, shape (..., 4, 4)
    """
    return _offset(0.0, 0.0, z_mm) @ rotation_z(angle_deg)


def T_collimator_wedge(angle_deg: ArrayLike, z_mm: ArrayLike) -> FloatArray:
    """Return wedge filter to collimator: T(0, 0, z) Rz(angle), degrees and mm.

    Returns
    -------
    array, shape (..., 4, 4)
    """
    return _offset(0.0, 0.0, z_mm) @ rotation_z(angle_deg)


def T_gantry_receptor(x_mm: ArrayLike, y_mm: ArrayLike, z_mm: ArrayLike, angle_deg: ArrayLike = 0.0) -> FloatArray:
    """Return X-ray image receptor to gantry: T(x, y, z) Rz(angle).

    Parameters
    ----------
    x_mm, y_mm, z_mm : array_like, shapes (...)
        Centre of the receptor in gantry axes; below the isocentre z is negative (DICOM's X-Ray Image Receptor
        Translation).
    angle_deg : array_like, shape (...)
        Degrees, counter-clockwise when seen from the source (DICOM PS3.3 C.8.8.14.3).

    Returns
    -------
    array, shape (..., 4, 4)
    """
    return _offset(x_mm, y_mm, z_mm) @ rotation_z(angle_deg)


def T_fixed_support(couch_deg: ArrayLike) -> FloatArray:
    """Return patient support (turntable) to fixed: Rz(couch).

    Degrees, counter-clockwise when seen from above.

    Returns
    -------
    array, shape (..., 4, 4)
    """
    return rotation_z(couch_deg)


def T_support_eccentric(angle_deg: ArrayLike, y_mm: ArrayLike = 0.0) -> FloatArray:
    """Return table top eccentric to patient support: T(0, y, 0) Rz(angle).

    Parameters
    ----------
    angle_deg : array_like, shape (...)
        Degrees, counter-clockwise when seen from above.
    y_mm : array_like, shape (...)
        Where the eccentric axis stands along Ys; 0 for couches without one.

    Returns
    -------
    array, shape (..., 4, 4)
    """
    return _offset(0.0, y_mm, 0.0) @ rotation_z(angle_deg)


def T_eccentric_top(
    lateral_mm: ArrayLike,
    longitudinal_mm: ArrayLike,
    vertical_mm: ArrayLike,
    pitch_deg: ArrayLike = 0.0,
    roll_deg: ArrayLike = 0.0,
) -> FloatArray:
    """Return table top to eccentric: T(lateral, longitudinal, vertical) Rx(pitch) Ry(roll).

    Pitch and roll turn about the origin of the table top, which is seldom the isocentre: to keep a point of
    the patient at the isocentre the three translations change as well (DICOM PS3.3 C.8.8.14.12, whose prose
    gives the height the wrong sign if its (0, 100, 0) is taken as the table position, as it is written).

    Parameters
    ----------
    lateral_mm, longitudinal_mm, vertical_mm : array_like, shapes (...)
        Origin of the table top along Xe, Ye, Ze.
    pitch_deg, roll_deg : array_like, shapes (...)
        Degrees, clockwise when looking along +Xt and +Yt; pitch first, roll about the pitched axis.

    Returns
    -------
    array, shape (..., 4, 4)
    """
    return _offset(lateral_mm, longitudinal_mm, vertical_mm) @ rotation_x(pitch_deg) @ rotation_y(roll_deg)


def T_top_patient(
    x_mm: ArrayLike,
    y_mm: ArrayLike,
    z_mm: ArrayLike,
    pitch_deg: ArrayLike = 0.0,
    roll_deg: ArrayLike = 0.0,
    yaw_deg: ArrayLike = 0.0,
) -> FloatArray:
    """Return patient to table top: T(x, y, z) Rx(pitch) Ry(roll) Rz(yaw).

    The patient system of IEC 61217 is parallel to the table top until it is turned, whatever way the patient
    lies. DICOM's patient axes are another matter: see `positions.rotation_top_patient`.

    Parameters
    ----------
    x_mm, y_mm, z_mm : array_like, shapes (...)
        Origin of the patient system in table-top axes.
    pitch_deg, roll_deg, yaw_deg : array_like, shapes (...)
        Degrees about Xp, Yp, Zp, in this order, each about the axis already turned.

    Returns
    -------
    array, shape (..., 4, 4)
    """
    turned = rotation_x(pitch_deg) @ rotation_y(roll_deg) @ rotation_z(yaw_deg)
    return _offset(x_mm, y_mm, z_mm) @ turned
