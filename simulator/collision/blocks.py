"""Blocks of neighbouring poses, which one query can decide.

If two surfaces are further apart than d + m at one pose, they are further apart than d at every pose that is
within a relative motion of m, and nothing crossed on the way there: which side of a surface the other is on stays
what it was. Deciding by blocks changes no answer; it only leaves out queries.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SIZE = 4.0
"""Edge of the blocks in degrees (or mm). Measured on the shipped scenarios: one size is faster than several."""


@dataclass(frozen=True, eq=False)
class Blocks:
    """A division of n poses into k blocks.

    Attributes
    ----------
    of_pose : ndarray, shape (n,)
        The block of each pose.
    centre : ndarray, shape (k,)
        The pose that stands for the block.
    reach : ndarray, shape (k, joints)
        Largest difference of each scanned value between the centre and a member.

    """

    of_pose: NDArray[np.intp]
    centre: NDArray[np.intp]
    reach: NDArray[np.float64]

    @classmethod
    def divide(cls, values: NDArray[np.float64], size: float | NDArray[np.float64] = SIZE) -> Blocks:
        """Divide poses (n, joints) by the boxes that they fall in, of edge ``size`` along each joint, or all joints.

        Along a joint of which it is infinite nothing is divided.
        """
        cubes = np.floor(values / np.asarray(size, dtype=float)).astype(np.int64)
        cubes -= cubes.min(axis=0)
        keys = np.ravel_multi_index(tuple(cubes.T), tuple(cubes.max(axis=0) + 1))
        order = np.argsort(keys, kind="stable")
        starts = np.flatnonzero(np.diff(keys[order], prepend=-1))
        of_pose = np.empty(len(keys), dtype=np.intp)
        of_pose[order] = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(keys)))
        members = values[order]
        middle = (np.minimum.reduceat(members, starts) + np.maximum.reduceat(members, starts)) / 2
        offset = np.abs(values - middle[of_pose]).sum(axis=1)
        nearest_first = np.lexsort((offset, of_pose))
        centre = nearest_first[np.flatnonzero(np.diff(of_pose[nearest_first], prepend=-1))]
        difference = np.abs(values - values[centre][of_pose])[order]
        return cls(of_pose, centre, np.maximum.reduceat(difference, starts))
