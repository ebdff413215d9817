"""Cases of a study: all combinations in a fixed order, made when they are asked for."""

import itertools
import json

import numpy as np
import pytest

import simulator as sim
from simulator.errors import SimulatorError
from simulator.scenario.scenario import Scenario
from simulator.scenario.study import Study
from simulator.scenario.vary import MOST_CASES
from simulator.studies.base import base_scenario, scenario_of
from simulator.studies.cases import Cases
from simulator.studies.provenance import provenance_of

BOX = Scenario(title="Box", patient={"model": "box_phantom", "site": "centre"}, buffers={"couch_mm": 0})
HEIGHTS = {"field": "patient.height_cm", "values": [150, 200.5]}
LATTICE = {"lattice": {"spacing_mm": 100, "part": "box phantom"}}


def cases(*vary, scenario="liver"):
    return Cases.of(Study.of(scenario, *vary))


def test_cases_are_a_product_whose_last_entry_varies_the_fastest():
    sites = {"field": "patient.site", "values": ["lung", "liver", "brain"]}
    arms = {
        "name": "arms",
        "options": [
            {"name": "raised", "set": {"patient.options.arms": "up"}},
            {"name": "beside", "set": {"patient.options.arms": "down", "couch.model": "igrt_head_board"}},
        ],
    }
    found = cases(HEIGHTS, sites, arms)
    assert found.columns == ("patient.height_cm", "patient.site", "arms") and found.shape == (2, 3, 2)
    expected = itertools.product([150, 200.5], sites["values"], ["raised", "beside"])
    assert [tuple(case.values.values()) for case in found] == list(expected)
    assert [case.index for case in found] == list(range(12)) and found[-1] == found[11]
    assert found[3].changes == {
        "patient.height_cm": 150,
        "patient.site": "liver",
        "patient.options.arms": "down",
        "couch.model": "igrt_head_board",
    }
    assert [list(chunk) for chunk in found.chunks()] == [[index] for index in range(12)]
    changed = scenario_of(found.base, found[3])
    assert (changed.patient.site, changed.couch.model) == ("liver", "igrt_head_board")
    with pytest.raises(IndexError):
        found[12]


def test_values_that_go_together_and_vectors_and_their_places():
    found = cases(
        {"zip": {"patient.height_cm": [150, 200], "patient.mass_kg": [50, 100]}},
        {"field": "patient.shift_mm.2", "range": {"start": 0, "stop": 0.3, "step": 0.1}},
        {"field": "couch.table_position_mm", "values": [[0, 1, -200], [0, 2.5, -300]]},
    )
    assert len(found) == 16 and [case.values["patient.shift_mm.2"] for case in found[:8:2]] == [0.0, 0.1, 0.2, 0.3]
    assert found[1].values["couch.table_position_mm"] == "0, 2.5, -300"
    assert {(case.values["patient.height_cm"], case.values["patient.mass_kg"]) for case in found} == {
        (150, 50),
        (200, 100),
    }
    scenario = scenario_of(found.base, found[15])
    assert scenario.patient.shift_mm == (0.0, 0.0, 0.3) and scenario.couch.table_position_mm == (0.0, 2.5, -300.0)


def test_the_scenario_of_a_study_keeps_no_variants_and_promises(tmp_path):
    scenario = 'title = "Mine"\npatient = { model = "adult", site = "lung" }\n[[variants]]\nname = "a"\n'
    (tmp_path / "liver.toml").write_text(scenario + 'set = { "patient.site" = "liver" }\n', encoding="utf-8")
    for name in ("liver.toml", "liver"):
        (tmp_path / "s.toml").write_text(
            f'title = "x"\nscenario = "{name}"\n[[vary]]\nfield = "patient.height_cm"\nvalues = [150]\n',
            encoding="utf-8",
        )
        base = base_scenario(Study.read(tmp_path / "s.toml"))
        assert base.patient.site == (
            "lung" if name == "liver.toml" else "liver"
        )  # a file beside it, or a shipped one
        assert base.variants == () and base.expect is None


def test_a_million_cases_are_made_one_by_one():
    heights = {"field": "patient.height_cm", "range": {"start": 150, "stop": 199.9, "step": 0.1}}
    shifts = {"field": "patient.shift_mm.2", "range": {"start": 0, "stop": 199.9, "step": 0.1}}
    found = cases(heights, shifts)
    assert len(found) == 500 * 2000 == MOST_CASES == len(found.chunks())
    assert found[999_999].values == {"patient.height_cm": 199.9, "patient.shift_mm.2": 199.9}
    assert found.chunks()[999_999] == range(999_999, 1_000_000)


