"""Certified cells beside a sampled map: proofs for all poses, and FCL as the judge of those of the sweep."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from simulator.certify.branch_and_bound import FREE, NOT_FREE, UNDECIDED, Cells
from simulator.certify.cell_proofs import LeftOpen, refine
from simulator.certify.cells import MOST_CELLS, certified_cells, demanded_mm, divided, start_cells
from simulator.certify.prover import Prover
from simulator.collision.checker import Checker
from simulator.collision.scene import Scene
from simulator.directions.chart import TwoAxisChart
from simulator.directions.crossed_axes import FULL_SPHERE_SR
from simulator.maps.counted import whole
from simulator.maps.free_extent import measure
from simulator.maps.helpers import worker_count
from simulator.maps.progress import Progress
from simulator.maps.reduction import left_open
from simulator.scenario.sweep import Sweep
from simulator.setup.aiming import Aim, moving_axis
from simulator.setup.engines import checker_of, prover_of
from simulator.setup.setup import Setup

FINEST = 0.01
"""Degrees or mm: cells no longer than that are left undecided."""
MOST_DOUBTS = 50_000
"""Cells looked at to find out whether a pair is in the way between the poses: a few seconds at most."""
CHUNK = 8192
"""Poses that a thread measures at a time; the clearances do not depend on the number of threads."""


class ContradictionError(RuntimeError):
    """A proof and FCL disagree about a pose: a defect of this program, and nothing that it says can be relied on."""


@dataclass(frozen=True, eq=False)
class Swept:
    """A set-up over one sweep: how it aims, and who answers.

    Attributes
    ----------
    sweep : Sweep
        On the scales of the joints.
    aim : Aim, optional
        How its joints turn the beam; None if they turn it about fewer than two axes.
    checker, prover
        For poses of the sweep.
    known : Cells, optional
        Certified cells of the whole sweep, where they were found together with those of other rooms. What they leave
        open is divided as far as it is asked for.
    """

    sweep: Sweep
    aim: Aim | None
    checker: Checker
    prover: Prover
    known: Cells | None = None

    @classmethod
    def of(cls, setup: Setup, sweep: Sweep) -> Swept:
        """Return a set-up over a sweep."""
        aim = setup.aim if sweep is setup.sweep else setup.aim_of(sweep)
        return cls(sweep, aim, checker_of(setup.scene, sweep.joints), prover_of(setup.scene, sweep.joints))

    def on(self, scene: Scene) -> Swept:
        """Return another room in which nothing but the table stands elsewhere, over the same sweep.

        It aims alike, and shares what is made of meshes.
        """
        scanning = scene.scanning(self.sweep.joints)
        return replace(self, checker=self.checker.on(scanning), prover=self.prover.on(scanning), known=None)

    @property
    def moving(self) -> int:
        """The column of the joint that arcs are along: the one nearest the beam."""
        return self.sweep.joints.index(moving_axis(self.sweep, self.aim).joint)

    @property
    def chart(self) -> TwoAxisChart | None:
        """The chart of directions, where the sweep has an area."""
        return None if self.aim is None else self.aim.chart

    @property
    def left_open(self) -> LeftOpen | None:
        """What undecided cells count where any, or all, values of further axes decide together."""
        over = {axis.over for axis in self.sweep} & {"any", "all"}
        if len(self.counted) not in (1, 2) or len(over) != 1:
            return None
        return partial(left_open, self.counted, str(over.pop()), self.chart)

    def planes(self) -> list[list[NDArray[np.float64]]]:
        """Return edges to begin with, for each joint: once, or for each value of axes that have results for each.

        Arcs go along the moving joint, which is never taken value by value.
        """
        choices = []
        for column, axis in enumerate(self.sweep):
            if axis.over == "each" and column != self.moving:
                choices.append([np.array([value, value]) for value in axis.values()])
            elif self.chart is not None and axis.joint == self.chart.inner:
                choices.append([self.chart.inner_edges(*axis.extent)])
            elif self.chart is not None and axis.joint == self.chart.outer:
                choices.append([self.chart.outer_edges(*axis.extent)])
            else:
                choices.append([np.array(axis.extent)])
        return [list(edges) for edges in itertools.product(*choices)]

    def weight(self, low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what cells count: their solid angle, or extent, times their share of further axes."""
        columns = list(self.counted)
        size = measure if self.chart is None else self.chart.area_sr
        weight = size(low[:, columns], high[:, columns])
        for column, axis in enumerate(self.sweep):
            if axis.over in ("any", "all") and axis.stop > axis.start:
                weight = weight * (high[:, column] - low[:, column]) / (axis.stop - axis.start)
        return np.asarray(weight)

    @property
    def counted(self) -> tuple[int, ...]:
        """The columns of the axes whose values say what is free: of a chart, the inner one first."""
        joints = [axis.joint for axis in self.sweep.counted]
        return tuple(
            map(self.sweep.joints.index, joints if self.chart is None else (self.chart.inner, self.chart.outer))
        )

    @property
    def whole(self) -> float:
        """All that a map of the sweep could find free: the sphere; else a circle, or what the counted axes hold."""
        return FULL_SPHERE_SR if self.chart is not None else whole(self.sweep.counted)


