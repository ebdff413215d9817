"""Parts without a mesh file: box, cylinder and sphere, as URDF has them; the solids that are made contain them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field, model_validator

from simulator.models.mesh import Mesh
from simulator.scenario.schema import LARGEST_MM, Table

if TYPE_CHECKING:
    from simulator.models.solids.primitives import Solid

SPHERE_SEGMENTS = 32
Length = Annotated[float, Field(gt=0, le=LARGEST_MM, allow_inf_nan=False, strict=True)]


class ShapeTable(Table):
    """One primitive about the origin of its part: one of ``box_mm``, ``cylinder_mm`` and ``sphere_mm``.

    Example::

        box_mm = [500, 300, 200]
    """

    box_mm: tuple[Length, Length, Length] | None = None
    """The three widths of a box, along x, y and z. Example: ``box_mm = [500, 300, 200]``"""
    cylinder_mm: tuple[Length, Length] | None = None
    """Radius of a cylinder, and its length along z. Example: ``cylinder_mm = [100, 400]``"""
    sphere_mm: Length | None = None
    """Radius of a sphere about the origin of the part. Example: ``sphere_mm = 150``"""

    @model_validator(mode="after")
    def _one(self) -> ShapeTable:
        if len(self.model_fields_set) != 1:
            raise ValueError("must have one of box_mm, cylinder_mm and sphere_mm")
        return self


def mesh_of(shape: ShapeTable) -> Mesh:
    """Return the closed mesh (mm) of a primitive; what is round is inside a polyhedron that it touches."""
    mesh = _solid(shape).to_mesh64()
    vertices = np.asarray(mesh.vert_properties, dtype=np.float64)[:, :3]
    return Mesh(vertices, np.asarray(mesh.tri_verts, dtype=np.int32))


def _solid(shape: ShapeTable) -> Solid:
    # Hulls of points: they keep every digit, which prisms over polygons do not.
    from simulator.models.solids.primitives import box_corners, circle, exact_hull, middle, sphere

    if shape.box_mm is not None:
        x, y, z = map(middle, shape.box_mm)
        return exact_hull(box_corners(x, y, z))
    if shape.cylinder_mm is not None:
        radius, length = shape.cylinder_mm
        rim = circle(radius)
        return exact_hull(*(np.column_stack([rim, np.full(len(rim), end)]) for end in middle(length)))
    assert shape.sphere_mm is not None  # as the table was judged
    return exact_hull(sphere((0.0, 0.0, 0.0), shape.sphere_mm, SPHERE_SEGMENTS))
