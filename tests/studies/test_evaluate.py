"""What a worker brings: the answer of the case's own map, or why there is none; models are loaded once."""

from __future__ import annotations

import math
import pickle

import pytest
from support.toy_study import CASES, NOT_PLACED, toy_study

import simulator as sim
from simulator.models.shared import Shared
from simulator.setup.loading import load_setup
from simulator.studies.base import scenario_of
from simulator.studies.cases import Cases
from simulator.studies.clearances import silent
from simulator.studies.evaluate import evaluated


@pytest.fixture(scope="module")
def cases(tmp_path_factory):
    return Cases.of(toy_study(tmp_path_factory.mktemp("study")))


@pytest.fixture(scope="module")
def rows(cases):
    return evaluated(cases.study, list(cases))


def test_a_row_is_what_the_map_of_its_scenario_says(cases, rows):
    for index in (0, 5, 8):
        setup = load_setup(scenario_of(cases.base, cases[index]))
        cmap = sim.collision_map(setup, sweep=sim.Sweep(spin=(-180, 180, 30)), tolerance=0.05, progress=silent)
        found, row = cmap.free_extent(), rows[index]
        assert (row["unit"], row["status"], row["reason"]) == ("deg", "mapped", None)
        assert (row["free"], row["free_lower"], row["free_upper"]) == (found.value, found.lower, found.upper)
        assert row["fraction_lower"] == found.lower / 360.0 and row["fraction_upper"] == found.upper / 360.0
        costs = cmap.pair_costs()
        assert row["pair_1"] == costs["pair"][0] and row["cost_1"] == costs["blocks_deg"][0] / 360.0
        assert row["isocentre_x_mm"] == setup.isocentre_patient_mm[0]


def test_one_that_cannot_be_placed_is_a_row_with_the_reason(cases, rows):
    assert len(rows) == CASES
    assert [row["index"] for row in rows if row["status"] == "not placed"] == list(NOT_PLACED)
    row = rows[1]
    assert row["lies"] == "in the top" and row["free"] is None and "shift_mm" in row["reason"]
    assert "\n" not in row["reason"] and str(cases.study.folder) not in row["reason"]


def test_all_rows_have_the_same_columns_in_the_same_order(rows):
    assert {tuple(row) for row in rows} == {tuple(rows[0])}
    assert tuple(rows[0])[:4] == ("index", "buffers.couch_mm", "lies", "isocentre_x_mm")


def test_a_larger_buffer_leaves_no_more(rows):
    upper = [rows[index]["fraction_upper"] for index in (0, 3, 6)]
    lower = [rows[index]["fraction_lower"] for index in (0, 3, 6)]
    assert upper[0] >= lower[1] and upper[1] >= lower[2] and lower[0] > upper[2]
    assert all(math.isfinite(value) and 0.0 <= value <= 1.0 for value in (*upper, *lower))


def test_clearances_are_no_less_than_the_buffers(rows):
    for index, buffer_mm in ((0, 0.0), (3, 20.0), (6, 20.0)):
        least, quarter, half = (rows[index][f"clearance_{name}_mm"] for name in ("p05", "p25", "p50"))
        assert buffer_mm <= least + 1.0 and least <= quarter <= half


def test_set_ups_share_the_models_that_they_have_in_common(cases):
    shared = Shared()
    first, second = (load_setup(scenario_of(cases.base, cases[index]), shared=shared) for index in (0, 8))
    assert first.shift_mm != second.shift_mm
    assert first.machine is second.machine and first.couch is second.couch and first.patient is second.patient
    alone = load_setup(scenario_of(cases.base, cases[8]))
    assert alone.machine is not second.machine and alone.scene.sha256 == second.scene.sha256


def test_a_set_up_pickles_and_answers_as_before(cases):
    setup = load_setup(scenario_of(cases.base, cases[3]))
    before = setup.check(spin=90)
    sent = pickle.loads(pickle.dumps(setup))
    assert sent.scene.sha256 == setup.scene.sha256 and sent.check(spin=90) == before
