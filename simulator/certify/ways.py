"""One arc that a machine is to travel: free all the way, with how much room; or where it first touches."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator.certify.arcs import START_DEG, culprits
from simulator.certify.branch_and_bound import FREE, UNDECIDED, Cells
from simulator.certify.cells import FINEST, certified_lines, cut
from simulator.certify.prover import Prover
from simulator.collision.checker import Checker
from simulator.collision.motion import rate_of_body
from simulator.scenario.sweep import SYMBOLS, Unit

STEP = 1.0
"""Degrees (or mm) between the poses that are asked first."""
ENOUGH_MM = 0.09
"""How much less than the least clearance found may be reported: with what rounding adds, less than 0.1."""
NOTHING_MM = -10.0
"""What is demanded of a pair that is not asked: it is further apart than that anywhere."""


@dataclass(frozen=True, repr=False)
class ArcCheck:
    """What holds along an arc.

    Attributes
    ----------
    start, stop : float
        Where it goes from and to, on one scale: beyond 180° or -180° where it goes through there.
    unit : {"deg", "mm"}
        Of start, stop and at.
    is_free : bool
        Whether every pose on the way is proven free.
    clearance_mm : float
        If free: a clearance proven all the way, never more than the least there is, and less by at most 0.1 mm,
        unless so near no proof is found; infinity if nothing can be hit.
    at : float
        If free, where that is; if not, the first value on the way from which on freedom could not be proven: within
        0.01 a pose is not free.
    pair : str
        The pair that has the least clearance, or that is in the way.
    """

    start: float
    stop: float
    unit: Unit
    is_free: bool
    clearance_mm: float
    at: float
    pair: str

    def __repr__(self) -> str:
        symbol = SYMBOLS[self.unit]
        way = f"{self.start:g}{symbol} to {self.stop:g}{symbol}"
        if not self.is_free:
            return f"ArcCheck({way}: not free, first contact at {self.at:.2f}{symbol}: {self.pair})"
        if not np.isfinite(self.clearance_mm):
            return f"ArcCheck({way}: free, nothing to hit)"
        least = f"least clearance {self.clearance_mm:.1f} mm at {self.at:.1f}{symbol}"
        return f"ArcCheck({way}: free, {least}: {self.pair})"


@dataclass(frozen=True, eq=False)
class _Way:
    """The poses of an arc: one scanned joint moves over an extent, the others stand as in ``at`` (1, k)."""

    prover: Prover
    column: int
    extent: tuple[float, float]
    at: NDArray[np.float64]

    def poses(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        poses = np.repeat(self.at, len(values), axis=0)
        poses[:, self.column] = values
        return poses

    def certified(self, demanded: NDArray[np.float64] | None = None, known: Cells | None = None) -> Cells:
        edges = cut(*self.extent, START_DEG / float(self.prover.degrees[self.column]))
        return certified_lines(
            self.prover, self.column, edges, self.at, demanded=demanded, known=known, finest=_finest(self)
        )


def check_arc(
    prover: Prover, checker: Checker, column: int, start: float, stop: float, at: NDArray[np.float64]
) -> ArcCheck:
    """Return what holds along an arc of one scanned joint.

    Parameters
    ----------
    prover, checker : Prover, Checker
        Of the same scene.
    column : int
        Of the joint that moves.
    start, stop : float
        Where it goes from and to, in either direction.
    at : ndarray, shape (k,)
        A pose that says where the other joints stand; the value of the joint that moves does not count.
    """
    pairs, unit = prover.scene.pairs, prover.unit(column)
    way = _Way(prover, column, (min(start, stop), max(start, stop)), np.asarray(at, dtype=float)[None])
    cells = way.certified()
    blocked = np.flatnonzero(cells.status != FREE)
    if len(blocked):
        ahead = start <= stop
        entries = cells.low[blocked, column] if ahead else -cells.high[blocked, column]
        first = blocked[entries.argmin()]
        contact = cells.low[first] if ahead else cells.high[first]
        beyond = cells.high[first] if ahead else cells.low[first]
        pair = pairs[int(culprits(prover, checker, beyond[None])[0])].name
        return ArcCheck(start, stop, unit, False, 0.0, float(contact[column]), pair)
    if not prover.scene.clearance_pairs:
        return ArcCheck(start, stop, unit, True, float("inf"), start, "")
    clearance_mm, pose, row = _least_clearance(way)
    return ArcCheck(start, stop, unit, True, clearance_mm, float(pose[column]), pairs[row].name)


def _least_clearance(way: _Way) -> tuple[float, NDArray[np.float64], int]:
    """Return a clearance proven all the way, and of the poses looked at the one with the least, and its pair.

    The least of some poses, less a little, is demanded of the whole way. Where that is not proven, there are poses
    with less, or almost: those are looked at next. If none has less, a little more is granted, so that what is
    returned is proven in any case.
    """
    scene = way.prover.scene
    rows = list(scene.clearance_pairs)
    demanded = np.full(len(scene.pairs), NOTHING_MM)
    start, stop = way.extent
    poses = way.poses(np.linspace(start, stop, max(int(np.ceil((stop - start) / STEP)), 1) + 1))
    best, where, row, granted, cells = np.inf, poses[0], 0, ENOUGH_MM, None
    while True:
        found, nearest = way.prover.clearance_mm(poses, rows, slack_mm=0.0)
        least = int(found.argmin())
        if found[least] < best:
            best, where, row = float(found[least]), poses[least], int(nearest[least])
        else:
            granted *= 2
        claimed = max(best - granted, 0.0)
        demanded[rows] = claimed
        cells = way.certified(demanded, cells)
        doubtful = cells.status != FREE
        if not doubtful.any() or claimed == 0.0:
            return claimed, where, row
        # What was proven of more holds for less; only the rest is asked again.
        cells = replace(cells, status=np.where(doubtful, np.int8(UNDECIDED), cells.status))
        poses = np.asarray((cells.low + cells.high) / 2)[doubtful]


def _finest(way: _Way) -> float:
    """Return how far a joint may reach in a cell for a proof to lose little, whatever the length of its lever."""
    scene, slides = way.prover.scene, ~np.array(way.prover.turns)
    furthest_mm = float(np.abs(way.poses(np.array(way.extent))[:, slides]).max(initial=0.0))
    moved = {body for row in scene.clearance_pairs for body in (scene.pairs[row].a, scene.pairs[row].b)}
    fastest = max((rate_of_body(scene, body, way.column, furthest_mm) for body in moved), default=0.0)
    return min(FINEST, ENOUGH_MM / fastest) if fastest > 0.0 else FINEST
