"""A scenario: the TOML that a person writes, as one validated value.

Lengths are in mm and angles in degrees on IEC 61217 scales; only the schema is checked here, names of models,
options and sites are looked up when the scenario is set up.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import Field, PrivateAttr, model_validator

from simulator.arguments import checked
from simulator.errors import SimulatorError
from simulator.scenario.axis import PartsOfRanges
from simulator.scenario.choices import Buffers, CouchChoice, FixationChoice, MachineChoice
from simulator.scenario.expectations import Expect
from simulator.scenario.hints import hinted
from simulator.scenario.patient_choice import PatientChoice
from simulator.scenario.schema import Name, Table, read_toml, validated
from simulator.scenario.setup_errors import Errors
from simulator.scenario.variants import Variant, Variants, changed

MOST_DEVICES = 20
"""Fixation devices of one scenario: more is a file that no person wrote."""


class Scenario(Table):
    """A whole scenario file: one room, with a machine, a couch and a patient, and what is asked of it.

    Example::

        title = "Brain"
        patient = { model = "adult", site = "brain" }

    Example::

        title = "Brain, within errors of 3 mm"
        patient = { model = "adult", site = "brain" }
        errors = { lateral_mm = { bound = 3 } }

    Example::

        title = "Brain, and a variant"
        patient = { model = "adult", site = "brain" }
        variants = [{ name = "taller", set = { patient.height_cm = 190 } }]

    Examples
    --------
    >>> import simulator as sim
    >>> scenario = sim.Scenario(
    ...     title="Liver, arms up",
    ...     patient={"model": "adult", "options": {"arms": "up"}, "site": "liver"},
    ...     buffers={"patient_mm": 30.0, "couch_mm": 20.0},
    ... )
    >>> scenario.machine.model, scenario.couch.model
    ('c_arm', 'igrt')
    >>> scenario.with_changes({"patient.height_cm": 190.0}).patient.height_cm
    190.0
    """

    FILE: ClassVar[str] = "scenario"

    title: Name
    """What the scenario is called in results and pictures. Example: ``title = "Brain, imagers out"``"""
    machine: MachineChoice = MachineChoice()
    couch: CouchChoice = CouchChoice(model="igrt")
    patient: PatientChoice
    fixation: Annotated[tuple[FixationChoice, ...], Field(max_length=MOST_DEVICES)] = ()
    """Devices that hold the patient, in the order in which they lie on each other from the table top up."""
    buffers: Buffers = Buffers()
    errors: Errors = Errors()
    grid: PartsOfRanges = {}
    """Which poses are scanned: joints of the machine or the couch by name and unit, each with a range. A joint that
    is left out is scanned as the machine's ``[sweep]`` says, and so is what is left out of a range. At most
    4,000,000 poses. Example: ``grid = { couch_deg = { start = -90, stop = 90, step = 2 } }``"""
    expect: Expect | None = None
    """What is promised of the scenario. ``pytest`` with this package installed tests it, and so does
    ``simulator baseline``. Cases of a study have no promises."""
    variants: Variants = ()
    """Named changes of the scenario, each of which ``simulator run`` maps, too. Names must differ."""

    @model_validator(mode="after")
    def _one_table(self) -> Scenario:
        if self.couch.table_position_mm is not None and self.patient.table_top_y_mm is not None:
            raise ValueError("must have either couch.table_position_mm or patient.table_top_y_mm")
        promises_robust = self.expect is not None and self.expect.robust_fraction_of_4pi is not None
        if promises_robust and not (self.errors and self.errors.are_bounded):
            raise ValueError("expect.robust_fraction_of_4pi must stand beside errors, each of which has a bound")
        return self

    @model_validator(mode="after")
    def _variants_that_keep_promises(self) -> Scenario:
        if self.expect is None or not self.expect.variants:
            return self
        if not self.variants:
            raise ValueError("expect.variants must stand beside [[variants]], there are none")
        for variant in self.variants:
            if any(name.partition(".")[0] == "expect" for name in variant.set):
                raise ValueError(f"variant {variant.name!r} must not change expect: it is to keep what is promised")
        return self

    _path: Path | None = PrivateAttr(default=None)
    _variant: str | None = PrivateAttr(default=None)

    @classmethod
    @checked
    def read(cls, path: str | os.PathLike[str]) -> Scenario:
        """Return the scenario of a TOML file.

        Parameters
        ----------
        path : str or PathLike
            The file, no name of a shipped one, which :func:`simulator.load_setup` takes; its relative paths start
            from its folder.

        Returns
        -------
        Scenario
            With its variants judged, too.

        Raises
        ------
        SimulatorError
            If the file cannot be read or does not fit the schema; all errors in one message.
        """
        try:
            Path(path).name.encode()
        except UnicodeEncodeError:  # it becomes text in every result
            raise SimulatorError(f"{str(path)!a}: a scenario's name must be UTF-8") from None
        scenario = read_toml(Path(path), cls)
        scenario._path = Path(path)
        scenario.variant_scenarios()  # a wrong variant is an error of the file
        return scenario

    @checked
    def with_changes(self, changes: Mapping[str, object]) -> Scenario:
        """Return the scenario with some fields changed.

        A table among the values changes the fields that it names and leaves the others, as ``set`` of a variant does.
        An empty table takes all its fields away, so that what follows it replaces the table.

        Parameters
        ----------
        changes : mapping
            Values by dotted name, such as ``{"couch.model": "igrt_head_board", "patient.options.arms": "up"}``.

        Returns
        -------
        Scenario
            As valid as one that was read; paths start from the same folder.

        Raises
        ------
        SimulatorError
            If the changed scenario does not fit the schema; the message is that of a scenario file.

        Examples
        --------
        >>> import simulator as sim
        >>> errors = {"lateral_mm": {"bound": 3}, "pitch_deg": {"bound": 1}}
        >>> scenario = sim.Scenario(title="Brain", patient={"model": "adult", "site": "brain"}, errors=errors)
        >>> wider = {"lateral_mm": {"bound": 5}}
        >>> print(scenario.with_changes({"errors": wider}).errors)  # the pitch is kept
        lateral ±5 mm, pitch ±1°
        >>> print(scenario.with_changes({"errors": {}, "errors.lateral_mm": {"bound": 5}}).errors)
        lateral ±5 mm
        """
        try:
            data = changed(self, changes)
        except SimulatorError as error:
            raise SimulatorError(hinted(f"{self.origin}: {error}", self.FILE)) from None
        scenario = validated(data, Scenario, self.origin)
        scenario._path, scenario._variant = self._path, self._variant
        return scenario

    def variant_scenarios(self) -> dict[str, Scenario]:
        """Return the scenario of each variant by its name, which is its title too; it has no variants itself.

        Returns
        -------
        dict of str to Scenario
            In the order of the file.

        Raises
        ------
        SimulatorError
            If variants do not fit the schema; all of them in one message.
        """
        return dict(self.made_variants)

    @cached_property
    def made_variants(self) -> dict[str, Scenario]:
        """What `variant_scenarios` returns, made once."""
        found, wrong = {}, []
        for variant in self.variants:
            try:
                found[variant.name] = self._varied(variant)
            except SimulatorError as error:
                wrong.append(str(error))
        if wrong:
            raise SimulatorError("\n".join(wrong))
        return found

    def _varied(self, variant: Variant) -> Scenario:
        expect = self.expect.of_variants if self.expect is not None else None
        plain = self.model_copy(update={"variants": (), "expect": expect})
        plain._variant = variant.name
        return plain.with_changes({"title": variant.name, **variant.set})

    @property
    def origin(self) -> str:
        """Where it comes from, for messages: its file or title, and which variant of it."""
        written = self.title if self._path is None else str(self._path)
        return written if self._variant is None else f"{written}: variant {self._variant!r}"

    @property
    def path(self) -> Path | None:
        """The file that it was read from."""
        return self._path

    @property
    def name(self) -> str:
        """The file's name without its ending, or the title of a scenario that is no file."""
        return self._path.stem if self._path is not None else self.title

    @property
    def folder(self) -> Path | None:
        """The folder that relative paths of the scenario start from."""
        return self._path.resolve().parent if self._path is not None else None
