"""Which part of a cell is proven free, and which proven not free, for many buffers at once.

A cell is cut into GRID x GRID rectangles. Over each, a plane is least and a bowl greatest at one of its corners
(`affine_bounds`, `convex_bounds`), so each has a distance that is proven at least, ℓ, and one that
is proven at most, u: it is free for every buffer below ℓ and not free for every buffer from u on. Its weight is that
of its strip of the first joint times its share of the second joint's way.
"""

from __future__ import annotations

import numpy as np

from simulator.certify.branch_and_bound import Weight
from simulator.certify.kernels.compiled import jit
from simulator.certify.kernels.convex_bounds import PLACES
from simulator.certify.kernels.pair_bounds import INSIDE, NEVER
from simulator.certify.kernels.vectors import Floats, Ints

GRID = 24
"""Rectangles along each side of a cell. Measured on the shipped scenarios."""
HALF = GRID // 2


def edges(low: Floats, high: Floats, turns: list[bool], weight: Weight) -> tuple[Floats, Floats, Floats]:
    """Return x and V at the edges of the rectangles of cells, (n, 2, GRID + 1), and weights of strips, (n, GRID).

    ``turns`` says which of the joints are revolute; the strips are those of the first one.
    """
    middle, reach = (low + high) / 2, (high - low) / 2
    steps = np.linspace(-1.0, 1.0, GRID + 1) * reach[:, :, None]
    x, versine = steps.copy(), np.zeros_like(steps)
    for column in range(2):
        if turns[column]:
            angle = np.radians(steps[:, column])
            x[:, column], versine[:, column] = np.sin(angle), 1.0 - np.cos(angle)
    cuts = middle[:, :1] + steps[:, 0]
    below = np.stack([cuts[:, :-1], np.repeat(low[:, 1:], GRID, axis=1)], axis=2)
    above = np.stack([cuts[:, 1:], np.repeat(high[:, 1:], GRID, axis=1)], axis=2)
    return x, versine, weight(below.reshape(-1, 2), above.reshape(-1, 2)).reshape(-1, GRID)


@jit
def may_be_nearest(
    plane: Floats, x: Floats, versine: Floats, most: Floats, rounding: float, first_i: int, first_j: int
) -> bool:
    """Return whether a plane is below what the distance is at most, (GRID, GRID), over any rectangle of a quarter."""
    for i in range(first_i, first_i + HALF):
        near = plane[0] + plane[1] * x[0, i] - plane[3] * versine[0, i]
        far = plane[0] + plane[1] * x[0, i + 1] - plane[3] * versine[0, i + 1]
        along = min(near, far)
        for j in range(first_j, first_j + HALF):
            near = plane[2] * x[1, j] - plane[4] * versine[1, j]
            far = plane[2] * x[1, j + 1] - plane[4] * versine[1, j + 1]
            if along + min(near, far) < max(most[i, j], 0.0) + rounding:
                return True
    return False


