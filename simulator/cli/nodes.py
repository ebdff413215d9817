"""``simulator nodes``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import cyclopts

from simulator.cli.app import ScenarioName, load, read
from simulator.cli.console import print_json
from simulator.whole_files import file_path, written_whole

Nodes = Annotated[
    Path | None,
    cyclopts.Parameter(
        help="CSV: x_mm, y_mm, z_mm of the source in IEC fixed axes, and name. Two synthetic tables if not given."
    ),
]
Within = Annotated[float, cyclopts.Parameter(help="How near to a free node a direction counts, in degrees.")]
Output = Annotated[
    Path | None, cyclopts.Parameter(name=["--output", "-o"], help="The nodes as CSV, with what was found.")
]
Json = Annotated[bool, cyclopts.Parameter(help="Print JSON instead of text.", negative=())]


def nodes(
    scenario: ScenarioName,
    /,
    *,
    nodes: Nodes = None,
    within: Within = 6.0,
    output: Output = None,
    json: Json = False,
) -> None:
    """Tell which nodes of a machine with an arm are free, and what they are worth of the sphere.

    Research software: no result is a clinical clearance.
    """
    from simulator.maps.nodes.check import check_nodes
    from simulator.maps.nodes.node_table import GENERATED, NodeTable
    from simulator.report.node_report import node_csv, node_result, node_summary

    (setup,) = load([read(scenario)])
    file = None if output is None else file_path(output, ".csv")
    tables = [NodeTable.read(nodes)] if nodes is not None else [NodeTable.generated(name) for name in GENERATED]
    found = [check_nodes(setup, table, within_deg=within) for table in tables]
    if file is not None:
        with written_whole(file) as unfinished:
            unfinished.write_text(node_csv(found), encoding="utf-8")
    if json:
        print_json({"tables": [node_result(check) for check in found]})
    else:
        print("\n\n".join(map(node_summary, found)))
