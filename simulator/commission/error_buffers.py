"""Buffers from errors: what would have kept every measured point safe, and what keeps all but a share of poses.

An error is how much nearer to contact a pose was than the model says, in mm: at a measured contact the distance is 0,
so what a model that does not know the reading says of the clearance there is its error. Positive is dangerous: the
model would have called the pose free with a buffer that is smaller.

**Every point.** The largest of n errors. Without any assumption on their distribution but that the next one is of the
same kind, it exceeds the largest with probability 1/(n + 1) (exchangeability), and that is all that n points say.

**A share p.** For errors that are normally distributed, with mean m and standard deviation s of n of them and ν
degrees of freedom, a new one exceeds

    m + t(1 − p; ν) s √(1 + 1/n)

with probability p: Student's t, not the normal quantile, as mean and deviation are estimated themselves (the
prediction interval of Hahn & Meeker, *Statistical Intervals*). The true quantile is, with confidence 1 − α, between
m + k s for

    k = T(α/2), T(1 − α/2) / √n,    T: noncentral t with ν degrees of freedom and noncentrality z √n

(the tolerance bounds of the normal distribution; Owen 1968). Whether errors are normal is asked of the Shapiro-Wilk
test. It cannot tell for tails that nobody has seen: fewer than 1/p points hold no such error, and then the word is
"extrapolated".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulator.errors import SimulatorError

SHARES = (1e-3, 1e-4, 1e-5)
"""0.1, 0.01 and 0.001 %."""
CONFIDENCE = 0.95
SIGNIFICANCE = 0.05
LEAST_POINTS = 4
"""For a standard deviation that means anything, and for the test."""
DISTRIBUTION = "normal, predictive: Student's t, as mean and standard deviation are estimated from the points"


@dataclass(frozen=True)
class ShareBuffer:
    """The buffer that all but a share of poses keep.

    Attributes
    ----------
    share : float
        Of poses that are nearer than the model with this buffer says.
    buffer_mm : float
        Predictive: a new pose is nearer with just this probability.
    quantile_mm : tuple of float
        Bounds of the true quantile at the confidence of `CONFIDENCE`, both sides.
    is_extrapolated : bool
        Whether there are fewer points than 1/share: none of them can have shown such an error.
    """

    share: float
    buffer_mm: float
    quantile_mm: tuple[float, float]
    is_extrapolated: bool


@dataclass(frozen=True, eq=False)
class ErrorBuffers:
    """What errors at n measured contacts say of the buffer.

    Attributes
    ----------
    errors_mm : ndarray, shape (n,)
        How much nearer than the model says; positive is dangerous.
    every_point_mm : float
        The least buffer with which no point would have been called free: the largest error, 0 if none is above.
    next_exceeds : float
        Probability that the next point's error is above the largest, whatever their distribution.
    mean_mm, deviation_mm : float
        Of the errors; the deviation with ``dof`` degrees of freedom.
    dof : float
        Degrees of freedom.
    normality_p : float or None
        Of the Shapiro-Wilk test; None where there are too few points, or all are one.
    shares : tuple of ShareBuffer
        For 0.1, 0.01 and 0.001 %; none where there are too few points.
    remarks : tuple of str
        What must be known of them, a sentence each.
    """

    errors_mm: NDArray[np.float64]
    every_point_mm: float
    next_exceeds: float
    mean_mm: float
    deviation_mm: float
    dof: float
    normality_p: float | None
    shares: tuple[ShareBuffer, ...]
    remarks: tuple[str, ...]


def error_buffers(
    errors_mm: ArrayLike, *, dof: float | None = None, shares: tuple[float, ...] = SHARES
) -> ErrorBuffers:
    """Return buffers from errors.

    Parameters
    ----------
    errors_mm : array_like, shape (n,)
        How much nearer to contact each point was than the model says.
    dof : float, optional
        Degrees of freedom of their deviation; n - 1 if not given. Errors left out one by one of a fit of m unknowns
        have n - m, as they were not free to be anything.
    shares : tuple of float
        Of poses that may be nearer.

    Raises
    ------
    SimulatorError
        If there is no error, or one is not finite.
    """
    errors = np.asarray(errors_mm, dtype=float)
    if errors.ndim != 1 or not len(errors) or not np.isfinite(errors).all():
        raise SimulatorError("errors: must be one finite number or more, in mm")
    n = len(errors)
    dof = float(n - 1 if dof is None else dof)
    mean = float(errors.mean())
    deviation = float(np.sqrt(((errors - mean) ** 2).sum() / dof)) if dof > 0 else 0.0
    remarks = []
    found: tuple[ShareBuffer, ...] = ()
    if n < LEAST_POINTS or dof < 1 or deviation == 0.0:
        remarks.append(
            f"no buffer for a share of poses: {n} points with {dof:g} degrees of freedom and a standard deviation of "
            f"{deviation:.2f} mm do not tell a distribution; there must be {LEAST_POINTS} and 1 at least"
        )
    else:
        found = tuple(_share_buffer(share, mean, deviation, n, dof) for share in shares)
    normality_p = _normality(errors)
    remarks += _normality_remarks(normality_p)
    beyond = [f"{share.share:.3%}" for share in found if share.is_extrapolated]
    if beyond:
        remarks.append(
            f"extrapolated: {n} points show no error that is rarer than 1 in {n}; the buffers for "
            f"{', '.join(beyond)} rest on the normal distribution alone"
        )
    return ErrorBuffers(
        errors_mm=errors,
        every_point_mm=max(0.0, float(errors.max())),
        next_exceeds=1.0 / (n + 1),
        mean_mm=mean,
        deviation_mm=deviation,
        dof=dof,
        normality_p=normality_p,
        shares=found,
        remarks=tuple(remarks),
    )


def _share_buffer(share: float, mean: float, deviation: float, n: int, dof: float) -> ShareBuffer:
    from scipy import stats

    new = stats.t.isf(share, dof) * np.sqrt(1.0 + 1.0 / n)
    tails = (1.0 - CONFIDENCE) / 2.0, (1.0 + CONFIDENCE) / 2.0
    low, high = stats.nct.ppf(tails, dof, stats.norm.isf(share) * np.sqrt(n)) / np.sqrt(n)
    return ShareBuffer(
        share=share,
        buffer_mm=max(0.0, float(mean + new * deviation)),
        quantile_mm=(float(mean + low * deviation), float(mean + high * deviation)),
        is_extrapolated=n * share < 1.0,
    )


def _normality(errors: NDArray[np.float64]) -> float | None:
    from scipy import stats

    if len(errors) < LEAST_POINTS or not np.ptp(errors):
        return None
    return float(stats.shapiro(errors).pvalue)


def _normality_remarks(p: float | None) -> list[str]:
    if p is None:
        return ["whether the errors are normally distributed cannot be told from these points"]
    if p < SIGNIFICANCE:
        return [
            f"the errors are not normally distributed (Shapiro-Wilk p = {p:.2g}): do not rely on buffers for shares"
        ]
    return [f"the errors may be normally distributed (Shapiro-Wilk p = {p:.2g}); that says nothing of rare ones"]
