"""A map finer than its grid: where it is proven free, from the certified cells, for pictures and look-ups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from simulator.certify.branch_and_bound import FREE, Cells
from simulator.collision.contact import Status
from simulator.maps.dataset import cells_of

STEP_DEG = 0.2
"""At most so far are the poses apart. The outline of what is free is seen to half of this."""


@dataclass(frozen=True, eq=False)
class FineMap:
    """Rectangles around poses, each as its pose is.

    Attributes
    ----------
    gantry_edges_deg, couch_edges_deg : ndarray, shapes (n + 1,) and (m + 1,)
        Of the rectangles.
    status : ndarray of int8, shape (n, m)
        Values of :class:`Status`.
    culprit : ndarray of int16, shape (n, m)
        Index into the map's pairs, -1 where free, or where not free although all poses of the grid are.
    """

    gantry_edges_deg: NDArray[np.float64]
    couch_edges_deg: NDArray[np.float64]
    status: NDArray[np.int8]
    culprit: NDArray[np.int16]

    @classmethod
    def of(cls, dataset: xr.Dataset) -> FineMap:
        """Return the fine map of a map's dataset.

        Of a certified map a pose is free if its cell is proven free. What is not has the status and the culprit of
        the nearest pose of the grid that is not free either; or the culprit of its cell, if that is in the way only
        between the poses. A map that was only sampled is as fine as its grid.
        """
        gantry, couch = (np.asarray(dataset[name].values) for name in ("gantry_edge", "couch_edge"))
        status, culprit = (np.asarray(dataset[name].values) for name in ("status", "culprit"))
        cells = cells_of(dataset)
        if cells is None:
            return cls(gantry, couch, status.astype(np.int8), culprit.astype(np.int16))
        fine = [np.linspace(edges[0], edges[-1], _count(edges) + 1) for edges in (gantry, couch)]
        middles = [(edges[:-1] + edges[1:]) / 2 for edges in fine]
        row, column = (
            np.clip(np.searchsorted(edges, values, side="right") - 1, 0, len(edges) - 2)
            for edges, values in zip((gantry, couch), middles, strict=True)
        )
        is_full_turn = bool(dataset.attrs["gantry_full_turn"])
        if is_full_turn:  # the rectangle around the first pose begins half a step before the cells do
            start = cells.low[:, 0].min()
            middles[0] = start + np.mod(middles[0] - start, 360.0)
        nearest_row, nearest_column = _nearest_not_free(status, is_full_turn=is_full_turn)
        there = nearest_row[np.ix_(row, column)], nearest_column[np.ix_(row, column)]
        is_free = _holding(cells.only(cells.status[:, 0] == FREE), *middles) >= 0
        is_between = np.append((dataset["pair_status"].values == Status.FREE).all(axis=(1, 2)), False)
        between = cells.only(is_between[cells.pair[:, 0]])
        cell = _holding(between, *middles)
        named = np.where(cell >= 0, np.append(between.pair[:, 0], -1)[cell], culprit[there])
        return cls(
            fine[0],
            fine[1],
            np.where(is_free, Status.FREE, np.maximum(status[there], Status.WITHIN_BUFFER)).astype(np.int8),
            np.where(is_free, -1, named).astype(np.int16),
        )


def _count(edges_deg: NDArray[np.float64]) -> int:
    return max(1, int(np.ceil((edges_deg[-1] - edges_deg[0]) / STEP_DEG - 1e-9)))


def _holding(cells: Cells, gantry_deg: NDArray[np.float64], couch_deg: NDArray[np.float64]) -> NDArray[np.int32]:
    """Return for poses (n, m) a cell that holds each, -1 where none does; the couch angles ascend."""
    order = np.argsort(gantry_deg)
    ascending = gantry_deg[order], couch_deg
    first = [np.searchsorted(at, cells.low[:, k], "left") for k, at in enumerate(ascending)]
    last = [np.searchsorted(at, cells.high[:, k], "right") for k, at in enumerate(ascending)]
    found = np.full((len(gantry_deg), len(couch_deg)), -1, dtype=np.int32)
    ends = (array.tolist() for array in (first[0], last[0], first[1], last[1]))
    for cell, (g0, g1, c0, c1) in enumerate(zip(*ends, strict=True)):
        found[g0:g1, c0:c1] = cell
    answer = np.empty_like(found)
    answer[order] = found
    return answer


def _nearest_not_free(status: NDArray[np.int8], *, is_full_turn: bool) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return for each pose of the grid the row and the column of the nearest that is not free; itself if none is."""
    from scipy.ndimage import distance_transform_edt

    if (status == Status.FREE).all():
        here = np.indices(status.shape)
        return here[0], here[1]
    around = 2 if is_full_turn and len(status) > 2 else 0
    wrapped = np.pad(status, ((around, around), (0, 0)), mode="wrap")
    found = distance_transform_edt(wrapped == Status.FREE, return_distances=False, return_indices=True)
    found = found[:, around : around + len(status)]
    return np.mod(found[0] - around, len(status), dtype=np.intp), np.asarray(found[1], dtype=np.intp)
