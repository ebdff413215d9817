"""What a URDF file says, as values in its own units: metres and radians."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element

from simulator.errors import SimulatorError
from simulator.models.importers.soup import UnreadableError
from simulator.models.urdf.grammar import attribute, called, robot_element, values
from simulator.scenario.schema import read_text

MOST_JOINTS = 100
MOST_SHOWN = 5
Numbers = tuple[float, ...]
TYPES = ("fixed", "revolute", "continuous", "prismatic")
SIZES = {"box": {"size": 3}, "cylinder": {"radius": 1, "length": 1}, "sphere": {"radius": 1}}
"""Attributes of the primitives, and how many numbers each has."""


@dataclass(frozen=True)
class Place:
    """Where a frame is in another one: origin, and roll, pitch, yaw."""

    xyz: Numbers
    rpy: Numbers


@dataclass(frozen=True)
class Collision:
    """A body of a link: ``box``, ``cylinder`` or ``sphere`` with its sizes, or ``mesh`` with its scale as sizes."""

    name: str | None
    place: Place
    shape: str
    sizes: Numbers
    file: str | None = None


@dataclass(frozen=True)
class Link:
    """A link, its bodies, and whether anything of it is drawn."""

    name: str
    collisions: tuple[Collision, ...]
    is_seen: bool


@dataclass(frozen=True)
class RobotJoint:
    """A joint; ``limits`` and ``velocity`` are None where it has none or they are not known."""

    name: str
    type: str
    parent: str
    child: str
    place: Place
    axis: Numbers
    limits: tuple[float, float] | None
    velocity: float | None
    mimic: str | None
    multiplier: float


@dataclass(frozen=True)
class Robot:
    """Links and joints in the order of the file; ``root`` is the link that no joint carries."""

    links: tuple[Link, ...]
    joints: tuple[RobotJoint, ...]
    root: str


def read_robot(path: Path) -> Robot:
    """Return what a URDF file says.

    Raises
    ------
    SimulatorError
        If it cannot be read, is not within the grammar, or its links make no tree.
    """
    if path.suffix.lower() == ".xacro":
        raise SimulatorError(f"{path}: must be plain URDF: expand xacro first (xacrodoc, or ROS's xacro)")
    text = read_text(path, "URDF")
    try:
        element = robot_element(text)
        links = tuple(_link(each) for each in element.findall("link"))
        joints = tuple(_joint(each) for each in element.findall("joint"))
        return Robot(links, joints, _root(links, joints))
    except UnreadableError as error:
        raise SimulatorError(f"{path}: {error}") from None


def _root(links: tuple[Link, ...], joints: tuple[RobotJoint, ...]) -> str:
    """Return the only link that no joint carries; every other one must be carried once, and lead back to it."""
    if len(joints) > MOST_JOINTS:
        raise UnreadableError(f"must have at most {MOST_JOINTS} joints, has {len(joints)}")
    for what, used in (("link", Counter(link.name for link in links)), ("joint", Counter(j.name for j in joints))):
        for name, times in used.items():
            if times > 1:
                raise UnreadableError(f"each {what} must have its own name, {name!r} is used again")
    known = {link.name for link in links}
    parents: dict[str, str] = {}
    for joint in joints:
        for name in (joint.parent, joint.child):
            if name not in known:
                raise UnreadableError(f"joint {joint.name!r}: there is no link {name!r}")
        if joint.child in parents:
            raise UnreadableError(f"link {joint.child!r}: must be the child of one joint, {joint.name!r} is another")
        parents[joint.child] = joint.parent
    roots = [link.name for link in links if link.name not in parents]
    for name in parents:
        seen = [name]
        while (name := parents.get(name, "")) != "":
            if name in seen:
                raise UnreadableError(
                    f"links must make a tree, these go round: {' > '.join([name, *reversed(seen)])}"
                )
            seen.append(name)
    if len(roots) != 1:
        shown = ", ".join(map(repr, roots[:MOST_SHOWN])) or "none"
        raise UnreadableError(f"must have one link that no joint carries, has {len(roots)}: {shown}")
    return roots[0]


def _link(element: Element) -> Link:
    name = attribute(element, "name", "robot")
    collisions = tuple(_collision(each, f"link {name!r}: collision") for each in element.findall("collision"))
    return Link(name, collisions, element.find("visual") is not None)


def _collision(element: Element, where: str) -> Collision:
    geometry = element.find("geometry")
    if geometry is None or len(geometry) != 1:
        raise UnreadableError(f"{where}: must have one geometry, of one shape")
    body, name, place = geometry[0], element.get("name") or None, _place(element, where)
    if body.tag == "mesh":
        scale = values(body, "scale", "1 1 1", 3, f"{where}: mesh")
        return Collision(name, place, "mesh", scale, attribute(body, "filename", where))
    asked = [values(body, size, None, count, f"{where}: {body.tag}") for size, count in SIZES[body.tag].items()]
    sizes = tuple(value for found in asked for value in found)
    if min(sizes) <= 0.0:
        raise UnreadableError(f"{where}: {body.tag}: sizes must be above 0, was {min(sizes):g}")
    return Collision(name, place, body.tag, sizes)


def _place(element: Element, where: str) -> Place:
    origin = element.find("origin")
    xyz, rpy = (values(origin, name, "0 0 0", 3, f"{where}: origin") for name in ("xyz", "rpy"))
    return Place(xyz, rpy)


def _joint(element: Element) -> RobotJoint:
    name = attribute(element, "name", "robot")
    where, kind = called(element, ""), attribute(element, "type", f"joint {name!r}")
    if kind not in TYPES:
        raise UnreadableError(f"{where}: type must be {', '.join(TYPES[:-1])} or {TYPES[-1]}, was {kind!r}")
    parent, child = (_end(element, end, where) for end in ("parent", "child"))
    axis = values(element.find("axis"), "xyz", "1 0 0", 3, f"{where}: axis")
    if kind != "fixed" and not any(axis):
        raise UnreadableError(f"{where}: axis must be a direction, was zero")
    mimic = element.find("mimic")
    if mimic is not None and values(mimic, "offset", "0", 1, f"{where}: mimic") != (0.0,):
        raise UnreadableError(f"{where}: mimic: offset must be 0, was {mimic.get('offset')!r}")
    return RobotJoint(
        name,
        kind,
        parent,
        child,
        _place(element, where),
        axis,
        _limits(element, kind, where),
        _velocity(element, where),
        None if mimic is None else attribute(mimic, "joint", where),
        values(mimic, "multiplier", "1", 1, f"{where}: mimic")[0],
    )


def _end(element: Element, name: str, where: str) -> str:
    found = element.find(name)
    if found is None:
        raise UnreadableError(f"{where}: must have {name}")
    return attribute(found, "link", where)


def _limits(element: Element, kind: str, where: str) -> tuple[float, float] | None:
    """Return the limits, within the soft ones if a safety controller has some."""
    if kind in ("fixed", "continuous"):
        return None
    limit, soft = element.find("limit"), element.find("safety_controller")
    if limit is None:
        raise UnreadableError(f"{where}: must have limit: it is {kind}")
    lower, upper = (values(limit, name, "0", 1, f"{where}: limit")[0] for name in ("lower", "upper"))
    low = values(soft, "soft_lower_limit", repr(lower), 1, where)[0]
    high = values(soft, "soft_upper_limit", repr(upper), 1, where)[0]
    lower, upper = max(lower, low), min(upper, high)
    if lower > upper:
        raise UnreadableError(f"{where}: limit: lower must be at most upper, was {lower:g} and {upper:g}")
    return lower, upper


def _velocity(element: Element, where: str) -> float | None:
    """Return the greatest speed; 0 stands in many files for one that nobody knows."""
    (velocity,) = values(element.find("limit"), "velocity", "0", 1, f"{where}: limit")
    if velocity < 0.0:
        raise UnreadableError(f"{where}: limit: velocity must be 0 or more, was {velocity:g}")
    return velocity or None
