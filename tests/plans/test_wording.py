"""What is said of ways, moves and margins, of values made by hand."""

import numpy as np
import pytest
from support.checked_plans import box_check

from simulator.collision.contact import Status
from simulator.plans.checked import Margin, SelfCheck
from simulator.plans.suggested import PlanSuggestion, Suggestion
from simulator.plans.ways import MoveCheck, OrderCheck, Place, Stretch, WayCheck
from simulator.plans.wording import (
    beam_line,
    beam_verdict,
    clearance_line,
    holds_line,
    import_line,
    move_verdict,
    place_line,
    place_suggestion_line,
    stretch_line,
    suggestion_line,
    way_line,
)


def place(offset=0.0, **joints):
    """A place whose gantry the plan writes differently by an offset."""
    return Place(joints, {axis: value + (offset if axis == "gantry" else 0.0) for axis, value in joints.items()})


def way(start, stop, kind=WayCheck, **fields):
    own = {"status": Status.FREE, "clearance_mm": 42.25, "spare_mm": 12.0, "at": start, "pair": "head – couch"}
    return kind(start=start, stop=stop, **{**own, **fields})


def stretch(start, stop, **fields):
    own = {"status": Status.COLLIDING, "is_proven": True, "pairs": ("head – couch", "arm – couch")}
    return Stretch(start, stop, **{**own, **fields})


def test_a_way_is_told_by_what_moves_and_how_far():
    start, stop = place(gantry=-10, couch=15, collimator=5), place(gantry=-170, couch=15, collimator=5)
    assert way_line(way(start, stop)) == "gantry -10° to -170° (-160°); couch 15°, collimator 5°"


def test_of_what_stands_only_what_counts_is_told():
    start, stop = (
        place(gantry=0, couch=0, collimator=0, table_roll=2),
        place(gantry=9, couch=0, collimator=0, table_roll=2),
    )
    assert way_line(way(start, stop)) == "gantry 0° to 9° (+9°); couch 0°, table roll 2°"


def test_a_way_is_told_as_the_plan_writes_it():
    start, stop = place(360, gantry=-10, couch=0), place(360, gantry=-170, couch=0)
    assert way_line(way(start, stop)) == "gantry 350° to 190° (-160°); couch 0°"


def test_all_that_moves_together_is_told():
    start, stop = place(gantry=0, couch=10, table_vertical=-100), place(gantry=20, couch=350, table_vertical=-90)
    expected = "gantry 0° to 20° (+20°), couch 10° to 350° (+340°), table vertical -100 mm to -90 mm (+10 mm)"
    assert way_line(way(start, stop)) == expected


def test_a_full_turn_is_told_as_one():
    start = Place({"gantry": -175.0, "couch": 0.0}, {"gantry": 185.0, "couch": 0.0})
    stop = Place({"gantry": 185.0, "couch": 0.0}, {"gantry": 185.0, "couch": 0.0})
    assert way_line(way(start, stop)) == "gantry 185° to 185° (+360°); couch 0°"


def test_of_a_place_only_what_counts_is_told():
    assert place_line(place(gantry=0, couch=0, table_pitch=0, collimator=8.5e-10)) == "gantry 0°, couch 0°"
    assert place_line(place(gantry=0, couch=0, table_pitch=1.5)) == "gantry 0°, couch 0°, table pitch 1.5°"


def test_the_least_clearance_is_told_with_its_place():
    at = place(gantry=30, couch=15)
    assert clearance_line(way(at, at)) == "42.2 mm at gantry 30°, couch 15°: head – couch"
    assert clearance_line(way(at, at, clearance_mm=np.inf, pair="")) == "nothing to hit"


def test_both_ends_of_what_is_blocked_are_told():
    found = stretch(place(gantry=30, couch=15), place(gantry=50, couch=15))
    assert stretch_line(found) == "colliding gantry 30° to gantry 50°: head – couch, arm – couch"
    assert stretch_line(stretch(*[place(gantry=30, couch=15)] * 2)).startswith("colliding gantry 30°, couch 15°: ")


