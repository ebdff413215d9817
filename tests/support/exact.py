"""Distances in rational numbers: what no rounding can blur."""

from __future__ import annotations

from fractions import Fraction


def _exact(point):
    return [Fraction(float(value)) for value in point]


def _sub(a, b):
    return [x - y for x, y in zip(a, b, strict=True)]


def _dot(a, b):
    return sum(x * y for x, y in zip(a, b, strict=True))


def _to_segment(p, a, b):
    way = _sub(b, a)
    length = _dot(way, way)
    share = min(max(_dot(_sub(p, a), way) / length, Fraction(0)), Fraction(1)) if length else Fraction(0)
    left = [x - y - share * z for x, y, z in zip(p, a, way, strict=True)]
    return _dot(left, left)


def distance_to_triangle(point, corners):
    """The distance of a point from a triangle, rounded once at the end; triangles without an area are welcome."""
    p, (a, b, c) = _exact(point), map(_exact, corners)
    least = min(_to_segment(p, a, b), _to_segment(p, b, c), _to_segment(p, c, a))
    ab, ac, ap = _sub(b, a), _sub(c, a), _sub(p, a)
    bb, bc, cc = _dot(ab, ab), _dot(ab, ac), _dot(ac, ac)
    area = bb * cc - bc * bc
    if area:
        u = (_dot(ap, ab) * cc - _dot(ap, ac) * bc) / area
        v = (_dot(ap, ac) * bb - _dot(ap, ab) * bc) / area
        if u >= 0 and v >= 0 and u + v <= 1:
            left = [x - u * y - v * z for x, y, z in zip(ap, ab, ac, strict=True)]
            least = min(least, _dot(left, left))
    return float(least) ** 0.5
