"""Tables of a ``model.toml`` that make its kinematic tree: joints, parts that they carry, and offsets of those."""

from __future__ import annotations

import math
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from simulator.models.kinematics import JointType
from simulator.models.shape import ShapeTable
from simulator.scenario.schema import FileName, Finite, Flag, Name, OfJoint, Point, Table, Units


def _unit(direction: tuple[float, float, float]) -> tuple[float, float, float]:
    length = math.hypot(*direction)
    if not 1e-6 < length < 1e6:
        raise ValueError("must be a direction (not zero)")
    x, y, z = (component / length for component in direction)
    return (x, y, z)


def _not_flat(factor: float) -> float:
    if not 1e-6 < abs(factor) < 1e6:
        raise ValueError("must not be 0, nor that small or large")
    return factor


Factor = Annotated[Finite, AfterValidator(_not_flat)]
"""Of a mesh along one axis; negative ones mirror it."""
Direction = Annotated[tuple[Finite, Finite, Finite], AfterValidator(_unit)]


class JointTable(Table):
    """One of ``[[joints]]``: a frame that turns or slides against the frame of its parent.

    Angles and lengths are those of IEC 61217 where the machine is one of its kind. A couch must have
    ``table_vertical``, ``table_longitudinal`` and ``table_lateral``.

    Example::

        name = "gantry"
        type = "revolute"
        axis = [0, 1, 0]
    """

    name: Name
    """What the joint, and the frame that it carries, is called; results and ranges call it so, too: ``gantry_deg``.
    Example: ``name = "gantry"``"""
    type: JointType
    """``"revolute"`` turns about ``axis``, ``"prismatic"`` slides along it, ``"fixed"`` stands still. Example:
    ``type = "prismatic"``"""
    parent: Name = "fixed"
    """The joint in whose frame this one stands; ``"fixed"`` is the room: IEC 61217 fixed axes, origin at the
    isocentre. Example: ``parent = "gantry"``"""
    axis: Direction = (0.0, 0.0, 1.0)
    """About or along which the joint moves, in its own axes, of any length but 0. Example: ``axis = [0, 1, 0]``"""
    rpy_deg: Point = (0.0, 0.0, 0.0)
    """Constant roll, pitch and yaw of the joint's frame against its parent's (about the fixed x, y and z axes, in
    this order, as in URDF). Example: ``rpy_deg = [0, 0, 180]``"""
    origin_mm: Point = (0.0, 0.0, 0.0)
    """The origin of the joint's frame in its parent's axes, at value 0. Example: ``origin_mm = [0, 0, 300]``"""
    limits: tuple[OfJoint, OfJoint] | None = None
    """Least and greatest value. Poses beyond are refused. Without limits, any value is allowed. Example:
    ``limits = [-185, 185]``"""
    rest: OfJoint | None = None
    """Value where nobody gives the joint another one; 0 if it is left out. Example: ``rest = 90``"""
    mimic: Name | None = None
    """Another joint, whose value times ``multiplier`` this one takes, as in URDF: it does not move by itself.
    Example: ``mimic = "gantry"``"""
    multiplier: Finite = 1.0
    """What the value of the joint that ``mimic`` names is multiplied by: in this joint's unit for one of the
    other's. Example: ``mimic = "gantry"``, ``multiplier = -1``"""
    source: Name | None = None
    """Where these numbers are from, as for dimensions. Example: ``source = "R: IEC 61217"``"""

    @field_validator("limits")
    @classmethod
    def _ordered(cls, limits: tuple[float, float] | None) -> tuple[float, float] | None:
        if limits is not None and not limits[0] <= limits[1]:
            raise ValueError("must be [least, greatest]")
        return limits