@jit
def shares(
    x: Floats,
    versine: Floats,
    strips: Floats,
    starts: Ints,
    is_own: Ints,
    plane: Floats,
    bowls: Floats,
    most: Floats,
    buffers: Floats,
    rounding: float,
    free: Floats,
    taken: Floats,
    matters: Ints,
) -> None:
    """Write how much of each quarter of n cells is free, and how much is not, and which pairs matter there.

    Parameters
    ----------
    x, versine : ndarray, shape (n, 2, GRID + 1)
        x and V at the edges of the rectangles, of either joint.
    strips : ndarray, shape (n, GRID)
        Weights of the strips of the first joint.
    starts : ndarray of int32, shape (n + 1,)
        The pairs of cell i that are not proven apart are ``starts[i]`` to ``starts[i + 1]``.
    is_own : ndarray of int32, shape (m,)
        Whether a pair is the machine's own: it must not touch, whatever the buffer.
    plane, bowls, most : ndarray, shapes (m, 5), (m, places, 6) and (m,)
        Their bounds.
    buffers : ndarray, shape (k,)
        In mm, ascending.
    rounding : float
        In mm; distances nearer than that to a buffer prove nothing.
    free, taken : ndarray, shape (n, 4, k)
        Answers, in the weight's unit, for each quarter: that of both joints' lower halves, of the lower half of the
        first and the upper of the second, and so on.
    matters : ndarray of int32, shape (m, 4)
        Whether a pair may be the nearest anywhere in a quarter: 0 where it is proven further apart, all over it, than
        another one may be. That one is not, so it stays.
    """
    least, own = np.empty((GRID + 1, GRID + 1)), np.empty((GRID + 1, GRID + 1))
    square, highest = np.empty((GRID + 1, GRID + 1)), np.empty((GRID, GRID))
    for n in range(len(starts) - 1):
        least[:], own[:], highest[:] = NEVER, NEVER, NEVER
        free[n], taken[n] = 0.0, 0.0
        for m in range(starts[n], starts[n + 1]):
            onto = own if is_own[m] else least
            if most[m] < 0.0:
                highest[:] = -NEVER
            for i in range(GRID + 1):
                along = plane[m, 0] + plane[m, 1] * x[n, 0, i] - plane[m, 3] * versine[n, 0, i]
                for j in range(GRID + 1):
                    at = along + plane[m, 2] * x[n, 1, j] - plane[m, 4] * versine[n, 1, j]
                    onto[i, j] = min(onto[i, j], at)  # @least
            if not is_own[m] and 0.0 <= most[m] < NEVER:
                highest[:] = np.minimum(highest, most[m] * most[m])
            for place in range(len(PLACES) if is_own[m] else 0, 2 * len(PLACES)):
                Q = bowls[m, place]
                is_ball = place >= len(PLACES)
                if Q[0] >= NEVER:
                    continue
                for i in range(GRID + 1):
                    s = x[n, 0, i]
                    c0, c1 = Q[0] + s * (Q[1] + s * Q[3]), Q[2] + s * Q[5]
                    for j in range(GRID + 1):
                        square[i, j] = c0 + x[n, 1, j] * (c1 + x[n, 1, j] * Q[4])
                for i in range(GRID):
                    for j in range(GRID):
                        # @most
                        ends = max(max(square[i, j], square[i, j + 1]), max(square[i + 1, j], square[i + 1, j + 1]))
                        if not is_ball:
                            highest[i, j] = min(highest[i, j], max(ends, 0.0))
                        elif ends < 0.0:
                            highest[i, j] = -NEVER
        for i in range(GRID):
            weight = strips[n, i] / GRID
            for j in range(GRID):
                low = min(min(least[i, j], least[i, j + 1]), min(least[i + 1, j], least[i + 1, j + 1]))
                apart = min(min(own[i, j], own[i, j + 1]), min(own[i + 1, j], own[i + 1, j + 1]))
                high = max(highest[i, j], 0.0) ** 0.5 if highest[i, j] >= 0.0 else INSIDE
                highest[i, j] = high
                first_taken = np.searchsorted(buffers, high + rounding)
                first_open = np.searchsorted(buffers, low - rounding, side="right") if apart > rounding else 0
                quarter = 2 * (i // HALF) + j // HALF
                if first_open > 0:
                    free[n, quarter, first_open - 1] += weight
                if first_taken < len(buffers):
                    taken[n, quarter, first_taken] += weight
        for m in range(starts[n], starts[n + 1]):
            for quarter in range(4):
                matters[m, quarter] = is_own[m] or may_be_nearest(
                    plane[m], x[n], versine[n], highest, rounding, HALF * (quarter // 2), HALF * (quarter % 2)
                )
        for quarter in range(4):
            for k in range(1, len(buffers)):
                taken[n, quarter, k] += taken[n, quarter, k - 1]
                free[n, quarter, -1 - k] += free[n, quarter, -k]
