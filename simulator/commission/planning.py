"""What to measure: the poses that determine the unknowns best, and what they cannot determine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from simulator.arguments import checked
from simulator.commission.approaches import SIGNS
from simulator.commission.commissioning import Commissioning
from simulator.commission.contact import Approach, Contacts, first_contacts
from simulator.commission.knowable import LARGEST_ERROR_MM, Unknowable, standard_errors_mm, unknowables
from simulator.commission.optimal import most_informative
from simulator.commission.readings import Direction
from simulator.commission.repeats import times_read
from simulator.commission.room import Rooms
from simulator.commission.unknowns import Unknown
from simulator.errors import SimulatorError
from simulator.geometry.angles import FULL_TURN_DEG
from simulator.models.scale import angle_on_scale

START_STEP_DEG = 20.0
"""Between the angles from which approaches are tried."""
LEAST_RATE_MM = 1.0
"""Per degree. Slower contacts graze: a degree is less than a mm, and small changes make them come and go."""
LIMIT_MARGIN_DEG = 3.0
"""Contacts nearer to the end of the joint's travel may be beyond it on the real machine."""
LONGEST_WAY_DEG, SHORTEST_WAY_DEG = 20.0, 5.0
"""From where an approach is to begin, to where contact is expected."""
SAME_DEG = 0.1


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
    direction: Direction
    from_deg: float
    contact_deg: float
    parts: tuple[str, str]
    mm_per_degree: float


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


@checked
def plan_measurement(commissioning: Commissioning) -> MeasurementPlan:
    """Return the contacts to measure: of all candidates those that determine the unknowns best (D-optimal).

    Candidates are the contacts of the models as they are, at both ends of every free arc, for each position and each
    combination of the values of other joints.

    Parameters
    ----------
    commissioning : Commissioning
        What is unknown, and where the phantom can be put.

    Returns
    -------
    MeasurementPlan
        The poses, the standard errors in mm to be expected, and what cannot be told.

    Raises
    ------
    SimulatorError
        If something in the file is unknown to its models, or no candidate touches anything.

    Examples
    --------
    >>> import simulator as sim
    >>> commissioning = sim.Commissioning(title="Box", scenario="box", positions=[{"name": "centred"}],
    ...                                   unknowns=[{"part": "couch top", "offset": "z"}],
    ...                                   candidates={"couch_deg": (0.0, 45.0, 90.0), "count": 3})
    >>> plan = sim.plan_measurement(commissioning)
    >>> len(plan.rows), plan.rows[0].parts, bool(plan.standard_errors_mm[0] < 5.0)
    (3, ('head cover', 'couch top'), True)
    """
    rooms = Rooms.of(commissioning)
    approaches, contacts = _candidates(rooms)
    slopes = contacts.slopes / commissioning.reading_error_deg
    priors = [each.prior_mm or np.inf for each in rooms.unknowns]
    information = np.diag(1.0 / np.minimum(priors, LARGEST_ERROR_MM) ** 2)
    chosen = most_informative(slopes, commissioning.candidates.count, information)
    rows = [_row(approaches[k], contacts, k) for k in chosen]
    order = {name: at for at, name in enumerate(rooms.setups)}
    rows.sort(key=lambda row: (order[row.position], *row.joints.values(), row.contact_deg))
    with_priors = np.vstack([slopes[chosen], np.diag(1.0 / np.asarray(priors))])
    touched = [pair for pair in contacts.parts if pair is not None]
    positions, unknowns = len(rooms.setups), rooms.unknowns
    return MeasurementPlan(
        unknowns=unknowns,
        rows=tuple(rows),
        standard_errors_mm=standard_errors_mm(slopes[chosen]),
        standard_errors_with_priors_mm=standard_errors_mm(with_priors),
        candidates=len(approaches),
        unknowable_from_all=unknowables(unknowns, slopes, touched, "candidate", positions),
        unknowable=unknowables(unknowns, slopes[chosen], [row.parts for row in rows], "chosen pose", positions),
    )


def _candidates(rooms: Rooms) -> tuple[list[Approach], Contacts]:
    """Return the approaches that end in a contact worth to be read, each contact once, from as far as it can be."""
    tried = list(_approaches(rooms))
    found = first_contacts(rooms, rooms.start_mm, tried, with_slopes=False)
    limits = rooms.tree[rooms.moving].limits or (-np.inf, np.inf)
    furthest: dict[tuple[object, ...], int] = {}
    for k, (approach, value, rate) in enumerate(zip(tried, found.value, found.rate, strict=True)):
        is_worth = rate >= LEAST_RATE_MM and min(value - limits[0], limits[1] - value) >= LIMIT_MARGIN_DEG
        way = abs(value - approach.start)
        if not is_worth or way < SHORTEST_WAY_DEG:
            continue
        sign = np.sign(approach.stop - approach.start)
        key = approach.position, tuple(approach.joints.items()), sign, round(value % FULL_TURN_DEG / SAME_DEG)
        if key not in furthest or way > abs(found.value[furthest[key]] - tried[furthest[key]].start):
            furthest[key] = k
    kept = [tried[k] for k in furthest.values()]
    if not kept:
        raise SimulatorError(
            f"{rooms.commissioning.origin}: candidates: nothing touches anything at the given positions and joint "
            "values: must be others"
        )
    return _distinct(kept, first_contacts(rooms, rooms.start_mm, kept), rooms.commissioning.reading_error_deg)


def _distinct(approaches: list[Approach], contacts: Contacts, error_deg: float) -> tuple[list[Approach], Contacts]:
    """Return one approach to each contact: what comes to the same one at other joint values tells nothing more."""
    kept: list[int] = []
    for k in range(len(approaches)):
        chosen = [*kept, k]
        what = [(approaches[j].position, approaches[j].stop > approaches[j].start, contacts.parts[j]) for j in chosen]
        errors = np.full(len(chosen), error_deg)
        if times_read(what, contacts.value[chosen], contacts.slopes[chosen], errors)[-1] == 1.0:
            kept = chosen
    return [approaches[k] for k in kept], contacts.only(kept)


def _approaches(rooms: Rooms) -> Iterator[Approach]:
    """Yield all ways of the joint that turns, from a grid of angles, to either side, as far as it goes."""
    joints = rooms.commissioning.candidates.joints
    low, high = rooms.tree[rooms.moving].limits or (-FULL_TURN_DEG / 2, FULL_TURN_DEG / 2)
    ways = {
        name: [angle_on_scale(rooms.tree[name], value, f"candidates.{name}") for value in dict.fromkeys(values)]
        for name, values in joints.items()
    }
    starts = np.arange(np.ceil(low / START_STEP_DEG), np.floor(high / START_STEP_DEG) + 1.0) * START_STEP_DEG
    for position in rooms.setups:
        for values in product(*ways.values()):
            for start, stop in product(starts, (high, low)):
                yield Approach(position, dict(zip(ways, values, strict=True)), float(start), stop)


def _row(approach: Approach, contacts: Contacts, k: int) -> PlannedReading:
    """Return a candidate as a line of the sheet; it begins at a whole degree."""
    contact, parts = float(contacts.value[k]), contacts.parts[k]
    assert parts is not None
    direction: Direction = "CW" if approach.stop > approach.start else "CC"
    sign = SIGNS[direction]
    begin = sign * np.ceil(sign * (contact - sign * LONGEST_WAY_DEG))
    begin = max(sign * begin, sign * approach.start) * sign
    return PlannedReading(
        approach.position, approach.joints, direction, float(begin), contact, parts, float(contacts.rate[k])
    )