def test_what_could_not_be_proven_is_called_undecided():
    found = stretch(place(gantry=30), place(gantry=31), is_proven=False, status=Status.WITHIN_BUFFER)
    assert stretch_line(found).startswith("undecided gantry 30° to gantry 31°")


def test_what_is_blocked_in_two_rooms_is_told_once():
    one = stretch(place(gantry=30), place(gantry=31))
    blocked = way(place(gantry=0), place(gantry=90), status=Status.COLLIDING, blocked=(one, one))
    assert holds_line(blocked) == stretch_line(one)
    assert holds_line(way(place(gantry=0), place(gantry=90))).startswith("free, 42.2 mm at ")


def move(*statuses, unknown="", moving=("gantry", "couch")):
    start, stop = place(gantry=0, couch=0), place(gantry=10, couch=10)
    names = ("couch first", "gantry first", "together")
    orders = [
        way(start, stop, OrderCheck, order=name, status=status) for name, status in zip(names, statuses, strict=False)
    ]
    return MoveCheck(1, 2, start, stop, moving, tuple(orders), unknown)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (move(Status.FREE, Status.COLLIDING, Status.FREE), "free: couch first, together"),
        (move(Status.COLLIDING, Status.WITHIN_BUFFER, Status.COLLIDING), "free in no order"),
        (move(Status.FREE), "free"),
        (move(Status.WITHIN_BUFFER), "within the buffer"),
        (move(moving=()), "nothing moves"),
        (move(unknown="the patient is turned from HFS to FFS"), "not computed"),
    ],
)
def test_the_verdict_on_a_move(found, expected):
    assert move_verdict(found) == expected


def test_the_verdict_on_a_beam():
    free, blocked, unknown, _ = box_check().beams
    assert beam_verdict(free) == "free"
    assert beam_verdict(blocked) == "colliding"
    assert beam_verdict(unknown) == "free, accessory not known"


def test_a_beam_has_a_name_only_if_that_may_be_told():
    first, *_, last = box_check().beams
    assert beam_line(first, identify=False) == "1"
    assert beam_line(first, identify=True) == "1 Doe-name"
    assert beam_line(last, identify=False) == "4 (SETUP, imagers out)"


def test_the_import_is_told_where_the_plan_says_anything():
    assert import_line(SelfCheck(927.0, 926.6, 0.44)) == (
        "SSD 927.0 mm in the plan, 926.6 mm here (-0.4); entry point 0.4 mm off"
    )
    assert import_line(SelfCheck(927.0, None)) == ""
    assert import_line(SelfCheck()) == ""


def test_margins_and_suggestions():
    margin = Margin(12.34, {"gantry": 3.0, "couch": 0.5}, (0.5, 1.0, 3.0), {"gantry": 1.0}, False)
    expected = "12.3 mm, gantry ±3° or more, couch ±0.5°, NOT free within the plan's tolerances of gantry"
    assert margin.told == expected
    assert Margin(np.inf, {"couch": 0.0}, (0.5, 3.0)).told == "couch less than ±0.5°"
    assert Margin(np.inf, {}, ()).told == ""
    twin = Suggestion(4, "twin pose", {"gantry": 210.0}, "gantry 210°, couch 180°", 33.04)
    assert suggestion_line(twin) == "gantry 210°, couch 180° (checked: free, least clearance 33.0 mm)"


def test_another_place_on_the_table_top_says_what_it_frees_and_what_it_blocks():
    place = PlanSuggestion({"longitudinal": 100.0}, "the patient 100 mm towards the gantry", (2, 5), (3,), 21.04)
    assert place_suggestion_line(place) == (
        "the patient 100 mm towards the gantry: frees 2, 5; no longer 3 (checked: free, least clearance 21.0 mm; "
        "moves between beams are not)"
    )
    assert "no longer" not in place_suggestion_line(PlanSuggestion({"lateral": 5.0}, "aside", (2,), (), np.inf))
