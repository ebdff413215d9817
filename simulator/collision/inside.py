"""Inside or outside of a closed surface, from a coarse grid of cells where that is enough."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulator.models.mesh import Mesh

CHUNK_ELEMENTS = 1_000_000
"""Point-triangle combinations held in memory at a time."""
CELLS = 32
"""Cells along the longest side of the bounding box."""
OUTSIDE, UNKNOWN, INSIDE, UNASKED = -1, 0, 1, 2


def winding_number(points_mm: NDArray[np.float64], mesh: Mesh) -> NDArray[np.float64]:
    """Return how often the mesh winds around each point: ±1 inside, 0 outside a closed surface.

    The sum of the solid angles of the triangles over 4 pi, after van Oosterom and Strackee, IEEE Trans. Biomed.
    Eng. 30 (1983) 125: tan(omega / 2) = det(a, b, c) / (abc + (a·b)c + (b·c)a + (c·a)b).

    Parameters
    ----------
    points_mm : ndarray, shape (n, 3)
        Points in the mesh's axes.

    Returns
    -------
    ndarray, shape (n,)

    """
    corners = mesh.vertices_mm[mesh.faces]
    result = np.empty(len(points_mm))
    step = max(1, CHUNK_ELEMENTS // len(corners))
    for start in range(0, len(points_mm), step):
        points = points_mm[start : start + step, None, None, :]
        a, b, c = np.moveaxis(corners[None] - points, 2, 0)
        length_a, length_b, length_c = (np.sqrt(np.einsum("...i,...i", v, v)) for v in (a, b, c))
        numerator = np.einsum("...i,...i", a, np.cross(b, c))
        denominator = (
            length_a * length_b * length_c
            + np.einsum("...i,...i", a, b) * length_c
            + np.einsum("...i,...i", b, c) * length_a
            + np.einsum("...i,...i", c, a) * length_b
        )
        result[start : start + step] = np.arctan2(numerator, denominator).sum(axis=-1) / (2 * np.pi)
    return result


class Interior:
    """Answers inside, outside or "too near to tell" for points, in microseconds.

    Invariant: a cell that no triangle's bounding box meets, and every cell connected to it through such cells, lies
    wholly on one side of the surface; one winding number decides all of them. Cells that a triangle may meet are
    unknown, and the caller asks :func:`winding_number`.

    A surface that is not closed has no sides, of which the loading of it has warned. The best guess is a winding
    number above one half (Jacobson, Kavan and Sorkine-Hornung, ACM Trans. Graph. 32 (2013) 33); each cell has the
    guess of its middle, made when a point first falls into it.
    """

    def __init__(self, mesh: Mesh) -> None:
        self.mesh = mesh
        low, high = mesh.bounds_mm
        self.diagonal_mm = float(np.linalg.norm(high - low))
        self._cell_mm = float((high - low).max()) / CELLS
        self._corner_mm = low - 0.5 * self._cell_mm
        self._shape = np.ceil((high - self._corner_mm) / self._cell_mm).astype(int) + 1

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
        if not self.mesh.is_closed:
            return np.where(met, UNKNOWN, UNASKED).astype(np.int8)
        regions, count = label(~met)
        sides = np.zeros(self._shape, dtype=np.int8)
        if count:
            _, one_of_each = np.unique(regions, return_index=True)
            cells = np.stack(np.unravel_index(one_of_each[-count:], self._shape), axis=1)
            sides = np.concatenate([[UNKNOWN], self._sides_of_middles(cells)])[regions].astype(np.int8)
        return sides

    def _sides_of_middles(self, cells: NDArray[np.intp]) -> NDArray[np.int8]:
        """Return INSIDE or OUTSIDE for the middles of cells (n, 3)."""
        middles = self._corner_mm + (cells + 0.5) * self._cell_mm
        return np.where(np.abs(winding_number(middles, self.mesh)) > 0.5, INSIDE, OUTSIDE).astype(np.int8)

    def _cell_of(self, points_mm: NDArray[np.float64]) -> NDArray[np.intp]:
        return np.asarray(np.floor((points_mm - self._corner_mm) / self._cell_mm), dtype=np.intp)

    def side(self, points_mm: NDArray[np.float64]) -> NDArray[np.int8]:
        """Return OUTSIDE, UNKNOWN or INSIDE for points (n, 3) in the mesh's axes."""
        low, high = self.mesh.bounds_mm
        answer = np.full(len(points_mm), OUTSIDE, dtype=np.int8)
        boxed = np.flatnonzero(((points_mm >= low) & (points_mm <= high)).all(axis=1))
        if len(boxed):
            cells = self._cell_of(points_mm[boxed])
            sides = self._sides  # one for all that follows: two threads may each make it at first
            unasked = np.unique(cells[sides[tuple(cells.T)] == UNASKED], axis=0)
            sides[tuple(unasked.T)] = self._sides_of_middles(unasked)
            answer[boxed] = sides[tuple(cells.T)]
        return answer

    def holds(self, points_mm: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return which points (n, 3) are inside, exactly for a closed surface."""
        side = self.side(points_mm)
        answer: NDArray[np.bool_] = side == INSIDE
        unknown = np.flatnonzero(side == UNKNOWN)
        if len(unknown):
            answer[unknown] = np.abs(winding_number(points_mm[unknown], self.mesh)) > 0.5
        return answer
