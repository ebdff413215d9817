"""One arc that a machine is to travel: free all the way, with how much room; or where it first touches."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator.certify.arcs import culprits
from simulator.certify.branch_and_bound import FREE, UNDECIDED, Cells
from simulator.certify.cells import FINEST_DEG, certified_lines
from simulator.certify.prover import Prover
from simulator.collision.checker import Checker
from simulator.collision.motion import rate_of_body
from simulator.collision.scene import Scene

STEP_DEG = 1.0
ENOUGH_MM = 0.09
"""How much less than the least clearance found may be reported: with what rounding adds, less than 0.1."""
NOTHING_MM = -10.0
"""What is demanded of a pair that is not asked: it is further apart than that anywhere."""


@dataclass(frozen=True, repr=False)
class ArcCheck:
    """What holds along an arc.

    Attributes
    ----------
    start_deg, stop_deg : float
        Where it goes from and to, on one scale: beyond 180 or -180 where it goes through there.
    is_free : bool
        Whether every pose on the way is proven free.
    clearance_mm : float
        If free: a clearance proven all the way, never more than the least there is, and less by at most 0.1 mm,
        unless so near no proof is found; infinity if nothing can be hit.
    at_deg : float
        If free, where that is; if not, the first angle on the way from which on freedom could not be proven: within
        0.01° a pose is not free.
    pair : str
        The pair that has the least clearance, or that is in the way.
    """

    start_deg: float
    stop_deg: float
    is_free: bool
    clearance_mm: float
    at_deg: float
    pair: str

    def __repr__(self) -> str:
        way = f"{self.start_deg:g}° to {self.stop_deg:g}°"
        if not self.is_free:
            return f"ArcCheck({way}: not free, first contact at {self.at_deg:.2f}°: {self.pair})"
        if not np.isfinite(self.clearance_mm):
            return f"ArcCheck({way}: free, nothing to hit)"
        return f"ArcCheck({way}: free, least clearance {self.clearance_mm:.1f} mm at {self.at_deg:.1f}°: {self.pair})"


def check_arc(
    prover: Prover, checker: Checker, scanned: int, start_deg: float, stop_deg: float, other_deg: float
) -> ArcCheck:
    """Return what holds along an arc of one scanned joint.

    Parameters
    ----------
    prover, checker : Prover, Checker
        Of the same scene.
    scanned : int
        The joint that moves: 0 or 1.
    start_deg, stop_deg : float
        Where it goes from and to, in either direction.
    other_deg : float
        Where the other joint stands.
    """
    pairs = prover.scene.pairs
    extent, at = (min(start_deg, stop_deg), max(start_deg, stop_deg)), np.array([other_deg])
    finest = _finest(prover.scene, scanned)
    cells = certified_lines(prover, scanned, extent, at, finest=finest)
    blocked = np.flatnonzero(cells.status[:, 0] != FREE)
    if len(blocked):
        ahead = start_deg <= stop_deg
        entries = cells.low[blocked, scanned] if ahead else -cells.high[blocked, scanned]
        first = blocked[entries.argmin()]
        contact = cells.low[first] if ahead else cells.high[first]
        beyond = cells.high[first] if ahead else cells.low[first]
        pair = pairs[int(culprits(prover, checker, beyond[None])[0])].name
        return ArcCheck(start_deg, stop_deg, False, 0.0, float(contact[scanned]), pair)
    rows = prover.scene.clearance_pairs
    if not rows:
        return ArcCheck(start_deg, stop_deg, True, float("inf"), start_deg, "")
    clearance_mm, pose, row = _least_clearance(prover, scanned, extent, at, finest)
    return ArcCheck(start_deg, stop_deg, True, clearance_mm, float(pose[scanned]), pairs[row].name)


def _least_clearance(
    prover: Prover, scanned: int, extent: tuple[float, float], at: NDArray[np.float64], finest: float
) -> tuple[float, NDArray[np.float64], int]:
    """Return a clearance proven all the way, and of the poses looked at the one with the least, and its pair.

    The least of some poses, less a little, is demanded of the whole way. Where that is not proven, there are poses
    with less, or almost: those are looked at next. If none has less, a little more is granted, so that what is
    returned is proven in any case.
    """
    rows = list(prover.scene.clearance_pairs)
    demanded = np.full((1, len(prover.scene.pairs)), NOTHING_MM)
    poses = np.empty((max(int(np.ceil((extent[1] - extent[0]) / STEP_DEG)), 1) + 1, 2))
    poses[:, scanned], poses[:, 1 - scanned] = np.linspace(*extent, len(poses)), at[0]
    best, where, row, granted, cells = np.inf, poses[0], 0, ENOUGH_MM, None
    while True:
        found, nearest = prover.clearance_mm(poses, rows, slack_mm=0.0)
        least = int(found.argmin())
        if found[least] < best:
            best, where, row = float(found[least]), poses[least], int(nearest[least])
        else:
            granted *= 2
        claimed = max(best - granted, 0.0)
        demanded[0, rows] = claimed
        cells = certified_lines(prover, scanned, extent, at, demanded=demanded, known=cells, finest=finest)
        doubtful = cells.status[:, 0] != FREE
        if not doubtful.any() or claimed == 0.0:
            return claimed, where, row
        # What was proven of more holds for less; only the rest is asked again.
        cells = replace(cells, status=np.where(doubtful[:, None], np.int8(UNDECIDED), cells.status))
        poses = _middles(cells, doubtful)


def _finest(scene: Scene, scanned: int) -> float:
    """Return how far a joint may reach in a cell for a proof to lose little, whatever the length of its lever."""
    moved = {body for row in scene.clearance_pairs for body in (scene.pairs[row].a, scene.pairs[row].b)}
    fastest = max((rate_of_body(scene, body, scanned) for body in moved), default=0.0)
    return min(FINEST_DEG, ENOUGH_MM / fastest) if fastest > 0.0 else FINEST_DEG


def _middles(cells: Cells, which: NDArray[np.bool_]) -> NDArray[np.float64]:
    return np.asarray((cells.low[which] + cells.high[which]) / 2)
