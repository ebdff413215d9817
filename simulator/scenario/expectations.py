"""``[expect]``: what a scenario promises, so that a change of a mesh, a dimension or a library cannot go unnoticed.

Only the schema is here; `simulator.regression` judges a set-up by it.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, model_validator

from simulator.scenario.axis import split_field
from simulator.scenario.schema import LARGEST_MM, FileName, Finite, Flag, Name, Table

Share = Annotated[float, Field(ge=0.0, allow_inf_nan=False, strict=True)]
OF_VARIANTS = ("free", "free_arc", "colliding", "plan")
"""Promises that variants of a scenario may share."""
Parts = tuple[Name, Name]
"""Two parts by name, in either order."""


class Amount(Table):
    """A number that is promised: ``value`` and ``tolerance``, or ``at_least`` and ``at_most``, either or both.

    The proven bounds must lie within: in doubt the promise is not kept.

    Example::

        at_least = 0.3

    Example::

        value = 0.3
        tolerance = 0.02
    """

    value: Finite | None = None
    """What the number is to be. ``tolerance`` must stand beside it. Excludes ``at_least`` and ``at_most``. Example:
    ``value = 0.29``, ``tolerance = 0.02``"""
    tolerance: Share | None = None
    """How far the number may be from ``value``, to either side. Bounds are proven to a quarter of the width that is
    allowed. Example: ``value = 0.3``, ``tolerance = 0.01``"""
    at_least: Finite | None = None
    """The least that the number may be. Excludes ``value``. Example: ``at_least = 0.25``"""
    at_most: Finite | None = None
    """The most that the number may be. Not below ``at_least``. Excludes ``value``. Example: ``at_most = 0.4``"""

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
    """Where a joint stands, by its name and unit. Joints that are left out stand where the set-up puts them. Within
    ±100,000, and within the joint's limits. Example: ``gantry_deg = 60``"""

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
    """``[[expect.free]]``: a pose that must be free. One value for each joint.

    Example::

        gantry_deg = 60
        couch_deg = 15
    """

    clearance_mm: Share = 0.0
    """The least distance of any two parts that are checked there. Example: ``clearance_mm = 35``"""


class CollisionPromise(AtJoints):
    """``[[expect.colliding]]``: a pose that must collide, and between which parts. One value for each joint.

    Example::

        gantry_deg = 120
        couch_deg = 90
    """

    parts: Parts | None = None
    """Two parts that must touch, by the names that results have, in either order. Any two, if it is left out.
    Example: ``parts = ["head cover", "couch top"]``"""


class FreeArcPromise(AtJoints):
    """``[[expect.free_arc]]``: one joint goes from a value to another, and must be free all the way.

    Example::

        gantry_deg = [-30, 150]
        couch_deg = 0
    """

    __pydantic_extra__: dict[str, Any] = Field(init=False)
    """Where a joint stands, by its name and unit; the joint that moves has ``[from, to]``. Within ±100,000, and
    within the joint's limits. Example: ``gantry_deg = [179, -179]``"""

    direction: Literal["CW", "CC", "increasing", "decreasing"] | None = None
    """Which way the joint goes: ``"CW"`` or ``"increasing"``, the value rises; ``"CC"`` or ``"decreasing"``, it
    falls. If it is left out, as the two values say. Example: ``gantry_deg = [170, 190]``, ``direction = "CW"``"""
    clearance_mm: Share = 0.0
    """The least distance of any two parts that are checked, all the way. Example: ``gantry_deg = [-30, 150]``,
    ``clearance_mm = 25``"""

    @property
    def ways(self) -> int:
        """How many joints move."""
        return 1


class PlanPromise(Table):
    """``[[expect.plan]]``: a plan, and which of its beams and moves are not proven free: these and no others.

    Example::

        file = "plan.dcm"
        beams_not_free = [4, 5]
        moves_not_free = [[4, 5]]
    """

    file: FileName
    """A DICOM RT Plan or RT Ion Plan; its path starts from the folder of this file. Example:
    ``file = "plan.dcm"``"""
    order: tuple[int, ...] = ()
    """Beam numbers in the order of delivery, which says between which beams the machine moves; that of the file if
    it is left out. Example: ``order = [2, 1, 3]``"""
    beams_not_free: tuple[int, ...] = ()
    """Numbers of the beams that are not proven free. If it is left out, all must be free. Example:
    ``beams_not_free = [4]``"""
    moves_not_free: tuple[tuple[int, int], ...] = ()
    """Moves between two beams that are not proven free, each as the beam before and the beam after. Example:
    ``moves_not_free = [[4, 5]]``"""
    clearance_mm: Share = 0.0
    """What every beam that is free must have. Example: ``clearance_mm = 20``"""


class Expect(Table):
    """``[expect]``: what is promised of a scenario, and, with ``variants``, partly of its variants.

    What is left out is not promised; something must be.

    Example::

        fraction_of_4pi = { at_least = 0.3 }
    """

    solid_angle_sr: Amount | None = None
    """How large the solid angle is from which the machine can aim."""
    fraction_of_4pi: Amount | None = None
    """How large the solid angle is from which the machine can aim, as a share of 4π."""
    reachable_fraction_of_4pi: Amount | None = None
    """How much of it can be reached from the home pose through free poses, as a share of 4π."""
    robust_fraction_of_4pi: Amount | None = None
    """How much of it is free for every error within the bounds of ``[errors]``, as a share of 4π. Must stand beside
    ``errors``, each of which has a ``bound``."""
    free_fraction: Amount | None = None
    """Of a map without an area on the sphere: how much of its circle, or of its axes' values, is free."""
    free: tuple[FreePosePromise, ...] = ()
    """Poses that must be free."""
    free_arc: tuple[FreeArcPromise, ...] = ()
    """Ways of one joint that must be free all along."""
    colliding: tuple[CollisionPromise, ...] = ()
    """Poses that must collide."""
    plan: tuple[PlanPromise, ...] = ()
    """Plans, each with the beams and moves that are not proven free."""
    pairs_in_the_way: tuple[Parts, ...] | None = None
    """Which pairs of parts may be in the way of a direction, and no others, ever; two names each, in either order.
    An empty list: nothing is. Example: ``pairs_in_the_way = [["head cover", "couch top"]]``"""
    baseline: FileName | None = None
    """A map that ``simulator baseline`` wrote, against which the map of today is compared; its path starts from the
    folder of this file. Example: ``baseline = "baselines/brain.nc"``"""
    boundary_tolerance_deg: Annotated[float, Field(gt=0.0, le=90.0, allow_inf_nan=False, strict=True)] = 0.02
    """By how much the border of what is free may move before that counts as a change of the baseline. Example:
    ``baseline = "baselines/brain.nc"``, ``boundary_tolerance_deg = 0.1``"""
    variants: Flag = False
    """The variants must keep ``free``, ``free_arc``, ``colliding`` and ``plan``, too. Must stand beside one of
    them, and the scenario must have ``[[variants]]``, none of which changes ``expect``. Example:
    ``free = [{ gantry_deg = 0 }]``, ``variants = true``"""

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
