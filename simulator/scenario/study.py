"""A study: one scenario, what varies in it, and how each case is measured.

Only the schema is checked here; tables, folders, parts and regions of interest are looked up when its cases are made.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PrivateAttr, model_validator

from simulator.scenario.scenario import Positive, Scenario
from simulator.scenario.schema import FileName, Finite, Flag, Name, Table, read_toml
from simulator.scenario.variants import flat_changes, printable

MOST_CASES = 1_000_000
"""Of one study: more would take years, or is a typing error in a step."""
MOST_VALUES = 10_000
"""That a person lists; ranges and samples may have more."""
FINEST_SPACING_MM = 0.1

Step = Annotated[float, Field(gt=0, le=90, allow_inf_nan=False, strict=True)]
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


class Measure(Table):
    """``[measure]``: what is asked of each case.

    Attributes
    ----------
    tolerance : float
        Distance of the proven bounds, as a share of 4π (or of all values).
    step_deg : float
        Step of the joints that aim; the bounds of cells are proven whatever it is.
    clearance_step_deg : float
        Step of the poses whose clearance is measured.
    keep_maps : bool
        Keep the map of each case.
    """

    tolerance: Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False, strict=True)] = 0.01
    step_deg: Step = 5.0
    clearance_step_deg: Step = 10.0
    keep_maps: Flag = False


def _one_lattice(entries: tuple[Vary, ...]) -> tuple[Vary, ...]:
    lattices = [entry for entry in entries if entry.lattice is not None]
    if len(lattices) > 1:
        raise ValueError(f"must have one lattice at most, has {len(lattices)}")
    labels = [entry.label for entry in entries]
    twice = next((label for label in labels if labels.count(label) > 1), None)
    if twice is not None:
        raise ValueError(f"must have different names, {twice!r} stands there twice")
    return entries


class Study(Table):
    """A whole study file.

    Attributes
    ----------
    title : str
        What it asks.
    scenario : str or Scenario
        What all cases have in common: a file, the name of a shipped scenario, or a scenario.
    vary : tuple of Vary
        What varies. The cases are all combinations; the last entry varies the fastest, a lattice still faster.
    measure : Measure
        What is asked of each case.
    """

    title: Label
    scenario: FileName | Scenario
    vary: Annotated[tuple[Vary, ...], Field(min_length=1), AfterValidator(_one_lattice)]
    measure: Measure = Measure()

    _path: Path | None = PrivateAttr(default=None)

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Study:
        """Return the study of a TOML file; errors as :func:`.schema.read_toml`."""
        study = read_toml(Path(path), cls)
        study._path = Path(path)
        if isinstance(study.scenario, Scenario):
            study.scenario._path = Path(path)  # its paths start from there, too
        return study

    @classmethod
    def of(cls, scenario: str | Scenario, *vary: Mapping[str, Any], title: str = "study", **measure: Any) -> Study:
        """Return a study of Python values.

        Parameters
        ----------
        scenario : str or Scenario
            A file, the name of a shipped scenario, or a scenario.
        *vary : mapping
            What varies, as ``[[vary]]`` has it: ``{"field": "patient.height_cm", "values": [150, 200]}``.
        title : str
            What it asks.
        **measure
            What ``[measure]`` has: ``tolerance=0.005``.

        Raises
        ------
        SimulatorError
            If anything does not fit the schema; all in one message.
        """
        return cls(title=title, scenario=scenario, vary=vary, measure=measure)

    @property
    def path(self) -> Path | None:
        """The file that it was read from."""
        return self._path

    @property
    def origin(self) -> str:
        """Where it comes from, for messages: its file or title."""
        return self.title if self._path is None else str(self._path)

    @property
    def name(self) -> str:
        """The file's name without its ending, or the title of a study that is no file."""
        return self.title if self._path is None else self._path.stem

    @property
    def folder(self) -> Path | None:
        """The folder that relative paths of the study start from; None for the working folder."""
        return None if self._path is None else self._path.resolve().parent

    @property
    def lattice(self) -> Lattice | None:
        """The lattice of isocentres, if there is one."""
        return next((entry.lattice for entry in self.vary if entry.lattice is not None), None)
