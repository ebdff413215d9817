"""What a surface of triangles encloses: its connected bodies, closed or open, wound outwards or inwards.

A body is closed if every edge is run through as often one way as the other: then it winds around each point a whole
number of times, and its inside is where it winds at all. What is not closed has no inside, and neither has a sheet
that was drawn from both sides: what encloses no volume counts as open, too.

A *solid* is a body with its cavities. A body that is wound inwards is a cavity if it lies wholly inside one that is
wound outwards; else it is taken for solid. A point is inside the surface if it is inside any one solid, so that
bodies of opposite winding never cancel.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulator.geometry.components import connected_components
from simulator.geometry.crossing import may_cross
from simulator.geometry.winding import winding_numbers

FLAT = 1e-12
"""A body whose volume is less, as a share of (area)^1.5, is a sheet: a ball has 0.09, 1 m² of a foil of 1 µm 4e-7."""
THINNEST_MM = 1e-3
"""Half of the least thickness of a box that stands for an open surface."""
MOST_INWARD = 200
"""Of more inward bodies none is looked at: all are taken for solid."""


@dataclass(frozen=True, eq=False)
class Surface:
    """The connected bodies of a surface.

    Attributes
    ----------
    vertices_mm : ndarray, shape (n, 3)
        Coordinates.
    faces : ndarray of int, shape (m, 3)
        Vertex indices.
    body : ndarray of int, shape (m,)
        The body of each triangle, 0 to k - 1. Triangles are of one body if edges that two of them share join them.
    """

    vertices_mm: NDArray[np.float64]
    faces: NDArray[np.int32]
    body: NDArray[np.int32]

    @classmethod
    def of(cls, vertices_mm: NDArray[np.float64], faces: NDArray[np.int32]) -> Surface:
        """Return the bodies of a surface, those with the lowest triangle first."""
        edge, _ = _edges(faces)
        order = np.argsort(edge, kind="stable")
        firsts = np.flatnonzero(np.diff(edge[order], prepend=-1))
        joins = firsts[np.diff(firsts, append=len(order)) == 2]
        one, other = order[joins] // 3, order[joins + 1] // 3
        return cls(vertices_mm, faces, connected_components(len(faces), one, other))

    @cached_property
    def is_inward(self) -> NDArray[np.bool_]:
        """Which closed bodies are wound inwards and are no cavity, shape (k,)."""
        return self.is_closed & (self.volume_mm3 < 0.0) & (self.cavity_of < 0)

    @property
    def count(self) -> int:
        """Number of bodies."""
        return int(self.body.max(initial=-1)) + 1

    @cached_property
    def is_closed(self) -> NDArray[np.bool_]:
        """Which bodies are closed, wound consistently and enclose something, shape (k,)."""
        body, surplus, _ = self._edges_of_bodies
        a, b, c = np.moveaxis(self._corners_mm, 1, 0)
        area_mm2 = np.bincount(self.body, np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2, self.count)
        answer = np.abs(self.volume_mm3) > FLAT * area_mm2**1.5
        answer[body[surplus != 0]] = False
        return answer

    @cached_property
    def has_border(self) -> NDArray[np.bool_]:
        """Which bodies have an edge of an odd number of triangles: of one where a hole begins, shape (k,)."""
        body, _, times = self._edges_of_bodies
        answer = np.zeros(self.count, dtype=bool)
        answer[body[times % 2 == 1]] = True
        return answer

    @cached_property
    def _edges_of_bodies(self) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.intp]]:
        """Each edge of each body: which body, how often it is run through one way more than the other, how often."""
        edge, way = _edges(self.faces)
        body = np.repeat(self.body, 3)
        order = np.lexsort((body, edge))
        edge, body, way = edge[order], body[order], way[order]
        starts = np.flatnonzero((np.diff(edge, prepend=-1) != 0) | (np.diff(body, prepend=-1) != 0))
        return body[starts], np.add.reduceat(way.astype(np.int64), starts), np.diff(starts, append=len(edge))

    @cached_property
    def volume_mm3(self) -> NDArray[np.float64]:
        """The volume that each closed body encloses, negative where it is wound inwards, shape (k,)."""
        _, first = np.unique(self.body, return_index=True)
        from_itself = self._corners_mm - self._corners_mm[first, 0][self.body][:, None]
        a, b, c = np.moveaxis(from_itself, 1, 0)
        return np.asarray(np.bincount(self.body, np.einsum("ni,ni->n", a, np.cross(b, c)) / 6, self.count), float)

    @cached_property
    def cavity_of(self) -> NDArray[np.int32]:
        """The body that each body is a cavity of, -1 where it is none, shape (k,)."""
        answer = np.full(self.count, -1, dtype=np.int32)
        inward = np.flatnonzero(self.is_closed & (self.volume_mm3 < 0.0))
        outward = np.flatnonzero(self.is_closed & (self.volume_mm3 > 0.0))
        if len(inward) > MOST_INWARD:
            return answer
        for body in inward[np.argsort(self.volume_mm3[inward], kind="stable")]:
            larger = outward[self.volume_mm3[outward] > -self.volume_mm3[body]]
            holders = (
                holder
                for holder in larger[np.argsort(self.volume_mm3[larger], kind="stable")]
                if self._winds_around(holder, body) == 1 and self._are_apart(holder, body)
            )
            holder = next(holders, None)
            if holder is None:
                continue
            others = np.flatnonzero(answer == holder).tolist()
            if all(self._have_nothing_in_common(int(body), other) for other in others):
                answer[body] = holder
        return answer

    @cached_property
    def solid(self) -> NDArray[np.int32]:
        """The solid that each triangle bounds, shape (m,): its body, or the one that this is a cavity of."""
        holder = self.cavity_of
        return np.where(holder < 0, np.arange(self.count, dtype=np.int32), holder)[self.body]

    def bounds_mm(self, bodies: NDArray[np.intp]) -> NDArray[np.float64]:
        """Return lower and upper corner of the box around some bodies, shape (2, 3)."""
        points = self._corners_mm[np.isin(self.body, bodies)].reshape(-1, 3)
        return np.stack([points.min(axis=0), points.max(axis=0)])

    def without_open(self) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
        """Return vertices and faces with one closed box in place of all that is open.

        Whatever an open surface was meant to enclose is not known, so all that its bounding box holds is taken for
        solid. Several open bodies have one box: they may be the sides of one thing.
        """
        open_bodies = np.flatnonzero(~self.is_closed)
        if not len(open_bodies):
            return self.vertices_mm, self.faces
        low, high = self.bounds_mm(open_bodies)
        middle = (low + high) / 2
        low, high = np.minimum(low, middle - THINNEST_MM), np.maximum(high, middle + THINNEST_MM)
        kept = self.faces[self.is_closed[self.body]]
        used, renumbered = np.unique(kept, return_inverse=True)
        upper = np.array([(i, j, k) for i in (0, 1) for j in (0, 1) for k in (0, 1)], dtype=bool)
        faces = np.concatenate([renumbered.reshape(-1, 3), BOX + len(used)])
        return np.concatenate([self.vertices_mm[used], np.where(upper, high, low)]), faces.astype(np.int32)

    @cached_property
    def _corners_mm(self) -> NDArray[np.float64]:
        return np.asarray(self.vertices_mm[self.faces])

    def _of(self, body: int) -> NDArray[np.float64]:
        return np.asarray(self._corners_mm[self.body == body])

    def _winds_around(self, outer: int, inner: int) -> int:
        """Return how often a body winds around the first corner of another, which it does not cross."""
        point = self._of(inner)[0, :1]
        return round(float(winding_numbers(point, self._of(outer), np.zeros(1, dtype=np.intp))[0, 0]))

    def _are_apart(self, one: int, other: int) -> bool:
        return not may_cross(self._of(one), self._of(other))

    def _have_nothing_in_common(self, one: int, other: int) -> bool:
        """Return whether neither of two bodies crosses or holds the other."""
        holds = self._winds_around(one, other) or self._winds_around(other, one)
        return not holds and self._are_apart(one, other)


def without_needles(faces: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return faces (m, 3) without those that use a vertex twice and lie on an edge or a corner of another.

    They have no area and add nothing to the surface, but would cut it in two where their edge is.
    """
    is_needle = (faces == np.roll(faces, -1, axis=1)).any(axis=1)
    if not is_needle.any():
        return faces
    sound, needles = faces[~is_needle], faces[is_needle]
    is_point = (needles == needles[:, :1]).all(axis=1)
    edges, ways = _edges(needles)
    edge = edges.reshape(-1, 3)[np.arange(len(needles)), np.abs(ways.reshape(-1, 3)).argmax(axis=1)]
    is_held = np.where(is_point, np.isin(needles[:, 0], sound), np.isin(edge, _edges(sound)[0]))
    return np.concatenate([sound, needles[~is_held]])


BOX = np.array(
    [face for a, b, c, d in
     ((0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3))
     for face in ((a, b, c), (a, c, d))]
)  # fmt: skip
"""Faces of a box wound outwards; bits 2, 1 and 0 of a corner's number say where it is upper in x, y and z."""


def _edges(faces: NDArray[np.int32]) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    """Return a number for each edge of each face, the same both ways, and which way it is run through: (3m,) each."""
    start = faces.astype(np.int64).ravel()
    stop = np.roll(faces, -1, axis=1).astype(np.int64).ravel()
    number = np.minimum(start, stop) << 32 | np.maximum(start, stop)
    return number, np.sign(stop - start).astype(np.int8)
