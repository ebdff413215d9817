"""What is proven of the rectangles that a cell of two joints is cut into, and the boxes that they make.

Over a rectangle the affine bound of each pair is least, and its quadratics are greatest, at a corner
(`affine_bounds`, `convex_bounds`). So one is free if each pair's least is enough, and not free
if one pair's greatest is not.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from simulator.certify.kernels.affine_bounds import SLIDES
from simulator.certify.kernels.sentinels import FAR_MM, ROUNDING_MM
from simulator.certify.kernels.vectors import Floats, Ints
from simulator.compiled import jit

Statuses: TypeAlias = NDArray[np.int8]
Rows: TypeAlias = NDArray[np.int16]
FREE, UNDECIDED, NOT_FREE = 0, 1, 2


class Edges(NamedTuple):
    """Of the rectangles of n cells: sin θ and 1 − cos θ from the middle of their bounds, shape (n, 2, g + 1)."""

    sine: Floats
    versine: Floats


class Known(NamedTuple):
    """What is known of e pairs in n cells, those of each cell one after the other.

    Attributes
    ----------
    starts : ndarray of int32, shape (n + 1,)
        The pairs of cell i are ``starts[i]`` to ``starts[i + 1]``.
    row : ndarray of int32, shape (e,)
        Which pair each is.
    demanded : ndarray, shape (e,)
        What it must keep, in mm.
    affine, inner : ndarray, shapes (e, 8) and (e, places, 6)
        Bounds that hold at all places, see `affine_bounds` and `convex_bounds`.
    near, most : ndarray, shapes (m, e, places, 6) and (m, e)
        Bounds at each place, see `witnesses`.
    at : ndarray, shape (m, 3)
        The places, as shares of how far the slides reach from the middle of all.
    """

    starts: Ints
    row: Ints
    demanded: Floats
    affine: Floats
    inner: Floats
    near: Floats
    most: Floats
    at: Floats


@jit
def lower_to(quadratic: Floats, sine: Floats, corners: Floats, highest: Floats) -> None:
    """Lower what a square is at most, (g, g), to a quadratic at the corners; ``corners`` (g + 1, g + 1) is memory."""
    if quadratic[0] >= FAR_MM:
        return
    g = len(highest)
    for i in range(g + 1):
        s = sine[0, i]
        c0 = quadratic[0] + s * (quadratic[1] + s * quadratic[3])
        c1 = quadratic[2] + s * quadratic[5]
        for j in range(g + 1):
            corners[i, j] = c0 + sine[1, j] * (c1 + sine[1, j] * quadratic[4])
    for i in range(g):
        for j in range(g):
            # @highest
            ends = max(max(corners[i, j], corners[i, j + 1]), max(corners[i + 1, j], corners[i + 1, j + 1]))
            highest[i, j] = min(highest[i, j], ends)


@jit
def slid(a: Floats, at: Floats) -> float:
    """Return by how much an affine bound is more at a place than in the middle of all."""
    return float(a[SLIDES] * at[0] + a[SLIDES + 1] * at[1] + a[SLIDES + 2] * at[2])  # @slid


@jit
def is_all_apart(a: Floats, more: float, sine: Floats, versine: Floats, enough: float, corners: Floats) -> bool:
    """Write an affine bound at the corners (g + 1, g + 1), and return whether it is enough at them all."""
    is_apart = True
    for i in range(len(corners)):
        along = a[0] + more + a[1] * sine[0, i] - a[3] * versine[0, i]
        for j in range(len(corners)):
            corners[i, j] = along + a[2] * sine[1, j] - a[4] * versine[1, j]  # @lowest
            is_apart = is_apart and corners[i, j] >= enough
    return is_apart


@jit
def rectangles(edges: Edges, known: Known, g: int) -> tuple[Statuses, Rows]:
    """Return status and pair (m, n, g, g) of the rectangles of n cells at m places.

    The pair is one that decides, or may be in the way; -1 where free.
    """
    shape = len(known.at), len(known.starts) - 1, g, g
    status, pair = np.zeros(shape, np.int8), np.full(shape, -1, np.int16)
    corners, square, highest = np.empty((g + 1, g + 1)), np.empty((g + 1, g + 1)), np.empty((g, g))
    for m in range(shape[0]):
        for n in range(shape[1]):
            for e in range(known.starts[n], known.starts[n + 1]):
                demanded = known.demanded[e]
                if known.most[m, e] <= demanded - ROUNDING_MM:
                    status[m, n], pair[m, n] = NOT_FREE, known.row[e]
                    break
                sine, versine, a = edges.sine[n], edges.versine[n], known.affine[e]
                more = slid(a, known.at[m])
                if is_all_apart(a, more, sine, versine, demanded + ROUNDING_MM, corners):
                    continue
                highest[:] = FAR_MM
                if demanded > ROUNDING_MM:
                    for k in range(known.near.shape[2]):
                        lower_to(known.near[m, e, k], sine, square, highest)
                    highest[:] -= (demanded - ROUNDING_MM) ** 2  # @blocked_below
                for k in range(known.inner.shape[1]):
                    lower_to(known.inner[e, k], sine, square, highest)
                judge(corners, highest, demanded + ROUNDING_MM, known.row[e], status[m, n], pair[m, n])
    return status, pair


@jit
def judge(corners: Floats, highest: Floats, enough: float, row: int, status: Statuses, pair: Rows) -> None:
    """Write what a pair does to rectangles (g, g): it is in the way where ``highest`` is not positive."""
    for i in range(len(highest)):
        for j in range(len(highest)):
            if status[i, j] == NOT_FREE:
                continue
            least = min(min(corners[i, j], corners[i, j + 1]), min(corners[i + 1, j], corners[i + 1, j + 1]))
            if highest[i, j] < 0.0:  # @collides
                status[i, j], pair[i, j] = NOT_FREE, row
            elif least < enough and status[i, j] == FREE:  # @least_of_rectangle
                status[i, j], pair[i, j] = UNDECIDED, row


@jit
def boxes(status: Statuses, pair: Rows, corners: Ints, found: Statuses, said: Rows) -> int:
    """Write the rectangles (n, g, g) as boxes of one status and, if not free, of one pair; return how many.

    Parameters
    ----------
    status, pair : ndarray, shape (n, g, g)
        As of `rectangles`; the status is used up.
    corners : ndarray of int32, shape (m, 5)
        Written: the cell, and the numbers of the edges between which a box lies, of the first joint and the second.
    found, said : ndarray of int8 and int16, shape (m,)
        Written: status and pair.
    """
    count, g = 0, status.shape[1]
    for n in range(len(status)):
        for i in range(g):
            j = 0
            while j < g:
                s, p = status[n, i, j], pair[n, i, j]
                if s < 0:
                    j += 1
                    continue
                wide, high = j + 1, i + 1
                while wide < g and status[n, i, wide] == s and (s != NOT_FREE or pair[n, i, wide] == p):
                    wide += 1
                grows = True
                while high < g and grows:
                    for k in range(j, wide):
                        grows = grows and status[n, high, k] == s and (s != NOT_FREE or pair[n, high, k] == p)
                    high += 1 if grows else 0
                status[n, i:high, j:wide] = -1
                corners[count, 0], corners[count, 1], corners[count, 2] = n, i, high
                corners[count, 3], corners[count, 4] = j, wide
                found[count], said[count] = s, p
                count += 1
                j = wide
    return count
