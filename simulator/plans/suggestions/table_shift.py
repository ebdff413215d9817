"""The same beam with the table shifted, and the patient with it: along one axis, or two where one is not enough.

The isocentre stays at the machine's, so in the patient it is elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import combinations, product

import numpy as np

from simulator.plans.checked import BeamCheck
from simulator.plans.legs import ways_of
from simulator.plans.rooms import Room
from simulator.plans.suggestions.candidates import Candidate
from simulator.plans.travel import Travel
from simulator.setup.placing import TABLE_POSITION

SHIFTS_MM = (10.0, 20.0, 30.0, 40.0, 50.0)
OF_TWO_MM = 50.0
"""Along each of two axes."""


def table_shift(room: Room, _: BeamCheck) -> list[Candidate]:
    """Return the same beam with table and patient shifted: along one axis, then along two, shortest first."""
    tree = room.setup.scene.tree
    found = []
    for shift in _shifts():
        travel = _shifted(room.travel, shift)
        limits = {axis: tree[axis].limits or (-np.inf, np.inf) for axis in shift}
        if all(
            low <= end[axis] <= high for axis, (low, high) in limits.items() for leg in travel.legs for end in leg
        ):
            ways = [replace(way, columns=TABLE_POSITION) for way in ways_of(replace(room, travel=travel))]
            told = " and ".join(f"{axis.replace('_', ' ')} {by:+g} mm" for axis, by in shift.items())
            text = f"{told}: table and patient, and so the isocentre in the patient"
            found.append(Candidate("table shift", {**shift}, text, tuple(ways)))
    return found


def _shifts() -> Iterator[dict[str, float]]:
    """Yield shifts by axis of the table."""
    for by in (sign * step for step in SHIFTS_MM for sign in (1.0, -1.0)):
        yield from ({axis: by} for axis in TABLE_POSITION)
    for first, second in product((OF_TWO_MM, -OF_TWO_MM), repeat=2):
        yield from ({a: first, b: second} for a, b in combinations(TABLE_POSITION, 2))


def _shifted(travel: Travel, shift: Mapping[str, float]) -> Travel:
    legs = [tuple({**end, **{axis: end[axis] + by for axis, by in shift.items()}} for end in leg)
            for leg in travel.legs]  # fmt: skip
    return replace(travel, legs=tuple((start, stop) for start, stop in legs))
