"""Unknowns from measured contact angles, with standard errors, and what the readings say of themselves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.commission.knowable import Unknowable
from simulator.commission.readings import Reading
from simulator.commission.unknowns import Unknown


@dataclass(frozen=True)
class Suspect:
    """A reading that does not fit the others, or the model.

    Attributes
    ----------
    row : int
        Of the fit's readings.
    line : int
        Of the file.
    reason : str
        One sentence.
    """

    row: int
    line: int
    reason: str


@dataclass(frozen=True, eq=False)
class Fit:
    """Unknowns fitted to n readings. Nothing of it is a clinical clearance.

    Residuals are along the approach: positive where the machine went further than the model says (the model is too
    large there), negative where it touched before (the model is too small).

    Attributes
    ----------
    unknowns : tuple of Unknown, m of them
        What was fitted.
    readings : tuple of Reading, n of them
        To what.
    values_mm, standard_errors_mm : ndarray, shape (m,)
        Fitted values, and their standard errors with priors; infinity where neither readings nor a prior tell.
    standard_errors_alone_mm : ndarray, shape (m,)
        Those of the readings without priors.
    correlations : ndarray, shape (m, m)
        Of the fitted values.
    predicted_deg : ndarray, shape (n,)
        Where the fitted model touches; nan where it does not.
    predicted_parts : tuple of (str, str) or None, n of them
        And what touches there.
    mm_per_degree : ndarray, shape (n,)
        How fast the distance shrinks there.
    residuals_deg, residuals_mm : ndarray, shape (n,)
        Reading against prediction.
    studentized : ndarray, shape (n,)
        Residuals over the standard deviation that the other readings give them (externally studentised).
    leave_one_out_deg, leave_one_out_mm : ndarray, shape (n,)
        Residuals of each reading from a fit to the others.
    suspects : tuple of Suspect
        Readings that should be looked at. None was left out.
    unknowable : tuple of Unknowable
        What the readings alone cannot tell.
    dof : float
        Degrees of freedom of the residuals.
    sigma : float
        Standard deviation of the residuals over that of their readings: 1 if those were stated well.
    t_95 : float
        By how many standard errors a value is uncertain at 95 %: Student's quantile.
    has_converged : bool
        Whether the values are those of a minimum at which readings have contacts.
    remarks : tuple of str
        What a reader of the result should know.
    """

    unknowns: tuple[Unknown, ...]
    readings: tuple[Reading, ...]
    values_mm: NDArray[np.float64]
    standard_errors_mm: NDArray[np.float64]
    standard_errors_alone_mm: NDArray[np.float64]
    correlations: NDArray[np.float64]
    predicted_deg: NDArray[np.float64]
    predicted_parts: tuple[tuple[str, str] | None, ...]
    mm_per_degree: NDArray[np.float64]
    residuals_deg: NDArray[np.float64]
    residuals_mm: NDArray[np.float64]
    studentized: NDArray[np.float64]
    leave_one_out_deg: NDArray[np.float64]
    leave_one_out_mm: NDArray[np.float64]
    suspects: tuple[Suspect, ...]
    unknowable: tuple[Unknowable, ...]
    dof: float
    sigma: float
    t_95: float
    has_converged: bool
    remarks: tuple[str, ...]
