"""Unknowns from measured contact angles, with standard errors, and what the readings say of themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.arguments import checked
from simulator.commission.approaches import Approached, approached, approaches_of
from simulator.commission.commissioning import Commissioning
from simulator.commission.contact import Approach
from simulator.commission.knowable import LARGEST_ERROR_MM, Unknowable, standard_errors_mm, unknowables
from simulator.commission.least_squares import LEAST_DOF, WIDE_MM, Statistics, least_squares, statistics
from simulator.commission.outliers import outliers
from simulator.commission.readings import Reading
from simulator.commission.repeats import times_read
from simulator.commission.room import Rooms
from simulator.commission.suspects import Suspect, unlike_others, with_others_before, without_contact
from simulator.commission.unknowns import Unknown
from simulator.errors import SimulatorError

SURFACE_MM = 0.3
"""Standard deviation of a surface from its model, at any one place, once its dimensions are right."""
LARGEST_SIGMA = 5.0
"""Residuals of so many stated errors are of another machine, another sign, or another position of the phantom."""
LEAST_RATE_MM = 1e-3
"""Per degree; what closes more slowly tells nothing."""


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

    @property
    def is_usable(self) -> bool:
        """True if the search converged, most readings have a contact, and they agree with the model."""
        touches = np.isfinite(self.predicted_deg)
        return bool(self.has_converged and touches.mean() > 0.5 and self.sigma <= LARGEST_SIGMA)


@dataclass(frozen=True, eq=False)
class _End:
    """Where the search ends: values, what readings come to there, and which ones do not fit the others."""

    values: NDArray[np.float64]
    has_ended: bool
    approaches: Sequence[Approach]
    at: Approached
    errors: NDArray[np.float64]
    found: Statistics
    wrong: NDArray[np.intp]
    scores: NDArray[np.float64]


@checked
def fit_readings(commissioning: Commissioning | Rooms, readings: Sequence[Reading]) -> Fit:
    """Return the unknowns that fit measured contact angles best.

    The first search counts large residuals by their size, so that wrong readings draw little; from there on all
    readings count by their squares, and those that do not fit the others are pointed out, none is left out.

    Parameters
    ----------
    commissioning : Commissioning or Rooms
        The file, or what was loaded from it.
    readings : sequence of Reading
        At least one.

    Returns
    -------
    Fit
        Values and standard errors in mm, residuals, and readings that do not fit the others.

    Raises
    ------
    SimulatorError
        If there are no readings, a reading names what is not there, or the file does.

    Examples
    --------
    >>> import simulator as sim
    >>> commissioning = sim.Commissioning(title="Box", scenario="box", positions=[{"name": "centred"}],
    ...                                   unknowns=[{"part": "couch top", "offset": "z"}],
    ...                                   candidates={"couch_deg": (0.0, 45.0, 90.0), "count": 3})
    >>> rooms = sim.Rooms.of(commissioning)
    >>> readings = [sim.Reading(at, row.position, row.direction, row.from_deg, row.contact_deg, row.parts, 0.5,
    ...                         joints=row.joints) for at, row in enumerate(sim.plan_measurement(commissioning).rows)]
    >>> fit = sim.fit_readings(rooms, readings)
    >>> abs(fit.values_mm.round(1)), fit.has_converged
    (array([0.]), True)
    """
    rooms = commissioning if isinstance(commissioning, Rooms) else Rooms.of(commissioning)
    if not readings:
        raise SimulatorError(f"{rooms.commissioning.origin}: readings: must be at least one, were none")
    end = _searched(rooms, readings)
    at, found, errors = end.at, end.found, end.errors
    suspects = [
        *unlike_others(end.wrong, end.scores, readings),
        *without_contact(rooms, readings, end.approaches, at),
        *with_others_before(rooms, end.values, readings, end.approaches, at),
    ]
    is_unknowable = unknowables(
        rooms.unknowns,
        at.slopes / errors[:, None],
        [pair for pair in at.contacts.parts if pair is not None],
        "reading",
        len({reading.position for reading in readings}),
    )
    deviations = np.sqrt(np.diag(found.covariance))
    return Fit(
        unknowns=rooms.unknowns,
        readings=tuple(readings),
        values_mm=end.values,
        standard_errors_mm=np.where(deviations > LARGEST_ERROR_MM, np.inf, deviations),
        standard_errors_alone_mm=found.sigma * standard_errors_mm(at.slopes / errors[:, None]),
        correlations=found.covariance / np.outer(deviations, deviations),
        predicted_deg=at.contacts.value,
        predicted_parts=at.contacts.parts,
        mm_per_degree=at.contacts.rate,
        residuals_deg=at.residuals,
        residuals_mm=at.residuals * at.contacts.rate,
        studentized=found.studentized,
        leave_one_out_deg=found.leave_one_out * errors,
        leave_one_out_mm=found.leave_one_out * errors * at.contacts.rate,
        suspects=tuple(sorted(suspects, key=lambda suspect: suspect.row)),
        unknowable=is_unknowable,
        dof=found.dof,
        sigma=found.sigma,
        t_95=_quantile(found.dof),
        has_converged=end.has_ended and bool(at.touches.any()),
        remarks=_remarks(end),
    )


def _searched(rooms: Rooms, readings: Sequence[Reading]) -> _End:
    """Return where the search for the values ends, from a robust fit on."""
    centre = rooms.start_mm
    priors = np.array([WIDE_MM if each.prior_mm is None else each.prior_mm for each in rooms.unknowns])
    approaches = approaches_of(rooms, centre, readings)
    follow = _followed(rooms, readings, approaches)
    errors, _ = _errors(readings, follow(centre))

    def model(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        at = follow(values)
        return at.residuals / errors, at.slopes / errors[:, None]

    robust, _ = least_squares(model, centre, centre, priors, is_robust=True)
    again = approaches_of(rooms, robust, readings)
    if again != approaches:
        approaches, follow = again, _followed(rooms, readings, again)
    at = follow(robust)
    errors, times = _errors(readings, at)
    wrong, scores = outliers(at.residuals / errors, at.slopes / errors[:, None], priors)
    values, has_ended = least_squares(model, robust, centre, priors, is_robust=False)
    at = follow(values)
    found = statistics(at.residuals / errors, at.slopes / errors[:, None], priors, times)
    return _End(values, has_ended, approaches, at, errors, found, wrong, scores)


def _followed(
    rooms: Rooms, readings: Sequence[Reading], approaches: Sequence[Approach]
) -> Callable[[NDArray[np.float64]], Approached]:
    """Return what tells what readings come to with values; a search ends, and begins, where one has asked before."""
    known: dict[bytes, Approached] = {}

    def follow(values: NDArray[np.float64]) -> Approached:
        key = values.tobytes()
        if key not in known:
            known[key] = approached(rooms, values, readings, approaches)
        return known[key]

    return follow


def _errors(readings: Sequence[Reading], at: Approached) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the standard deviation of each reading as it counts, and how many readings are of the same contact.

    What grazes is uncertain in degrees, however well the scale is read, since surfaces are not known to a hair.
    """
    stated = np.array([reading.error_deg for reading in readings])
    what = [(each.position, each.direction, pair) for each, pair in zip(readings, at.contacts.parts, strict=True)]
    times = times_read(what, at.predicted, at.slopes, stated)
    of_surface = SURFACE_MM / np.where(at.touches, np.maximum(at.contacts.rate, LEAST_RATE_MM), np.inf)
    return np.hypot(stated, of_surface) * np.sqrt(times), times


