"""The directions that have all that is asked of a beam: samples that stand for them, and a pose of each.

*Where a map has certified cells*, a direction is achievable if one of its two poses lies in a cell that is proven
free, and has what else is asked. Samples are points of a lattice on the sphere, scaled so that those that are free
stand for the lower bound of the solid angle together, which is what is proven free.

*Of a sampled map*, or where no proof is asked for, nothing is known between the poses of the sweep. So samples are
those poses, the free ones, each with its share of the sampled solid angle.

*Coplanar* directions are a curve. A sample of it stands for the part around it of the band that is one step of the
sweep wide.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulator.certify.branch_and_bound import FREE
from simulator.directions.lattices import fibonacci_lattice
from simulator.geometry.angles import FULL_TURN_DEG
from simulator.maps.beams.filters import Poses, Test
from simulator.maps.beams.free_cells import FreeCells
from simulator.maps.mapped import Mapped

Directions = NDArray[np.float64]
Depth = Callable[[Poses], NDArray[np.float64]]
DIGITS = 4
"""Of the angles of a pose: as many as every form of a list keeps, so that none takes a beam off the pose proven."""
NEAR_DEG = 1e-6
CURVE_DEG = 0.01
"""Between samples of a curve."""


@dataclass(frozen=True, eq=False)
class Samples:
    """Achievable directions.

    Attributes
    ----------
    poses : ndarray, shape (m, 2)
        A pose of each, inner and outer joint.
    directions : ndarray, shape (m, 3)
        Unit vectors in the axes of the chart.
    weight_sr : ndarray, shape (m,)
        What each stands for.
    """

    poses: Poses
    directions: Directions
    weight_sr: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.poses)


@dataclass(frozen=True, eq=False)
class Swept:
    """Directions of poses of the sweep.

    Attributes
    ----------
    plane : Mapped
        A map of the two joints that give directions.
    tests : sequence of Test
        What is asked beside that a pose is free.
    is_free : Test
        Whether poses are free that are not of the sweep.
    """

    plane: Mapped
    tests: Sequence[Test]
    is_free: Test

    def samples(self, number: int) -> Samples:
        """Return the free poses of the sweep, however many; the outer joint nearest to 0 first."""
        del number
        (inner, outer), chart = self.plane.sweep, self.plane.chart
        weights = chart.shares_sr(inner.edges(), outer.edges(), self.plane.is_free)
        at = np.argwhere(self.plane.is_free)
        poses = np.stack([inner.values()[at[:, 0]], outer.values()[at[:, 1]]], axis=1)
        order = np.argsort(np.abs(poses[:, 1]), kind="stable")
        at, poses = at[order], poses[order]
        kept = passing(self.tests, poses)
        return Samples(poses[kept], chart.directions(*poses[kept].T), weights[tuple(at[kept].T)])

    def settled(self, poses: Poses) -> Poses:
        """Return poses (n, 2) of samples as they are: those were checked, and no other pose of a direction was."""
        return poses

    def best(self, poses: Poses) -> Poses:
        """Return for each direction, given by one of its poses (n, 2), the one to take; NaN where there is none."""
        return _better(images_of(self.plane, poses), [self.is_free, *self.tests], None)


@dataclass(frozen=True, eq=False)
class Proven:
    """Directions of poses in cells that are proven free.

    Attributes
    ----------
    plane : Mapped
        A map of the two joints that give directions.
    tests : sequence of Test
        What is asked beside that a pose is free.
    free : FreeCells
        Its cells.
    is_coplanar : bool
        Whether the outer joint stands at 0.
    """

    plane: Mapped
    tests: Sequence[Test]
    free: FreeCells
    is_coplanar: bool

    @cached_property
    def sr(self) -> float:
        """Solid angle of the directions that are proven free."""
        free = self.free.cells.only(self.free.cells.status == FREE)
        return self.plane.chart.covered_sr(free.low, free.high)[0]

    def samples(self, number: int) -> Samples:
        """Return the achievable ones of so many directions on the whole sphere, or those of the curve."""
        if self.is_coplanar:
            return self._of_curve()
        directions = fibonacci_lattice(number)
        poses = np.stack(self.plane.chart.angles(directions), axis=1)
        images = images_of(self.plane, poses)
        free = [passing([self.free.hold], image) for image in images]
        sr = self.sr / max(int((free[0] | free[1]).sum()), 1)
        first, second = (_left_by(self.tests, left, image) for left, image in zip(free, images, strict=True))
        taken = np.where(first[:, None], images[0], images[1])[first | second]
        return Samples(taken, self.plane.chart.directions(*taken.T), np.full(len(taken), sr))

    def _of_curve(self) -> Samples:
        inner, outer = self.plane.sweep
        count = max(round((inner.stop - inner.start) / CURVE_DEG), 1)
        edges = np.linspace(inner.start, inner.stop, count + 1)
        half = outer.step / 2
        low = np.stack([edges[:-1], np.full(count, max(-half, outer.start))], axis=1)
        high = np.stack([edges[1:], np.full(count, min(half, outer.stop))], axis=1)
        poses = np.stack([np.round((edges[:-1] + edges[1:]) / 2, DIGITS), np.zeros(count)], axis=1)
        if not outer.start <= 0.0 <= outer.stop:
            poses, low, high = poses[:0], low[:0], high[:0]
        kept = passing([self.free.hold, *self.tests], poses)
        weights = self.plane.chart.area_sr(low[kept], high[kept])
        return Samples(poses[kept], self.plane.chart.directions(*poses[kept].T), weights)

    def settled(self, poses: Poses) -> Poses:
        """Return for each sample, given by its pose (n, 2), the pose to take."""
        return self.best(poses)

    def best(self, poses: Poses) -> Poses:
        """Return for each direction, given by one of its poses (n, 2), the one to take; NaN where there is none.

        Of two that have all that is asked it is the one deeper in the free cells: farther, in degrees of both joints,
        from any pose that is not proven free. If that does not tell, it is the one with the outer joint nearer to 0.
        """
        return _better(images_of(self.plane, poses), [self.free.hold, *self.tests], self.free.depth_deg)


Region = Swept | Proven


def passing(tests: Sequence[Test], poses: Poses) -> NDArray[np.bool_]:
    """Return which poses (n, 2) pass all tests; NaN passes none. Each test is asked what those before it left."""
    return _left_by(tests, ~np.isnan(poses[:, 0]), poses)


def _left_by(tests: Sequence[Test], left: NDArray[np.bool_], poses: Poses) -> NDArray[np.bool_]:
    left = left.copy()
    for test in tests:
        at = np.flatnonzero(left)
        if len(at):
            left[at] = test(poses[at])
    return left


def images_of(plane: Mapped, poses: Poses) -> NDArray[np.float64]:
    """Return both poses (2, n, 2) of directions that are given by one of them, within the sweep; NaN if not in it."""
    images = np.stack(plane.chart.twins(poses[:, 0], poses[:, 1]), axis=-1)
    for column, axis in enumerate(plane.sweep):
        values = np.mod(images[..., column] - axis.start + NEAR_DEG, FULL_TURN_DEG) + axis.start - NEAR_DEG
        values = np.where(values <= axis.stop + NEAR_DEG, values, np.nan)
        images[..., column] = np.clip(np.round(values, DIGITS), axis.start, axis.stop) + 0.0
    images[np.isnan(images).any(axis=-1)] = np.nan
    return images


def _better(images: NDArray[np.float64], tests: Sequence[Test], depth_deg: Depth | None) -> Poses:
    """Return of two images (2, n, 2) of each direction the better one that passes; NaN where none does."""
    first, second = (passing(tests, image) for image in images)
    is_second = ~first
    both = np.flatnonzero(first & second)
    if len(both) and depth_deg is not None:
        depth, depth_of_second = (depth_deg(image[both]) for image in images)
    else:
        depth = depth_of_second = np.zeros(len(both))
    is_nearer = np.abs(images[1, both, 1]) < np.abs(images[0, both, 1])
    is_same = np.isclose(depth, depth_of_second, rtol=0.0, atol=NEAR_DEG)
    is_second[both] = np.where(is_same, is_nearer, depth_of_second > depth)
    taken = np.where(is_second[:, None], images[1], images[0])
    return np.where((first | second)[:, None], taken, np.nan)
