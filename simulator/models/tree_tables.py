"""Tables of a ``model.toml`` that make its kinematic tree: joints, parts that they carry, and offsets of those."""

from __future__ import annotations

import math
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from simulator.models.kinematics import JointType
from simulator.models.shape import ShapeTable
from simulator.scenario.schema import FileName, Finite, Flag, Name, Point, Table, Units


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
    """A joint; see ``simulator.models.kinematics.Joint``."""

    name: Name
    type: JointType
    parent: Name = "fixed"
    axis: Direction = (0.0, 0.0, 1.0)
    rpy_deg: Point = (0.0, 0.0, 0.0)
    origin_mm: Point = (0.0, 0.0, 0.0)
    limits: tuple[Finite, Finite] | None = None
    rest: Finite | None = None
    mimic: Name | None = None
    multiplier: Finite = 1.0
    source: Name | None = None

    @field_validator("limits")
    @classmethod
    def _ordered(cls, limits: tuple[float, float] | None) -> tuple[float, float] | None:
        if limits is not None and not limits[0] <= limits[1]:
            raise ValueError("must be [least, greatest]")
        return limits


class PartTable(Table):
    """A mesh or a shape carried by a joint; ``when`` names the option values with which the part is there.

    A part of a machine or a couch must name its joint, ``"fixed"`` if it stands in the room. ``scale`` along the axes
    of the mesh, then roll, pitch and yaw, then ``origin_mm`` bring it into the axes of the joint.
    """

    name: Name
    shape: ShapeTable | None = None
    mesh: Annotated[FileName | None, Field(validate_default=True)] = None
    units: Annotated[Units | None, Field(validate_default=True)] = None
    scale: tuple[Factor, Factor, Factor] = (1.0, 1.0, 1.0)
    rpy_deg: Point = (0.0, 0.0, 0.0)
    origin_mm: Point = (0.0, 0.0, 0.0)
    joint: Name | None = None
    group: Annotated[Name, Field(pattern=r"^[^:]*$")]
    colour: Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")] = "#b0b0b0"
    when: dict[str, str] = {}
    anchor: Name | None = None
    repair: Flag = False
    source: Name | None = None

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
    """How far the parts of a name are from where their meshes have them, in the axes of their joint, as measured."""

    part: Name
    offset_mm: Point
    source: Name
