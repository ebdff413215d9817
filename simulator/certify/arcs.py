"""Free arcs along one scanned joint: free all the way, and not only where somebody looked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.certify.branch_and_bound import FREE, NOT_FREE, Cells
from simulator.certify.cells import certified_lines
from simulator.certify.prover import Prover
from simulator.collision.checker import Checker
from simulator.collision.contact import Status
from simulator.collision.scene import Scene
from simulator.scenario.sweep import Range

RESOLUTION_DEG = 0.01
TURN_DEG = 360.0

Line = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int8]]


@dataclass(frozen=True, eq=False)
class Arcs:
    """Free arcs, all arrays of shape (n,).

    Attributes
    ----------
    at_deg : ndarray
        Where the joint stands that does not move.
    start_deg, stop_deg : ndarray
        Between them every pose is free, start < stop, on the scale of the joint and within its limits. An arc that
        goes through 180 stops beyond it.
    start_pair, stop_pair : ndarray of int
        Index of the pair (of the scene) in the way beyond either end, -1 where the extent or the joint's travel ends
        there, or the arc is a full turn of a joint without end.
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
        Between them every pose is free and the joint can go; start < stop, and an arc through 180 stops beyond it.
    start_culprit, stop_culprit : str
        The pair in the way beyond either end; empty where the range or the joint's travel ends there, or the arc is a
        full turn of a joint without end.
    """

    start_deg: float
    stop_deg: float
    start_culprit: str
    stop_culprit: str

    def __repr__(self) -> str:
        ends = (self.start_culprit or "end of range", self.stop_culprit or "end of range")
        return f"FreeArc({self.start_deg:.2f}° to {self.stop_deg:.2f}°; beyond: {ends[0]} | {ends[1]})"


def travel(scene: Scene, scanned: int, extent: Range) -> tuple[float, float] | None:
    """Return from where to where a joint goes that goes over an extent; None if it goes round without end.

    A full turn has no end of its own, but its joint may have: with limits of ±185° it goes from 175° up to 185°,
    which is -175° again, and no further. Limits two turns apart are none: every arc lies between them, if turned.
    """
    joint = scene.tree[scene.scan[scanned]]
    if joint.type == "prismatic" or not extent.is_full_turn:
        return extent.start, extent.stop
    return None if joint.limits is None or joint.limits[1] - joint.limits[0] >= 2 * TURN_DEG else joint.limits


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

    Each pose of an arc is proven free, and the joint can go through all of them. Beyond an end, within 0.01°, there
    is a pose that is not, or that is so near to its buffer that no proof was found, or the travel ends there.

    Parameters
    ----------
    prover, checker : Prover, Checker
        Of the same scene.
    scanned : int
        The joint that moves: 0 or 1.
    extent : Range
        From where to where; its step does not count. Where it is a full turn, the joint goes as far as it can.
    at_deg : ndarray, shape (k,)
        Where the other joint stands.
    known : Cells, optional
        Cells of the whole rectangle.
    workers : int
        Number of threads.
    """
    cells = certified_lines(
        prover, scanned, (extent.start, extent.stop), at_deg, known=known, finest=RESOLUTION_DEG, workers=workers
    )
    ends = travel(prover.scene, scanned, extent)
    lines = [_runs(_line(cells, scanned, float(at), ends), float(at), is_endless=ends is None) for at in at_deg]
    at, start, stop, before, after = (np.concatenate(column) for column in zip(*lines, strict=True))
    pair = np.full(2 * len(at), -1, dtype=np.int16)
    beyond = np.concatenate([before, after])
    blocked = np.flatnonzero(~np.isnan(beyond))
    poses = np.empty((len(blocked), 2))
    poses[:, scanned], poses[:, 1 - scanned] = beyond[blocked], np.tile(at, 2)[blocked]
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


def _line(cells: Cells, scanned: int, at: float, ends: tuple[float, float] | None) -> Line:
    """Return least and greatest value and status of the cells of one line, as far as the joint goes, in order."""
    there = cells.low[:, 1 - scanned] == at
    low, high, status = cells.low[there, scanned], cells.high[there, scanned], cells.status[there, 0]
    if ends is not None:  # what holds at a place holds a turn further, too
        turns = TURN_DEG * np.arange(-1, 2)[:, None]
        low, high = np.maximum(low + turns, ends[0]).ravel(), np.minimum(high + turns, ends[1]).ravel()
        status, within = np.tile(status, len(turns)), (low < high) | ((low == high) & (ends[0] == ends[1]))
        low, high, status = low[within], high[within], status[within]
    order = np.argsort(low, kind="stable")
    return low[order], high[order], status[order]


def _runs(line: Line, at: float, *, is_endless: bool) -> tuple[NDArray[np.float64], ...]:
    """Return the free runs of one line: where it is, start, stop, and a pose in the way beyond either (or nan)."""
    low, high, status = line
    count = len(low)
    is_free = status == FREE
    changes = np.flatnonzero(np.diff(is_free.astype(np.int8), prepend=0, append=0)).reshape(-1, 2)
    runs = [(int(first), int(last)) for first, last in changes]
    if is_free.all() and is_endless:
        none = np.array([np.nan])
        return np.array([at]), low[:1], high[-1:], none, none
    if is_endless and len(runs) > 1 and runs[0][0] == 0 and runs[-1][1] == count:
        runs = [*runs[1:-1], (runs[-1][0], runs[0][1] + count)]
    start = np.array([low[first] for first, _ in runs])
    stop = np.array([high[(last - 1) % count] + TURN_DEG * ((last - 1) // count) for _, last in runs])
    before = np.array([_in_the_way(line, first - 1, -1, is_endless=is_endless) for first, _ in runs])
    after = np.array([_in_the_way(line, last, 1, is_endless=is_endless) for _, last in runs])
    return np.full(len(runs), at), start, stop, before, after


def _in_the_way(line: Line, place: int, step: int, *, is_endless: bool) -> float:
    """Return a pose beyond the end of an arc; nan if the travel ends there.

    It is where the next cell proven not free begins, or the middle of what is undecided before the next arc.
    """
    low, high, status = line
    count = len(low)
    if not is_endless and not 0 <= place < count:
        return float("nan")
    near = [(place + step * k) % count for k in range(count) if is_endless or 0 <= place + step * k < count]
    for index in near:
        if status[index] == FREE:
            break
        if status[index] == NOT_FREE:
            return float(low[index] if step > 0 else high[index])
    return float((low[near[0]] + high[near[0]]) / 2)
