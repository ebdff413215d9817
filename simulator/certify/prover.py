"""Bounds on the distance of every pair of a scene, over cells of poses."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simulator.certify.clearance import least_clearances
from simulator.certify.kernels.affine_bounds import below
from simulator.certify.kernels.bvh import box_tree
from simulator.certify.kernels.convex_bounds import above
from simulator.certify.kernels.motion_bounds import FIXED, SLIDING, TURNING, Carriage
from simulator.certify.kernels.pair_bounds import Side, bounds
from simulator.certify.kernels.vectors import Vector
from simulator.collision.containment import Probes
from simulator.collision.motion import joint_axis
from simulator.collision.scene import Pair, Scene
from simulator.errors import SimulatorError
from simulator.scenario.sweep import Unit

NEAR_MM = 10.0
MM_IN_DEG = 180.0 / np.pi / 1000.0
"""What a mm counts beside degrees: as much as at the end of a lever of 1 m."""


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
        self.turns = [scene.tree[joint].type != "prismatic" for joint in scene.scan]
        self.degrees = np.where(self.turns, 1.0, MM_IN_DEG)
        self._trees = [box_tree(body.mesh) for body in scene.bodies]
        self._probes = [Probes.of(body.mesh) for body in scene.bodies]
        self._carriages: dict[tuple[int, int | None], Carriage] = {}
        self._sides = [(self._side(pair, pair.a, pair.b), self._side(pair, pair.b, pair.a)) for pair in scene.pairs]

    def unit(self, column: int) -> Unit:
        """Return the unit of a scanned joint's values."""
        return "deg" if self.turns[column] else "mm"

    def sides(self, low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the sides (n, k) of cells, in degrees; mm count as what moves things as far on a lever of 1 m."""
        return np.asarray((high - low) * self.degrees)

    def bounds(
        self,
        row: int,
        middle: NDArray[np.float64],
        reach: NDArray[np.float64],
        cap_mm: NDArray[np.float64],
        floor_mm: NDArray[np.float64],
        hint: NDArray[np.int32],
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return at least and at most how far apart a pair is in each cell; see `pair_bounds.bounds`."""
        least, most = np.empty(len(middle)), np.empty(len(middle))
        bounds(*self._sides[row], middle, reach, cap_mm, floor_mm, hint, least, most)
        return least, most

    def clearance_mm(
        self, poses: NDArray[np.float64], rows: Sequence[int] | None = None, slack_mm: float = 0.9
    ) -> tuple[NDArray[np.float64], NDArray[np.int16]]:
        """Return the clearance at each pose, never more than it is, and which pair has it.

        Parameters
        ----------
        poses : ndarray, shape (n, k)
            Values of the scanned joints; fastest where neighbours follow each other.
        rows : sequence of int, optional
            The pairs to ask; all if not given.
        slack_mm : float
            How much less than the true distance the answer may be.

        Returns
        -------
        clearance_mm : ndarray, shape (n,)
            0 where a pair collides; infinity if there are no pairs.
        nearest : ndarray of int16, shape (n,)
            Index of the pair; -1 if there are no pairs.
        """
        rows = range(len(self.scene.pairs)) if rows is None else rows
        return least_clearances(self._sides, list(rows), np.ascontiguousarray(poses, dtype=float), slack_mm)

    def tightest(self, poses: NDArray[np.float64]) -> NDArray[np.int16]:
        """Return the pair (n,) that comes nearest to the clearance it must have at poses (n, k)."""
        poses = np.ascontiguousarray(poses, dtype=float)
        nowhere = np.zeros_like(poses)
        margins = np.empty((len(self.scene.pairs), len(poses)))
        for row, pair in enumerate(self.scene.pairs):
            limit = np.full(len(poses), pair.buffer_mm + NEAR_MM)
            hint = np.full((len(poses), 2), -1, dtype=np.int32)
            least, _ = self.bounds(row, poses, nowhere, limit, np.zeros(len(poses)), hint)
            margins[row] = least - pair.buffer_mm
        return np.asarray(margins.argmin(axis=0), dtype=np.int16)

    def above(
        self,
        row: int,
        middle: NDArray[np.float64],
        reach: NDArray[np.float64],
        hint: NDArray[np.int32],
        bowls: NDArray[np.float64],
        most: NDArray[np.float64],
    ) -> None:
        """Write how far apart a pair is at most; see `simulator.certify.kernels.convex_bounds.above`."""
        above(*self._sides[row], middle, reach, hint, bowls, most)

    def below(
        self,
        row: int,
        middle: NDArray[np.float64],
        reach: NDArray[np.float64],
        top_mm: NDArray[np.float64],
        hint: NDArray[np.int32],
        plane: NDArray[np.float64],
        bowls: NDArray[np.float64],
        most: NDArray[np.float64],
    ) -> None:
        """Write how far apart a pair is at least; see `simulator.certify.kernels.affine_bounds.below`."""
        below(*self._sides[row], middle, reach, top_mm, hint, plane, bowls, most)

    def _side(self, pair: Pair, body: int, other: int) -> Side:
        carriage, column = self._carriage(pair, body)
        low, high = self.scene.bodies[other].mesh.bounds_mm
        probes, diagonal_mm = self._probes[body], float(np.linalg.norm(high - low))
        small = [
            points[:1]
            for points, extent_mm in zip(probes.points_mm, probes.extents_mm, strict=True)
            if extent_mm <= diagonal_mm
        ]
        return Side(self._trees[body], carriage, column, np.concatenate([np.empty((0, 3)), *small]))

    def _carriage(self, pair: Pair, body: int) -> tuple[Carriage, int]:
        """Return how a body is carried as far as it matters to a pair, and the column of the joint that does it.

        A scanned joint that carries both bodies moves none against the other, and is left at 0.
        """
        columns = set(self.scene.columns_of_body(body)) & set(self.scene.columns_of_pair(pair))
        if len(columns) > 1:
            raise SimulatorError(
                f"{pair.name}: both scanned joints carry {self.scene.bodies[body].name!r}; nothing is proven for "
                "such pairs, only sampled"
            )
        column = columns.pop() if columns else None
        if (body, column) not in self._carriages:  # the same in all pairs of the body that this joint moves
            self._carriages[body, column] = self._carried(body, column)
        return self._carriages[body, column], column or 0

    def _carried(self, body: int, column: int | None) -> Carriage:
        """Return how one scanned joint, or none, carries a body."""
        T_fixed_body = self.scene.T_fixed_body(body, self.scene.at_zero)[0]
        rows = (_vector(T_fixed_body[0]), _vector(T_fixed_body[1]), _vector(T_fixed_body[2]))
        shift = _vector(T_fixed_body[:, 3])
        if column is None:
            return Carriage(FIXED, (0.0, 0.0, 0.0), (0.0, 0.0, 1.0), rows, shift)
        origin, axis = joint_axis(self.scene, self.scene.scan[column])
        kind = SLIDING if self.scene.tree[self.scene.scan[column]].type == "prismatic" else TURNING
        return Carriage(kind, _vector(origin), _vector(axis), rows, shift)


def _vector(values: NDArray[np.float64]) -> Vector:
    return float(values[0]), float(values[1]), float(values[2])
