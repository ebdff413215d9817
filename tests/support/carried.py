"""A body on a random joint, or a chain of them, all over a cell of poses, by plain kinematics."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.certify.kernels.chains import NUMBERS
from simulator.certify.kernels.drift import SLIDE_NUMBERS
from simulator.certify.kernels.motion_bounds import CHAIN, FIXED, SLIDING, TURNING, Kinematics, moving
from simulator.certify.kernels.vectors import ORIGIN
from simulator.geometry.transforms import apply
from simulator.models.kinematics import Joint, KinematicTree

KINDS = ["fixed", "revolute", "prismatic"]
REACHES = [0.0, 1e-4, 0.03, 1.0, 20.0, 90.0]
SAMPLES = 61
ARRAYS = np.zeros((0, NUMBERS)), np.zeros((0, SLIDE_NUMBERS))
"""Chain and slides of a body that has neither: as the prover gives them to one that is paired with a chain."""


def triple(values):
    """Numbers as the kernels take a vector."""
    return tuple(float(value) for value in values)


def unit(rng):
    """A random direction."""
    vector = rng.normal(size=3)
    return vector / np.linalg.norm(vector)


def random_joint(rng, name, kind, parent):
    """A joint with a tilted axis, away from its parent's origin."""
    rows = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    rows *= np.sign(np.linalg.det(rows))
    shift = triple(rng.uniform(-500, 500, 3))
    return Joint(name, kind, parent, triple(unit(rng)), shift, None, tuple(map(triple, rows)))


def axis_of(tree, name):
    """A point and the direction of a joint's axis in the room, all joints at 0."""
    parent = tree.T_fixed_frame(tree[name].parent, {})
    axis = parent[:3, :3] @ np.asarray(tree[name].rotation_parent) @ np.asarray(tree[name].axis)
    return tree.T_fixed_frame(name, {})[:3, 3], axis


@dataclass
class Carried:
    """A body on joints, the body as the bounds see it in the middle of a cell, and where it stands all over it."""

    motion: object
    reach: float
    T: np.ndarray
    T_middle: np.ndarray
    origin: np.ndarray
    axis: np.ndarray
    columns: tuple = (0,)

    @classmethod
    def random(cls, rng, kind, reach):
        """A tilted joint that misses the origin, and a fixed joint beyond it that carries the body."""
        places = (("before", "fixed", "fixed"), ("own", kind, "before"), ("after", "fixed", "own"))
        tree = KinematicTree(tuple(random_joint(rng, *place) for place in places))
        middle = float(rng.uniform(-180, 180))
        values = middle + reach * np.linspace(-1, 1, SAMPLES)
        at_zero = tree.T_fixed_frame("after", {})
        origin, axis = axis_of(tree, "own")
        number = {"fixed": FIXED, "revolute": TURNING, "prismatic": SLIDING}[kind]
        rows, shift = tuple(map(triple, at_zero[:3, :3])), triple(at_zero[:3, 3])
        kinematics = Kinematics(number, 0, triple(origin), triple(axis), rows, shift, *ARRAYS)
        T = np.broadcast_to(tree.T_fixed_frame("after", {"own": values}), (SAMPLES, 4, 4))
        motion = moving(kinematics, np.array([middle]), np.array([reach]))
        return cls(motion, reach, T, tree.T_fixed_frame("after", {"own": middle}), origin, axis)

    @classmethod
    def chain(cls, rng, reach):
        """One to four joints that carry each other, the last of some as much as the first again; all of a cell."""
        count = int(rng.integers(1, 5))
        kinds = [str(kind) for kind in rng.choice(["revolute", "revolute", "prismatic"], count)]
        columns = [*range(count - 1), 0 if rng.random() < 0.4 else count - 1]
        factors = rng.choice([1.0, -1.0, 0.5, 2.0], count)
        names = ["fixed", *(f"joint {i}" for i in range(count))]
        joints = [random_joint(rng, names[i + 1], kinds[i], names[i]) for i in range(count)]
        tree = KinematicTree((*joints, random_joint(rng, "after", "fixed", names[-1])))
        rows = [  # the last number: no ellipsoid holds it together with others
            (kind == "prismatic", column, factor, *np.concatenate(axis_of(tree, name)[::-1]), 0.0)
            for name, kind, column, factor in zip(names[1:], kinds, columns, factors, strict=True)
        ]
        at_zero = tree.T_fixed_frame("after", {})
        place = tuple(map(triple, at_zero[:3, :3])), triple(at_zero[:3, 3])
        kinematics = Kinematics(CHAIN, 0, ORIGIN, (0.0, 0.0, 1.0), *place, np.array(rows, dtype=float), ARRAYS[1])
        middle, extent = rng.uniform(-90, 90, count), reach * rng.uniform(0.1, 1.0, count)
        along = rng.uniform(-1, 1, (SAMPLES, count))
        corners = np.stack(np.meshgrid(*[(-1.0, 1.0)] * count), axis=-1).reshape(-1, count)
        along[: len(corners)], along[SAMPLES // 2] = corners, 0.0
        poses = middle + along * extent

        def placed(poses):
            values = {
                name: factor * poses[..., c] for name, c, factor in zip(names[1:], columns, factors, strict=True)
            }
            return tree.T_fixed_frame("after", values)

        return cls(
            moving(kinematics, middle, extent), reach, placed(poses), placed(middle), *np.zeros((2, 3)), columns
        )

    def everywhere(self, points_mm):
        """Points of the body in the room, over the cell: (samples, n, 3)."""
        return apply(self.T, points_mm)

    def radius_mm(self, points_mm):
        """The largest distance of points of the body from a turning joint's axis; 0 if it does not turn."""
        if self.motion.turn == 0.0:
            return 0.0
        arms = apply(self.T_middle, points_mm) - self.origin
        return float(np.linalg.norm(np.cross(arms, self.axis), axis=1).max())

    @property
    def second_order(self):
        """1 − cos of the reach: what a bound may lose, as a share of the radius."""
        return 0.0 if self.motion.turn == 0.0 else 1.0 - np.cos(np.radians(self.reach))

    @property
    def first_order(self):
        """2 sin of half the reach: how far a point moves, as a share of its radius."""
        return 0.0 if self.motion.turn == 0.0 else 2.0 * np.sin(np.radians(self.reach) / 2)
