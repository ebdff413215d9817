"""Readings of one and the same contact, which err alike.

With the couch at 60, 75 and 90 degrees the head may touch the same edge at the same gantry angle. Whoever reads a
scale to half a degree then makes the same error three times: three such readings are worth one.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

SAME_ERROR = 0.25
"""Of the reading error: angles nearer than that are rounded alike."""
SAME_SLOPE = 0.05
"""Relative difference of how they depend on the unknowns."""


def times_read(
    what: Sequence[Hashable], angles: NDArray[np.float64], slopes: NDArray[np.float64], errors: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return how many of n readings are of the same contact as each of them, itself counted.

    Parameters
    ----------
    what : sequence of n
        What must be the same: position, direction and parts.
    angles : ndarray, shape (n,)
        Where the contacts are.
    slopes : ndarray, shape (n, m)
        How they depend on the unknowns.
    errors : ndarray, shape (n,)
        Standard deviations of reading.
    """
    lengths = np.linalg.norm(slopes, axis=1)
    times = np.ones(len(angles))
    for k, (angle, slope) in enumerate(zip(angles, slopes, strict=True)):
        is_near = np.abs(angles - angle) <= SAME_ERROR * errors[k]
        is_alike = np.linalg.norm(slopes - slope, axis=1) <= SAME_SLOPE * np.maximum(lengths, lengths[k])
        times[k] = sum(what[int(j)] == what[k] for j in np.flatnonzero(is_near & is_alike))
    return np.maximum(times, 1.0)
