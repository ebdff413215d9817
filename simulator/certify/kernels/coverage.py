"""Which part of a cell is proven free, and which proven not free, for many buffers at once.

A cell is cut into GRID x GRID rectangles. Over each, an affine bound is least and a quadratic greatest at one of its
corners (`affine_bounds`, `convex_bounds`), so each has a distance that is proven at least, ℓ, and one that
is proven at most, u: it is free for every buffer below ℓ and not free for every buffer from u on. Its weight is that
of its strip of the first joint times its share of the second joint's way.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from simulator.certify.kernels.convex_bounds import QUADRATIC
from simulator.certify.kernels.sentinels import FAR_MM, INSIDE, ROUNDING_MM
from simulator.certify.kernels.vectors import Floats, Ints
from simulator.compiled import inlined, jit

GRID = 24
"""Rectangles along each side of a cell. Measured on the shipped scenarios."""
HALF = GRID // 2


class Rectangles(NamedTuple):
    """The rectangles of n cells.

    Attributes
    ----------
    x, versine : ndarray, shape (n, 2, GRID + 1)
        x and V at their edges, of either joint.
    strips : ndarray, shape (n, GRID)
        Weights of the strips of the first joint.
    """

    x: Floats
    versine: Floats
    strips: Floats


class Distances(NamedTuple):
    """Bounds on the distances of m pairs, those of each cell one after the other.

    Attributes
    ----------
    starts : ndarray of int32, shape (n + 1,)
        The pairs of cell i that are not proven apart are ``starts[i]`` to ``starts[i + 1]``.
    is_own : ndarray of int32, shape (m,)
        Whether a pair is the machine's own: it must not touch, whatever the buffer.
    affine : ndarray, shape (m, 8)
        Bounds from below.
    near, inner, most : ndarray, shapes (m, places, 6), (m, places, 7) and (m,)
        Bounds from above, see `simulator.certify.kernels.convex_bounds.Upper`.
    """

    starts: Ints
    is_own: Ints
    affine: Floats
    near: Floats
    inner: Floats
    most: Floats


class Coverage(NamedTuple):
    """How much of each quarter of n cells is free, and how much is not, for k buffers, and which pairs matter there.

    Quarters are that of both joints' lower halves, of the lower half of the first and the upper of the second, and so
    on.

    Attributes
    ----------
    free, blocked : ndarray, shape (n, 4, k)
        In the weight's unit.
    matters : ndarray of int32, shape (m, 4)
        Whether a pair may be the nearest anywhere in a quarter: 0 where it is proven further apart, all over it, than
        another one may be. That one is not, so it stays.
    """

    free: Floats
    blocked: Floats
    matters: Ints


@jit
def may_be_nearest(affine: Floats, x: Floats, versine: Floats, most: Floats, first_i: int, first_j: int) -> bool:
    """Return whether a pair may be as near as the nearest is at most, (GRID, GRID), in any rectangle of a quarter."""
    for i in range(first_i, first_i + HALF):
        near = affine[0] + affine[1] * x[0, i] - affine[3] * versine[0, i]
        far = affine[0] + affine[1] * x[0, i + 1] - affine[3] * versine[0, i + 1]
        along = min(near, far)
        for j in range(first_j, first_j + HALF):
            near = affine[2] * x[1, j] - affine[4] * versine[1, j]
            far = affine[2] * x[1, j + 1] - affine[4] * versine[1, j + 1]
            if along + min(near, far) < max(most[i, j], 0.0) + ROUNDING_MM:  # @nearest
                return True
    return False


@jit
def lower_least(affine: Floats, x: Floats, versine: Floats, least: Floats) -> None:
    """Lower what is known at the corners (GRID + 1, GRID + 1) to an affine bound."""
    for i in range(GRID + 1):
        along = affine[0] + affine[1] * x[0, i] - affine[3] * versine[0, i]
        for j in range(GRID + 1):
            at = along + affine[2] * x[1, j] - affine[4] * versine[1, j]
            least[i, j] = min(least[i, j], at)  # @least


@jit
def write_corners(quadratic: Floats, x: Floats, corners: Floats) -> None:
    """Write a quadratic at the corners (GRID + 1, GRID + 1)."""
    for i in range(GRID + 1):
        s = x[0, i]
        c0 = quadratic[0] + s * (quadratic[1] + s * quadratic[3])
        c1 = quadratic[2] + s * quadratic[5]
        for j in range(GRID + 1):
            corners[i, j] = c0 + x[1, j] * (c1 + x[1, j] * quadratic[4])


@inlined
def at_most(corners: Floats, i: int, j: int) -> float:
    """Return what a quadratic is at most in a rectangle."""
    # @most
    ends = max(max(corners[i, j], corners[i, j + 1]), max(corners[i + 1, j], corners[i + 1, j + 1]))
    return float(max(ends, 0.0))


@jit
def lower_highest(quadratic: Floats, x: Floats, corners: Floats, highest: Floats) -> None:
    """Lower the square of what a distance is at most, (GRID, GRID), to a quadratic; ``corners`` is memory."""
    if quadratic[0] >= FAR_MM:
        return
    write_corners(quadratic, x, corners)
    for i in range(GRID):
        for j in range(GRID):
            highest[i, j] = min(highest[i, j], at_most(corners, i, j))


@jit
def lower_to_ball(ball: Floats, x: Floats, is_own: bool, corners: Floats, highest: Floats) -> None:
    """Lower the same to what a ball tells: -FAR_MM where the pair collides; of an own pair that alone."""
    if ball[0] >= FAR_MM:
        return
    write_corners(ball, x, corners)
    for i in range(GRID):
        for j in range(GRID):
            apart = at_most(corners, i, j) ** 0.5 - ball[QUADRATIC]
            if apart < 0.0:
                highest[i, j] = -FAR_MM
            elif not is_own:
                highest[i, j] = min(highest[i, j], apart * apart)


@jit
def coverage(rectangles: Rectangles, pairs: Distances, buffers: Floats) -> Coverage:
    """Return how much of each quarter of n cells is free, and how much is not, for ascending buffers (k,) in mm.

    Distances nearer to a buffer than rounding prove nothing.
    """
    cells = len(pairs.starts) - 1
    free, blocked = np.zeros((cells, 4, len(buffers))), np.zeros((cells, 4, len(buffers)))
    matters = np.empty((len(pairs.most), 4), dtype=np.int32)
    least, own = np.empty((GRID + 1, GRID + 1)), np.empty((GRID + 1, GRID + 1))
    corners, highest = np.empty((GRID + 1, GRID + 1)), np.empty((GRID, GRID))
    for n in range(cells):
        x, versine = rectangles.x[n], rectangles.versine[n]
        least[:], own[:], highest[:] = FAR_MM, FAR_MM, FAR_MM
        for m in range(pairs.starts[n], pairs.starts[n + 1]):
            most = pairs.most[m]
            lower_least(pairs.affine[m], x, versine, own if pairs.is_own[m] else least)
            if most < 0.0:
                highest[:] = -FAR_MM
            elif not pairs.is_own[m] and most < FAR_MM:
                highest[:] = np.minimum(highest, most * most)
            for place in range(pairs.near.shape[1]):
                if not pairs.is_own[m]:
                    lower_highest(pairs.near[m, place], x, corners, highest)
                lower_to_ball(pairs.inner[m, place], x, pairs.is_own[m] != 0, corners, highest)
        add_rectangles(rectangles.strips[n], least, own, highest, buffers, free[n], blocked[n])
        for m in range(pairs.starts[n], pairs.starts[n + 1]):
            for quarter in range(4):
                matters[m, quarter] = pairs.is_own[m] or may_be_nearest(
                    pairs.affine[m], x, versine, highest, HALF * (quarter // 2), HALF * (quarter % 2)
                )
    return Coverage(free, blocked, matters)


@jit
def add_rectangles(
    strips: Floats, least: Floats, own: Floats, highest: Floats, buffers: Floats, free: Floats, blocked: Floats
) -> None:
    """Add the weights of the rectangles of a cell to what is free and not free, (4, k), and take roots of squares."""
    for i in range(GRID):
        weight = strips[i] / GRID
        for j in range(GRID):
            low = min(min(least[i, j], least[i, j + 1]), min(least[i + 1, j], least[i + 1, j + 1]))
            apart = min(min(own[i, j], own[i, j + 1]), min(own[i + 1, j], own[i + 1, j + 1]))
            high = max(highest[i, j], 0.0) ** 0.5 if highest[i, j] >= 0.0 else INSIDE
            highest[i, j] = high
            first_blocked = np.searchsorted(buffers, high + ROUNDING_MM)
            first_open = np.searchsorted(buffers, low - ROUNDING_MM, side="right") if apart > ROUNDING_MM else 0
            quarter = 2 * (i // HALF) + j // HALF
            if first_open > 0:
                free[quarter, first_open - 1] += weight
            if first_blocked < len(buffers):
                blocked[quarter, first_blocked] += weight
    for quarter in range(4):
        for k in range(1, len(buffers)):
            blocked[quarter, k] += blocked[quarter, k - 1]
            free[quarter, -1 - k] += free[quarter, -k]
