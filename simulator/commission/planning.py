"""What to measure: the poses that determine the unknowns best, and what they cannot determine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.commission.unknowns import Unknown


@dataclass(frozen=True)
class PlannedReading:
    """One contact to measure: the joints stand, the gantry turns slowly in one direction until something touches.

    Attributes
    ----------
    position : str
        Of the phantom.
    joints : mapping of str to float
        Where the other joints stand, degrees or mm.
    direction : {"CW", "CC"}
        Of the gantry.
    from_deg, contact_deg : float
        Where to begin, free, and where the model expects contact.
    parts : tuple of str
        The two that touch then.
    mm_per_degree : float
        How fast their distance shrinks there.
    """

    position: str
    joints: Mapping[str, float]
    direction: str
    from_deg: float
    contact_deg: float
    parts: tuple[str, str]
    mm_per_degree: float


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


@dataclass(frozen=True, eq=False)
class MeasurementPlan:
    """What to measure, and what is to be expected of it.

    Attributes
    ----------
    unknowns : tuple of Unknown, m of them
        What is to be determined.
    rows : tuple of PlannedReading
        By position, couch and contact angle.
    standard_errors_mm : ndarray, shape (m,)
        Expected of the readings alone; infinity where they tell nothing.
    standard_errors_with_priors_mm : ndarray, shape (m,)
        Expected of the readings and of what is known before.
    candidates : int
        From how many contacts the rows were chosen.
    unknowable_from_all, unknowable : tuple of Unknowable
        What all candidates, and what the chosen ones, cannot tell without priors.
    """

    unknowns: tuple[Unknown, ...]
    rows: tuple[PlannedReading, ...]
    standard_errors_mm: NDArray[np.float64]
    standard_errors_with_priors_mm: NDArray[np.float64]
    candidates: int
    unknowable_from_all: tuple[Unknowable, ...]
    unknowable: tuple[Unknowable, ...]
