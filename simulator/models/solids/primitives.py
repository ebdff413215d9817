"""Solids that the generators of the shipped models are put together from.

Millimetres; axes are those of the part's joint. A true curve becomes a polygon that *contains* it (its sides are
tangents), so that a faceted part is never smaller than the part it stands for; a bore or recess becomes a
polygon that the true curve contains, for the same reason. The number of segments is a multiple of four and the
middles of four sides lie on the axes, so that a faceted circle is exactly as wide and as high as the true one.
What the generators need of manifold3d is here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from itertools import pairwise
from typing import Literal, TypeAlias

import numpy as np
from manifold3d import CrossSection, FillRule, Manifold
from numpy.typing import ArrayLike, NDArray

Dimensions = Mapping[str, float]
"""The values of a description's ``[dimensions]`` by name."""
Solid: TypeAlias = Manifold
"""A closed body; +, - and ^ unite, take away and intersect."""
Solids = dict[str, Solid]
"""Solids by the stem of their mesh file."""
Span = tuple[float, float]
FloatArray = NDArray[np.float64]

SEGMENTS = 64
_PER_MM = 2.0**20  # far finer than the grid of the files, far coarser than rounding
# What becomes x, y and z (rows) of u and v, the polygon's coordinates, and w, along the prism (columns; last: 1).
_EXTRUDED: dict[str, list[list[float]]] = {
    "x": [[0, 0, 1, 0], [1, 0, 0, 0], [0, 1, 0, 0]],
    "y": [[1, 0, 0, 0], [0, 0, 1, 0], [0, 1, 0, 0]],
    "z": [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]],
}


def box(x: Span, y: Span, z: Span) -> Solid:
    """Return the box between the given coordinates."""
    low, high = np.sort(np.array([x, y, z], dtype=float), axis=1).T
    return Manifold.cube(tuple(high - low)).translate(tuple(low))


def circle(radius_u: float, radius_v: float | None = None, segments: int = SEGMENTS) -> FloatArray:
    """Return the corners (segments, 2) of a polygon whose sides are tangents of a circle or an ellipse.

    Its bounding box is that of the curve itself.
    """
    turn = 2 * np.pi * (np.arange(segments) + 0.5) / segments
    unit = np.stack([np.cos(turn), np.sin(turn)], axis=1) / np.cos(np.pi / segments)
    return np.asarray(unit * np.array([radius_u, radius_u if radius_v is None else radius_v]))


def cylinder(radius: float, z: Span, segments: int = SEGMENTS) -> Solid:
    """Return a solid around the cylinder about the z axis."""
    return extrude(circle(radius, segments=segments), "z", z)


def bore(radius: float, z: Span, segments: int = SEGMENTS) -> Solid:
    """Return a solid inside the cylinder about the z axis, to be taken away from another solid."""
    return cylinder(radius * float(np.cos(np.pi / segments)), z, segments)


def revolve(profile: ArrayLike, segments: int = SEGMENTS) -> Solid:
    """Return a solid around the solid of revolution of a profile (n, 2) of (radius, z) about the z axis.

    The profile is a closed polygon at radii of 0 and more; its last point joins its first.
    """
    around = np.asarray(profile, dtype=float) * np.array([1 / np.cos(np.pi / segments), 1.0])
    return Manifold.revolve(_cross_section(around), segments).rotate((0.0, 0.0, 180.0 / segments))


def extrude(polygon: ArrayLike, axis: Literal["x", "y", "z"], span: Span) -> Solid:
    """Return the prism along an axis over a polygon (n, 2) in (y, z), (x, z) or (x, y)."""
    low, high = sorted(span)
    prism = Manifold.extrude(_cross_section(polygon), high - low).translate((0.0, 0.0, low))
    return prism.transform(np.array(_EXTRUDED[axis]))


def mirrored(half_outline: ArrayLike) -> FloatArray:
    """Return the polygon (2n, 2) of an outline (n, 2) at positive first coordinates and of its mirror image."""
    half = np.asarray(half_outline, dtype=float)
    return np.concatenate([half, half[::-1] * np.array([-1.0, 1.0])])


def both_sides(left: Solid) -> Solid:
    """Return a solid together with its mirror image in the plane x = 0."""
    return left + left.mirror((1.0, 0.0, 0.0))


def hull(*clouds: ArrayLike) -> Solid:
    """Return the convex hull of points (n, 3) as meshes in files need it: the same on every processor."""
    return exact_hull(*map(_rounded, clouds))


def exact_hull(*clouds: ArrayLike) -> Solid:
    """Return the convex hull of points (n, 3), every digit kept, so that it holds all of them."""
    return Manifold.hull_points(np.concatenate([np.asarray(cloud, dtype=float) for cloud in clouds]))


def loft(rings: Sequence[ArrayLike]) -> Solid:
    """Return the hulls of each two successive rings (n, 3), as one solid."""
    return union(hull(above, below) for above, below in pairwise(rings))


def box_corners(x: Span, y: Span, z: Span) -> FloatArray:
    """Return the corners (8, 3) of a box, for hulls."""
    return np.stack(np.meshgrid(x, y, z, indexing="ij"), axis=-1).reshape(-1, 3)


def sphere(centre: ArrayLike, radius: float, segments: int = 16) -> FloatArray:
    """Return the corners (n, 3) of a polyhedron around a sphere, for hulls."""
    meridian = circle(radius, segments=segments)
    meridian = meridian[meridian[:, 0] > 0]
    unit = circle(1.0, segments=segments)
    rings = [np.column_stack([unit * ring, np.full(segments, height)]) for ring, height in meridian]
    return np.asarray(np.concatenate(rings) + np.asarray(centre, dtype=float))


def union(solids: Iterable[Solid]) -> Solid:
    """Return the union of one or more solids."""
    return reduce(lambda a, b: a + b, solids)


def span(dimensions: Dimensions, name: str) -> Span:
    """Return the two dimensions ``<name>_min_mm`` and ``<name>_max_mm``."""
    return dimensions[f"{name}_min_mm"], dimensions[f"{name}_max_mm"]


def middle(width: float) -> Span:
    """Return the span of a width about 0."""
    return -width / 2, width / 2


def outline(dimensions: Dimensions, name: str, axes: Sequence[str]) -> FloatArray:
    """Return the points (n, 2) of the dimensions ``<name>_1_<axis>_mm``, ``<name>_2_<axis>_mm`` and so on."""
    rows: list[list[float]] = []
    while f"{name}_{len(rows) + 1}_{axes[0]}_mm" in dimensions:
        rows.append([dimensions[f"{name}_{len(rows) + 1}_{axis}_mm"] for axis in axes])
    return np.array(rows)


def _cross_section(polygon: ArrayLike) -> CrossSection:
    return CrossSection([_rounded(polygon)], FillRule.EvenOdd)


def _rounded(points: ArrayLike) -> FloatArray:
    """Return points without their last digits, which differ between processors.

    Sums in BLAS, and sines, are rounded otherwise on each kind; and on rounding alone depends how a flat side is cut
    into triangles. So it is cut the same way everywhere, and a file has the same bytes.
    """
    return np.asarray(np.round(np.asarray(points, dtype=float) * _PER_MM) / _PER_MM)
