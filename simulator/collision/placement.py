"""Where bodies stand at many poses, computed once for each distinct value that moves them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulator.collision.blocks import Blocks
from simulator.collision.scene import Scene
from simulator.geometry.transforms import ROUNDING_MM
from simulator.models.mesh import Mesh


class Poses:
    """Poses (n, k) of the scanned joints, with the distinct values along some of them kept once.

    A gantry part stands at 360 places in a map of 65,160 poses: what depends on few values is computed for few
    values, and is identical to what all poses would give.
    """

    def __init__(self, values_deg: NDArray[np.float64]) -> None:
        self.values_deg = values_deg
        self._distinct: dict[tuple[int, ...], tuple[NDArray[np.intp], NDArray[np.intp]]] = {}
        self._blocks: dict[tuple[int, ...], Blocks] = {}

    def __len__(self) -> int:
        return len(self.values_deg)

    def distinct(self, columns: tuple[int, ...]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return ``first`` (k,), a pose for each distinct value of ``columns``, and ``inverse`` (n,) into it."""
        if columns not in self._distinct:
            self._distinct[columns] = self._find(columns)
        return self._distinct[columns]

    def blocks(self, columns: tuple[int, ...]) -> Blocks:
        """Return the blocks of the distinct poses along ``columns``; other columns do not count."""
        if columns not in self._blocks:
            first = self.distinct(columns)[0]
            values = np.zeros((len(first), self.values_deg.shape[1]))
            values[:, columns] = self.values_deg[first][:, columns]
            self._blocks[columns] = Blocks.divide(values)
        return self._blocks[columns]

    def travel_mm(self, scene: Scene) -> float:
        """Return a bound on how far from rest values are that prismatic joints follow, one of few that there are."""
        sliding = {scene.tree.driver(joint.name)[0] for joint in scene.tree.joints if joint.type == "prismatic"}
        slides = [column for column, joint in enumerate(scene.scan) if joint in sliding]
        rest = [scene.rest.get(scene.scan[column], 0.0) for column in slides]
        furthest = float(np.abs(self.values_deg[:, slides] - rest).max(initial=0.0))
        return 2.0 ** np.ceil(np.log2(furthest)) if furthest > 0.0 else 0.0

    def _find(self, columns: tuple[int, ...]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        count = len(self.values_deg)
        if len(columns) == 0:
            return np.zeros(min(count, 1), dtype=np.intp), np.zeros(count, dtype=np.intp)
        if len(columns) == self.values_deg.shape[1]:
            everything = np.arange(count)
            return everything, everything
        keys = np.zeros(count, dtype=np.intp)
        for column in columns:  # numbered anew at each, so that no number grows beyond count squared
            rank = np.unique(self.values_deg[:, column], return_inverse=True)[1]
            keys = keys * (int(rank.max(initial=0)) + 1) + rank
            _, first, keys = np.unique(keys, return_index=True, return_inverse=True)
        return first, keys


@dataclass(frozen=True, eq=False)
class Hull:
    """A ball and a box around a mesh, in its axes and about one centre: the cheapest lower bounds of a distance."""

    centre_mm: NDArray[np.float64]
    radius_mm: float
    half_mm: NDArray[np.float64]

    @classmethod
    def around(cls, mesh: Mesh) -> Hull:
        """Return the bounding box, and the ball about its middle that holds every vertex."""
        centre = mesh.bounds_mm.mean(axis=0)
        radius = float(np.linalg.norm(mesh.vertices_mm - centre, axis=1).max())
        return cls(centre, radius, np.ptp(mesh.bounds_mm, axis=0) / 2)


@dataclass(frozen=True, eq=False)
class Placement:
    """Where a body stands at each distinct pose of its own.

    Attributes
    ----------
    T_fixed_body : ndarray, shape (k, 4, 4)
        From the body's axes to the room's.
    hull : Hull
        Around the body.
    inverse : ndarray, shape (n,)
        Which of the k each pose takes.

    """

    T_fixed_body: NDArray[np.float64]
    hull: Hull
    inverse: NDArray[np.intp]

    @classmethod
    def of(cls, scene: Scene, body: int, poses: Poses, hull: Hull) -> Placement:
        """Return the placement of a body of ``scene`` at ``poses``."""
        first, inverse = poses.distinct(scene.columns_of_body(body))
        return cls(scene.T_fixed_body(body, poses.values_deg[first]), hull, inverse)

    @cached_property
    def centre_mm(self) -> NDArray[np.float64]:
        """The hull's centre in the room, shape (k, 3)."""
        return self.point_fixed(self.hull.centre_mm)

    @cached_property
    def half_mm(self) -> NDArray[np.float64]:
        """Half of the sides of a box along the room's axes that holds the hull's box, shape (k, 3)."""
        return np.asarray(np.abs(self.T_fixed_body[:, :3, :3]) @ self.hull.half_mm)

    def point_fixed(self, point_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return a point of the body in the room, shape (k, 3)."""
        return np.asarray(self.T_fixed_body[:, :3, :3] @ point_mm + self.T_fixed_body[:, :3, 3])


@dataclass(frozen=True, eq=False)
class Relative:
    """Two bodies against each other at n poses.

    Attributes
    ----------
    a, b : Placement
        Where each stands.
    at_a, at_b : ndarray, shape (n,)
        Which of its places each takes, pose by pose.

    """

    a: Placement
    b: Placement
    at_a: NDArray[np.intp]
    at_b: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.at_a)

    @classmethod
    def at(cls, a: Placement, b: Placement, which: NDArray[np.intp]) -> Relative:
        """Return the two bodies at the poses ``which``."""
        return cls(a, b, a.inverse[which], b.inverse[which])

    def only(self, where: NDArray[np.intp]) -> Relative:
        """Return the same bodies at some of the poses."""
        return Relative(self.a, self.b, self.at_a[where], self.at_b[where])

    def swapped(self) -> Relative:
        """Return the same poses with a and b exchanged."""
        return Relative(self.b, self.a, self.at_b, self.at_a)

    def gap_mm(self) -> NDArray[np.float64]:
        """Return a lower bound (n,) of the distance: that of the balls or boxes around the bodies, at least 0."""
        between = self.a.centre_mm[self.at_a] - self.b.centre_mm[self.at_b]
        of_balls = _lengths(between) - (self.a.hull.radius_mm + self.b.hull.radius_mm)
        apart = np.abs(between) - (self.a.half_mm[self.at_a] + self.b.half_mm[self.at_b])
        of_boxes = _lengths(np.maximum(apart, 0.0))
        return np.maximum(np.maximum(of_balls, of_boxes) - ROUNDING_MM, 0.0)

    def point_of_a_in_b(self, point_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return a point of a in the axes of b, shape (n, 3)."""
        T_fixed_b = self.b.T_fixed_body
        rotated_origin = np.einsum("kji,kj->ki", T_fixed_b[:, :3, :3], T_fixed_b[:, :3, 3])
        in_room = self.a.point_fixed(point_mm)[self.at_a]
        rotated = np.einsum("nji,nj->ni", T_fixed_b[:, :3, :3][self.at_b], in_room)
        return np.asarray(rotated - rotated_origin[self.at_b])


def _lengths(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the lengths (n,) of vectors (n, 3)."""
    return np.asarray(np.sqrt(np.einsum("ni,ni->n", vectors, vectors)))
