"""Joint values of an arm over whole boxes of poses of the beam: enclosed, and judged against the joints' limits.

The formulas are those of `simulator.arms.spherical_wrist`, in affine arithmetic over azimuth, polar angle, distance
and roll (`simulator.arms.affine`). A branch whose formulas cannot be bounded in a box is UNKNOWN there: the wrist may
be over axis 1, the elbow or the wrist straight. NOWHERE needs no such care: too far, too near, or a joint beyond its
limits is enough, and the angle between axes 4 and 6 is bounded by its cosine even where the wrist is straight.

*Outward.* The forms hold the rounding of each operation. `ALLOWANCE_DEG` beside it is more than what
`SphericalWrist.inverse` rounds by where it is well conditioned, so that what it returns lies in the box, too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulator.arms.affine import Affine, FloatArray, angle_of, arccos, beside, norm, sine_cosine
from simulator.arms.beam_boxes import BeamBoxes, Vector, dot
from simulator.arms.spherical_wrist import BRANCHES, SphericalWrist, turned_onto
from simulator.errors import SimulatorError
from simulator.geometry.angles import FULL_TURN_DEG, finite
from simulator.geometry.transforms import inverse
from simulator.models.arm import AIMING_JOINTS, Arm

NOWHERE, UNKNOWN, EVERYWHERE = -1, 0, 1
"""Verdicts. No pose of the box has a solution of the branch within the limits; it is open; every pose has one."""
ALLOWANCE_DEG = 1e-8
CHUNK = 4096
"""Boxes at a time: what they need stays in the processor's cache."""


@dataclass(frozen=True, eq=False)
class JointBoxes:
    """Enclosures of joint values.

    Attributes
    ----------
    low, high : arrays, shape (n, 6)
        Between which every solution of the branch in the box lies, in degrees. EVERYWHERE: on the joints' scales, in
        one piece, of the equivalents by 360° the one nearest to 0 that stays within the limits. UNKNOWN: up to turns
        by 360°, or not finite where that is not known.
    verdict : array of int8, shape (n,)
        EVERYWHERE, UNKNOWN or NOWHERE.
    """

    low: FloatArray
    high: FloatArray
    verdict: NDArray[np.int8]


def joint_boxes(wrist: SphericalWrist, arm: Arm, low: ArrayLike, high: ArrayLike, branch: ArrayLike) -> JointBoxes:
    """Return enclosures of the joint values with which an arm places its beam, over boxes of poses.

    Parameters
    ----------
    wrist : SphericalWrist
        The arm.
    arm : Arm
        The beam on its tool.
    low, high : array_like, shape (n, 4)
        Least and greatest azimuth and polar angle in degrees, distance in mm and roll in degrees.
    branch : array_like of int, shape (n,)
        Which of `BRANCHES`.

    Raises
    ------
    SimulatorError
        If shapes do not fit, a number is not finite, or a box ends before it starts.
    """
    low, high, branch = finite("low", low), finite("high", high), np.asarray(branch)
    if low.shape != (len(branch), len(AIMING_JOINTS)) or high.shape != low.shape:
        raise SimulatorError(
            f"low and high must have shape ({len(branch)}, {len(AIMING_JOINTS)}), were {low.shape} and {high.shape}"
        )
    if (low > high).any():
        raise SimulatorError("low must not be above high")
    signs = np.array(BRANCHES, dtype=float)[branch.astype(np.intp)]
    found = JointBoxes(np.empty((len(branch), 6)), np.empty((len(branch), 6)), np.empty(len(branch), dtype=np.int8))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for start in range(0, len(branch), CHUNK):
            part = slice(start, start + CHUNK)
            found.low[part], found.high[part], found.verdict[part] = _judged(
                wrist, *_enclosed(wrist, arm, low[part], high[part], signs[part].T)
            )
    return found