def _remarks(end: _End) -> tuple[str, ...]:
    """Return what a reader of the result should know."""
    remarks, at = [], end.at
    if not end.has_ended:
        remarks.append("the search did not end at a minimum: the values are not to be used")
    if at.touches.mean() <= 0.5 or end.found.sigma > LARGEST_SIGMA:
        remarks.append(
            "the readings are not those of this machine and phantom, as the file has them: signs, directions of "
            "approach, positions; the values are not to be used"
        )
    if not at.touches.all():
        remarks.append(f"the fitted model has no contact for {int((~at.touches).sum())} readings, which tell nothing")
    if len(end.wrong):
        remarks.append(
            "readings that do not fit the others have drawn the values: measure them again, or take them out of the "
            "file, and fit again"
        )
    if end.found.dof < LEAST_DOF:
        remarks.append("there are too few readings to tell how good they are: the stated errors of reading are used")
    if (at.contacts.beyond_mm > 0.0).any():
        remarks.append(
            f"surfaces are shrunk by up to {at.contacts.beyond_mm.max():.1f} mm more than gauges keep them apart: "
            "such contacts are right to first order only; a thicker gauge (gauge_mm) makes them exact"
        )
    return tuple(remarks)


def _quantile(dof: float) -> float:
    """Return the two-sided 95 % quantile of Student's distribution."""
    from scipy.stats import t

    return float(t.ppf(0.975, max(dof, LEAST_DOF)))
