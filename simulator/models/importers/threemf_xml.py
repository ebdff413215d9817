"""What the XML of a 3MF file says: elements of its models, each object with its vertices and how many triangles.

Only the core, production and materials specifications are understood; lattices, slices, volumes and whatever else
may carry a surface are refused by their namespace.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from simulator.models.importers.soup import Points, UnreadableError, numbers
from simulator.models.importers.threemf_package import Package, parse

MS = "http://schemas.microsoft.com/3dmanufacturing/"
CORE = MS + "core/2015/02"
PRODUCTION = MS + "production/2015/06"
WITHOUT_SURFACE = (MS + "material/2015/02", MS + "trianglesets/2021/07")
VENDORS = (
    "http://schemas.slic3r.org/3mf/2017/06",
    "http://schemas.bambulab.com/package/2021",
    "http://www.w3.org/XML/1998/namespace",
)
"""Namespaces of attributes that slicers add; they say how to print."""
UNITS = ("micron", "millimeter", "centimeter", "inch", "foot", "meter")
ATTRIBUTES = {
    "model": {"unit", "requiredextensions", "recommendedextensions"},
    "resources": set(),
    "object": {"id", "type", "thumbnail", "partnumber", "name", "pid", "pindex"},
    "mesh": set(),
    "vertices": set(),
    "vertex": {"x", "y", "z"},
    "triangles": set(),
    "triangle": {"v1", "v2", "v3", "p1", "p2", "p3", "pid"},
    "components": set(),
    "component": {"objectid", "transform"},
    "build": set(),
    "item": {"objectid", "transform", "partnumber", "printable"},
}
LOOKS = ("metadata", "metadatagroup", "basematerials", "base")
Key = tuple[str, str]


class Placed(NamedTuple):
    """An object (part and id) and where it stands, shape (4, 3)."""

    key: Key
    transform: Points


@dataclass
class Object:
    """What an element ``object`` holds."""

    triangles: int = 0
    coordinates: list[str] = field(default_factory=list)
    components: list[Placed] = field(default_factory=list)


@dataclass
class Inventory:
    """All objects of a package by part and id, the items of its root, and the root's unit."""

    objects: dict[Key, Object] = field(default_factory=dict)
    items: list[Placed] = field(default_factory=list)
    unit: str = "millimeter"
    models: set[str] = field(default_factory=set)


def decimals(words: list[str]) -> Points:
    """Return numbers of attributes."""
    return numbers([word.strip().encode() for word in words])


def inventory_of(package: Package) -> Inventory:
    """Return what is in the models that the root of a package leads to."""
    inventory, waiting = Inventory(), [package.root]
    while waiting:
        part = waiting.pop()
        if part in inventory.models:
            continue
        if part not in package.parts:
            raise UnreadableError(
                f"its package must have the part {part}, which it names; has {', '.join(package.parts)}"
            )
        inventory.models.add(part)
        waiting += _Model(part, inventory, is_root=part == package.root).read(package.parts[part])
    return inventory


class _Model:
    """One model part while it is read."""

    def __init__(self, part: str, inventory: Inventory, *, is_root: bool) -> None:
        self._part, self._inventory, self._is_root = part, inventory, is_root
        self._prefixes: dict[str, str] = {}
        self._object = Object()
        self._named: list[str] = []
        self._may_have_text = False
        self._vertex, self._triangle = f"{CORE} vertex", f"{CORE} triangle"

    def read(self, xml: bytes) -> list[str]:
        """Read the part into the inventory, and return the parts that it names."""
        parse(xml, self._part, self._started, self._declared, self._texted)
        return self._named

    def _texted(self, text: str) -> None:
        """Refuse words between tags, as a damaged tag leaves them; only what is told of a model may have some."""
        if text.strip() and not self._may_have_text:
            raise UnreadableError(f"{self._part} must have no text between its elements, has {text.strip()[:40]!r}")

    def _declared(self, prefix: str, attributes: dict[str, str]) -> None:
        self._prefixes[prefix] = attributes["uri"]

    def _started(self, element: str, attributes: dict[str, str]) -> None:
        if element == self._vertex and attributes.keys() == ATTRIBUTES["vertex"]:  # the quick way for most elements
            self._object.coordinates += attributes["x"], attributes["y"], attributes["z"]
            return
        namespace, _, name = element.rpartition(" ")
        self._may_have_text = name == "metadata"
        if namespace in WITHOUT_SURFACE or (namespace == CORE and name in LOOKS):
            return
        if namespace != CORE or name not in ATTRIBUTES:
            raise UnreadableError(f"element {name!r} of {namespace or 'no namespace'} is not read")
        if not attributes.keys() <= ATTRIBUTES[name]:
            self._require_known(name, attributes)
        if name == "triangle":
            self._object.triangles += 1
        elif name == "model":
            self._model(attributes)
        elif name == "object":
            self._object = Object()
            key = (self._part, attributes.get("id", ""))
            if key in self._inventory.objects:
                raise UnreadableError(
                    f"each object of {self._part} must have its own id, {key[1]!r} stands there twice"
                )
            self._inventory.objects[key] = self._object
        elif name == "component":
            self._object.components.append(self._placed(attributes))
        elif name == "item" and self._is_root:
            self._inventory.items.append(self._placed(attributes))

    def _model(self, attributes: dict[str, str]) -> None:
        for prefix in attributes.get("requiredextensions", "").split():
            namespace = self._prefixes.get(prefix, prefix)
            if namespace not in (PRODUCTION, *WITHOUT_SURFACE):
                raise UnreadableError(f"the extension {namespace} is required and is not read")
        if self._is_root:
            self._inventory.unit = attributes.get("unit", "millimeter")
            if self._inventory.unit not in UNITS:
                raise UnreadableError(f"its unit must be one of {', '.join(UNITS)}, was {self._inventory.unit!r}")

    def _placed(self, attributes: dict[str, str]) -> Placed:
        part = attributes.get(f"{PRODUCTION} path", self._part)
        self._named.append(part)
        if "transform" not in attributes:
            return Placed((part, attributes.get("objectid", "")), np.eye(4)[:, :3])
        values = decimals(attributes["transform"].split())
        if len(values) != 12:
            raise UnreadableError(f"a transform must have 12 numbers, was {attributes['transform'][:60]!r}")
        return Placed((part, attributes.get("objectid", "")), np.reshape(values, (4, 3)))

    def _require_known(self, name: str, attributes: dict[str, str]) -> None:
        for attribute in attributes.keys() - ATTRIBUTES[name]:
            namespace, _, own = attribute.rpartition(" ")
            if namespace not in (PRODUCTION, *WITHOUT_SURFACE, *VENDORS):
                raise UnreadableError(f"attribute {own!r} of {name!r} ({namespace or 'no namespace'}) is not read")
