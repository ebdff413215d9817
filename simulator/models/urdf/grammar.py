"""The XML of a URDF file, within the grammar that is known: what is not, and may carry a body or motion, is refused.

Passed over, with all that is in it, is what carries neither: looks, masses, friction, actuators, simulators' notes.
"""

from __future__ import annotations

from typing import NamedTuple
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

import numpy as np

from simulator.models.importers.soup import UnreadableError, numbers

XACRO = "must be plain URDF, has xacro in it: expand it first (xacrodoc, or ROS's xacro)"


class Rule(NamedTuple):
    """What an element may have: attributes, elements once, elements any number of times, and what is passed over."""

    attributes: str = ""
    once: str = ""
    many: str = ""
    passed: str = ""


GRAMMAR = {
    "robot": Rule("name version", many="link joint", passed="material transmission gazebo ros2_control"),
    "link": Rule("name type", many="collision", passed="visual inertial"),
    "collision": Rule("name", once="origin geometry"),
    "geometry": Rule(once="box cylinder sphere mesh"),
    "box": Rule("size"),
    "cylinder": Rule("radius length"),
    "sphere": Rule("radius"),
    "mesh": Rule("filename scale"),
    "joint": Rule(
        "name type",
        once="origin parent child axis limit mimic safety_controller",
        passed="dynamics calibration",
    ),
    "origin": Rule("xyz rpy"),
    "parent": Rule("link"),
    "child": Rule("link"),
    "axis": Rule("xyz"),
    "limit": Rule("lower upper velocity effort"),
    "mimic": Rule("joint multiplier offset"),
    "safety_controller": Rule("soft_lower_limit soft_upper_limit k_position k_velocity"),
}


def robot_element(text: str) -> Element:
    """Return the element ``robot`` of a file; all below it is within the grammar, or passed over.

    Raises
    ------
    UnreadableError
        If the text is no XML, has a document type, is xacro, or holds what is not known.
    """
    try:
        parser = XMLParser(target=_Plain())
        parser.feed(text)
        root = parser.close()
    except (ParseError, ValueError, LookupError) as error:
        raise UnreadableError(f"must be XML: {error}") from None
    if "xacro" in root.tag:
        raise UnreadableError(XACRO)
    if root.tag != "robot":
        raise UnreadableError(f"must hold a robot, holds {root.tag!r}")
    _require_known(root, "robot")
    return root


def called(element: Element, where: str) -> str:
    """Return the name of a link or a joint, with what it is: for messages."""
    name = element.get("name")
    return f"{element.tag} {name!r}" if element.tag in ("link", "joint") else f"{where}: {element.tag}"


def attribute(element: Element, name: str, where: str) -> str:
    """Return an attribute that must be there."""
    value = element.get(name, "").strip()
    if not value:
        raise UnreadableError(f"{where}: {element.tag} must have {name}")
    return value


def values(element: Element | None, name: str, default: str | None, count: int, where: str) -> tuple[float, ...]:
    """Return so many finite numbers of an attribute, the default's if it or the element is left out."""
    text = default if element is None else element.get(name, default)
    if text is None:
        raise UnreadableError(f"{where}: must have {name}")
    try:
        found = numbers([word.encode() for word in text.split()])
    except UnreadableError as error:
        advice = f": {XACRO}" if "$" in text else ""
        raise UnreadableError(f"{where}: {name}: {error}{advice}") from None
    if len(found) != count or not np.isfinite(found).all():
        raise UnreadableError(f"{where}: {name} must be {count} finite number{'s' * (count > 1)}, was {text[:60]!r}")
    return tuple(found.tolist())


class _Plain(TreeBuilder):
    """Builds elements of XML without a document type, and so without entities."""

    def doctype(self, *_: object) -> None:
        raise UnreadableError("must have no document type (<!DOCTYPE): entities are not read")


def _require_known(element: Element, where: str) -> None:
    """Refuse an element in which there is anything that its rule does not have."""
    rule = GRAMMAR[element.tag]
    for name in element.attrib:
        if name not in rule.attributes.split():
            raise UnreadableError(f"{where}: attribute {name!r} is not read")
    texts = [element.text, *(child.tail for child in element)]
    for text in texts:
        if text is not None and text.strip():
            raise UnreadableError(f"{where}: must have no text, has {text.strip()[:40]!r}")
    seen: set[str] = set()
    for child in element:
        if "xacro" in child.tag:
            raise UnreadableError(XACRO)
        if child.tag in rule.passed.split():
            continue
        if child.tag not in (*rule.once.split(), *rule.many.split()):
            raise UnreadableError(f"{where}: element {child.tag!r} is not read")
        if child.tag in seen and child.tag in rule.once.split():
            raise UnreadableError(f"{where}: must have {child.tag} once, has it again")
        seen.add(child.tag)
        _require_known(child, called(child, where))
