"""Stretches of ways that are not free: both ends, how bad, and what is in the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.certify.arcs import culprits
from simulator.certify.branch_and_bound import FREE, NOT_FREE, Cells
from simulator.certify.cells import FINEST, divided
from simulator.certify.prover import Prover
from simulator.collision.checker import Checker
from simulator.collision.contact import Status

Pose = NDArray[np.float64]
Leg = tuple[int, Pose, Pose]
"""A part of a way: the box that it lies in, and the poses (k,) at its ends, which differ in one joint at most."""


@dataclass(frozen=True, eq=False)
class Stretch:
    """A stretch that is not free.

    Attributes
    ----------
    start, stop : ndarray, shape (k,)
        Its ends, in the direction of travel.
    status : Status
        Within the buffer: every pose proven to be apart; else colliding.
    is_proven : bool
        Whether some pose is proven not to be free.
    pairs : tuple of int
        What is in the way, as it is met.
    """

    start: Pose
    stop: Pose
    status: Status
    is_proven: bool
    pairs: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class _Run:
    """Cells in the order of travel, cut to a leg, none of them free.

    Of a box with several sides: one cell around all that are not free, and a pose in the worst of them.
    """

    leg: int
    cells: Cells
    ahead: bool
    worst: Pose | None = None

    @property
    def start(self) -> Pose:
        return np.asarray((self.cells.low if self.ahead else self.cells.high)[0])

    @property
    def stop(self) -> Pose:
        return np.asarray((self.cells.high if self.ahead else self.cells.low)[-1])

    @property
    def inside(self) -> tuple[Pose, Pose]:
        """Poses in the way just behind either end: the far end of the first cell, the near one of the last."""
        if self.worst is not None:
            return self.worst, self.worst
        cells = self.cells
        return (cells.high if self.ahead else cells.low)[0], (cells.low if self.ahead else cells.high)[-1]


def blocked_stretches(
    prover: Prover, checker: Checker, cells: Cells, legs: Sequence[Leg], *, workers: int = 1
) -> list[list[Stretch]]:
    """Return for each leg the stretches that are not free, in the order of travel.

    Parameters
    ----------
    prover, checker : Prover, Checker
        Of the same scene.
    cells : Cells
        Certified, of all boxes. Of a box with several sides, what is not free is one stretch.
    legs : sequence of Leg
        Parts of the boxes.
    workers : int
        Number of threads.
    """
    not_free = cells.only(cells.status != FREE)
    runs = [run for at, leg in enumerate(legs) for run in _runs(at, leg, not_free, cells)]
    found: list[list[Stretch]] = [[] for _ in legs]
    if not runs:
        return found
    touches = _touches(prover, runs, workers)
    met = culprits(prover, checker, np.concatenate([run.inside for run in runs])).reshape(-1, 2)
    for run, touching, (first, last) in zip(runs, touches, met, strict=True):
        status = Status.COLLIDING if touching else Status.WITHIN_BUFFER
        pairs = tuple(dict.fromkeys(int(pair) for pair in (first, *run.cells.pair, last)))
        is_proven = bool((run.cells.status == NOT_FREE).any())
        found[run.leg].append(Stretch(run.start, run.stop, status, is_proven, pairs))
    return found


def _runs(at: int, leg: Leg, not_free: Cells, cells: Cells) -> list[_Run]:
    """Return what is not free of a leg, in pieces that free cells part."""
    box, start, stop = leg
    met = not_free.only(not_free.of == box)
    if len(met) == 0:
        return []
    if ((met.high > met.low).sum(axis=1) > 1).any():
        low, high = met.low.min(axis=0, keepdims=True), met.high.max(axis=0, keepdims=True)
        worst = met.only(np.array([int(met.status.argmax())]))
        middle = (worst.low + worst.high)[0] / 2
        return [_Run(at, Cells(low, high, worst.status, worst.pair), ahead=True, worst=middle)]
    column, ahead = int(np.abs(stop - start).argmax()), bool((start <= stop).all())
    least, most = min(start[column], stop[column]), max(start[column], stop[column])
    if least == most:
        return _at_pose(at, start, met, cells.only(cells.of == box))
    low, high = met.low.copy(), met.high.copy()
    low[:, column], high[:, column] = np.maximum(low[:, column], least), np.minimum(high[:, column], most)
    part = Cells(low, high, met.status, met.pair).only(low[:, column] < high[:, column])
    part = part.only(np.argsort(part.low[:, column], kind="stable"))
    gaps = np.flatnonzero(part.low[1:, column] > part.high[:-1, column]) + 1
    pieces = [part.only(piece) for piece in np.split(np.arange(len(part)), gaps) if len(piece)]
    if ahead:
        return [_Run(at, piece, ahead) for piece in pieces]
    return [_Run(at, piece.only(np.arange(len(piece))[::-1]), ahead) for piece in reversed(pieces)]


def _at_pose(at: int, pose: Pose, not_free: Cells, cells: Cells) -> list[_Run]:
    """Return a leg on which nothing moves, unless a free cell holds its pose."""

    def holds(some: Cells) -> NDArray[np.bool_]:
        return np.asarray(((some.low <= pose) & (pose <= some.high)).all(axis=1))

    if (cells.status[holds(cells)] == FREE).any():
        return []
    met = not_free.only(holds(not_free))
    return [_Run(at, Cells(pose[None], pose[None], met.status[:1], met.pair[:1]), ahead=True)]


def _touches(prover: Prover, runs: Sequence[_Run], workers: int) -> NDArray[np.bool_]:
    """Return in which runs (n,) not every pose is proven to be apart, buffers left out."""
    of = np.repeat(np.arange(len(runs)), [len(run.cells) for run in runs])
    low, high = (np.concatenate([getattr(run.cells, end) for run in runs]) for end in ("low", "high"))
    apart = np.zeros(len(prover.scene.pairs))
    finest = FINEST * float(prover.degrees.min())
    cells = divided(
        prover, Cells.undecided(low, high, of), demanded=apart, finest=finest, first_only=True, workers=workers
    )
    return np.asarray(np.bincount(cells.of[cells.status != FREE], minlength=len(runs)) > 0)
