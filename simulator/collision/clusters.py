"""Compact groups of neighbouring triangles: points are halved across the longest side of what holds them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Group = NDArray[np.intp]


def halved(centres_mm: NDArray[np.float64], group: Group) -> list[Group]:
    """Return the two halves of a group (n,) of points (k, 3), across its longest side."""
    axis = int(np.argmax(np.ptp(centres_mm[group], axis=0)))
    order = group[np.argsort(centres_mm[group, axis], kind="stable")]
    middle = len(order) // 2
    return [order[:middle], order[middle:]]


def clusters(centres_mm: NDArray[np.float64], most: int) -> list[Group]:
    """Return all points (k, 3) in groups of at most so many."""
    groups, done = [np.arange(len(centres_mm))], []
    while groups:
        group = groups.pop()
        if len(group) <= most:
            done.append(group)
        else:
            groups += halved(centres_mm, group)
    return done
