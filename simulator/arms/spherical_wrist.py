"""Six-axis arms with a spherical wrist: from joint values to the tool and back, in closed form.

Axis 2 is square to axis 1, axis 3 parallel to axis 2, and axes 4, 5 and 6 meet in the wrist's centre, 4 and 6 square
to 5. Then the centre depends on the first three joints alone, and the last three are the angles of a rotation. With
x', b the centre's place before and beside axis 1 and a1, L, M the lengths of shoulder, upper arm and forearm, in the
arm's axes (`simulator.arms.wrist_geometry`)::

    x' = ±√(X² + Y² − b²)              θ1 = atan2(Y, X) − atan2(b, x')
    u, v = x' − a1, Z                  cos η = (u² + v² − L² − M²) / 2LM
    α2 = atan2(v, u) ± atan2(M sin η, L + M cos η)        α3 = α2 ∓ η

where α2 and α3 are the angles of upper arm and forearm in the arm's plane. Then n = R03ᵀ R w6, the direction of
axis 6 seen from the forearm, gives axes 4 and 5 as its spherical coordinates about axis 4; axis 6 turns what is left.
The kind is the one of Brandstötter, Angerer and Hofbaur (2014), here found from lines in space instead of parameters.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulator.arms.wrist_geometry import FloatArray, WristGeometry, recognised
from simulator.geometry.angles import FULL_TURN_DEG, finite, wrap_180
from simulator.geometry.transforms import inverse, rotation
from simulator.models.arm import joints_in_a_row
from simulator.models.kinematics import KinematicTree

BRANCHES = tuple((shoulder, elbow, wrist) for shoulder in (1, -1) for elbow in (1, -1) for wrist in (1, -1))
"""The eight ways to reach a pose, in the order of all arrays of branches. Shoulder: the wrist's centre is before axis
1 (1) or behind it (-1). Elbow: from the line between axis 2 and the wrist's centre the upper arm is turned from x
towards z (1), which is up where the wrist is before axis 2, or from z towards x (-1). Wrist: axis 5 turns axis 4 onto
axis 6 by an angle above 0 (1) or below it (-1)."""


@dataclass(frozen=True, eq=False)
class SphericalWrist:
    """An arm of six revolute joints with a spherical wrist.

    Attributes
    ----------
    geometry : WristGeometry
        Its lengths and zeros.
    limits_deg : array, shape (6, 2)
        Least and greatest value of each joint; infinite where a joint has no limits.
    """

    geometry: WristGeometry
    limits_deg: FloatArray

    @classmethod
    def of(cls, tree: KinematicTree, joints: tuple[str, ...], tool: str) -> SphericalWrist:
        """Return the arm that six joints of a tree make.

        Parameters
        ----------
        tree : KinematicTree
            With the joints, each with the next one behind it and nothing else that moves.
        joints : tuple of six str
            From the base on.
        tool : str
            The frame that the arm carries, fixed to the last joint.

        Raises
        ------
        SimulatorError
            If the joints are no such arm, with the condition that fails.
        """
        in_order = joints_in_a_row(tree, joints, tool)
        limits = [(-np.inf, np.inf) if joint.limits is None else joint.limits for joint in in_order]
        return cls(recognised(tree, in_order, tool), np.array(limits, dtype=float))

    def forward(self, q_deg: ArrayLike) -> FloatArray:
        """Return the tool in fixed axes (..., 4, 4) for joint values (..., 6)."""
        g, q = self.geometry, finite("q_deg", q_deg)
        first, second, third = g.signs[0] * q[..., 0], g.signs[1] * q[..., 1], g.signs[2] * q[..., 2]
        R1, R2, R3 = (_turn(axis, angle) for axis, angle in zip("zyy", (first, second, second + third), strict=True))
        upper = g.upper_mm * np.array([np.cos(g.upper_zero), 0.0, np.sin(g.upper_zero)])
        forearm = g.forearm_mm * np.array([np.cos(g.forearm_zero), 0.0, np.sin(g.forearm_zero)])
        in_plane = np.array([g.shoulder_mm, g.lateral_mm, 0.0]) + R2 @ upper + R3 @ forearm
        R = R1 @ R3 @ self._wrist(q[..., 3], q[..., 4], q[..., 5]) @ g.R_arm_tool
        T = np.zeros((*q.shape[:-1], 4, 4))
        T[..., :3, :3] = R
        T[..., :3, 3] = (R1 @ in_plane[..., None])[..., 0] - R @ g.centre_tool_mm
        T[..., 3, 3] = 1.0
        return np.asarray(g.T_fixed_arm @ T)

    def inverse(self, T_fixed_tool: ArrayLike) -> tuple[FloatArray, NDArray[np.bool_]]:
        """Return the joint values that bring the tool to poses, whatever the joints' limits.

        Where the wrist is straight, axes 4 and 6 turn about one line: then axis 4 is at 0, or where rounding has it,
        and axis 6 turns the rest.

        Parameters
        ----------
        T_fixed_tool : array_like, shape (..., 4, 4)

        Returns
        -------
        q_deg : array, shape (..., 8, 6)
            In (-180, 180]; NaN where there is none. Branches are in the order of `BRANCHES`.
        is_there : array of bool, shape (..., 8)
            Whether the branch has a solution: the wrist's centre is within reach.
        """
        g = self.geometry
        T = inverse(g.T_fixed_arm) @ finite("T_fixed_tool", T_fixed_tool)[..., None, :, :]
        R = T[..., :3, :3]
        x, y, z = np.moveaxis(T[..., :3, 3] + R @ g.centre_tool_mm, -1, 0)
        shoulder, elbow, wrist = np.array(BRANCHES).T
        with np.errstate(invalid="ignore"):
            before = shoulder * np.sqrt(x * x + y * y - g.lateral_mm**2)
            u = before - g.shoulder_mm
            bend = np.arccos((u * u + z * z - g.upper_mm**2 - g.forearm_mm**2) / (2.0 * g.upper_mm * g.forearm_mm))
        is_there = ~np.isnan(bend)
        before, u, bend = np.where(is_there, before, 1.0), np.where(is_there, u, 1.0), np.where(is_there, bend, 0.0)
        first = np.arctan2(y, x) - np.arctan2(g.lateral_mm, before)
        lift = np.arctan2(g.forearm_mm * np.sin(bend), g.upper_mm + g.forearm_mm * np.cos(bend))
        upper = np.arctan2(z, u) + elbow * lift
        second, both = g.upper_zero - upper, g.forearm_zero - upper + elbow * bend
        arm = np.degrees(np.stack([first, second, both - second], axis=-1)) * g.signs
        R03 = _turn("z", np.degrees(first)) @ _turn("y", np.degrees(both))
        left = np.swapaxes(R03, -1, -2) @ R @ g.R_arm_tool.T
        q = wrap_180(np.concatenate([arm, self._wrist_angles(left, wrist)], axis=-1))
        return np.where(is_there[..., None], q, np.nan), is_there

    def within_limits(self, q_deg: ArrayLike) -> tuple[FloatArray, NDArray[np.bool_]]:
        """Return joint values on the joints' scales.

        Parameters
        ----------
        q_deg : array_like, shape (..., 6)
            Values in degrees; NaN stays NaN and is not within the limits.

        Returns
        -------
        q_deg : array, shape (..., 6)
            Of all equivalents by 360° within the limits the one nearest to 0; as given where there is none.
        is_within : array of bool, shape (...)
            Whether all six have one.
        """
        q = np.asarray(q_deg, dtype=float)
        by, is_within = turned_onto(self.limits_deg, q := np.asarray(q_deg, dtype=float), q)
        return q + by, np.asarray(is_within.all(axis=-1))

    def _wrist(self, q4: FloatArray, q5: FloatArray, q6: FloatArray) -> FloatArray:
        """Return what the last three joints turn (..., 3, 3), in the arm's axes."""
        R4, R5, R6 = (_about(axis, q) for axis, q in zip(self.geometry.axes[3:], (q4, q5, q6), strict=True))
        return np.asarray(R4 @ R5 @ R6)

    def _wrist_angles(self, R: FloatArray, sign: NDArray[np.int64]) -> FloatArray:
        """Return the angles (..., 3) in degrees of the last three joints for what they turn (..., 3, 3)."""
        g = self.geometry
        axis_4, axis_5, axis_6 = g.axes[3:]
        n = R @ axis_6
        along, beside, across = n @ axis_4, n @ axis_5, n @ np.cross(axis_4, axis_5)
        q4 = np.degrees(np.arctan2(sign * beside, -sign * across))
        q5 = np.degrees(sign * np.arctan2(np.hypot(beside, across), along) - g.wrist_zero)
        # What is left is a turn about axis 6: it is read off a vector square to that, which is exact in any pose.
        rest = np.swapaxes(_about(axis_4, q4) @ _about(axis_5, q5), -1, -2) @ R @ axis_5
        q6 = np.degrees(np.arctan2(rest @ np.cross(axis_6, axis_5), rest @ axis_5))
        return np.stack([q4, q5, q6], axis=-1)


def turned_onto(
    limits_deg: FloatArray, low_deg: FloatArray, high_deg: FloatArray
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Return by how many degrees, whole turns, intervals (..., 6) lie within the limits (6, 2), and whether they do.

    Of several equivalents it is the one whose middle is nearest to 0; 0 where there is none.
    """
    least, most = limits_deg.T
    nearest = -np.round((low_deg + high_deg) / (2.0 * FULL_TURN_DEG))
    fewest = np.ceil((least - low_deg) / FULL_TURN_DEG)
    by = FULL_TURN_DEG * np.clip(nearest, fewest, np.maximum(fewest, np.floor((most - high_deg) / FULL_TURN_DEG)))
    is_within = (least <= low_deg + by) & (high_deg + by <= most)
    return np.where(is_within, by, 0.0), is_within


def _about(axis: FloatArray, angle_deg: FloatArray) -> FloatArray:
    return rotation(axis, angle_deg)[..., :3, :3]


def _turn(axis: str, angle_deg: FloatArray) -> FloatArray:
    return _about(np.eye(3)["xyz".index(axis)], angle_deg)
