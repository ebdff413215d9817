"""Draw the pictures of patients.md and plans_and_ways.md: `python docs/pictures/draw_patients_and_ways.py`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from math import atan2, cos, dist, exp, hypot, pi, sin, sqrt

from draw_explain import BLUE, GREEN, GREY, ORANGE, Drawing, Point

S = 44.0
"""Spacing of the grid in a slice, on the page."""
MIDDLE = (214.0, 222.0)
FINGER = -0.62
"""Where the contour has a finger that is narrower than the grid: radians, down the page."""
CELLS = (
    "......?####?....",
    ".....?#####?....",
    ".....?####?.....",
    "......?##?..####",
    ".......??..##..#",
    "...........##..#",
    "..??........####",
    ".?##?...........",
)
"""Free, undecided and not free cells, from the largest couch angle down."""
WAYPOINTS = ((1, 2), (5, 4), (6, 5), (9, 5), (10, 3), (12, 2), (14, 1))
"""Cells of the way, as column and row."""


def reach(angle: float) -> float:
    """Return how far the contour is from the middle."""
    body = 1.0 / hypot(cos(angle) / 125.0, sin(angle) / 92.0)
    return body + 58.0 * exp(-(((angle - FINGER) / 0.075) ** 2))


CONTOUR = [
    (MIDDLE[0] + reach(a) * cos(a), MIDDLE[1] + reach(a) * sin(a)) for a in (-pi + k * pi / 180 for k in range(361))
]


def signed_distance(p: Point) -> float:
    """Return the distance to the contour, negative inside."""
    away = min(_to_segment(p, a, b) for a, b in pairwise(CONTOUR))
    x, y = p[0] - MIDDLE[0], p[1] - MIDDLE[1]
    return -away if hypot(x, y) < reach(atan2(y, x)) else away


def _to_segment(p: Point, a: Point, b: Point) -> float:
    along = (b[0] - a[0], b[1] - a[1])
    share = ((p[0] - a[0]) * along[0] + (p[1] - a[1]) * along[1]) / (along[0] ** 2 + along[1] ** 2)
    share = min(1.0, max(0.0, share))
    return dist(p, (a[0] + share * along[0], a[1] + share * along[1]))


def triangles(columns: int, rows: int, corner: Point) -> Iterator[tuple[Point, Point, Point]]:
    """Yield the triangles of a slice's grid: diagonals of neighbouring squares are mirror images."""
    for i in range(columns):
        for j in range(rows):
            a, b, c, d = (
                (corner[0] + (i + u) * S, corner[1] + (j + v) * S) for u, v in ((0, 0), (1, 0), (1, 1), (0, 1))
            )
            yield from ((a, b, c), (a, c, d)) if (i + j) % 2 == 0 else ((a, b, d), (b, c, d))


def level_line(triangle: tuple[Point, Point, Point], level: float) -> list[Point]:
    """Return where the interpolation of the distances at the three nodes has a level: two points or none."""
    found = []
    for p, q in pairwise((*triangle, triangle[0])):
        f, g = signed_distance(p) - level, signed_distance(q) - level
        if (f <= 0) != (g <= 0):
            share = f / (f - g)
            found.append((p[0] + share * (q[0] - p[0]), p[1] + share * (q[1] - p[1])))
    return found


