"""What readings can tell of the unknowns, and what they cannot, with the reason in words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.commission.unknowns import Unknown

LARGEST_ERROR_MM = 25.0
"""A length with a larger standard error is not known: models are guesses of 20 to 50 mm before anybody measures."""
NOTHING = 1e-12
SHARE = 0.05
"""Of a combination, below which an unknown is not named."""


@dataclass(frozen=True)
class Unknowable:
    """What readings cannot tell: one unknown, or a combination of several.

    Attributes
    ----------
    names : tuple of str
        Of the unknowns.
    weights : tuple of float
        Of each in the combination that may be anything, as a unit vector.
    reason : str
        One sentence.
    """

    names: tuple[str, ...]
    weights: tuple[float, ...]
    reason: str


def standard_errors_mm(slopes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the standard errors (m,) of what readings tell alone; infinity where they do not.

    Parameters
    ----------
    slopes : ndarray, shape (n, m)
        By how much each reading changes with an unknown, over its standard deviation, per mm.
    """
    _, singular, rows = np.linalg.svd(np.vstack([slopes, np.zeros((slopes.shape[1], slopes.shape[1]))]))
    errors = np.sqrt(((rows.T / np.maximum(singular, NOTHING)) ** 2).sum(axis=1))
    return np.where(errors > LARGEST_ERROR_MM, np.inf, errors)


def unknowables(
    unknowns: tuple[Unknown, ...],
    slopes: NDArray[np.float64],
    touched: Collection[tuple[str, str]],
    what: str,
    positions: int,
) -> tuple[Unknowable, ...]:
    """Return what readings cannot tell: unknowns first that none depends on, then combinations.

    Parameters
    ----------
    unknowns : tuple of Unknown, m of them
        All of them.
    slopes : ndarray, shape (n, m)
        As for `standard_errors_mm`.
    touched : collection of (str, str)
        The parts that touch in the readings.
    what : str
        What the readings are called in the reason: ``"candidate"``, ``"reading"``.
    positions : int
        Of the phantom.
    """
    tells = np.linalg.norm(slopes, axis=0) > 1.0 / LARGEST_ERROR_MM
    singles = [
        Unknowable((each.name,), (1.0,), _reason(each, touched, what, positions))
        for each, is_told in zip(unknowns, tells, strict=True)
        if not is_told
    ]
    rest = np.flatnonzero(tells)
    together = [
        Unknowable(
            tuple(unknowns[k].name for k in rest[named]),
            tuple(float(value) for value in weights[named]),
            f"in every {what} they act alike, so that one can stand for the other: only what they come to together "
            "can be known",
        )
        for weights in _combinations(slopes[:, rest])
        for named in [np.flatnonzero(np.abs(weights) > SHARE)]
    ]
    return (*singles, *together)


def _combinations(slopes: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Return the unit vectors that readings do not tell, each of as few unknowns as elimination leaves."""
    count = slopes.shape[1]
    _, singular, rows = np.linalg.svd(np.vstack([slopes, np.zeros((count, count))]))
    left = rows[singular < 1.0 / LARGEST_ERROR_MM].copy()
    for at in range(len(left)):
        row, column = np.unravel_index(np.abs(left[at:]).argmax(), left[at:].shape)
        left[[at, at + row]] = left[[at + row, at]]
        left[at] /= left[at, column]
        others = np.arange(len(left)) != at
        left[others] -= np.outer(left[others, column], left[at])
    return [row / np.linalg.norm(row) for row in left]


def _reason(each: Unknown, touched: Collection[tuple[str, str]], what: str, positions: int) -> str:
    """Return why no reading depends on an unknown."""
    parts = " and ".join(each.parts)
    if each.parts and not {part for pair in touched for part in pair} & {*each.parts}:
        reason = f"no {what} touches {parts}"
    elif each.kind == "dimension":
        reason = f"no {what} touches what follows {each.name}: of {parts} it is never the part in the way"
    else:
        reason = f"no {what} depends on where {parts} {'is' if len(each.parts) < 2 else 'are'}"
    return f"{reason}, with one position of the phantom" if positions == 1 else reason
