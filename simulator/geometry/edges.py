"""Half-open cells between ascending edges: which cell a value is in."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulator.errors import SimulatorError
from simulator.geometry.angles import FloatArray, finite

IndexArray = NDArray[np.intp]
NEAR = 1e-9


def ascending_edges(name: str, edges: ArrayLike) -> FloatArray:
    """Return edges as an array (n + 1,), and refuse what is not finite, ascending and at least one number.

    Parameters
    ----------
    name : str
        What the edges are, for the message.
    edges : array_like, shape (n + 1,)
        Neighbours may be equal: the cell between them is empty.
    """
    checked = finite(name, edges)
    if checked.ndim != 1 or checked.size == 0:
        raise SimulatorError(f"{name} must have shape (n + 1,), with at least one edge; was {checked.shape}")
    if (np.diff(checked) < 0.0).any():
        at = int(np.argmax(np.diff(checked) < 0.0))
        raise SimulatorError(f"{name} must be ascending; was {checked[at]} before {checked[at + 1]}")
    return checked


def cell_of(values: ArrayLike, edges: FloatArray, period: float | None = None) -> IndexArray:
    """Return which cell each value is in: ``edges[i] <= value < edges[i + 1]``, or up to the last edge.

    Parameters
    ----------
    values : array_like, shape (...)
        What is looked for; NaN is in no cell.
    edges : array, shape (n + 1,)
        Ascending.
    period : float, optional
        Values that differ by it are one (360 for degrees): each is looked for from the first edge on, once.

    Returns
    -------
    array of int, shape (...)
        From 0 to n - 1, or -1 outside of the edges.
    """
    sought = np.asarray(values, dtype=np.float64)
    if edges.size < 2:
        return np.full(sought.shape, -1, dtype=np.intp)
    if period is not None:
        sought = sought - period * np.floor((sought - edges[0]) / period)
    cell = np.minimum(np.searchsorted(edges, sought, side="right") - 1, edges.size - 2)
    return np.where((sought >= edges[0]) & (sought <= edges[-1]), cell, -1)


def edges_every(step: float, start: float, stop: float, origin: float = 0.0) -> FloatArray:
    """Return the ends of an extent, and between them `origin` and what lies whole steps from it."""
    if start == stop:
        return np.array([start, stop])
    between = np.arange(np.floor((start - origin) / step) + 1, np.ceil((stop - origin) / step)) * step + origin
    # With an origin, rounding can put a step beside an end that it meets.
    is_apart = (between - start > NEAR) & (stop - between > NEAR)
    return np.concatenate([[start], between[is_apart], [stop]])
