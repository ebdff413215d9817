"""The chart of a machine: its two scanned joints, and the directions that their values give the beam."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from simulator.directions import folding, unions
from simulator.directions.crossed_axes import FULL_SPHERE_SR, BoolArray, CrossedAxes
from simulator.directions.folding import FoldedMask
from simulator.errors import SimulatorError
from simulator.geometry.angles import FloatArray, finite, sin_cos_deg, wrap_180
from simulator.geometry.edges import ascending_edges, edges_every
from simulator.geometry.transforms import UNIT_TOLERANCE, unit_vector

INNER_STEP_DEG, OUTER_STEP_DEG = 20.0, 30.0
"""Cells of the proofs to begin with: those of the inner joint are cut where the sphere of directions is folded."""
DIGITS = 9
"""Of angles between axes: rounding of the transforms must not make another machine of a C-arm."""
NO_AREA = 1e-6
"""Axes whose sine is below this are parallel: half a second of arc."""


@dataclass(frozen=True)
class TwoAxisChart:
    """Two joints that turn the beam about axes which cross in the isocentre.

    With θ1 = outer_sign · outer + outer_offset_deg and θ2 = inner + inner_offset_deg, directions are those of
    `crossed_axes`, where the area and the two poses of each direction are derived. Angles of joints are in degrees;
    arrays of cells have the shape (n, 2) with the columns inner and outer. Each cell must lie on one side of θ2 = 0
    and 180, where the sphere is folded; `inner_edges` sees to it.

    Attributes
    ----------
    inner, outer : str
        Names of the joint nearer the beam and of the one nearer the patient.
    alpha_deg : float
        Between the outer axis (z) and the inner one, in (0, 180).
    beta_deg : float
        Between the inner axis and the direction of the source, in (0, 180).
    inner_offset_deg, outer_offset_deg : float
        θ2 and θ1 where the joints stand at 0.
    outer_sign : int
        1 if the outer joint turns the beam about z by the right-hand rule, -1 if against it.
    """

    inner: str
    outer: str
    alpha_deg: float
    beta_deg: float
    inner_offset_deg: float
    outer_offset_deg: float
    outer_sign: int

    @classmethod
    def of(
        cls, inner: str, outer: str, axis_outer: ArrayLike, axis_inner: ArrayLike, beam: ArrayLike
    ) -> TwoAxisChart:
        """Return the chart of two axes and a beam.

        Constant rotations before, between and after the joints belong into the vectors.

        Parameters
        ----------
        inner, outer : str
            Names of the joints, for messages and files.
        axis_outer, axis_inner, beam : array_like, shape (3,)
            Unit vectors with both joints at 0: the axes about which growing values turn the beam against the patient,
            by the right-hand rule, and from the isocentre to the source. Their coordinates, which are those of all
            directions, are fixed to the patient, and the outer axis is z or −z.

        Raises
        ------
        SimulatorError
            If a vector is no unit vector, the outer axis is not ±z, the axes are parallel, or the beam lies along the
            inner axis: no directions with an area belong to these.
        """
        z, axis = unit_vector(f"axis of {outer}", axis_outer), unit_vector(f"axis of {inner}", axis_inner)
        source = unit_vector("beam", beam)
        if np.hypot(z[0], z[1]) > UNIT_TOLERANCE:
            raise SimulatorError(f"axis of {outer} must be (0, 0, 1) or (0, 0, -1); was {z.tolist()}")
        sine, across = float(np.hypot(axis[0], axis[1])), float(np.linalg.norm(np.cross(axis, source)))
        if sine < NO_AREA:
            raise SimulatorError(
                f"axes of {inner} and {outer} must cross, or directions have no area; was {axis.tolist()}"
            )
        if across < NO_AREA:
            raise SimulatorError(
                f"beam must not lie along the axis of {inner}, which does not turn it; was {source.tolist()}"
            )
        # θ2 is 0 where the beam lies in the plane of both axes, on the side of z: e is z, made normal to the axis.
        e = (np.array([0.0, 0.0, 1.0]) - axis[2] * axis) / sine
        return cls(
            inner=inner,
            outer=outer,
            alpha_deg=_angle_deg(sine, axis[2]),
            beta_deg=_angle_deg(across, float(axis @ source)),
            inner_offset_deg=_angle_deg(float(np.cross(axis, e) @ source), float(e @ source)),
            outer_offset_deg=_angle_deg(axis[1], axis[0]),
            outer_sign=1 if z[2] > 0.0 else -1,
        )

    @property
    def axes(self) -> CrossedAxes:
        """The two axes without names, signs and offsets."""
        return CrossedAxes(self.alpha_deg, self.beta_deg)

    @property
    def whole_sr(self) -> float:
        """Solid angle of the directions of all poses, 4π sin α sin β."""
        return FULL_SPHERE_SR * self.axes.density

    def directions(self, inner_deg: ArrayLike, outer_deg: ArrayLike) -> FloatArray:
        """Return unit vectors (..., 3) from the isocentre to the source; the angles (...) broadcast."""
        theta2, theta1 = finite(self.inner, inner_deg) + self.inner_offset_deg, self._theta1(outer_deg)
        return self.axes.directions(theta1, theta2)

    def angles(self, direction: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return one pose of each direction, the inverse of `directions`.

        Of the two it is the one whose outer value is nearer to 0 (of -90 and 90: 90). Where the beam lies along the
        outer axis, every outer value would do; 0 is returned.

        Parameters
        ----------
        direction : array_like, shape (..., 3)
            Vectors of any length.

        Returns
        -------
        inner_deg, outer_deg : arrays, shape (...)
            In (-180, 180]; NaN where no pose has the direction.

        Raises
        ------
        SimulatorError
            If the last axis is not of length 3, or a vector is zero or not finite.
        """
        inner, outer = self.poses(direction)
        return inner[0], outer[0]

    def poses(self, direction: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return both poses of each direction (..., 3), first the one that `angles` returns.

        Returns
        -------
        inner_deg, outer_deg : arrays, shape (2, ...)
            In (-180, 180]; NaN where no pose has the direction.
        """
        vectors = finite("direction", direction)
        if vectors.shape[-1:] != (3,):
            raise SimulatorError(f"direction must have shape (..., 3); was {vectors.shape}")
        x, y, z = (vectors[..., k] for k in range(3))
        if not ((x != 0.0) | (y != 0.0) | (z != 0.0)).all():
            raise SimulatorError("direction must not be the zero vector, which points nowhere; was (0, 0, 0)")
        return self._both(*self.axes.angles(vectors))

    def poses_around(self, polar_deg: ArrayLike, azimuth_deg: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return both poses of each direction at angles from the outer axis, and about it, as `poses` does.

        θ2 follows from the first angle alone, and the second is added to θ1: so a picture of many directions takes
        the trigonometry of one of its columns.

        Parameters
        ----------
        polar_deg, azimuth_deg : array_like, shapes (n,) and (m,)
            Spherical coordinates in the axes of the chart.

        Returns
        -------
        inner_deg, outer_deg : arrays, shape (2, n, m)
            In (-180, 180]; NaN where no pose has the direction.

        Raises
        ------
        SimulatorError
            If an angle is not finite.
        """
        sine, cosine = sin_cos_deg(polar_deg)
        theta1, theta2, is_pole = self.axes.angles(np.stack([sine, np.zeros_like(sine), cosine], axis=-1))
        azimuth = finite("azimuth_deg", azimuth_deg)
        is_pole = np.broadcast_to(is_pole[:, None], (len(sine), len(azimuth)))
        return self._both(theta1[:, None] + azimuth, theta2[:, None], is_pole)

    def _both(
        self, theta1_deg: FloatArray, theta2_deg: FloatArray, is_pole: BoolArray
    ) -> tuple[FloatArray, FloatArray]:
        """Return both poses (2, ...) of one of them, first the one whose outer value is nearer to 0."""
        inner_deg = theta2_deg - self.inner_offset_deg
        both = self.twins(inner_deg, self.outer_sign * (theta1_deg - self.outer_offset_deg))
        inner, outer = (_or_nan(wrap_180, values) for values in both)
        first, second = np.abs(outer)
        takes_image = (second < first) | ((second == first) & (outer[1] > outer[0]))
        inner, outer = (np.where(takes_image, values[::-1], values) for values in (inner, outer))
        if is_pole.any():
            twin, turned = self.twins(inner[0][is_pole], 0.0)
            inner[:, is_pole], outer[:, is_pole] = twin, turned
        return inner, outer

    def twins(self, inner_deg: ArrayLike, outer_deg: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return both poses of a direction: the given one, and its image with θ2 negated, in (-180, 180].

        Parameters
        ----------
        inner_deg, outer_deg : array_like, shapes (...)
            They broadcast. NaN, which `angles` gives where there is no pose, stays NaN.

        Returns
        -------
        inner_deg, outer_deg : arrays, shape (2, ...)
        """
        inner, outer = np.asarray(inner_deg, dtype=float), np.asarray(outer_deg, dtype=float)
        theta2 = inner + self.inner_offset_deg
        shift = 2.0 * self.outer_sign * _or_nan(self.axes.azimuth_deg, theta2)  # @twin
        image2, image1 = _or_nan(wrap_180, -theta2 - self.inner_offset_deg), _or_nan(wrap_180, outer + shift)
        inner, image2, outer, image1 = np.broadcast_arrays(inner, image2, outer, image1)
        return np.stack([inner, image2]), np.stack([outer, image1])

    def area_sr(self, low_deg: ArrayLike, high_deg: ArrayLike) -> FloatArray:
        """Return the solid angle (n,) of cells, exact; what one cell says twice counts twice."""
        low, high = self._cells(low_deg, high_deg)
        # Of the joint's own values: θ1 has fewer digits for a narrow cell.
        width = finite("high_deg", high_deg).reshape(-1, 2)[:, 1] - finite("low_deg", low_deg).reshape(-1, 2)[:, 1]
        return self.axes.area_sr(low[:, 0], high[:, 0], width)

    def covered_sr(
        self, low_deg: ArrayLike, high_deg: ArrayLike, tolerance: float = unions.TOLERANCE
    ) -> tuple[float, float]:
        """Return bounds of the solid angle of the union of cells (n, 2), each direction once.

        They are equal for a C-arm, and where no directions of θ2 and −θ2 can meet. Otherwise they are at most
        `tolerance` of 4π apart, unless the cells are in very many pieces. Cells may touch but not overlap, unless by
        whole turns.
        """
        return unions.covered_sr(self.axes, *self._cells(low_deg, high_deg), tolerance)

    def beyond_sr(
        self,
        low_deg: ArrayLike,
        high_deg: ArrayLike,
        known_low_deg: ArrayLike,
        known_high_deg: ArrayLike,
        tolerance: float = unions.TOLERANCE,
    ) -> tuple[float, float]:
        """Return bounds of the solid angle of directions of cells (n, 2) that no known cell (m, 2) has.

        As `covered_sr`, but cells may overlap; differences that rounding could make are 0.
        """
        cells, known = self._cells(low_deg, high_deg), self._cells(known_low_deg, known_high_deg)
        return unions.beyond_sr(self.axes, cells, known, tolerance)

    def fold(self, inner_edges_deg: ArrayLike, outer_edges_deg: ArrayLike, masks: ArrayLike) -> FoldedMask:
        """Return which directions the cells of a grid cover.

        Exact for a C-arm; otherwise cells with θ2 < 0 are placed by the middles of strips, which is an estimate.

        Parameters
        ----------
        inner_edges_deg, outer_edges_deg : array_like, shapes (n + 1,) and (m + 1,)
            Ascending, any range; they may span more than a full turn.
        masks : array_like of bool, shape (..., n, m)
            True where a cell of poses counts; leading axes hold several masks on the same grid.

        Raises
        ------
        SimulatorError
            If edges are not ascending and finite, or the masks are not boolean or of another shape.
        """
        return folding.fold(self.axes, *self._grid(inner_edges_deg, outer_edges_deg, masks))

    def shares_sr(self, inner_edges_deg: ArrayLike, outer_edges_deg: ArrayLike, mask: ArrayLike) -> FloatArray:
        """Return the share (n, m) of each True cell of one mask in the solid angle that they cover together.

        A direction that several cells cover is divided equally between them. See `fold`.
        """
        theta2, theta1, cells = self._grid(inner_edges_deg, outer_edges_deg, mask)
        if cells.ndim != 2:
            raise SimulatorError(f"mask must have shape (n, m), one mask; was {cells.shape}")
        return folding.shares_sr(self.axes, theta2, theta1, cells)[:, :: self.outer_sign]

    def inner_edges(self, start_deg: float, stop_deg: float) -> FloatArray:
        """Return edges of first cells of the inner joint: the ends, every 20°, and so every fold, in between."""
        return edges_every(INNER_STEP_DEG, start_deg, stop_deg, -self.inner_offset_deg)

    def outer_edges(self, start_deg: float, stop_deg: float) -> FloatArray:
        """Return edges of first cells of the outer joint: the ends, and every 30° in between."""
        return edges_every(OUTER_STEP_DEG, start_deg, stop_deg)

    def attributes(self) -> dict[str, str | float | int]:
        """Return the chart as plain strings and numbers, for files."""
        return asdict(self)

    @classmethod
    def from_attributes(cls, attributes: Mapping[str, Any]) -> TwoAxisChart:
        """Return the chart of what `attributes` gave; more may be among it.

        Raises
        ------
        SimulatorError
            If something is missing or of another kind.
        """
        kinds = {"str": str, "float": float, "int": int}
        try:
            return cls(**{field.name: kinds[str(field.type)](attributes[field.name]) for field in fields(cls)})
        except (KeyError, TypeError, ValueError) as error:
            needed = ", ".join(f"{field.name} ({field.type})" for field in fields(cls))
            raise SimulatorError(f"chart of two axes must have {needed}; was {dict(attributes)}") from error

    def _theta1(self, outer_deg: ArrayLike) -> FloatArray:
        return self.outer_sign * finite(self.outer, outer_deg) + self.outer_offset_deg

    def _cells(self, low_deg: ArrayLike, high_deg: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return least and greatest θ2 and θ1 of cells."""
        low, high = (finite(name, x).reshape(-1, 2) for name, x in (("low_deg", low_deg), ("high_deg", high_deg)))
        if not (low <= high).all():
            raise SimulatorError(f"low_deg must not exceed high_deg; was low {low.tolist()}, high {high.tolist()}")
        theta1 = np.sort(np.stack([self._theta1(low[:, 1]), self._theta1(high[:, 1])]), axis=0)  # @sense
        theta2 = low[:, 0] + self.inner_offset_deg, high[:, 0] + self.inner_offset_deg
        return np.stack([theta2[0], theta1[0]], axis=1), np.stack([theta2[1], theta1[1]], axis=1)

    def _grid(
        self, inner_edges_deg: ArrayLike, outer_edges_deg: ArrayLike, masks: ArrayLike
    ) -> tuple[FloatArray, FloatArray, BoolArray]:
        """Return edges of θ2 and θ1, ascending, and the masks in their order."""
        inner = ascending_edges(f"edges of {self.inner}", inner_edges_deg)
        outer = ascending_edges(f"edges of {self.outer}", outer_edges_deg)
        cells = np.asarray(masks)
        if cells.dtype != np.bool_:
            raise SimulatorError(f"mask must be boolean; was of type {cells.dtype}")
        if cells.shape[-2:] != (inner.size - 1, outer.size - 1):
            raise SimulatorError(f"mask must have shape (..., {inner.size - 1}, {outer.size - 1}); was {cells.shape}")
        theta1 = self._theta1(outer)[:: self.outer_sign]
        return inner + self.inner_offset_deg, theta1, cells[..., :: self.outer_sign]


def _or_nan(function: Callable[[FloatArray], FloatArray], angles_deg: FloatArray) -> FloatArray:
    """Return a function of angles, NaN where these are."""
    is_angle = ~np.isnan(angles_deg)
    if is_angle.all():
        return function(angles_deg)
    return np.where(is_angle, function(np.where(is_angle, angles_deg, 0.0)), np.nan)


def _angle_deg(sine: float, cosine: float) -> float:
    return round(float(np.rad2deg(np.arctan2(sine, cosine))), DIGITS) + 0.0
