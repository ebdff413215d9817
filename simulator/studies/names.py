"""Names of models, options and sites that scenarios ask for, looked up without loading any mesh."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from simulator.errors import SimulatorError, unknown
from simulator.models.description import FILE_NAME, Kind, chosen_options
from simulator.models.inheritance import read_family
from simulator.models.library import find_model
from simulator.scenario.scenario import Scenario


class Named(NamedTuple):
    """A model that a scenario names in a field, its options, and the site that is asked of it."""

    kind: Kind
    model: str
    field: str
    options: tuple[tuple[str, str], ...] = ()
    site: str | None = None


class Names:
    """Looks names up, each once."""

    def __init__(self) -> None:
        self._seen: set[tuple[Path | None, Named]] = set()

    def unknown_in(self, scenario: Scenario, fields: Iterable[str] | None = None) -> list[str]:
        """Return what a scenario names and is not there, with what is; nothing that was looked up before.

        Parameters
        ----------
        scenario : Scenario
            Whose names are looked up.
        fields : iterable of str, optional
            Only of the tables that these dotted names are in.
        """
        tables = None if fields is None else {field.partition(".")[0] for field in fields}
        asked = [named for named in _named(scenario) if tables is None or named.kind in tables]
        fresh = [named for named in asked if (scenario.folder, named) not in self._seen]
        self._seen.update((scenario.folder, named) for named in fresh)
        return list(dict.fromkeys(fault for named in fresh for fault in _faults(named, scenario.folder)))


def _named(scenario: Scenario) -> Iterator[Named]:
    machine, couch, patient = scenario.machine, scenario.couch, scenario.patient
    yield Named("machine", machine.model, "machine.model", tuple(machine.options.items()))
    if couch.model is not None:
        yield Named("couch", couch.model, "couch.model", tuple(couch.options.items()))
    if patient.model is not None:
        yield Named("patient", patient.model, "patient.model", tuple(patient.options.items()), patient.site)
    for at, device in enumerate(scenario.fixation):
        if device.model is not None:
            yield Named("fixation", device.model, f"fixation.{at}.model", tuple(device.options.items()))


def _faults(named: Named, beside: Path | None) -> list[str]:
    try:
        folder = find_model(named.model, named.kind, beside, field=named.field)
        if folder.suffix == ".json":  # a machine set has no options
            return []
        description = read_family(folder, named.kind).description
        chosen_options(description.options, dict(named.options), str(folder / FILE_NAME))
        sites = [site.name for site in description.sites]
        if named.site is not None and named.site not in sites:
            raise unknown(f"patient.site (of {named.model})", named.site, sites)
    except SimulatorError as error:
        return str(error).splitlines()
    return []
