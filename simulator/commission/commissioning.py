"""What is to be commissioned: the TOML that a person writes, as one validated value.

Lengths are in mm and angles in degrees on IEC 61217 scales. Only the schema is checked here: names of dimensions,
parts and joints are looked up when the rooms are set up.
"""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, ConfigDict, Field, PrivateAttr, model_validator

from simulator.arguments import checked
from simulator.errors import SimulatorError
from simulator.models.library import find_scenario
from simulator.scenario.axis import split_field
from simulator.scenario.scenario import Scenario
from simulator.scenario.schema import LARGEST_MM, Degrees, FileName, Flag, Millimetres, Name, Table, read_toml
from simulator.scenario.variants import flat_changes, printable

READING_ERROR_DEG = 0.5
"""Standard deviation of an angle that is read when two covers touch, where nobody says another."""
MOST_POSES = 1000
WHERE_IT_LIES = ("patient.", "couch.table_position_mm", "couch.pitch_deg", "couch.roll_deg")
"""Fields of a scenario that a position may change: the machine and the couch are the same in all of them."""

Deviation = Annotated[float, Field(gt=0.0, le=LARGEST_MM, allow_inf_nan=False, strict=True)]
ReadingError = Annotated[float, Field(gt=0.0, le=30.0, allow_inf_nan=False, strict=True)]


def _of_the_phantom(changes: dict[str, Any]) -> dict[str, Any]:
    strange = [name for name, _ in flat_changes(changes) if not f"{name}.".startswith(WHERE_IT_LIES)]
    if strange:
        raise ValueError(
            f"must say where the phantom is (fields of [patient], and table_position_mm, pitch_deg and roll_deg of "
            f"[couch]), not {', '.join(strange)}"
        )
    return changes


class PositionTable(Table):
    """One of ``[[positions]]``: where the phantom is, as the fields of the scenario that differ.

    Example::

        name = "120 mm to the right"
        set = { "patient.shift_mm" = [120, 0, 0] }
    """

    name: Annotated[Name, AfterValidator(printable)]
    """What the position is called on the sheet and in the readings: one line, and different from the others.
    Example: ``name = "centred"``"""
    set: Annotated[dict[str, Any], AfterValidator(_of_the_phantom)] = {}
    """Fields of the scenario by their dotted names, as in ``[[variants]]``: those of ``[patient]``, and
    ``table_position_mm``, ``pitch_deg`` and ``roll_deg`` of ``[couch]``. The machine and the couch are the same in
    all positions. Example: ``set = { "patient.isocentre_mm" = [0, 250, 0] }``"""


class UnknownTable(Table):
    """One of ``[[unknowns]]``: one length that the readings are to tell.

    It is a ``dimension`` of a model, the ``offset`` or the ``padding`` of a ``part`` or a ``group``, or how far off
    the ``phantom`` lies.

    Example::

        part = "couch top"
        offset = "z"

    Example::

        dimension = "isocentre_to_face_mm"

    Example::

        phantom = "z"
    """

    dimension: Name | None = None
    """A number of ``[dimensions]`` of the machine's ``model.toml``, or the couch's with ``of = "couch"``. Excludes
    ``part``, ``group``, ``phantom``, ``offset`` and ``padding``. Example: ``dimension = "isocentre_to_face_mm"``"""
    part: Name | None = None
    """A part by its name. ``offset`` or ``padding`` must stand beside it. Excludes ``dimension``, ``group`` and
    ``phantom``. Example: ``part = "head cover"``"""
    group: Name | None = None
    """A group of parts by its name, which move together. ``offset`` or ``padding`` must stand beside it. Excludes
    ``dimension``, ``part`` and ``phantom``. Example: ``group = "couch"``, ``offset = "z"``"""
    phantom: Literal["x", "y", "z"] | None = None
    """How far off the phantom lies in all positions alike, along an axis of the table top. Excludes all other
    fields but ``prior_mm``. Example: ``phantom = "z"``"""
    of: Literal["machine", "couch"] | None = None
    """Whose dimension, part or group is meant, where machine and couch have one of the same name. Not beside
    ``phantom``. Example: ``of = "couch"``"""
    offset: Literal["x", "y", "z"] | None = None
    """By how much the part or group is off along an axis of the joint that carries it. Excludes ``padding``.
    Example: ``offset = "x"``"""
    padding: Flag = False
    """By how much the surface of the part or group is to be grown, outwards. Excludes ``offset``. Example:
    ``group = "couch"``, ``padding = true``"""
    prior_mm: Deviation | None = None
    """Standard deviation of what is known of the length before anything is read. If it is left out, nothing is.
    Example: ``prior_mm = 10``"""

    @model_validator(mode="after")
    def _one_length(self) -> UnknownTable:
        named = [name for name in ("dimension", "part", "group", "phantom") if getattr(self, name) is not None]
        if len(named) != 1:
            raise ValueError(f"must have one of dimension, part, group and phantom, has {', '.join(named) or 'none'}")
        carries = self.part is not None or self.group is not None
        if carries and (self.offset is not None) == self.padding:
            raise ValueError(f'must have either offset = "x", "y" or "z" or padding = true beside {named[0]}')
        if not carries and (self.offset is not None or self.padding):
            raise ValueError(f"offset and padding must stand beside part or group, not beside {named[0]}")
        if self.phantom is not None and self.of is not None:
            raise ValueError("of must be left out beside phantom")
        return self

    @property
    def name(self) -> str:
        """What it is called in files and pictures: ``"isocentre_to_face_mm"``, ``"couch top z"``, ``"phantom y"``."""
        if self.dimension is not None:
            return self.dimension if self.of != "couch" else f"couch {self.dimension}"
        if self.phantom is not None:
            return f"phantom {self.phantom}"
        return f"{self.part or self.group} {self.offset or 'padding'}"


