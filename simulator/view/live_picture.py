"""Cells of two joints as pictures, made anew many times a second: of the plane of the joints, and of the sphere."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.certify.branch_and_bound import FREE, NOT_FREE, UNDECIDED, Cells
from simulator.directions.chart import TwoAxisChart
from simulator.geometry.angles import FULL_TURN_DEG
from simulator.geometry.edges import cell_of
from simulator.scenario.sweep import Sweep
from simulator.view.colours import FREE as FREE_COLOUR
from simulator.view.colours import OUT_OF_RANGE, Key, rgb
from simulator.view.sphere import FREE_OPACITY, OPACITY, middles_of_picture

STEP_DEG = 1.0
"""Of the elements of both pictures."""
KEYS = (
    Key("proven free", rgb(FREE_COLOUR)),
    Key("undecided", rgb("#9aa5b1")),
    Key("proven not free", rgb("#e08a4a")),
)
"""In the order of the statuses of cells."""
_COLOURS = np.array([*(key.rgb for key in KEYS), rgb(OUT_OF_RANGE)])
_BEYOND = 3


class LivePicture:
    """The pictures of one sweep.

    Parameters
    ----------
    sweep : Sweep
        Of two joints that aim.
    chart : TwoAxisChart
        Of their directions.

    Attributes
    ----------
    edges : tuple of two ndarrays
        Of the elements of the plane, values of the inner and of the outer joint.
    """

    def __init__(self, sweep: Sweep, chart: TwoAxisChart) -> None:
        self._columns = [sweep.joints.index(joint) for joint in (chart.inner, chart.outer)]
        inner, outer = (_edges(*sweep.axes[column].extent) for column in self._columns)
        self.edges = inner, outer
        self._poses = _poses_of(chart, self.edges)

    def status(self, cells: Cells) -> NDArray[np.int8]:
        """Return the status of the cell that the middle of each element is in, shape (inner, outer)."""
        status = np.full([len(each) - 1 for each in self.edges], UNDECIDED, dtype=np.int8)
        for value in (FREE, NOT_FREE):
            status[self._covered(cells.only(cells.status == value))] = value
        return status

    def sphere(self, status: NDArray[np.int8]) -> NDArray[np.uint8]:
        """Return the picture of the sphere (rows, columns, 4), as `view.sphere.picture`: the best that a pose offers.

        Parameters
        ----------
        status : ndarray of int8, shape (inner, outer)
            Of the elements of the plane.
        """
        padded = np.append(status.ravel(), np.int8(_BEYOND))
        best = padded[self._poses].min(axis=0)
        is_clear = (best == FREE) | (best == _BEYOND)
        opacity = np.where(is_clear, FREE_OPACITY, OPACITY)[..., None]
        return np.asarray(np.rint(255 * np.concatenate([_COLOURS[best], opacity], axis=-1)), dtype=np.uint8)

    def plane(
        self, status: NDArray[np.int8], inner: NDArray[np.float64], outer: NDArray[np.float64]
    ) -> NDArray[np.uint8]:
        """Return colours (m, n, 3) for values (n,) of the inner joint across and (m,) of the outer one, downwards."""
        rows, columns = (
            cell_of(at, each, FULL_TURN_DEG) for at, each in zip((inner, outer), self.edges, strict=True)
        )
        return np.asarray(np.rint(255 * _COLOURS), dtype=np.uint8)[status[np.ix_(rows, columns)].T]

    def _covered(self, cells: Cells) -> NDArray[np.bool_]:
        """Return which elements have their middle in one of some cells, from counts at the corners of the cells."""
        middles = [(each[:-1] + each[1:]) / 2 for each in self.edges]
        at = list(zip(middles, self._columns, strict=True))
        first = [np.searchsorted(values, cells.low[:, column], side="left") for values, column in at]
        last = [np.searchsorted(values, cells.high[:, column], side="right") for values, column in at]
        counts = np.zeros([len(values) + 1 for values in middles], dtype=np.int32)
        for rows, columns, sign in (
            (first[0], first[1], 1),
            (last[0], last[1], 1),
            (first[0], last[1], -1),
            (last[0], first[1], -1),
        ):
            np.add.at(counts, (rows, columns), sign)
        return np.asarray(counts.cumsum(axis=0).cumsum(axis=1)[:-1, :-1] > 0)


def _edges(start: float, stop: float) -> NDArray[np.float64]:
    count = max(1, round((stop - start) / STEP_DEG))
    return np.linspace(start, stop, count + 1) if stop > start else np.array([start - 0.5, start + 0.5])


def _poses_of(chart: TwoAxisChart, edges: tuple[NDArray[np.float64], NDArray[np.float64]]) -> NDArray[np.intp]:
    """Return the two elements of the plane (2, rows, columns) that each direction of the sphere's picture is in.

    They are numbers of the plane, row by row; the one beyond the last where the direction has no pose.
    """
    poses = chart.poses_around(*middles_of_picture(STEP_DEG))
    row, column = (cell_of(values, each, FULL_TURN_DEG) for values, each in zip(poses, edges, strict=True))
    beyond, across = (len(edges[0]) - 1) * (len(edges[1]) - 1), len(edges[1]) - 1
    return np.where((row >= 0) & (column >= 0), row * across + column, beyond)
