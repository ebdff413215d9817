"""A body on a random joint, all over a cell of poses, by plain kinematics."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.certify.kernels.motion_bounds import FIXED, SLIDING, TURNING, Carriage, stand
from simulator.geometry.transforms import apply
from simulator.models.kinematics import Joint, KinematicTree

KINDS = ["fixed", "revolute", "prismatic"]
REACHES = [0.0, 1e-4, 0.03, 1.0, 20.0, 90.0]
SAMPLES = 61


def triple(values):
    """Numbers as the kernels take a vector."""
    return tuple(float(value) for value in values)


def unit(rng):
    """A random direction."""
    vector = rng.normal(size=3)
    return vector / np.linalg.norm(vector)


@dataclass
class Carried:
    """A body on a joint, the body as the bounds see it in the middle of a cell, and where it stands all over it."""

    stand: object
    reach: float
    T: np.ndarray
    T_middle: np.ndarray
    origin: np.ndarray
    axis: np.ndarray

    @classmethod
    def random(cls, rng, kind, reach):
        """A tilted joint that misses the origin, and a fixed joint beyond it that carries the body."""

        def joint(name, kind, parent):
            axis = rng.normal(size=3)
            rows = np.linalg.qr(rng.normal(size=(3, 3)))[0]
            rows *= np.sign(np.linalg.det(rows))
            return Joint(
                name,
                kind,
                parent,
                triple(axis / np.linalg.norm(axis)),
                triple(rng.uniform(-500, 500, 3)),
                None,
                tuple(map(triple, rows)),
            )

        tree = KinematicTree(
            (joint("before", "fixed", "fixed"), joint("own", kind, "before"), joint("after", "fixed", "own"))
        )
        middle = float(rng.uniform(-180, 180))
        values = middle + reach * np.linspace(-1, 1, SAMPLES)
        at_zero = tree.T_fixed_frame("after", {"own": 0.0})
        own, before = tree.T_fixed_frame("own", {}), tree.T_fixed_frame("before", {})
        axis = before[:3, :3] @ np.asarray(tree["own"].rotation_parent) @ np.asarray(tree["own"].axis)
        number = {"fixed": FIXED, "revolute": TURNING, "prismatic": SLIDING}[kind]
        rows, shift = tuple(map(triple, at_zero[:3, :3])), triple(at_zero[:3, 3])
        carriage = Carriage(number, triple(own[:3, 3]), triple(axis), rows, shift)
        T = np.broadcast_to(tree.T_fixed_frame("after", {"own": values}), (SAMPLES, 4, 4))
        T_middle = tree.T_fixed_frame("after", {"own": middle})
        return cls(stand(carriage, middle, reach), reach, T, T_middle, own[:3, 3], axis)

    def everywhere(self, points_mm):
        """Points of the body in the room, over the cell: (samples, n, 3)."""
        return apply(self.T, points_mm)

    def radius_mm(self, points_mm):
        """The largest distance of points of the body from a turning joint's axis; 0 if it does not turn."""
        if self.stand.turn == 0.0:
            return 0.0
        arms = apply(self.T_middle, points_mm) - self.origin
        return float(np.linalg.norm(np.cross(arms, self.axis), axis=1).max())

    @property
    def second_order(self):
        """1 − cos of the reach: what a bound may lose, as a share of the radius."""
        return 0.0 if self.stand.turn == 0.0 else 1.0 - np.cos(np.radians(self.reach))

    @property
    def first_order(self):
        """2 sin of half the reach: how far a point moves, as a share of its radius."""
        return 0.0 if self.stand.turn == 0.0 else 2.0 * np.sin(np.radians(self.reach) / 2)
