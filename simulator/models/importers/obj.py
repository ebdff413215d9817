"""Wavefront OBJ: vertices and polygons, line by line; what may carry another surface is refused by its name."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from simulator.models.importers.polygons import triangulated
from simulator.models.importers.soup import (
    Count,
    Indices,
    Soup,
    UnreadableError,
    bounds_of,
    numbers,
    require_range,
    shown,
    space_named,
    unix_text,
)

NAMES = frozenset(b"g o s mg usemtl mtllib usemap maplib bevel c_interp d_interp lod".split())
"""Statements of names and looks."""
NUMBERS = frozenset(b"vt vn vp p l".split())
"""Texture coordinates, normals, parameters; points and lines, which have no surface."""
_CORNER = rb"[ \t]+-?\d{1,12}(?:/(?:-?\d+)?(?:/(?:-?\d+)?)?)?"
_FACE = re.compile(rb"f(?:" + _CORNER + rb"){3,}[ \t]*")
_NUMBERS = re.compile(rb"\w+(?:[ \t]+[-+.\deE/]+)*[ \t]*")


def read(content: bytes) -> tuple[Soup, Count]:
    """Return the polygons of an OBJ file as triangles, and a count of them.

    A colour, or a weight of 1, may follow any vertex. Indices count from 1, or, if they are negative, back from the
    last vertex so far.
    """
    return _soup(content), _count(content)


def _soup(content: bytes) -> Soup:
    coordinates: list[bytes] = []
    polygons: dict[int, list[int]] = defaultdict(list)
    objects = 0
    text = unix_text(content)
    for number, line in _statements(text):
        words = line.split()
        if not words:
            raise UnreadableError(f"line {number}: must have words, has {shown(line)} alone")
        keyword = words[0]
        if keyword == b"v":
            coordinates += _vertex(number, words[1:], line)
        elif keyword == b"f":
            if _FACE.fullmatch(line) is None:
                raise UnreadableError(
                    f"line {number}: each face must have 3 or more vertex indices, was {shown(line)}"
                )
            so_far = len(coordinates) // 3
            corners = [int(word.split(b"/", 1)[0]) for word in words[1:]]
            polygons[len(corners)] += [_from_zero(corner, so_far, number) for corner in corners]
        elif keyword in NUMBERS:
            if _NUMBERS.fullmatch(line) is None:
                raise UnreadableError(f"line {number}: {keyword.decode()} must have numbers, was {shown(line)}")
        elif keyword not in NAMES:
            raise UnreadableError(
                f"line {number}: {shown(keyword)} is no statement that is known to carry no surface"
            )
        objects += keyword == b"o"
    vertices = numbers(coordinates).reshape(-1, 3)
    groups: list[Indices] = [np.array(flat, dtype=np.int64).reshape(-1, k) for k, flat in sorted(polygons.items())]
    require_range(groups, len(vertices), first=1)
    faces, sag = triangulated(vertices, groups)
    comments = b"\n".join(re.findall(rb"#[^\n]*", text))
    return Soup(vertices, faces, max(objects, 1), space=space_named(comments), sag=sag)


def _count(content: bytes) -> Count:
    """Count the words of face lines, and look for the bounds in vertex lines."""
    text = re.sub(rb"#[^\n]*", b"", unix_text(content)).replace(b"\\\n", b" ")
    faces = re.findall(rb"(?m)^[ \t]*f[ \t]([^\n]*)", text)
    corners = sum(len(face.split()) for face in faces)
    objects = len(re.findall(rb"(?m)^[ \t]*o\b", text))
    points = re.findall(rb"(?m)^[ \t]*v[ \t]+(\S+)[ \t]+(\S+)[ \t]+(\S+)", text)
    return Count(corners - 2 * len(faces), max(objects, 1), bounds_of(np.array(points).astype(float)))


def _statements(text: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield each line that is not empty with its number, without comment; lines that go on are joined.

    A backslash at the end of a comment is part of the comment: the next line is a statement of its own.
    """
    begun, first = b"", 0
    for number, physical in enumerate(text.split(b"\n"), start=1):
        line, has_comment, _ = physical.partition(b"#")
        goes_on = line.endswith(b"\\") and not has_comment
        joined = (begun + (line[:-1] + b" " if goes_on else line)).strip(b" \t")
        if goes_on:
            begun, first = joined + b" ", first or number
            if joined.partition(b" ")[0] in NAMES:
                raise UnreadableError(f"line {number}: a name must not go on in the next line, was {shown(line)}")
            continue
        if joined:
            yield first or number, joined
        begun, first = b"", 0
    if begun:
        raise UnreadableError(f"line {first} goes on, but the file ends")


def _vertex(number: int, values: list[bytes], line: bytes) -> list[bytes]:
    """Return the coordinates of a vertex that may have a weight (one more value) or a colour (three more)."""
    if _NUMBERS.fullmatch(line) is None or len(values) not in (3, 4, 6):
        raise UnreadableError(
            f"line {number}: each vertex must have 3 coordinates, perhaps a weight or a colour, was {shown(line)}"
        )
    if len(values) == 4 and values[3].strip(b"+0") not in (b"1", b"1."):
        raise UnreadableError(f"line {number}: the weight of a vertex must be 1, was {shown(line)}")
    return values[:3]


def _from_zero(corner: int, so_far: int, number: int) -> int:
    """Return an index that counts from 0."""
    if corner == 0 or corner < -so_far:
        raise UnreadableError(
            f"line {number}: vertex indices must count from 1, or from -1 back to the first vertex, one was {corner}"
        )
    return corner - 1 if corner > 0 else so_far + corner
