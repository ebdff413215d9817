"""The chance that a pose is not free where its errors are normal: an estimate, by the first-order reliability method.

For each pair, g(e) is its distance less the clearance that it must have, with errors e. In u = e / σ the *design
point* is the point of g = 0 nearest to 0, at the distance β, the reliability index; the chance is estimated by that
of the half-space beyond the tangent plane there, Φ(−β) (Hasofer and Lind 1974; Rackwitz and Fiessler 1978). It is
found by stepping to where the plane through the last point, g + ∇g·(e − e₀) = 0, is nearest to 0; ∇g are the rates of
the nearest points.

What is nearest as planned need not be what comes nearest with errors: of a long edge along a face any point is. So it
is stepped from two starts, from the nearest triangles and from those that a bound over all likely errors is from, and
the lesser index counts. Pairs add up, which is at least the chance of any of them; errors within bounds are at the
corner that is worst by their rates. A pose that collides as planned has the chance 1.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.certify.kernels.sentinels import TOUCHING_MM
from simulator.certify.prover import Prover

STEPS = 3
LIKELY = 3.0
"""Standard deviations of the errors that the second start is from."""
FURTHEST = 6.0
"""Standard deviations beyond which a chance, of 1e-9, is taken for 0."""


def estimated_chances(
    prover: Prover,
    poses: NDArray[np.float64],
    bounds: NDArray[np.float64],
    deviation: NDArray[np.float64],
    demanded_mm: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the chance (n,) that poses are not free.

    Parameters
    ----------
    prover : Prover
        Of the room with errors; the last m joints that it scans are theirs.
    poses : ndarray, shape (n, k)
        Values of the other joints.
    bounds, deviation : ndarray, shape (m,)
        Of each error, one of them 0.
    demanded_mm : ndarray, shape (pairs,)
        The clearance that each pair must have.
    """
    from scipy.special import ndtr

    found = np.zeros(len(poses))
    for row in range(len(demanded_mm)):
        found += ndtr(-_index(prover, row, poses, bounds, deviation, float(demanded_mm[row])))
    return np.minimum(found, 1.0)


def _index(
    prover: Prover,
    row: int,
    poses: NDArray[np.float64],
    bounds: NDArray[np.float64],
    deviation: NDArray[np.float64],
    demanded_mm: float,
) -> NDArray[np.float64]:
    """Return the reliability index (n,) of a pair; infinity where it is far, −infinity where it touches."""
    columns = range(poses.shape[1], poses.shape[1] + len(bounds))
    pair = prover.scene.pairs[row]
    most = np.array([sum(prover.rate(body, column, 0.0) for body in (pair.a, pair.b)) for column in columns])
    limit = demanded_mm + float(np.linalg.norm(FURTHEST * deviation * most)) + float(most @ bounds)
    index = np.full(len(poses), np.inf)
    for reach in (0.0, LIKELY):  # @starts
        half = np.concatenate([np.zeros(poses.shape[1]), reach * deviation + np.sign(reach) * bounds])
        asked, error = np.arange(len(poses)), np.zeros((len(poses), len(bounds)))
        at = np.concatenate([poses, error], axis=1)
        last = np.full(len(poses), np.inf)
        hint = prover.nearest_in(row, at, np.broadcast_to(half, at.shape).copy(), limit)
        for step in range(STEPS):
            at = np.concatenate([poses[asked], error[asked]], axis=1)
            if step > 0:
                cap, nowhere = np.full(len(asked), limit), np.zeros_like(at)
                hint[asked] = prover.bounds(row, at, nowhere, cap, np.zeros(len(asked)), hint[asked]).witness
            apart, rates = prover.rates(row, at, hint[asked])
            if step == 0:
                last[apart <= TOUCHING_MM] = -np.inf
            goes_on = (apart > TOUCHING_MM) & np.isfinite(apart)
            asked, apart, rates = asked[goes_on], apart[goes_on], rates[goes_on][:, poses.shape[1] :]
            slope = np.maximum(np.linalg.norm(rates * deviation, axis=1), 1e-12)
            margin = apart - demanded_mm - (rates * error[asked]).sum(axis=1) - np.abs(rates) @ bounds
            found = margin / slope
            last[asked] = found
            normal = -np.clip(found / slope, -FURTHEST / slope, FURTHEST / slope)[:, None] * rates * deviation**2
            error[asked] = normal - np.sign(rates) * bounds
        index = np.minimum(index, last)
    return index
