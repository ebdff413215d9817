"""A checked triangle mesh in millimetres: the value that every other room works with."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulator.models.surfaces import Surface


@dataclass(frozen=True, eq=False, repr=False)
class Mesh:
    """A triangle mesh.

    Attributes
    ----------
    vertices_mm : ndarray, shape (n, 3)
        Finite coordinates, in the axes that the owner states.
    faces : ndarray of int32, shape (m, 3)
        Vertex indices.
    """

    vertices_mm: NDArray[np.float64]
    faces: NDArray[np.int32]

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
    def surface(self) -> Surface:
        """The connected bodies of the mesh, and what they enclose."""
        return Surface.of(self.vertices_mm, self.faces)

    @cached_property
    def is_closed(self) -> bool:
        """True if each body of the surface is closed and consistently wound, so that "inside" has a meaning."""
        return bool(self.surface.is_closed.all())

    @cached_property
    def bodies(self) -> tuple[NDArray[np.intp], ...]:
        """Vertex indices of each connected body, largest first; vertices that no triangle uses are left out."""
        of_body, vertex = np.unique(np.stack([np.repeat(self.surface.body, 3), self.faces.ravel()]), axis=1)
        found = np.split(vertex.astype(np.intp), np.flatnonzero(np.diff(of_body)) + 1)
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
        return Mesh(self.vertices_mm @ matrix.T + np.asarray(offset_mm, dtype=float), faces)
