"""The one module that talks to FCL: yes/no and distance queries between two meshes.

What FCL's surface queries mean, and do not, is characterised in ``tests/collision/test_characterisation.py``:
they see surfaces only (containment is :mod:`simulator.collision.containment`), a penetrating distance is 0 and
its points mean nothing, and results must not be reused.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TypeAlias

import fcl
import numpy as np
from numpy.typing import NDArray

from simulator.geometry.transforms import ROUNDING_MM
from simulator.models.mesh import Mesh

Transforms: TypeAlias = "list[fcl.Transform]"


def transforms(T_fixed_body: NDArray[np.float64]) -> Transforms:
    """Return FCL's form of rigid transforms (n, 4, 4)."""
    rotations = np.ascontiguousarray(T_fixed_body[:, :3, :3])
    offsets = np.ascontiguousarray(T_fixed_body[:, :3, 3])
    return [fcl.Transform(rotation, offset) for rotation, offset in zip(rotations, offsets, strict=True)]


class CollisionObject(threading.local):
    """A mesh with FCL's bounding-volume tree of it.

    FCL moves an object and then asks about it, and between the two another thread may move it. So each thread has an
    object of its own, made when it first asks; the tree is one, and is only read.
    """

    def __init__(self, tree: fcl.BVHModel) -> None:
        self.own = fcl.CollisionObject(tree, fcl.Transform())


def collision_object(mesh: Mesh) -> CollisionObject:
    """Return a mesh as an FCL object with a bounding-volume tree."""
    tree = fcl.BVHModel()
    tree.beginModel(len(mesh.faces), len(mesh.vertices_mm))
    tree.addSubModel(np.ascontiguousarray(mesh.vertices_mm), np.ascontiguousarray(mesh.faces))
    tree.endModel()
    return CollisionObject(tree)


@dataclass(frozen=True)
class Distance:
    """The distance between two surfaces and the points that realise it, in the room (none where they cross)."""

    clearance_mm: float
    points_mm: tuple[tuple[float, float, float], tuple[float, float, float]] | None


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
    own_a, own_b = a.own, b.own
    request, result = fcl.CollisionRequest(), fcl.CollisionResult()
    answer = np.zeros(len(index_a), dtype=bool)
    last_b = -1
    for pose, (i, j) in enumerate(zip(index_a.tolist(), index_b.tolist(), strict=True)):
        own_a.setTransform(T_a[i])
        if j != last_b:
            own_b.setTransform(T_b[j])
            last_b = j
        # The return value is this query's own; the result object is not looked at, because it never forgets.
        answer[pose] = fcl.collide(own_a, own_b, request, result) > 0
    return answer


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
    own_a, own_b = a.own, b.own
    request, result = fcl.CollisionRequest(), fcl.CollisionResult()
    answer = np.zeros(len(index_a), dtype=bool)
    shift_mm = None
    for pose, (i, j) in enumerate(zip(index_a.tolist(), index_b.tolist(), strict=True)):
        if shift_mm is not None:
            own_a.setTransform(T_a[i])
            own_b.setTransform(fcl.Transform(T_b[j].getRotation(), T_b[j].getTranslation() + shift_mm))
            if fcl.collide(own_a, own_b, request, result) > 0:
                answer[pose] = True
                continue
        apart = distance(a, b, T_a[i], T_b[j])
        answer[pose] = apart.clearance_mm <= limit_mm
        if apart.points_mm is not None:
            point_a, point_b = (np.array(point) for point in apart.points_mm)
            shift_mm = (point_a - point_b) * (max(limit_mm - ROUNDING_MM, 0.0) / apart.clearance_mm)
    return answer
