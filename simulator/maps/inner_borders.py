"""What is in the way between the poses, where a map passes from one pair to another, or from near to touching.

A sweep sees such a border where the four poses around a square have not all the same status and culprit. In these
squares pairs are asked along the border: of two places that differ, half-way between them is asked next, until they
are `APART`; half-way between two that are alike is taken to be like them. Only those pairs are asked whose
answer can change the name of a place. What is in the way at all four poses of a square is taken to be so between
them; and of what is not free and touches nothing, the last pair that comes into question has what the others leave.

So these names are seen, and not proven between the places that were asked. They never decide what is free: that is of
the certified cells.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.certify.branch_and_bound import by_row
from simulator.certify.whole_cells import is_near_at
from simulator.collision.contact import Status
from simulator.geometry.angles import FULL_TURN_DEG
from simulator.maps.certified import Swept
from simulator.maps.helpers import worker_count
from simulator.maps.named import Named, worst_pair
from simulator.scenario.axis import Axis

APART, FINE = 0.25, 0.002
"""Degrees, or mm: places that are asked are so far apart along either joint where bounds are to be no further apart
than this share of 4π, as nearly as halves of halves of the steps allow: at most √2 of it. A border is met to half of
that. With wider bounds they are further apart in proportion, as are the sides of what is left open along the outer
border."""
MOST_HALVINGS = 4
"""A coarse sweep is to be quick: its steps are halved so often at most."""
CHUNK = 128
"""Places that a thread asks about at a time; no answer depends on the others."""

Mask = NDArray[np.bool_]
Indices = NDArray[np.intp]
Ask = Callable[[Indices, Indices, Indices], Mask]
"""Answers (n,) to questions at places of their squares, counted along the first and the second joint."""


@dataclass(frozen=True, eq=False)
class _Squares:
    """Squares between poses of two joints. Their places are the poses of a sweep whose steps are halved.

    Attributes
    ----------
    axes : tuple of two Axis
        The sweep's.
    at : ndarray of int, shape (n, 2)
        At which pose of either joint a square begins.
    apart : float
        How far apart its places are to be.
    """

    axes: tuple[Axis, ...]
    at: Indices
    apart: float

    @property
    def halvings(self) -> tuple[int, int]:
        """How often either step is halved."""
        wanted = [round(float(np.log2(axis.step / self.apart))) for axis in self.axes]
        first, second = (min(max(0, times), MOST_HALVINGS) for times in wanted)
        return first, second

    def values(self, column: int, halvings: int) -> NDArray[np.float64]:
        """Return a joint's values, its step halved so often, from its first pose to where the last square ends."""
        axis = self.axes[column]
        whole = axis.values()
        if axis.is_full_turn:
            whole = np.append(whole, whole[0] + FULL_TURN_DEG)
        places = np.arange((len(whole) - 1) * 2**halvings + 1) / 2**halvings
        return np.asarray(np.interp(places, np.arange(len(whole)), whole))


def inner_borders(
    room: Swept, pair_status: NDArray[np.int8], *, tolerance: float, workers: int | None = None
) -> Named | None:
    """Return what is in the way in the squares that borders pass; None without any, or without two axes that aim.

    Parameters
    ----------
    room : Swept
        What is placed, and what is swept.
    pair_status : ndarray of int8, shape (pairs, *sweep)
        The status of every pair at every pose.
    tolerance : float
        How far apart the bounds of the map are to be, as a share of 4π.
    workers : int, optional
        Number of threads, all cores if not given. The names do not depend on it.
    """
    axes = room.sweep.axes
    if room.aim is None or len(axes) != 2 or 1 in room.sweep.shape:
        return None
    rows = np.flatnonzero(pair_status.any(axis=(1, 2)))
    status, culprit = (_corners(each, axes) for each in worst_pair(pair_status[rows]))
    differs = (status != status[..., :1, :1]) | (culprit != culprit[..., :1, :1])
    squares = _Squares(axes, np.argwhere(differs.any(axis=(2, 3))), APART * max(1.0, tolerance / FINE))
    if not len(squares.at):
        return None
    corners = np.stack([_corners(each, axes)[tuple(squares.at.T)] for each in pair_status[rows]])
    with ThreadPoolExecutor(worker_count(workers)) as pool:
        status, culprit = worst_pair(_between(room, squares, rows, corners, pool))
    return _rectangles(squares, status, rows[culprit].astype(np.int16))


def _corners(values: NDArray[Any], axes: Sequence[Axis]) -> NDArray[Any]:
    """Return what poses have, for those around each square: from (n, m) to (squares, squares, 2, 2)."""
    around = np.pad(values, [(0, int(axis.is_full_turn)) for axis in axes], mode="wrap")
    return np.lib.stride_tricks.sliding_window_view(around, (2, 2))