class PartTable(Table):
    """One of ``[[parts]]``: a mesh or a shape that a joint carries.

    ``scale`` along the axes of the mesh, then roll, pitch and yaw, then ``origin_mm`` bring it into the axes of the
    joint.

    Example::

        name = "head"
        mesh = "head.stl"
        units = "mm"
        joint = "gantry"
        group = "gantry"

    Example::

        name = "body"
        mesh = "body.stl"
        units = "mm"
        group = "patient"

    Example::

        name = "head"
        shape = { cylinder_mm = [400, 600] }
        joint = "gantry"
        group = "gantry"
    """

    name: Name
    """What results call the part. Names must differ, or the ``when`` of parts of the same name must. Example:
    ``name = "head cover"``"""
    shape: ShapeTable | None = None
    """A box, a cylinder or a sphere in place of a mesh file. Excludes ``mesh`` and ``units``."""
    mesh: Annotated[FileName | None, Field(validate_default=True)] = None
    """A mesh file: STL, OBJ, PLY, GLB or 3MF, beside the description. What it encloses counts as solid. Must be
    there unless the part has a ``shape``; ``units`` must stand beside it. Example: ``mesh = "head.stl"``"""
    units: Annotated[Units | None, Field(validate_default=True)] = None
    """The unit of the coordinates in the mesh file. Must stand beside ``mesh``; a ``shape`` has none. Example:
    ``units = "m"``"""
    scale: tuple[Factor, Factor, Factor] = (1.0, 1.0, 1.0)
    """By what the mesh is multiplied along its own axes; a negative number mirrors it. Not 0, nor below a millionth
    or above a million. Example: ``scale = [1, 1, -1]``"""
    rpy_deg: Point = (0.0, 0.0, 0.0)
    """Roll, pitch and yaw of the mesh in the axes of the joint (about the fixed x, y and z axes, in this order, as
    in URDF). Example: ``rpy_deg = [90, 0, 0]``"""
    origin_mm: Point = (0.0, 0.0, 0.0)
    """Where the origin of the mesh is, in the axes of the joint. Example: ``origin_mm = [0, 0, 380]``"""
    joint: Name | None = None
    """The joint that carries the part, ``"fixed"`` if it stands in the room. A part of a machine or a couch must
    name it; one of a patient or a device has none. Example: ``joint = "gantry"``"""
    group: Annotated[Name, Field(pattern=r"^[^:]*$")]
    """The group that the part is of: ``may_touch`` names groups, and so does a commissioning. No colon in it.
    Example: ``group = "imagers"``"""
    colour: Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")] = "#b0b0b0"
    """Colour in pictures, as six hexadecimal digits: red, green, blue. Example: ``colour = "#8d96a0"``"""
    when: dict[str, str] = {}
    """Options of the model, with the choices for which the part is there. Always, if it is left out. Example:
    ``when = { height = "low" }``"""
    anchor: Name | None = None
    """Of a patient's part: the site at which its origin is, which it follows when the body has another size; it
    does not lie on the table. Example: ``anchor = "brain"``"""
    repair: Flag = False
    """Close the holes of the mesh and turn triangles that are wound the wrong way. Without it, a mesh that is not
    closed is checked as its bounding box, and a warning says so. Example: ``repair = true``"""
    source: Name | None = None
    """Where the part is from, as for dimensions. Example: ``source = "M: scanned"``"""

    @field_validator("mesh", "units")
    @classmethod
    def _of_a_file(cls, value: str | None, info: ValidationInfo) -> str | None:
        has_shape = info.data.get("shape") is not None
        if value is None and not has_shape:
            raise PydanticCustomError("missing", "Field required")
        if value is not None and has_shape:
            raise ValueError("must be left out: the part has a shape")
        return value

    def covers(self, other: PartTable) -> bool:
        """Return whether this part is there, under the same name, whenever another one is."""
        return self.name == other.name and self.when.items() <= other.when.items()


class OffsetTable(Table):
    """One of ``[[offsets]]``: how far the parts of a name are from where their meshes have them, as measured.

    A fit of ``simulator commission`` writes them. A patient has none.

    Example::

        part = "head"
        offset_mm = [0, 0, -4]
        source = "F: 39 contact angles"
    """

    part: Name
    """Name of the part, or of all parts of that name. Each may have one offset. Example: ``part = "head"``"""
    offset_mm: Point
    """How far it is off, in the axes of its joint. Example: ``offset_mm = [0, 0, -4]``"""
    source: Name
    """Where this is from, as for dimensions. Example: ``source = "F: 39 contact angles"``"""
