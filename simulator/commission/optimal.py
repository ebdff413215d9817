"""Rows that determine unknowns best: D-optimal designs by exchange."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LEAST_GAIN = 1e-9
"""By which the logarithm of the determinant must grow for an exchange."""


def most_informative(slopes: NDArray[np.float64], count: int, information: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return which rows to choose for the determinant of the information to be as large as exchanges make it.

    Rows are added one by one, each the one that adds most; then one is exchanged for another as long as that gains
    anything (Fedorov, Theory of Optimal Experiments, 1972). Of rows that gain alike the first is taken, so the same
    rows give the same choice.

    Parameters
    ----------
    slopes : ndarray, shape (n, m)
        Of each row, over its standard deviation.
    count : int
        How many to choose, each at most once; all if there are no more.
    information : ndarray, shape (m, m)
        What is known without them; positive definite.

    Returns
    -------
    ndarray of int
        Ascending.
    """
    if count >= len(slopes):
        return np.arange(len(slopes))
    chosen: list[int] = []
    inverse = np.linalg.inv(information)
    while len(chosen) < count:
        gains = np.einsum("ij,jk,ik->i", slopes, inverse, slopes)
        gains[chosen] = -np.inf
        chosen.append(int(gains.argmax()))
        along = inverse @ slopes[chosen[-1]]
        inverse -= np.outer(along, along) / (1.0 + slopes[chosen[-1]] @ along)
    while True:
        inverse = np.linalg.inv(information + slopes[chosen].T @ slopes[chosen])
        # det(M + j jᵀ − i iᵀ) / det M = (1 + d_j)(1 − d_i) + d_ij², with d = the variance that M⁻¹ gives.
        across = slopes[chosen] @ inverse @ slopes.T
        variance = np.einsum("ij,jk,ik->i", slopes, inverse, slopes)
        factor = (1.0 - variance[chosen])[:, None] * (1.0 + variance) + across**2
        factor[:, chosen] = 0.0
        out, into = np.unravel_index(int(factor.argmax()), factor.shape)
        if factor[out, into] <= 1.0 + LEAST_GAIN:
            return np.sort(np.array(chosen))
        chosen[out] = int(into)
