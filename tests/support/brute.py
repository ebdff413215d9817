"""The plain loop over poses and pairs, slow and without any of the checker's shortcuts: an oracle."""

from types import SimpleNamespace

import fcl
import numpy as np
from scipy.spatial import ConvexHull
from support.shapes import fcl_object, shared_mm3

from simulator.collision.contact import Status


class Brute:
    """The plain loop: a new request and result for every query, every pair at every pose; manifold3d for what holds.

    Only boxes in the room save work: where they are further apart than the buffer, or none is inside another.
    """

    def __init__(self, scene):
        self.scene = scene

    def pair_status(self, poses_deg):
        """Statuses (pairs, n), and distances (pairs, n): 0 where colliding, infinity where not measured."""
        statuses = np.zeros((len(self.scene.pairs), len(poses_deg)), dtype=np.int8)
        distances = np.full(statuses.shape, np.inf)
        bodies = [self._placed(body, poses_deg) for body in range(len(self.scene.bodies))]
        for row, pair in enumerate(self.scene.pairs):
            a, b = bodies[pair.a], bodies[pair.b]
            for pose in np.flatnonzero(self._box_gap(a, b) <= pair.buffer_mm):
                self._move(a, b, pose)
                hit = fcl.collide(a.object, b.object, fcl.CollisionRequest(), fcl.CollisionResult())
                if hit or self._holds(a, b, pose):
                    statuses[row, pose], distances[row, pose] = Status.COLLIDING, 0.0
                elif pair.buffer_mm > 0:
                    apart = fcl.distance(a.object, b.object, fcl.DistanceRequest(), fcl.DistanceResult())
                    statuses[row, pose] = Status.WITHIN_BUFFER if apart <= pair.buffer_mm else Status.FREE
                    distances[row, pose] = apart
        return statuses, distances

    def clearance(self, poses_deg):
        """The least distance (n,) of all pairs, every pair measured."""
        least = np.full(len(poses_deg), np.inf)
        bodies = [self._placed(body, poses_deg) for body in range(len(self.scene.bodies))]
        for pair in self.scene.pairs:
            a, b = bodies[pair.a], bodies[pair.b]
            for pose in range(len(poses_deg)):
                self._move(a, b, pose)
                apart = fcl.distance(a.object, b.object, fcl.DistanceRequest(), fcl.DistanceResult())
                least[pose] = min(least[pose], 0.0 if self._holds(a, b, pose) else apart)
        return least

    def _placed(self, body, poses_deg):
        """A body as an FCL object, where it stands, and the boxes in the room around each connected part of it."""
        mesh, T = self.scene.bodies[body].mesh, self.scene.T_fixed_body(body, poses_deg)
        boxes = []
        for indices in mesh.bodies:
            points = mesh.vertices_mm[indices]
            corners = points[ConvexHull(points).vertices]
            in_room = np.einsum("nij,kj->nki", T[:, :3, :3], corners) + T[:, None, :3, 3]
            boxes.append(np.stack([in_room.min(axis=1), in_room.max(axis=1)], axis=1))
        boxes = np.stack(boxes, axis=1)
        whole = np.stack([boxes[:, :, 0].min(axis=1), boxes[:, :, 1].max(axis=1)], axis=1)
        return SimpleNamespace(mesh=mesh, object=fcl_object(mesh), T=T, boxes=boxes, whole=whole)

    @staticmethod
    def _move(a, b, pose):
        for body in (a, b):
            body.object.setTransform(fcl.Transform(body.T[pose, :3, :3].copy(), body.T[pose, :3, 3].copy()))

    @staticmethod
    def _box_gap(a, b):
        between = np.maximum(a.whole[:, 0] - b.whole[:, 1], b.whole[:, 0] - a.whole[:, 1])
        return np.linalg.norm(np.maximum(between, 0.0), axis=1)

    @staticmethod
    def _holds(a, b, pose):
        """Whether two bodies share a volume, asked where a box is inside another; of crossings FCL tells."""

        def any_inside(inner, outer):
            low, high = outer.whole[pose]
            return ((inner.boxes[pose, :, 0] >= low) & (inner.boxes[pose, :, 1] <= high)).all(axis=1).any()

        if not (any_inside(a, b) or any_inside(b, a)):
            return False
        return shared_mm3(a.mesh, a.T[pose], b.mesh, b.T[pose]) > 0.0