def _between(
    room: Swept, squares: _Squares, rows: Indices, corners: NDArray[np.int8], pool: ThreadPoolExecutor
) -> NDArray[np.int8]:
    """Return the status (pairs, n, ...) of pairs at all places of n squares, as far as it counts.

    Parameters
    ----------
    room : Swept
        Who answers.
    squares : _Squares
        The squares.
    rows : ndarray of int, shape (pairs,)
        Which pairs of the room these are.
    corners : ndarray of int8, shape (pairs, n, 2, 2)
        Their status at the poses around each.
    pool : ThreadPoolExecutor
        Its threads ask.
    """
    least, most = corners.min(axis=(2, 3)), corners.max(axis=(2, 3))
    shape = (*least.shape, *(2**times + 1 for times in squares.halvings))
    found = np.broadcast_to(least[..., None, None], shape).copy()
    touches = _may_name(least, most, Status.COLLIDING)
    is_near = _may_name(least, most, Status.WITHIN_BUFFER) & (least < Status.COLLIDING).all(axis=0)
    is_last = is_near & (np.cumsum(is_near[::-1], axis=0)[::-1] == 1)
    found[is_last] = np.maximum(found[is_last], Status.WITHIN_BUFFER)
    buffers_mm = np.array([room.prover.scene.pairs[row].buffer_mm for row in rows])
    for level, asked, demanded_mm in (
        (Status.WITHIN_BUFFER, is_near & ~is_last & (least < Status.WITHIN_BUFFER), buffers_mm),
        (Status.COLLIDING, touches & (least < Status.COLLIDING), np.zeros(len(rows))),
    ):
        pair, square = np.nonzero(asked)
        ask = _asking(room, squares, rows[pair], square, demanded_mm[pair], pool)
        has = _followed(corners[pair, square] >= level, squares, ask)
        found[pair, square] = np.maximum(found[pair, square], np.where(has, np.int8(level), np.int8(Status.FREE)))
    return found


def _may_name(least: NDArray[np.int8], most: NDArray[np.int8], level: Status) -> Mask:
    """Return which pairs (pairs, n) may be the first with a status: none before them has it all over the square."""
    everywhere = least >= level
    return np.asarray((most >= level) & (np.cumsum(everywhere, axis=0) - everywhere == 0))


def _asking(
    room: Swept,
    squares: _Squares,
    rows: Indices,
    square: Indices,
    demanded_mm: NDArray[np.float64],
    pool: ThreadPoolExecutor,
) -> Ask:
    """Return what asks whether pairs, each in a square, are nearer than they must be."""
    inner, outer = (squares.values(column, times) for column, times in enumerate(squares.halvings))
    begins = squares.at[square] << np.array(squares.halvings)

    def ask(which: Indices, i: Indices, j: Indices) -> Mask:
        places = (begins[which, 0] + i) * len(outer) + begins[which, 1] + j
        # What squares share is asked once; and neighbours follow each other.
        _, first, back = np.unique(rows[which] * (inner.size * outer.size) + places, True, True)
        poses = np.stack([inner[places[first] // len(outer)], outer[places[first] % len(outer)]], axis=1)
        parts = [
            (row, at[start : start + CHUNK])
            for row, at in by_row(rows[which[first]])
            for start in range(0, len(at), CHUNK)
        ]
        near = np.zeros(len(first), dtype=bool)
        limit_mm = demanded_mm[which[first]]
        found = pool.map(lambda part: is_near_at(room.prover, part[0], poses[part[1]], limit_mm[part[1]]), parts)
        for (_, at), answer in zip(parts, found, strict=True):
            near[at] = answer
        return near[back]

    return ask


def _followed(corners: Mask, squares: _Squares, ask: Ask) -> Mask:
    """Return the answers (n, ...) at all places of squares, from those (n, 2, 2) at their corners."""
    strides = [2**times for times in squares.halvings]
    lengths = [axis.step / stride for axis, stride in zip(squares.axes, strides, strict=True)]
    found = np.zeros((len(corners), *(stride + 1 for stride in strides)), dtype=bool)
    found[:, :: strides[0], :: strides[1]] = corners
    while max(strides) > 1:
        # The longer side first, so that neighbours are about as far apart along both joints.
        column = max((at for at in (0, 1) if strides[at] > 1), key=lambda at: strides[at] * lengths[at])
        stride, other = strides[column], strides[1 - column]
        along = found.swapaxes(1, 2) if column else found
        before, after = along[:, :-1:stride, ::other], along[:, stride::stride, ::other]
        middle = before.copy()
        which, i, j = np.nonzero(before != after)
        at = i * stride + stride // 2, j * other
        middle[which, i, j] = ask(which, *(at[::-1] if column else at))
        along[:, stride // 2 :: stride, ::other] = middle
        strides[column] //= 2
    return found


def _rectangles(squares: _Squares, status: NDArray[np.int8], pair: NDArray[np.int16]) -> Named:
    """Return what places (n, ...) of squares stand for, up to half-way to the next: alike ones as one rectangle."""
    square, *place = (each.ravel() for each in np.indices(status.shape))
    sides = []
    for column, halvings in enumerate(squares.halvings):  # in halves of the distance between places
        whole = 2 ** (halvings + 1)
        ends = np.clip([2 * place[column] - 1, 2 * place[column] + 1], 0, whole)
        sides.append(squares.at[square, column] * whole + ends)
    found = np.stack([*sides[0], *sides[1], status.ravel(), pair.ravel()], axis=1)
    for column in (1, 0, 1):
        found = _joined(found, column)
    low, high = (
        np.stack([squares.values(k, n + 1)[found[:, 2 * k + end]] for k, n in enumerate(squares.halvings)], axis=1)
        for end in (0, 1)
    )
    return Named(low, high, found[:, 4].astype(np.int8), found[:, 5].astype(np.int16))


def _joined(rectangles: NDArray[np.intp], column: int) -> NDArray[np.intp]:
    """Return rectangles (n, 6), low and high of both joints and what is said of them, joined along one joint.

    Those become one that follow each other without a gap and are alike in all else.
    """
    low, high = 2 * column, 2 * column + 1
    others = [at for at in range(rectangles.shape[1]) if at not in (low, high)]
    ordered = rectangles[np.lexsort(rectangles[:, [low, *others]].T)]
    goes_on = (ordered[1:, low] == ordered[:-1, high]) & (ordered[1:, others] == ordered[:-1, others]).all(axis=1)
    found = ordered[np.append(True, ~goes_on)]
    found[:, high] = ordered[np.append(~goes_on, True), high]
    return np.asarray(found)
