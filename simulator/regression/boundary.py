"""How far the boundary between free and not free has moved, from free arcs whose ends are known to 0.01°.

On a line along the joint nearest the beam, the others standing, the free arcs before and after are two sets of its
values. What is in one and not in the other falls into segments; the longest of them says how far the boundary has
moved at most, whichever end is taken for whose, and even where an arc appears or vanishes.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import xarray as xr

from simulator.geometry.angles import FULL_TURN_DEG
from simulator.maps.dataset import ARCS
from simulator.scenario.axis import SYMBOLS, Axis
from simulator.scenario.sweep import Sweep

NEAR = 1e-6
DIGITS = 9
"""Of angles: a turn further, one is another number in the last of its digits."""


@dataclass(frozen=True)
class Segment:
    """Values of a joint that have been freed, or blocked, while the others stand.

    Attributes
    ----------
    axis : Axis
        Of the joint that moves.
    at : dict of str to str
        Where the others stand, with their units.
    start, stop : float
        From where to where, IEC 61217; stop may be beyond 180.
    is_freed : bool
        Whether they are free now and were not; otherwise they were and are not.
    pair : str
        What is in the way: of blocked values now, of freed ones before. Empty if nothing tells.
    """

    axis: Axis
    at: dict[str, str]
    start: float
    stop: float
    is_freed: bool
    pair: str

    @property
    def length(self) -> float:
        """How far the boundary has moved here."""
        return self.stop - self.start

    def __str__(self) -> str:
        what, mark = "freed" if self.is_freed else "blocked", SYMBOLS[self.axis.unit]
        where = ", ".join(f"{joint} {value}" for joint, value in self.at.items())
        way = f"{self.axis.joint} {self.start:.2f} to {self.stop:.2f}{mark}"
        return f"{what} {self.length:.2f}{mark}{' at ' * bool(where)}{where}, {way}: {self.pair or 'unknown'}"


def moved(before: xr.Dataset, after: xr.Dataset, sweep: Sweep, tolerance: float) -> list[Segment]:
    """Return the segments longer than a tolerance, the longest first.

    Parameters
    ----------
    before, after : xarray.Dataset
        Maps or baselines of one sweep.
    sweep : Sweep
        Theirs.
    tolerance : float
        Shorter segments are not told.
    """
    others = [axis for axis in sweep if f"{ARCS}{axis.joint}" in after]
    (moving,) = (axis for axis in sweep if axis not in others)
    found = []
    for values in itertools.product(*(axis.values() for axis in others)):
        at = dict(zip((axis.joint for axis in others), map(float, values), strict=True))
        shown = {axis.joint: f"{at[axis.joint]:g}{SYMBOLS[axis.unit]}" for axis in others}
        for is_freed, start, stop, pair in _at(before, after, moving, at):
            found.append(Segment(moving, shown, start, stop, is_freed, pair))
    longer = [segment for segment in found if segment.length > tolerance]
    return sorted(longer, key=lambda segment: -segment.length)


def _at(
    before: xr.Dataset, after: xr.Dataset, moving: Axis, at: dict[str, float]
) -> list[tuple[bool, float, float, str]]:
    """Return the segments on one line: whether freed, from where to where, and what is in the way."""
    ends = [_intervals(dataset, moving, at) for dataset in (before, after)]
    cuts = np.unique(np.concatenate([interval for interval in ends if len(interval)] or [np.empty((0, 2))]))
    middle = (cuts[1:] + cuts[:-1]) / 2
    was, is_now = (_holds(interval, middle) for interval in ends)
    segments = []
    for is_freed, source, which in ((True, before, is_now & ~was), (False, after, was & ~is_now)):
        for start, stop in _joined(cuts, which, moving.is_full_turn):
            segments.append((is_freed, start, stop, _pair(source, moving, at, start, stop)))
    return segments


def _here(dataset: xr.Dataset, at: dict[str, float]) -> np.ndarray:
    """Return which arcs are on a line."""
    there = np.ones(dataset.sizes["arc"], dtype=bool)
    for joint, value in at.items():
        there &= dataset[f"{ARCS}{joint}"].values == value
    return there


def _intervals(dataset: xr.Dataset, moving: Axis, at: dict[str, float]) -> np.ndarray:
    """Return the free intervals (n, 2) on a line, as places of one turn where the joint goes round.

    Arcs are on the joint's scale: two may hold one place, and one may go beyond the turn at either end.
    """
    here = _here(dataset, at)
    ends = np.column_stack([dataset[f"{ARCS}start"].values[here], dataset[f"{ARCS}stop"].values[here]])
    if not moving.is_full_turn:
        return ends
    turned = np.concatenate([ends + FULL_TURN_DEG * turns for turns in range(-2, 3)])
    places = np.round(np.clip(turned, moving.start, moving.start + FULL_TURN_DEG), DIGITS)
    return np.asarray(places[places[:, 0] < places[:, 1]])


def _holds(intervals: np.ndarray, values: np.ndarray) -> np.ndarray:
    return np.asarray(((values[:, None] > intervals[:, 0]) & (values[:, None] < intervals[:, 1])).any(axis=1))


def _joined(cuts: np.ndarray, which: np.ndarray, is_full_turn: bool) -> list[tuple[float, float]]:
    """Return neighbouring stretches as one, also across the seam of a full turn."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], which, [False]]).astype(np.int8)))
    found = [(float(cuts[first]), float(cuts[last])) for first, last in edges.reshape(-1, 2)]
    if is_full_turn and len(found) > 1 and abs(found[-1][1] - found[0][0] - FULL_TURN_DEG) < NEAR:
        found = [*found[1:-1], (found[-1][0], found[0][1] + FULL_TURN_DEG)]
    return found


def _pair(dataset: xr.Dataset, moving: Axis, at: dict[str, float], start: float, stop: float) -> str:
    """Return what is in the way in a segment: beyond an arc that ends there, or at the nearest pose of the sweep."""
    names = [str(name) for name in dataset["pair"].values]
    here = _here(dataset, at)
    for end in ("stop", "start"):
        values, indices = (dataset[f"{ARCS}{name}"].values[here] for name in (end, f"{end}_pair"))
        for value, index in zip(values.tolist(), indices.tolist(), strict=True):
            near = value + FULL_TURN_DEG * np.array([-1, 0, 1] if moving.unit == "deg" else [0])
            if index >= 0 and ((near >= start - NEAR) & (near <= stop + NEAR)).any():
                return names[int(index)]
    away = dataset[moving.joint].values - (start + stop) / 2
    if moving.unit == "deg":
        away = (away + FULL_TURN_DEG / 2) % FULL_TURN_DEG - FULL_TURN_DEG / 2
    index = int(dataset["culprit"].sel(at).transpose(moving.joint).values[int(np.abs(away).argmin())])
    return names[index] if index >= 0 else ""
