"""Rigid transforms as 4x4 matrices: ``T_parent_child`` maps child coordinates to parent coordinates.

Column vectors, right-handed axes, millimetres and degrees. Leading axes are batch axes and broadcast, so that
``T_fixed_gantry(angles) @ T_gantry_collimator(30.0)`` is one transform for every gantry angle.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulator.errors import SimulatorError
from simulator.geometry.angles import FloatArray, finite, sin_cos_deg, without_negative_zero

ROUNDING_MM = 1e-6
"""More than the rounding of any length in a room of some metres, in double precision; the kernels of the proofs have
the same allowance, in a folder of their own that is compiled as a whole (`certify/kernels/sentinels.py`)."""
SMALLEST_SUM = 1e-8  # of two unit vectors, whose direction rounding leaves alone; below they count as opposite
UNIT_TOLERANCE = 1e-9  # how far from 1 the length of an axis may be, the rounding of nine written digits


def _matrices(name: str, T: ArrayLike) -> FloatArray:
    matrices = finite(name, T)
    if matrices.shape[-2:] != (4, 4):
        raise SimulatorError(f"{name} must have shape (..., 4, 4); was {matrices.shape}")
    return matrices


def _triples(name: str, values: ArrayLike) -> FloatArray:
    triples = finite(name, values)
    if triples.shape[-1:] != (3,):
        raise SimulatorError(f"{name} must have shape (..., 3); was {triples.shape}")
    return triples


def unit_vector(name: str, vector: ArrayLike) -> FloatArray:
    """Return a vector of length 1, shape (3,), and refuse one whose length is not, within `UNIT_TOLERANCE`."""
    given = finite(name, vector)
    if given.shape != (3,):
        raise SimulatorError(f"{name} must have shape (3,); was {given.shape}")
    length = float(np.linalg.norm(given))
    if abs(length - 1.0) > UNIT_TOLERANCE:
        raise SimulatorError(f"{name} must be a unit vector; was {given.tolist()}, of length {length:.9g}")
    return given / length


def rotation(axis: ArrayLike, angle_deg: ArrayLike) -> FloatArray:
    """Return the rotation about an axis through the origin, positive by the right-hand rule.

    Rodrigues' formula, R = I + sin(a) K + (1 - cos(a)) K², where K v = axis x v. In this form the entries
    along a coordinate axis are exact, and so is the identity at 0°.

    Parameters
    ----------
    axis : array_like, shape (3,)
        Unit vector.
    angle_deg : array_like, shape (...)
        Degrees.

    Returns
    -------
    array, shape (..., 4, 4)

    Raises
    ------
    SimulatorError
        If the axis is not a unit vector within `UNIT_TOLERANCE`, or a number is not finite.
    """
    x, y, z = unit_vector("axis", axis).tolist()
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    sine, cosine = sin_cos_deg(angle_deg)
    turned = np.eye(3) + sine[..., None, None] * cross + (1.0 - cosine)[..., None, None] * (cross @ cross)
    T = np.zeros((*sine.shape, 4, 4))
    T[..., :3, :3] = without_negative_zero(turned)
    T[..., 3, 3] = 1.0
    return T


def rotation_x(angle_deg: ArrayLike) -> FloatArray:
    """Return the rotation about x by angles in degrees (...), shape (..., 4, 4)."""
    return rotation((1.0, 0.0, 0.0), angle_deg)


def rotation_y(angle_deg: ArrayLike) -> FloatArray:
    """Return the rotation about y by angles in degrees (...), shape (..., 4, 4)."""
    return rotation((0.0, 1.0, 0.0), angle_deg)


def rotation_z(angle_deg: ArrayLike) -> FloatArray:
    """Return the rotation about z by angles in degrees (...), shape (..., 4, 4)."""
    return rotation((0.0, 0.0, 1.0), angle_deg)


def rpy(angles_deg: ArrayLike) -> FloatArray:
    """Return the rotation of roll, pitch and yaw, as URDF has them: about the parent's x, then its y, then its z.

    Parameters
    ----------
    angles_deg : array_like, shape (3,)
        Roll, pitch and yaw in degrees.

    Returns
    -------
    array, shape (4, 4)
        Rz(yaw) Ry(pitch) Rx(roll), ``T_parent_child``; right angles are exact.

    Raises
    ------
    SimulatorError
        If a number is not finite.
    """
    roll, pitch, yaw = finite("rpy", angles_deg)
    return rotation_z(yaw) @ rotation_y(pitch) @ rotation_x(roll)


def rotation_between(start: ArrayLike, stop: ArrayLike) -> FloatArray:
    """Return the least rotation (3, 3) that brings one unit vector to another; of opposite ones, any half turn.

    Rodrigues' formula for vectors at up to 90°, exactly the identity for equal ones. Beyond, where 1 + cos vanishes,
    the two reflections that make a rotation: along the first vector, then along the sum of both.

    Raises
    ------
    SimulatorError
        If one is not a unit vector within `UNIT_TOLERANCE`.
    """
    a, b = unit_vector("start", start), unit_vector("stop", stop)
    cosine = float(a @ b)
    if cosine < 0.0:
        middle = a + b
        if np.linalg.norm(middle) < SMALLEST_SUM:
            middle = np.cross(a, np.eye(3)[np.abs(a).argmin()])
        middle /= np.linalg.norm(middle)
        return np.asarray((np.eye(3) - 2.0 * np.outer(middle, middle)) @ (np.eye(3) - 2.0 * np.outer(a, a)))
    x, y, z = np.cross(a, b)
    K = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    return np.asarray(np.eye(3) + K + K @ K / (1.0 + cosine))


def translation(offset_mm: ArrayLike) -> FloatArray:
    """Return the translation that puts the child's origin at an offset in the parent.

    Parameters
    ----------
    offset_mm : array_like, shape (..., 3)
        Child origin in parent coordinates, mm.

    Returns
    -------
    array, shape (..., 4, 4)

    Raises
    ------
    SimulatorError
        If the last axis is not of length 3, or a number is not finite.
    """
    offset = _triples("offset_mm", offset_mm)
    T = np.zeros((*offset.shape[:-1], 4, 4))
    T[...] = np.eye(4)
    T[..., :3, 3] = without_negative_zero(offset)
    return T


def inverse(T: ArrayLike) -> FloatArray:
    """Return the inverse of rigid transforms, ``T_child_parent`` from ``T_parent_child``.

    The rotation is transposed, which is exact; matrices that are not rigid give a wrong answer, so check
    what comes from a file with `is_rigid`.

    Parameters
    ----------
    T : array_like, shape (..., 4, 4)
        ``T_parent_child``.

    Returns
    -------
    array, shape (..., 4, 4)
    """
    matrices = _matrices("T", T)
    back = np.swapaxes(matrices[..., :3, :3], -1, -2)
    inverted = np.zeros(matrices.shape)
    inverted[..., :3, :3] = back
    inverted[..., :3, 3] = -_turn(back, matrices[..., :3, 3])
    inverted[..., 3, 3] = 1.0
    return without_negative_zero(inverted)


def _turn(R: FloatArray, vectors: FloatArray) -> FloatArray:
    # Written out rather than left to BLAS: its rounding depends on how many points are multiplied at once,
    # and a point must land on the same bits alone, in a batch and on any number of workers.
    x, y, z = (vectors[..., i, None] for i in range(3))
    turned: FloatArray = R[..., :, 0] * x + R[..., :, 1] * y + R[..., :, 2] * z
    return turned


def apply(T: ArrayLike, points: ArrayLike) -> FloatArray:
    """Return points in parent coordinates.

    Parameters
    ----------
    T : array_like, shape (..., 4, 4)
        ``T_parent_child``.
    points : array_like, shape (n, 3)
        Child coordinates, mm.

    Returns
    -------
    array, shape (..., n, 3)
        Parent coordinates, mm.
    """
    matrices = _matrices("T", T)[..., None, :, :]
    child = _triples("points", points)
    if child.ndim != 2:
        raise SimulatorError(f"points must have shape (n, 3); was {child.shape}")
    return _turn(matrices[..., :3, :3], child) + matrices[..., :3, 3]


def direction(T: ArrayLike, vector: ArrayLike) -> FloatArray:
    """Return free vectors in parent coordinates: turned, not displaced.

    Parameters
    ----------
    T : array_like, shape (..., 4, 4)
        ``T_parent_child``.
    vector : array_like, shape (..., 3)
        Child coordinates; the leading axes broadcast with those of `T`.

    Returns
    -------
    array, shape (..., 3)
    """
    return _turn(_matrices("T", T)[..., :3, :3], _triples("vector", vector))


def is_rigid(T: ArrayLike, tolerance: float = 1e-9) -> NDArray[np.bool_]:
    """Tell whether matrices are rotations and translations only: no scale, no shear, no mirror image.

    Parameters
    ----------
    T : array_like, shape (..., 4, 4)
        What claims to be rigid.
    tolerance : float
        Largest deviation of an entry of RᵀR from the identity, of det R from +1, and of the last row from
        (0, 0, 0, 1).

    Returns
    -------
    array of bool, shape (...)
        False for NaN and infinity as well.
    """
    matrices = np.asarray(T, dtype=np.float64)
    if matrices.shape[-2:] != (4, 4):
        raise SimulatorError(f"T must have shape (..., 4, 4); was {matrices.shape}")
    is_finite = np.asarray(np.isfinite(matrices).all(axis=(-2, -1)))
    matrices = np.where(is_finite[..., None, None], matrices, 0.0)
    R = matrices[..., :3, :3]
    gram = np.einsum("...ki,...kj->...ij", R, R)
    orthonormal = np.abs(gram - np.eye(3)).max(axis=(-2, -1)) <= tolerance
    right_handed = np.abs(np.linalg.det(R) - 1.0) <= tolerance
    last_row = np.abs(matrices[..., 3, :] - np.array([0.0, 0.0, 0.0, 1.0])).max(axis=-1) <= tolerance
    rigid: NDArray[np.bool_] = is_finite & orthonormal & right_handed & last_row
    return rigid
