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


def _plain(value: Any) -> Any:
    """Bring numbers and arrays of numpy to those that a file has; refuse what has no order to number cases by."""
    if isinstance(value, set | frozenset):
        raise ValueError("must be in an order: a list, not a set")
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value.tolist() if hasattr(value, "tolist") else value


Values = Annotated[tuple[Any, ...], Field(min_length=1, max_length=MOST_VALUES), BeforeValidator(_plain)]
Changes = Annotated[dict[str, Any], Field(min_length=1), BeforeValidator(_flat), BeforeValidator(_plain)]
"""Fields of the scenario by their dotted names, as in ``[[variants]]``."""


class Steps(Table):
    """``range``: numbers from ``start`` to ``stop``, both included, in steps of ``step``.

    Example::

        start = 150
        stop = 200
        step = 10
    """

    start: Finite
    """The first number, in the unit of the field that varies. Example: ``start = 160``"""
    stop: Finite
    """The last number. Not below ``start``. Example: ``stop = 180``"""
    step: Annotated[Finite, Field(gt=0)]
    """Distance of neighbouring numbers. ``stop`` − ``start`` must be a whole number of steps, and at most a
    million. Example: ``step = 25``"""

    @model_validator(mode="after")
    def _consistent(self) -> Steps:
        steps = (self.stop - self.start) / self.step
        if steps < 0:
            raise ValueError("stop must be from start on")
        if steps >= MOST_CASES:
            raise ValueError(f"must have at most {MOST_CASES:,} values, has {steps + 1:,.0f}: take larger steps")
        if abs(steps - round(steps)) > 1e-6:
            span = self.stop - self.start
            raise ValueError(f"stop - start must be a whole number of steps, was {span:g} in steps of {self.step:g}")
        return self

    @property
    def size(self) -> int:
        """Number of values."""
        return round((self.stop - self.start) / self.step) + 1


