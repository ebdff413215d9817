"""Pose(s) to answer: free, within the buffer, or colliding, pair by pair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.collision import fcl_queries
from simulator.collision.blocks import SIZES
from simulator.collision.containment import Probes, either_contained
from simulator.collision.inside import Interior
from simulator.collision.motion import relative_rates
from simulator.collision.placement import Ball, Placement, Poses, Relative
from simulator.collision.scene import Scene
from simulator.collision.shells import Patches, Shell
from simulator.models.mesh import Mesh

FEW_POSES = 64
"""Below this many poses blocks save less than they cost."""


class Status(IntEnum):
    """What holds for a pose; the worst pair decides."""

    FREE = 0
    WITHIN_BUFFER = 1
    COLLIDING = 2

    def __str__(self) -> str:
        return ("free", "within the buffer", "colliding")[self]


class _Solid:
    """What the checker keeps of a body: FCL's tree of its mesh, and what bounds and containment need."""

    def __init__(self, mesh: Mesh) -> None:
        self.mesh = mesh
        self.object = fcl_queries.collision_object(mesh)
        self.ball = Ball.around(mesh)
        self.probes = Probes.of(mesh)
        self.interior = Interior(mesh)

    @cached_property
    def patches(self) -> Patches:
        """The surface in patches."""
        return Patches.of(self.mesh)


@dataclass(frozen=True, eq=False)
class _Stand:
    """A body at the poses of one call."""

    solid: _Solid
    placement: Placement
    transforms: fcl_queries.Transforms


class Checker:
    """Answers for the poses of one scene; the only user of FCL is below it.

    Parameters
    ----------
    scene : Scene
        Bodies, pairs and kinematics.

    """

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self._rungs: dict[tuple[int, float, tuple[int, ...], float], _Rung | None] = {}

    @cached_property
    def _solids(self) -> list[_Solid]:
        return [_Solid(body.mesh) for body in self.scene.bodies]

    def _rung(self, row: int, reach: float) -> _Rung | None:
        """Return the shell around b of a pair that is enough for a block of poses of that reach, made once.

        None if there is no bound on the motion. Pairs that differ only in a body moved by the same joints share it.
        """
        pair = self.scene.pairs[row]
        key = (pair.b, pair.buffer_mm, self.scene.columns_of_body(pair.a), reach)
        if key not in self._rungs:
            patches = self._solids[pair.b].patches
            if reach == 0.0:
                radii_mm = np.full(len(patches.corners_mm), pair.buffer_mm)
            else:
                columns = list(self.scene.columns_of_pair(pair))
                rates = relative_rates(self.scene, pair, patches.corners_mm)[:, columns]
                radii_mm = pair.buffer_mm + reach * rates.sum(axis=1)
            sound = bool(np.isfinite(radii_mm).all() and (radii_mm > 0).all())
            self._rungs[key] = _Rung(patches.swollen(radii_mm), float(radii_mm.max())) if sound else None
        return self._rungs[key]

    def pair_status(self, poses_deg: NDArray[np.float64]) -> NDArray[np.int8]:
        """Return the status of every pair at every pose.

        Parameters
        ----------
        poses_deg : ndarray, shape (n, 2)
            Values of the two scanned joints.

        Returns
        -------
        ndarray of int8, shape (pairs, n)
            Values of :class:`Status`.

        """
        poses = Poses(np.asarray(poses_deg, dtype=float))
        stands = self._stands(poses)
        answer = np.zeros((len(self.scene.pairs), len(poses)), dtype=np.int8)
        for row, pair in enumerate(self.scene.pairs):
            columns = self.scene.columns_of_pair(pair)
            first, inverse = poses.distinct(columns)
            contact = _Contact(stands[pair.a], stands[pair.b], pair.buffer_mm)
            answer[row] = self._pair_status(row, contact, poses, columns, first)[inverse]
        return answer

    def _pair_status(
        self,
        row: int,
        contact: _Contact,
        poses: Poses,
        columns: tuple[int, ...],
        which: NDArray[np.intp],
    ) -> NDArray[np.int8]:
        """Return the status of one pair at the poses ``which``: by blocks, and what they leave one by one."""
        everywhere = contact.at(which)
        answer = np.zeros(len(which), dtype=np.int8)
        left = np.arange(len(which))
        for size in SIZES if len(which) >= FEW_POSES else ():
            rung = self._rung(row, size / 2)
            if rung is None:
                break
            blocks = poses.blocks(columns, size)
            asked = np.unique(blocks.of_pose[left])
            asked = asked[blocks.reach[asked].max(axis=1) <= size / 2]
            centres = everywhere.only(blocks.centre[asked])
            far = np.zeros(len(blocks.centre), dtype=bool)
            far[asked] = contact.is_far(centres, rung)
            holding = np.zeros(len(blocks.centre), dtype=bool)
            holding[far] = contact.is_contained(everywhere.only(blocks.centre[far]))
            answer[left[holding[blocks.of_pose[left]]]] = Status.COLLIDING
            left = left[~far[blocks.of_pose[left]]]
        answer[left] = contact.status(everywhere.only(left), self._rung(row, 0.0))
        return answer

    def clearance(
        self, poses_deg: NDArray[np.float64], pairs: Sequence[int] | None = None
    ) -> tuple[NDArray[np.float64], NDArray[np.int16], list[fcl_queries.Distance]]:
        """Return the least distance at each pose, which pair has it, and its points.

        Pairs are asked in the order of a lower bound of their distance and left out once the bound exceeds what was
        found: the least distance is identical to that of asking all.

        Parameters
        ----------
        poses_deg : ndarray, shape (n, 2)
            Values of the two scanned joints.
        pairs : sequence of int, optional
            Pairs to consider; all if not given.

        Returns
        -------
        clearance_mm : ndarray, shape (n,)
            0 where a pair collides; infinity if there are no pairs.
        nearest : ndarray of int16, shape (n,)
            Index of the pair; -1 if there are no pairs.
        distances : list of Distance
            With the nearest points, in the room.

        """
        poses = Poses(np.asarray(poses_deg, dtype=float))
        stands = self._stands(poses)
        considered = list(range(len(self.scene.pairs))) if pairs is None else list(pairs)
        nothing = fcl_queries.Distance(float("inf"), None)
        found = [nothing] * len(poses)
        nearest = np.full(len(poses), -1, dtype=np.int16)
        if considered:
            pairs_of = [self.scene.pairs[row] for row in considered]
            contacts = [_Contact(stands[pair.a], stands[pair.b], pair.buffer_mm) for pair in pairs_of]
            everywhere = np.arange(len(poses))
            bounds = np.stack([contact.at(everywhere).gap_mm() for contact in contacts])
            for pose in range(len(poses)):
                for at in np.argsort(bounds[:, pose], kind="stable"):
                    if bounds[at, pose] >= found[pose].clearance_mm:
                        break
                    distance = contacts[at].distance(contacts[at].at(everywhere[[pose]]))
                    if distance.clearance_mm < found[pose].clearance_mm:
                        found[pose], nearest[pose] = distance, considered[at]
        return np.array([distance.clearance_mm for distance in found]), nearest, found

    def _stands(self, poses: Poses) -> list[_Stand]:
        """Place every body at the poses."""
        stands = []
        for body, solid in enumerate(self._solids):
            placement = Placement.of(self.scene, body, poses, solid.ball)
            stands.append(_Stand(solid, placement, fcl_queries.transforms(placement.T_fixed_body)))
        return stands


