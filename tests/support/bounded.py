"""What is proven of a pair over a cell, and its distance by FCL at poses of that cell."""

import numpy as np

from simulator.certify.kernels.convex_bounds import QUADRATIC
from simulator.certify.kernels.sentinels import FAR_MM, NO_TRIANGLE
from simulator.certify.prover import Prover
from simulator.collision.checker import Checker

EXACT_MM = 1e-5
ALONG = np.array([-1.0, -0.5, 0.0, 0.4, 1.0])


class Asked:
    """What is proven of the one pair of a scene over a cell, and its distance at poses of that cell."""

    def __init__(self, scene, middle, reach, top_mm, times=2):
        prover, hint, self.most_mm = Prover(scene), np.full((1, 2), NO_TRIANGLE, dtype=np.int32), FAR_MM
        for _ in range(times):  # the nearest triangles that are found at first give the slopes
            upper = prover.upper_bounds(0, middle[None], reach[None], hint)
            found = prover.lower_bounds(0, middle[None], reach[None], np.array([top_mm]), hint, upper)
            hint, self.most_mm = found.witness, min(self.most_mm, found.upper.most[0])
        self.affine, self.near, self.inner = found.affine[0], found.upper.near[0], found.upper.inner[0]
        offset = np.stack(np.meshgrid(ALONG, ALONG), axis=-1).reshape(-1, 2) * reach
        self.clearance_mm = Checker(scene).clearance(middle + offset)[0]
        turns, angle = np.array(prover.turns), np.radians(offset)
        self.x, self.versine = np.where(turns, np.sin(angle), offset), np.where(turns, 1.0 - np.cos(angle), 0.0)

    @property
    def least_mm(self):
        """The affine bound at the sampled poses."""
        level, slopes, bends = self.affine[0], self.affine[1:3], self.affine[3:5]
        return level + self.x @ slopes - self.versine @ bends

    def squares(self, quadratics):
        """Bowls at the sampled poses: (quadratics, poses)."""
        powers = [np.ones(len(self.x)), *self.x.T, *(self.x**2).T, self.x.prod(axis=1)]
        known = [numbers[:QUADRATIC] @ powers for numbers in quadratics if numbers[0] < FAR_MM]
        return np.array(known).reshape(-1, len(self.x))

    @property
    def of_balls_mm(self):
        """What balls say that the distance is at most, at the sampled poses: (balls, poses)."""
        radii = self.inner[self.inner[:, 0] < FAR_MM, QUADRATIC]
        return np.sqrt(np.maximum(self.squares(self.inner), 0.0)) - radii[:, None]

    def check(self):
        """All claims against the sampled distances; which kinds of claim there were."""
        near, of_balls_mm = self.squares(self.near), self.of_balls_mm
        assert (self.least_mm <= self.clearance_mm + EXACT_MM).all()
        assert (self.clearance_mm <= max(self.most_mm, 0.0) + EXACT_MM).all()
        assert (self.clearance_mm <= np.sqrt(np.maximum(near, 0.0)) + EXACT_MM).all()
        assert (self.clearance_mm <= np.maximum(of_balls_mm, 0.0) + EXACT_MM).all()
        assert not ((of_balls_mm < 0.0) & (self.clearance_mm > 0.0)).any()
        return np.array(
            [
                self.affine[0] > 0.0 and self.affine[1:].any(),
                self.affine[0] > 0.0 and not self.affine[1:].any(),
                0.0 <= self.most_mm < FAR_MM,
                self.most_mm < 0.0,
                (of_balls_mm < 0.0).any(),
            ]
        )
