"""Text in mesh files that trimesh would read in part or with another meaning: cut short, damaged, relative.

A triangle that is lost on reading is a collision that is never found, so such files are refused.
"""

from __future__ import annotations

import re
import struct
from itertools import accumulate

BINARY_STL_HEADER = 84
BINARY_STL_TRIANGLE = 50


def fault(content: bytes, suffix: str) -> str | None:
    """Return what is wrong with the content of an STL, PLY or OBJ file, or None.

    Parameters
    ----------
    content : bytes
        The whole file.
    suffix : str
        ``".stl"``, ``".ply"`` or ``".obj"``; the other formats carry their lengths, which their readers check.
    """
    checks = {".stl": _stl_fault, ".ply": _ply_fault, ".obj": _obj_fault}
    return checks[suffix](content) if suffix in checks else None


def _stl_fault(content: bytes) -> str | None:
    if len(content) >= BINARY_STL_HEADER:
        (triangles,) = struct.unpack_from("<I", content, BINARY_STL_HEADER - 4)
        length = BINARY_STL_HEADER + BINARY_STL_TRIANGLE * triangles
        if len(content) == length:
            return None
        if content.lstrip()[:5].lower() != b"solid":
            return f"a binary file of {triangles:,} triangles must have {length:,} bytes, has {len(content):,}"
    lines = content.replace(b"\r", b"\n")
    solid, facet, vertex, endfacet, endsolid = (
        len(re.findall(rb"(?im)^[ \t]*" + word + rb"\b", lines))
        for word in (b"solid", b"facet", b"vertex", b"endfacet", b"endsolid")
    )
    if solid == 0:
        return f"must start with 'solid' or have at least {BINARY_STL_HEADER} bytes, has {len(content)}"
    if solid != endsolid or not facet == endfacet == vertex / 3:
        return (
            f"each solid must end and each facet have 3 vertices; has {solid} solid, {endsolid} endsolid, "
            f"{facet} facet, {endfacet} endfacet, {vertex} vertex"
        )
    return None


def _ply_fault(content: bytes) -> str | None:
    header, end, body = content.partition(b"end_header")
    if not content.startswith(b"ply") or not end:
        return "must have a header from 'ply' to 'end_header'"
    if not re.search(rb"(?m)^format\s+ascii\b", header):
        return None
    header = re.sub(rb"(?m)^(comment|obj_info)\b.*\n?", b"", header)
    elements = re.findall(rb"(?m)^element\s+(\S+)\s+(-?\d+)\s+property\s+(\S+)", header)
    counts = [int(count) for _, count, _ in elements]
    rows = [line.split() for line in body.splitlines() if line.strip()]
    if len(rows) != sum(counts) or min(counts, default=0) < 0:
        return f"its header counts {' + '.join(map(str, counts))} lines, there are {len(rows)}"
    for (name, count, first_property), end_row in zip(elements, accumulate(counts), strict=True):
        if name == b"face" and first_property == b"list":
            for row in rows[end_row - int(count) : end_row]:
                if not row[0].isdigit() or not 3 <= int(row[0]) < len(row):
                    return f"each face must have at least 3 vertices, and as many as it counts; one was {_text(row)}"
    return None


def _obj_fault(content: bytes) -> str | None:
    lines = content.replace(b"\r", b"\n")
    index = re.search(rb"(?m)^f[ \t][^\n]*?(?<=[ \t])(-\d+|0+)(?=[/\s]|\Z)", lines)
    if index is not None:
        return f"vertex indices must count from 1, one was {index[1].decode()} (relative indices are not read)"
    short = re.search(rb"(?m)^([vf])(?:[ \t]+[^\s]+){0,2}[ \t]*$", lines)
    if short is not None:
        what = "vertex must have 3 coordinates" if short[1] == b"v" else "face must have 3 vertices"
        return f"each {what}, one line was {_text(short[0].split())}"
    return None


def _text(words: list[bytes]) -> str:
    return repr(b" ".join(words).decode("latin-1")[:60])
