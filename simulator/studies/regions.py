"""Where in a patient isocentres may be: a part, a region of interest, or what is near a site."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simulator.errors import SimulatorError, unknown
from simulator.geometry.voxels import ROUNDING_MM, met_voxels, windings_on_grid
from simulator.models.fixation import FIXATION
from simulator.models.mesh import Mesh
from simulator.models.patient import Patient
from simulator.models.structures.rois import roi_surface
from simulator.scenario.scenario import Scenario
from simulator.scenario.study import Lattice
from simulator.setup.loading import lying_patient

AT_ONCE = 1_000_000
"""Points of a grid that are looked at together."""


@dataclass(frozen=True, eq=False)
class Region:
    """Closed surfaces in DICOM patient axes, as far as a ball reaches if there is one.

    Attributes
    ----------
    meshes : tuple of Mesh
        What is inside any of them is inside.
    centre_mm : ndarray, shape (3,), optional
        Middle of the ball.
    radius_mm : float
        Its radius.
    """

    meshes: tuple[Mesh, ...]
    centre_mm: NDArray[np.float64] | None = None
    radius_mm: float = np.inf

    @classmethod
    def of(cls, lattice: Lattice, scenario: Scenario) -> Region:
        """Return the region of a lattice in the patient of a scenario, as the patient lies.

        Raises
        ------
        SimulatorError
            If there is no such part, ROI or site, or the patient cannot be made.
        """
        if lattice.roi is not None:
            return cls((_roi(lattice.roi, scenario),))
        patient = lying_patient(scenario)
        if lattice.part is not None:
            return cls(_part(lattice.part, patient))
        name, body = str(lattice.site), _body(patient)
        if name not in patient.sites:
            raise unknown(f"site (of {patient.name})", name, patient.sites)
        if not body:
            raise SimulatorError(f"site: must be of a patient who has a body, {patient.name} has none")
        return cls(body, np.array(patient.sites[name]), float(lattice.radius_mm or 0.0))

    @cached_property
    def bounds_mm(self) -> NDArray[np.float64]:
        """Lower and upper corner of a box that holds the region, shape (2, 3)."""
        low = np.min([mesh.bounds_mm[0] for mesh in self.meshes], axis=0)
        high = np.max([mesh.bounds_mm[1] for mesh in self.meshes], axis=0)
        if self.centre_mm is not None:
            low = np.maximum(low, self.centre_mm - self.radius_mm)
            high = np.minimum(high, self.centre_mm + self.radius_mm)
        return np.stack([low, high])

    def points(self, spacing_mm: float) -> Iterator[NDArray[np.int64]]:
        """Yield the numbers (n, 3) of the points of a grid that are inside, some layers along x at a time."""
        yield from self._inside(spacing_mm, 0.0)

    def voxels(self, spacing_mm: float) -> Iterator[NDArray[np.int64]]:
        """Yield the numbers (n, 3) of the cubes around points of a grid that meet the region; some of them twice.

        A cube meets a body if the surface meets it, or its middle is inside; then the ball must meet the cube, too.
        """
        half_mm = spacing_mm / 2
        yield from self._inside(spacing_mm, half_mm)
        low, high = self.bounds_mm + np.array([[-spacing_mm], [spacing_mm]])
        corners = np.concatenate([mesh.vertices_mm[mesh.faces] for mesh in self.meshes])
        is_near = ((corners.min(axis=1) <= high) & (corners.max(axis=1) >= low)).all(axis=1)
        found = met_voxels(corners[is_near], spacing_mm)
        yield found[self._is_near(found, spacing_mm, half_mm)]

    def _inside(self, spacing_mm: float, half_mm: float) -> Iterator[NDArray[np.int64]]:
        """Yield the points of a grid that are inside a body, and whose cubes of a half edge the ball meets."""
        low = np.ceil((self.bounds_mm[0] - half_mm) / spacing_mm).astype(np.int64)
        high = np.floor((self.bounds_mm[1] + half_mm) / spacing_mm).astype(np.int64) + 1
        if (high <= low).any():
            return
        layers = max(1, AT_ONCE // int(np.prod((high - low)[1:])))
        for start in range(int(low[0]), int(high[0]), layers):
            first = np.array([start, *low[1:]])
            stop = np.array([min(start + layers, high[0]), *high[1:]])
            inside = np.zeros(stop - first, dtype=bool)
            for solid in self._solids:
                inside |= windings_on_grid(solid, spacing_mm, first, stop) != 0
            found = np.argwhere(inside) + first
            yield found[self._is_near(found, spacing_mm, half_mm)]

    def _is_near(self, numbers: NDArray[np.int64], spacing_mm: float, half_mm: float) -> NDArray[np.bool_]:
        """Return which cubes (n, 3) the ball meets; all if there is none."""
        if self.centre_mm is None:
            return np.ones(len(numbers), dtype=bool)
        beyond = np.maximum(np.abs(numbers * spacing_mm - self.centre_mm) - half_mm, 0.0)
        return np.asarray(np.linalg.norm(beyond, axis=1) <= self.radius_mm + ROUNDING_MM)

    @cached_property
    def _solids(self) -> list[NDArray[np.float64]]:
        """Corners of the triangles of each solid, each (m, 3, 3)."""
        found = []
        for mesh in self.meshes:
            solid = mesh.surface.solid
            found += [mesh.vertices_mm[mesh.faces[solid == each]] for each in np.unique(solid)]
        return found


def _part(name: str, patient: Patient) -> tuple[Mesh, ...]:
    """Return the surfaces of the parts of a name; ``head`` means ``patient head``, too."""
    found = tuple(part.mesh for part in patient.parts if part.name in (name, f"patient {name}"))
    if not found:
        raise unknown(f"part (of {patient.name})", name, dict.fromkeys(part.name for part in patient.parts))
    return found


def _roi(name: str, scenario: Scenario) -> Mesh:
    patient = scenario.patient
    if patient.structures is None:
        raise SimulatorError(
            f"roi: must be of a patient from a structure set, was {name!r} of another: say part or site"
        )
    return roi_surface((scenario.folder or Path()) / patient.structures, name, patient.external)


def _body(patient: Patient) -> tuple[Mesh, ...]:
    """Return the surfaces of what lies on the table: neither what is screwed to it, nor what holds the patient."""
    return tuple(part.mesh for part in patient.parts if part.anchor is None and part.group != FIXATION)
