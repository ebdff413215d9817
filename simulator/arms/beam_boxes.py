"""The axes of a beam over whole boxes of poses: where points and directions that it carries are, enclosed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.arms.affine import Affine, FloatArray, sine_cosine
from simulator.models.arm import AIMING_JOINTS

Vector = tuple[Affine, Affine, Affine]


@dataclass(frozen=True, eq=False)
class BeamBoxes:
    """The axes of ``beam_roll`` over n boxes of poses, seen from other axes that stand still.

    Attributes
    ----------
    T_axes_fixed : array, shape (4, 4)
        From the fixed axes to those.
    azimuth, polar, roll : tuple of Affine
        Sine and cosine.
    distance : Affine
        In mm.
    """

    T_axes_fixed: FloatArray
    azimuth: tuple[Affine, Affine]
    polar: tuple[Affine, Affine]
    distance: Affine
    roll: tuple[Affine, Affine]

    @classmethod
    def of(cls, T_axes_fixed: FloatArray, low: FloatArray, high: FloatArray) -> BeamBoxes:
        """Return those of boxes (n, 4) of azimuth, polar angle, distance and roll."""
        of = len(AIMING_JOINTS)
        poses = [Affine.coordinate(low[:, at], high[:, at], at, of) for at in range(of)]
        azimuth, polar, roll = (sine_cosine(poses[at] * (np.pi / 180.0)) for at in (0, 1, 3))
        return cls(T_axes_fixed, azimuth, polar, poses[2], roll)

    def direction(self, vector: FloatArray) -> Vector:
        """Return a vector (3,) of the beam's axes."""
        return self._turned(vector, None)

    def point(self, point: FloatArray) -> Vector:
        """Return a point (3,) of the beam's axes, the source at their origin."""
        x, y, z = self._turned(point, self.distance)
        shift = self.T_axes_fixed[:3, 3]
        return x + float(shift[0]), y + float(shift[1]), z + float(shift[2])

    def _turned(self, vector: FloatArray, distance: Affine | None) -> Vector:
        (sr, cr), (sp, cp), (sa, ca) = self.roll, self.polar, self.azimuth
        vx, vy, vz = map(float, vector)
        x, y = cr * vx - sr * vy, sr * vx + cr * vy
        if distance is None:
            across, up = x * cp + sp * vz, cp * vz - x * sp
        else:
            z = distance + vz
            across, up = x * cp + z * sp, z * cp - x * sp
        fixed = (across * ca - y * sa, across * sa + y * ca, up)
        R = self.T_axes_fixed[:3, :3]
        return dot(R[0], fixed), dot(R[1], fixed), dot(R[2], fixed)


def dot(constants: FloatArray, vector: Vector) -> Affine:
    """Return the sum of three values times constants; those times 0 do not count."""
    terms = [form * float(k) for k, form in zip(constants, vector, strict=True) if k != 0.0]
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total
