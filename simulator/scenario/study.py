"""A study: one scenario, what varies in it, and how each case is measured."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field, PrivateAttr, TypeAdapter, WrapValidator

from simulator.arguments import checked
from simulator.scenario.scenario import Scenario
from simulator.scenario.schema import FileName, Flag, ShareOfSphere, Table, read_toml
from simulator.scenario.vary import Label, Lattice, Vary

Step = Annotated[float, Field(gt=0, le=90, allow_inf_nan=False, strict=True)]
_FILE_NAME: TypeAdapter[str] = TypeAdapter(FileName)


def _named_or_written(given: object, _either: object) -> str | Scenario:
    """Return a name as it is, and a table as a scenario: only what is wrong with the one that is meant is told."""
    return _FILE_NAME.validate_python(given) if isinstance(given, str) else Scenario.model_validate(given)


class Measure(Table):
    """``[measure]``: what is asked of each case.

    Example::

        tolerance = 0.01
        step_deg = 5
    """

    tolerance: Annotated[ShareOfSphere, Field(gt=0, lt=1)] = 0.01
    """Distance of the proven bounds, as a share of 4π, or of all values where no joint turns the beam. Smaller ones
    take longer. Example: ``tolerance = 0.02``"""
    step_deg: Step = 5.0
    """Step of the joints that aim; the bounds are proven whatever it is. A machine whose own step is larger keeps
    it. Example: ``step_deg = 10``"""
    clearance_step_deg: Step = 10.0
    """Step of the poses whose clearance is measured. Example: ``clearance_step_deg = 15``"""
    keep_maps: Flag = False
    """Keep the map of each case as a file. Example: ``keep_maps = true``"""


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
    """A whole study file: one scenario, what varies in it, and how each case is measured.

    Example::

        title = "Heights"
        scenario = "liver"
        vary = [{ field = "patient.height_cm", range = { start = 150, stop = 200, step = 10 } }]

    Examples
    --------
    >>> import simulator as sim
    >>> study = sim.Study.of(
    ...     "liver",
    ...     {"field": "patient.height_cm", "values": [150, 170, 190]},
    ...     {"lattice": {"spacing_mm": 20, "site": "liver", "radius_mm": 60}},
    ...     title="Where in livers of three sizes?",
    ... )
    >>> study.lattice.region
    "60 mm around site 'liver'"
    """

    FILE: ClassVar[str] = "study"

    title: Label
    """What the study asks: one line. Example: ``title = "What does height change?"``"""
    scenario: Annotated[str | Scenario, WrapValidator(_named_or_written)]
    """What all cases have in common: a file beside the study, the name of a shipped scenario, or a table
    ``[scenario]`` as a scenario file has it. Its ``[[variants]]`` and ``[expect]`` do not count here. Example:
    ``scenario = "liver"``"""
    vary: Annotated[tuple[Vary, ...], Field(min_length=1), AfterValidator(_one_lattice)]
    """What varies, one entry or more. The cases are all combinations; the last entry varies the fastest, a lattice
    still faster. At most 1,000,000 cases, one lattice, and names that differ."""
    measure: Measure = Measure()

    _path: Path | None = PrivateAttr(default=None)

    @classmethod
    @checked
    def read(cls, path: str | os.PathLike[str]) -> Study:
        """Return the study of a TOML file.

        Parameters
        ----------
        path : str or PathLike
            The file; its relative paths start from its folder.

        Returns
        -------
        Study
            Of which the schema alone is judged: names of fields are looked up when its cases are made.

        Raises
        ------
        SimulatorError
            If the file cannot be read or does not fit the schema; all errors in one message.
        """
        study = read_toml(Path(path), cls)
        study._path = Path(path)
        if isinstance(study.scenario, Scenario):
            study.scenario._path = Path(path)  # its paths start from there, too
        return study

    @classmethod
    @checked
    def of(
        cls,
        scenario: str | Mapping[str, Any] | Scenario,
        *vary: Mapping[str, Any],
        title: str = "study",
        **measure: Any,
    ) -> Study:
        """Return a study of Python values.

        Parameters
        ----------
        scenario : str, mapping or Scenario
            A file, the name of a shipped scenario, or a scenario, as TOML has it or made.
        *vary : mapping
            What varies, as ``[[vary]]`` has it: ``{"field": "patient.height_cm", "values": [150, 200]}``.
        title : str
            What it asks.
        **measure
            What ``[measure]`` has: ``tolerance=0.005``.

        Returns
        -------
        Study
            Without a file.

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
