"""What a map says about directions: the best that any pose of a direction offers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from simulator.collision.contact import Status
from simulator.geometry.angles import FULL_TURN_DEG
from simulator.geometry.edges import cell_of
from simulator.maps.collision_map import CollisionMap

OUT_OF_RANGE = -1
"""In place of a status: no pose of the sweep has this direction."""
PART = 30_000
"""So many directions at once stay in a core's cache: a picture has a million, and each step makes arrays of them."""
Poses: TypeAlias = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Values of the inner and the outer joint, shapes (2, ...): of directions (...), each of which has two poses."""


def look_up(
    cmap: CollisionMap, directions_patient: NDArray[np.float64]
) -> tuple[NDArray[np.int8], NDArray[np.int16]]:
    """Return status and culprit of directions.

    Parameters
    ----------
    cmap : CollisionMap
        The map.
    directions_patient : ndarray, shape (n, 3)
        Unit vectors from isocentre to source, in DICOM patient axes.

    Returns
    -------
    status : ndarray of int8, shape (n,)
        The least :class:`~simulator.collision.checker.Status` of all poses with that direction, -1 if there is none.
    culprit : ndarray of int16, shape (n,)
        Index into ``cmap.pairs``, -1 where free or out of range.
    """
    return look_up_chart(cmap, directions_patient @ cmap.rotation("patient").T)


def look_up_chart(
    cmap: CollisionMap, directions_chart: NDArray[np.float64]
) -> tuple[NDArray[np.int8], NDArray[np.int16]]:
    """Return status and culprit, shapes (...), of directions (..., 3) in the axes of the map's chart."""
    flat = directions_chart.reshape(-1, 3)
    parts = [_best(cmap, cmap.chart.poses(part)) for part in np.array_split(flat, len(flat) // PART + 1)]
    status, culprit = (np.concatenate(each).reshape(directions_chart.shape[:-1]) for each in zip(*parts, strict=True))
    return status, culprit


def look_up_around(
    cmap: CollisionMap, polar_deg: NDArray[np.float64], azimuth_deg: NDArray[np.float64]
) -> tuple[NDArray[np.int8], NDArray[np.int16]]:
    """Return status and culprit, shapes (n, m), of directions at n angles from the chart's z axis and m about it."""
    count = len(polar_deg) * len(azimuth_deg) // PART + 1
    parts = [
        _best(cmap, cmap.chart.poses_around(part, azimuth_deg))
        for part in np.array_split(polar_deg, min(count, len(polar_deg)))
    ]
    status, culprit = (np.concatenate(each) for each in zip(*parts, strict=True))
    return status, culprit


def _best(cmap: CollisionMap, poses: Poses) -> tuple[NDArray[np.int8], NDArray[np.int16]]:
    """Return status and culprit (...) of directions that have such poses (2, ...)."""
    fine = cmap.fine
    status = np.full(poses[0].shape[1:], OUT_OF_RANGE, dtype=np.int8)
    culprit = np.full(poses[0].shape[1:], -1, dtype=np.int16)
    for row, column, there in _elements(cmap, poses):
        found = fine.status[row, column]
        better = there & ((status == OUT_OF_RANGE) | (found < status))
        status[better] = found[better]
        culprit[better] = fine.culprit[row, column][better]
    return status, culprit


def cut_off(
    cmap: CollisionMap, directions_chart: NDArray[np.float64], is_free: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Return which directions (..., 3), in the chart's axes, are free, but have no free pose that can be reached.

    As far as is proven; none if the home pose is not known. ``is_free`` (...) is as :func:`look_up_chart` found.
    """
    fine, poses = cmap.fine, cmap.fine_cut_off
    found = np.zeros_like(is_free)
    if poses is None or not poses.any():
        return found
    cut = np.ones(int(is_free.sum()), dtype=bool)
    for row, column, there in _elements(cmap, cmap.chart.poses(directions_chart[is_free])):
        cut &= ~there | (fine.status[row, column] != Status.FREE) | poses[row, column]
    found[is_free] = cut
    return found


def _elements(
    cmap: CollisionMap, poses: Poses
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.bool_]]]:
    """Yield of either pose of directions (...): row and column in the fine map, and whether it has the pose."""
    fine = cmap.fine
    for inner, outer in zip(*poses, strict=True):
        row = cell_of(inner, fine.inner_edges, FULL_TURN_DEG)
        column = cell_of(outer, fine.outer_edges, FULL_TURN_DEG)
        yield row, column, (row >= 0) & (column >= 0)
