"""The scenario that all cases of a study have in common, and that of one case."""

from __future__ import annotations

from pathlib import Path

from simulator.errors import SimulatorError
from simulator.models.library import find_scenario
from simulator.scenario.scenario import Scenario
from simulator.scenario.schema import is_file
from simulator.scenario.study import Study
from simulator.studies.case import Case


def base_scenario(study: Study) -> Scenario:
    """Return the scenario of a study, without variants and promises: they are of the scenario as it is.

    A file stands beside the study; if there is none, the name of a shipped scenario is meant.

    Raises
    ------
    SimulatorError
        If there is none of the name, or anything in it is wrong.
    """
    scenario = study.scenario
    if not isinstance(scenario, Scenario):
        beside = (study.folder or Path()) / scenario
        try:
            scenario = Scenario.read(beside if is_file(beside) else find_scenario(scenario))
        except SimulatorError as error:
            raise SimulatorError(f"{study.origin}: scenario: {error}") from None
    return scenario.model_copy(update={"variants": (), "expect": None})


def scenario_of(base: Scenario, case: Case) -> Scenario:
    """Return the scenario of one case, from that of `base_scenario`.

    Raises
    ------
    SimulatorError
        If what it changes does not fit the schema.
    """
    at = {} if case.isocentre_mm is None else {"patient.isocentre_mm": list(case.isocentre_mm)}
    return base.with_changes({**case.changes, **at})
