"""The angles that a map scans, on IEC 61217 scales."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from simulator.scenario.schema import Degrees, Table, validated

LARGEST_GRID = 4_000_000
FULL_TURN_DEG = 360.0


class Range(Table):
    """Angles from ``start`` to ``stop`` in steps of ``step``; a full turn is not closed twice."""

    start: Degrees
    stop: Degrees
    step: Annotated[float, Field(ge=0.01, le=360, allow_inf_nan=False, strict=True)]

    @model_validator(mode="after")
    def _whole_steps(self) -> Range:
        span = self.stop - self.start
        if not 0 <= span <= FULL_TURN_DEG:
            raise ValueError("stop must be from start to start + 360")
        if abs(span / self.step - round(span / self.step)) > 1e-6:
            raise ValueError("stop - start must be a whole number of steps")
        return self

    @property
    def is_full_turn(self) -> bool:
        """True if the range goes once round."""
        return abs(self.stop - self.start - FULL_TURN_DEG) < 1e-9

    def moved(self, by_deg: float) -> Range:
        """Return the range from elsewhere; itself if it stays."""
        if by_deg == 0.0:
            return self
        return Range(start=round(self.start + by_deg, 9), stop=round(self.stop + by_deg, 9), step=self.step)

    def values_deg(self) -> NDArray[np.float64]:
        """Return the angles, shape (n,); start and stop are one pose of a full turn and stand there once."""
        steps = round((self.stop - self.start) / self.step)
        values = np.round(np.linspace(self.start, self.stop, steps + 1), 9) + 0.0
        return values[:-1] if self.is_full_turn else values

    def edges_deg(self) -> NDArray[np.float64]:
        """Return the edges of the cells around the angles, shape (n + 1,), cut at the ends of the range."""
        values = self.values_deg()
        inner = (values[1:] + values[:-1]) / 2
        if self.is_full_turn:
            half = self.step / 2
            return np.concatenate([[values[0] - half], inner, [values[-1] + half]])
        return np.concatenate([[self.start], inner, [self.stop]])


class Grid(Table):
    """``[grid]``: the angles of the map, on IEC 61217 scales."""

    gantry_deg: Range = Range(start=-180.0, stop=180.0, step=1.0)
    couch_deg: Range = Range(start=-90.0, stop=90.0, step=2.0)

    @model_validator(mode="after")
    def _not_too_large(self) -> Grid:
        poses = len(self.gantry_deg.values_deg()) * len(self.couch_deg.values_deg())
        if poses > LARGEST_GRID:
            raise ValueError(f"must have at most {LARGEST_GRID:,} poses, has {poses:,}: take larger steps")
        return self

    @property
    def shape(self) -> tuple[int, int]:
        """Number of gantry and of couch angles."""
        return len(self.gantry_deg.values_deg()), len(self.couch_deg.values_deg())

    def with_steps(self, gantry_deg: float | None = None, couch_deg: float | None = None) -> Grid:
        """Return the grid with other steps.

        Raises
        ------
        SimulatorError
            If the range is no whole number of steps, or the grid becomes too large.
        """
        changed = self.model_dump()
        for name, step in (("gantry_deg", gantry_deg), ("couch_deg", couch_deg)):
            if step is not None:
                changed[name]["step"] = step
        return validated(changed, Grid, "grid with other steps")
