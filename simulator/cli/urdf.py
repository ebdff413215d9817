"""``simulator urdf``: the room of a scenario, or a model of it, for robotics programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import cyclopts

import simulator
from simulator.cli.app import ScenarioName, load, read


def urdf(
    scenario: ScenarioName,
    /,
    *,
    output: Annotated[
        Path | None,
        cyclopts.Parameter(name=["--output", "-o"], help="Folder for the files; urdf/NAME if left out."),
    ] = None,
    only: Annotated[
        Literal["machine", "couch"] | None,
        cyclopts.Parameter(help="Write this model of the scenario, with its options, so that it loads again."),
    ] = None,
) -> None:
    """Write the room of a scenario as URDF: links, joints, limits, speeds, and a mesh for each part.

    In urdf.json stand the files, and where joints stand if no pose says so: the table under the patient, say.
    """
    (setup,) = load([read(scenario)])
    folder = output if output is not None else Path("urdf") / setup.name
    of_scenario = setup.machine if only == "machine" else setup.couch
    simulator.write_urdf(setup if only is None else of_scenario, folder)
    print(f"{only or 'room'} of {setup.name} in {folder}")
