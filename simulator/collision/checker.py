"""Pose(s) to answer: free, within the buffer, or colliding, pair by pair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.collision import fcl_queries
from simulator.collision.blocks import SIZE
from simulator.collision.contact import Contact, Guard, Solid, Stand, Status
from simulator.collision.motion import relative_rates
from simulator.collision.placement import Placement, Poses
from simulator.collision.scene import Chain, Scene

FEW_POSES = 300
"""For fewer poses a guard costs more than it saves, unless it is there already. Measured on the shipped scenarios."""
FIRST, FEW_FREE = 64, 150
"""Of poses that are asked one by one, so many tell how many are free; for fewer free ones a guard costs more."""


class Placed(NamedTuple):
    """Poses, and where every body stands at them: made once where several things are asked of the same poses."""

    poses: Poses
    stands: list[Stand]


class Checker:
    """Answers for the poses of one scene; FCL is below it and nowhere else.

    Parameters
    ----------
    scene : Scene
        Bodies, pairs and kinematics.
    """

    def __init__(self, scene: Scene) -> None:
        scene.require_bodies_follow()
        self.scene = scene
        self._guards: dict[tuple[int, float, tuple[Chain, Chain], float, float], Guard | None] = {}

    @cached_property
    def _solids(self) -> list[Solid]:
        return [Solid(body.mesh) for body in self.scene.bodies]

    def on(self, scene: Scene) -> Checker:
        """Return the checker of another scene with the same bodies: what is made of their meshes is shared."""
        other = Checker(scene)
        other._solids = self._solids
        return other

    def pair_status(
        self, poses_deg: NDArray[np.float64] | Placed, asked: NDArray[np.bool_] | None = None
    ) -> NDArray[np.int8]:
        """Return the status of every pair at every pose.

        Parameters
        ----------
        poses_deg : ndarray, shape (n, k), or Placed
            Values of the k scanned joints; fastest where neighbours follow each other.
        asked : ndarray of bool, shape (pairs, n), optional
            Which pairs to ask at which poses, all if not given; of what is not asked, FREE is returned. Meant for
            what is mostly in the way, or near it: a guard is made only where many turn out to be free.

        Returns
        -------
        ndarray of int8, shape (pairs, n)
            Values of :class:`Status`.
        """
        poses, stands = self.placed(poses_deg)
        answer = np.zeros((len(self.scene.pairs), len(poses)), dtype=np.int8)
        for row, pair in enumerate(self.scene.pairs):
            contact = Contact(stands[pair.a], stands[pair.b], pair.buffer_mm)
            columns = self.scene.columns_of_pair(pair)
            first, inverse = poses.distinct(columns)
            if asked is None:
                answer[row] = self._distinct_status(row, contact, poses, columns)[inverse]
                continue
            at = np.flatnonzero(asked[row])
            some, back = np.unique(inverse[at], return_inverse=True)
            answer[row, at] = self._some_status(row, contact, first[some])[back]
        return answer

    def _distinct_status(
        self, row: int, contact: Contact, poses: Poses, columns: tuple[int, ...]
    ) -> NDArray[np.int8]:
        """Return the status of one pair at the poses that differ for it: whole blocks first, then one by one."""
        first, _ = poses.distinct(columns)
        relative = contact.at(first)
        answer = np.zeros(len(first), dtype=np.int8)
        # Where the hulls of the bodies are apart, so are the bodies, and neither holds the other.
        left = relative.gap_mm() <= contact.buffer_mm
        if not left.any():
            return answer
        many = int(left.sum()) >= FEW_POSES
        guard = self._guard(row, SIZE / 2, poses.travel_mm(self.scene)) if many else None
        if guard is not None:
            blocks = poses.blocks(columns)
            asked = np.unique(blocks.of_pose[left])
            asked = asked[blocks.reach[asked].max(axis=1) <= SIZE / 2]
            is_far = np.zeros(len(blocks.centre), dtype=bool)
            is_far[asked] = contact.is_far(relative.only(blocks.centre[asked]), guard)
            far = left & is_far[blocks.of_pose]
            holds = np.zeros(len(first), dtype=bool)
            holds[blocks.centre[is_far]] = contact.is_contained(relative.only(blocks.centre[is_far]))
            answer[far & holds[blocks.centre[blocks.of_pose]]] = Status.COLLIDING
            left &= ~far
        answer[left] = contact.status(relative.only(np.flatnonzero(left)), self._guard(row, only_if_made=not many))
        return answer

    def _some_status(self, row: int, contact: Contact, which: NDArray[np.intp]) -> NDArray[np.int8]:
        """Return the status of one pair at some poses, one by one."""
        relative = contact.at(which)
        answer = np.zeros(len(which), dtype=np.int8)
        near = np.flatnonzero(relative.gap_mm() <= contact.buffer_mm)
        is_first = np.arange(len(near)) % (len(near) // FIRST + 1) == 0
        first, others = near[is_first], near[~is_first]
        guard = self._guard(row, only_if_made=True)
        answer[first] = contact.status(relative.only(first), guard)
        free = np.count_nonzero(answer[first] == Status.FREE)
        if guard is None and free * len(others) >= FEW_FREE * max(len(first), 1):
            guard = self._guard(row)
        answer[others] = contact.status(relative.only(others), guard)
        return answer

    def _guard(
        self, row: int, reach: float = 0.0, travel_mm: float = 0.0, *, only_if_made: bool = False
    ) -> Guard | None:
        """Return the guard around b of a pair that is enough for all poses within ``reach`` of one, made once.

        None if there is nothing to guard. Pairs that differ only in a body that the same joints move share it.
        """
        pair = self.scene.pairs[row]
        key = (pair.b, pair.buffer_mm, self.scene.chains_of_pair(pair), reach, travel_mm)
        if key not in self._guards and not only_if_made:
            patches = self._solids[pair.b].patches
            radii_mm = np.full(len(patches.corners_mm), pair.buffer_mm)
            if reach > 0.0:
                radii_mm += reach * relative_rates(self.scene, pair, patches.corners_mm, travel_mm).sum(axis=1)
            is_needed = bool((radii_mm > 0).all())
            self._guards[key] = Guard(patches.swollen(radii_mm), float(radii_mm.max())) if is_needed else None
        return self._guards.get(key)

    def clearance(
        self, poses_deg: NDArray[np.float64] | Placed, pairs: Sequence[int] | None = None
    ) -> tuple[NDArray[np.float64], NDArray[np.int16], list[fcl_queries.Distance]]:
        """Return the least distance at each pose, which pair has it, and its points.

        Pairs are asked in the order of a lower bound of their distance, and left out once the bound exceeds what
        was found: the least distance is that of asking all.

        Parameters
        ----------
        poses_deg : ndarray, shape (n, k), or Placed
            Values of the k scanned joints.
        pairs : sequence of int, optional
            Indices of the pairs to ask; all if not given.

        Returns
        -------
        clearance_mm : ndarray, shape (n,)
            0 where a pair collides; infinity if there are no pairs.
        nearest : ndarray of int16, shape (n,)
            Index of the pair; -1 if there are no pairs.
        distances : list of Distance
            With the nearest points, in the room.
        """
        poses, stands = self.placed(poses_deg)
        rows = list(range(len(self.scene.pairs))) if pairs is None else list(pairs)
        asked = [self.scene.pairs[row] for row in rows]
        contacts = [Contact(stands[pair.a], stands[pair.b], pair.buffer_mm) for pair in asked]
        found = [fcl_queries.Distance(float("inf"), None)] * len(poses)
        nearest = np.full(len(poses), -1, dtype=np.int16)
        everywhere = np.arange(len(poses))
        bounds = np.empty((len(contacts), len(poses)))
        for at, contact in enumerate(contacts):
            bounds[at] = contact.at(everywhere).gap_mm()
        for pose in range(len(poses)):
            for at in np.argsort(bounds[:, pose], kind="stable"):
                if bounds[at, pose] >= found[pose].clearance_mm:
                    break
                distance = contacts[at].distance(pose)
                if distance.clearance_mm < found[pose].clearance_mm:
                    found[pose], nearest[pose] = distance, rows[at]
        return np.array([distance.clearance_mm for distance in found]), nearest, found

    def placed(self, poses_deg: NDArray[np.float64] | Placed) -> Placed:
        """Place every body at poses (n, k)."""
        if isinstance(poses_deg, Placed):
            return poses_deg
        poses = Poses(np.asarray(poses_deg, dtype=float))
        stands: list[Stand] = []
        of_joint: dict[str, Stand] = {}
        for index, (body, solid) in enumerate(zip(self.scene.bodies, self._solids, strict=True)):
            like = of_joint.get(body.joint)  # what hangs on one joint stands alike
            if like is not None:
                stands.append(Stand(solid, replace(like.placement, hull=solid.hull), like.transforms))
                continue
            placement = Placement.of(self.scene, index, poses, solid.hull)
            stands.append(Stand(solid, placement, fcl_queries.transforms(placement.T_fixed_body)))
            of_joint[body.joint] = stands[-1]
        return Placed(poses, stands)
