"""``[urdf]`` of a ``model.toml``: the file that has joints and parts, and what URDF has no word for."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from simulator.scenario.schema import FileName, Flag, Name, OfJoint, Point, Table

Names = Annotated[tuple[Name, ...], Field(max_length=1000)]


class UrdfTable(Table):
    """``[urdf]`` of a machine or a couch: a URDF file, where its root link stands, and what URDF does not say.

    Joints and parts of the TOML's own are added to those of the file.

    Example::

        file = "swing.urdf"
    """

    file: FileName
    """The URDF file, beside the description. Joints keep their names; metres and radians become mm and degrees.
    Example: ``file = "swing.urdf"``"""
    origin_mm: Point | None = None
    """Origin of the root link in IEC 61217 fixed axes. If this and ``rpy_deg`` are left out, the root link is the
    room, and else a fixed joint of its name. Example: ``origin_mm = [0, 1500, -950]``"""
    rpy_deg: Point | None = None
    """Roll, pitch and yaw of the root link in IEC 61217 fixed axes. Example: ``rpy_deg = [0, 0, 180]``"""
    source: Name | None = None
    """Where these are from, as for dimensions. Example: ``source = "M: laid out on our floor plan"``"""
    groups: dict[Name, Names] = {}
    """Links, or single bodies by the name of their ``<collision>``, by the group that they are of. A link that is
    in none is a group of its own name. Example: ``groups = { head = ["head", "cone"] }``"""
    order: Names = ()
    """Parts from the most important on: of several in the way, the first is named. Others follow as in the file.
    Example: ``order = ["head", "cone"]``"""
    rest: dict[Name, OfJoint] = {}
    """Where joints stand if nobody gives them a value, by name; 0 else. Example: ``rest = { elbow = 90 }``"""
    repair: Flag = False
    """Mend the meshes of the file, as ``repair`` of a part does. Example: ``repair = true``"""
    unchecked: Names = ()
    """Links that are drawn (``<visual>``) and may be without ``<collision>``: nothing of them is checked. Others
    without it are refused. Example: ``unchecked = ["cable"]``"""
