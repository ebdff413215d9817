"""The one module that talks to FCL: yes/no and distance queries between two meshes.

What FCL's surface queries mean, and do not, is characterised in ``tests/collision/test_characterisation.py``:
they see surfaces only (containment is :mod:`simulator.collision.containment`), a penetrating distance is 0 and
its points mean nothing, and results must not be reused.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import fcl
import numpy as np
from numpy.typing import NDArray

from simulator.collision.clusters import Group, clusters
from simulator.geometry.transforms import ROUNDING_MM
from simulator.models.mesh import Mesh

Transforms: TypeAlias = "list[fcl.Transform]"
PIECE = 12
"""Triangles of a piece at most. Measured on the shipped scenarios: fewer lose sight of where surfaces cross."""


def transforms(T_fixed_body: NDArray[np.float64]) -> Transforms:
    """Return FCL's form of rigid transforms (n, 4, 4)."""
    rotations = np.ascontiguousarray(T_fixed_body[:, :3, :3])
    offsets = np.ascontiguousarray(T_fixed_body[:, :3, 3])
    return [fcl.Transform(rotation, offset) for rotation, offset in zip(rotations, offsets, strict=True)]


class Surface:
    """FCL's bounding-volume trees of a mesh: of all of it, and of small pieces of it."""

    def __init__(self, mesh: Mesh) -> None:
        self.mesh = mesh
        self.tree = _tree(mesh.vertices_mm, mesh.faces)
        self._pieces: dict[int, fcl.BVHModel] = {}

    def piece(self, triangle: int) -> tuple[int, fcl.BVHModel]:
        """Return the number of the piece that a triangle is in, and its tree, made when it is first asked."""
        groups, of_triangle = self._groups
        index = int(of_triangle[triangle])
        if index not in self._pieces:
            corners = self.mesh.vertices_mm[self.mesh.faces[groups[index]]].reshape(-1, 3)
            self._pieces[index] = _tree(corners, np.arange(len(corners)).reshape(-1, 3))
        return index, self._pieces[index]

    @cached_property
    def _groups(self) -> tuple[list[Group], Group]:
        """The triangles of each piece, and the piece of each triangle."""
        groups = clusters(self.mesh.vertices_mm[self.mesh.faces].mean(axis=1), PIECE)
        of_triangle = np.empty(len(self.mesh.faces), dtype=np.intp)
        for index, group in enumerate(groups):
            of_triangle[group] = index
        return groups, of_triangle


class CollisionObject(threading.local):
    """A mesh that FCL can place.

    FCL moves an object and then asks about it, and between the two another thread may move it. So each thread has
    objects of its own, made when it first asks; the trees are shared, and are only read.
    """

    def __init__(self, surface: Surface) -> None:
        self.own = fcl.CollisionObject(surface.tree, fcl.Transform())
        self._surface = surface
        self._pieces: dict[int, fcl.CollisionObject] = {}

    def piece(self, triangle: int) -> fcl.CollisionObject:
        """Return the piece of the surface that a triangle is in."""
        index, tree = self._surface.piece(triangle)
        if index not in self._pieces:
            self._pieces[index] = fcl.CollisionObject(tree, fcl.Transform())
        return self._pieces[index]


def collision_object(mesh: Mesh) -> CollisionObject:
    """Return a mesh as an FCL object with a bounding-volume tree."""
    return CollisionObject(Surface(mesh))


def _tree(vertices_mm: NDArray[np.float64], faces: NDArray[np.integer]) -> fcl.BVHModel:
    tree = fcl.BVHModel()
    tree.beginModel(len(faces), len(vertices_mm))
    tree.addSubModel(np.ascontiguousarray(vertices_mm), np.ascontiguousarray(faces))
    tree.endModel()
    return tree


@dataclass(frozen=True)
class Distance:
    """The distance between two surfaces and the points that realise it, in the room (none where they cross)."""

    clearance_mm: float
    points_mm: tuple[tuple[float, float, float], tuple[float, float, float]] | None


