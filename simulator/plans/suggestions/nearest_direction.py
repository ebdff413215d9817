"""The nearest direction that is free: gantry and couch as it needs; an arc is turned as a whole.

For a beam that stands, all poses of gantry and couch are searched in certified cells (`Aiming`), so that it is
also proven how far around there is none. For arcs it is the turn of gantry and couch, in whole degrees, after which
the directions are least far from the planned ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from simulator.directions.chart import TwoAxisChart
from simulator.directions.crossed_axes import FULL_SPHERE_SR
from simulator.plans.checked import BeamCheck
from simulator.plans.legs import ways_of
from simulator.plans.rooms import Room
from simulator.plans.suggestions.candidates import Candidate, moved, with_axes
from simulator.plans.suggestions.directions import angle_deg, chart_of, off_deg, poses_along
from simulator.plans.suggestions.free_cells import Aiming
from simulator.plans.ways import told

KIND = "nearest direction"
TURNS_DEG = tuple(float(turn) for turn in range(-20, 21))
"""By how much an arc is turned, about either axis."""
MOST_ARCS = 24
DECIMALS = 1
"""Of the angles that are suggested, where a free cell has such."""


@dataclass(frozen=True)
class NearestDirection:
    """Looks for free directions.

    Attributes
    ----------
    workers : int
        Number of threads.
    """

    workers: int = 1

    def __call__(self, room: Room, _: BeamCheck) -> Sequence[Candidate]:
        """Return the nearest free direction of a beam that stands, or turns of an arc that may be free."""
        chart = chart_of(room)
        if chart is None:
            return []
        if not any(way.moving for way in ways_of(room)):
            return self._of_a_pose(room, chart)
        return self._of_an_arc(room, chart)

    def _aiming(self, room: Room, chart: TwoAxisChart) -> Aiming:
        stands = {joint: v for joint, v in room.travel.start.items() if joint not in (chart.inner, chart.outer)}
        return Aiming.of(room.setup.scene, chart, stands, self.workers)

    def _of_a_pose(self, room: Room, chart: TwoAxisChart) -> list[Candidate]:
        start = np.array([room.travel.start[joint] for joint in (chart.inner, chart.outer)])
        wanted = chart.directions(*start)
        found = self._aiming(room, chart).nearest(wanted)
        if found is None:
            return []
        around = np.round(found.pose, DECIMALS) + 10.0**-DECIMALS * np.array(list(product((-1, 0, 1), repeat=2)))
        off = angle_deg(chart.directions(*around.T), wanted)
        poses = [*around[off.argsort(kind="stable")], found.pose]  # the last is proven free, and has more decimals
        turned = [_turned(room, chart, pose - start) for pose in poses]
        return [_candidate(room, other, found.within_deg) for other in turned if other is not None]

    def _of_an_arc(self, room: Room, chart: TwoAxisChart) -> list[Candidate]:
        poses = poses_along(room.travel, chart)
        turns = np.array([turn for turn in product(TURNS_DEG, TURNS_DEG) if turn[0]])
        turned = poses + turns[:, None]
        off = angle_deg(chart.directions(turned[..., 0], turned[..., 1]), chart.directions(*poses.T))
        is_open = np.asarray(self._aiming(room, chart).hold(turned).all(axis=1))
        order = [which for which in off.max(axis=1).argsort(kind="stable") if is_open[which]][:MOST_ARCS]
        arcs = [_turned(room, chart, turns[which]) for which in order]
        return [_candidate(room, other, None) for other in arcs if other is not None]


def _candidate(room: Room, other: Room, within_deg: float | None) -> Candidate:
    """Return a turned beam as a candidate; without ``within_deg`` it is an arc."""
    off = off_deg(room, other)
    assert off is not None  # as both have a chart
    starts = [each.travel.place(each.travel.start).plan for each in (room, other)]
    change: dict[str, float | str] = {axis: value for axis, value in starts[1].items() if value != starts[0][axis]}
    if within_deg is None:
        by = ", ".join(f"{joint} {other.travel.start[joint] - room.travel.start[joint]:+g}°" for joint in change)
        text = f"the whole arc turned by {by}, to directions up to {off:.1f}° away"
        return Candidate(KIND, change, text, tuple(ways_of(other)), off)
    lost_sr = FULL_SPHERE_SR / 2 * (1.0 - float(np.cos(np.radians(within_deg))))
    nearer = f"; within {within_deg:.1f}° none is, {lost_sr:.2g} sr around the planned one"
    aims = told({axis: starts[1][axis] for axis in change})
    text = f"{aims}: the nearest free direction, {off:.1f}° away{nearer}"
    return Candidate(KIND, change, text, tuple(ways_of(other)), off, within_deg, lost_sr)


def _turned(room: Room, chart: TwoAxisChart, by: NDArray[np.float64]) -> Room | None:
    """Return a beam with gantry and couch turned."""
    return moved(room, with_axes(room.beam, {chart.inner: (1.0, float(by[0])), chart.outer: (1.0, float(by[1]))}))