class Choice(Table):
    """One of ``options``: a name, and the fields that it sets.

    Example::

        name = "head board"
        set = { "couch.model" = "igrt_head_board" }
    """

    name: Label
    """What the choice is called in the table: one line, and different from the others. Example:
    ``name = "O-ring"``"""
    set: Changes
    """Fields of the scenario by their dotted names, as in ``[[variants]]``. Example:
    ``set = { "machine.model" = "o_ring", "couch.model" = "o_ring_couch" }``"""


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
    """``lattice``: isocentres inside the patient, ``spacing_mm`` apart.

    They stand at whole multiples of it along x, y and z of DICOM patient axes, and are inside a ``part``, a ROI, or
    the body around a site: one of ``part``, ``roi`` and ``site``.

    Example::

        spacing_mm = 20
        part = "head"

    Example::

        spacing_mm = 20
        site = "liver"
        radius_mm = 60
    """

    spacing_mm: Annotated[float, Field(ge=FINEST_SPACING_MM, le=1000, allow_inf_nan=False, strict=True)]
    """Distance of neighbouring isocentres. One of them would be the patient's origin, so that lattices of several
    studies fit together. Example: ``spacing_mm = 10``"""
    part: Name | None = None
    """A part of the patient by its name, with or without ``patient`` before it. Excludes ``roi`` and ``site``.
    Example: ``part = "trunk"``"""
    roi: Name | None = None
    """A ROI of the patient's structure set: what the surface around its contours holds. Excludes ``part`` and
    ``site``. Example: ``spacing_mm = 10``, ``roi = "Liver"``"""
    site: Name | None = None
    """A site of the patient: the body as far as ``radius_mm`` from it, which must stand beside it. Excludes
    ``part`` and ``roi``. Example: ``spacing_mm = 10``, ``site = "lung"``, ``radius_mm = 40``"""
    radius_mm: Annotated[Positive, Field(le=1000)] | None = None
    """How far from the ``site``, which must stand beside it. Example: ``radius_mm = 80``"""
    proof: Literal["points", "voxels"] = "points"
    """What a row's bounds hold for: ``"points"``, the isocentre; ``"voxels"``, every isocentre in the cube around
    it, of the edge ``spacing_mm``. With voxels all cubes that meet the region are there. Example:
    ``proof = "voxels"``"""

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
    """One of ``[[vary]]``: what varies, in one of eight ways.

    They are ``values`` or ``range`` of a ``field``; ``zip`` of several fields together; ``options`` with names;
    lines of a ``csv``; a ``sample`` of a space; the files of a ``folder``; the isocentres of a ``lattice``.

    Example::

        field = "patient.height_cm"
        values = [150, 176, 200]

    Example::

        field = "patient.height_cm"
        range = { start = 150, stop = 200, step = 10 }

    Example::

        name = "couch"
        options = [{ name = "narrow", set = { "couch.model" = "igrt" } }]

    Example::

        sample = { "patient.height_cm" = [150, 200] }
        count = 16

    Example::

        csv = "patients.csv"

    Example::

        folder = "patients"
    """

    field: Name | None = None
    """Dotted name of the field that varies, as in ``[[variants]]``: ``patient.height_cm``, or
    ``patient.shift_mm.2`` for the z of a vector. Stands beside ``values`` or ``range``. Example:
    ``field = "patient.site"``, ``values = ["liver", "lung"]``"""
    values: Values | None = None
    """The values of the ``field``, which must stand beside them and differ. Example:
    ``values = [150, 176, 200]``"""
    range: Steps | None = None
    """Numbers of the ``field``, which must stand beside it."""
    zip: (
        Annotated[dict[str, Values], Field(min_length=1), BeforeValidator(_flat), AfterValidator(_same_length)] | None
    ) = None
    """Values of several fields that go together, as many of each: the first with the first, not all combinations.
    Example: ``zip = { "patient.height_cm" = [150, 170], "patient.mass_kg" = [50, 75] }``"""
    options: (
        Annotated[tuple[Choice, ...], Field(min_length=1, max_length=MOST_VALUES), AfterValidator(_distinct)] | None
    ) = None
    """Named choices of several fields. ``name`` must stand beside them: the column of the table."""
    csv: FileName | None = None
    """A table of values, its path from the folder of the study: the first line names the columns, which are fields;
    each line is a choice. UTF-8; commas, or semicolons with decimal commas. Example: ``csv = "patients.csv"``"""
    columns: Annotated[tuple[Name, ...], Field(min_length=1)] | None = None
    """The columns of the ``csv`` that are taken. All, if it is left out, and then every column must be a field, or
    the one that ``name`` says. Example: ``columns = ["patient.height_cm", "patient.mass_kg"]``"""
    sample: Annotated[dict[str, Interval], Field(min_length=1), BeforeValidator(_flat)] | None = None
    """Least and greatest value of each field, between which ``count`` samples fill the space evenly. Example:
    ``sample = { "patient.height_cm" = [150, 200], "patient.mass_kg" = [45, 130] }``, ``count = 200``"""
    count: Annotated[int, Field(ge=1, le=MOST_CASES, strict=True)] | None = None
    """Number of samples. Must stand beside ``sample``. Sobol samples are most even in counts of 2, 4, 8 and so on.
    Example: ``count = 64``"""
    method: Literal["sobol", "halton", "latin_hypercube"] = "sobol"
    """How samples are chosen: Sobol (scrambled), Halton, or a Latin hypercube. Stands beside ``sample`` only.
    Example: ``method = "halton"``"""
    seed: Annotated[int, Field(ge=0, lt=2**32, strict=True)] = 0
    """Seed of the samples: the same seed gives the same samples. Stands beside ``sample`` only. Example:
    ``seed = 7``"""
    folder: FileName | None = None
    """A folder with a structure set for each patient, its path from the folder of the study. File names name the
    patients in the table: take pseudonyms. Example: ``folder = "patients"``"""
    pattern: Name = "*.dcm"
    """Which files of the ``folder``, with ``*`` and ``?`` as in file names; ``"*/rs.dcm"`` looks one folder deeper.
    Stands beside ``folder`` only. Example: ``pattern = "*/rs.dcm"``"""
    lattice: Lattice | None = None
    """Isocentres inside the patient. A study has one at most; the scenario's isocentre does not count beside it,
    and one from a plan is refused."""
    name: Label | None = None
    """What the entry is called in the results; the column of the ``csv`` that names its lines. If it is left out:
    the field, ``zip``, ``sample``, ``patient`` of a folder, or the name of the table. Stands beside every way but
    ``values``, ``range`` and ``lattice``. Example: ``name = "machine"``"""

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
