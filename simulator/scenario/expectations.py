"""``[expect]``: what a scenario promises, so that a change of a mesh, a dimension or a library cannot go unnoticed.

Only the schema is here; `simulator.regression` judges a set-up by it.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from simulator.scenario.schema import Degrees, FileName, Finite, Name, Table

Share = Annotated[float, Field(ge=0.0, allow_inf_nan=False, strict=True)]
Parts = tuple[Name, Name]
"""Two parts by name, in either order."""
Way = tuple[Degrees, Degrees]
"""From where to where."""


class Amount(Table):
    """A number: ``value`` and ``tolerance``, or ``at_least`` and ``at_most``, either or both."""

    value: Finite | None = None
    tolerance: Share | None = None
    at_least: Finite | None = None
    at_most: Finite | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Amount:
        if (self.value is None) != (self.tolerance is None):
            raise ValueError("value and tolerance must stand together")
        has_bounds = self.at_least is not None or self.at_most is not None
        if (self.value is not None) == has_bounds:
            raise ValueError("must have either value and tolerance, or at_least or at_most")
        if self.lowest > self.highest:
            raise ValueError("at_least must not be above at_most")
        return self

    @property
    def lowest(self) -> float:
        """The least that is expected."""
        if self.value is not None and self.tolerance is not None:
            return self.value - self.tolerance
        return self.at_least if self.at_least is not None else -float("inf")

    @property
    def highest(self) -> float:
        """The most that is expected."""
        if self.value is not None and self.tolerance is not None:
            return self.value + self.tolerance
        return self.at_most if self.at_most is not None else float("inf")


class FreePose(Table):
    """``[[expect.free]]``: a pose that must be free, with a least clearance in mm."""

    gantry_deg: Degrees
    couch_deg: Degrees
    clearance_mm: Share = 0.0


class CollidingPose(Table):
    """``[[expect.colliding]]``: a pose that must collide, and between which parts."""

    gantry_deg: Degrees
    couch_deg: Degrees
    parts: Parts | None = None


class FreeArc(Table):
    """``[[expect.free_arc]]``: one joint goes from an angle to another, free all the way, with a least clearance."""

    gantry_deg: Degrees | Way
    couch_deg: Degrees | Way
    direction: Literal["CW", "CC"]
    clearance_mm: Share = 0.0

    @model_validator(mode="after")
    def _one_moves(self) -> FreeArc:
        if isinstance(self.gantry_deg, tuple) == isinstance(self.couch_deg, tuple):
            raise ValueError("one of gantry_deg and couch_deg must be [from, to], the other one angle")
        return self


class Expect(Table):
    """``[expect]``: everything that is promised of a scenario."""

    solid_angle_sr: Amount | None = None
    fraction_of_4pi: Amount | None = None
    free: tuple[FreePose, ...] = ()
    free_arc: tuple[FreeArc, ...] = ()
    colliding: tuple[CollidingPose, ...] = ()
    pairs_in_the_way: tuple[Parts, ...] | None = None
    baseline: FileName | None = None
    boundary_tolerance_deg: Annotated[float, Field(gt=0.0, le=90.0, allow_inf_nan=False, strict=True)] = 0.02

    @model_validator(mode="after")
    def _promises_something(self) -> Expect:
        if not self.model_fields_set - {"boundary_tolerance_deg"}:
            raise ValueError(
                "must promise something: "
                + ", ".join(sorted(set(type(self).model_fields) - {"boundary_tolerance_deg"}))
            )
        return self