def _enclosed(
    wrist: SphericalWrist, arm: Arm, low: FloatArray, high: FloatArray, signs: FloatArray
) -> tuple[FloatArray, FloatArray, NDArray[np.int64]]:
    """Return least and greatest joint values (m, 6), and where the wrist's centre is within reach (m,)."""
    g = wrist.geometry
    shoulder, elbow, flip = signs
    place = BeamBoxes.of(inverse(g.T_fixed_arm), low, high)
    x, y, z = place.point(inverse(arm.T_tool_beam)[:3, :3] @ (g.centre_tool_mm - np.asarray(arm.source_mm)))
    reach = norm(x, y)
    leg, lateral = beside(reach, g.lateral_mm)
    u = leg * shoulder - g.shoulder_mm
    first = angle_of(y, x) - lateral * shoulder - np.where(shoulder < 0.0, np.pi, 0.0)
    squared = u * u + z * z
    cosine = (squared - (g.upper_mm**2 + g.forearm_mm**2)) * (0.5 / (g.upper_mm * g.forearm_mm))
    is_out = (reach.high < abs(g.lateral_mm)) | (cosine.low > 1.0) | (cosine.high < -1.0)
    is_sure = (cosine.low > -1.0) & (cosine.high < 1.0)
    bend = arccos(cosine)
    upper = angle_of(z, u) + _lift(wrist, bend, squared) * elbow
    both = bend * elbow - upper + g.forearm_zero
    seen = _Forearm.of(first, both)
    beam_of = arm.T_tool_beam[:3, :3].T @ g.R_arm_tool.T
    axis_4, axis_5, axis_6 = g.axes[3:]
    n = seen.direction(place.direction(beam_of @ axis_6))
    along, beside_it, across = dot(axis_4, n), dot(axis_5, n), dot(np.cross(axis_4, axis_5), n)
    rolled_5, rolled_65 = (
        dot(axis_4, seen.direction(place.direction(beam_of @ axis))) for axis in (axis_5, np.cross(axis_6, axis_5))
    )
    forms = (
        first * float(g.signs[0]),
        (upper * -1.0 + g.upper_zero) * float(g.signs[1]),
        (bend * elbow + (g.forearm_zero - g.upper_zero)) * float(g.signs[2]),
        angle_of(beside_it * flip, across * -flip),
        angle_of(norm(beside_it, across), along) * flip - g.wrist_zero,
        angle_of(rolled_5 * flip, rolled_65 * flip),
    )
    least = np.degrees([form.low for form in forms]).T - ALLOWANCE_DEG  # @outward
    most = np.degrees([form.high for form in forms]).T + ALLOWANCE_DEG
    tilt = arccos(along) * flip - g.wrist_zero
    least[:, 4] = np.fmax(least[:, 4], np.degrees(tilt.low) - ALLOWANCE_DEG)
    most[:, 4] = np.fmin(most[:, 4], np.degrees(tilt.high) + ALLOWANCE_DEG)
    return least, most, np.select([is_out, is_sure], [NOWHERE, EVERYWHERE], UNKNOWN)


def _judged(
    wrist: SphericalWrist, low: FloatArray, high: FloatArray, in_reach: NDArray[np.int64]
) -> tuple[FloatArray, FloatArray, NDArray[np.int8]]:
    """Return enclosures on the joints' scales and the verdicts."""
    least, most = wrist.limits_deg.T
    by, is_within = turned_onto(wrist.limits_deg, low, high)
    # The first equivalent that does not end before the limits begin: does it begin before they end?
    turns = np.ceil((least - high) / FULL_TURN_DEG)
    is_beyond = (low + FULL_TURN_DEG * turns > most).any(axis=1)
    verdict = np.where(is_within.all(axis=1), in_reach, np.minimum(in_reach, UNKNOWN))
    verdict = np.where(is_beyond, NOWHERE, verdict)
    return low + by, high + by, verdict.astype(np.int8)


def _lift(wrist: SphericalWrist, bend: Affine, squared: Affine) -> Affine:
    """Return the angle of the upper arm over the line to the wrist's centre, arg(L + M exp(iη)), of the elbow's η.

    Its derivative is M (M + L cos η)/D², and its curvature is at most L M/D². It is at most arcsin(M/L), where M < L.
    """
    L, M = wrist.geometry.upper_mm, wrist.geometry.forearm_mm
    c, s = np.cos(bend.centre), np.sin(bend.centre)
    slope = M * (M + L * c) / (L * L + M * M + 2.0 * L * M * c)
    curvature = np.where(squared.low > 0.0, L * M / np.maximum(squared.low, 0.0), np.inf)
    form = bend.function(np.arctan2(M * s, L + M * c), slope, curvature)
    return form.or_between(0.0, float(np.arcsin(M / L)) if M < L else np.pi)


@dataclass(frozen=True, eq=False)
class _Forearm:
    """Directions seen from the forearm: turned back by the arm's plane and by the forearm's angle in it."""

    first: tuple[Affine, Affine]
    both: tuple[Affine, Affine]

    @classmethod
    def of(cls, first: Affine, both: Affine) -> _Forearm:
        return cls(sine_cosine(first), sine_cosine(both))

    def direction(self, vector: Vector) -> Vector:
        (s1, c1), (s, c) = self.first, self.both
        x, y, z = vector
        ahead = x * c1 + y * s1
        return ahead * c - z * s, y * c1 - x * s1, ahead * s + z * c
