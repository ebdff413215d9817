"""STL files drawn at random."""

import struct

import numpy as np
from support.drawn.bodies import Chances, Drawn, body

HEADERS = (b"", b"solid in name only", b"SPACE=RAS", b"3D Slicer output. SPACE=LPS", b"COLOR=\x10\x20\x30\xff")


def draw(rng, without=()):
    chance = Chances(rng, without)
    is_text = chance("text", 0.5)
    bodies = [body(rng, polygons=False) for _ in range(rng.integers(1, 4) if chance("several solids", 0.6) else 1)]
    triangles = np.concatenate([each.triangles() for each in bodies])
    content = _text(rng, bodies, chance) if is_text else _binary(rng, triangles)
    return Drawn(content, triangles, features=chance.found)


def _binary(rng, triangles):
    rows = np.zeros(len(triangles), [("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("colour", "<u2")])
    rows["corners"] = triangles
    rows["normal"] = rng.choice([0, np.nan, 1], (len(triangles), 3))
    rows["colour"] = rng.integers(0, 65536, len(triangles))
    header = HEADERS[rng.integers(len(HEADERS))]
    return header.ljust(80, b" " if rng.random() < 0.5 else b"\0") + struct.pack("<I", len(rows)) + rows.tobytes()


def _text(rng, bodies, chance):
    newline = chance.newline()
    form = ("{:g}", "{:.3f}", "{:+.6e}", "{:.4E}")[rng.integers(4)]
    gap, indent = (" ", "  ", "\t")[rng.integers(3)], ("", " ", "\t")[rng.integers(3)]
    names = ("", " a name", " facet", " 3D Slicer output. SPACE=RAS", " (endsolid)", " vertex shader")
    lines = []
    for each in bodies:
        name = names[rng.integers(len(names))] if chance("names") else ""
        lines.append(f"solid{name}")
        for triangle in each.triangles():
            lines += [f"{indent}facet normal 0 0 {rng.integers(2)}", f"{indent * 2}outer loop"]
            lines += [f"{indent * 3}vertex{gap}{gap.join(map(form.format, corner))}" for corner in triangle]
            lines += [f"{indent * 2}endloop", f"{indent}endfacet"]
        lines.append(f"endsolid{name}" if rng.random() < 0.5 else "endsolid")
        lines += [""] * int(rng.integers(2))
    if chance("upper case", 0.2):
        lines = [
            line.upper() if line.lstrip()[:5] in ("facet", "outer", "endlo", "endfa") else line for line in lines
        ]
    text = newline.join(line.encode() for line in lines)
    return text + newline * int(rng.integers(2))
