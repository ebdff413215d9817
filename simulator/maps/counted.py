"""The axes of a sweep whose values are measured: in which unit, how much there is, and which cannot be."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from simulator.errors import SimulatorError
from simulator.geometry.angles import FULL_TURN_DEG
from simulator.scenario.axis import Axis


def unit_of(counted: Sequence[Axis]) -> str:
    """Return the unit of what axes measure that give no area on the sphere."""
    if counted[0].unit == "deg":
        return "deg"
    return "mm" if len(counted) == 1 else f"mm{len(counted)}"


def whole(counted: Sequence[Axis]) -> float:
    """Return all that axes can have: once round, or what their ranges hold."""
    if counted[0].unit == "deg":
        return FULL_TURN_DEG
    return float(np.prod([axis.stop - axis.start for axis in counted]))


def require_counted(counted: Sequence[Axis]) -> None:
    """Refuse axes of which nothing can be measured.

    Raises
    ------
    SimulatorError
        If there is none, or one stands still.
    """
    if not counted:
        raise SimulatorError("grid: one axis at least must turn the beam, or slide and have no over; none does")
    for axis in counted:
        if not axis.stop > axis.start:
            raise SimulatorError(
                f"grid.{axis.field}: stop must be above start: what is free of its values is measured, was {axis}"
            )