def test_a_lattice_is_the_fastest_wherever_it_stands_and_is_worked_on_in_cubes():
    shifts = {"field": "patient.shift_mm.0", "values": [0.0, 5.0]}
    for vary in ([LATTICE, shifts], [shifts, LATTICE]):
        found = cases(*vary, scenario=BOX)
        places = [case.isocentre_mm for case in found]
        assert len(found) == 2 * len(set(places)) and places[: len(found) // 2] == places[len(found) // 2 :]
        assert [case.values["patient.shift_mm.0"] for case in found] == [0.0] * (len(found) // 2) + [5.0] * (
            len(found) // 2
        )
        assert found.columns == ("patient.shift_mm.0",)
        assert [index for chunk in found.chunks() for index in chunk] == list(range(len(found)))
    assert set(places) == set(itertools.product((-200, -100, 0, 100), (-100, 0, 100), (-100, 0, 100)))
    assert scenario_of(found.base, found[0]).patient.isocentre_mm == found[0].isocentre_mm
    assert {case.half_edges_mm for case in found} == {None}


def test_other_patients_have_other_points_and_the_same_patient_the_same():
    lattice = {"lattice": {"spacing_mm": 40, "site": "liver", "radius_mm": 100}}
    couches = {"field": "couch.model", "values": ["igrt", "no_couch"]}
    found = cases({"field": "patient.height_cm", "values": [150, 200]}, couches, lattice)
    at = {}
    for case in found:
        at.setdefault(tuple(case.values.values()), []).append(case.isocentre_mm)
    assert at[150, "igrt"] == at[150, "no_couch"] and at[200, "igrt"] == at[200, "no_couch"]
    for height in (150, 200):
        patient = sim.Patient.load("adult", height_cm=height, arms="up")
        distances = np.linalg.norm(np.array(at[height, "igrt"]) - patient.sites["liver"], axis=1)
        assert distances.max() <= 100.0 and len(at[height, "igrt"]) > 20
    assert at[150, "igrt"] != at[200, "igrt"]
    numbers = [index for chunk in found.chunks() for index in chunk]
    assert numbers == list(range(len(found)))
    for chunk in found.chunks():
        assert len({tuple(found[index].values.values()) for index in chunk}) == 1


def test_voxels_have_half_edges_of_half_the_spacing():
    points = cases({"lattice": {"spacing_mm": 90, "part": "box phantom"}}, scenario=BOX)
    voxels = cases({"lattice": {"spacing_mm": 90, "part": "box phantom", "proof": "voxels"}}, scenario=BOX)
    assert {case.half_edges_mm for case in voxels} == {(45.0, 45.0, 45.0)}
    assert {case.isocentre_mm for case in points} < {case.isocentre_mm for case in voxels}
    expected = itertools.product((-180, -90, 0, 90, 180), *[(-180, -90, 0, 90, 180)] * 2)
    assert {case.isocentre_mm for case in voxels} == set(expected)


def test_a_lattice_follows_a_body_that_is_raised_on_a_board():
    inclines = {"field": "fixation.0.options.incline_deg", "values": ["0", "15"]}
    found = cases(inclines, {"lattice": {"spacing_mm": 40, "part": "head"}}, scenario="breast_board")
    flat, raised = (
        np.mean([case.isocentre_mm for case in found if case.values[inclines["field"]] == incline], axis=0)
        for incline in inclines["values"]
    )
    assert raised[1] < flat[1] - 100.0  # to the front: y is to the back


def test_a_scenario_that_is_not_there_is_told():
    with pytest.raises(SimulatorError, match="study: scenario: scenario: unknown name 'no'; available: box"):
        cases(HEIGHTS, scenario="no")


def test_numbers_of_numpy_stand_as_those_of_a_file():
    values = [np.float64(0.5), np.int64(20), np.float32(0.25), np.array(30)]
    found = Cases.of(Study.of("box", {"field": "buffers.patient_mm", "values": values}))
    assert [case.changes["buffers.patient_mm"] for case in found] == [0.5, 20, 0.25, 30]
    json.dumps(provenance_of(found))
    chosen = {"name": "b", "options": [{"name": "x", "set": {"buffers.patient_mm": np.float32(0.5)}}]}
    json.dumps(provenance_of(Cases.of(Study.of("box", chosen))))


def test_vectors_stand_with_their_digits():
    values = [[0, 0, 1000.1234], [0, 0, 1000.1235], [0, 0, 10.0]]
    found = Cases.of(Study.of("box", {"field": "patient.shift_mm", "values": values}))
    assert [case.values["patient.shift_mm"] for case in found] == ["0, 0, 1000.1234", "0, 0, 1000.1235", "0, 0, 10"]