class Crossing:
    """Whether two surfaces cross, at one pose after the other; fastest where neighbours follow each other.

    Where they crossed at the pose before, the two pieces that met there are asked first: FCL finds in half the time
    that they still do. If pieces cross, so do the surfaces, and FCL's trees of these say so, too, because the boxes
    in them are larger than rounding. If not, the surfaces are asked: so no answer depends on the poses before.

    Parameters
    ----------
    a, b : CollisionObject
        The two bodies.
    """

    def __init__(self, a: CollisionObject, b: CollisionObject) -> None:
        self._a, self._b, self._whole = a, b, (a.own, b.own)
        self._request, self._unread = fcl.CollisionRequest(), fcl.CollisionResult()
        self._met: tuple[fcl.CollisionObject, fcl.CollisionObject] | None = None

    def at(self, T_a: fcl.Transform, T_b: fcl.Transform) -> bool:
        """Return whether they cross where they stand."""
        if self._met is not None:
            piece_a, piece_b = self._met
            piece_a.setTransform(T_a)
            piece_b.setTransform(T_b)
            # The return value is this query's own. The rest is not read, and dropped: it would grow with each pose.
            if fcl.collide(piece_a, piece_b, self._request, self._unread):
                self._unread.contacts.clear()
                return True
        whole_a, whole_b = self._whole
        whole_a.setTransform(T_a)
        whole_b.setTransform(T_b)
        result = fcl.CollisionResult()  # a result never forgets: it is read once
        crosses = bool(fcl.collide(whole_a, whole_b, self._request, result))
        self._met = None
        if crosses:
            contact = result.contacts[0]
            self._met = self._a.piece(contact.b1), self._b.piece(contact.b2)
        return crosses


def crossings(
    a: CollisionObject,
    b: CollisionObject,
    T_a: Transforms,
    T_b: Transforms,
    index_a: NDArray[np.intp],
    index_b: NDArray[np.intp],
) -> NDArray[np.bool_]:
    """Return for each pose whether the surfaces cross.

    Parameters
    ----------
    a, b : CollisionObject
        The two bodies.
    T_a, T_b : list of fcl.Transform
        Where each stands.
    index_a, index_b : ndarray, shape (n,)
        Which transform of each to take, pose by pose.

    """
    crossing = Crossing(a, b)
    poses = zip(index_a.tolist(), index_b.tolist(), strict=True)
    return np.fromiter((crossing.at(T_a[i], T_b[j]) for i, j in poses), dtype=bool, count=len(index_a))


def distance(a: CollisionObject, b: CollisionObject, T_a: fcl.Transform, T_b: fcl.Transform) -> Distance:
    """Return the distance between two surfaces: 0 without points where they cross or touch."""
    own_a, own_b = a.own, b.own
    own_a.setTransform(T_a)
    own_b.setTransform(T_b)
    result = fcl.DistanceResult()
    clearance_mm = float(fcl.distance(own_a, own_b, fcl.DistanceRequest(enable_nearest_points=True), result))
    if clearance_mm <= 0.0:
        return Distance(0.0, None)
    first, second = ((float(p[0]), float(p[1]), float(p[2])) for p in result.nearest_points)
    return Distance(clearance_mm, (first, second))


def closer_than(
    limit_mm: float,
    a: CollisionObject,
    b: CollisionObject,
    T_a: Transforms,
    T_b: Transforms,
    index_a: NDArray[np.intp],
    index_b: NDArray[np.intp],
) -> NDArray[np.bool_]:
    """Return for each pose, free of crossings, whether the surfaces are at most ``limit_mm`` apart.

    A distance costs a hundred crossings. So b is first moved by ``limit_mm`` along the last line between nearest
    points: if it then crosses a, two points were no further apart than that, which is a proof; if not, the distance
    itself decides, and gives a new line. Neighbouring poses should follow each other. The move falls short of
    ``limit_mm`` by more than its rounding, so that it proves nothing that the distance would not say: a pose that
    is at the limit has the same answer whichever pose came before it.

    Parameters are those of :func:`crossings`.
    """
    shifted = Crossing(a, b)
    answer = np.zeros(len(index_a), dtype=bool)
    shift_mm = None
    for pose, (i, j) in enumerate(zip(index_a.tolist(), index_b.tolist(), strict=True)):
        if shift_mm is not None:
            T_shifted = fcl.Transform(T_b[j].getRotation(), T_b[j].getTranslation() + shift_mm)
            if shifted.at(T_a[i], T_shifted):
                answer[pose] = True
                continue
        apart = distance(a, b, T_a[i], T_b[j])
        answer[pose] = apart.clearance_mm <= limit_mm
        if apart.points_mm is not None:
            point_a, point_b = (np.array(point) for point in apart.points_mm)
            shift_mm = (point_a - point_b) * (max(limit_mm - ROUNDING_MM, 0.0) / apart.clearance_mm)
    return answer
