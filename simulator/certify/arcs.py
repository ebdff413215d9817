"""Free arcs along one scanned joint: free all the way, and not only where somebody looked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.certify.branch_and_bound import FREE, NOT_FREE, Cells
from simulator.certify.cells import FINEST, certified_lines, cut
from simulator.certify.prover import Prover
from simulator.collision.checker import Checker
from simulator.collision.contact import Status
from simulator.collision.scene import Scene
from simulator.geometry.angles import FULL_TURN_DEG
from simulator.scenario.axis import SYMBOLS, Range, Unit

START_DEG = 20.0
"""Pieces of a line to begin with; of a joint that slides, as many mm as move things as far."""

Line = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int8]]


@dataclass(frozen=True, eq=False)
class Arcs:
    """Free arcs, all arrays of shape (n,).

    Attributes
    ----------
    line : ndarray of int
        Which of the poses that were given the arc goes through.
    start, stop : ndarray
        Between them every pose is free, start < stop, on the scale of the joint and within its limits. An arc that
        goes through 180° stops beyond it.
    start_pair, stop_pair : ndarray of int
        Index of the pair (of the scene) in the way beyond either end, -1 where the extent or the joint's travel ends
        there, or the arc is a full turn of a joint without end.
    unit : {"deg", "mm"}
        Of start and stop.
    """

    line: NDArray[np.intp]
    start: NDArray[np.float64]
    stop: NDArray[np.float64]
    start_pair: NDArray[np.int16]
    stop_pair: NDArray[np.int16]
    unit: Unit = "deg"


@dataclass(frozen=True, repr=False)
class FreeArc:
    """One free arc.

    Attributes
    ----------
    start, stop : float
        Between them every pose is free and the joint can go; start < stop, and an arc through 180° stops beyond it.
    unit : {"deg", "mm"}
        Of start and stop.
    start_pair, stop_pair : str
        The pair in the way beyond either end; empty where the range or the joint's travel ends there, or the arc is a
        full turn of a joint without end.
    """

    start: float
    stop: float
    unit: Unit
    start_pair: str
    stop_pair: str

    def __repr__(self) -> str:
        ends, symbol = (self.start_pair or "end of range", self.stop_pair or "end of range"), SYMBOLS[self.unit]
        return f"FreeArc({self.start:.2f}{symbol} to {self.stop:.2f}{symbol}; beyond: {ends[0]} | {ends[1]})"


def travel(scene: Scene, column: int, extent: Range) -> tuple[float, float] | None:
    """Return from where to where a joint goes that goes over an extent; None if it goes round without end.

    A full turn has no end of its own, but its joint may have: with limits of ±185° it goes from 175° up to 185°,
    which is -175° again, and no further. Limits two turns apart are none: every arc lies between them, if turned.
    """
    limits = scene.tree[scene.scan[column]].limits
    if not _comes_round(scene, column, extent):
        return extent.start, extent.stop
    return None if limits is None or limits[1] - limits[0] >= 2 * FULL_TURN_DEG else limits


def _comes_round(scene: Scene, column: int, extent: Range) -> bool:
    """Return whether an extent is a turn after which all stands where it stood: what mimics the joint, too."""
    drivers = [(joint, *scene.tree.driver(joint.name)) for joint in scene.tree.joints]
    moved = [(joint, multiplier) for joint, driver, multiplier in drivers if driver == scene.scan[column]]
    return extent.is_full_turn and all(
        joint.type == "fixed" or (joint.type == "revolute" and multiplier == round(multiplier))
        for joint, multiplier in moved
    )


def free_arcs(
    prover: Prover,
    checker: Checker,
    column: int,
    extent: Range,
    at: NDArray[np.float64],
    *,
    known: Cells | None = None,
    workers: int = 1,
) -> Arcs:
    """Return the free arcs along one scanned joint, for each place of the others.

    Each pose of an arc is proven free, and the joint can go through all of them. Beyond an end, within 0.01 of the
    joint's unit, there is a pose that is not, or that is so near to its buffer that no proof was found, or the travel
    ends there.

    Parameters
    ----------
    prover, checker : Prover, Checker
        Of the same scene.
    column : int
        Of the joint that moves.
    extent : Range
        From where to where; its step does not count. Where it is a full turn, the joint goes as far as it can.
    at : ndarray, shape (n, k)
        Poses that say where the other joints stand; the value of the joint that moves does not count.
    known : Cells, optional
        Cells of the whole rectangle.
    workers : int
        Number of threads.
    """
    ends = travel(prover.scene, column, extent)
    at = np.array(at, dtype=float)
    at[:, column] = 0.0
    poses, line_of = np.unique(at, axis=0, return_inverse=True)
    edges = cut(*extent.extent, START_DEG / prover.degrees[column])
    cells = certified_lines(prover, column, edges, poses, known=known, finest=FINEST, workers=workers)
    comes_round = _comes_round(prover.scene, column, extent)
    runs = [_runs(_line(cells, column, pose, ends, comes_round), is_endless=ends is None) for pose in poses]
    of_line = [runs[pose] for pose in line_of.ravel()]
    line = np.repeat(np.arange(len(of_line)), [len(found) for found in of_line])
    start, stop, before, after = np.concatenate([np.empty((0, 4)), *of_line]).T
    beyond = np.tile(at[line], (2, 1))
    beyond[:, column] = np.concatenate([before, after])
    pair, blocked = np.full(len(beyond), -1, dtype=np.int16), ~np.isnan(beyond[:, column])
    pair[blocked] = culprits(prover, checker, beyond[blocked])
    start_pair, stop_pair = np.split(pair, 2)
    return Arcs(line, start, stop, start_pair, stop_pair, extent.unit)


def readable(scene: Scene, arcs: Arcs) -> list[FreeArc]:
    """Return arcs with the names of the pairs in the way."""
    names = [*(pair.name for pair in scene.pairs), ""]  # index -1: nothing is in the way
    columns = (arcs.start, arcs.stop, arcs.start_pair, arcs.stop_pair)
    return [
        FreeArc(float(start), float(stop), arcs.unit, names[before], names[after])
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


def _line(
    cells: Cells, column: int, pose: NDArray[np.float64], ends: tuple[float, float] | None, comes_round: bool
) -> Line:
    """Return least and greatest value and status of the cells of one line, as far as the joint goes, in order."""
    others = np.arange(len(pose)) != column
    there = (cells.low[:, others] == pose[others]).all(axis=1)
    low, high, status = cells.low[there, column], cells.high[there, column], cells.status[there]
    if ends is not None:
        turns = (
            FULL_TURN_DEG * np.arange(-1, 2)[:, None] if comes_round else np.zeros((1, 1))
        )  # what holds a turn further
        low, high = np.maximum(low + turns, ends[0]).ravel(), np.minimum(high + turns, ends[1]).ravel()
        status, within = np.tile(status, len(turns)), (low < high) | ((low == high) & (ends[0] == ends[1]))
        low, high, status = low[within], high[within], status[within]
    order = np.argsort(low, kind="stable")
    return low[order], high[order], status[order]


def _runs(line: Line, *, is_endless: bool) -> NDArray[np.float64]:
    """Return the free runs (n, 4) of one line: start, stop, and a pose in the way beyond either (or nan)."""
    low, high, status = line
    count = len(low)
    is_free = status == FREE
    changes = np.flatnonzero(np.diff(is_free.astype(np.int8), prepend=0, append=0)).reshape(-1, 2)
    runs = [(int(first), int(last)) for first, last in changes]
    if is_free.all() and is_endless:
        return np.array([[low[0], high[-1], np.nan, np.nan]])
    if is_endless and len(runs) > 1 and runs[0][0] == 0 and runs[-1][1] == count:
        runs = [*runs[1:-1], (runs[-1][0], runs[0][1] + count)]
    found = [
        (
            low[first],
            high[(last - 1) % count] + FULL_TURN_DEG * ((last - 1) // count),
            _in_the_way(line, first - 1, -1, is_endless=is_endless),
            _in_the_way(line, last, 1, is_endless=is_endless),
        )
        for first, last in runs
    ]
    return np.array(found).reshape(-1, 4)


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
