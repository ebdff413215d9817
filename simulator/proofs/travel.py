"""One arc that a machine is to travel: free all the way, with how much room; or where it first touches."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.collision.checker import Checker
from simulator.collision.scene import Scene
from simulator.errors import SimulatorError
from simulator.geometry.scales import arc_length
from simulator.proofs.arcs import culprits
from simulator.proofs.cells import certified_lines
from simulator.proofs.prover import Prover
from simulator.proofs.refine import FREE, Cells

STEP_DEG = 1.0
ENOUGH_MM = 0.09
"""How much less than the least clearance found may be reported: with what rounding adds, less than 0.1."""


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
        If free: the least clearance on the way, at most 0.1 mm less than it is; infinity if nothing can be hit.
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
    cells = certified_lines(prover, scanned, extent, at)
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
    clearance_mm, pose, row = _least_clearance(prover, scanned, extent, at)
    return ArcCheck(start_deg, stop_deg, True, clearance_mm, float(pose[scanned]), pairs[row].name)


def _least_clearance(
    prover: Prover, scanned: int, extent: tuple[float, float], at: NDArray[np.float64]
) -> tuple[float, NDArray[np.float64], int]:
    """Return the least clearance on a way, the pose and the pair that have it.

    The least of some poses, less a little, is demanded of the whole way. Where that cannot be proven, there are poses
    with less, or almost: those are looked at next.
    """
    demanded = np.zeros((1, len(prover.scene.pairs)))
    poses = np.empty((max(int(np.ceil((extent[1] - extent[0]) / STEP_DEG)), 1) + 1, 2))
    poses[:, scanned], poses[:, 1 - scanned] = np.linspace(*extent, len(poses)), at[0]
    best, where, row = np.inf, poses[0], 0
    while True:
        found, nearest = prover.clearance_mm(poses, prover.scene.clearance_pairs, slack_mm=0.0)
        least = int(found.argmin())
        is_less = found[least] < best
        if is_less:
            best, where, row = float(found[least]), poses[least], int(nearest[least])
        demanded[0, list(prover.scene.clearance_pairs)] = max(best - ENOUGH_MM, 0.0)
        cells = certified_lines(prover, scanned, extent, at, demanded=demanded)
        doubtful = cells.status[:, 0] != FREE
        if not doubtful.any() or not is_less:
            return max(best - ENOUGH_MM, 0.0), where, row
        poses = _middles(cells, doubtful)


def _middles(cells: Cells, which: NDArray[np.bool_]) -> NDArray[np.float64]:
    return np.asarray((cells.low[which] + cells.high[which]) / 2)


def possible_angle(scene: Scene, column: int, value: float) -> float:
    """Return a value that a scanned joint can have; ``SimulatorError`` for others."""
    name = scene.scan[column]
    if not np.isfinite(value):
        raise SimulatorError(f"{name}: must be a finite angle in degrees, was {value}")
    scene.tree[name].require_within_limits(value, name)
    return float(value)


def possible_way(scene: Scene, column: int, ends: tuple[float, float], direction: str) -> tuple[float, float]:
    """Return where an arc starts and stops on the scale of its joint, which has limits and goes on beyond 180.

    Raises
    ------
    SimulatorError
        If the ends are no two angles, the direction is unknown, or the joint cannot go that way.
    """
    name = scene.scan[column]
    if len(ends) != 2 or not np.isfinite(ends).all():
        raise SimulatorError(f"{name}: must be two angles in degrees (from, to), was {ends}")
    turn = float(arc_length(*ends, direction, name))
    increases = float(arc_length(0.0, 1.0, direction, name)) == 1.0
    turn = turn if increases else -turn
    low, high = scene.tree[name].limits or (-np.inf, np.inf)
    for shift in (0.0, -360.0, 360.0):
        start, stop = ends[0] + shift, ends[0] + shift + turn
        if low <= min(start, stop) and max(start, stop) <= high:
            return start, stop
    raise SimulatorError(
        f"{name}: the way from {ends[0]:g}° {direction} to {ends[1]:g}° must be within {low:g} to {high:g}° "
        f"(limits of joint {name!r})"
    )
