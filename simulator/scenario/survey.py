"""A survey: one scenario with many machines at many sites, and what a publication says of each site."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field

from simulator.arguments import checked
from simulator.errors import SimulatorError, unknown
from simulator.scenario.scenario import Scenario
from simulator.scenario.schema import Flag, Name, ShareOfSphere, Table, read_toml
from simulator.scenario.variants import printable

Share = Annotated[ShareOfSphere, Field(ge=0, le=1)]
Changes = dict[str, Any]
"""Fields of the scenario by their dotted names, as in ``[[variants]]``."""


class SurveyMachine(Table):
    """One of ``[[machines]]``: the fields that bring a machine and its couch, and others for sites in the open.

    Example::

        name = "C-arm"
        set = { "machine.model" = "c_arm", "couch.model" = "igrt" }
    """

    name: Annotated[Name, AfterValidator(printable)]
    """What the machine is called in the table. Example: ``name = "O-ring"``"""
    set: Annotated[Changes, Field(min_length=1)]
    """Fields of the scenario by their dotted names, as in ``[[variants]]``. Example:
    ``set = { "machine.model" = "o_ring", "couch.model" = "o_ring_couch" }``"""
    in_the_open: Changes = {}
    """Fields that are set besides for sites with ``is_open``, such as a couch that is not there. Example:
    ``in_the_open = { "couch.model" = "no_couch" }``"""


class SurveySite(Table):
    """One of ``[[sites]]``: the fields that bring a patient and a site, and what was published of it.

    Example::

        name = "brain"
        set = { "patient.site" = "brain" }
    """

    name: Annotated[Name, AfterValidator(printable)]
    """What the site is called in the table. Example: ``name = "lung"``"""
    set: Annotated[Changes, Field(min_length=1)]
    """Fields of the scenario by their dotted names, as in ``[[variants]]``. Example:
    ``set = { "patient.site" = "lung" }``"""
    is_open: Flag = False
    """Whether the site is in the open: then ``in_the_open`` of the machines counts, too. Example:
    ``is_open = true``"""
    claim: Name | None = None
    """What a publication says of the site, in words. Example:
    ``claim = "a third of the sphere is lost below the couch"``"""
    claimed_at_most: Share | None = None
    """The largest share of 4π that the publication claims. Example: ``claimed_at_most = 0.5``"""


class Survey(Table):
    """A whole survey file: one scenario with many machines at many sites, each mapped at each.

    Example::

        title = "How much of 4π?"
        scenario = { title = "Survey", patient = { model = "adult", site = "brain" } }
        machines = [{ name = "C-arm", set = { "machine.model" = "c_arm" } }]
        sites = [{ name = "brain", set = { "patient.site" = "brain" } }]

    Examples
    --------
    >>> import simulator as sim
    >>> survey = sim.Survey(
    ...     title="Two machines at one site",
    ...     scenario={"title": "Survey", "patient": {"model": "adult", "site": "brain"}},
    ...     machines=[{"name": "C-arm", "set": {"machine.model": "c_arm", "couch.model": "igrt"}},
    ...               {"name": "O-ring", "set": {"machine.model": "o_ring", "couch.model": "o_ring_couch"}}],
    ...     sites=[{"name": "brain", "set": {"patient.site": "brain"}, "claimed_at_most": 0.5}],
    ... )
    >>> [machine.name for machine in survey.only(["O-ring"], None).machines]
    ['O-ring']
    """

    FILE: ClassVar[str] = "survey"

    title: Name
    """What the survey asks. Example: ``title = "How much of 4π can each machine reach?"``"""
    step_deg: Annotated[float, Field(gt=0, le=90, allow_inf_nan=False, strict=True)] = 5.0
    """Step of the joints that aim; the bounds are proven whatever it is. Example: ``step_deg = 10``"""
    scenario: Scenario
    """What all have in common: a table ``[scenario]``, as a scenario file has it. Example:
    ``scenario = { title = "Survey", patient = { model = "adult", site = "brain" } }``"""
    machines: Annotated[tuple[SurveyMachine, ...], Field(min_length=1)]
    """The rows of the table."""
    sites: Annotated[tuple[SurveySite, ...], Field(min_length=1)]
    """The columns of the table."""

    @classmethod
    @checked
    def read(cls, path: str | os.PathLike[str]) -> Survey:
        """Return the survey of a TOML file.

        Parameters
        ----------
        path : str or PathLike
            The file.

        Returns
        -------
        Survey
            Of which the schema alone is judged.

        Raises
        ------
        SimulatorError
            If the file cannot be read or does not fit the schema; all errors in one message.
        """
        return read_toml(Path(path), cls)

    @checked
    def only(self, machines: list[str] | None, sites: list[str] | None) -> Survey:
        """Return the survey of some of the machines and sites, by their names; of all where none are given.

        Parameters
        ----------
        machines, sites : list of str or None
            Names; None or none for all.

        Returns
        -------
        Survey
            In the same order.

        Raises
        ------
        SimulatorError
            If one is not there.
        """
        kept: dict[str, Any] = {}
        for field, wanted in (("machines", machines), ("sites", sites)):
            entries = {entry.name: entry for entry in getattr(self, field)}
            for name in wanted or ():
                if name not in entries:
                    raise unknown(f"--{field}", name, entries)
            kept[field] = tuple(entry for name, entry in entries.items() if not wanted or name in wanted)
        return self.model_copy(update=kept)

    @checked
    def scenario_of(self, machine: SurveyMachine, site: SurveySite) -> Scenario:
        """Return the scenario of one machine at one site.

        Parameters
        ----------
        machine : SurveyMachine
            One of `machines`.
        site : SurveySite
            One of `sites`.

        Returns
        -------
        Scenario
            Titled by both names.

        Raises
        ------
        SimulatorError
            If the fields do not fit the schema.
        """
        opened = machine.in_the_open if site.is_open else {}
        named = {"title": f"{machine.name}, {site.name}"}
        try:
            return self.scenario.with_changes({**named, **machine.set, **site.set, **opened})
        except SimulatorError as error:
            raise SimulatorError(f"{machine.name}, {site.name}: {error}") from None
