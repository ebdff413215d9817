"""Readings that do not fit the others: found from a subset that fits, so that several cannot hide each other.

The forward search of Hadi and Simonoff (J. Am. Stat. Assoc. 88, 1993) on the linear model at a robust fit: of the
readings with the least residuals a basic subset is made, a fit to it orders all readings, and it grows by one until
the next one's residual is larger than chance allows.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

CHANCE = 0.05
"""That a set of readings without a wrong one has one pointed out, however many they are (Bonferroni)."""

LEAST_DEVIATION = 0.5
"""Of the stated one: readings that agree better than they are stated to make no other one wrong."""


def outliers(
    residuals: NDArray[np.float64], slopes: NDArray[np.float64], priors: NDArray[np.float64]
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return which of n readings do not fit the others, and by how many standard deviations each is off.

    Parameters
    ----------
    residuals : ndarray, shape (n,)
        Over the standard deviations that were stated.
    slopes : ndarray, shape (n, m)
        By how much each residual falls with an unknown, over the same.
    priors : ndarray, shape (m,)
        Standard deviations of what is known before, at least nearly infinite: the linear model has a solution.

    Returns
    -------
    rows : ndarray of int
        Ascending.
    scores : ndarray, shape (n,)
        Residuals from the fit to the readings that fit, over their standard deviations there.
    """
    from scipy.special import stdtrit

    count, unknowns = slopes.shape
    size = min(max((count + unknowns + 1) // 2, unknowns + 1), count)
    order = np.argsort(np.abs(residuals), kind="stable")
    while True:
        subset = np.zeros(count, dtype=bool)
        subset[order[:size]] = True
        scores = _scores(residuals, slopes, priors, subset)
        order = np.argsort(np.abs(scores), kind="stable")
        if size == count:
            return np.empty(0, dtype=np.intp), scores
        limit = float(stdtrit(max(size - unknowns, 1), 1.0 - CHANCE / (2.0 * (size + 1))))
        if np.abs(scores[order[size]]) >= limit:
            return np.sort(order[size:]), scores
        size += 1


def _scores(
    residuals: NDArray[np.float64],
    slopes: NDArray[np.float64],
    priors: NDArray[np.float64],
    subset: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Return residuals from a linear fit to a subset, over the standard deviations that chance gives them."""
    information = slopes[subset].T @ slopes[subset] + np.diag(1.0 / priors**2)
    inverse = np.linalg.inv(information)
    left = residuals - slopes @ (inverse @ (slopes[subset].T @ residuals[subset]))
    leverage = np.einsum("ij,jk,ik->i", slopes, inverse, slopes)
    freedom = max(int(subset.sum()) - slopes.shape[1], 1)
    deviation = np.sqrt((left[subset] ** 2).sum() / freedom / _variance_of_least(float(subset.mean())))
    # A reading of the subset has pulled the fit towards it, one outside has not.
    spread = np.sqrt(np.maximum(np.where(subset, 1.0 - leverage, 1.0 + leverage), 1e-6))
    return np.asarray(left / (max(float(deviation), LEAST_DEVIATION) * spread))


def _variance_of_least(share: float) -> float:
    """Return the variance of the share of normal residuals that is nearest to 0, over that of all."""
    from scipy.special import ndtri

    if share >= 1.0:
        return 1.0
    q = float(ndtri((1.0 + share) / 2.0))
    return float(1.0 - 2.0 * q * np.exp(-(q**2) / 2.0) / np.sqrt(2.0 * np.pi) / share)
