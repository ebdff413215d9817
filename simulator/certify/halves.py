"""Cells of two joints in halves of halves: the edges of their rectangles, and the boxes that these make."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.certify.branch_and_bound import Cells
from simulator.certify.kernels.rectangles import Edges, boxes

Floats = NDArray[np.float64]


def halved(low: Floats, high: Floats, times: int) -> Floats:
    """Return edges (n, k, 2**times + 1) of the halves of the halves of cells, the numbers as if they were cut."""
    edges = np.stack([low, high], axis=2)
    for _ in range(times):
        finer = np.empty((*edges.shape[:2], 2 * edges.shape[2] - 1))
        finer[:, :, ::2], finer[:, :, 1::2] = edges, (edges[:, :, :-1] + edges[:, :, 1:]) / 2
        edges = finer
    return edges


def edges_from_middle(edges: Floats, middle: Floats, turns: list[bool]) -> Edges:
    """Return edges (n, 2, g) as sine and 1 − cosine of how far they are from the middle (n, 2) of a cell."""
    offset = edges - middle[:, :, None]
    sine, versine = offset, np.zeros_like(offset)
    for column in range(2):
        if turns[column]:
            angle = np.radians(offset[:, column])
            sine[:, column], versine[:, column] = np.sin(angle), 1.0 - np.cos(angle)
    return Edges(sine, versine)


def boxes_of(edges: Floats, status: NDArray[np.int8], pair: NDArray[np.int16]) -> Cells:
    """Return rectangles (n, g, g) between edges (n, 2, g + 1) as cells."""
    corners, found, said = (
        np.empty((status.size, 5), np.int32),
        np.empty(status.size, np.int8),
        np.empty(status.size, np.int16),
    )
    count = boxes(status, pair, corners, found, said)
    cell, low_0, high_0, low_1, high_1 = corners[:count].T
    low = np.stack([edges[cell, 0, low_0], edges[cell, 1, low_1]], axis=1)
    high = np.stack([edges[cell, 0, high_0], edges[cell, 1, high_1]], axis=1)
    return Cells(low, high, found[:count].copy(), said[:count].copy())
