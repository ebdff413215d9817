"""STL: triangles with three corners each, in binary or as text; there is no unit, and nothing else in it."""

from __future__ import annotations

import re
import struct

import numpy as np

from simulator.models.importers.soup import (
    Count,
    Indices,
    Soup,
    UnreadableError,
    bounds_of,
    numbers,
    shown,
    space_named,
    unix_text,
)

HEADER = 84
TRIANGLE = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("colour", "<u2")])
FACET = b"facet normal * * * outer loop vertex * * * vertex * * * vertex * * * endloop endfacet".split()
"""The words of a facet; a star is a number."""
_COORDINATES = [place for place, word in enumerate(FACET) if word == b"*"][3:]
_SOLID = re.compile(rb"(?im)^[ \t]*(end)?solid(?:[ \t]([^\n]*))?$")


def read(content: bytes) -> tuple[Soup, Count]:
    """Return the triangles of an STL file, and a count of them; attribute bytes and normals carry no surface."""
    return _soup(content), _count(content)


def _soup(content: bytes) -> Soup:
    if _is_binary(content):
        corners = np.frombuffer(content, TRIANGLE, offset=HEADER)["corners"].astype(np.float64).reshape(-1, 3)
        return Soup(corners, _in_threes(len(corners)), 1, space=space_named(content[:80]))
    return _text_soup(unix_text(content))


def _text_soup(text: bytes) -> Soup:
    words: list[bytes] = []
    lines = list(_SOLID.finditer(text))
    starts, ends = lines[::2], lines[1::2]
    is_paired = len(starts) == len(ends) and not any(line[1] for line in starts) and all(line[1] for line in ends)
    outside = b"".join(
        text[before.end() : after.start()] for before, after in zip(ends, starts[1:], strict=False)
    ) + (text[: starts[0].start()] + text[ends[-1].end() :] if is_paired and starts else text)
    if not is_paired or outside.strip():
        raise UnreadableError(
            "must be solids, each of them from a line 'solid' to a line 'endsolid', and nothing else"
        )
    for start, end in zip(starts, ends, strict=True):
        words += _coordinates(text, start.end(), end.start())
    corners = numbers(words).reshape(-1, 3)
    names = b"\n".join(line[2] or b"" for line in starts)
    return Soup(corners, _in_threes(len(corners)), len(starts), space=space_named(names))


def _coordinates(text: bytes, start: int, end: int) -> list[bytes]:
    """Return the coordinates in the facets of a solid, nine a facet."""
    words = text[start:end].split()
    columns = [words[place :: len(FACET)] for place in range(len(FACET))]
    for word, column in zip(FACET, columns, strict=True):
        if len(column) * len(FACET) != len(words) or (
            word != b"*" and {each.lower() for each in set(column)} - {word}
        ):
            raise _odd_facet(text, start, words)
    found = np.array([columns[place] for place in _COORDINATES], dtype=object)
    return list(found.T.ravel())


def _odd_facet(text: bytes, start: int, words: list[bytes]) -> UnreadableError:
    """Return the error that says where the first facet is that is none."""
    size = len(FACET)
    for first in range(0, len(words), size):
        facet = words[first : first + size]
        if len(facet) < size or any(
            word not in (b"*", each.lower()) for word, each in zip(FACET, facet, strict=True)
        ):
            break
    line = text.count(b"\n", 0, start) + 1
    return UnreadableError(
        f"facet {first // size + 1} of the solid in line {line} must have a normal, a loop of 3 vertices and ends, "
        f"was {shown(b' '.join(facet))}"
    )


def _count(content: bytes) -> Count:
    """Count by the length of a binary file, and by the word 'vertex' in a text."""
    if _is_binary(content):
        rows = np.frombuffer(content, np.uint8, offset=HEADER).reshape(-1, TRIANGLE.itemsize)
        corners = np.ascontiguousarray(rows[:, 12:48]).view("<f4").reshape(-1, 3)
        return Count(len(rows), 1, bounds_of(corners.astype(float)))
    text = unix_text(content) + b"\n"
    solids = len(re.findall(rb"(?im)^[ \t]*solid\b", text))
    found = re.findall(rb"(?i)\bvertex\s+([-+.\d]\S*)\s+(\S+)\s+(\S+)", text)
    if len(found) % 3:
        raise UnreadableError(f"each facet must have 3 vertices; has {len(found)} vertices")
    try:
        return Count(len(found) // 3, solids, bounds_of(np.array(found).astype(float)))
    except ValueError:
        raise UnreadableError("coordinates must be decimal numbers, one is not") from None


def _is_binary(content: bytes) -> bool:
    """Tell binary from text by the length: no text is as long as its letters say when they are read as a count."""
    if len(content) >= HEADER:
        (triangles,) = struct.unpack_from("<I", content, HEADER - 4)
        length = HEADER + TRIANGLE.itemsize * triangles
        if len(content) == length:
            return True
        if content.lstrip()[:5].lower() != b"solid" or b"\0" in content:
            raise UnreadableError(
                f"a binary file of {triangles:,} triangles must have {length:,} bytes, has {len(content):,}"
            )
    elif content.lstrip()[:5].lower() != b"solid":
        raise UnreadableError(f"must start with 'solid' or have at least {HEADER} bytes, has {len(content)}")
    return False


def _in_threes(corners: int) -> Indices:
    return np.arange(corners, dtype=np.int64).reshape(-1, 3)
