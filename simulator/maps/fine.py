"""A map finer than its sweep: where it is proven free, from the certified cells, for pictures and look-ups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from simulator.certify.branch_and_bound import FREE, Cells
from simulator.collision.contact import Status
from simulator.geometry.angles import FULL_TURN_DEG
from simulator.geometry.edges import cell_of
from simulator.maps.dataset import cells_of, named_of, sweep_of
from simulator.maps.named import Named

STEP = 0.2
"""At most so far are the poses apart, in degrees or mm. The outline of what is free is seen to half of this."""
MOST = 1800
"""Poses along an axis, as many as once round: over a longer range they are further apart."""


@dataclass(frozen=True, eq=False)
class FineMap:
    """Rectangles around poses, each as its pose is.

    Attributes
    ----------
    inner_edges, outer_edges : ndarray, shapes (n + 1,) and (m + 1,)
        Of the rectangles, in values of the joint nearer the beam and of the one nearer the patient.
    status : ndarray of int8, shape (n, m)
        Values of :class:`Status`.
    culprit : ndarray of int16, shape (n, m)
        Index into the map's pairs, -1 where free, or where not free although all poses of the sweep are.
    inner, outer : ndarray, shapes (n,) and (m,)
        The poses.
    """

    inner_edges: NDArray[np.float64]
    outer_edges: NDArray[np.float64]
    status: NDArray[np.int8]
    culprit: NDArray[np.int16]
    inner: NDArray[np.float64]
    outer: NDArray[np.float64]

    @classmethod
    def of(cls, dataset: xr.Dataset) -> FineMap:
        """Return the fine map of a map's dataset, of two axes.

        Of a certified map a pose is free if its cell is proven free. What is not has the status and the culprit that
        were found where a border passes between poses of the sweep (`simulator.maps.inner_borders`); elsewhere those
        of the nearest pose of the sweep that is not free either; or the culprit of its cell, if that is in the way
        only between the poses. A map that was only sampled is as fine as its sweep.
        """
        sweep = sweep_of(dataset)
        edges = [axis.edges() for axis in sweep]
        status, culprit = (np.asarray(dataset[name].values) for name in ("status", "culprit"))
        cells = cells_of(dataset, sweep.joints)
        if cells is None:
            poses = [axis.values() for axis in sweep]
            return cls(edges[0], edges[1], status.astype(np.int8), culprit.astype(np.int16), *poses)
        fine = [np.linspace(each[0], each[-1], _count(each) + 1) for each in edges]
        middles = [(each[:-1] + each[1:]) / 2 for each in fine]
        row, column = (
            np.clip(cell_of(values, each), 0, len(each) - 2) for each, values in zip(edges, middles, strict=True)
        )
        turns = [axis.is_full_turn for axis in sweep]
        for at, is_full_turn in enumerate(turns):
            if is_full_turn:  # the rectangle around the first pose begins half a step before the cells do
                start = cells.low[:, at].min()
                middles[at] = start + np.mod(middles[at] - start, FULL_TURN_DEG)
        nearest_row, nearest_column = _nearest_not_free(status, turns)
        there = nearest_row[np.ix_(row, column)], nearest_column[np.ix_(row, column)]
        near, culprit = np.maximum(status[there], Status.WITHIN_BUFFER), culprit[there]
        if (named := named_of(dataset, sweep.joints)) is not None:
            place = _holding(named, middles)
            near = np.where(place >= 0, np.append(named.status, -1)[place], near)
            culprit = np.where(place >= 0, np.append(named.pair, -1)[place], culprit)
        is_free = _holding(cells.only(cells.status == FREE), middles) >= 0
        is_between = np.append((dataset["pair_status"].values == Status.FREE).all(axis=(1, 2)), False)
        between = cells.only(is_between[cells.pair])
        cell = _holding(between, middles)
        culprit = np.where(cell >= 0, np.append(between.pair, -1)[cell], culprit)
        return cls(
            fine[0],
            fine[1],
            np.where(is_free, Status.FREE, near).astype(np.int8),
            np.where(is_free, -1, culprit).astype(np.int16),
            *middles,
        )

    def held(self, cells: Cells | Named) -> NDArray[np.bool_]:
        """Return which poses (n, m), inner and outer joint, lie in one of some cells, edges included."""
        return np.asarray(_holding(cells, (self.inner, self.outer)) >= 0)


def _count(edges: NDArray[np.float64]) -> int:
    return min(MOST, max(1, int(np.ceil((edges[-1] - edges[0]) / STEP - 1e-9))))


def _holding(cells: Cells | Named, values: Sequence[NDArray[np.float64]]) -> NDArray[np.int32]:
    """Return for poses (n, m) a cell, or rectangle, that holds each, edges included; -1 where none does."""
    order = [np.argsort(each, kind="stable") for each in values]
    ascending = [each[rank] for each, rank in zip(values, order, strict=True)]
    first = [np.searchsorted(at, cells.low[:, k], "left") for k, at in enumerate(ascending)]
    last = [np.searchsorted(at, cells.high[:, k], "right") for k, at in enumerate(ascending)]
    found = np.full([len(each) for each in values], -1, dtype=np.int32)
    ends = (array.tolist() for array in (first[0], last[0], first[1], last[1]))
    for cell, (g0, g1, c0, c1) in enumerate(zip(*ends, strict=True)):
        found[g0:g1, c0:c1] = cell
    answer = np.empty_like(found)
    answer[np.ix_(*order)] = found
    return answer


def _nearest_not_free(
    status: NDArray[np.int8], full_turns: Sequence[bool]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return for each pose the row and the column of the nearest that is not free; itself if none is."""
    from scipy.ndimage import distance_transform_edt

    if (status == Status.FREE).all():
        here = np.indices(status.shape)
        return here[0], here[1]
    around = [2 if turn and n > 2 else 0 for turn, n in zip(full_turns, status.shape, strict=True)]
    wrapped = np.pad(status, [(n, n) for n in around], mode="wrap")
    found = distance_transform_edt(wrapped == Status.FREE, return_distances=False, return_indices=True)
    rows, columns = (slice(n, n + size) for n, size in zip(around, status.shape, strict=True))
    row, column = (
        np.mod(found[at][rows, columns] - n, size, dtype=np.intp)
        for at, (n, size) in enumerate(zip(around, status.shape, strict=True))
    )
    return row, column
