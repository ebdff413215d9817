"""A checked triangle mesh in millimetres: the value that every other room works with."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, eq=False, repr=False)
class Mesh:
    """A triangle mesh.

    Attributes
    ----------
    vertices_mm : ndarray, shape (n, 3)
        Finite coordinates, in the axes that the owner states.
    faces : ndarray of int32, shape (m, 3)
        Vertex indices.
    is_closed : bool
        True if the surface is watertight and consistently wound, so that "inside" has a meaning.
    """

    vertices_mm: NDArray[np.float64]
    faces: NDArray[np.int32]
    is_closed: bool

    def __repr__(self) -> str:
        size = " × ".join(f"{length:.0f}" for length in np.ptp(self.bounds_mm, axis=0))
        return f"Mesh({len(self.faces)} triangles, {size} mm, {'closed' if self.is_closed else 'open'})"

    @cached_property
    def bounds_mm(self) -> NDArray[np.float64]:
        """Lower and upper corner of the bounding box, shape (2, 3)."""
        return np.stack([self.vertices_mm.min(axis=0), self.vertices_mm.max(axis=0)])

    @cached_property
    def sha256(self) -> str:
        """Hash of coordinates and indices: equal meshes have equal hashes, whatever file they came from."""
        digest = hashlib.sha256(np.ascontiguousarray(self.vertices_mm, dtype="<f8").tobytes())
        digest.update(np.ascontiguousarray(self.faces, dtype="<i4").tobytes())
        return digest.hexdigest()

    @cached_property
    def bodies(self) -> tuple[NDArray[np.intp], ...]:
        """Vertex indices of each connected body, largest first; vertices that no triangle uses are left out."""
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import connected_components

        count = len(self.vertices_mm)
        start, end = self.faces[:, [0, 1]].ravel(), self.faces[:, [1, 2]].ravel()
        edges = coo_array((np.ones(len(start), dtype=np.int8), (start, end)), shape=(count, count))
        labels = connected_components(edges, directed=False)[1]
        used = np.unique(self.faces)
        found = [used[labels[used] == label] for label in np.unique(labels[used])]
        return tuple(sorted(found, key=lambda indices: (-len(indices), int(indices[0]))))

    def mapped(self, matrix: ArrayLike, offset_mm: ArrayLike = (0.0, 0.0, 0.0)) -> Mesh:
        """Return the mesh under ``vertices @ matrix.T + offset``; a reflection turns the winding back outwards.

        Parameters
        ----------
        matrix : array_like, shape (3, 3)
            Any invertible linear map, scaling included.
        offset_mm : array_like, shape (3,)
            Shift after it.
        """
        matrix = np.asarray(matrix, dtype=float)
        faces = self.faces if np.linalg.det(matrix) > 0 else self.faces[:, ::-1]
        return Mesh(self.vertices_mm @ matrix.T + np.asarray(offset_mm, dtype=float), faces, self.is_closed)
