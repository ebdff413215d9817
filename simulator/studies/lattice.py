"""The isocentres of a lattice in one patient, in cubes of up to 4 × 4 × 4 that are worked on together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.errors import SimulatorError
from simulator.scenario.study import MOST_CASES, Lattice
from simulator.studies.case import Vector
from simulator.studies.regions import Region

BLOCK = 4
"""Points along the edge of a cube that is worked on together."""
ENOUGH = 1_000_000
"""Points of a box that are looked at to estimate how many there will be."""


@dataclass(frozen=True, eq=False)
class LatticePoints:
    """Points of a lattice, cube by cube.

    Attributes
    ----------
    numbers : ndarray of int32, shape (n, 3)
        Of each point along x, y and z; they are multiples of the spacing, so that 0 is the patient's origin.
    edges : ndarray of int, shape (b + 1,)
        The first point of each cube, and the number of points.
    spacing_mm : float
        Between neighbours.
    half_edges_mm : tuple of float, optional
        Of the voxel that each stands for; None for points.
    """

    numbers: NDArray[np.int32]
    edges: NDArray[np.int64]
    spacing_mm: float
    half_edges_mm: Vector | None = None

    @classmethod
    def of(cls, lattice: Lattice, region: Region) -> LatticePoints:
        """Return the points of a lattice inside a region, or those whose voxels meet it.

        Raises
        ------
        SimulatorError
            If there are none, or more than `MOST_CASES`.
        """
        spacing = lattice.spacing_mm
        expected = _estimated(region, spacing)
        if expected > 2 * MOST_CASES:
            raise SimulatorError(
                f"must have at most {MOST_CASES:,} isocentres, has about {expected:,.0f}: take a larger spacing_mm"
            )
        inside = region.voxels(spacing) if lattice.proof == "voxels" else region.points(spacing)
        found = np.concatenate([np.empty((0, 3), dtype=np.int64), *inside])
        if not len(found):
            raise SimulatorError(
                f"must have an isocentre, has none: no multiple of {spacing:g} mm is in {lattice.region}: "
                "take a smaller spacing_mm"
            )
        half = None if lattice.proof == "points" else (spacing / 2, spacing / 2, spacing / 2)
        return cls(*_in_cubes(found), spacing, half)

    def __len__(self) -> int:
        return len(self.numbers)

    def isocentre_mm(self, at: int) -> Vector:
        """Return a point in the patient's DICOM axes."""
        x, y, z = (round(int(number) * self.spacing_mm, 9) + 0.0 for number in self.numbers[at])
        return x, y, z


def _estimated(region: Region, spacing_mm: float) -> float:
    """Return about how many points there are, from a lattice so coarse that it is counted at once."""
    size_mm = np.maximum(np.ptp(region.bounds_mm, axis=0), spacing_mm)
    times = max(1.0, float(np.ceil((np.prod(size_mm / spacing_mm) / ENOUGH) ** (1 / 3))))
    return float(sum(len(each) for each in region.points(spacing_mm * times)) * times**3)


def _in_cubes(numbers: NDArray[np.int64]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return the points, each once, cube by cube, both ordered by x, then y, then z; and where cubes begin."""
    cubes = numbers // BLOCK
    order = np.lexsort((*numbers.T[::-1], *cubes.T[::-1]))
    numbers, cubes = numbers[order], cubes[order]
    is_new = np.ones(len(numbers), dtype=bool)
    is_new[1:] = (np.diff(numbers, axis=0) != 0).any(axis=1)
    numbers, cubes = numbers[is_new], cubes[is_new]
    begins = np.flatnonzero((np.diff(cubes, axis=0) != 0).any(axis=1)) + 1
    return numbers.astype(np.int32), np.array([0, *begins, len(numbers)], dtype=np.int64)
