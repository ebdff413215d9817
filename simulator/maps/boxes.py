"""The size of what some boxes hold and others do not, in any number of dimensions, exactly.

Between two neighbouring edges along the first axis nothing changes, so that each such slab is a question of one
dimension less; on a line it is decided on the common refinement of all ends.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Corners = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Low and high corners (n, k) of boxes."""


def beyond(ours: Corners, theirs: Corners) -> float:
    """Return the size of the union of our boxes without that of theirs: mm, mm², mm³ and so on.

    Parameters
    ----------
    ours, theirs : tuple of ndarray, shapes (n, k) and (m, k)
        Low and high corners.
    """
    if not len(ours[0]):
        return 0.0
    edges = np.unique(np.concatenate([ends[:, 0] for ends in (*ours, *theirs)]))
    if ours[0].shape[1] == 1:
        middles = (edges[:-1] + edges[1:]) / 2
        is_counted = _is_in(ours, middles) & ~_is_in(theirs, middles)
        return float(np.diff(edges)[is_counted].sum())
    parts = [
        (high - low) * beyond(_across(ours, low, high), _across(theirs, low, high)) for low, high in pairwise(edges)
    ]
    return float(sum(parts))


def _across(boxes: Corners, low: float, high: float) -> Corners:
    """Return the boxes that go all the way from one value of the first axis to the next edge, without that axis."""
    goes = (boxes[0][:, 0] <= low) & (boxes[1][:, 0] >= high)
    return boxes[0][goes, 1:], boxes[1][goes, 1:]


def _is_in(boxes: Corners, values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which values (n,), none an end, lie in one of some intervals: more have begun than have ended."""
    begun, ended = (np.searchsorted(np.sort(ends[:, 0]), values) for ends in boxes)
    return np.asarray(begun > ended)
