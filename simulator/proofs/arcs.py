"""Free arcs along one scanned joint: free all the way, and not only where somebody looked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.collision.checker import Checker
from simulator.collision.contact import Status
from simulator.collision.scene import Scene
from simulator.geometry.scales import wrap_180
from simulator.grid import Range
from simulator.proofs.cells import certified_lines
from simulator.proofs.prover import Prover
from simulator.proofs.refine import FREE, NOT_FREE, Cells

RESOLUTION_DEG = 0.01
TURN_DEG = 360.0


@dataclass(frozen=True, eq=False)
class Arcs:
    """Free arcs, all arrays of shape (n,).

    Attributes
    ----------
    at_deg : ndarray
        Where the joint stands that does not move.
    start_deg, stop_deg : ndarray
        Between them every pose is free, start < stop; stop may be beyond 180 where the arc goes through it.
    start_pair, stop_pair : ndarray of int
        Index of the pair (of the scene) in the way beyond either end, -1 where the extent ends there or the arc is a
        full turn.
    """

    at_deg: NDArray[np.float64]
    start_deg: NDArray[np.float64]
    stop_deg: NDArray[np.float64]
    start_pair: NDArray[np.int16]
    stop_pair: NDArray[np.int16]


@dataclass(frozen=True, repr=False)
class FreeArc:
    """One free arc.

    Attributes
    ----------
    start_deg, stop_deg : float
        Between them every pose is free; start < stop, and stop may be beyond 180.
    start_culprit, stop_culprit : str
        The pair in the way beyond either end; empty where the range ends there or the arc is a full turn.
    """

    start_deg: float
    stop_deg: float
    start_culprit: str
    stop_culprit: str

    def __repr__(self) -> str:
        ends = (self.start_culprit or "end of range", self.stop_culprit or "end of range")
        return f"FreeArc({self.start_deg:.2f}° to {self.stop_deg:.2f}°; beyond: {ends[0]} | {ends[1]})"


def free_arcs(
    prover: Prover,
    checker: Checker,
    scanned: int,
    extent: Range,
    at_deg: NDArray[np.float64],
    *,
    known: Cells | None = None,
    workers: int = 1,
) -> Arcs:
    """Return the free arcs along one scanned joint, for each place of the other.

    Each pose of an arc is proven free. Beyond an end, within 0.01°, there is a pose that is not, or that is so near
    to its buffer that no proof was found.

    Parameters
    ----------
    prover, checker : Prover, Checker
        Of the same scene.
    scanned : int
        The joint that moves: 0 or 1.
    extent : Range
        From where to where; its step does not count.
    at_deg : ndarray, shape (k,)
        Where the other joint stands.
    known : Cells, optional
        Cells of the whole rectangle.
    workers : int
        Number of threads.
    """
    is_full_turn = extent.is_full_turn
    cells = certified_lines(
        prover, scanned, (extent.start, extent.stop), at_deg, known=known, finest=RESOLUTION_DEG, workers=workers
    )
    lines = [_runs(cells, scanned, float(at), is_full_turn) for at in at_deg]
    at, start, stop, before, after = (np.concatenate(column) for column in zip(*lines, strict=True))
    pair = np.full(2 * len(at), -1, dtype=np.int16)
    beyond = np.concatenate([before, after])
    blocked = np.flatnonzero(~np.isnan(beyond))
    poses = np.empty((len(blocked), 2))
    poses[:, scanned], poses[:, 1 - scanned] = within_a_turn(beyond[blocked]), np.tile(at, 2)[blocked]
    pair[blocked] = culprits(prover, checker, poses)
    start_pair, stop_pair = np.split(pair, 2)
    return Arcs(at, start, stop, start_pair, stop_pair)


def readable(scene: Scene, arcs: Arcs) -> list[FreeArc]:
    """Return arcs with the names of the pairs in the way."""
    names = [*(pair.name for pair in scene.pairs), ""]  # index -1: nothing is in the way
    columns = (arcs.start_deg, arcs.stop_deg, arcs.start_pair, arcs.stop_pair)
    return [
        FreeArc(float(start), float(stop), names[before], names[after])
        for start, stop, before, after in zip(*columns, strict=True)
    ]


def culprits(prover: Prover, checker: Checker, poses_deg: NDArray[np.float64]) -> NDArray[np.int16]:
    """Return the pair in the way at poses (n, 2): the checker's culprit, or what is nearest to its buffer."""
    if len(poses_deg) == 0:
        return np.empty(0, dtype=np.int16)
    statuses = checker.pair_status(poses_deg)
    pair: NDArray[np.int16] = statuses.argmax(axis=0).astype(np.int16)
    free = np.flatnonzero(statuses.max(axis=0) == Status.FREE)
    if len(free):
        pair[free] = prover.tightest(poses_deg[free])
    return pair


def _runs(cells: Cells, scanned: int, at: float, is_full_turn: bool) -> tuple[NDArray[np.float64], ...]:
    """Return the free runs of one line: where it is, start, stop, and a pose in the way beyond either (or nan)."""
    line = np.flatnonzero(cells.low[:, 1 - scanned] == at)
    line = line[np.argsort(cells.low[line, scanned], kind="stable")]
    low, high, status = cells.low[line, scanned], cells.high[line, scanned], cells.status[line, 0]
    count = len(line)
    is_free = status == FREE
    changes = np.flatnonzero(np.diff(is_free.astype(np.int8), prepend=0, append=0)).reshape(-1, 2)
    runs = [(int(first), int(last)) for first, last in changes]
    if is_free.all() and is_full_turn:
        none = np.array([np.nan])
        return np.array([at]), low[:1], high[-1:], none, none
    if is_full_turn and len(runs) > 1 and runs[0][0] == 0 and runs[-1][1] == count:
        runs = [*runs[1:-1], (runs[-1][0], runs[0][1] + count)]
    start = np.array([low[first] for first, _ in runs])
    stop = np.array([high[(last - 1) % count] + TURN_DEG * ((last - 1) // count) for _, last in runs])
    before = np.array([_in_the_way(low, high, status, first - 1, -1, is_full_turn) for first, _ in runs])
    after = np.array([_in_the_way(low, high, status, last, 1, is_full_turn) for _, last in runs])
    return np.full(len(runs), at), start, stop, before, after


def _in_the_way(
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    status: NDArray[np.int8],
    place: int,
    step: int,
    is_full_turn: bool,
) -> float:
    """Return a pose beyond the end of an arc; nan if the range ends there.

    It is where the next cell proven not free begins, or the middle of what is undecided before the next arc.
    """
    count = len(low)
    if not is_full_turn and not 0 <= place < count:
        return float("nan")
    near = [(place + step * k) % count for k in range(count) if is_full_turn or 0 <= place + step * k < count]
    for index in near:
        if status[index] == FREE:
            break
        if status[index] == NOT_FREE:
            return float(low[index] if step > 0 else high[index])
    return float((low[near[0]] + high[near[0]]) / 2)


def within_a_turn(angle_deg: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the same place in (-180, 180], with angles already there left as they are, to the bit."""
    return np.where(np.abs(angle_deg) > TURN_DEG / 2, wrap_180(angle_deg), angle_deg)
