"""Nodes of an arm: which are free, and what they are worth."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from support.arm_room import arm_setup

import simulator as sim
from simulator.maps.nodes.check import check_nodes
from simulator.maps.nodes.node_table import GENERATED, SHELLS, UPPER, NodeTable
from simulator.report.node_report import node_csv, node_result, node_summary
from simulator.setup.arm_room import OUT_OF_REACH


def table(*places: tuple[float, float, float]) -> NodeTable:
    return NodeTable(tuple(f"n{at}" for at in range(len(places))), np.array(places), "a table")


SIX = [(700.0, 0, 0), (-700.0, 0, 0), (0, 700.0, 0), (0, -700.0, 0), (0, 0, 700.0), (0, 0, -700.0)]


def test_nodes_are_free_where_the_arm_is_free_at_their_place() -> None:
    setup = arm_setup(floor_mm=-400.0)
    check = check_nodes(setup, table(*SIX))
    for (azimuth, polar), is_free, culprits in zip(
        check.nodes.azimuth_polar_deg, check.is_free, check.culprits, strict=True
    ):
        answer = setup.check(azimuth=azimuth, polar=polar, source_distance=700.0)
        assert answer.is_free == is_free and (culprits == "") == is_free
        assert is_free or "; ".join(answer.culprits) == culprits
    assert check.is_free.tolist()[4:] == [True, False]


def test_six_nodes_along_the_axes_have_a_sixth_of_the_sphere_each() -> None:
    check = check_nodes(arm_setup(floor_mm=-400.0), table(*SIX), within_deg=10.0)
    assert check.voronoi_share == pytest.approx(check.is_free.mean(), abs=1e-9)
    caps = check.is_free.sum() * 2 * np.pi * (1 - np.cos(np.radians(10.0)))
    assert check.within_sr[0] <= caps * (1 + 1e-8) <= check.within_sr[1] * (1 + 2e-8)


def test_a_direction_with_nodes_at_two_distances_counts_once() -> None:
    once = check_nodes(arm_setup(), table(*SIX))
    twice = check_nodes(arm_setup(), table(*SIX, (0, 0, 750.0)))
    assert twice.voronoi_share == once.voronoi_share and twice.within_sr == once.within_sr


def test_two_nodes_divide_no_sphere_and_what_is_out_of_reach_is_named() -> None:
    setup = arm_setup(distances_mm=(2600.0, 2700.0))
    check = check_nodes(setup, table((0, 0, 2650.0), (0, 2650.0, 0)))
    assert check.voronoi_share is None and check.within_sr == (0.0, 0.0)
    assert OUT_OF_REACH in check.culprits


def test_generated_tables_are_said_to_be_synthetic() -> None:
    for name, distances in ((UPPER, {800.0}), (SHELLS, {650.0, 800.0, 900.0, 1000.0})):
        made = NodeTable.generated(name)
        assert made.is_synthetic and set(made.distances_mm.round(6)) == distances
        assert (made.directions[:, 2] > 0.0).all()
    with pytest.raises(sim.SimulatorError, match="sphere 800"):
        NodeTable.generated("another")
    assert set(GENERATED) == {UPPER, SHELLS}


def test_report_says_what_was_found(tmp_path: Path) -> None:
    file = tmp_path / "nodes.csv"
    file.write_text("name,x_mm,y_mm,z_mm\ntop,0,0,700\n,0,0,-700\n")
    check = check_nodes(arm_setup(floor_mm=-400.0), NodeTable.read(file))
    result = json.loads(json.dumps(node_result(check)))
    assert (result["free"], result["count"], result["nodes"][1]["name"]) == (1, 2, "node 2")
    assert "1 of 2 nodes free" in node_summary(check) and "no result is a clinical clearance" in node_summary(check)
    other = check_nodes(check.setup, table((0.0, 0.0, 650.0)))
    lines = node_csv([check, other]).splitlines()
    assert lines[0].startswith("table,name,x_mm,y_mm,z_mm,is_free,A1_deg") and len(lines) == 4
    assert lines[1].startswith(f"{file},top,0.0,0.0,700.0,True") and lines[3].startswith(
        "a table,n0,0.0,0.0,650.0,True"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [("x_mm,y_mm\n1,2\n", "z_mm"), ("x_mm,y_mm,z_mm\n1,two,3\n", "must be a number"), ("x_mm,y_mm,z_mm\n", "a node")],
)
def test_a_table_that_is_none_is_refused(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "nodes.csv"
    file.write_text(text)
    with pytest.raises(sim.SimulatorError, match=said):
        NodeTable.read(file)


def test_nodes_beyond_the_source_distances_and_other_machines_are_refused() -> None:
    with pytest.raises(sim.SimulatorError, match="n0: must be from 650 to 750 mm"):
        check_nodes(arm_setup(), table((0, 0, 500.0)))
    with pytest.raises(sim.SimulatorError, match="arm"):
        check_nodes(sim.load_setup("open_space"), table((0, 0, 700.0)))
