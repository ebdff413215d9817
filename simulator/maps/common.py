"""What two maps both know: the values that both have, and the rectangle of poses between them."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.certify.branch_and_bound import Cells
from simulator.errors import SimulatorError
from simulator.geometry.angles import FULL_TURN_DEG
from simulator.scenario.axis import SYMBOLS, Axis, Unit

DIGITS = 9
"""Values that agree to 1e-9 are one value."""


@dataclass(frozen=True, eq=False)
class CommonAxis:
    """The values of one axis that two maps both have.

    Attributes
    ----------
    joint : str
        Its name.
    unit : {"deg", "mm"}
        Of its values.
    values : ndarray, shape (n,)
        Ascending. A full turn starts at its first common value and is not closed twice.
    edges : ndarray, shape (n + 1,)
        Of the cells around them: half-way to the next common value, cut at the first and the last one.
    rows : tuple of ndarray of int, shapes (n,)
        Where they stand in the first and in the second map.
    is_full_turn : bool
        Whether both maps go once round.
    has_same_range : bool
        Whether neither map goes further than the common values.
    has_same_values : bool
        Whether neither map has values that the other has not.
    """

    joint: str
    unit: Unit
    values: NDArray[np.float64]
    edges: NDArray[np.float64]
    rows: tuple[NDArray[np.intp], NDArray[np.intp]]
    is_full_turn: bool
    has_same_range: bool
    has_same_values: bool

    @property
    def start(self) -> float:
        """Where the common range starts."""
        return float(self.values[0])

    @property
    def stop(self) -> float:
        """Where the common range ends."""
        return self.start + FULL_TURN_DEG if self.is_full_turn else float(self.values[-1])


def common_axis(first: Axis, second: Axis) -> CommonAxis:
    """Return what the axes of two maps have in common.

    Raises
    ------
    SimulatorError
        If they have no value in common.
    """
    ours, theirs = (np.round(axis.values(), DIGITS) for axis in (first, second))
    # A full turn has no end: it is cut open where the other map starts.
    if second.is_full_turn:
        theirs = _cut_open(theirs, ours[0])
    elif first.is_full_turn:
        ours = _cut_open(ours, theirs[0])
    common, our_rows, their_rows = np.intersect1d(ours, theirs, return_indices=True)
    if not len(common):
        raise SimulatorError(
            f"compare: the maps must have {first.joint} values in common, they have {_range(first)} and "
            f"{_range(second)}"
        )
    is_full_turn = first.is_full_turn and second.is_full_turn
    ends = [common[0], common[-1]]
    if is_full_turn:
        seam = (common[-1] - FULL_TURN_DEG + common[0]) / 2
        ends = [seam, seam + FULL_TURN_DEG]
    spans = [axis.stop - axis.start for axis in (first, second)]
    return CommonAxis(
        first.joint,
        first.unit,
        common,
        np.concatenate([ends[:1], (common[1:] + common[:-1]) / 2, ends[1:]]),
        (our_rows, their_rows),
        is_full_turn=is_full_turn,
        has_same_range=all(abs(span - (ends[1] - ends[0])) < 10.0**-DIGITS for span in spans),
        has_same_values=len(ours) == len(theirs) == len(common),
    )


def common_cells(cells: Cells, axes: tuple[CommonAxis, ...]) -> Cells:
    """Return certified cells cut to the common range of two maps; what holds for a cell holds for its parts.

    Cells that go round are asked for a turn further and a turn back, too: they may be cut open elsewhere.
    """
    parts = []
    spans = cells.high.max(axis=0) - cells.low.min(axis=0)
    turns = [
        (-FULL_TURN_DEG, 0.0, FULL_TURN_DEG)
        if axis.unit == "deg" and span >= FULL_TURN_DEG - 10.0**-DIGITS
        else (0.0,)
        for axis, span in zip(axes, spans, strict=True)
    ]
    starts, stops = [axis.start for axis in axes], [axis.stop for axis in axes]
    for turn in itertools.product(*turns):
        cut_low = np.maximum(cells.low + np.array(turn), starts)
        cut_high = np.minimum(cells.high + np.array(turn), stops)
        kept = (cut_low < cut_high).all(axis=1)
        parts.append(Cells(cut_low, cut_high, cells.status, cells.pair).only(kept))
    return Cells.joined(parts)


def _cut_open(values: NDArray[np.float64], start: float) -> NDArray[np.float64]:
    """Return the angles of a full turn as those from ``start`` on; not sorted, so that rows stay rows."""
    return np.asarray(np.round(start + np.mod(np.round(values - start, DIGITS), FULL_TURN_DEG), DIGITS))


def _range(axis: Axis) -> str:
    values = axis.values()
    return f"{values[0]:g} to {values[-1]:g}{SYMBOLS[axis.unit]} ({len(values)} values)"
