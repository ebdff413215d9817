"""``simulator trajectory``: joints that move together under beam, checked with proof, or proposed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import cyclopts

import simulator
from simulator.cli.app import ScenarioName, load, read
from simulator.cli.console import print_json
from simulator.errors import SimulatorError
from simulator.whole_files import file_path

NOT_POSSIBLE = 3
DICOM = (".dcm", ".dicom")

app = cyclopts.App(
    name="trajectory",
    help="Gantry and couch moving together under beam: check a trajectory with proof, or propose one.\n\n"
    "Research software: no result is a clinical clearance.",
)

File = Annotated[Path, cyclopts.Parameter(help="CSV with a line for each control point, or an RT Plan (.dcm).")]
Number = Annotated[int | None, cyclopts.Parameter(help="Which beam of an RT Plan.")]
Beams = Annotated[Path, cyclopts.Parameter(help="List of beams to pass, in any form that simulator beams writes.")]
Form = Annotated[str | None, cyclopts.Parameter(help="Form of the list; found from name and content if not said.")]
Within = Annotated[float, cyclopts.Parameter(help="How near to pass a direction that has no free pose, in degrees.")]
Output = Annotated[Path, cyclopts.Parameter(name=["--output", "-o"], help="The trajectory as CSV.")]
Json = Annotated[bool, cyclopts.Parameter(help="Print JSON instead of text.", negative=())]


@app.command
def check(scenario: ScenarioName, file: File, /, *, beam: Number = None, json: Json = False) -> int:
    """Check a trajectory: every pose proven free, speeds and accelerations within those of machine and couch.

    Columns: joints by name and unit (gantry_deg, couch_deg, table_lateral_mm), time_s, beam (1 or 0 up to the next).
    Exit code 0 if it is free and possible, 3 if not, 2 for bad input.
    """
    (setup,) = load([read(scenario)])
    from simulator.delivery.trajectories.check import check_trajectory
    from simulator.delivery.trajectories.trajectory import trajectory_of_beam
    from simulator.maps.helpers import worker_count
    from simulator.report.trajectory_report import trajectory_result, trajectory_summary

    if (file.suffix.lower() in DICOM) != (beam is not None):
        raise SimulatorError("--beam: must be given for an RT Plan, whose beams are numbered, and for nothing else")
    if beam is None:
        trajectory = simulator.read_trajectory(file, setup)
    else:
        setup, trajectory = trajectory_of_beam(simulator.Plan.read(file), beam, setup)
    found = check_trajectory(setup, trajectory, workers=worker_count(None))
    if json:
        print_json(trajectory_result(found))
    else:
        print(trajectory_summary(found))
    return 0 if found.is_possible else NOT_POSSIBLE


@app.command
def propose(
    scenario: ScenarioName,
    /,
    *,
    beams: Beams,
    output: Output,
    form: Form = None,
    within: Within = 2.0,
    json: Json = False,
) -> int:
    """Propose a trajectory that passes the beams of a list: free all the way, and no faster than the joints can be.

    Writes it as CSV. Exit code 0 if it passes all of them, 3 if it misses one, 2 for bad input.
    """
    file = file_path(output, ".csv")
    (setup,) = load([read(scenario)])
    from simulator.delivery.roads.mapping import road_map
    from simulator.delivery.trajectories.proposal import propose_trajectory
    from simulator.maps.helpers import worker_count
    from simulator.maps.progress import shown
    from simulator.report.trajectory_report import trajectory_result, trajectory_summary

    listed = simulator.read_beams(beams, setup, form)
    with shown(None, "mapping ways") as progress:
        roads = road_map(setup, progress=progress)
    found = propose_trajectory(setup, listed, roads=roads, within_deg=within, workers=worker_count(None))
    simulator.write_trajectory(found.trajectory, file, setup)
    if json:
        print_json(trajectory_result(found.check, found))
    else:
        print(f"{trajectory_summary(found.check, found)}\n\n  trajectory in {file}")
    return 0 if found.is_whole else NOT_POSSIBLE