def patients() -> None:
    """The surface in a slice and between slices, and what is assumed beyond the scan."""
    drawing = Drawing(780, 400, "From contours to a surface")
    for triangle in triangles(9, 7, (16.0, 68.0)):
        drawing.line((*triangle, triangle[0]), GREY, 0.4)
        for level, colour in ((0.0, GREY), (S / sqrt(2), ORANGE)):
            if points := level_line(triangle, level):
                drawing.line(points, colour, 2.5 if level else 1.5, "" if level else "4 3")
    drawing.line(CONTOUR, BLUE, 2.0)
    drawing.words((214, 22), "in a slice: a grid of spacing s")
    drawing.words((214, 44), "level s/√2 of the interpolation: the surface", ORANGE)
    drawing.words((214, 216), "contour", BLUE)
    drawing.words((214, 250), "dashed: level 0,", GREY)
    drawing.words((214, 268), "which loses a finger", GREY)

    drawing.words((600, 22), "from slice to slice, seen from the side")
    heights = (30.0, 46.0, 60.0, 66.0, 62.0, 70.0, 76.0)
    slices = [(500 + 30 * k, h) for k, h in enumerate(heights)]
    upper = [(485.0, 30.0), *slices, (695.0, 76.0)]
    drawing.area([(x, 200 - h) for x, h in upper] + [(x, 200 + 0.7 * h) for x, h in reversed(upper)], ORANGE, 0.12)
    for x, h in slices:
        drawing.line(((x, 200 - h + 5), (x, 200 + 0.7 * h - 5)), BLUE, 2.0)
    rest = [k * pi / 20 for k in range(-10, 11)]  # from the upper edge of the cut to the lower one
    drawing.line([(695 + 62 * cos(a), 188.5 + 64.5 * sin(a)) for a in rest], GREEN, 2.0, "6 4")
    drawing.words((728, 112), "assumed", GREEN)
    drawing.line(((695, 96), (695, 290)), GREY, 1.0, "2 4")
    drawing.words((690, 308), "cut by the scan", GREY)
    drawing.words((570, 100), "slices", BLUE)
    drawing.words((520, 346), "each end stands for half a slice more", ORANGE, "start")
    drawing.arrow((512, 334), (487, 228), ORANGE)
    drawing.write("patients.svg")


def ways() -> None:
    """Moves in the space of joints, and what can be reached from home."""
    drawing = Drawing(780, 360, "Moves between beams, and ways to them")
    drawing.words((140, 22), "a move, in the space of joints")
    _axes(drawing, (40, 300), 220, 250)
    start, stop = (80.0, 250.0), (220.0, 110.0)
    drawing.area((start, (stop[0], start[1]), stop, (start[0], stop[1])), GREY, 0.12)
    drawing.words((126, 150), "any timing", GREY)
    drawing.line((start, stop), BLUE, 2.0)
    drawing.words((180, 222), "a leg", BLUE)
    drawing.line((start, (start[0], stop[1]), stop), GREEN, 2.5)
    drawing.words((150, 98), "couch first", GREEN)
    drawing.line((start, (stop[0], start[1]), stop), ORANGE, 2.5)
    drawing.words((150, 269), "gantry first", ORANGE)
    for at in (start, stop):
        drawing.dot(at, GREY, 5)

    drawing.words((545, 22), "what can be reached from home")
    corner, size = (330.0, 52.0), 27.0
    _axes(drawing, (corner[0] - 12, corner[1] + 8 * size + 12), 456, 240)
    for row, line in enumerate(CELLS):
        for column, status in enumerate(line):
            x, y = corner[0] + column * size, corner[1] + row * size
            box = ((x, y), (x + size, y), (x + size, y + size), (x, y + size))
            island = status == "." and column in (13, 14) and row in (4, 5)
            colour = {".": BLUE if island else GREEN, "?": GREY, "#": ORANGE}[status]
            drawing.area(box, colour, 0.45 if status == "#" else 0.15, 0.4)
    points = [(corner[0] + (c + 0.5) * size, corner[1] + (r + 0.5) * size) for c, r in WAYPOINTS]
    drawing.line(points, GREY, 2.5)
    for point in points:
        drawing.dot(point, GREY, 4)
    drawing.words((points[0][0], points[0][1] - 10), "home", GREY)
    drawing.words((points[-1][0] - 4, points[-1][1] - 10), "beam", GREY)
    for column, (colour, text) in enumerate(
        ((GREEN, "reached"), (BLUE, "island"), (GREY, "undecided"), (ORANGE, "not free"))
    ):
        x = 340 + 108 * column
        drawing.area(((x, 330), (x + 14, 330), (x + 14, 344), (x, 344)), colour, 0.4)
        drawing.words((x + 20, 342), text, colour, "start")
    drawing.write("ways.svg")


def _axes(drawing: Drawing, corner: Point, width: float, height: float) -> None:
    drawing.arrow(corner, (corner[0] + width, corner[1]))
    drawing.arrow(corner, (corner[0], corner[1] - height))
    drawing.words((corner[0] + width - 2, corner[1] + 18), "gantry", GREY, "end")
    drawing.words((corner[0] + 8, corner[1] - height), "couch", GREY, "start")


if __name__ == "__main__":
    for draw in (patients, ways):
        draw()
