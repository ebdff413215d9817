"""OBJ files drawn at random."""

import numpy as np
from support.drawn.bodies import Chances, Drawn, body

FORMS = ("{v}", "{v}/{t}", "{v}//{n}", "{v}/{t}/{n}", "{v}/", "{v}//")


def draw(rng, without=()):
    chance = Chances(rng, without)
    has_polygons = chance("polygons", 0.5)
    bodies = [body(rng, has_polygons) for _ in range(rng.integers(1, 4))]
    gap = "\t" if chance("tabs") else " "
    relative, mixed, colours = chance("relative"), chance("mixed corners"), chance("colours")
    weights, goes_on, looks = chance("weights"), chance("lines that go on"), chance("names and looks")
    indented, others, early = chance("indented"), chance("points and lines"), chance("faces before vertices", 0.1)
    comments = chance("comments that end in a backslash")
    forms = ("{:g}", "{:.3f}", "{:+e}") if chance("plus signs") else ("{:g}", "{:.3f}", "{:e}")
    lines, so_far = ["# 3D Slicer output. SPACE=RAS"] if chance("space", 0.1) else [], 0
    lines += ["vt 0.5 0.5", "vn 0 0 1"]
    form = FORMS[rng.integers(4)]
    for number, each in enumerate(bodies):
        rows, faces = [], []
        if looks:
            lines += [f"o body # {number}", f"g a b {number}", "usemtl a#b", "s off", "mtllib some file.mtl"]
        for vertex in each.vertices:
            words = [forms[rng.integers(3)].format(value) for value in vertex]
            if colours and rng.random() < 0.5:
                words += ["0.5", "1", "0"]
            elif weights and rng.random() < 0.5:
                words += [("1", "1.0", "+1.000")[rng.integers(3)]]
            rows.append(gap.join(["v", *words]))
        for face in each.faces:
            words = ["f"]
            for corner in face:
                v = corner + so_far + 1
                if relative and not early and rng.random() < 0.5:
                    v = corner - len(each.vertices)
                this = FORMS[rng.integers(len(FORMS))] if mixed and chance("odd corners", 0.5) else form
                words.append(this.format(v=v, t=1, n=-1 if relative else 1))
            line = gap.join(words)
            if goes_on and rng.random() < 0.3:
                cut = int(rng.integers(1, len(words)))
                line = gap.join(words[:cut]) + " \\\n" + gap.join(words[cut:])
            faces.append(line)
        lines += [*faces, *rows] if early else [*rows, *faces]
        so_far += len(each.vertices)
        if others:
            lines += ["p 1 2", "l 1 2 3"]
        if comments:
            lines += ["# C:\\models\\"]
    if comments:
        lines = [f"{line} # \\" if rng.random() < 0.1 and "\n" not in line else line for line in lines]
    if indented:
        lines = [("", "  ", "\t")[rng.integers(3)] + line for line in lines]
    text = ("\n".join(lines) + "\n" * int(rng.integers(2))).encode().replace(b"\n", chance.newline())
    triangles = np.array([t for each in bodies for t in each.triangles()]).reshape(-1, 3, 3)
    return Drawn(text, triangles, [p for each in bodies for p in each.polygons()], chance.found)
