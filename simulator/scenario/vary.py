"""What varies in a study, in each of the ways that a person may write it.

Only the schema is checked here; tables, folders, parts and regions of interest are looked up when cases are made.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from simulator.scenario.choices import Positive
from simulator.scenario.schema import FileName, Finite, Name, Table
from simulator.scenario.variants import flat_changes, printable

MOST_CASES = 1_000_000
"""Of one study: more would take years, or is a typing error in a step."""
MOST_VALUES = 10_000
"""That a person lists; ranges and samples may have more."""
FINEST_SPACING_MM = 0.1

Label = Annotated[Name, AfterValidator(printable)]


def _flat(table: object) -> object:
    """Bring tables within tables to dotted names: TOML reads ``patient.height_cm = ...`` as a table."""
    return dict(flat_changes(table)) if isinstance(table, dict) else table


Changes = Annotated[dict[str, Any], Field(min_length=1), BeforeValidator(_flat)]
"""Fields of the scenario by their dotted names, as in ``[[variants]]``."""
Values = Annotated[tuple[Any, ...], Field(min_length=1, max_length=MOST_VALUES)]


class Steps(Table):
    """``range``: numbers from ``start`` to ``stop``, both included, in steps of ``step``."""

    start: Finite
    stop: Finite
    step: Annotated[Finite, Field(gt=0)]

    @model_validator(mode="after")
    def _consistent(self) -> Steps:
        steps = (self.stop - self.start) / self.step
        if steps < 0:
            raise ValueError("stop must be from start on")
        if steps >= MOST_CASES:
            raise ValueError(f"must have at most {MOST_CASES:,} values, has {steps + 1:,.0f}: take larger steps")
        if abs(steps - round(steps)) > 1e-6:
            raise ValueError("stop - start must be a whole number of steps")
        return self

    @property
    def size(self) -> int:
        """Number of values."""
        return round((self.stop - self.start) / self.step) + 1


class Choice(Table):
    """One of ``options``: a name, and the fields that it sets."""

    name: Label
    set: Changes


def _distinct(choices: tuple[Choice, ...]) -> tuple[Choice, ...]:
    names = [choice.name for choice in choices]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f"must have different names, {twice!r} stands there twice")
    return choices


def _same_length(columns: dict[str, tuple[Any, ...]]) -> dict[str, tuple[Any, ...]]:
    if len({len(values) for values in columns.values()}) > 1:
        lengths = ", ".join(f"{field} has {len(values)}" for field, values in columns.items())
        raise ValueError(f"must have as many values of each field: {lengths}")
    return columns


def _ordered(interval: tuple[float, float]) -> tuple[float, float]:
    if interval[0] >= interval[1]:
        raise ValueError("must be the least and the greatest value, in this order")
    return interval


Interval = Annotated[tuple[Finite, Finite], AfterValidator(_ordered)]


class Lattice(Table):
    """``lattice``: isocentres inside the patient, on the points of a grid that has one at the patient's origin.

    They are in the patient's DICOM axes, inside a ``part`` of the patient, an ``roi`` of its structure set, or the
    patient as far as ``radius_mm`` from a ``site``. With ``proof = "voxels"`` each stands for the cube around it,
    of the edge ``spacing_mm``; all cubes that meet the region are there.
    """

    spacing_mm: Annotated[float, Field(ge=FINEST_SPACING_MM, le=1000, allow_inf_nan=False, strict=True)]
    part: Name | None = None
    roi: Name | None = None
    site: Name | None = None
    radius_mm: Annotated[Positive, Field(le=1000)] | None = None
    proof: Literal["points", "voxels"] = "points"

    @model_validator(mode="after")
    def _one_region(self) -> Lattice:
        if sum(value is not None for value in (self.part, self.roi, self.site)) != 1:
            raise ValueError("must have one of part, roi and site, which says where the isocentres are")
        if (self.radius_mm is None) != (self.site is None):
            raise ValueError("site and radius_mm must stand together")
        return self

    @property
    def region(self) -> str:
        """Where the isocentres are, for messages and titles."""
        if self.site is not None:
            return f"{self.radius_mm:g} mm around site {self.site!r}"
        return f"part {self.part!r}" if self.part is not None else f"ROI {self.roi!r}"


BESIDE: dict[str, tuple[str, ...]] = {
    "values": ("field",),
    "range": ("field",),
    "zip": ("name",),
    "options": ("name",),
    "csv": ("name", "columns"),
    "sample": ("name", "count", "method", "seed"),
    "folder": ("name", "pattern"),
    "lattice": (),
}
"""Each way to say what varies, and the fields that stand beside it."""
NEEDED = {"values": "field", "range": "field", "options": "name", "sample": "count"}


class Vary(Table):
    """One of ``[[vary]]``: what varies, in one of the ways of `BESIDE`."""

    field: Name | None = None
    values: Values | None = None
    range: Steps | None = None
    zip: (
        Annotated[dict[str, Values], Field(min_length=1), BeforeValidator(_flat), AfterValidator(_same_length)] | None
    ) = None
    options: (
        Annotated[tuple[Choice, ...], Field(min_length=1, max_length=MOST_VALUES), AfterValidator(_distinct)] | None
    ) = None
    csv: FileName | None = None
    columns: Annotated[tuple[Name, ...], Field(min_length=1)] | None = None
    sample: Annotated[dict[str, Interval], Field(min_length=1), BeforeValidator(_flat)] | None = None
    count: Annotated[int, Field(ge=1, le=MOST_CASES, strict=True)] | None = None
    method: Literal["sobol", "halton", "latin_hypercube"] = "sobol"
    seed: Annotated[int, Field(ge=0, lt=2**32, strict=True)] = 0
    folder: FileName | None = None
    pattern: Name = "*.dcm"
    lattice: Lattice | None = None
    name: Label | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Vary:
        ways = [way for way in BESIDE if getattr(self, way) is not None]
        if len(ways) != 1:
            raise ValueError(f"must have one of {', '.join([*BESIDE][:-1])} and {[*BESIDE][-1]}, has {_listed(ways)}")
        way = ways[0]
        if NEEDED.get(way, way) not in self.model_fields_set:
            raise ValueError(f"{NEEDED[way]} must stand beside {way}")
        strange = [name for name in type(self).model_fields if name in self.model_fields_set - {way, *BESIDE[way]}]
        if strange:
            raise ValueError(f"{_listed(strange)} must be left out beside {way}; available: {_listed(BESIDE[way])}")
        return self

    @property
    def way(self) -> str:
        """How it says what varies: a key of `BESIDE`."""
        return next(way for way in BESIDE if getattr(self, way) is not None)

    @property
    def label(self) -> str:
        """What it is called among the axes of the study: its ``name``, the field, the table's, or the way."""
        table = None if self.csv is None else Path(self.csv).stem
        return self.name or self.field or table or ("patient" if self.folder is not None else self.way)


def _listed(names: Any) -> str:
    return ", ".join(names) or "none"
