"""The surface that holds every contour of a structure, simplified, and measured to hold them still."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.errors import SimulatorError
from simulator.models.mesh import Mesh
from simulator.models.structures.contours import Slices
from simulator.models.structures.distances import distance_field, enclosing_level_mm
from simulator.models.structures.level_set import Triangles, level_set
from simulator.models.structures.sections import measured

STEP_MM = 2.0
TIGHT_STEP_MM = 4.0
"""The distance is exact at the nodes, so where skin is smooth its interpolant is off by step²/8 over the radius."""
STRETCH = 4.0
"""Along the normal while simplifying: what is in one slice only is thin there, and would be simplified away."""
TOLERANCES = (1 / 4, 1 / 8, 1 / 16)
"""By which a surface may move when it is simplified, as shares of the step, the largest first."""
SPARE_MM = 1e-3
"""Added to the level, for what numbers are rounded by."""


@dataclass(frozen=True, eq=False)
class Enclosure:
    """A closed surface around a structure.

    Attributes
    ----------
    mesh : Mesh
        In DICOM patient axes. In the planes of the contours each contour lies wholly inside.
    added_mm : float
        How far it is outside the contours at worst, in their planes.
    """

    mesh: Mesh
    added_mm: float


def enclosing_surface(slices: Slices, where: str = "", step_mm: float = STEP_MM) -> Enclosure:
    """Return a closed surface that holds every contour.

    The level set of the interpolated distance holds them by its construction (`enclosing_level_mm`). Simplifying
    moves it to either side, so what is left is cut by the planes of all slices and compared with their contours; the
    first tolerance with which it holds them counts.

    Parameters
    ----------
    slices : Slices
        At least two.
    where : str
        The file, for messages.
    step_mm : float
        Spacing of the grid: the surface is about 1.2 times as far outside at worst.

    Raises
    ------
    SimulatorError
        If there are fewer slices, or more than can be worked on.
    """
    level_mm = enclosing_level_mm(step_mm) + SPARE_MM
    triangles = level_set(distance_field(slices, step_mm, level_mm + step_mm, where), level_mm)
    for tolerance in (*TOLERANCES, 0.0):
        simplified = _simplified(triangles, tolerance * step_mm)
        held = measured(simplified, slices)
        mesh = _in_patient_axes(simplified, slices)
        if held.is_held and mesh.is_closed:
            return Enclosure(mesh, held.added_mm)
    raise SimulatorError(f"{where + ': ' if where else ''}ROI {slices.name!r}: no surface was proven to hold it")


def tight_surface(slices: Slices, where: str = "") -> Mesh | None:
    """Return the surface where the interpolated distance is 0, in DICOM patient axes: for distances to the skin.

    None where all contours are too thin to have one.
    """
    triangles = level_set(distance_field(slices, TIGHT_STEP_MM, TIGHT_STEP_MM, where), 0.0)
    return _in_patient_axes(triangles, slices) if len(triangles[1]) else None


def _in_patient_axes(triangles: Triangles, slices: Slices) -> Mesh:
    vertices, faces = triangles
    return Mesh(vertices @ slices.axes, faces)


def _simplified(triangles: Triangles, tolerance_mm: float) -> Triangles:
    """Return a surface with fewer triangles, or the same one if it cannot be simplified."""
    from manifold3d import Error, Manifold, Mesh64

    if tolerance_mm == 0.0:
        return triangles
    vertices, faces = triangles
    stretched = Manifold(Mesh64(vertices * (1.0, 1.0, STRETCH), faces.astype(np.uint64)))
    simplified = stretched.simplify(tolerance_mm)
    if stretched.status() != Error.NoError or simplified.is_empty():
        return triangles
    found = simplified.to_mesh64()
    vertices = np.asarray(found.vert_properties, dtype=np.float64)[:, :3] / (1.0, 1.0, STRETCH)
    return vertices, np.asarray(found.tri_verts).astype(np.int32)
