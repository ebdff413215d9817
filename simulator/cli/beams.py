"""``simulator beams``: candidate beams for another program, or a list of beams checked."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import cyclopts

import simulator
from simulator.cli.app import ScenarioName, Tolerance, load, read
from simulator.cli.console import print_json
from simulator.errors import SimulatorError, warned

if TYPE_CHECKING:
    import pandas as pd

NOT_ALL_FREE = 3

Count = Annotated[int | None, cyclopts.Parameter(help="So many candidates, evenly spread.")]
Spacing = Annotated[float | None, cyclopts.Parameter(help="Candidates as far from each other, in degrees.")]
Rings = Annotated[bool, cyclopts.Parameter(help="Those of the 1162 published rings that are free.", negative=())]
Clearance = Annotated[float | None, cyclopts.Parameter(help="Only with so much clearance, proven, in mm.")]
Reachable = Annotated[bool, cyclopts.Parameter(help="Only those that a proven way leads to.", negative=())]
Through = Annotated[
    list[str] | None, cyclopts.Parameter(help="Only those that do not pass through this part; 'couch top' is one.")
]
CutEnds = Annotated[
    bool, cyclopts.Parameter(help="Only those that do not enter where the scan was cut.", negative=())
]
Coplanar = Annotated[bool, cyclopts.Parameter(help="Only with the couch at 0.", negative=())]
FormName = Annotated[
    str | None,
    cyclopts.Parameter(help="Of the file; found from its name, or for a list from its content, if not said."),
]
Output = Annotated[Path | None, cyclopts.Parameter(name=["--output", "-o"], help="The file to write.")]
Check = Annotated[Path | None, cyclopts.Parameter(help="A list of beams to be checked, in any of the forms.")]
Delivered = Annotated[
    bool,
    cyclopts.Parameter(
        help="With --check: the list is delivered in its order; moves, margins and what to do instead, too.",
        negative=(),
    ),
]
Map = Annotated[Path | None, cyclopts.Parameter(help="A map of the scenario that is there already.")]


def beams(
    scenario: ScenarioName,
    /,
    *,
    count: Count = None,
    spacing: Spacing = None,
    rings: Rings = False,
    clearance: Clearance = None,
    reachable: Reachable = False,
    not_through: Through = None,
    not_through_cut_ends: CutEnds = False,
    coplanar: Coplanar = False,
    form: FormName = None,
    output: Output = None,
    check: Check = None,
    delivered: Delivered = False,
    map: Map = None,
    tolerance: Tolerance = None,
    json: Annotated[bool, cyclopts.Parameter(help="Print JSON instead of text.", negative=())] = False,
) -> int:
    """Write candidate beams for an optimiser, or tell of each beam of a list whether it is free.

    One of --count, --spacing and --rings with --output writes a list. Forms: csv, matrad, pyradplan, opentps_photons,
    opentps_protons, beamlist, truebeam_xml, rtplan; those that know head first supine only get the angles that mean
    the same direction in the patient. --check FILE reads a list; exit code 0 if all its beams are proven free, 3 if
    one is not, 2 for bad input. With --delivered it also says what would be free instead of what is not.
    """
    wanted: dict[str, Any] = {"count": count, "spacing_deg": spacing, "rings": rings or None}
    wanted |= {"clearance_mm": clearance, "is_reachable": reachable or None, "is_coplanar": coplanar or None}
    wanted |= {"not_through": tuple(not_through or ()) or None, "not_through_cut_ends": not_through_cut_ends or None}
    asked = {name: value for name, value in wanted.items() if value is not None}
    if check is not None:
        if asked or output is not None:
            raise SimulatorError("--check: must stand without --output and without what chooses candidates")
        return _checked(scenario, check, form, is_delivered=delivered, json=json)
    if delivered:
        raise SimulatorError("--delivered: must stand beside --check")
    if output is None or not {"count", "spacing_deg", "rings"} & asked.keys():
        raise SimulatorError("beams: must have --output and one of --count, --spacing and --rings, or --check")
    _write(scenario, asked, output, form, map, tolerance, json=json)
    return 0


def _write(
    scenario: str,
    asked: dict[str, Any],
    output: Path,
    form: str | None,
    saved: Path | None,
    tolerance: float | None,
    *,
    json: bool,
) -> None:
    """Choose the candidates and write them."""
    from simulator.delivery.lists.beam_list import BeamList
    from simulator.delivery.lists.forms.registry import form_to_write
    from simulator.report.beams_report import written_result, written_text

    chosen = form_to_write(output, form)  # what cannot be written is known before any work is done
    (setup,) = load([read(scenario)])
    table = _candidates(setup, asked, saved, tolerance)
    listed = BeamList.of(setup, table)
    notes = simulator.write_beams(listed, output, chosen.name, setup)
    if json:
        print_json(written_result(listed, chosen.title, output, (*setup.warnings, *notes)))
        return
    print(written_text(listed, chosen.title, output))
    for line in warned(notes):
        print(f"simulator: {line}", file=sys.stderr)


def _candidates(
    setup: simulator.Setup, asked: dict[str, Any], saved: Path | None, tolerance: float | None
) -> pd.DataFrame:
    from simulator.maps.collision_map import CollisionMap
    from simulator.maps.compute import collision_map
    from simulator.maps.provenance import require_map_of
    from simulator.maps.reduction import require_directions

    require_directions(setup, setup.sweep)
    if saved is None:
        return collision_map(setup, tolerance=tolerance).beams(**asked, setup=setup)
    cmap = CollisionMap.load(saved)
    require_map_of(setup, cmap.provenance)
    return cmap.beams(**asked, setup=setup)


def _checked(scenario: str, path: Path, form: str | None, *, is_delivered: bool, json: bool) -> int:
    """Read a list, check it, and tell what was found."""
    from simulator.delivery.lists.check import check_beams
    from simulator.maps.helpers import worker_count
    from simulator.maps.progress import shown
    from simulator.report.plan_report import plan_result
    from simulator.report.plan_summary import plan_summary

    (setup,) = load([read(scenario)])
    listed = simulator.read_beams(path, setup, form)
    with shown(None, "checking") as progress:
        found = check_beams(setup, listed, is_delivered=is_delivered, workers=worker_count(None), progress=progress)
    are_named = any(beam.name != str(number) for number, beam in enumerate(listed.beams, start=1))
    if json:
        print_json(plan_result(found, identify=are_named))
    else:
        print(plan_summary(found, identify=are_named))
    return 0 if found.is_free else NOT_ALL_FREE
