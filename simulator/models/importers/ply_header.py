"""The header of a PLY file: elements, each with the types of its properties, in the order in which they follow."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import NamedTuple

from simulator.models.importers.soup import UnreadableError, shown

TYPES = {
    **dict.fromkeys(("char", "int8"), "i1"),
    **dict.fromkeys(("uchar", "uint8"), "u1"),
    **dict.fromkeys(("short", "int16"), "i2"),
    **dict.fromkeys(("ushort", "uint16"), "u2"),
    **dict.fromkeys(("int", "int32"), "i4"),
    **dict.fromkeys(("uint", "uint32"), "u4"),
    **dict.fromkeys(("float", "float32"), "f4"),
    **dict.fromkeys(("double", "float64"), "f8"),
}
"""NumPy's names of the types, without byte order."""
ORDERS = {"ascii": "", "binary_little_endian": "<", "binary_big_endian": ">"}
INDEX_LISTS = ("vertex_indices", "vertex_index")
SURFACES = ("face", "tristrips")
WITHOUT_SURFACE = ("edge", "material", "camera", "texture", "multi_texture_vertex", "multi_texture_face")
LONGEST_HEADER = 100_000


class Property(NamedTuple):
    """A number, or a list of numbers that begins with how many there are."""

    name: str
    type: str
    count_type: str | None = None

    @property
    def size(self) -> int:
        """Bytes of one number."""
        return int(self.type[1])

    @property
    def count_size(self) -> int:
        """Bytes of the number that a list begins with."""
        return int(self.count_type[1]) if self.count_type else 0


@dataclass(frozen=True)
class Element:
    """So many rows of the same properties."""

    name: str
    count: int
    properties: tuple[Property, ...]

    @property
    def index_list(self) -> str | None:
        """The list that names vertices, in an element that is a surface."""
        found = [each.name for each in self.properties if each.name in INDEX_LISTS]
        return found[0] if found and self.name in SURFACES else None

    @property
    def lists(self) -> tuple[Property, ...]:
        """The properties that let rows have different lengths."""
        return tuple(each for each in self.properties if each.count_type)


class Header(NamedTuple):
    """What a header says, and its length in bytes; ``order`` is empty for text."""

    order: str
    elements: tuple[Element, ...]
    comments: bytes
    length: int


def header_of(content: bytes) -> Header:
    """Return the header of a PLY file.

    Raises
    ------
    UnreadableError
        If there is none, a line of it is not understood, or it promises more than the file can hold.
    """
    found = re.match(rb"ply[ \t]*(\r\n|\r|\n)((?s:.)*?)(?<=[\r\n])end_header[ \t]*", content[:LONGEST_HEADER])
    if found is None or not content.startswith(found[1], found.end()):
        raise UnreadableError("must have a header from 'ply' to 'end_header'")
    lines = [line.strip() for line in found[2].split(found[1])]
    comments = [line for line in lines if re.match(rb"(comment|obj_info)\b", line)]
    elements: list[Element] = []
    order = None
    for line in lines:
        match line.decode("latin-1").split():
            case []:
                pass
            case ["comment" | "obj_info", *_]:
                pass
            case ["format", ("ascii" | "binary_little_endian" | "binary_big_endian") as name, "1.0"] if order is None:
                order = ORDERS[name]
            case ["element", name, count] if re.fullmatch(r"\d{1,18}", count):
                elements.append(Element(name, int(count), ()))
            case ["property", type_, name] if elements and type_ in TYPES:
                elements[-1] = _with(elements[-1], Property(name, TYPES[type_]))
            case ["property", "list", count_type, type_, name] if (
                elements and type_ in TYPES and TYPES.get(count_type, "f")[0] != "f"
            ):
                elements[-1] = _with(elements[-1], Property(name, TYPES[type_], TYPES[count_type]))
            case _:
                raise UnreadableError(f"a line of its header is not understood: {shown(line)}")
    if order is None:
        raise UnreadableError("its header must name one format, of ascii, binary_little_endian and binary_big_endian")
    header = Header(order, tuple(elements), b"\n".join(comments), found.end() + len(found[1]))
    for element in elements:
        _require_readable(element)
    _require_content(header, len(content) - header.length)
    return header


def _with(element: Element, added: Property) -> Element:
    return replace(element, properties=(*element.properties, added))


def _require_readable(element: Element) -> None:
    """Refuse elements that may carry a surface in a way that is not known."""
    names = [each.name for each in element.properties]
    if len(set(names)) < len(names):
        raise UnreadableError(
            f"each property of element {element.name!r} must have its own name, has {', '.join(names)}"
        )
    known = ("vertex", *SURFACES, *WITHOUT_SURFACE)
    if element.name not in known and element.count:
        raise UnreadableError(
            f"element {element.name!r} may carry a surface and is not read; read are {', '.join(known)}"
        )
    if element.name == "vertex":
        plain = [each.name for each in element.properties if each.count_type is None]
        if not {"x", "y", "z"} <= set(plain):
            raise UnreadableError(f"element 'vertex' must have properties x, y and z, has {', '.join(names)}")
    if element.name in SURFACES and element.count:
        lists = [each for each in element.properties if each.name in INDEX_LISTS]
        if len(lists) != 1 or lists[0].count_type is None or lists[0].type[0] == "f":
            raise UnreadableError(
                f"element {element.name!r} must have one list of integers {' or '.join(INDEX_LISTS)}, "
                f"has {', '.join(names)}"
            )


def _require_content(header: Header, available: int) -> None:
    """Refuse more rows than the file has bytes for, before memory is taken for them; and names that stand twice."""
    names = [element.name for element in header.elements]
    if len(set(names)) < len(names):
        raise UnreadableError(f"each element must have its own name, there are {', '.join(names)}")
    for element in header.elements:
        if header.order:
            row = sum(each.count_size or each.size for each in element.properties)
        else:
            row = 2 * len(element.properties)
        if element.count and (row == 0 or element.count * row > available + 1):
            raise UnreadableError(
                f"its header promises {element.count:,} rows of {element.name!r}, of at least {row} bytes, "
                f"and there are {available:,} bytes"
            )
