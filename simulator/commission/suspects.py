"""Readings that should be looked at, with the reason: none is left out for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator.commission.approaches import Approached, approached
from simulator.commission.contact import Approach
from simulator.commission.readings import Reading
from simulator.commission.room import Rooms


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


def unlike_others(rows: NDArray[np.intp], scores: NDArray[np.float64], readings: Sequence[Reading]) -> list[Suspect]:
    """Return the readings that do not fit the others."""
    return [
        Suspect(
            row,
            readings[row].line,
            f"{readings[row].contact_deg:g}° does not fit the others: it is {abs(scores[row]):.1f} standard "
            f"deviations {'after' if scores[row] > 0 else 'before'} what they say",
        )
        for row in map(int, rows)
    ]


def without_contact(
    rooms: Rooms, readings: Sequence[Reading], approaches: Sequence[Approach], at: Approached
) -> list[Suspect]:
    """Return the readings that the model has no contact for."""
    suspects = []
    for row in map(int, np.flatnonzero(~at.touches)):
        way, what = approaches[row], " and ".join(readings[row].parts) or "anything"
        if at.contacts.is_start_free[row]:
            reason = f"the fitted model does not touch {what} from {rooms.moving} {way.start:.1f}° to {way.stop:.1f}°"
        else:
            reason = f"the fitted model is not free at {rooms.moving} {way.start:.1f}°, where the approach begins"
        suspects.append(Suspect(row, readings[row].line, f"{reason}: the reading tells nothing"))
    return suspects


def with_others_before(
    rooms: Rooms,
    values: NDArray[np.float64],
    readings: Sequence[Reading],
    approaches: Sequence[Approach],
    at: Approached,
) -> list[Suspect]:
    """Return the readings with parts noted before which, in the model, other parts touch."""
    rows = [row for row, reading in enumerate(readings) if reading.parts and at.touches[row]]
    if not rows:
        return []
    any_part = [replace(approaches[row], parts=()) for row in rows]
    first = approached(rooms, values, [readings[row] for row in rows], any_part)
    suspects = []
    for k, row in enumerate(rows):
        pair = first.contacts.parts[k]
        if pair is None or pair == at.contacts.parts[row]:
            continue
        noted = " and ".join(readings[row].parts)
        suspects.append(
            Suspect(
                row,
                readings[row].line,
                f"{noted} touched, but in the fitted model {' and '.join(pair)} do so before, at "
                f"{first.contacts.value[k]:.1f}°",
            )
        )
    return suspects
