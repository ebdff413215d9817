"""Where the viewer stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.geometry.angles import FloatArray

if TYPE_CHECKING:
    import pyvista

ROOMS_EYE = ((-3600.0, -4600.0, 2500.0), (150.0, 150.0, -200.0), (0.0, 0.0, 1.0))
"""Where the viewer stands, where it looks, and what is up, in IEC 61217 fixed axes in mm: in front of the machine, to
its left, so that gantry, couch and the whole patient are seen."""
VIEW_DEG = 35.0
"""What is seen from there, from top to bottom."""
BEAMS_EYE_RADIUS_MM = 450.0
"""What the beam's eye sees around the isocentre."""


def to_rooms_eye(camera: pyvista.Camera) -> None:
    """Let the camera see the room."""
    camera.position, camera.focal_point, camera.up = ROOMS_EYE
    camera.view_angle = VIEW_DEG


def to_beams_eye(camera: pyvista.Camera, T_fixed_beam: FloatArray, source_mm: FloatArray) -> None:
    """Let the camera see the isocentre from the source; up is y of the beam's axes, to the gantry at couch 0.

    Parameters
    ----------
    camera : pyvista.Camera
        Which.
    T_fixed_beam : ndarray, shape (4, 4)
        From the axes of the joint that carries the beam to the room's.
    source_mm : ndarray, shape (3,)
        In the axes of that joint.
    """
    source = (T_fixed_beam @ np.append(source_mm, 1.0))[:3]
    camera.position, camera.focal_point, camera.up = tuple(source), (0.0, 0.0, 0.0), tuple(T_fixed_beam[:3, 1])
    camera.view_angle = float(2 * np.degrees(np.arctan2(BEAMS_EYE_RADIUS_MM, np.linalg.norm(source))))
