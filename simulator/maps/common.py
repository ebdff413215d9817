"""What two maps both know: the angles that both have, and the rectangle of poses between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from simulator.certify.branch_and_bound import Cells
from simulator.errors import SimulatorError

DIGITS = 9
"""Angles that agree to 1e-9° are one angle."""
TURN_DEG = 360.0


@dataclass(frozen=True, eq=False)
class CommonAxis:
    """The angles of one axis that two maps both have.

    Attributes
    ----------
    name : str
        The joint.
    angles_deg : ndarray, shape (n,)
        Ascending. A full turn starts at its first common angle and is not closed twice.
    edges_deg : ndarray, shape (n + 1,)
        Of the cells around them: half-way to the next common angle, cut at the first and the last one.
    rows : tuple of ndarray of int, shapes (n,)
        Where they stand in the first and in the second map.
    is_full_turn : bool
        Whether both maps go once round.
    has_same_range : bool
        Whether neither map goes further than the common angles.
    has_same_angles : bool
        Whether neither map has angles that the other has not.
    """

    name: str
    angles_deg: NDArray[np.float64]
    edges_deg: NDArray[np.float64]
    rows: tuple[NDArray[np.intp], NDArray[np.intp]]
    is_full_turn: bool
    has_same_range: bool
    has_same_angles: bool

    @property
    def start_deg(self) -> float:
        """Where the common range starts."""
        return float(self.angles_deg[0])

    @property
    def stop_deg(self) -> float:
        """Where the common range ends."""
        return self.start_deg + TURN_DEG if self.is_full_turn else float(self.angles_deg[-1])


def common_axis(name: str, first: xr.Dataset, second: xr.Dataset) -> CommonAxis:
    """Return what two maps have in common along an axis.

    Raises
    ------
    SimulatorError
        If they have no angle in common.
    """
    ours, theirs = (np.round(data[name].values, DIGITS) for data in (first, second))
    our_turn, their_turn = _goes_round(first, name), _goes_round(second, name)
    # A full turn has no end: it is cut open where the other map starts.
    if their_turn:
        theirs = _cut_open(theirs, ours[0])
    elif our_turn:
        ours = _cut_open(ours, theirs[0])
    common, our_rows, their_rows = np.intersect1d(ours, theirs, return_indices=True)
    if not len(common):
        raise SimulatorError(
            f"compare: the maps must have {name} angles in common, they have {_range(first[name].values)} and "
            f"{_range(second[name].values)}"
        )
    is_full_turn = our_turn and their_turn
    if is_full_turn:
        seam = (common[-1] - TURN_DEG + common[0]) / 2
        ends = [seam, seam + TURN_DEG]
    else:
        ends = [common[0], common[-1]]
    spans = [data[f"{name}_edge"].values[-1] - data[f"{name}_edge"].values[0] for data in (first, second)]
    return CommonAxis(
        name,
        common,
        np.concatenate([ends[:1], (common[1:] + common[:-1]) / 2, ends[1:]]),
        (our_rows, their_rows),
        is_full_turn=is_full_turn,
        has_same_range=all(abs(span - (ends[1] - ends[0])) < 10.0**-DIGITS for span in spans),
        has_same_angles=len(ours) == len(theirs) == len(common),
    )


def common_cells(cells: Cells, axes: tuple[CommonAxis, CommonAxis]) -> Cells:
    """Return certified cells cut to the common range of two maps; what holds for a cell holds for its parts.

    Cells that go round are asked for a turn further and a turn back, too: they may be cut open elsewhere.
    """
    parts = []
    lowest, highest = cells.low.min(axis=0), cells.high.max(axis=0)
    goes_round = highest - lowest >= TURN_DEG - 10.0**-DIGITS
    turns = [(-TURN_DEG, 0.0, TURN_DEG) if is_full else (0.0,) for is_full in goes_round]
    starts, stops = [axis.start_deg for axis in axes], [axis.stop_deg for axis in axes]
    for gantry in turns[0]:
        for couch in turns[1]:
            cut_low = np.maximum(cells.low + np.array([gantry, couch]), starts)
            cut_high = np.minimum(cells.high + np.array([gantry, couch]), stops)
            kept = (cut_low < cut_high).all(axis=1)
            parts.append(Cells(cut_low, cut_high, cells.status, cells.pair).only(kept))
    return Cells.joined(parts)


def _cut_open(angles_deg: NDArray[np.float64], start_deg: float) -> NDArray[np.float64]:
    """Return the angles of a full turn as those from ``start_deg`` on; not sorted, so that rows stay rows."""
    return np.asarray(np.round(start_deg + np.mod(np.round(angles_deg - start_deg, DIGITS), TURN_DEG), DIGITS))


def _goes_round(dataset: xr.Dataset, name: str) -> bool:
    edges = dataset[f"{name}_edge"].values
    return bool(abs(edges[-1] - edges[0] - TURN_DEG) < 10.0**-DIGITS)


def _range(values: NDArray[np.float64]) -> str:
    return f"{values[0]:g} to {values[-1]:g}° ({len(values)} angles)"
