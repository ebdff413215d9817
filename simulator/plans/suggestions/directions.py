"""Where a beam aims: its poses along the way as directions, and how far another beam's are from them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.directions.chart import TwoAxisChart
from simulator.plans.rooms import Room
from simulator.plans.travel import Travel

STEP_DEG = 1.0
"""Between poses along a beam of which the directions are compared."""


def chart_of(room: Room) -> TwoAxisChart | None:
    """Return how gantry and couch aim, if the beam says where both of its joints are."""
    aim = room.setup.aim
    if aim is None or not {aim.chart.inner, aim.chart.outer} <= room.travel.start.keys():
        return None
    return aim.chart


def poses_along(travel: Travel, chart: TwoAxisChart) -> NDArray[np.float64]:
    """Return poses (n, 2) along a beam, inner and outer joint: ends of legs, and about every degree between."""
    joints = (chart.inner, chart.outer)
    found = [np.array([[travel.start[joint] for joint in joints]])]
    for leg in travel.legs:
        first, last = (np.array([end[joint] for joint in joints]) for end in leg)
        shares = np.linspace(0.0, 1.0, int(np.ceil(np.abs(last - first).max() / STEP_DEG)) + 1)[1:, None]
        found.append(first + shares * (last - first))
    return np.concatenate(found)


def off_deg(room: Room, other: Room) -> float | None:
    """Return how far another beam's directions are from a beam's at the same places of its legs, where farthest."""
    chart = chart_of(room)
    if chart is None:
        return None
    first, second = (chart.directions(*poses_along(each.travel, chart).T) for each in (room, other))
    if len(first) != len(second):
        return None
    return float(angle_deg(first, second).max())


def angle_deg(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the angles (...) between unit vectors (..., 3), exact for small ones, too."""
    chord = np.linalg.norm(first - second, axis=-1)
    return np.asarray(np.degrees(2.0 * np.arcsin(np.minimum(chord / 2.0, 1.0))))
