"""Which pictures fit a study, and the rooms of its cases."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from support.made_study import lattice_table, one_at_a_time_table, sample_table

import simulator as sim
from simulator.models.library import find_study
from simulator.scenario.study import Study
from simulator.studies.cases import Cases
from simulator.studies.provenance import provenance_of
from simulator.studies.result import StudyResult
from simulator.studies.rows import MAPPED, row_of
from simulator.view.study_pictures import pictures_of
from simulator.view.study_setup import COARSE, StudySetups

LATTICE = {"lattice": {"spacing_mm": 60, "part": "box phantom"}}
SAMPLE = {"sample": {"patient.height_cm": [150, 200], "patient.mass_kg": [45, 130]}, "count": 32}
CHANGES = {"field": "couch.model", "values": ["igrt", "igrt_rails"]}


@pytest.mark.parametrize(
    ("varies", "table", "names"),
    [
        (LATTICE, lattice_table(), ["atlas.png", "atlas.html"]),
        (SAMPLE, sample_table(), ["population.png", "correlations.png"]),
        (CHANGES, one_at_a_time_table(), ["tornado.png"]),
        (CHANGES, one_at_a_time_table().assign(status="failed"), []),
    ],
)
def test_pictures_that_fit(varies, table, names: list[str]) -> None:
    study = Study.of("box", varies, title="Made")
    assert list(pictures_of(study, StudyResult(table, {"title": "Made"}))) == names


def test_pictures_are_the_same_bytes_again(tmp_path: Path) -> None:
    result = StudyResult(one_at_a_time_table(), {"title": "Changes"})
    for name in ("first.png", "again.png"):
        pictures_of(Study.of("box", CHANGES), result)["tornado.png"](tmp_path / name)
    assert (tmp_path / "first.png").read_bytes() == (tmp_path / "again.png").read_bytes()


@pytest.fixture(scope="module")
def setups() -> StudySetups:
    """Read again from what a study keeps: one case has an answer."""
    cases = Cases.of(Study.of("box", LATTICE, title="Box"))
    rows = [
        row_of(
            cases[0],
            sim.collision_map(
                sim.load_setup("box"),
                sweep=sim.Sweep(gantry=(-180, 180, 30), couch=(-90, 90, 30)),
                method="sampled",
                workers=1,
            ),
        )
    ]
    told = json.loads(json.dumps(provenance_of(cases)))
    return StudySetups.of(StudyResult(pd.DataFrame(rows), told))


@pytest.mark.parametrize("name", ["couch_height", "population"])
def test_a_study_is_understood_from_what_its_results_keep(name: str) -> None:
    """Though all defaults stand there, of which many exclude each other where somebody writes them."""
    cases = Cases.of(Study.read(find_study(name)))
    told = json.loads(json.dumps(provenance_of(cases)))
    read = StudySetups.of(StudyResult(pd.DataFrame(), told)).study
    again = Cases.of(read)
    assert json.loads(json.dumps(provenance_of(again))) == told
    assert again[len(cases) - 1] == cases[len(cases) - 1]


def test_a_case_has_the_room_that_it_had(setups: StudySetups) -> None:
    cases = Cases.of(Study.of("box", LATTICE, title="Box"))
    assert setups.setup(1).isocentre_patient_mm == pytest.approx(cases[1].isocentre_mm)
    assert setups.first.isocentre_patient_mm == pytest.approx(cases[0].isocentre_mm)


def test_a_map_that_was_not_kept_is_made_with_coarse_bounds(setups: StudySetups) -> None:
    assert setups.kept_map(0) is None
    cmap = setups.map_of(0)
    found = cmap.solid_angle()
    assert found.is_proven and found.upper_sr - found.lower_sr <= COARSE * 4 * 3.1416
    assert cmap.provenance["isocentre_patient_mm"] == pytest.approx(list(setups.first.isocentre_patient_mm))


def test_a_study_without_answers_has_no_room(setups: StudySetups) -> None:
    table = setups.result.table.assign(status="failed")
    assert MAPPED not in set(table["status"])
    with pytest.raises(sim.SimulatorError, match="none of its cases has an answer"):
        _ = StudySetups(setups.study, StudyResult(table, setups.result.provenance)).first
