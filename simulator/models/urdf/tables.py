"""A robot as the joints and parts of a ``model.toml``: millimetres, degrees, frames named by joints.

The frame of a link is that of the joint that carries it, whose name it has; the root link's is the room, or that of a
fixed joint of the link's own name where the description says where it stands. A description may name links wherever
it names joints.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from simulator.errors import SimulatorError, unknown
from simulator.models.description import FILE_NAME, Description, read_description
from simulator.models.kinematics import ROOT
from simulator.models.model_tables import MotionTable
from simulator.models.tree_tables import JointTable, PartTable
from simulator.models.urdf.robot import Collision, Link, Place, Robot, RobotJoint, read_robot
from simulator.models.urdf.table import UrdfTable
from simulator.scenario.schema import LARGEST_MM, validated

MM = 1000.0
DEG = math.degrees(1.0)
UNITS = {1.0: "m", 0.01: "cm", 0.001: "mm", 0.0254: "in"}
"""Unit of a mesh file by its scale, as its coordinates times the scale are metres."""
SLIDING_TOLERANCE = 1e-3
"""How far from 1 the length of a prismatic axis may be: programs differ in whether it counts."""
ROUNDING = 1e-9
KINDS = ("machine", "couch")
BASE = ("origin_mm", "rpy_deg")


def robot_file(folder: Path) -> Path | None:
    """Return the URDF file that the description in a folder names; None if it names none."""
    urdf = read_description(folder).urdf
    return None if urdf is None else folder / urdf.file


def with_urdf(own: Description, folder: Path) -> Description:
    """Return a description with the joints, parts and speeds of the URDF file that it names, before its own.

    Raises
    ------
    SimulatorError
        If the file cannot be read, holds what no model has, or the description names what it does not hold.
    """
    if own.urdf is None:
        return own
    origin = str(folder / FILE_NAME)
    if own.kind not in KINDS:
        raise SimulatorError(f"{origin}: [urdf] must be left out: a {own.kind} has none")
    said = _Said(own.urdf, read_robot(folder / own.urdf.file), str(folder / own.urdf.file), origin)
    merged: dict[str, Any] = {name: getattr(own, name) for name in own.model_fields_set}
    merged |= {
        "urdf": None,
        "joints": (*said.joints(), *(said.on_joints(joint, "parent") for joint in own.joints)),
        "parts": (*said.parts(), *(said.on_joints(part, "joint") for part in own.parts)),
        "motion": {name: said.moved(name, table) for name, table in own.motion.items()},
    }
    for name in ("beam", "table_top"):
        if merged.get(name) is not None:
            merged[name] = said.on_joints(merged[name], "joint")
    return validated(merged, Description, origin)


@dataclass(frozen=True)
class _Said:
    """A robot, and what its description says of it; ``file`` and ``origin`` are for messages."""

    table: UrdfTable
    robot: Robot
    file: str
    origin: str

    def joints(self) -> Iterator[JointTable]:
        """Yield the joints, that of the root link first if it has one."""
        names = [joint.name for joint in self.robot.joints]
        for name in self.table.rest:
            if name not in names:
                raise unknown(f"{self.origin}: urdf.rest: joint", name, names)
        if self._has_base:
            if self.robot.root in names:
                raise SimulatorError(
                    f"{self.file}: joint {self.robot.root!r}: must have another name: the root link has a joint of "
                    "its own name where the description says where it stands"
                )
            place = self.table.model_dump(include=set(BASE), exclude_none=True)
            yield JointTable(name=self.robot.root, type="fixed", source=self.table.source, **place)
        for joint in self.robot.joints:
            yield self._joint(joint)

    def parts(self) -> list[PartTable]:
        """Return the parts, as ordered."""
        links = [link.name for link in self.robot.links]
        for link in self.robot.links:
            if link.is_seen and not link.collisions and link.name not in self.table.unchecked:
                raise SimulatorError(
                    f"{self.file}: link {link.name!r}: is drawn (visual) but has no collision, so nothing of it "
                    f"would be checked: add one, or name it in urdf.unchecked of {FILE_NAME}"
                )
        named = Counter(each.name for link in self.robot.links for each in link.collisions)
        found = [part for link in self.robot.links for part in self._parts_of(link, named)]
        parts = [part.name for part in found]
        for field, names, known in (
            ("unchecked: link", self.table.unchecked, links),
            ("order: part", self.table.order, parts),
            ("groups: part or link", [n for group in self.table.groups.values() for n in group], [*parts, *links]),
        ):
            for name in names:
                if name not in known:
                    raise unknown(f"{self.origin}: urdf.{field}", name, known)
        rank = {name: at for at, name in enumerate(self.table.order)}
        return sorted(found, key=lambda part: rank.get(part.name, len(rank)))

    def on_joints(self, table: Any, field: str) -> Any:
        """Return a table that may name a link in a field as one that names the joint that carries it."""
        name = getattr(table, field)
        is_joint = name in (ROOT, *(joint.name for joint in self.robot.joints))
        if name not in {link.name for link in self.robot.links} or (is_joint and self._frame(name) == name):
            return table
        if is_joint:
            raise SimulatorError(
                f"{self.origin}: {field} = {name!r} must be one frame: it is a link, on joint {self._frame(name)!r}, "
                "and the joint of another link"
            )
        return table.model_copy(update={field: self._frame(name)})

    def moved(self, name: str, table: MotionTable) -> MotionTable:
        """Return the motion of a joint with the velocity of the robot's, if it has no speed of its own."""
        known = [joint for joint in self.robot.joints if joint.velocity is not None]
        speeds = {j.name: float(f"{(j.velocity or 0.0) * _unit(j):.14g}") for j in known}  # 6, not 6.000000000000001
        return table if table.speed is not None else table.model_copy(update={"speed": speeds.get(name)})

    @property
    def _has_base(self) -> bool:
        return any(getattr(self.table, name) is not None for name in BASE)

    def _frame(self, link: str) -> str:
        """Return the joint that carries a link."""
        carrying = {joint.child: joint.name for joint in self.robot.joints}
        return carrying.get(link, link if self._has_base else ROOT)

    def _joint(self, joint: RobotJoint) -> JointTable:
        fields: dict[str, Any] = {
            "name": joint.name,
            "type": "revolute" if joint.type == "continuous" else joint.type,
            "parent": self._frame(joint.parent),
            **_placed(joint.place),
            "source": f"R: {self.table.file}",
        }
        length = math.hypot(*joint.axis)
        if joint.type == "prismatic" and abs(length - 1.0) > SLIDING_TOLERANCE:
            raise SimulatorError(
                f"{self.file}: joint {joint.name!r}: axis of a prismatic joint must be of length 1, was {length:g}"
            )
        if joint.type != "fixed":
            fields |= {"axis": joint.axis, "limits": self._limits(joint), "rest": self.table.rest.get(joint.name)}
        if joint.mimic is not None:
            fields |= {"mimic": joint.mimic, "multiplier": self._multiplier(joint)}
        return validated(fields, JointTable, f"{self.file}: joint {joint.name!r}")

    def _limits(self, joint: RobotJoint) -> tuple[float, float] | None:
        """Return the limits on the joint's scale; those of a sliding joint that no room has are none."""
        if joint.limits is None:
            return None
        low, high = (value * _unit(joint) for value in joint.limits)
        if joint.type == "prismatic" and low <= -LARGEST_MM and high >= LARGEST_MM:
            return None
        return low, high

    def _multiplier(self, joint: RobotJoint) -> float:
        """Return the multiplier in degrees and mm; the other joint must not lead this one beyond its limits."""
        others = {other.name: other for other in self.robot.joints if other.type != "fixed" and other.mimic is None}
        where = f"{self.file}: joint {joint.name!r}: mimic"
        if joint.type == "fixed" or joint.mimic not in others:
            raise unknown(f"{where}: joint that moves by itself", joint.mimic, others)
        other = others[joint.mimic]
        multiplier = joint.multiplier * _unit(joint) / _unit(other)
        limits, led = self._limits(joint), self._limits(other)
        ends = [-math.inf, math.inf] if led is None else sorted(multiplier * end for end in led)
        if limits is not None:
            least, most = limits
            slack = ROUNDING * max(map(abs, limits))
            if multiplier and not (least - slack <= ends[0] and ends[1] <= most + slack):
                raise SimulatorError(
                    f"{where}: limit must hold where {joint.mimic!r} leads it, {ends[0]:g} to {ends[1]:g}, was "
                    f"{least:g} to {most:g} (degrees or mm)"
                )
        return multiplier

    def _parts_of(self, link: Link, named: Counter[str | None]) -> Iterator[PartTable]:
        """Yield a part for each collision: of its name, if no other one has that, else of its link's and a number."""
        for at, collision in enumerate(link.collisions, start=1):
            name = f"{link.name} {at}" if len(link.collisions) > 1 else link.name
            if collision.name is not None and named[collision.name] == 1:
                name = collision.name
            groups = [group for group, names in self.table.groups.items() if name in names]
            groups = groups or [group for group, names in self.table.groups.items() if link.name in names]
            if len(groups) > 1:
                raise SimulatorError(f"{self.origin}: urdf.groups: {name!r} must be of one group, is of several")
            fields = {
                "name": name,
                "joint": self._frame(link.name),
                "group": groups[0] if groups else link.name,
                **_placed(collision.place),
                **self._body(collision),
            }
            yield validated(fields, PartTable, f"{self.file}: link {link.name!r}: collision")

    def _body(self, collision: Collision) -> dict[str, Any]:
        if collision.file is None:
            sizes = tuple(MM * size for size in collision.sizes)
            return {"shape": {f"{collision.shape}_mm": sizes if len(sizes) > 1 else sizes[0]}}
        scale = np.asarray(collision.sizes)
        factor, unit = min(UNITS.items(), key=lambda known: abs(math.log(known[0] / max(np.abs(scale).max(), 1e-9))))
        file = collision.file
        if "://" not in file:
            file = (PurePosixPath(self.table.file).parent / file).as_posix()
        found: dict[str, Any] = {"mesh": file, "units": unit, "repair": self.table.repair}
        return found if (scale == factor).all() else {**found, "scale": tuple((scale / factor).tolist())}


def _unit(joint: RobotJoint) -> float:
    """Return what one metre or radian of a joint is on its scale."""
    return MM if joint.type == "prismatic" else DEG


def _placed(place: Place) -> dict[str, Any]:
    """Return the fields of a frame that is not the parent's."""
    found = {}
    if any(place.rpy):
        found["rpy_deg"] = tuple(math.degrees(angle) for angle in place.rpy)
    if any(place.xyz):
        found["origin_mm"] = tuple(MM * value for value in place.xyz)
    return found
