"""What a place of a map is named after: the worst status there, and the first pair that has it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator.collision.contact import Status


@dataclass(frozen=True, eq=False)
class Named:
    """Rectangles of poses, each with what is in the way there, as far as a pose of it is not free.

    Attributes
    ----------
    low, high : ndarray, shape (n, 2)
        Least and greatest value of each swept joint.
    status : ndarray of int8, shape (n,)
        Values of :class:`Status`, never free.
    pair : ndarray of int16, shape (n,)
        Index of the first pair with that status.
    """

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    status: NDArray[np.int8]
    pair: NDArray[np.int16]

    def __len__(self) -> int:
        return len(self.low)

    def counted_as(self, of_kept: NDArray[np.int16]) -> Named:
        """Return the same with other indices of the pairs."""
        return replace(self, pair=of_kept[self.pair])


def worst_pair(pair_status: NDArray[np.int8]) -> tuple[NDArray[np.int8], NDArray[np.int16]]:
    """Return the worst status (...) of pairs (pairs, ...), and the first pair that has it: -1 where all are free."""
    status = pair_status.max(axis=0, initial=0)
    if not len(pair_status):
        return status, np.full(status.shape, -1, dtype=np.int16)
    culprit = np.where(status == Status.FREE, -1, (pair_status == status).argmax(axis=0))
    return status, culprit.astype(np.int16)
