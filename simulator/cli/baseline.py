"""``simulator baseline``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import cyclopts

from simulator.cli.app import ScenarioName, load, read


def baseline(
    scenario: ScenarioName,
    /,
    *,
    output: Annotated[
        Path | None,
        cyclopts.Parameter(
            name=["--output", "-o"], help="File; what [expect] names, or baselines/NAME.nc beside the scenario."
        ),
    ] = None,
) -> None:
    """Write what a scenario's map is, for pytest --scenarios to compare with; say what moved since the last one."""
    from simulator.maps.compute import collision_map, usual_tolerance
    from simulator.regression.changes import renew
    from simulator.regression.judge import tolerance_for
    from simulator.scenario.expectations import Expect

    plain = read(scenario)
    assert plain.folder is not None  # it was read from a file
    default = f"baselines/{plain.name}.nc"
    expect = plain.expect or Expect(baseline=default)
    path = output if output is not None else plain.folder / (expect.baseline or default)
    (setup,) = load([plain])
    cmap = collision_map(setup, tolerance=tolerance_for(expect, usual_tolerance(setup.sweep)))
    print("\n".join(renew(path, cmap, expect.boundary_tolerance_deg)))
    if output is None and (plain.expect is None or plain.expect.baseline is None):
        print(f'to compare with it, write into {plain.name}.toml, under [expect]: baseline = "{default}"')
