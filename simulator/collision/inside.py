"""Inside or outside of a surface, from a coarse grid of cells where that is enough."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulator.geometry.winding import winding_numbers
from simulator.models.mesh import Mesh

CELLS = 32
"""Cells along the longest side of the bounding box."""
OUTSIDE, UNKNOWN, INSIDE = -1, 0, 1


class Interior:
    """Answers inside, outside or "too near to tell" for points, in microseconds.

    Invariant: a cell that no triangle's bounding box meets, and every cell connected to it through such cells, lies
    wholly on one side of the surface; the winding numbers of one point decide all of them. Cells that a triangle may
    meet are unknown, and each point in them has its own.

    Inside is what is inside any one solid of the surface: see :mod:`simulator.models.surfaces`.
    """

    def __init__(self, mesh: Mesh) -> None:
        self.mesh = mesh
        low, high = mesh.bounds_mm
        self.diagonal_mm = float(np.linalg.norm(high - low))
        self._cell_mm = float((high - low).max()) / CELLS
        self._corner_mm = low - 0.5 * self._cell_mm
        self._shape = np.ceil((high - self._corner_mm) / self._cell_mm).astype(int) + 1

    @cached_property
    def _solids(self) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        """The corners of the triangles, one solid after the other, and the first of each."""
        solid = self.mesh.surface.solid
        order = np.argsort(solid, kind="stable")
        return self.mesh.vertices_mm[self.mesh.faces[order]], np.flatnonzero(np.diff(solid[order], prepend=-1))

    def _is_inside(self, points_mm: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return which points (n, 3) a solid winds around."""
        return np.asarray((np.abs(winding_numbers(points_mm, *self._solids)) > 0.5).any(axis=1))

    @cached_property
    def _sides(self) -> NDArray[np.int8]:
        from scipy.ndimage import label

        corners = self.mesh.vertices_mm[self.mesh.faces]
        rounding = 1e-6 * self._cell_mm
        first = self._cell_of(corners.min(axis=1) - rounding)
        last = self._cell_of(corners.max(axis=1) + rounding) + 1
        met = np.zeros(self._shape, dtype=bool)
        for (x0, y0, z0), (x1, y1, z1) in zip(first.tolist(), last.tolist(), strict=True):
            met[x0:x1, y0:y1, z0:z1] = True
        regions, count = label(~met)
        sides = np.zeros(self._shape, dtype=np.int8)
        if count:
            _, one_of_each = np.unique(regions, return_index=True)
            cells = np.stack(np.unravel_index(one_of_each[-count:], self._shape), axis=1)
            middles = self._corner_mm + (cells + 0.5) * self._cell_mm
            of_region = np.where(self._is_inside(middles), INSIDE, OUTSIDE)
            sides = np.concatenate([[UNKNOWN], of_region])[regions].astype(np.int8)
        return sides

    def _cell_of(self, points_mm: NDArray[np.float64]) -> NDArray[np.intp]:
        return np.asarray(np.floor((points_mm - self._corner_mm) / self._cell_mm), dtype=np.intp)

    def side(self, points_mm: NDArray[np.float64]) -> NDArray[np.int8]:
        """Return OUTSIDE, UNKNOWN or INSIDE for points (n, 3) in the mesh's axes."""
        low, high = self.mesh.bounds_mm
        answer = np.full(len(points_mm), OUTSIDE, dtype=np.int8)
        boxed = np.flatnonzero(((points_mm >= low) & (points_mm <= high)).all(axis=1))
        if len(boxed):
            cells = self._cell_of(points_mm[boxed])
            answer[boxed] = self._sides[tuple(cells.T)]
        return answer

    def holds(self, points_mm: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return which points (n, 3) are inside."""
        side = self.side(points_mm)
        answer: NDArray[np.bool_] = side == INSIDE
        unknown = np.flatnonzero(side == UNKNOWN)
        if len(unknown):
            answer[unknown] = self._is_inside(points_mm[unknown])
        return answer
