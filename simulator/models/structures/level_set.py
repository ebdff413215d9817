"""The surface on which a piecewise-linear function has a value: closed and manifold, as the function is continuous.

Every box of the grid is split into five tetrahedra, one in the middle and four around it, and its neighbours are
split as its mirror images, so that the diagonals of their faces fit. In a tetrahedron the function is linear, so the
surface is a triangle or a quadrangle there.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.models.structures.distances import Field

LEAST_MM = 1e-6
"""Values nearer to the level count as this much below it: no node lies on the surface, which only grows."""
Triangles = tuple[NDArray[np.float64], NDArray[np.int32]]
"""Vertices in mm, shape (n, 3), and faces wound outwards, shape (m, 3)."""


def _tetrahedra(middle: tuple[int, ...]) -> list[list[int]]:
    """Return the corners of five tetrahedra, all of one orientation, by those of the one in the middle.

    Bits of a corner say where it is upper: 1 in u, 2 in v, 4 in the offset.
    """
    around = set(range(8)) - set(middle)
    found = [list(middle), *([apex, apex ^ 1, apex ^ 2, apex ^ 4] for apex in around)]
    for corners in found:
        places = np.array([[corner >> bit & 1 for bit in range(3)] for corner in corners])
        if np.linalg.det(places[1:] - places[0]) < 0:
            corners[:2] = corners[1::-1]
    return found


def _cases() -> list[list[tuple[tuple[int, int], tuple[int, int], tuple[int, int]]]]:
    """Return the triangles of each of 16 cases, by the edges their corners lie on; bit i: corner i is below."""
    cases: list[list[tuple[tuple[int, int], tuple[int, int], tuple[int, int]]]] = []
    for case in range(16):
        below = [i for i in range(4) if case >> i & 1]
        above = [i for i in range(4) if not case >> i & 1]
        order = np.array(below + above)
        is_even = bool(np.linalg.det(np.eye(4)[order]) > 0)
        if len(below) in (0, 4):
            cases.append([])
            continue
        if len(below) == 2:
            (a, b), (c, d) = below, above
            ring = [(a, c), (a, d), (b, d), (b, c)]
            triangles = [(ring[0], ring[1], ring[2]), (ring[0], ring[2], ring[3])]
        elif len(below) == 1:
            triangles = [((below[0], above[0]), (below[0], above[1]), (below[0], above[2]))]
        else:
            triangles = [((below[0], above[0]), (below[1], above[0]), (below[2], above[0]))]
        cases.append([t if is_even else t[::-1] for t in triangles])
    return cases


TETRAHEDRA = (_tetrahedra((0, 3, 5, 6)), _tetrahedra((1, 2, 4, 7)))
"""Of boxes whose indices add up to an even number, and an odd one."""
CASES = _cases()


def level_set(field: Field, level_mm: float) -> Triangles:
    """Return the surface around all that is below a level.

    Parameters
    ----------
    field : Field
        Above the level at all nodes of its border.
    level_mm : float
        The value.

    Returns
    -------
    vertices_mm : ndarray, shape (n, 3)
        Along u, v and the normal.
    faces : ndarray of int32, shape (m, 3)
        Wound outwards.
    """
    above = field.values_mm - level_mm
    above[(above < LEAST_MM) & (above > -LEAST_MM)] = -LEAST_MM
    planes, rows, columns = above.shape
    is_below = above < 0.0
    below = sum(
        (is_below[k : planes - 1 + k, j : rows - 1 + j, i : columns - 1 + i].astype(np.int8)
         for k in (0, 1) for j in (0, 1) for i in (0, 1)),
        np.int8(0),
    )  # fmt: skip
    box = np.flatnonzero(np.pad((below > 0) & (below < 8), ((0, 1), (0, 1), (0, 1))))
    shift = np.array([(k * rows + j) * columns + i for k in (0, 1) for j in (0, 1) for i in (0, 1)])
    flat, flat_below = above.ravel(), is_below.ravel()
    is_odd = sum(np.unravel_index(box, above.shape)) % 2 == 1
    edges = []
    for boxes, corners in ((box[is_odd == odd], each) for odd in (False, True) for each in TETRAHEDRA[odd]):
        nodes = boxes[:, None] + shift[corners]
        case = flat_below[nodes] @ np.array([1, 2, 4, 8])
        for number, triangles in enumerate(CASES):
            chosen = nodes[case == number] if triangles else nodes[:0]
            edges += [chosen[:, np.array(triangle)] for triangle in triangles if len(chosen)]
    ends = np.concatenate([np.zeros((0, 2), dtype=np.int64), *(each.reshape(-1, 2) for each in edges)])
    ends.sort(axis=1)
    key, faces = np.unique(ends[:, 0] << 32 | ends[:, 1], return_inverse=True)
    start, stop = key >> 32, key & 0xFFFFFFFF
    share = flat[start] / (flat[start] - flat[stop])
    from_, to = (_places(field, node) for node in (start, stop))
    return from_ + share[:, None] * (to - from_), faces.reshape(-1, 3).astype(np.int32)


def _places(field: Field, node: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return where nodes are, shape (n, 3)."""
    _, rows, columns = field.values_mm.shape
    plane, rest = np.divmod(node, rows * columns)
    row, column = np.divmod(rest, columns)
    return np.stack(
        [
            field.low_mm[0] + column * field.step_mm,
            field.low_mm[1] + row * field.step_mm,
            field.offsets_mm[plane],
        ],
        axis=1,
    )
