"""``[expect]``: what a scenario promises, so that a change of a mesh, a dimension or a library cannot go unnoticed.

Only the schema is here; `simulator.regression` judges a set-up by it.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, model_validator

from simulator.scenario.schema import LARGEST_MM, FileName, Finite, Flag, Name, Table
from simulator.scenario.sweep import split_field

Share = Annotated[float, Field(ge=0.0, allow_inf_nan=False, strict=True)]
OF_VARIANTS = ("free", "free_arc", "colliding", "plan")
"""Promises that variants of a scenario may share."""
Parts = tuple[Name, Name]
"""Two parts by name, in either order."""


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


def _is_number(value: object) -> bool:
    return isinstance(value, float | int) and not isinstance(value, bool) and abs(value) <= LARGEST_MM


class AtJoints(Table):
    """A table with values of joints, by name and unit: ``gantry_deg = 60``; of a way, from where to where."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, Any] = Field(init=False)

    @model_validator(mode="after")
    def _joints_named(self) -> AtJoints:
        if not self.model_extra:
            raise ValueError("must have values of joints, such as gantry_deg")
        for field, value in self.model_extra.items():
            split_field(field)
            if not all(map(_is_number, value if isinstance(value, list | tuple) and len(value) == 2 else [value])):
                raise ValueError(f"{field}: must be a number within ±{LARGEST_MM:g}, or two: [from, to]")
        moving = [field for field, value in self.model_extra.items() if isinstance(value, list | tuple)]
        if len(moving) != self.ways:
            what = (
                "one joint must be [from, to], the others one value" if self.ways else "each joint must be one value"
            )
            raise ValueError(f"{what}; [from, to] is {', '.join(moving) or 'none'}")
        return self

    @property
    def ways(self) -> int:
        """How many joints move."""
        return 0

    @property
    def fields(self) -> dict[str, float | tuple[float, float]]:
        """The values by field."""
        given = self.model_extra or {}
        return {field: tuple(value) if isinstance(value, list) else value for field, value in given.items()}

    @property
    def joints(self) -> dict[str, Any]:
        """The values by joint."""
        return {split_field(field)[0]: value for field, value in self.fields.items()}


class FreePosePromise(AtJoints):
    """``[[expect.free]]``: a pose that must be free, with a least clearance in mm."""

    clearance_mm: Share = 0.0


class CollisionPromise(AtJoints):
    """``[[expect.colliding]]``: a pose that must collide, and between which parts."""

    parts: Parts | None = None


class FreeArcPromise(AtJoints):
    """``[[expect.free_arc]]``: one joint goes from a value to another, free all the way, with a least clearance."""

    direction: Literal["CW", "CC", "increasing", "decreasing"] | None = None
    clearance_mm: Share = 0.0

    @property
    def ways(self) -> int:
        """How many joints move."""
        return 1


class PlanPromise(Table):
    """``[[expect.plan]]``: a plan, and which of its beams and moves are not proven free: these and no others.

    ``order`` is that of delivery, by beam number; that of the file if not given. ``clearance_mm`` is what every beam
    that is free must have.
    """

    file: FileName
    order: tuple[int, ...] = ()
    beams_not_free: tuple[int, ...] = ()
    moves_not_free: tuple[tuple[int, int], ...] = ()
    clearance_mm: Share = 0.0


class Expect(Table):
    """``[expect]``: everything that is promised of a scenario, and, with ``variants``, partly of its variants.

    ``free_fraction`` is of a map without an area on the sphere: how much of its circle, or of its axes'
    values, is free.
    """

    solid_angle_sr: Amount | None = None
    fraction_of_4pi: Amount | None = None
    reachable_fraction_of_4pi: Amount | None = None
    robust_fraction_of_4pi: Amount | None = None
    free_fraction: Amount | None = None
    free: tuple[FreePosePromise, ...] = ()
    free_arc: tuple[FreeArcPromise, ...] = ()
    colliding: tuple[CollisionPromise, ...] = ()
    plan: tuple[PlanPromise, ...] = ()
    pairs_in_the_way: tuple[Parts, ...] | None = None
    baseline: FileName | None = None
    boundary_tolerance_deg: Annotated[float, Field(gt=0.0, le=90.0, allow_inf_nan=False, strict=True)] = 0.02
    variants: Flag = False

    @model_validator(mode="after")
    def _promises_something(self) -> Expect:
        promises = set(type(self).model_fields) - {"boundary_tolerance_deg", "variants"}
        if not self.model_fields_set & promises:
            raise ValueError("must promise something: " + ", ".join(sorted(promises)))
        if self.variants and not self.model_fields_set & {*OF_VARIANTS}:
            raise ValueError(f"variants must stand beside what they are to keep: {', '.join(OF_VARIANTS)}")
        return self

    @property
    def of_variants(self) -> Expect | None:
        """What every variant keeps, too, if so said: poses, arcs and plans, but nothing about the whole map."""
        given = {name: getattr(self, name) for name in OF_VARIANTS if name in self.model_fields_set}
        return Expect(**given) if self.variants else None
