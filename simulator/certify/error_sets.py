"""Where the errors of a set-up are: within bounds, or, of normal ones, within an ellipsoid that holds most of them.

With m normal errors of standard deviations σ, u = e / σ is a standard normal vector. A pose that is free for all of
|u| ≤ ρ is not free with a chance of at most P(χ²ₘ > ρ²): with that equal to ε, it is free but for a chance of ε. Of
all sets of that chance the ball of u is the one whose extent along every direction is the same, so that nothing need
be known of which errors matter.

A pose that is not free for all errors of a box S is not free with a chance of at least P(S), the product of those of
its sides. Of cubes of one size in u, that whose middle is t α, along the direction α in which the nearest points come
nearest, is taken with the largest t for which P(S) > ε: the deepest contact.

Errors within bounds, beside normal ones, are at their worst: all of them in the first case, one in the second.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from simulator.errors import SimulatorError

HALF_SIDE = 0.7
"""Of the cubes, in standard deviations: wider ones must be in contact over more, narrower ones hold too little."""
FURTHEST = 8.0
MORE = 1.0 + 1e-6
"""By how much the chance of a cube must exceed the one that is asked about: more than the rounding of both."""


class ErrorSet(Protocol):
    """Where errors are, for all of which a cell is to be free.

    Attributes
    ----------
    half : ndarray, shape (m,)
        They are within ± these; what else the prover knows of them is its own.
    is_round : bool
        Whether the box of these must not be divided, since the errors are in an ellipsoid.
    """

    @property
    def half(self) -> NDArray[np.float64]:
        """See above."""

    @property
    def is_round(self) -> bool:
        """See above."""

    def worst(
        self, rates: NDArray[np.float64], low: NDArray[np.float64], high: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return errors (n, m), from and to, all of which together tell that a cell is not free.

        ``rates`` are how fast each moves the nearest points apart, ``low`` and ``high`` the box that is asked about.
        """


@dataclass(frozen=True, eq=False)
class Bounded:
    """Errors within a box: one of them tells, the corner at which the nearest points come nearest."""

    half: NDArray[np.float64]
    is_round: bool = False

    def worst(
        self, rates: NDArray[np.float64], low: NDArray[np.float64], high: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return one corner of each box, twice; its middle where nothing tells."""
        corner = (low + high) / 2 - np.sign(rates) * (high - low) / 2  # @corner
        return corner, corner


@dataclass(frozen=True, eq=False)
class Likely:
    """Normal errors, all but a chance, beside errors within bounds: a box tells that is more likely than the chance.

    Attributes
    ----------
    half : ndarray, shape (m,)
        The ellipsoid's half axes ρ σ of normal errors, the bounds of others.
    deviation : ndarray, shape (m,)
        Standard deviations; 0 of errors within bounds.
    chance : float
        Of the errors beyond the ellipsoid.
    """

    half: NDArray[np.float64]
    deviation: NDArray[np.float64]
    chance: float
    is_round: bool = True

    @classmethod
    def of(cls, bounds: NDArray[np.float64], deviation: NDArray[np.float64], chance: float) -> Likely:
        """Return the errors with these bounds and standard deviations (m,), one of them 0 each, but for a chance.

        Raises
        ------
        SimulatorError
            If the chance is none, or larger than that of a cube about 0: no box could tell then.
        """
        from scipy.stats import chi2

        found = cls(bounds, deviation, chance)
        most = float(found._chance(np.zeros((1, len(bounds))))[0])
        if not 0.0 < chance * MORE < most:
            raise SimulatorError(f"chance: must be above 0 and below {most:.2g} for these errors, was {chance:g}")
        radius = float(np.sqrt(chi2.isf(chance, int((deviation > 0.0).sum())))) * MORE
        return cls(np.where(deviation > 0.0, radius * deviation, bounds), deviation, chance)

    def worst(
        self, rates: NDArray[np.float64], low: NDArray[np.float64], high: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return a box that is more likely than the chance: the furthest towards contact."""
        is_normal = self.deviation > 0.0
        corner, _ = Bounded(self.half).worst(rates, low, high)
        u = -rates * self.deviation
        along = u / np.maximum(np.linalg.norm(u, axis=1, keepdims=True), 1e-300)
        near, far = np.zeros(len(rates)), np.full(len(rates), FURTHEST)
        for _ in range(30):
            t = (near + far) / 2
            is_likely = self._chance(t[:, None] * along) > self.chance * MORE
            near, far = np.where(is_likely, t, near), np.where(is_likely, far, t)
        centre = np.where(is_normal, near[:, None] * along * self.deviation, corner)
        reach = np.where(is_normal, HALF_SIDE * self.deviation, 0.0)
        return centre - reach, centre + reach

    def _chance(self, centre: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the chance (n,) of cubes with middles (n, m), in standard deviations."""
        from scipy.special import ndtr

        sides = ndtr(-np.abs(centre) + HALF_SIDE) - ndtr(-np.abs(centre) - HALF_SIDE)
        return np.asarray(np.where(self.deviation > 0.0, sides, 1.0).prod(axis=1))