class _Rung:
    """A shell with FCL's tree of it, and the largest radius in it."""

    def __init__(self, shell: Shell, radius_mm: float) -> None:
        self.shell = shell
        self.radius_mm = radius_mm
        self.object = fcl_queries.collision_object(shell.mesh)


@dataclass(frozen=True, eq=False)
class _Contact:
    """Two bodies of one call, and the buffer between them."""

    a: _Stand
    b: _Stand
    buffer_mm: float

    def at(self, which: NDArray[np.intp]) -> Relative:
        """Return where the two bodies stand at the poses ``which``."""
        return Relative.at(self.a.placement, self.b.placement, which)

    def status(self, relative: Relative, rung: _Rung | None) -> NDArray[np.int8]:
        """Return the status pose by pose: crossings, then the shell of the buffer, distances, containment."""
        answer = np.zeros(len(relative), dtype=np.int8)
        close = np.flatnonzero(relative.gap_mm() <= self.buffer_mm)
        crossing = self._crosses(self.b.solid.object, relative.only(close))
        answer[close[crossing]] = Status.COLLIDING
        if rung is not None:
            near = close[~crossing]
            near = near[~self.is_far(relative.only(near), rung)]
            query = self._query(self.b.solid.object, relative.only(near))
            answer[near[fcl_queries.closer_than(self.buffer_mm, *query)]] = Status.WITHIN_BUFFER
        apart = np.flatnonzero(answer != Status.COLLIDING)
        answer[apart[self.is_contained(relative.only(apart))]] = Status.COLLIDING
        return answer

    def is_far(self, relative: Relative, rung: _Rung) -> NDArray[np.bool_]:
        """Return where a proves to be outside a shell of b: further away than the shell's radii."""
        far = relative.gap_mm() > rung.radius_mm
        asked = np.flatnonzero(~far)
        asking = relative.only(asked)
        swallowed = self.a.solid.probes.may_be_swallowed(asking, rung.shell)
        far[asked] = ~self._crosses(rung.object, asking) & ~swallowed
        return far

    def is_contained(self, relative: Relative) -> NDArray[np.bool_]:
        """Return where, free of crossings, one body holds a part of the other."""
        a, b = self.a.solid, self.b.solid
        return either_contained(a.probes, a.interior, b.probes, b.interior, relative)

    def distance(self, relative: Relative) -> fcl_queries.Distance:
        """Return the distance at a single pose; 0 where one body is inside the other."""
        if self.is_contained(relative)[0]:
            return fcl_queries.Distance(0.0, None)
        T_a, T_b = self.a.transforms[relative.at_a[0]], self.b.transforms[relative.at_b[0]]
        return fcl_queries.distance(self.a.solid.object, self.b.solid.object, T_a, T_b)

    def _crosses(self, other: fcl_queries.CollisionObject, relative: Relative) -> NDArray[np.bool_]:
        return fcl_queries.crossings(*self._query(other, relative))

    def _query(self, other: fcl_queries.CollisionObject, relative: Relative) -> tuple[Any, ...]:
        """Return the arguments of FCL's queries of a against b, or against a shell of b."""
        return (
            self.a.solid.object,
            other,
            self.a.transforms,
            self.b.transforms,
            relative.at_a,
            relative.at_b,
        )
