"""How far a fit can be trusted: errors at contacts that it does not know, the buffers that follow, and poses seen.

The error at a measured contact is how much nearer to contact the machine was than the model says: the distance there
is 0 (or the gauge), so it is what the model says of the clearance, positive where it would have let a beam come too
near. Where the model is already in contact, it is negative: how far back its contact is, by how fast the distance
shrinks there. Errors hold that of the reading itself, so buffers are rather too large for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulator.arguments import checked
from simulator.commission.agreement import BUFFERS_MM, PUBLISHED, Agreement, Observation, agreement
from simulator.commission.approaches import approached, approaches_of
from simulator.commission.error_buffers import ErrorBuffers, error_buffers
from simulator.commission.fit import Fit
from simulator.commission.readings import Reading
from simulator.commission.room import Room, Rooms
from simulator.errors import SimulatorError

SLACK_MM = 0.01
"""By how much a clearance may be told too small."""


@dataclass(frozen=True, eq=False)
class Validation:
    """What was found of a fit.

    Attributes
    ----------
    leave_one_out : ErrorBuffers
        From the errors of each reading against a fit to the others.
    held_out : ErrorBuffers or None
        From the errors at contacts that were kept back; None if there are none.
    held_out_readings : tuple of Reading
        Those contacts, in the order of the errors.
    observations : int
        Poses at which somebody looked.
    agreements : tuple of Agreement
        Of these poses, for several buffers.
    published : tuple of str
        What predictors reach elsewhere.
    remarks : tuple of str
        What a reader of the result should know.
    """

    leave_one_out: ErrorBuffers
    held_out: ErrorBuffers | None
    held_out_readings: tuple[Reading, ...]
    observations: int
    agreements: tuple[Agreement, ...]
    published: tuple[str, ...]
    remarks: tuple[str, ...]


@checked
def validate_fit(
    rooms: Rooms, fit: Fit, held_out: Sequence[Reading] = (), observations: Sequence[Observation] = ()
) -> Validation:
    """Return how far a fit can be trusted.

    Parameters
    ----------
    rooms : Rooms
        What was fitted.
    fit : Fit
        To which readings.
    held_out : sequence of Reading
        Contacts that the fit does not know.
    observations : sequence of Observation
        Poses at which somebody looked.

    Returns
    -------
    Validation
        Errors of the clearance in mm at readings that a model does not know, and the buffers that follow.

    Raises
    ------
    SimulatorError
        If no reading has a contact in the model.

    Examples
    --------
    >>> import simulator as sim
    >>> commissioning = sim.Commissioning(title="Box", scenario="box", positions=[{"name": "centred"}],
    ...                                   unknowns=[{"part": "couch top", "offset": "z"}],
    ...                                   candidates={"couch_deg": (0.0, 45.0, 90.0), "count": 3})
    >>> rooms = sim.Rooms.of(commissioning)
    >>> readings = [sim.Reading(at, row.position, row.direction, row.from_deg, row.contact_deg, row.parts, 0.5,
    ...                         joints=row.joints) for at, row in enumerate(sim.plan_measurement(commissioning).rows)]
    >>> validation = sim.validate_fit(rooms, sim.fit_readings(rooms, readings))
    >>> validation.leave_one_out.every_point_mm < 0.5
    True
    """
    left = -fit.leave_one_out_mm
    there = np.isfinite(left)
    if not there.any():
        raise SimulatorError(f"{rooms.commissioning.origin}: no reading has a contact in the fitted model")
    remarks = [] if there.all() else [f"{int((~there).sum())} readings have no contact in the model: left aside"]
    if fit.suspects:
        lines = ", ".join(str(line) for line in dict.fromkeys(each.line for each in fit.suspects))
        remarks.append(f"readings of lines {lines} do not fit, and are in these errors")
    leave_one_out = error_buffers(left[there], dof=min(fit.dof, float(there.sum() - 1)))
    errors = contact_errors_mm(rooms, fit.values_mm, held_out) if held_out else np.empty(0)
    buffers = sorted({*BUFFERS_MM, float(np.ceil(leave_one_out.every_point_mm))})
    clearances = clearances_mm(rooms, fit.values_mm, [(each.position, each.joints, 0.0) for each in observations])
    return Validation(
        leave_one_out=leave_one_out,
        held_out=error_buffers(errors) if len(errors) else None,
        held_out_readings=tuple(held_out),
        observations=len(observations),
        agreements=tuple(agreement(observations, clearances, buffer) for buffer in buffers) if observations else (),
        published=PUBLISHED,
        remarks=tuple(remarks),
    )


def contact_errors_mm(rooms: Rooms, values_mm: ArrayLike, readings: Sequence[Reading]) -> NDArray[np.float64]:
    """Return the error (n,) at measured contacts of a model with values (m,) of the unknowns."""
    values = np.asarray(values_mm, dtype=float)
    poses = [(each.position, {rooms.moving: each.contact_deg, **each.joints}, each.gauge_mm) for each in readings]
    apart = clearances_mm(rooms, values, poses)
    at = approached(rooms, values, readings, approaches_of(rooms, values, readings))
    back = np.where(at.touches, -at.residuals * at.contacts.rate, 0.0)
    return np.where(apart > 0.0, apart, np.minimum(back, 0.0))


def clearances_mm(
    rooms: Rooms, values_mm: ArrayLike, poses: Sequence[tuple[str, Mapping[str, float], float]]
) -> NDArray[np.float64]:
    """Return the clearance (n,) that a model has at poses: position, joints, and the gauge to be taken off.

    0 where parts touch; infinity where there is nothing to touch.
    """
    found = np.full(len(poses), np.inf)
    rooms_at: dict[str, Room] = {}
    for k, (position, joints, gauge_mm) in enumerate(poses):
        room = rooms_at.setdefault(position, rooms.room(position, values_mm))
        names = (rooms.moving, *(name for name in joints if name != rooms.moving))
        pose = np.array([[joints[name] for name in names]])
        prover = room.prover(names)
        for row in range(len(room.scene.pairs)):
            apart = float(prover.clearance_mm(pose, [row], SLACK_MM)[0][0])
            wanted = room.wanted_mm(row)
            found[k] = min(found[k], max(0.0, apart - wanted - gauge_mm) if apart > 0.0 else 0.0)
    return found
