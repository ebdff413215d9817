"""How far the boundary between free and not free has moved, from free arcs whose ends are known to 0.01°.

At one couch angle the free arcs before and after are two sets of gantry angles. What is in one and not in the other
falls into segments; the longest of them says how far the boundary has moved at most, whichever end is taken for
whose, and even where an arc appears or vanishes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

TURN_DEG = 360.0
NEAR_DEG = 1e-6
DIGITS = 9
"""Of angles: a turn further, one is another number in the last of its digits."""


@dataclass(frozen=True)
class Segment:
    """Gantry angles that have been freed, or blocked, at one couch angle.

    Attributes
    ----------
    couch_deg : float
        The couch angle.
    start_deg, stop_deg : float
        From where to where, IEC 61217; stop may be beyond 180.
    is_freed : bool
        Whether they are free now and were not; otherwise they were and are not.
    pair : str
        What is in the way: of blocked angles now, of freed ones before. Empty if nothing tells.
    """

    couch_deg: float
    start_deg: float
    stop_deg: float
    is_freed: bool
    pair: str

    @property
    def length_deg(self) -> float:
        """How far the boundary has moved here."""
        return self.stop_deg - self.start_deg

    def __str__(self) -> str:
        what = "freed" if self.is_freed else "blocked"
        way = f"gantry {self.start_deg:.2f} to {self.stop_deg:.2f}°"
        return f"{what} {self.length_deg:.2f}° at couch {self.couch_deg:g}°, {way}: {self.pair or 'unknown'}"


def moved(before: xr.Dataset, after: xr.Dataset, tolerance_deg: float) -> list[Segment]:
    """Return the segments longer than a tolerance, the longest first.

    Parameters
    ----------
    before, after : xarray.Dataset
        Maps or baselines of one grid.
    tolerance_deg : float
        Shorter segments are not told.
    """
    found = []
    for couch_deg in after["couch"].values:
        found += _at(before, after, float(couch_deg))
    longer = [segment for segment in found if segment.length_deg > tolerance_deg]
    return sorted(longer, key=lambda segment: -segment.length_deg)


def _at(before: xr.Dataset, after: xr.Dataset, couch_deg: float) -> list[Segment]:
    ends = [_intervals(dataset, couch_deg) for dataset in (before, after)]
    cuts = np.unique(np.concatenate([interval for interval in ends if len(interval)] or [np.empty((0, 2))]))
    middle = (cuts[1:] + cuts[:-1]) / 2
    was, is_now = (_holds(interval, middle) for interval in ends)
    segments = []
    for is_freed, source, which in ((True, before, is_now & ~was), (False, after, was & ~is_now)):
        for start, stop in _joined(cuts, which, bool(after.attrs["gantry_full_turn"])):
            segments.append(Segment(couch_deg, start, stop, is_freed, _pair(source, couch_deg, start, stop)))
    return segments


def _intervals(dataset: xr.Dataset, couch_deg: float) -> np.ndarray:
    """Return the free intervals (n, 2) at a couch angle, as places of one turn.

    Arcs are on the joint's scale: two may hold one place, and one may go beyond the turn at either end.
    """
    here = dataset["arc_couch"].values == couch_deg
    ends = np.column_stack([dataset["arc_start"].values[here], dataset["arc_stop"].values[here]])
    if not dataset.attrs["gantry_full_turn"]:
        return ends
    first = float(dataset["gantry"].values[0])
    turned = np.concatenate([ends + TURN_DEG * turns for turns in range(-2, 3)])
    places = np.round(np.clip(turned, first, first + TURN_DEG), DIGITS)
    return np.asarray(places[places[:, 0] < places[:, 1]])


def _holds(intervals: np.ndarray, values: np.ndarray) -> np.ndarray:
    return np.asarray(((values[:, None] > intervals[:, 0]) & (values[:, None] < intervals[:, 1])).any(axis=1))


def _joined(cuts: np.ndarray, which: np.ndarray, is_full_turn: bool) -> list[tuple[float, float]]:
    """Return neighbouring stretches as one, also across the seam of a full turn."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], which, [False]]).astype(np.int8)))
    found = [(float(cuts[first]), float(cuts[last])) for first, last in edges.reshape(-1, 2)]
    if is_full_turn and len(found) > 1 and abs(found[-1][1] - found[0][0] - TURN_DEG) < NEAR_DEG:
        found = [*found[1:-1], (found[-1][0], found[0][1] + TURN_DEG)]
    return found


def _pair(dataset: xr.Dataset, couch_deg: float, start_deg: float, stop_deg: float) -> str:
    """Return what is in the way in a segment: beyond an arc that ends there, or at the nearest pose of the grid."""
    names = [str(name) for name in dataset["pair"].values]
    here = dataset["arc_couch"].values == couch_deg
    for end, pair in (("arc_stop", "arc_stop_pair"), ("arc_start", "arc_start_pair")):
        values, indices = dataset[end].values[here], dataset[pair].values[here]
        for value, index in zip(values.tolist(), indices.tolist(), strict=True):
            turns = value + TURN_DEG * np.array([-1, 0, 1])
            if index >= 0 and ((turns >= start_deg - NEAR_DEG) & (turns <= stop_deg + NEAR_DEG)).any():
                return names[int(index)]
    away = dataset["gantry"].values - (start_deg + stop_deg) / 2
    nearest = int(np.abs((away + TURN_DEG / 2) % TURN_DEG - TURN_DEG / 2).argmin())
    index = int(dataset["culprit"].sel(couch=couch_deg).values[nearest])
    return names[index] if index >= 0 else ""
