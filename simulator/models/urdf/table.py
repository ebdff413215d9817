"""``[urdf]`` of a ``model.toml``: the file that has joints and parts, and what URDF has no word for."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from simulator.scenario.schema import FileName, Finite, Flag, Name, Point, Table

Names = Annotated[tuple[Name, ...], Field(max_length=1000)]


class UrdfTable(Table):
    """Where a URDF file is, where its root link stands, and what else is said of its links and joints.

    Attributes
    ----------
    file : str
        Beside the description.
    origin_mm, rpy_deg : tuple of float, optional
        Origin and roll, pitch, yaw of the root link in IEC 61217 fixed axes. If both are left out, the root link is
        the room, and else a fixed joint of its name.
    source : str, optional
        Where these are from.
    groups : dict of str to tuple of str
        Parts or links by the group that they are of; a link that is in none is a group of its own name.
    order : tuple of str
        Parts from the most important on: of several in the way, the first is the culprit. Others follow as in the
        file.
    rest : dict of str to float
        Where joints stand if nobody gives them a value, in degrees or mm; 0 else.
    repair : bool
        Mend the meshes, as ``repair`` of a part does.
    unchecked : tuple of str
        Links that are drawn (``<visual>``) and may be without ``<collision>``: nothing of them is checked.
    """

    file: FileName
    origin_mm: Point | None = None
    rpy_deg: Point | None = None
    source: Name | None = None
    groups: dict[Name, Names] = {}
    order: Names = ()
    rest: dict[Name, Finite] = {}
    repair: Flag = False
    unchecked: Names = ()
