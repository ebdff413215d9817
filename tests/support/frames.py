"""The coordinate systems of IEC 61217 and how each one hangs in its mother: an oracle of scipy's rotations.

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
broadcast against each other. Sources: IEC 61217; DICOM PS3.3 C.8.8.14.12 (table top pitch and roll) and C.8.8.25.6.5
(gantry pitch).
"""

import numpy as np
from scipy.spatial.transform import Rotation


def placed(offset_mm, axes, *angles_deg):
    """T(offset) and then turns about the axes, each about the axis already turned."""
    values = np.broadcast_arrays(*(np.asarray(value, dtype=float) for value in (*offset_mm, *angles_deg)))
    shape = values[0].shape
    angles = np.stack([value.ravel() for value in values[3:]], axis=1)
    T = np.tile(np.eye(4), (*shape, 1, 1))
    T[..., :3, :3] = Rotation.from_euler(axes.upper(), angles, degrees=True).as_matrix().reshape(*shape, 3, 3)
    T[..., :3, 3] = np.stack(values[:3], axis=-1)
    return T


def T_fixed_gantry(gantry_deg, pitch_deg=0.0):
    """At gantry 0 the source is above the isocentre, at 90 on +x; a positive pitch is clockwise along +Xg."""
    return placed((0, 0, 0), "yx", gantry_deg, pitch_deg)


def T_gantry_collimator(angle_deg, z_mm=0.0):
    """Counter-clockwise when seen from the source."""
    return placed((0, 0, z_mm), "z", angle_deg)


def T_collimator_wedge(angle_deg, z_mm):
    """Counter-clockwise when seen from the source."""
    return placed((0, 0, z_mm), "z", angle_deg)


def T_gantry_receptor(x_mm, y_mm, z_mm, angle_deg=0.0):
    """Below the isocentre z is negative (DICOM PS3.3 C.8.8.14.3)."""
    return placed((x_mm, y_mm, z_mm), "z", angle_deg)


def T_fixed_support(couch_deg):
    """Counter-clockwise when seen from above."""
    return placed((0, 0, 0), "z", couch_deg)


def T_support_eccentric(angle_deg, y_mm=0.0):
    """The eccentric axis stands at y along Ys."""
    return placed((0, y_mm, 0), "z", angle_deg)


def T_eccentric_top(lateral_mm, longitudinal_mm, vertical_mm, pitch_deg=0.0, roll_deg=0.0):
    """Pitch first, roll about the pitched axis, both about the origin of the table top, seldom the isocentre.

    To keep a point of the patient at the isocentre the translations change as well. DICOM's prose gives the height
    the wrong sign if its (0, 100, 0) is taken as the table position, as it is written.
    """
    return placed((lateral_mm, longitudinal_mm, vertical_mm), "xy", pitch_deg, roll_deg)


def T_top_patient(x_mm, y_mm, z_mm, pitch_deg=0.0, roll_deg=0.0, yaw_deg=0.0):
    """IEC 61217 patient axes: parallel to the table top until they are turned, whatever way the patient lies."""
    return placed((x_mm, y_mm, z_mm), "xyz", pitch_deg, roll_deg, yaw_deg)
