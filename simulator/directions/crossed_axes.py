"""Two rotation axes that cross in the isocentre: where the beam comes from, and the solid angle of joint values.

The outer axis is z. The inner one is carried by it, at the angle α to it; the beam is carried by the inner one, at
the angle β to that. At θ1 = 0 the inner axis is a = (sin α, 0, cos α); at θ2 = 0 the beam lies in the plane of
both axes, on the side of z. With e = (−cos α, 0, sin α), which is normal to a, and a × e = (0, −1, 0), the source
stands at

    u = Rz(θ1) v(θ2),  v(θ2) = cos β a + sin β (cos θ2 e + sin θ2 (a × e))
      = (cos β sin α − sin β cos α cos θ2,  −sin β sin θ2,  cos β cos α + sin β sin α cos θ2).

*Area.* In Lambert's cylindrical coordinates dΩ = dφ dz. The azimuth is φ = θ1 + ψ(θ2), where ψ is that of v; the
height z = cos β cos α + sin β sin α cos θ2 depends on θ2 alone. So dΩ = sin α sin β |sin θ2| dθ1 dθ2: whatever ψ
is, it shears areas and leaves them. A whole turn of both says each direction twice, hence 4π sin α sin β in all.

*One direction, two poses.* z is even in θ2 and ψ is odd, so (θ1, θ2) and (θ1 + 2 ψ(θ2), −θ2) are one direction,
and poses within a turn have no other in common: 0 < θ2 < 180 with a full turn of θ1 holds each direction once.
There ψ lies in [−180°, 0°], and

    ψ(t) = −atan2(sin β sin t, cos β sin α − sin β cos α cos t),
    dψ/dt = sin β (sin β cos α − cos β sin α cos t) / (1 − z²),

which changes its sign at most once, where cos t = tan β / tan α. Over an interval ψ is therefore least and greatest
at the ends or there.

A C-arm has α = β = 90°: ψ(t) = −90° throughout, and the two poses are (g, c) and (−g, c ± 180).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulator.geometry.angles import HALF_TURN_DEG, FloatArray, sin_cos_deg, sin_deg, without_negative_zero, wrap_180

BoolArray = NDArray[np.bool_]

FULL_SPHERE_SR = 4 * np.pi
POLE = 1e-12
"""A direction whose part across the outer axis is below this share of its length has no azimuth: 6e-11 degrees."""
UNREACHED = 1e-10
"""How far beyond the greatest or least height a direction may lie, by rounding of α and β, and still have a pose."""


@dataclass(frozen=True)
class CrossedAxes:
    """Two rotation axes and a beam that meet in one point.

    Attributes
    ----------
    alpha_deg : float
        Between the outer axis and the inner one, in (0, 180).
    beta_deg : float
        Between the inner axis and the direction of the source, in (0, 180).
    """

    alpha_deg: float
    beta_deg: float

    @cached_property
    def _trigonometry(self) -> tuple[float, float, float, float]:
        (sin_a, cos_a), (sin_b, cos_b) = sin_cos_deg(self.alpha_deg), sin_cos_deg(self.beta_deg)
        return float(sin_a), float(cos_a), float(sin_b), float(cos_b)

    @property
    def density(self) -> float:
        """Sin α sin β: steradians by |sin θ2| dθ1 dθ2, and the share of the sphere that can be reached."""
        sin_a, _, sin_b, _ = self._trigonometry
        return sin_a * sin_b  # @density

    @property
    def is_unsheared(self) -> bool:
        """Whether ψ is constant on either side of θ2 = 0, as it is for a C-arm and for no other machine."""
        return self.alpha_deg == self.beta_deg == 90.0

    def directions(self, theta1_deg: FloatArray, theta2_deg: FloatArray) -> FloatArray:
        """Return unit vectors (..., 3) from the isocentre to the source; the angles broadcast."""
        sin_a, cos_a, sin_b, cos_b = self._trigonometry
        (sin_1, cos_1), (sin_2, cos_2) = sin_cos_deg(theta1_deg), sin_cos_deg(theta2_deg)
        x, y, z = cos_b * sin_a - sin_b * cos_a * cos_2, -sin_b * sin_2, cos_b * cos_a + sin_b * sin_a * cos_2
        parts = np.broadcast_arrays(cos_1 * x - sin_1 * y, sin_1 * x + cos_1 * y, z)
        return without_negative_zero(np.stack(parts, axis=-1))

    def azimuth_deg(self, theta2_deg: FloatArray) -> FloatArray:
        """Return ψ, the azimuth at θ1 = 0; where the beam lies along the outer axis, the limit for small θ2 > 0."""
        wrapped = wrap_180(theta2_deg)
        behind = self._azimuth_behind_deg(np.abs(wrapped))
        return np.where(wrapped < 0.0, behind, -behind)

    def _azimuth_behind_deg(self, theta2_deg: FloatArray) -> FloatArray | float:
        """Return −ψ for θ2 in [0, 180]."""
        if self.is_unsheared:
            return 90.0
        sin_a, cos_a, sin_b, cos_b = self._trigonometry
        sin_2, cos_2 = sin_cos_deg(theta2_deg)
        x, y = cos_b * sin_a - sin_b * cos_a * cos_2, sin_b * sin_2
        return np.where(np.hypot(x, y) <= POLE, 90.0, np.rad2deg(np.arctan2(y, x)))

    def angles(self, direction: FloatArray) -> tuple[FloatArray, FloatArray, BoolArray]:
        """Return one pose of each direction (..., 3), vectors of any length, and whether it lies on the outer axis.

        From cos p = z: 1 − cos θ2 and 1 + cos θ2 are products of sines of half angles, which keep their digits near
        both ends of θ2.

        Returns
        -------
        theta1_deg, theta2_deg : arrays, shape (...)
            θ2 in [0, 180]; NaN where no pose has the direction.
        is_pole : array of bool, shape (...)
            Where every θ1 has the direction.
        """
        x, y, z = (direction[..., k] for k in range(3))
        across = np.hypot(x, y)
        is_pole = across <= POLE * np.hypot(across, z)
        polar = np.where(is_pole, np.where(z > 0.0, 0.0, HALF_TURN_DEG), np.rad2deg(np.arctan2(across, z)))
        differ, together = self.alpha_deg - self.beta_deg, self.alpha_deg + self.beta_deg
        sine = sin_deg((polar + differ) / 2)
        above = sine * (sine if differ == 0.0 else sin_deg((polar - differ) / 2))
        below = sin_deg((together + polar) / 2) * sin_deg((together - polar) / 2)
        is_reached = (above >= -UNREACHED) & (below >= -UNREACHED)
        above, below = np.maximum(above, 0.0), np.maximum(below, 0.0)
        # These are sin α sin β (1 ∓ cos θ2) / 2; the sine and cosine below both have the factor sin α sin β, too.
        _, cos_a, _, cos_b = self._trigonometry
        theta2 = np.rad2deg(np.arctan2(2.0 * np.sqrt(above * below), z / np.hypot(across, z) - cos_a * cos_b))
        theta1 = np.rad2deg(np.arctan2(y, x)) - self.azimuth_deg(theta2)
        return np.where(is_reached, theta1, np.nan), np.where(is_reached, theta2, np.nan), is_pole & is_reached

    def image_shift_deg(self, low_deg: FloatArray, high_deg: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the least and the greatest −2ψ over intervals (n,) of [0, 180], in [0, 360].

        (θ1, −t) has the direction of (θ1 − 2ψ(t), t).
        """
        sin_a, cos_a, sin_b, cos_b = self._trigonometry
        ends = -2.0 * self.azimuth_deg(np.stack([low_deg, high_deg]))  # @shift
        least, greatest = ends.min(axis=0), ends.max(axis=0)
        across, along = sin_b * cos_a, cos_b * sin_a
        if not self.is_unsheared and abs(across) < abs(along):  # @turning
            turning = np.rad2deg(np.arccos(across / along))
            shift, is_within = -2.0 * self.azimuth_deg(turning), (low_deg < turning) & (turning < high_deg)
            least = np.where(is_within, np.minimum(least, shift), least)
            greatest = np.where(is_within, np.maximum(greatest, shift), greatest)
        return least, greatest

    def area_sr(self, low_deg: FloatArray, high_deg: FloatArray, width_deg: FloatArray) -> FloatArray:
        """Return the integral of dΩ over θ2 from low to high and θ1 over a width; what is said twice counts twice.

        Relative rounding errors stay near 1e-15 for cells of any width, also across θ2 = 0 and 180.
        """
        return self.density * _sine_integral(low_deg, high_deg) * np.deg2rad(width_deg)