class CandidatesTable(Table):
    """``[candidates]``: where joints may stand while the gantry turns, and how many poses are asked for.

    Example::

        couch_deg = [-90, -45, 0, 45, 90]
        count = 24
    """

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, tuple[Millimetres, ...]] = Field(init=False)
    """Values at which another joint may stand, by its name and unit; one at least, from −100,000 to 100,000.
    Example: ``table_lateral_mm = [-100, 0, 100]``"""

    couch_deg: Annotated[tuple[Degrees, ...], Field(min_length=1)] = (-90.0, -60.0, -30.0, 0.0, 30.0, 60.0, 90.0)
    """Angles at which the couch may stand. Example: ``couch_deg = [-90, 0, 90]``"""
    count: Annotated[int, Field(ge=1, le=MOST_POSES, strict=True)] = 39
    """How many contact angles are to be measured. Example: ``count = 24``"""

    @model_validator(mode="after")
    def _joints_named(self) -> CandidatesTable:
        for field, values in (self.model_extra or {}).items():
            split_field(field)
            if not values:
                raise ValueError(f"{field}: must have values")
        return self

    @property
    def joints(self) -> dict[str, tuple[float, ...]]:
        """The values by joint."""
        given = {"couch_deg": self.couch_deg, **(self.model_extra or {})}
        return {split_field(field)[0]: values for field, values in given.items()}


def _distinct(tables: tuple[Any, ...]) -> tuple[Any, ...]:
    names = [table.name for table in tables]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f"must be different, {twice!r} stands there twice")
    return tables


class Commissioning(Table):
    """A whole commissioning file: a scenario, where a phantom will lie, and what lengths are to be found.

    Example::

        title = "Our linac, box phantom"
        scenario = "box"
        positions = [{ name = "centred" }]
        unknowns = [{ part = "couch top", offset = "z" }]

    Examples
    --------
    >>> import simulator as sim
    >>> commissioning = sim.Commissioning(
    ...     title="Box phantom on a C-arm",
    ...     scenario="box",
    ...     positions=[{"name": "centred"}],
    ...     unknowns=[{"dimension": "isocentre_to_face_mm", "prior_mm": 10.0}, {"part": "couch top", "offset": "z"}],
    ... )
    >>> [unknown.name for unknown in commissioning.unknowns]
    ['isocentre_to_face_mm', 'couch top z']
    """

    FILE: ClassVar[str] = "commissioning"

    title: Name
    """What the commissioning is called in sheets and results. Example: ``title = "Linac 2, box phantom"``"""
    scenario: FileName
    """Machine, couch and phantom: a file beside this one, or the name of a shipped scenario. Its buffers play no
    part: contact is contact. Example: ``scenario = "box"``"""
    reading_error_deg: ReadingError = READING_ERROR_DEG
    """Standard deviation of an angle that is read when two covers touch, where a reading says no other. Example:
    ``reading_error_deg = 0.3``"""
    positions: Annotated[tuple[PositionTable, ...], Field(min_length=1), AfterValidator(_distinct)]
    """Where the phantom will lie, one position or more, with names that differ."""
    unknowns: Annotated[tuple[UnknownTable, ...], Field(min_length=1), AfterValidator(_distinct)]
    """The lengths that are to be found, one or more."""
    candidates: CandidatesTable = CandidatesTable()

    _path: Path | None = PrivateAttr(default=None)

    @classmethod
    @checked
    def read(cls, path: str | os.PathLike[str]) -> Commissioning:
        """Return what a TOML file says.

        Parameters
        ----------
        path : str or PathLike
            The file.

        Returns
        -------
        Commissioning
            With the scenarios of its positions judged, too.

        Raises
        ------
        SimulatorError
            If it does not fit the schema, every error of the file in one message; or its scenario or the changes of a
            position do not.
        """
        found = read_toml(Path(path), cls)
        found._path = Path(path)
        found.scenarios()  # a wrong position is an error of the file
        return found

    @property
    def origin(self) -> str:
        """Where it comes from, for messages: its file, or its title."""
        return self.title if self._path is None else str(self._path)

    @property
    def path(self) -> Path | None:
        """The file that it was read from."""
        return self._path

    def scenarios(self) -> dict[str, Scenario]:
        """Return the scenario of each position by its name, with buffers of 0: contact is contact.

        Returns
        -------
        dict of str to Scenario
            In the order of the file.

        Raises
        ------
        SimulatorError
            If there is no such scenario, or a position does not fit its schema; all of them in one message.
        """
        return dict(self._made)

    @cached_property
    def _made(self) -> dict[str, Scenario]:
        plain = self._scenario().model_copy(update={"variants": (), "expect": None})
        found, wrong = {}, []
        for position in self.positions:
            title = f"{self.title}: {position.name}"[:200]
            nothing = {"buffers.patient_mm": 0.0, "buffers.couch_mm": 0.0}
            try:
                found[position.name] = plain.with_changes({"title": title, **nothing, **position.set})
            except SimulatorError as error:
                wrong += [f"{self.origin}: position {position.name!r}: {line}" for line in str(error).splitlines()]
        if wrong:
            raise SimulatorError("\n".join(wrong))
        return found

    def _scenario(self) -> Scenario:
        beside = Path() if self._path is None else self._path.parent
        path = beside / self.scenario
        try:
            return Scenario.read(path if path.suffix == ".toml" else find_scenario(self.scenario))
        except SimulatorError as error:
            raise SimulatorError(f"{self.origin}: scenario: {error}") from None
