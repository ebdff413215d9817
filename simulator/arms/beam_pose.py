"""Where the tool of an arm is when its beam is placed by direction, distance of the source and roll."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from simulator.errors import SimulatorError
from simulator.geometry.angles import FloatArray, finite
from simulator.geometry.transforms import inverse
from simulator.models.arm import AIMING_JOINTS, Arm
from simulator.models.kinematics import KinematicTree


def T_fixed_tool(arm: Arm, poses: ArrayLike) -> FloatArray:
    """Return the tool in fixed axes (n, 4, 4) for poses of the beam.

    Parameters
    ----------
    arm : Arm
        With the place of the beam on its tool.
    poses : array_like, shape (n, 4)
        Azimuth and polar angle of the source seen from the isocentre in degrees, distance of the source in mm, roll
        about the beam in degrees.

    Raises
    ------
    SimulatorError
        If a value is not a number, or there are not four.
    """
    values = finite("poses", poses)
    if values.ndim != 2 or values.shape[1] != len(AIMING_JOINTS):
        raise SimulatorError(f"poses must have shape (n, {len(AIMING_JOINTS)}), was {values.shape}")
    named = dict(zip(AIMING_JOINTS, values.T, strict=True))
    T_fixed_beam = KinematicTree(arm.aiming_joints).T_fixed_frame(AIMING_JOINTS[-1], named)
    return np.asarray(T_fixed_beam @ inverse(arm.T_tool_beam))