def certified(
    room: Swept,
    tolerance: float,
    in_the_way: NDArray[np.bool_],
    *,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Cells:
    """Return the certified cells of a sweep.

    Parameters
    ----------
    room : Swept
        What is placed, and what is swept.
    tolerance : float
        Asked distance of the bounds, as a share of 4π, or of the whole extent where the sweep has no area.
    in_the_way : ndarray of bool, shape (pairs,)
        Which pairs are in the way at a pose of the sweep. What others leave undecided is divided further than the
        tolerance asks for: a pair may be in the way only between the poses, and should not be named if it is not.
    workers, progress
        As for `collision_map`.
    """
    threads = worker_count(workers)
    if room.known is not None:
        parts = [_further(room, room.known, tolerance, threads)]
    else:
        planes = enumerate(room.planes())
        parts = [_plane(room, edges, tolerance, threads, progress if at == 0 else None) for at, edges in planes]
    cells = Cells.joined(parts)
    known = np.append(in_the_way, True)  # index -1: a cell that is free
    known[cells.pair[cells.status == NOT_FREE]] = True
    doubtful = ~known[cells.pair] & np.concatenate([_counts(room, part) for part in parts])
    if not doubtful.any():
        return cells
    decided = divided(room.prover, cells.only(doubtful), most_cells=MOST_DOUBTS, workers=threads)
    return Cells.joined([cells.only(~doubtful), decided])


def _plane(
    room: Swept, edges: list[NDArray[np.float64]], tolerance: float, threads: int, progress: Progress | None
) -> Cells:
    """Return the cells of one range of the sweep, so that the bounds are as near to each other as asked."""
    low, high = start_cells(edges)
    is_measured = bool(room.counted) and float(room.weight(low, high).sum()) > 0.0
    weight = room.weight if is_measured else _longest
    allowed = tolerance * (room.whole if is_measured else float(_longest(low, high).sum()))
    return certified_cells(
        room.prover,
        edges,
        weight=weight,
        tolerance=allowed,
        finest=FINEST,
        most_cells=MOST_CELLS,
        workers=threads,
        progress=progress,
        left_open=room.left_open if is_measured else None,
    )


def _further(room: Swept, known: Cells, tolerance: float, threads: int) -> Cells:
    """Return known cells of a sweep of two axes that aim, what they leave open divided as far as is asked."""
    is_open = known.status == UNDECIDED
    left = known.only(is_open)
    if float(room.weight(left.low, left.high).sum()) <= tolerance * room.whole:
        return known
    decided = refine(
        room.prover,
        left,
        demanded_mm(room.prover),
        weight=room.weight,
        tolerance=tolerance * room.whole,
        finest=FINEST,
        most_cells=MOST_CELLS,
        workers=threads,
    )
    return Cells.joined([known.only(~is_open), decided])


def _counts(room: Swept, cells: Cells) -> NDArray[np.bool_]:
    """Return which cells (n,) of one plane are not left undecided only because other values decide there."""
    found = np.ones(len(cells), dtype=bool)
    if room.left_open is not None:
        is_open = cells.status == UNDECIDED
        found[is_open] = room.left_open(cells.only(~is_open), cells.low[is_open], cells.high[is_open]) > 0.0
    return found


def _longest(low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray((high - low).max(axis=1))


def require_agreement(cells: Cells, sweep: Sweep, is_free: NDArray[np.bool_]) -> None:
    """Check every cell against every pose of a sweep that lies in it.

    Parameters
    ----------
    cells : Cells
        Of the sweep.
    sweep : Sweep
        Whose poses were checked.
    is_free : ndarray of bool, shape of the sweep
        What FCL says.

    Raises
    ------
    ContradictionError
        If a cell says otherwise.
    """
    values = [axis.values() for axis in sweep]
    first = [np.searchsorted(each, cells.low[:, at]) for at, each in enumerate(values)]
    beyond = [np.searchsorted(each, cells.high[:, at], side="right") for at, each in enumerate(values)]
    for status, wrong in ((FREE, ~is_free), (NOT_FREE, is_free)):
        bad = np.flatnonzero((cells.status == status) & (_held(wrong, first, beyond) > 0))
        if len(bad):
            low, high = cells.low[bad[0]], cells.high[bad[0]]
            where = ", ".join(
                f"{axis.joint} {low[at]:g} to {high[at]:g} {axis.unit}" for at, axis in enumerate(sweep)
            )
            raise ContradictionError(
                f"{where} is proven {'free' if status == FREE else 'not free'}, and FCL disagrees at a pose in it. "
                "This is a defect of the program: please report it with the scenario, and do not rely on any result"
            )


def _held(
    wrong: NDArray[np.bool_], first: list[NDArray[np.intp]], beyond: list[NDArray[np.intp]]
) -> NDArray[np.int64]:
    """Return how many marked poses lie in each box of indices, from sums over the boxes at its corners."""
    sums = np.pad(wrong.astype(np.int64), [(1, 0)] * wrong.ndim)
    for axis in range(wrong.ndim):
        sums = sums.cumsum(axis=axis)
    total = np.zeros(len(first[0]), dtype=np.int64)
    for corner in itertools.product((0, 1), repeat=wrong.ndim):
        sign = (-1) ** (wrong.ndim - sum(corner))
        total += sign * sums[tuple(beyond[at] if upper else first[at] for at, upper in enumerate(corner))]
    return total


def clearances(room: Swept, poses: NDArray[np.float64], workers: int | None = None) -> NDArray[np.float64]:
    """Return the clearance (n,) at poses (n, k) in mm: at most what it is, and at most 1 mm less."""
    from concurrent.futures import ThreadPoolExecutor

    parts = [poses[start : start + CHUNK] for start in range(0, len(poses), CHUNK)]
    rows = room.checker.scene.clearance_pairs
    with ThreadPoolExecutor(worker_count(workers)) as pool:
        found = list(pool.map(lambda part: room.prover.clearance_mm(part, rows)[0], parts))
    return np.concatenate([np.empty(0), *found])
