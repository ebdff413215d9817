"""The lines about which an arm's joints turn, and the lengths that they make: what is recognised of a kinematic tree.

Axes are the arm's own: z along axis 1, upwards where that is not level; y along axis 2; x before the arm. The origin
is on axis 1, level with axis 2. Signs, zeros and frames of the joints do not count, only the lines at 0 do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.errors import SimulatorError
from simulator.models.kinematics import Joint, KinematicTree

FloatArray = NDArray[np.float64]

ANGLE_TOLERANCE = 1e-10
"""How far from parallel or square axes may be, in radians: the rounding of a file of twelve digits."""
LENGTH_TOLERANCE_MM = 1e-7
"""How far from one point axes may pass that must meet in it."""


@dataclass(frozen=True)
class WristGeometry:
    """The lengths of an arm of the ortho-parallel kind, and its zeros.

    Attributes
    ----------
    T_fixed_arm : array, shape (4, 4)
        From the arm's axes to the fixed axes.
    axes : array, shape (6, 3)
        Along which each joint turns, with its sign, at 0, in the arm's axes.
    signs : tuple of int
        Whether joints 1, 2 and 3 turn about z, y and y (1) or the other way (-1).
    shoulder_mm : float
        From axis 1 to axis 2, along x; 0 or more (a1).
    lateral_mm : float
        From axis 1 to the wrist's centre, along y (0 for most arms).
    upper_mm, forearm_mm : float
        From axis 2 to axis 3 (a2), and from axis 3 to the wrist's centre (the hypotenuse of a3 and d4).
    upper_zero, forearm_zero : float
        The angles of these two in the plane of x and z at 0, from x towards z, in radians.
    wrist_zero : float
        By how much axis 5 turns axis 4 onto axis 6 at 0, in radians.
    centre_tool_mm : array, shape (3,)
        The wrist's centre in the tool's axes.
    R_arm_tool : array, shape (3, 3)
        The tool's axes at 0.
    """

    T_fixed_arm: FloatArray
    axes: FloatArray
    signs: tuple[int, int, int]
    shoulder_mm: float
    lateral_mm: float
    upper_mm: float
    forearm_mm: float
    upper_zero: float
    forearm_zero: float
    wrist_zero: float
    centre_tool_mm: FloatArray
    R_arm_tool: FloatArray


def recognised(tree: KinematicTree, joints: tuple[Joint, ...], tool: str) -> WristGeometry:
    """Return the lengths and zeros of an arm of the ortho-parallel kind.

    Raises
    ------
    SimulatorError
        If it is of another kind, with the condition that fails and by how much.
    """
    frames = [tree.T_fixed_frame(joint.name, {}) for joint in joints]
    points = np.array([T[:3, 3] for T in frames])
    axes = np.array([T[:3, :3] @ np.asarray(joint.axis) for T, joint in zip(frames, joints, strict=True)])
    _require_angles(axes)
    up = 1 if axes[0] @ (0.0, 0.0, 1.0) >= 0.0 else -1
    z, y = up * axes[0], axes[1]
    to_shoulder = float(np.cross(y, z) @ (points[1] - points[0]))
    before = 1 if to_shoulder >= 0.0 else -1
    y = before * y - (before * y @ z) * z
    y /= np.linalg.norm(y)
    T_fixed_arm = np.eye(4)
    T_fixed_arm[:3, :3] = R = np.column_stack([np.cross(y, z), y, z])
    T_fixed_arm[:3, 3] = points[0] + z * (z @ (points[1] - points[0]))
    points, axes = (points - T_fixed_arm[:3, 3]) @ R, axes @ R
    centre = _centre(points, axes)
    upper, forearm = (points[2] - points[1])[[0, 2]], (centre - points[2])[[0, 2]]
    for what, length in (("2 and 3", upper), ("3 and the wrist's centre", forearm)):
        if np.linalg.norm(length) < 1.0:
            raise _other_kind(f"axes {what} must be apart, were {np.linalg.norm(length):.3g} mm")
    T_arm_tool = np.linalg.inv(T_fixed_arm) @ tree.T_fixed_frame(tool, {})
    return WristGeometry(
        T_fixed_arm=T_fixed_arm,
        axes=axes,
        signs=(up, before, 1 if axes[2, 1] > 0.0 else -1),
        shoulder_mm=float(points[1, 0]),
        lateral_mm=float(centre[1]),
        upper_mm=float(np.linalg.norm(upper)),
        forearm_mm=float(np.linalg.norm(forearm)),
        upper_zero=float(np.arctan2(upper[1], upper[0])),
        forearm_zero=float(np.arctan2(forearm[1], forearm[0])),
        wrist_zero=float(np.arctan2(np.cross(axes[3], axes[5]) @ axes[4], axes[3] @ axes[5])),
        centre_tool_mm=T_arm_tool[:3, :3].T @ (centre - T_arm_tool[:3, 3]),
        R_arm_tool=T_arm_tool[:3, :3],
    )


def _require_angles(axes: FloatArray) -> None:
    """Refuse axes that do not stand to each other as those of the ortho-parallel kind."""
    parallel = float(np.linalg.norm(np.cross(axes[1], axes[2])))
    if parallel > ANGLE_TOLERANCE:
        raise _other_kind(
            f"axes 2 and 3 must be parallel, were {np.degrees(np.arcsin(min(parallel, 1.0))):.3g}° apart"
        )
    for first, second in ((0, 1), (3, 4), (4, 5)):
        off = abs(float(axes[first] @ axes[second]))
        if off > ANGLE_TOLERANCE:
            raise _other_kind(
                f"axes {first + 1} and {second + 1} must be square, were {np.degrees(np.arcsin(off)):.3g}° off"
            )


def _centre(points: FloatArray, axes: FloatArray) -> FloatArray:
    """Return the point (3,) that axes 4, 5 and 6 have in common: the nearest to all three."""
    across = np.eye(3) - axes[3:, :, None] * axes[3:, None, :]
    centre = np.linalg.solve(across.sum(axis=0), np.einsum("ijk,ik->j", across, points[3:]))
    off = np.linalg.norm(np.einsum("ijk,ik->ij", across, centre - points[3:]), axis=1).max()
    if off > LENGTH_TOLERANCE_MM:
        raise _other_kind(f"axes 4, 5 and 6 must meet in a point, one passes {off:.3g} mm from it")
    return np.asarray(centre)


def _other_kind(condition: str) -> SimulatorError:
    return SimulatorError(
        "arm.joints: the arm must be of the ortho-parallel kind with a spherical wrist, as most industrial arms are: "
        + condition
    )
