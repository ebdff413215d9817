"""Draw the pictures of docs/explain and docs/develop: `python docs/pictures/draw_explain.py` writes them.

Lines are mid-grey on a transparent ground, so that they read on light and on dark pages.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import cos, pi, radians, sin
from pathlib import Path

GREY, BLUE, ORANGE, GREEN = "#808080", "#4080c0", "#d07020", "#30905a"
FONT = 'font-family="sans-serif" font-size="14"'
Point = tuple[float, float]
Vector = tuple[float, float, float]


class Drawing:
    """An SVG of lines, arrows and words."""

    def __init__(self, width: int, height: int, title: str) -> None:
        heads = "".join(
            f'<marker id="{name}" viewBox="0 0 10 10" refX="8" refY="5" markerWidth="7" markerHeight="7" '
            f'orient="auto-start-reverse"><path d="M0 1 L9 5 L0 9 z" fill="{colour}"/></marker>'
            for name, colour in HEADS.items()
        )
        self._parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
            f'height="{height}" role="img"><title>{title}</title><defs>{heads}</defs>'
        ]

    def line(self, points: Iterable[Point], colour: str = GREY, width: float = 1.5, dash: str = "") -> None:
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self._parts.append(
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}"{dashed}/>'
        )

    def arrow(self, start: Point, stop: Point, colour: str = GREY, width: float = 2.0) -> None:
        head = next(name for name, of in HEADS.items() if of == colour)
        self._parts.append(
            f'<line x1="{start[0]:.1f}" y1="{start[1]:.1f}" x2="{stop[0]:.1f}" y2="{stop[1]:.1f}" '
            f'stroke="{colour}" stroke-width="{width}" marker-end="url(#{head})"/>'
        )

    def area(self, points: Iterable[Point], colour: str = GREY, opacity: float = 0.15, edge: float = 1.5) -> None:
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self._parts.append(
            f'<polygon points="{path}" fill="{colour}" fill-opacity="{opacity}" stroke="{colour}" '
            f'stroke-width="{edge}"/>'
        )

    def dot(self, at: Point, colour: str = GREY, radius: float = 3.5) -> None:
        self._parts.append(f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="{radius}" fill="{colour}"/>')

    def words(self, at: Point, text: str, colour: str = GREY, anchor: str = "middle") -> None:
        self._parts.append(
            f'<text x="{at[0]:.1f}" y="{at[1]:.1f}" {FONT} fill="{colour}" text-anchor="{anchor}">{text}</text>'
        )

    def write(self, name: str) -> None:
        (Path(__file__).parent / name).write_text("\n".join([*self._parts, "</svg>\n"]), encoding="utf-8")


HEADS = {"grey": GREY, "blue": BLUE, "orange": ORANGE, "green": GREEN}


def seen(v: Vector, at: Point, scale: float) -> Point:
    """Return where a point of the room is on the page: facing the gantry, from the right and above."""
    x, y, z = v
    return at[0] + scale * (0.92 * x + 0.48 * y), at[1] - scale * (z + 0.34 * y - 0.12 * x)


def axes(drawing: Drawing, origin: Vector, vectors: dict[str, Vector], at: Point, scale: float, colour: str) -> None:
    start = seen(origin, at, scale)
    for name, (x, y, z) in vectors.items():
        stop = seen((origin[0] + x, origin[1] + y, origin[2] + z), at, scale)
        drawing.arrow(start, stop, colour)
        past = (stop[0] + 0.16 * (stop[0] - start[0]), stop[1] + 0.16 * (stop[1] - start[1]) + 5)
        drawing.words(past, name, colour)


def ring(axis: str, centre: Vector, radius: float, low: int, high: int) -> list[Vector]:
    """Return an arc about y (gantry) or z (patient support), from low to high degrees."""
    points = []
    for degrees in range(low, high + 1, 5):
        s, c = radius * sin(radians(degrees)), radius * cos(radians(degrees))
        x, y, z = centre
        points.append((x + s, y, z + c) if axis == "y" else (x - s, y + c, z))
    return points


def frames() -> None:
    """The axes of IEC 61217, at gantry 40° and couch 330°."""
    drawing, at, scale = Drawing(760, 470, "IEC 61217 frames"), (330.0, 250.0), 110.0
    g, c = radians(40.0), radians(-30.0)

    def put(points: Iterable[Vector]) -> list[Point]:
        return [seen(p, at, scale) for p in points]

    drawing.line(put(ring("y", (0, 0, 0), 1.45, -180, 180)), GREY, 1.0, "5 5")
    drawing.line(put(ring("y", (0, 0, 0), 1.45, 0, 40)), ORANGE, 2.5)
    drawing.words(seen((0.55, 0, 1.62), at, scale), "gantry g", ORANGE)
    floor = -1.25
    drawing.line(put(ring("z", (0, 0, floor), 1.1, -180, 180)), GREY, 1.0, "5 5")
    drawing.line(put(ring("z", (0, 0, floor), 1.1, -30, 0)), BLUE, 2.5)
    drawing.words(seen((0.42, 1.3, floor), at, scale), "couch c", BLUE)
    axes(drawing, (0, 0, 0), {"x": (1, 0, 0), "y": (0, 1, 0), "z": (0, 0, 1)}, at, scale, GREY)
    source = (1.45 * sin(g), 0.0, 1.45 * cos(g))
    drawing.dot(seen(source, at, scale), ORANGE, 6)
    drawing.line(put([source, (0, 0, 0)]), ORANGE, 1.5, "3 4")
    drawing.words((seen(source, at, scale)[0] + 34, seen(source, at, scale)[1] - 8), "source", ORANGE)
    axes(
        drawing,
        (0, 0, 0),
        {"x g": (0.62 * cos(g), 0, -0.62 * sin(g)), "z g": (0.62 * sin(g), 0, 0.62 * cos(g))},
        at,
        scale,
        ORANGE,
    )
    axes(
        drawing,
        (0, 0, floor),
        {"x s": (0.9 * cos(c), 0.9 * sin(c), 0), "y s": (-0.9 * sin(c), 0.9 * cos(c), 0), "z s": (0, 0, 0.5)},
        at,
        scale,
        BLUE,
    )
    top = [(-0.3, -1.5, -0.25), (0.3, -1.5, -0.25), (0.3, 0.5, -0.25), (-0.3, 0.5, -0.25)]
    turned = [(x * cos(c) - y * sin(c), x * sin(c) + y * cos(c), z) for x, y, z in top]
    drawing.area(put(turned), GREEN)
    drawing.words((put(turned)[0][0] - 34, put(turned)[0][1] - 12), "table top t", GREEN)
    drawing.dot(seen((0, 0, 0), at, scale), GREY, 5)
    drawing.words((seen((0, 0, 0), at, scale)[0] - 52, seen((0, 0, 0), at, scale)[1] - 8), "isocentre", GREY)
    for row, (colour, text) in enumerate(
        [
            (GREY, "f  fixed: y to the gantry, z up"),
            (ORANGE, "g  gantry: turns about y f"),
            (BLUE, "s  patient support: turns about z f"),
            (GREEN, "t  table top: slides on s"),
        ]
    ):
        drawing.words((535, 330 + 26 * row), text, colour, "start")
    drawing.write("frames.svg")


def positions() -> None:
    """Patient axes on the table top, for the four positions without a decubitus."""
    drawing = Drawing(760, 230, "DICOM patient axes on the table top")
    rows: dict[str, tuple[Vector, Vector, Vector]] = {
        "HFS": ((1, 0, 0), (0, 0, -1), (0, 1, 0)),
        "HFP": ((-1, 0, 0), (0, 0, 1), (0, 1, 0)),
        "FFS": ((-1, 0, 0), (0, 0, -1), (0, -1, 0)),
        "FFP": ((1, 0, 0), (0, 0, 1), (0, -1, 0)),
    }
    for column, (name, (x, y, z)) in enumerate(rows.items()):
        at, scale = (95.0 + 190 * column, 110.0), 50.0
        top = [(-0.45, -1.3, -0.3), (0.45, -1.3, -0.3), (0.45, 1.3, -0.3), (-0.45, 1.3, -0.3)]
        drawing.area([seen(p, at, scale) for p in top], GREEN)
        head = 0.95 * z[1]
        centre = seen((0, head, 0), at, scale)
        drawing.line(
            [(centre[0] + 11 * cos(t * pi / 12), centre[1] + 11 * sin(t * pi / 12)) for t in range(25)], GREY
        )
        drawing.line([seen((0, 0.78 * head, 0), at, scale), seen((0, -1.2 * z[1], 0), at, scale)], GREY, 6)
        axes(drawing, (0, 0, 0), {"x": x, "y": y, "z": z}, at, scale, ORANGE)
        drawing.words((at[0], 215), name, GREY)
    drawing.words((380, 18), "the gantry is behind, up the page; x left, y back, z head of the patient", GREY)
    drawing.write("positions.svg")


def chart() -> None:
    """Two axes that cross at α, the beam at β to the inner one."""
    drawing, at, r = Drawing(520, 360, "Two axes that cross in the isocentre"), (230.0, 200.0), 130.0
    drawing.line([(at[0] + r * cos(t * pi / 60), at[1] + r * sin(t * pi / 60)) for t in range(121)], GREY, 1.0, "4 4")
    alpha, beta = radians(55.0), radians(50.0)
    drawing.arrow(at, (at[0], at[1] - 1.25 * r), BLUE)
    drawing.words((at[0], at[1] - 1.32 * r), "outer axis z (θ1)", BLUE)
    inner = (at[0] + 1.25 * r * sin(alpha), at[1] - 1.25 * r * cos(alpha))
    drawing.arrow(at, inner, GREEN)
    drawing.words((inner[0] + 8, inner[1] + 2), "inner axis a (θ2)", GREEN, "start")
    beam = (at[0] + r * sin(alpha + beta), at[1] - r * cos(alpha + beta))
    drawing.arrow(at, beam, ORANGE)
    drawing.words((beam[0] + 8, beam[1] + 6), "u: to the source", ORANGE, "start")
    for low, high, name, radius in ((0.0, alpha, "α", 46.0), (alpha, alpha + beta, "β", 60.0)):
        turn = [low + k * (high - low) / 20 for k in range(21)]
        drawing.line([(at[0] + radius * sin(t), at[1] - radius * cos(t)) for t in turn], GREY)
        middle = (low + high) / 2
        drawing.words((at[0] + (radius + 14) * sin(middle), at[1] - (radius + 14) * cos(middle) + 5), name)
    drawing.words((at[0], 350), "At α = β = 90°: the C-arm", GREY)
    drawing.write("chart.svg")


def motion() -> None:
    """A point that turns by up to δ, and how far it gets along a normal."""
    drawing, o, r, delta = Drawing(560, 300, "A point on a revolute joint"), (120.0, 215.0), 230.0, radians(25.0)
    arc = [-delta + k * delta / 20 for k in range(41)]
    drawing.line([(o[0] + r * cos(t), o[1] - r * sin(t)) for t in arc], GREY, 2)
    p = (o[0] + r, o[1])
    drawing.line([o, p], GREY, 1, "4 4")
    drawing.dot(o)
    drawing.words((o[0] - 14, o[1] + 5), "o")
    drawing.dot(p, BLUE)
    drawing.words((p[0] - 14, p[1] - 8), "p", BLUE)
    drawing.arrow(p, (p[0], p[1] - 95), BLUE)
    drawing.words((p[0] + 12, p[1] - 84), "v", BLUE)
    drawing.words(((o[0] + p[0]) / 2, o[1] + 18), "r")
    end = (o[0] + r * cos(delta), o[1] - r * sin(delta))
    drawing.dot(end, ORANGE)
    drawing.words((end[0] - 12, end[1] - 8), "p(δ)", ORANGE)
    drawing.line([(p[0] + 75, 30), (p[0] + 75, 290)], GREEN, 2)
    drawing.arrow((p[0] + 75, 60), (p[0] + 25, 60), GREEN)
    drawing.words((p[0] + 18, 52), "n", GREEN)
    drawing.words((p[0] + 84, 285), "plane", GREEN, "start")
    drawing.line([(end[0], end[1]), (end[0], o[1])], GREY, 1, "2 3")
    drawing.words((end[0] + 2, o[1] + 34), "r cos δ")
    drawing.write("motion.svg")


def architecture() -> None:
    """The way the data goes."""
    drawing = Drawing(760, 330, "The way the data goes")

    def box(x: float, y: float, w: float, text: str, folder: str, colour: str) -> None:
        drawing.area([(x, y), (x + w, y), (x + w, y + 50), (x, y + 50)], colour)
        drawing.words((x + w / 2, y + 22), text, colour)
        drawing.words((x + w / 2, y + 40), folder, GREY)

    box(20, 20, 130, "scenario.toml", "scenario/", GREY)
    box(20, 110, 130, "meshes", "models/", GREY)
    box(20, 240, 130, "DICOM files", "dicom/", GREY)
    box(200, 65, 120, "Setup", "setup/", BLUE)
    box(370, 20, 140, "Checker", "collision/", ORANGE)
    box(370, 110, 140, "Prover", "certify/", GREEN)
    box(560, 65, 170, "CollisionMap", "maps/, directions/", BLUE)
    box(370, 240, 140, "PlanCheck", "plans/, delivery/", BLUE)
    box(560, 190, 170, "pictures, pages", "view/, report/", GREY)
    box(560, 265, 170, "promises", "regression/", GREY)
    for start, stop in (
        ((150, 45), (200, 82)),
        ((150, 135), (200, 98)),
        ((320, 82), (370, 50)),
        ((320, 98), (370, 130)),
        ((510, 50), (560, 82)),
        ((510, 130), (560, 98)),
        ((150, 265), (370, 265)),
        ((440, 160), (440, 240)),
        ((280, 115), (375, 240)),
        ((645, 115), (645, 190)),
        ((510, 258), (560, 222)),
        ((510, 275), (560, 288)),
    ):
        drawing.arrow(start, stop)
    drawing.write("architecture.svg")


if __name__ == "__main__":
    for draw in (frames, positions, chart, motion, architecture):
        draw()
