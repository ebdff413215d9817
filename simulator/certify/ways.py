"""One arc that a machine is to travel: free all the way, with how much room; or where it first touches."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.certify.arcs import culprits
from simulator.certify.boxes import Boxes, certified_boxes, least_clearances
from simulator.certify.branch_and_bound import FREE
from simulator.certify.prover import Prover
from simulator.collision.checker import Checker
from simulator.scenario.axis import SYMBOLS, Unit


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
        unless so near no proof is found; infinity if nothing can be hit, 0 if it was not asked for.
    at : float
        If free, where that is; if not, the first value on the way from which on freedom could not be proven: within
        0.01 a pose is not free.
    pair : str
        The pair that has the least clearance, or that is in the way; empty if nothing can be hit, or was asked for.
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
        if not self.pair:
            return f"ArcCheck({way}: free{', nothing to hit' if self.clearance_mm else ''})"
        least = f"least clearance {self.clearance_mm:.1f} mm at {self.at:.1f}{symbol}"
        return f"ArcCheck({way}: free, {least}: {self.pair})"


def check_arc(
    prover: Prover,
    checker: Checker,
    column: int,
    start: float,
    stop: float,
    at: NDArray[np.float64],
    *,
    clearance: bool = True,
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
    clearance : bool
        Whether to measure the least clearance, which takes several times as long as the proof.
    """
    pairs, unit = prover.scene.pairs, prover.unit(column)
    low, high = (np.array(at, dtype=float, ndmin=2) for _ in range(2))
    low[0, column], high[0, column] = min(start, stop), max(start, stop)
    way = Boxes(low, high)
    cells = certified_boxes(prover, way)
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
    if not clearance:
        return ArcCheck(start, stop, unit, True, 0.0, start, "")
    least = least_clearances(prover, way, prover.scene.clearance_pairs)
    where, row = float(least.pose[0, column]), int(least.pair[0])
    return ArcCheck(start, stop, unit, True, float(least.clearance_mm[0]), where, pairs[row].name)
