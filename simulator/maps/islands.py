"""Islands: free poses that no way leads to from the home pose, how much they are, and what closes them in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.certify.branch_and_bound import FREE, NOT_FREE
from simulator.directions.crossed_axes import FULL_SPHERE_SR
from simulator.geometry.angles import FULL_TURN_DEG
from simulator.maps.connected import ConnectedCells, Mask
from simulator.scenario.axis import SYMBOLS

SHOWN_PAIRS = 3
LEAST_SR = 1e-4 * FULL_SPHERE_SR
"""Smaller ones are not told: along every border there are crumbs of free cells."""


@dataclass(frozen=True, repr=False)
class Island:
    """Free poses that no way leads to from the home pose, all connected with each other.

    Attributes
    ----------
    lower_sr, upper_sr : float
        Solid angle of its directions that have no pose which can be reached. ``lower_sr`` is 0 if it is not proven
        that no way leads there.
    ranges : dict of str to tuple of float
        From where to where each joint goes in it. Through the end of a full turn the second is beyond 180.
    units : dict of str to str
        What stands behind the numbers of each joint: ``"°"`` or ``" mm"``.
    pairs : tuple of str
        What closes it in: parts that are in the way around it, those along most of its border first.
    """

    lower_sr: float
    upper_sr: float
    ranges: dict[str, tuple[float, float]]
    units: dict[str, str]
    pairs: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Island({self.stated()})"

    def stated(self) -> str:
        """Return it as a phrase: how much, where, and behind what."""
        where = ", ".join(
            f"{joint} {low:.1f} to {high:.1f}{self.units[joint]}" for joint, (low, high) in self.ranges.items()
        )
        others = f" and {len(self.pairs) - SHOWN_PAIRS} more" if len(self.pairs) > SHOWN_PAIRS else ""
        behind = f", behind {', '.join(self.pairs[:SHOWN_PAIRS])}{others}" if self.pairs else ""
        return f"{self.lower_sr:.3f} to {self.upper_sr:.3f} sr at {where}{behind}"


def islands(connected: ConnectedCells, pairs: Sequence[str]) -> tuple[Island, ...]:
    """Return the islands of certified cells, the largest first; ``pairs`` are those that the cells number."""
    found = [_island(connected, which, is_sure, pairs) for which, is_sure in _groups(connected)]
    return tuple(sorted((one for one in found if one.upper_sr >= LEAST_SR), key=lambda one: -one.upper_sr))


def _groups(connected: ConnectedCells) -> Iterator[tuple[Mask, bool]]:
    """Yield cells that may be connected and of which some are free, and whether it is proven that no way leads there.

    Where it is, all that may be connected is one island; where it is not, each component of free cells is.
    """
    area = connected.area_sr()
    is_free, may_be = connected.cells.status == FREE, connected.may_be_reachable
    for components, which, is_sure in (
        (connected.possible[1], ~may_be & (connected.cells.status != NOT_FREE), True),
        (connected.free[1], may_be & is_free & ~connected.is_reachable, False),
    ):
        free = which & is_free
        areas = np.bincount(components[free], area[free])
        for component in np.flatnonzero(areas >= LEAST_SR):
            yield which & (components == component), is_sure


def _island(connected: ConnectedCells, which: Mask, is_sure: bool, pairs: Sequence[str]) -> Island:
    chart, free = connected.chart, which & (connected.cells.status == FREE)
    lower = 0.0
    if is_sure:
        lower, _ = chart.beyond_sr(*connected.plane(free), *connected.plane(connected.may_be_reachable))
    _, upper = chart.beyond_sr(*connected.plane(which), *connected.plane(connected.is_reachable))
    cells = connected.cells
    ranges = {
        joint: _range(cells.low[free, at], cells.high[free, at], is_turn=connected.turns[at])
        for at, joint in enumerate(connected.sweep.joints)
    }
    around = [pairs[index] for index in _around(connected, which)]
    units = {axis.joint: SYMBOLS[axis.unit] for axis in connected.sweep}
    return Island(lower, upper, ranges, units, tuple(around))


def _around(connected: ConnectedCells, which: Mask) -> list[int]:
    """Return the pairs of the cells that touch some, those along most of the border first."""
    graph = connected.whole
    inside, outside = which[graph.first], which[graph.second]
    border = np.flatnonzero(inside != outside)
    beyond = np.where(inside[border], graph.second[border], graph.first[border])
    extent = (graph.high - graph.low)[border]
    size = np.where(extent > 0.0, extent, 1.0).prod(axis=1)
    pair = connected.cells.pair[beyond]
    along = np.bincount(pair[pair >= 0], size[pair >= 0])
    return [int(index) for index in np.argsort(-along, kind="stable") if along[index] > 0.0]


def _range(low: NDArray[np.float64], high: NDArray[np.float64], *, is_turn: bool) -> tuple[float, float]:
    """Return the range that intervals (n,) cover; of a joint that turns on and on, without the largest gap."""
    least, greatest = float(low.min()), float(high.max())
    order = np.argsort(low, kind="stable")
    reach, start = np.maximum.accumulate(high[order])[:-1], low[order][1:]
    gaps = start - reach
    if not is_turn or greatest - least < FULL_TURN_DEG or not len(gaps) or gaps.max() <= 0.0:
        return least, greatest
    widest = int(gaps.argmax())
    return float(start[widest]), float(reach[widest]) + FULL_TURN_DEG
