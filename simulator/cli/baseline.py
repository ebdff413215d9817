"""``simulator baseline``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import cyclopts

from simulator.cli.app import ScenarioName, load


def baseline(
    scenario: ScenarioName,
    /,
    *,
    output: Annotated[
        Path | None, cyclopts.Parameter(help="File; what [expect] names, or baselines/NAME.nc beside the scenario.")
    ] = None,
) -> None:
    """Write what a scenario's map is, for pytest --scenarios to compare with; say what moved since the last one."""
    from simulator.expectations import Expect
    from simulator.mapping.compute import collision_map
    from simulator.models.library import find_scenario
    from simulator.regression.changes import renew
    from simulator.regression.judge import tolerance_for
    from simulator.scenario import Scenario

    file = find_scenario(scenario)
    expect = Scenario.read(file).expect or Expect(baseline=f"baselines/{file.stem}.nc")
    named = expect.baseline or f"baselines/{file.stem}.nc"
    path = output if output is not None else file.parent / named
    cmap = collision_map(load(scenario), tolerance=tolerance_for(expect))
    print("\n".join(renew(path, cmap, expect.boundary_tolerance_deg)))
    if expect.baseline is None or output is not None:
        print(f'to compare with it, write into {file.name}, under [expect]: baseline = "{named}"')
