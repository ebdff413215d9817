"""The room that a plan is to be checked in, from a few words instead of a scenario file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from simulator.dicom.plan import Plan
from simulator.errors import SimulatorError
from simulator.models.library import find_scenario
from simulator.scenario.scenario import Scenario
from simulator.scenario.schema import validated


def scenario_of_plan(
    plan: Plan, path: Path, *, scenario: str | None = None, changes: dict[str, Any] | None = None
) -> Scenario:
    """Return the scenario in which a plan is checked: one that is there, or one made of what is given.

    Parameters
    ----------
    plan : Plan
        Whose isocentre, patient position and table are taken where a structure set is given.
    path : Path
        Its file.
    scenario : str, optional
        A TOML file or the name of a shipped scenario.
    changes : dict, optional
        What differs from it, or all there is to say, by dotted name: ``{"patient.structures": "RS.dcm"}``. Relative
        paths start from the current folder.

    Raises
    ------
    SimulatorError
        If there is no patient to check the plan against, or something given does not fit.
    """
    given = {name: _absolute(name, value) for name, value in (changes or {}).items() if value is not None}
    if "patient.structures" in given:
        given |= {"patient.plan": str(path.absolute()), "patient.beam": plan.beams[0].number}
    if scenario is not None:
        return Scenario.read(find_scenario(scenario)).with_changes(given)
    if "patient.structures" not in given:
        raise SimulatorError(
            "plan: must have a patient to be checked against: a structure set (--structures), or a scenario that has "
            "one (--scenario)"
        )
    data: dict[str, Any] = {"title": "Treatment plan", "couch": {"model": "igrt"}, "patient": {}}
    for name, value in given.items():
        table, _, field = name.partition(".")
        data.setdefault(table, {})[field] = value
    return validated(data, Scenario, "plan")


def _absolute(name: str, value: Any) -> Any:
    """Return a file or folder by its whole path: a scenario's own start from the scenario's folder."""
    return str(Path(value).absolute()) if name in ("patient.structures", "patient.ct") else value
