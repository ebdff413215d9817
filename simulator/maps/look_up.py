"""What a map says about directions: the best that any pose of a direction offers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.directions.vectors import direction_to_angles
from simulator.geometry.angles import FloatArray
from simulator.maps.collision_map import CollisionMap

OUT_OF_RANGE = -1
"""In place of a status: no pose of the grid has this direction."""


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
    data = cmap.dataset
    in_support = directions_patient @ data["top_patient_rotation"].values.T @ data["support_top_rotation"].values.T
    return look_up_angles(cmap, *direction_to_angles(in_support))


def look_up_angles(
    cmap: CollisionMap, gantry_deg: FloatArray, couch_deg: FloatArray
) -> tuple[NDArray[np.int8], NDArray[np.int16]]:
    """Return status and culprit of the directions of poses, as of :func:`look_up`.

    Parameters
    ----------
    cmap : CollisionMap
        The map.
    gantry_deg, couch_deg : ndarray, shapes (...)
        Couch angles from -180 to 180; they broadcast.
    """
    fine = cmap.fine
    shape = np.broadcast_shapes(gantry_deg.shape, couch_deg.shape)
    status = np.full(shape, OUT_OF_RANGE, dtype=np.int8)
    culprit = np.full(shape, -1, dtype=np.int16)
    images = [(1, 360.0 * turn) for turn in (-1, 0, 1)] + [(-1, 180.0 + 360.0 * turn) for turn in (-1, 0)]
    for sign, shift in images:
        row = _cell(sign * gantry_deg, fine.gantry_edges_deg, 360.0)
        column = _cell(couch_deg + shift, fine.couch_edges_deg, None)
        there = (row >= 0) & (column >= 0)
        found = fine.status[row, column]
        better = there & ((status == OUT_OF_RANGE) | (found < status))
        status[better] = found[better]
        culprit[better] = fine.culprit[row, column][better]
    return status, culprit


def _cell(values: FloatArray, edges: NDArray[np.float64], period: float | None) -> NDArray[np.intp]:
    """Return the cell that each value is in, -1 outside the edges."""
    if period is not None:
        values = edges[0] + np.mod(values - edges[0], period)
    cell = np.searchsorted(edges, values, side="right") - 1
    cell[values == edges[-1]] = len(edges) - 2
    return np.where((cell >= 0) & (cell < len(edges) - 1), cell, -1)
