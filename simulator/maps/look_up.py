"""What a map says about directions: the best that any pose of a direction offers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.geometry.angles import FloatArray
from simulator.geometry.edges import cell_of
from simulator.maps.collision_map import CollisionMap
from simulator.scenario.sweep import FULL_TURN_DEG

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
    in_chart = directions_patient @ cmap.rotation("patient").T
    return look_up_angles(cmap, *cmap.chart.angles(in_chart))


def look_up_angles(
    cmap: CollisionMap, inner: FloatArray, outer: FloatArray
) -> tuple[NDArray[np.int8], NDArray[np.int16]]:
    """Return status and culprit of the directions of poses, as of :func:`look_up`.

    Parameters
    ----------
    cmap : CollisionMap
        The map.
    inner, outer : ndarray, shapes (...)
        Values of the chart's joints, any turn; they broadcast.
    """
    fine = cmap.fine
    shape = np.broadcast_shapes(inner.shape, outer.shape)
    status = np.full(shape, OUT_OF_RANGE, dtype=np.int8)
    culprit = np.full(shape, -1, dtype=np.int16)
    for inner_image, outer_image in zip(*cmap.chart.twins(inner, outer), strict=True):
        row = cell_of(inner_image, fine.inner_edges, FULL_TURN_DEG)
        column = cell_of(outer_image, fine.outer_edges, FULL_TURN_DEG)
        there = (row >= 0) & (column >= 0)
        found = fine.status[row, column]
        better = there & ((status == OUT_OF_RANGE) | (found < status))
        status[better] = found[better]
        culprit[better] = fine.culprit[row, column][better]
    return status, culprit
