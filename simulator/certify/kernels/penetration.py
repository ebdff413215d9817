"""Inside or outside of a closed mesh, and how deep: what surfaces against surfaces cannot tell.

A point is inside a mesh if one of its solids (`simulator.models.surfaces`) winds around it. How often it does is told
by a ray: by the triangles of the solid that it crosses one way, less those that it crosses the other.
"""

from __future__ import annotations

from simulator.certify.kernels.bvh import Tree
from simulator.certify.kernels.motion_bounds import Motion, displacement, unplaced
from simulator.certify.kernels.sentinels import FAR_MM, INSIDE, ROUNDING_MM
from simulator.certify.kernels.triangles import distance_of_triangle
from simulator.certify.kernels.vectors import Ints, Vector, cross, dot, length, sub, vector
from simulator.compiled import jit

DIRECTIONS = ((0.5381, 0.6517, 0.5345), (-0.7243, 0.3119, 0.6151), (0.1873, -0.8129, 0.5513))
"""Of rays, along no axis or diagonal that a drawn part would have."""
ON_EDGE = 1e-7
"""A ray this near to an edge (in barycentric coordinates), or this nearly along a triangle, decides nothing."""


@jit
def is_hit(low: Vector, high: Vector, p: Vector, d: Vector) -> bool:
    """Return whether a ray from p along d meets a box."""
    start, stop = 0.0, FAR_MM
    for k in range(3):
        s, t = (low[k] - p[k]) / d[k], (high[k] - p[k]) / d[k]
        start, stop = max(start, min(s, t)), min(stop, max(s, t))
    return start <= stop


@jit
def crossed_along(tree: Tree, p: Vector, d: Vector, stack: Ints) -> tuple[bool, int]:
    """Return whether a ray from p along d tells, and how many triangles of a closed mesh it crosses.

    ``stack[k, 1]`` becomes the number of the k-th one's solid, from 1 on, negative where the ray goes in.
    """
    crossed = 0
    stack[0, 0] = 0
    count = 1
    while count > 0:
        count -= 1
        i = stack[count, 0]
        c, h = vector(tree.centre, i), vector(tree.half, i)
        margin = ROUNDING_MM
        low = (c[0] - h[0] - margin, c[1] - h[1] - margin, c[2] - h[2] - margin)
        high = (c[0] + h[0] + margin, c[1] + h[1] + margin, c[2] + h[2] + margin)
        if not is_hit(low, high, p, d):
            continue
        if tree.right[i] != 0:
            stack[count, 0], stack[count + 1, 0] = i + 1, tree.right[i]
            count += 2
            continue
        T = tree.corners[tree.first[i]]
        ab, ac = sub(vector(T, 1), vector(T, 0)), sub(vector(T, 2), vector(T, 0))
        normal = cross(ab, ac)
        facing = dot(normal, d)
        scale = length(normal)
        if scale == 0.0:
            continue  # no area: what is crossed there is crossed next to it
        if abs(facing) <= ON_EDGE * scale:
            return False, 0
        r = sub(vector(T, 0), p)
        distance = dot(normal, r) / facing
        side = cross(d, r)
        u, v = -dot(ac, side) / facing, dot(ab, side) / facing
        within = min(u, min(v, 1.0 - u - v))
        doubt = max(ON_EDGE, 1e-14 * (length(ab) + length(ac)) * length(side) / abs(facing))
        if within < -doubt or distance < -ON_EDGE:
            continue
        if within <= doubt or distance <= ON_EDGE:
            return False, 0
        if crossed == len(stack):
            return False, 0
        stack[crossed, 1] = tree.solid[tree.first[i]] if facing > 0.0 else -tree.solid[tree.first[i]]
        crossed += 1
    return True, crossed


@jit
def is_wound_around(stack: Ints, crossed: int) -> bool:
    """Return whether some solid was crossed more often one way than the other."""
    for k in range(crossed):
        turns = 0
        for other in range(crossed):
            if abs(stack[other, 1]) == abs(stack[k, 1]):  # @solid
                turns += 1 if stack[other, 1] > 0 else -1  # @turns
        if turns != 0:
            return True
    return False


@jit
def is_inside(tree: Tree, p: Vector, stack: Ints) -> tuple[bool, bool]:
    """Return whether the question could be decided, and whether p (in the mesh's axes) is inside a closed mesh."""
    for d in DIRECTIONS:
        tells, crossed = crossed_along(tree, p, d, stack)
        if tells:
            return True, is_wound_around(stack, crossed)
    return False, False


@jit
def distance_to(tree: Tree, p: Vector, cap: float, stack: Ints) -> float:
    """Return how far a point, in the mesh's axes, is from the surface: never more than it is, and at most ``cap``."""
    best = cap
    stack[0, 0] = 0
    count = 1
    while count > 0:
        count -= 1
        i = stack[count, 0]
        away = sub(p, vector(tree.centre, i))
        half = vector(tree.half, i)
        x, y, z = max(abs(away[0]) - half[0], 0.0), max(abs(away[1]) - half[1], 0.0), max(abs(away[2]) - half[2], 0.0)
        if x * x + y * y + z * z >= best * best:
            continue
        if tree.right[i] == 0:
            T = tree.corners[tree.first[i]]
            best = min(best, distance_of_triangle(p, vector(T, 0), vector(T, 1), vector(T, 2)))
        else:
            stack[count, 0], stack[count + 1, 0] = i + 1, tree.right[i]
            count += 2
    return best


@jit
def relative_displacement(a: Motion, b: Motion, p: Vector) -> float:
    """Return how far a point p of a (in the room) can move against b over the cell.

    In the room it moves by its displacement, and b moves by the displacement that b has where the point gets to: with
    p, where it was, b moves by its displacement there, and turns by at most ``turn`` about that.
    """
    own = displacement(a, p)
    return own + displacement(b, p) + b.turn * own  # @into


@jit
def most_outside(a: Motion, b: Motion, tree_b: Tree, p: Vector, stack: Ints) -> float:
    """Return at most how far a point of a (in the room) gets out of closed b in the cell; FAR_MM if unknown.

    A point at depth h below the surface that moves by m against it is still inside if m < h, and otherwise at most
    m − h outside of it. INSIDE where it never gets out.
    """
    reach = relative_displacement(a, b, p) + ROUNDING_MM
    at = unplaced(b, p)
    tells, inside = is_inside(tree_b, at, stack)
    if not tells or not inside:
        return FAR_MM
    out = reach - distance_to(tree_b, at, reach + 1.0, stack)  # @out
    return out if out > 0.0 else INSIDE
