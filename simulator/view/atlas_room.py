"""What stands around the targets of an atlas: the patient and the table top, in the room at rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from simulator.collision.scene import Body
from simulator.geometry.transforms import apply
from simulator.setup.contents import PATIENT_FRAME
from simulator.setup.setup import Setup
from simulator.view.joint_axes import T_fixed_frame

Camera: TypeAlias = tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...]]
"""Where the viewer stands, where it looks, and what is up."""
SEEN_THROUGH = 0.25
"""Opacity of what stands around the targets."""
SPHERE_MM = 260.0
"""Radius of the sphere of directions around a target, which leaves the patient to be seen."""
EYE = np.array([-0.75, -1.0, 0.65])
"""Where the viewer stands, seen from the targets, in room axes: on the right of a supine patient, from the foot."""
VIEW_DEG = 20.0
ROOM_AROUND = 2.2
"""What is seen, over the size of the targets."""
LEAST_SEEN_MM = 600.0


@dataclass(frozen=True, eq=False)
class AtlasRoom:
    """The patient and the table top of a set-up, which all targets have in common.

    Attributes
    ----------
    setup : Setup
        One case of the study.
    bodies : tuple of Body
        What is drawn.
    T_fixed_patient : ndarray, shape (4, 4)
        From DICOM patient axes to those of the room, with all joints at rest.
    """

    setup: Setup
    bodies: tuple[Body, ...]
    T_fixed_patient: NDArray[np.float64]

    @classmethod
    def of(cls, setup: Setup) -> AtlasRoom:
        """Return what is drawn of a set-up."""
        carried = PATIENT_FRAME, setup.couch.table_top.joint
        bodies = tuple(body for body in setup.scene.bodies if body.is_drawn and body.joint in carried)
        return cls(setup, bodies, T_fixed_frame(setup, PATIENT_FRAME, {}))

    def T_fixed(self, body: Body) -> NDArray[np.float64]:
        """Return the transform (4, 4) from a body's axes to those of the room."""
        return T_fixed_frame(self.setup, body.joint, {})

    def places_mm(self, patient_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return points (n, 3) of the patient's DICOM axes in those of the room."""
        return apply(self.T_fixed_patient, patient_mm)

    def camera(self, targets_mm: NDArray[np.float64]) -> Camera:
        """Return where to stand, where to look and what is up, in the room; `VIEW_DEG` are seen from top to bottom.

        Parameters
        ----------
        targets_mm : ndarray, shape (n, 3)
            Targets in the room.
        """
        middle = (targets_mm.min(axis=0) + targets_mm.max(axis=0)) / 2
        half = max(LEAST_SEEN_MM, ROOM_AROUND * float(np.ptp(targets_mm, axis=0).max())) / 2
        away = EYE / np.linalg.norm(EYE) * half / np.tan(np.deg2rad(VIEW_DEG) / 2)
        return tuple((middle + away).tolist()), tuple(middle.tolist()), (0.0, 0.0, 1.0)
