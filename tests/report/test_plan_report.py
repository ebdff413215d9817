"""JSON and table of what holds of a plan, against the values that they are made of."""

import json
from dataclasses import replace

import numpy as np
import pytest
from support.checked_plans import NAMES, box_check, free_check

from simulator.maps.provenance import DISCLAIMER
from simulator.plans.suggested import PlanSuggestion
from simulator.report.plan_report import plan_result, plan_table
from simulator.report.results import result_json


@pytest.fixture(scope="module")
def found():
    return json.loads(result_json(plan_result(box_check())))


def test_the_verdict_and_what_it_is_of(found):
    check = box_check()
    assert found["verdict"] == check.verdict
    assert found["is_free"] is False
    assert found["order"] == [1, 2, 3, 4]
    assert found["plan"] == {"kind": "RT Plan", "beams": 4, "geometry": "PATIENT", "sha256": check.plan.sha256}
    assert found["disclaimer"] == DISCLAIMER
    assert found["unknown_accessories"] == list(check.unknown_accessories)
    assert plan_result(free_check())["is_free"] is True


def test_each_beam_has_its_legs_and_ways(found):
    for told, beam in zip(found["beams"], box_check().beams, strict=True):
        assert told["number"] == beam.beam.number
        assert told["is_free"] == beam.is_free
        assert len(told["legs"]) == len(beam.legs)
        assert len(told["ways"]) == len(beam.ways)
        for leg, value in zip(told["legs"], beam.legs, strict=True):
            assert leg["start"]["plan"] == pytest.approx(value.start.plan, abs=1e-3)
            assert leg["stop"]["joints"] == pytest.approx(value.stop.joints, abs=1e-3)
            assert leg["clearance_mm"] == pytest.approx(value.clearance_mm, abs=1e-3)


def test_both_ends_of_what_is_blocked_are_there(found):
    (stretch,) = found["beams"][1]["ways"][0]["blocked"]
    (value,) = box_check().beams[1].ways[0].blocked
    assert stretch["verdict"] == "colliding"
    assert stretch["start"]["plan"]["gantry"] == pytest.approx(value.start.plan["gantry"], abs=1e-3)
    assert stretch["stop"]["plan"]["gantry"] == 175
    assert stretch["pairs"] == list(value.pairs)


def test_moves_have_all_their_orders(found):
    assert [(move["before"], move["after"]) for move in found["moves"]] == [(1, 2), (2, 3), (3, 4)]
    assert [order["order"] for order in found["moves"][0]["orders"]] == ["couch first", "gantry first", "together"]
    assert found["moves"][0]["free_orders"] == list(box_check().moves[0].free_orders)


def test_suggestions_and_margins_are_there(found):
    assert [each["kind"] for each in found["suggestions"]] == [each.kind for each in box_check().suggestions]
    assert [beam["margin"] is None for beam in found["beams"]] == [beam.margin is None for beam in box_check().beams]


def test_other_places_on_the_table_top_are_there():
    place = PlanSuggestion({"longitudinal": 100.0}, "100 mm on", (2,), (3,), np.inf)
    (told,) = plan_result(replace(box_check(), plan_suggestions=(place,)))["plan_suggestions"]
    assert told == {**vars(place), "clearance_mm": None}


def test_what_holds_without_the_assumed_body_is_there(found):
    assert found["beams"][0]["as_scanned"] is None
    first, *others = box_check().beams
    assumed = replace(box_check(), beams=(replace(first, as_scanned=first.worst), *others))
    assert plan_result(assumed)["beams"][0]["as_scanned"] == found["beams"][0]["ways"][0]


def test_what_there_is_not_to_hit_has_no_clearance():
    check = free_check()
    way = replace(check.beams[0].ways[0], clearance_mm=np.inf, spare_mm=np.inf, pair="")
    beams = (replace(check.beams[0], ways=(way,)), *check.beams[1:])
    result = plan_result(replace(check, beams=beams))
    assert result["beams"][0]["ways"][0]["clearance_mm"] is None
    assert "Infinity" not in result_json(result)
    assert np.isnan(plan_table(replace(check, beams=beams))["clearance_mm"][0])


def test_it_tells_what_the_room_was_made_of(found):
    made_by = found["provenance"]
    assert made_by["scene_sha256"] == box_check().setup.scene.sha256
    assert "grid" not in made_by
    assert "versions" in made_by
    assert made_by["models"]["machine"]["name"] == "c_arm"


def test_a_patient_is_called_by_name_only_if_asked_for(found):
    assert found["provenance"]["models"]["patient"] == {"options": {}}
    named = plan_result(box_check(), identify=True)["provenance"]["models"]["patient"]
    assert named["name"] == box_check().setup.patient.name


@pytest.mark.parametrize("secret", [*NAMES, "Water box"])
def test_names_are_in_no_result_unless_they_are_asked_for(secret):
    assert secret not in result_json(plan_result(box_check()))
    assert secret not in plan_table(box_check()).to_csv()


def test_names_may_be_asked_for():
    text = result_json(plan_result(box_check(), identify=True))
    assert "Doe-name" in text
    assert "Water box" in text
    assert "Secret^Name" not in text  # the patient's is not even read


def test_the_table_has_a_row_for_each_way_and_order():
    table = plan_table(box_check())
    assert list(table["beam"]) == ["1", "1-2", "1-2", "1-2", "2", "2-3", "2-3", "2-3", "3", "3-4", "4"]
    arc = table[table["beam"] == "2"].iloc[0]
    assert (arc["gantry_start_deg"], arc["gantry_stop_deg"], arc["couch_start_deg"]) == (60, 175, 30)
    assert arc["verdict"] == "colliding"
    assert "gantry 175°" in arc["blocked"]
    assert list(plan_table(free_check()).columns[:7]) == [
        "beam",
        "way",
        "verdict",
        "clearance_mm",
        "spare_mm",
        "pair",
        "blocked",
    ]


def test_a_move_in_which_nothing_moves_has_a_row_too():
    check = free_check()
    moves = (replace(check.moves[0], moving=(), orders=()),)
    table = plan_table(replace(check, moves=moves))
    assert table[table["beam"] == "1-2"].iloc[0]["verdict"] == "nothing moves"


def test_the_same_answer_is_the_same_text():
    assert result_json(plan_result(box_check())) == result_json(plan_result(box_check()))
