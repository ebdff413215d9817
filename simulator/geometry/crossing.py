"""Whether two surfaces of triangles may cross: in doubt they do."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Corners = NDArray[np.float64]
"""Corners of triangles, shape (n, 3, 3)."""
FEW_PAIRS = 4096
"""Of triangles, that are compared at once."""


def may_cross(first: Corners, second: Corners) -> bool:
    """Return False only if no triangle of the first surface meets one of the second.

    Two triangles that are apart are separated by a plane along a normal of one of them or along an edge of each
    (Gottschalk, Lin and Manocha, OBBTree, SIGGRAPH 1996), or, where they lie in one plane, by none of these: such are
    taken to meet.

    Parameters
    ----------
    first, second : ndarray, shapes (n, 3, 3) and (m, 3, 3)
        Corners of their triangles, in the same axes.
    """
    return any(not _are_apart(first[i], second[j]).all() for i, j in _near(first, second))


def _near(first: Corners, second: Corners) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Yield rows of the pairs of triangles whose boxes meet, a few thousand at a time."""
    boxes = [(corners.min(axis=1), corners.max(axis=1)) for corners in (first, second)]
    waiting = [(np.arange(len(first)), np.arange(len(second)))]
    while waiting:
        pair = waiting.pop()
        (low, high), (other_low, other_high) = (
            (of[0][rows].min(axis=0), of[1][rows].max(axis=0)) for of, rows in zip(boxes, pair, strict=True)
        )
        # Only what reaches into the box that both sets share can meet.
        low, high = np.maximum(low, other_low), np.minimum(high, other_high)
        i, j = (
            rows[((of[0][rows] <= high) & (of[1][rows] >= low)).all(axis=1)]
            for of, rows in zip(boxes, pair, strict=True)
        )
        if not len(i) or not len(j):
            continue
        if len(i) * len(j) <= FEW_PAIRS:
            meet = (boxes[0][0][i, None] <= boxes[1][1][None, j]) & (boxes[1][0][None, j] <= boxes[0][1][i, None])
            at_i, at_j = np.nonzero(meet.all(axis=2))
            yield i[at_i], j[at_j]
        elif len(i) >= len(j):
            waiting += [(part, j) for part in _halves(first, i)]
        else:
            waiting += [(i, part) for part in _halves(second, j)]


def _halves(corners: Corners, rows: NDArray[np.intp]) -> list[NDArray[np.intp]]:
    """Return rows in two halves along the longest side of what they fill."""
    centres = corners[rows].mean(axis=1)
    axis = int(np.ptp(centres, axis=0).argmax())
    order = rows[np.argsort(centres[:, axis], kind="stable")]
    return np.array_split(order, 2)


def _are_apart(first: Corners, second: Corners) -> NDArray[np.bool_]:
    """Return which of n pairs of triangles a plane separates, shape (n,)."""
    edges = [np.roll(corners, -1, axis=1) - corners for corners in (first, second)]
    normals = [np.cross(edge[:, :1], edge[:, 1:2]) for edge in edges]
    across = np.cross(edges[0][:, :, None], edges[1][:, None, :]).reshape(len(first), 9, 3)
    axes = np.concatenate([*normals, across], axis=1)
    ours, theirs = (np.einsum("nki,nci->nkc", axes, corners) for corners in (first, second))
    gap = np.maximum(ours.min(axis=2) - theirs.max(axis=2), theirs.min(axis=2) - ours.max(axis=2))
    return np.asarray((gap > 0.0).any(axis=1))