def _sine_integral(low_deg: FloatArray, high_deg: FloatArray) -> FloatArray:
    """Integrate |sin θ| dθ, θ in radians, from low to high: |cos low - cos high| within one half turn."""
    turn_low, turn_high = np.floor_divide(low_deg, HALF_TURN_DEG), np.floor_divide(high_deg, HALF_TURN_DEG)
    # Where a multiple of 180° lies between, the cell is split there: 1 - cos v = 2 sin²(v/2) on either side,
    # and 2 for each whole half turn in between.
    head = sin_deg((HALF_TURN_DEG * (turn_low + 1.0) - low_deg) / 2.0)
    tail = sin_deg((high_deg - HALF_TURN_DEG * turn_high) / 2.0)
    split = 2.0 * head**2 + 2.0 * tail**2 + 2.0 * (turn_high - turn_low - 1.0)
    # Otherwise cos a - cos b = 2 sin((a+b)/2) sin((b-a)/2), which keeps its digits where a cell is so narrow
    # that the two cosines agree in most of theirs.
    middle = sin_deg((low_deg - HALF_TURN_DEG * turn_low + (high_deg - HALF_TURN_DEG * turn_low)) / 2.0)
    half_width = sin_deg((high_deg - low_deg) / 2.0)
    return np.where(turn_low == turn_high, 2.0 * np.abs(middle) * half_width, split)
