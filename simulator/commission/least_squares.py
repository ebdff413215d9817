"""Weighted least squares with priors: the minimum, and what it says of values and residuals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.commission.knowable import LARGEST_ERROR_MM

WIDE_MM = 40.0 * LARGEST_ERROR_MM
"""Standard deviation of a prior where nothing is known: it holds what no reading tells, and nothing else."""
SMALL_GAIN, WORTH_HALVING, LARGE_GAIN = 1e-3, 1e-2, 0.1
"""Of the sum of squares, over its mean: a step that promises less than the first is not taken (it is 0.03 standard
errors long); one that promises less than the second (0.1) is not halved where it gains nothing, as what stands in its
way is rounding; and where no part of one that promises more than the third gains anything, the search has failed."""
ROUNDED = 1e-3
"""Of a mean of squares: meshes are rounded, so residuals of 0.03 stated standard deviations mean nothing."""
MOST_STEPS, HALVINGS = 25, 5
LONG_MM = 10.0
"""Steps are damped by as much as a prior of this width, around where the search stands, would hold them."""
LEAST_DOF, LEAST_SIGMA = 1.0, 1e-6
"""With fewer degrees of freedom residuals say nothing of the noise; and it is never nothing."""
ROUNDS = 5
"""Noise and leverage follow from each other where there are priors."""
ROBUST = 2.0
"""In stated standard deviations, from where on a residual counts by its size instead of its square."""

Model = Callable[[NDArray[np.float64]], tuple[NDArray[np.float64], NDArray[np.float64]]]
"""From values (m,) to residuals (n,), and by how much each falls with a value (n, m), over standard deviations."""


@dataclass(frozen=True, eq=False)
class Statistics:
    """What a linear model at the minimum says.

    Attributes
    ----------
    covariance : ndarray, shape (m, m)
        Of the values, with priors.
    sigma : float
        Standard deviation of the residuals over the stated one; 1 where there are too few to tell.
    dof : float
        Degrees of freedom: the readings less what the values take of them.
    leverage : ndarray, shape (n,)
        How far each reading draws its own prediction to itself, 0 to 1.
    studentized : ndarray, shape (n,)
        Residuals over what the others leave to chance (externally studentised); nan where there are too few.
    leave_one_out : ndarray, shape (n,)
        Residuals of each reading from a fit to the others, over its standard deviation.
    """

    covariance: NDArray[np.float64]
    sigma: float
    dof: float
    leverage: NDArray[np.float64]
    studentized: NDArray[np.float64]
    leave_one_out: NDArray[np.float64]


def least_squares(
    model: Model,
    start: NDArray[np.float64],
    centre: NDArray[np.float64],
    priors: NDArray[np.float64],
    *,
    is_robust: bool,
) -> tuple[NDArray[np.float64], bool]:
    """Return the values (m,) with the least sum of squares, and whether the search ended at a minimum.

    Gauss-Newton's method with steps that are damped a little and halved where they do not gain. Large residuals of a
    robust fit count by their size (soft L1) through weights that follow them; a prior counts by its square. It ends
    where a step would gain next to nothing, measured in standard errors: meshes are rounded, so the last digits of
    the sum mean nothing.

    Parameters
    ----------
    model : callable
        The residuals.
    start : ndarray, shape (m,)
        Where the search begins.
    centre, priors : ndarray, shape (m,)
        What is known before: values and their standard deviations.
    is_robust : bool
        So that a few wrong readings draw little.
    """

    def loss(residuals: NDArray[np.float64], values: NDArray[np.float64]) -> float:
        of_priors = float((((values - centre) / priors) ** 2).sum())
        squares = residuals**2
        if is_robust:
            squares = 2.0 * ROBUST**2 * (np.sqrt(1.0 + squares / ROBUST**2) - 1.0)
        return of_priors + float(squares.sum())

    values, (residuals, slopes) = start, model(start)
    now = loss(residuals, values)
    for _ in range(MOST_STEPS):
        weights = 1.0 / np.sqrt(1.0 + (residuals / ROBUST) ** 2) if is_robust else np.ones(len(residuals))
        pull = slopes.T @ (weights * residuals) - (values - centre) / priors**2
        information = (slopes.T * weights) @ slopes + np.diag(1.0 / priors**2 + 1.0 / LONG_MM**2)
        step = np.linalg.solve(information, pull)
        gain, mean = float(pull @ step), max(now / len(residuals), ROUNDED)
        if gain <= SMALL_GAIN * mean:
            return values, True
        for _ in range(HALVINGS if gain > WORTH_HALVING * mean else 1):
            tried = model(values + step)
            then = loss(tried[0], values + step)
            if then < now:
                break
            step = step / 2.0
        else:
            return values, gain <= LARGE_GAIN * mean
        values, (residuals, slopes), now = values + step, tried, then
    return values, False


def statistics(
    residuals: NDArray[np.float64],
    slopes: NDArray[np.float64],
    priors: NDArray[np.float64],
    times: NDArray[np.float64],
) -> Statistics:
    """Return what residuals (n,) and slopes (n, m), over standard deviations, say at a minimum.

    Readings of one contact that err alike (`times` of them, n numbers) have a standard deviation that is √times as
    large: together they count as one, and are left out together.

    The noise is estimated from the residuals, s² = Σ r² / (n − tr H) with the hat matrix H of readings beside
    the priors, which are not scaled. Externally studentised residuals and those of leaving one out are exact
    for a linear model (Cook and Weisberg, Residuals and Influence in Regression, 1982).
    """
    count, sigma = float((1.0 / times).sum()), 1.0
    before = np.diag(1.0 / priors**2)
    for _ in range(ROUNDS):
        covariance = np.linalg.inv(slopes.T @ slopes / sigma**2 + before)
        leverage = np.einsum("ij,jk,ik->i", slopes, covariance, slopes) / sigma**2
        dof = count - float(leverage.sum())
        if dof < LEAST_DOF:
            break
        sigma = max(float(np.sqrt((residuals**2).sum() / dof)), LEAST_SIGMA)
    leverage = times * leverage  # of all readings of the contact together
    free = np.maximum(1.0 - leverage, 1e-9)
    one = residuals * np.sqrt(times)  # over the standard deviation of one reading
    others = (residuals**2).sum() - one**2 / free
    studentized = np.full(len(residuals), np.nan)
    if dof - 1.0 >= LEAST_DOF:
        deviation = np.maximum(np.sqrt(np.maximum(others, 0.0) / (dof - 1.0)), LEAST_SIGMA)
        studentized = one / (deviation * np.sqrt(free))
    return Statistics(np.asarray(covariance), sigma, dof, leverage, studentized, residuals / free)
