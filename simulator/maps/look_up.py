"""What a map says about directions: the best that any pose of a direction offers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.geometry.angles import FULL_TURN_DEG
from simulator.geometry.edges import cell_of
from simulator.maps.collision_map import CollisionMap

OUT_OF_RANGE = -1
"""In place of a status: no pose of the sweep has this direction."""


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
    fine = cmap.fine
    inner, outer = cmap.chart.angles(directions_chart)
    is_reached = ~np.isnan(inner)
    inner, outer = np.where(is_reached, inner, 0.0), np.where(is_reached, outer, 0.0)
    status = np.full(inner.shape, OUT_OF_RANGE, dtype=np.int8)
    culprit = np.full(inner.shape, -1, dtype=np.int16)
    for inner_image, outer_image in zip(*cmap.chart.twins(inner, outer), strict=True):
        row = cell_of(inner_image, fine.inner_edges, FULL_TURN_DEG)
        column = cell_of(outer_image, fine.outer_edges, FULL_TURN_DEG)
        there = is_reached & (row >= 0) & (column >= 0)
        found = fine.status[row, column]
        better = there & ((status == OUT_OF_RANGE) | (found < status))
        status[better] = found[better]
        culprit[better] = fine.culprit[row, column][better]
    return status, culprit
