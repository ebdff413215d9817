"""The nearest points of two triangles, as a proposal.

Nothing that is claimed rests on these being the nearest: any two points bound a distance from above, and any
direction bounds it from below (`simulator.certify.kernels.motion_bounds`). A bad proposal costs time, not truth.
"""

from __future__ import annotations

from simulator.certify.kernels.vectors import Floats, Vector, add, cross, dot, length, scaled, sub, vector
from simulator.compiled import jit


@jit
def nearest_of_segments(p: Vector, p_end: Vector, q: Vector, q_end: Vector) -> tuple[Vector, Vector]:
    """Return the nearest points of two segments (Ericson, Real-Time Collision Detection, 2005, 5.1.9)."""
    d, e, r = sub(p_end, p), sub(q_end, q), sub(p, q)
    dd, ee, er = dot(d, d), dot(e, e), dot(e, r)
    dr, de = dot(d, r), dot(d, e)
    determinant = dd * ee - de * de
    s = min(max((de * er - dr * ee) / determinant, 0.0), 1.0) if determinant > 1e-12 * dd * ee else 0.0
    t = (de * s + er) / ee if ee > 0.0 else 0.0
    if t < 0.0 or t > 1.0 or ee == 0.0:
        t = min(max(t, 0.0), 1.0)
        s = min(max((de * t - dr) / dd, 0.0), 1.0) if dd > 0.0 else 0.0
    return add(p, scaled(s, d)), add(q, scaled(t, e))


@jit
def nearest_of_triangle(p: Vector, a: Vector, b: Vector, c: Vector) -> Vector:
    """Return the point of a triangle that is nearest to p (Ericson, Real-Time Collision Detection, 2005, 5.1.5)."""
    ab, ac, ap = sub(b, a), sub(c, a), sub(p, a)
    d1, d2 = dot(ab, ap), dot(ac, ap)
    if d1 <= 0.0 and d2 <= 0.0:
        return a
    bp = sub(p, b)
    d3, d4 = dot(ab, bp), dot(ac, bp)
    if d3 >= 0.0 and d4 <= d3:
        return b
    vc = d1 * d4 - d3 * d2
    if vc <= 0.0 and d1 >= 0.0 and d3 <= 0.0 and d1 > d3:
        return add(a, scaled(d1 / (d1 - d3), ab))
    cp = sub(p, c)
    d5, d6 = dot(ab, cp), dot(ac, cp)
    if d6 >= 0.0 and d5 <= d6:
        return c
    vb = d5 * d2 - d1 * d6
    if vb <= 0.0 and d2 >= 0.0 and d6 <= 0.0 and d2 > d6:
        return add(a, scaled(d2 / (d2 - d6), ac))
    va = d3 * d6 - d5 * d4
    if va <= 0.0 and d4 - d3 >= 0.0 and d5 - d6 >= 0.0 and (d4 - d3) + (d5 - d6) > 0.0:
        return add(b, scaled((d4 - d3) / ((d4 - d3) + (d5 - d6)), sub(c, b)))
    total = va + vb + vc
    if not total > 0.0:  # no area, and no edge claimed it
        return a
    return add(a, add(scaled(vb / total, ab), scaled(vc / total, ac)))


@jit
def beyond(p: Vector, way: Vector, a: Vector, b: Vector, c: Vector) -> float:
    """Return how far p is from a triangle, on its side of it, along a way of any length; 0 where there is no way."""
    size = length(way)
    along = min(dot(way, sub(p, a)), min(dot(way, sub(p, b)), dot(way, sub(p, c))))
    return along / size if size > 0.0 else 0.0


@jit
def distance_of_triangle(p: Vector, a: Vector, b: Vector, c: Vector) -> float:
    """Return how far p is from a triangle, and never more: a plane lies between, across one of three ways.

    The way from the nearest point is the right one, up to rounding; near a face it is less sure than its normal.
    """
    normal = cross(sub(b, a), sub(c, a))
    least = max(beyond(p, normal, a, b, c), beyond(p, scaled(-1.0, normal), a, b, c))  # @beyond
    return max(least, max(beyond(p, sub(p, nearest_of_triangle(p, a, b, c)), a, b, c), 0.0))


@jit
def nearest_points(A: Floats, B: Floats) -> tuple[Vector, Vector]:
    """Return the nearest points of two triangles (3, 3) that do not cross: nine pairs of edges, six corners."""
    p, q = vector(A, 0), vector(B, 0)
    least = dot(sub(p, q), sub(p, q))
    for i in range(3):
        for j in range(3):
            s, t = nearest_of_segments(vector(A, i), vector(A, (i + 1) % 3), vector(B, j), vector(B, (j + 1) % 3))
            apart = dot(sub(s, t), sub(s, t))
            if apart < least:
                p, q, least = s, t, apart
    for i in range(3):
        s = vector(A, i)
        t = nearest_of_triangle(s, vector(B, 0), vector(B, 1), vector(B, 2))
        apart = dot(sub(s, t), sub(s, t))
        if apart < least:
            p, q, least = s, t, apart
        t = vector(B, i)
        s = nearest_of_triangle(t, vector(A, 0), vector(A, 1), vector(A, 2))
        apart = dot(sub(s, t), sub(s, t))
        if apart < least:
            p, q, least = s, t, apart
    return p, q


@jit
def stab(s: Vector, t: Vector, T: Floats) -> tuple[bool, Vector]:
    """Return whether the segment from s to t meets a triangle (3, 3), and where (Möller and Trumbore 1997)."""
    a = vector(T, 0)
    ab, ac, st = sub(vector(T, 1), a), sub(vector(T, 2), a), sub(t, s)
    h = cross(st, ac)
    determinant = dot(ab, h)
    if determinant == 0.0:
        return False, s
    f = 1.0 / determinant
    r = sub(s, a)
    u = f * dot(r, h)
    k = cross(r, ab)
    v = f * dot(st, k)
    w = f * dot(ac, k)
    return u >= 0.0 and v >= 0.0 and u + v <= 1.0 and 0.0 <= w <= 1.0, add(s, scaled(w, st))


@jit
def crossing_points(A: Floats, B: Floats) -> tuple[bool, Vector, Vector]:
    """Return whether an edge of one triangle stabs the other, and a point of each, equal up to rounding.

    The second point is that of the stabbed triangle nearest to the stab: it belongs to the triangle even where the
    two are almost parallel and the stab is not well determined.
    """
    for i in range(3):
        hit, x = stab(vector(A, i), vector(A, (i + 1) % 3), B)
        if hit:
            return True, x, nearest_of_triangle(x, vector(B, 0), vector(B, 1), vector(B, 2))
        hit, x = stab(vector(B, i), vector(B, (i + 1) % 3), A)
        if hit:
            return True, nearest_of_triangle(x, vector(A, 0), vector(A, 1), vector(A, 2)), x
    return False, vector(A, 0), vector(B, 0)
