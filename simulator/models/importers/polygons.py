"""Polygons to triangles: fans where they are convex, ears cut where not, and refused where they cross themselves."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.models.importers.soup import Indices, Points, UnreadableError

MOST_CORNERS = 2000
"""A polygon that is not convex and has more is no face of a mesh; cutting its ears would take minutes."""
ROUNDING = 1e-6
"""Of a polygon's size: float32 coordinates leave the plane by less."""


def triangulated(vertices: Points, polygons: list[Indices]) -> tuple[Indices, float]:
    """Return triangles that cover polygons, each of k corners by k - 2 triangles with the polygon's winding.

    Parameters
    ----------
    vertices : ndarray, shape (n, 3)
        Coordinates.
    polygons : list of ndarray of int, shape (m, k)
        Vertex indices, in range, those of polygons with the same number of corners together.

    Returns
    -------
    faces : ndarray, shape (..., 3)
        Vertex indices.
    sag : float
        The greatest distance across which corners of a polygon lie from one plane.

    Raises
    ------
    UnreadableError
        If a polygon crosses itself, or is so twisted that it has no inside.
    """
    found, sag = [np.empty((0, 3), dtype=np.int64)], 0.0
    for group in polygons:
        if group.shape[1] == 3:
            found.append(group)
            continue
        flat, thickness, is_convex = _flattened(vertices[group])
        if not np.isfinite(flat).all():
            raise UnreadableError("coordinates of polygons must be finite")
        sag = max(sag, float(thickness.max(initial=0.0)))
        found.append(_fans(group[is_convex]))
        found.extend(
            polygon[_ears(corners, polygon)]
            for corners, polygon in zip(flat[~is_convex], group[~is_convex], strict=True)
        )
    return np.concatenate(found), sag


def strips_to_triangles(corners: Indices) -> Indices:
    """Return the triangles of a strip (k,), every other one turned, without those that only join pieces."""
    triangles = np.lib.stride_tricks.sliding_window_view(corners, 3).copy() if len(corners) > 2 else np.empty((0, 3))
    triangles[1::2, 1:] = triangles[1::2, :0:-1]
    return with_three_corners(triangles.astype(np.int64))


def with_three_corners(triangles: Indices) -> Indices:
    """Return the triangles whose corners are three vertices: the others are how strips go on elsewhere."""
    a, b, c = triangles.T
    return np.asarray(triangles[(a != b) & (b != c) & (c != a)])


def _fans(polygons: Indices) -> Indices:
    middle = np.arange(1, polygons.shape[1] - 1)
    first = np.repeat(polygons[:, :1], len(middle), axis=1)
    return np.stack([first, polygons[:, middle], polygons[:, middle + 1]], axis=-1).reshape(-1, 3)


def _flattened(corners: Points) -> tuple[Points, Points, NDArray[np.bool_]]:
    """Return polygons (m, k, 3) in their own planes (m, k, 2), how thick each is, and which are convex."""
    corners = corners - corners.mean(axis=1, keepdims=True)
    size = np.maximum(np.abs(corners).max(axis=(1, 2)), 1e-300)[:, None]
    scaled = corners / size[..., None]
    normal = np.cross(scaled, np.roll(scaled, -1, axis=1)).sum(axis=1)  # Newell's
    length = np.linalg.norm(normal, axis=1, keepdims=True)
    has_area = length[:, 0] > ROUNDING**2
    normal = np.where(has_area[:, None], normal / np.maximum(length, 1e-300), 0.0)
    heights = np.einsum("mkj,mj->mk", scaled, normal)
    across = np.eye(3)[np.abs(normal).argmin(axis=1)]
    right = np.cross(normal, across)
    right /= np.maximum(np.linalg.norm(right, axis=1, keepdims=True), 1e-300)
    up = np.cross(normal, right)
    flat = np.stack([np.einsum("mkj,mj->mk", scaled, axis) for axis in (right, up)], axis=-1)
    edge = np.roll(flat, -1, axis=1) - flat
    following = np.roll(edge, -1, axis=1)
    turn = edge[..., 0] * following[..., 1] - edge[..., 1] * following[..., 0]
    angle = np.arctan2(turn, np.einsum("mkj,mkj->mk", edge, following))
    turns_once = np.abs(angle.sum(axis=1) - 2 * np.pi) < 1e-3  # a star turns twice
    is_convex = has_area & (turn >= -ROUNDING).all(axis=1) & turns_once
    is_line = ~has_area & _on_a_line(scaled)
    return flat * size[..., None], np.ptp(heights, axis=1) * size[:, 0], is_convex | is_line


def _on_a_line(corners: Points) -> NDArray[np.bool_]:
    """Tell which polygons have no area at all, rather than areas that cancel."""
    farthest = np.take_along_axis(corners, np.linalg.norm(corners, axis=2).argmax(axis=1)[:, None, None], axis=1)
    return np.asarray((np.linalg.norm(np.cross(corners, farthest), axis=2) <= ROUNDING).all(axis=1))


def _ears(corners: Points, polygon: Indices) -> Indices:
    """Return triangles (k - 2, 3) of a polygon (k, 2) that is not convex, as indices of its corners."""
    from manifold3d import triangulate

    name = " ".join(map(str, polygon[:12].tolist())) + (" ..." if len(polygon) > 12 else "")
    if len(polygon) > MOST_CORNERS:
        raise UnreadableError(
            f"a polygon that is not convex must have at most {MOST_CORNERS} corners, has {len(polygon)}"
        )
    triangles = np.asarray(triangulate([corners]), dtype=np.int64).reshape(-1, 3)
    a, b, c = corners[triangles].transpose(1, 0, 2)
    areas = _cross(b - a, c - a) / 2
    whole = _cross(corners, np.roll(corners, -1, axis=0)).sum() / 2
    allowance = 1e-5 * max(whole, float(np.abs(corners).max()) ** 2)
    if (
        whole <= 0
        or len(triangles) != len(polygon) - 2
        or areas.min() < -allowance
        or abs(np.abs(areas).sum() - whole) > allowance
    ):
        raise UnreadableError(
            f"each polygon must be one area that does not cross itself; that of vertices {name} is not"
        )
    return triangles


def _cross(a: Points, b: Points) -> Points:
    return np.asarray(a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0])
