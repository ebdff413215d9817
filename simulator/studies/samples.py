"""Samples that fill a space of several fields evenly, by the quasi-Monte Carlo methods of scipy."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.scenario.study import Vary
from simulator.studies.levels import Factor, factor_of_numbers

DIGITS = 6
"""Decimal places of sampled values, so that a table has what was taken."""


def factor_of_sample(entry: Vary, where: str) -> Factor:
    """Return ``count`` combinations of the values of several fields, each between its least and its greatest.

    Points of the unit cube of a scrambled Sobol or Halton sequence, or of a Latin hypercube (`scipy.stats.qmc`),
    scaled. The first points of a longer Sobol or Halton sequence of the same seed are those of a shorter one.
    """
    assert entry.sample is not None and entry.count is not None
    low, high = np.array(list(entry.sample.values()), dtype=float).T
    points = _unit_cube(entry.method, len(low), entry.count, entry.seed)
    values = np.clip(np.round(low + points * (high - low), DIGITS), low, high)
    return factor_of_numbers(entry.label, where, dict(zip(entry.sample, values.T, strict=True)))


def _unit_cube(method: str, fields: int, count: int, seed: int) -> NDArray[np.float64]:
    """Return points of the unit cube, shape (count, fields)."""
    from scipy.stats import qmc

    engines: dict[str, Any] = {"sobol": qmc.Sobol, "halton": qmc.Halton, "latin_hypercube": qmc.LatinHypercube}
    engine = engines[method](fields, seed=np.random.default_rng(seed))
    if method == "sobol":  # balanced in powers of two, and says so of other counts
        return np.asarray(engine.random_base2((count - 1).bit_length())[:count])
    return np.asarray(engine.random(count))
