"""Bounds on the distance of every pair of a scene, over cells of poses."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from simulator.certify.branch_and_bound import WorkList
from simulator.certify.clearance import least_clearances
from simulator.certify.kernels.advancement import Approaches, distances_when_shifted, first_contacts
from simulator.certify.kernels.affine_bounds import Lower, lower_bounds
from simulator.certify.kernels.bvh import Tree, box_tree
from simulator.certify.kernels.chains import AXIS, COLUMN, MULTIPLIER, NUMBERS, POINT, ROUND, SLIDES
from simulator.certify.kernels.convex_bounds import Upper, upper_bounds
from simulator.certify.kernels.drift import MOST_SLIDES, SLIDE_NUMBERS
from simulator.certify.kernels.motion_bounds import CHAIN, FIXED, SLIDING, TURNING, Kinematics
from simulator.certify.kernels.pair_bounds import Bounds, Collider, bounds
from simulator.certify.kernels.rates import nearest_in, rates
from simulator.certify.kernels.sentinels import NO_TRIANGLE
from simulator.certify.kernels.vectors import ORIGIN, Vector
from simulator.certify.kernels.witnesses import nearest_points, quadratics_at
from simulator.collision.containment import Probes
from simulator.collision.motion import joint_axis, rate_of_body
from simulator.collision.scene import Chain, Scene
from simulator.models.mesh import Mesh
from simulator.scenario.axis import Unit

NEAR_MM = 10.0
MM_IN_DEG = 180.0 / np.pi / 1000.0
"""What a mm counts beside degrees: as much as at the end of a lever of 1 m."""
_made: WeakKeyDictionary[Mesh, dict[float, tuple[Tree, Probes]]] = WeakKeyDictionary()


class Prover:
    """Bounds for the pairs of one scene.

    Parameters
    ----------
    scene : Scene
        Bodies, pairs and kinematics.
    longest_mm : float
        Triangles with longer edges are cut: where a body turns by much in a cell, what is bounded at the corners of a
        long one is bounded too low.
    together : frozenset of int
        Columns of joints whose values lie in an ellipsoid together, within the box of a cell.

    Attributes
    ----------
    turns : list of bool
        Which of the scanned joints are revolute.
    degrees : ndarray, shape (k,)
        What a unit of each counts where sides of cells are compared: a mm as what moves things as far on a lever of
        1 m.
    moves : ndarray of bool, shape (pairs, k)
        Which of the scanned joints move the bodies of each pair against each other.
    """

    def __init__(self, scene: Scene, longest_mm: float = np.inf, together: frozenset[int] = frozenset()) -> None:
        scene.require_bodies_follow()
        self.scene, self._longest_mm, self._together = scene, longest_mm, together
        self.turns = [scene.tree[joint].type != "prismatic" for joint in scene.scan]
        self.degrees = np.where(self.turns, 1.0, MM_IN_DEG)
        made = [_of_mesh(body.mesh, longest_mm) for body in scene.bodies]
        self._trees, self._probes = [tree for tree, _ in made], [probes for _, probes in made]
        self._rates: dict[tuple[int, int, float], float] = {}
        self._kinematics: dict[tuple[int, Chain], Kinematics] = {}
        self._chains = [scene.chains_of_pair(pair) for pair in scene.pairs]
        self.moves = np.zeros((len(scene.pairs), len(scene.scan)), dtype=bool)
        for row, chains in enumerate(self._chains):
            self.moves[row, [column for chain in chains for _, column, _ in chain]] = True
        self._pairs = [
            _alike(self._collider(pair.a, pair.b, of_a), self._collider(pair.b, pair.a, of_b))
            for pair, (of_a, of_b) in zip(scene.pairs, self._chains, strict=True)
        ]

    def on(self, scene: Scene) -> Prover:
        """Return the prover of another scene with the same bodies, pairs and joints of a pose.

        What is carried as before is shared with it; what only stands elsewhere is carried from there.
        """
        other = copy(self)
        other.scene, other._rates = scene, {}
        changed = [body for body in range(len(scene.bodies)) if self.scene.stands_on(body) != scene.stands_on(body)]
        other._kinematics = {
            key: other._carried(*key) if key[0] in changed else kinematics
            for key, kinematics in self._kinematics.items()
        }
        other._pairs = [
            _alike(
                a._replace(kinematics=other._kinematics[pair.a, of_a]),
                b._replace(kinematics=other._kinematics[pair.b, of_b]),
            )
            for pair, (of_a, of_b), (a, b) in zip(scene.pairs, self._chains, self._pairs, strict=True)
        ]
        return other

    def of_boxes(self) -> Prover:
        """Return the prover of the same scene for cells with all their poses, those beyond an ellipsoid, too."""
        return Prover(self.scene, self._longest_mm) if self._together else self

    def unit(self, column: int) -> Unit:
        """Return the unit of a scanned joint's values."""
        return "deg" if self.turns[column] else "mm"

    def sides(self, low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the sides (n, k) of cells in degrees, mm counted in as such."""
        return np.asarray((high - low) * self.degrees)

    def open_sides(self, cells: WorkList) -> NDArray[np.float64]:
        """Return the sides (n, k) of cells, of the first k joints: 0 where a joint moves no pair still asked there.

        What such a side is cut into would be judged the same as the whole.
        """
        k = cells.low.shape[1]
        moved = [np.bincount(cells.cell, moves[cells.row], len(cells)) for moves in self.moves.T[:k]]
        return np.asarray((cells.high - cells.low) * self.degrees[:k] * (np.stack(moved, axis=1) > 0.0))

    def rate(self, body: int, column: int, travel_mm: float) -> float:
        """Return by how many mm a body moves at most for a unit of a joint; see `collision.motion.rate_of_body`."""
        key = body, column, travel_mm
        if key not in self._rates:
            self._rates[key] = rate_of_body(self.scene, body, column, travel_mm)
        return self._rates[key]

    def bounds(
        self,
        row: int,
        middle: NDArray[np.float64],
        reach: NDArray[np.float64],
        cap_mm: NDArray[np.float64],
        floor_mm: NDArray[np.float64],
        hint: NDArray[np.int32],
    ) -> Bounds:
        """Return at least and at most how far apart a pair is in each cell; see `kernels.pair_bounds.bounds`."""
        _require_finite(middle, reach)
        return bounds(*self._pairs[row], middle, reach, floor_mm, cap_mm, hint)

    def clearance_mm(
        self,
        poses: NDArray[np.float64],
        rows: Sequence[int] | None = None,
        slack_mm: float = 0.9,
        *,
        places: int = 0,
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
        places : int
            How many of the last joints have values that are near each other at all poses: where a table stands.

        Returns
        -------
        clearance_mm : ndarray, shape (n,)
            0 where a pair collides; infinity if there are no pairs.
        nearest : ndarray of int16, shape (n,)
            Index of the pair; -1 if there are no pairs.
        """
        rows = range(len(self.scene.pairs)) if rows is None else rows
        _require_finite(poses)
        return least_clearances(self._pairs, list(rows), np.ascontiguousarray(poses, dtype=float), slack_mm, places)

    def first_contacts(
        self,
        row: int,
        column: int,
        starts: NDArray[np.float64],
        stops: NDArray[np.float64],
        wanted_mm: NDArray[np.float64],
    ) -> Approaches:
        """Return where a pair first comes so near as one joint moves; see `kernels.advancement.first_contacts`."""
        _require_finite(starts, stops)
        return first_contacts(*self._pairs[row], column, starts, stops, wanted_mm)

    def distances_when_shifted(
        self, row: int, poses: NDArray[np.float64], shifts_mm: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return the distance (n,) of a pair's surfaces at poses (n, k), its first body moved by shifts (n, 3)."""
        return distances_when_shifted(*self._pairs[row], poses, shifts_mm)

    def tightest(self, poses: NDArray[np.float64]) -> NDArray[np.int16]:
        """Return the pair (n,) that comes nearest to the clearance it must have at poses (n, k)."""
        poses = np.ascontiguousarray(poses, dtype=float)
        nowhere = np.zeros_like(poses)
        margins = np.empty((len(self.scene.pairs), len(poses)))
        for row, pair in enumerate(self.scene.pairs):
            limit = np.full(len(poses), pair.buffer_mm + NEAR_MM)
            hint = np.full((len(poses), 2), NO_TRIANGLE, dtype=np.int32)
            found = self.bounds(row, poses, nowhere, limit, np.zeros(len(poses)), hint)
            margins[row] = found.least - pair.buffer_mm
        return np.asarray(margins.argmin(axis=0), dtype=np.int16)

    def rates(
        self, row: int, poses: NDArray[np.float64], witness: NDArray[np.int32]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return how far apart two triangles are, and how fast joints move them apart; see `kernels.rates.rates`."""
        return rates(*self._pairs[row], poses, witness)

    def nearest_in(
        self, row: int, middle: NDArray[np.float64], reach: NDArray[np.float64], cap_mm: float
    ) -> NDArray[np.int32]:
        """Return the triangles (n, 2) that come nearest in cells; see `kernels.rates.nearest_in`."""
        return nearest_in(*self._pairs[row], middle, reach, cap_mm)

    def upper_bounds(
        self, row: int, middle: NDArray[np.float64], reach: NDArray[np.float64], hint: NDArray[np.int32]
    ) -> Upper:
        """Return how far apart a pair is at most; see `simulator.certify.kernels.convex_bounds.upper_bounds`."""
        _require_finite(middle, reach)
        return upper_bounds(*self._pairs[row], middle, reach, hint)

    def lower_bounds(
        self,
        row: int,
        middle: NDArray[np.float64],
        reach: NDArray[np.float64],
        top_mm: NDArray[np.float64],
        hint: NDArray[np.int32],
        known: Upper,
    ) -> Lower:
        """Return how far apart a pair is at least; see `simulator.certify.kernels.affine_bounds.lower_bounds`."""
        _require_finite(middle, reach)
        return lower_bounds(*self._pairs[row], middle, reach, top_mm, hint, known)

    def nearest_points(
        self, row: int, middle: NDArray[np.float64], reach: NDArray[np.float64], hint: NDArray[np.int32]
    ) -> NDArray[np.float64]:
        """Return the points that two triangles have nearest; see `simulator.certify.kernels.witnesses`."""
        return nearest_points(*self._pairs[row], middle, reach, hint)

    def quadratics_at(
        self,
        row: int,
        middle: NDArray[np.float64],
        reach: NDArray[np.float64],
        points: NDArray[np.float64],
        at: NDArray[np.float64],
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return what a distance is at most at each of some places; see `simulator.certify.kernels.witnesses`."""
        return quadratics_at(*self._pairs[row], middle, reach, points, at)

    def _collider(self, body: int, other: int, chain: Chain) -> Collider:
        """Return a body of a pair that a chain of joints moves; what carries both moves none against the other."""
        low, high = self.scene.bodies[other].mesh.bounds_mm
        probes, diagonal_mm = self._probes[body], float(np.linalg.norm(high - low))
        small = [
            points[:1]
            for points, extent_mm in zip(probes.points_mm, probes.extents_mm, strict=True)
            if extent_mm <= diagonal_mm
        ]
        if (body, chain) not in self._kinematics:  # the same in all pairs of the body that these joints move
            self._kinematics[body, chain] = self._carried(body, chain)
        return Collider(self._trees[body], self._kinematics[body, chain], np.concatenate([np.empty((0, 3)), *small]))

    def _carried(self, body: int, chain: Chain) -> Kinematics:
        """Return how a chain of joints carries a body, the other scanned joints at 0."""
        T_fixed_body = self.scene.T_fixed_body(body, self.scene.at_zero)[0]
        rows = (_vector(T_fixed_body[0]), _vector(T_fixed_body[1]), _vector(T_fixed_body[2]))
        shift = _vector(T_fixed_body[:, 3])
        moving = [link for link in chain if self.scene.tree[link[0]].type != "fixed"]
        joints = np.zeros((len(moving), NUMBERS))
        for numbers, (joint, column, multiplier) in zip(joints, moving, strict=True):
            origin, axis = joint_axis(self.scene, joint)
            slides = self.scene.tree[joint].type == "prismatic"
            is_alone = sum(column == other for _, other, _ in moving) == 1  # else it is counted as in a box
            is_round = column in self._together and is_alone
            numbers[:] = (slides, column, multiplier, *axis, *origin, is_round)
        if len(joints) == 0:
            return Kinematics(FIXED, 0, ORIGIN, (0.0, 0.0, 1.0), rows, shift, None, None)
        slides, column, multiplier = bool(joints[0, SLIDES]), int(joints[0, COLUMN]), joints[0, MULTIPLIER]
        # Bounds that follow the value of a joint take its kind from the sweep: one that mimics a joint of the other
        # kind is a chain, and so is one that goes by another amount than it; -1 is as much about the opposite axis.
        is_followed = abs(multiplier) == 1.0 and self.turns[column] != slides  # @followed
        beyond = _slides(joints)
        if not is_followed or (len(joints) > 1 and beyond is None):
            return Kinematics(CHAIN, 0, ORIGIN, (0.0, 0.0, 1.0), rows, shift, joints, None)
        kind, along = SLIDING if slides else TURNING, _vector(multiplier * joints[0, AXIS:POINT])
        return Kinematics(kind, column, _vector(joints[0, POINT:]), along, rows, shift, None, beyond)


def _require_finite(*values: NDArray[np.float64]) -> None:
    """Refuse joint values that are no numbers: whatever is compared with one seems not to be near."""
    if not all(np.isfinite(each).all() for each in values):
        raise ValueError("joint values must be finite")


def _alike(a: Collider, b: Collider) -> tuple[Collider, Collider]:
    """Return a pair where both bodies have a chain, or slides, if one has: no joints move the other no further.

    All kernels are compiled for the types of both, and that takes longer than most answers: so there are three kinds
    of pairs (no array, slides, both) and not one for each combination.
    """
    carried = a.kinematics, b.kinematics
    has_chain = any(each.chain is not None for each in carried)
    if not has_chain and all(each.slides is None for each in carried):
        return a, b
    filled = [
        each._replace(
            chain=np.zeros((0, NUMBERS)) if has_chain and each.chain is None else each.chain,
            slides=np.zeros((0, SLIDE_NUMBERS)) if each.slides is None else each.slides,
        )
        for each in carried
    ]
    return a._replace(kinematics=filled[0]), b._replace(kinematics=filled[1])


def _slides(joints: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Return columns and axes (m, 4) of prismatic joints beyond a revolute one; None if a chain is anything else."""
    columns = joints[:, COLUMN]
    if len(joints) < 2 or joints[0, SLIDES] or not joints[1:, SLIDES].all():
        return None
    if len(joints) - 1 > MOST_SLIDES or len(set(columns)) < len(joints) or joints[:, ROUND].any():
        return None
    return np.column_stack([columns[1:], joints[1:, MULTIPLIER, None] * joints[1:, AXIS:POINT]])


def _of_mesh(mesh: Mesh, longest_mm: float) -> tuple[Tree, Probes]:
    """Return tree and probes of a mesh, made once: rooms, and ways in them, differ in how bodies move."""
    made = _made.setdefault(mesh, {})
    if longest_mm not in made:
        made[longest_mm] = box_tree(mesh, longest_mm), Probes.of(mesh)
    return made[longest_mm]


def _vector(values: NDArray[np.float64]) -> Vector:
    return float(values[0]), float(values[1]), float(values[2])
