"""What is said of the columns of results: of each that is written, and of no other."""

from __future__ import annotations

import pytest
from support.pages import ROOT

import simulator as sim
from simulator.errors import SimulatorError
from simulator.reference.columns import COLUMNS, JOINT, column_entries
from simulator.reference.reference import explained
from simulator.studies.rows import FLOATS, INDEX, columns_of

PAGE = ROOT / "docs" / "reference" / "results.md"
SWEEP = sim.Sweep(gantry=(-180, 180, 60), couch=(-90, 90, 45))


@pytest.fixture(scope="module")
def setup() -> sim.Setup:
    return sim.load_setup("open_space")


def told(table: str) -> set[str]:
    return {entry.steps[0] for entry in column_entries(table)[1:]}


def test_the_beams(setup: sim.Setup) -> None:
    columns = set(sim.collision_map(setup, sweep=SWEEP, tolerance=0.1).beams().columns)
    assert columns == told("beams") - {JOINT, f"least_{JOINT}", "weight_deg"} | {"gantry_deg", "couch_deg"}


def test_the_curve(setup: sim.Setup) -> None:
    curve = sim.buffer_curve(setup, [0.0], sweep=SWEEP, tolerance=0.1)
    assert set(curve.table().columns) == told("omega")


def test_the_table_of_a_study() -> None:
    assert told("table") == {*columns_of(())}
    types = {entry.steps[0]: entry.type for entry in column_entries("table")[1:]}
    assert {name for name, kind in types.items() if kind == "number"} == FLOATS
    assert {name for name, kind in types.items() if kind == "whole number"} == {INDEX}


@pytest.mark.parametrize("table", COLUMNS)
def test_each_is_a_sentence_with_a_unit_in_its_name_or_beside_it(table: str) -> None:
    for entry in column_entries(table):
        assert all(text.endswith(".") for text in entry.paragraphs)
        endings = {"_mm": "mm", "_sr": "steradians", "_deg": "degrees"}
        for ending, unit in endings.items():
            if entry.steps and entry.steps[0].endswith(ending):
                assert entry.unit.startswith(unit), entry.name


@pytest.mark.parametrize("table", COLUMNS)
def test_the_page_takes_the_same_text(table: str) -> None:
    assert f"\n```{{fields}} {table}\n```\n" in PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("weight_sr", "beams.weight_sr"),
        ("beams.csv.weight_sr", "beams.weight_sr"),
        ("beams.couch_deg", "beams.JOINT_deg"),
        ("beams.csv", "beams"),
        ("omega.buffer_mm", "omega.buffer_mm"),
        ("clearance_p05_mm", "table.clearance_p05_mm"),
    ],
)
def test_a_column_is_found_by_its_name(name: str, found: str) -> None:
    assert [entry.name for entry in explained(name)] == [found]


def test_a_field_of_a_file_goes_before_a_column() -> None:
    assert {entry.file for entry in explained("step_deg")}.isdisjoint(COLUMNS)
    assert [entry.name for entry in explained("title")] == ["title"]


def test_a_column_that_is_not_there_is_refused_with_near_ones() -> None:
    with pytest.raises(SimulatorError, match=r"available: .*beams\.weight_sr"):
        explained("beams.wieght_sr")
