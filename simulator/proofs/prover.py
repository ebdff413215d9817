"""Bounds on the distance of every pair of a scene, over cells of poses."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.collision.containment import Probes
from simulator.collision.motion import joint_axis
from simulator.collision.scene import Pair, Scene
from simulator.errors import SimulatorError
from simulator.proofs.bounds import Side, bounds
from simulator.proofs.slabs import FIXED, SLIDING, TURNING, Carriage
from simulator.proofs.trees import box_tree
from simulator.proofs.vectors import Vector

AT_ZERO = np.zeros((1, 2))


class Prover:
    """Bounds for the pairs of one scene.

    Parameters
    ----------
    scene : Scene
        Bodies, pairs and kinematics.

    Raises
    ------
    SimulatorError
        If both scanned joints move one body of a pair against the other: for them no bound is claimed.
    """

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self._trees = [box_tree(body.mesh) for body in scene.bodies]
        self._probes = [Probes.of(body.mesh) for body in scene.bodies]
        self._sides = [(self._side(pair, pair.a, pair.b), self._side(pair, pair.b, pair.a)) for pair in scene.pairs]

    def bounds(
        self,
        row: int,
        middle: NDArray[np.float64],
        reach: NDArray[np.float64],
        cap_mm: NDArray[np.float64],
        floor_mm: NDArray[np.float64],
        hint: NDArray[np.int32],
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return at least and at most how far apart a pair is in each cell; see `simulator.proofs.bounds.bounds`."""
        least, most = np.empty(len(middle)), np.empty(len(middle))
        bounds(*self._sides[row], middle, reach, cap_mm, floor_mm, hint, least, most)
        return least, most

    def _side(self, pair: Pair, body: int, other: int) -> Side:
        carriage, column = self._carriage(pair, body)
        mesh, outer = self.scene.bodies[body].mesh, self.scene.bodies[other].mesh
        low, high = outer.bounds_mm
        probes, diagonal_mm = self._probes[body], float(np.linalg.norm(high - low))
        small = [
            points[:1] if outer.is_closed else points
            for points, extent_mm in zip(probes.points_mm, probes.extents_mm, strict=True)
            if extent_mm <= diagonal_mm
        ]
        return Side(self._trees[body], carriage, column, mesh.is_closed, np.concatenate([np.empty((0, 3)), *small]))

    def _carriage(self, pair: Pair, body: int) -> tuple[Carriage, int]:
        """Return how a body is carried as far as it matters to a pair, and the column of the joint that does it.

        A scanned joint that carries both bodies moves none against the other, and is left at 0.
        """
        T_fixed_body = self.scene.T_fixed_body(body, AT_ZERO)[0]
        rows = (_vector(T_fixed_body[0]), _vector(T_fixed_body[1]), _vector(T_fixed_body[2]))
        shift = _vector(T_fixed_body[:, 3])
        columns = set(self.scene.columns_of_body(body)) & set(self.scene.columns_of_pair(pair))
        if len(columns) > 1:
            raise SimulatorError(
                f"{pair.name}: both scanned joints carry {self.scene.bodies[body].name!r}; nothing is proven for "
                "such pairs, only sampled"
            )
        if not columns:
            return Carriage(FIXED, (0.0, 0.0, 0.0), (0.0, 0.0, 1.0), rows, shift), 0
        column = columns.pop()
        origin, axis = joint_axis(self.scene, self.scene.scan[column])
        kind = SLIDING if self.scene.tree[self.scene.scan[column]].type == "prismatic" else TURNING
        return Carriage(kind, _vector(origin), _vector(axis), rows, shift), column


def _vector(values: NDArray[np.float64]) -> Vector:
    return float(values[0]), float(values[1]), float(values[2])
