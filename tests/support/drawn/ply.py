"""PLY files drawn at random."""

import struct

import numpy as np
from support.drawn.bodies import Chances, Drawn, body

CODES = {
    "char": "b",
    "uchar": "B",
    "int16": "h",
    "ushort": "H",
    "int": "i",
    "uint32": "I",
    "float": "f",
    "double": "d",
}


def draw(rng, without=()):
    chance = Chances(rng, without)
    order = "" if chance("text") else ">" if chance("big endian", 0.5) else "<"
    has_strips = chance("strips")
    bodies = [body(rng, polygons=chance("polygons", 0.4)) for _ in range(rng.integers(1, 4))]
    vertices = np.concatenate([each.vertices for each in bodies])
    starts = np.cumsum([0] + [len(each.vertices) for each in bodies])
    faces = [
        [int(c + start) for c in face] for each, start in zip(bodies, starts, strict=False) for face in each.faces
    ]
    strips = []
    if has_strips:
        strips, faces = _strips(rng, faces, chance("restarts", 0.5), chance("joined", 0.5))
    coordinate = "double" if chance("doubles") else "float"
    vertex = [(axis, coordinate, None) for axis in "xyz"] + [("red", "uchar", None), ("confidence", "float", None)]
    if chance("shuffled properties"):
        vertex = [vertex[i] for i in rng.permutation(len(vertex))]
    if chance("lists of vertices", 0.2):
        vertex.insert(int(rng.integers(len(vertex) + 1)), ("seen_by", "int16", "uchar"))
    count, index = "uchar", "int"
    if chance("types of lists"):
        count, index = ("uchar", "int", "ushort")[rng.integers(3)], ("int", "uint32", "ushort")[rng.integers(3)]
    name = ("vertex_indices", "vertex_index")[rng.integers(2)]
    face = [(name, index, count)]
    if chance("properties of faces"):
        face += [("flags", "uchar", None)]
    if chance("lists of faces", 0.2):
        face.insert(int(rng.integers(2)), ("texcoord", "float", "uchar"))
    named = {"x": vertices[:, 0], "y": vertices[:, 1], "z": vertices[:, 2]}
    rows = [[named[n][i] if n in named else _other(rng, c) for n, _, c in vertex] for i in range(len(vertices))]
    elements = [("vertex", vertex, rows)]
    elements.append(("face", face, [[f if n == name else _other(rng, c) for n, _, c in face] for f in faces]))
    if strips:
        elements.append(("tristrips", [("vertex_indices", "int", "int")], [[strip] for strip in strips]))
    if chance("edges"):
        elements.insert(1, ("edge", [("vertex1", "int", None), ("vertex2", "int", None)], [[0, 1], [1, 2]]))
    newline = chance.newline()
    content = _header(order, elements, newline) + b"".join(
        _row(order, e[1], r, newline) for e in elements for r in e[2]
    )
    groups = [vertices[f] for f in faces]
    known = [g for g in groups if len(g) == 3] + [vertices[t] for strip in strips for t in _triangles(strip)]
    return Drawn(content, np.array(known).reshape(-1, 3, 3), [g for g in groups if len(g) > 3], chance.found)


def _other(rng, count_type):
    return (
        int(rng.integers(0, 100)) if count_type is None else [int(n) for n in rng.integers(0, 9, rng.integers(0, 4))]
    )


def _strips(rng, faces, restarts, joined):
    """Turn the triangles among faces into strips of two triangles where they follow, and join these."""
    triangles = [face for face in faces if len(face) == 3]
    strips = []
    for a, b, c in triangles:
        strip = [a, b, c]
        if joined:
            strip += [c, b, b, a, c] if rng.random() < 0.5 else [c]  # triangles without an area; then one more
        strips.append(strip)
    if restarts and strips:
        row = strips[0]
        for strip in strips[1:]:
            row = [*row, -1, *strip]
        strips = [row]
    return strips, [face for face in faces if len(face) > 3]


def _triangles(strip):
    """The triangles of a strip by the words of the format: every second one turned, -1 begins anew."""
    found, piece = [], []
    for corner in [*strip, -1]:
        if corner != -1:
            piece.append(corner)
            continue
        for k in range(len(piece) - 2):
            a, b, c = piece[k : k + 3]
            if len({a, b, c}) == 3:
                found.append([a, b, c] if k % 2 == 0 else [a, c, b])
        piece = []
    return found


def _header(order, elements, newline):
    form = {"": "ascii", "<": "binary_little_endian", ">": "binary_big_endian"}[order]
    lines = ["ply", f"format {form} 1.0", "comment element face 99", "obj_info written by a test"]
    for name, properties, rows in elements:
        lines.append(f"element {name} {len(rows)}")
        for own, kind, count in properties:
            lines.append(f"property {kind} {own}" if count is None else f"property list {count} {kind} {own}")
    return b"".join(line.encode() + newline for line in [*lines, "end_header"])


def _row(order, properties, values, newline):
    if not order:
        words = [
            f"{len(v)} {' '.join(map(str, v))}" if c else f"{v:g}"
            for v, (_, _, c) in zip(values, properties, strict=True)
        ]
        return " ".join(words).strip().encode() + newline
    found = b""
    for value, (_, kind, count) in zip(values, properties, strict=True):
        if count is None:
            found += struct.pack(order + CODES[kind], value)
        else:
            found += struct.pack(order + CODES[count], len(value)) + struct.pack(
                f"{order}{len(value)}{CODES[kind]}", *value
            )
    return found
