"""Joints and parts as a URDF file and meshes: metres and radians, the same bytes for the same joints and parts.

Links and joints have the names of our joints, the root link is ``fixed``: the IEC 61217 fixed axes. Meshes are OBJ
files, which robotics programs read and which keep every digit and the order of vertices, in millimetres with a
``scale`` of 0.001. URDF asks for efforts, which nobody knows here: they are 0, and so are velocities that are not
known.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from xml.etree.ElementTree import Comment, Element, SubElement, indent, tostring

import numpy as np

from simulator.errors import SimulatorError
from simulator.geometry.transforms import rotation_z
from simulator.models.importers.soup import UnreadableError
from simulator.models.kinematics import ROOT, Joint
from simulator.models.mesh import Mesh
from simulator.models.model import Part
from simulator.models.motion import Motion
from simulator.models.urdf.grammar import robot_element
from simulator.scenario.schema import LARGEST_MM

MESHES = "meshes"
SCALE = "0.001 0.001 0.001"


def urdf_files(
    name: str, joints: Iterable[Joint], parts: Iterable[Part], motions: Mapping[str, Motion], notes: Iterable[str]
) -> dict[str, bytes]:
    """Return the content of a URDF file and of its meshes by path, ``NAME.urdf`` first.

    Parameters
    ----------
    name : str
        Of the robot.
    joints : iterable of Joint
        A tree below ``"fixed"``.
    parts : iterable of Part
        Each on one of them, or on ``"fixed"``.
    motions : mapping of str to Motion
        Speeds by joint, where they are known.
    notes : iterable of str
        What a reader should know.

    Raises
    ------
    SimulatorError
        If a name has characters that no XML file can hold.
    """
    joints, parts = list(joints), list(parts)
    files = mesh_names(part.name for part in parts)
    robot = Element("robot", name=name)
    robot.extend(Comment(f" {note.replace('--', '- -')} ") for note in notes)
    for colour in dict.fromkeys(part.colour for part in parts):
        SubElement(SubElement(robot, "material", name=colour), "color", rgba=_rgba(colour))
    for frame in (ROOT, *(joint.name for joint in joints)):
        link = SubElement(robot, "link", name=frame)
        for part in (part for part in parts if part.joint == frame):
            visual = _body(link, "visual", part, files[part.name])
            SubElement(visual, "material", name=part.colour)
            _body(link, "collision", part, files[part.name])
    by_name = {joint.name: joint for joint in joints}
    for joint in joints:
        robot.append(_joint(joint, by_name, motions.get(joint.name)))
    indent(robot)
    text = b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(robot, encoding="utf-8") + b"\n"
    try:
        robot_element(text.decode())
    except UnreadableError as error:  # characters that XML has not
        raise SimulatorError(
            f"{name}: titles, notes and names must be such that XML can hold them: {error}"
        ) from None
    return {f"{name}.urdf": text, **{files[part.name]: obj(part.mesh) for part in parts}}


def in_si(joint: Joint, value: float) -> float:
    """Return a value of a joint (degrees, mm) in radians or metres."""
    return (value / 1000.0 if joint.type == "prismatic" else math.radians(value)) + 0.0


def mesh_names(parts: Iterable[str]) -> dict[str, str]:
    """Return a path for the mesh of each part, by its name, each another one."""
    found: dict[str, str] = {}
    for part in parts:
        stem = re.sub("[^0-9a-z]+", "_", part.lower()).strip("_") or "part"
        names, number = [f"{MESHES}/{stem}.obj"], 2
        while names[-1] in found.values():
            names.append(f"{MESHES}/{stem}_{number}.obj")
            number += 1
        found[part] = names[-1]
    return found


def obj(mesh: Mesh) -> bytes:
    """Return a mesh as an OBJ file in mm that reads back to the last digit."""
    lines = [f"v {x!r} {y!r} {z!r}" for x, y, z in (mesh.vertices_mm + 0.0).tolist()]
    lines += [f"f {a} {b} {c}" for a, b, c in (mesh.faces + 1).tolist()]
    return "\n".join([*lines, ""]).encode("ascii")


def _body(link: Element, kind: str, part: Part, file: str) -> Element:
    body = SubElement(link, kind, name=part.name)
    SubElement(SubElement(body, "geometry"), "mesh", filename=file, scale=SCALE)
    return body


def _joint(joint: Joint, others: Mapping[str, Joint], motion: Motion | None) -> Element:
    is_turning_on = joint.type == "revolute" and joint.limits is None
    element = Element("joint", name=joint.name, type="continuous" if is_turning_on else joint.type)
    SubElement(element, "origin", xyz=_numbers(np.asarray(joint.origin_mm) / 1000.0), rpy=_numbers(_rpy(joint)))
    SubElement(element, "parent", link=joint.parent)
    SubElement(element, "child", link=joint.name)
    if joint.type == "fixed":
        return element
    SubElement(element, "axis", xyz=_numbers(joint.axis))
    limit = {"effort": "0", "velocity": repr(0.0 if motion is None else in_si(joint, motion.speed))}
    if not is_turning_on:
        low, high = joint.limits or (-LARGEST_MM, LARGEST_MM)
        limit |= {"lower": repr(in_si(joint, low)), "upper": repr(in_si(joint, high))}
    SubElement(element, "limit", limit)
    if joint.mimic is not None:
        multiplier = joint.multiplier * in_si(joint, 1.0) / in_si(others[joint.mimic], 1.0)
        SubElement(element, "mimic", joint=joint.mimic, multiplier=repr(multiplier), offset="0")
    return element


def _rpy(joint: Joint) -> list[float]:
    """Return roll, pitch and yaw of a joint's constant rotation R = Rz(yaw) Ry(pitch) Rx(roll), in radians.

    Roll and pitch are read off what is left of R without the yaw: so it holds at a pitch of ±90°, where any yaw does.
    """
    if joint.rotation_parent is None:
        return [0.0, 0.0, 0.0]
    R = np.asarray(joint.rotation_parent)
    yaw = math.atan2(R[1, 0], R[0, 0])
    left = rotation_z(-math.degrees(yaw))[:3, :3] @ R
    return [math.atan2(-left[1, 2], left[1, 1]), math.atan2(-left[2, 0], left[0, 0]), yaw]


def _numbers(values: Iterable[float]) -> str:
    return " ".join(repr(float(value) + 0.0) for value in values)


def _rgba(colour: str) -> str:
    return " ".join(f"{int(colour[at : at + 2], 16) / 255:.4g}" for at in (1, 3, 5)) + " 1"
