"""Which way each axis goes between two control points, and what is left as it was."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.dicom_plans import ABSENT, EMPTY, arc, beam, static, write_plan

from simulator.dicom.plan import Plan
from simulator.errors import SimulatorError

TURNING = ("gantry", "collimator", "couch", "pitch", "roll")
NAMES = {"pitch": "table_pitch", "roll": "table_roll"}
# Which word lets the angle grow, in words of the standard and not of our table: PS3.3 C.8.8.14.8 (gantry, seen from
# the isocentre; collimator, from the source; couch, from above), C.8.8.14.12 (pitch and roll).
GROWS = {"gantry": "CW", "collimator": "CC", "couch": "CC", "pitch": "CW", "roll": "CW"}


@pytest.mark.parametrize(
    ("axis", "start", "stop", "direction", "travelled"),
    [
        ("gantry", 10, 170, "CW", 160),
        ("gantry", 10, 170, "CC", -200),
        ("gantry", 5, 5, "CW", 360),
        ("gantry", 5, 5, "CC", -360),
        ("gantry", 5, 5, "NONE", 0),
        ("gantry", 181, 179, "CW", 358),
        ("gantry", 178, 182, "CC", -356),
        ("gantry", 0, 360, "NONE", 0),
        ("gantry", 0, 360, "CW", 360),
        ("gantry", 350, 20, "CW", 30),
        ("gantry", -10, 20, "CW", 30),
        ("gantry", 8.5e-10, 0, "NONE", 0),
        ("gantry", 327, 280, "CC", -47),
        ("couch", 170, 160, "CC", 350),
        ("couch", 170, 160, "CW", -10),
        ("couch", 0, 90, "CC", 90),
        ("collimator", 180.1, 187.5, "CC", 7.4),
        ("pitch", 0, 2, "CW", 2),
        ("roll", 1, 359, "CC", -2),
    ],
)
def test_how_far_an_axis_turns(read, axis, start, stop, direction, travelled):
    (leg,) = read(beam(1, arc(start, stop, direction, axis))).beams[0].legs
    name = NAMES.get(axis, axis)
    assert leg.start[name] == start
    assert leg.stop[name] == pytest.approx(start + travelled, abs=1e-5)
    assert leg.moving == ((name,) if travelled else ())


def test_a_leg_ends_where_the_plan_says_but_for_whole_turns(read):
    legs = (
        read(beam(1, [{"gantry": 0.1, "gantry_direction": "CC"}, {"gantry": 359.7}, {"gantry": 200.3}])).beams[0].legs
    )
    assert [leg.start["gantry"] for leg in legs] == [0.1, 359.7]
    assert [leg.stop["gantry"] for leg in legs] == [359.7 - 360, 200.3]


@settings(max_examples=60)
@given(
    axis=st.sampled_from(TURNING),
    start=st.floats(-720, 720),
    stop=st.floats(-720, 720),
    direction=st.sampled_from(("CW", "CC")),
)
def test_an_axis_turns_the_way_it_is_told_by_at_most_a_turn(tmp_path_factory, axis, start, stop, direction):
    path = tmp_path_factory.mktemp("drawn") / "plan.dcm"
    given_start, given_stop = round(start, 4), round(stop, 4)
    (leg,) = Plan.read(write_plan(path, beam(1, arc(given_start, given_stop, direction, axis)))).beams[0].legs
    name = NAMES.get(axis, axis)
    travelled = leg.stop[name] - leg.start[name]
    assert (travelled > 0) == (direction == GROWS[axis])
    assert 0 < abs(travelled) <= 360 + 1e-6
    turned = math.radians(leg.stop[name] - given_stop)
    assert math.cos(turned) == pytest.approx(1, abs=1e-9)


def test_a_direction_holds_for_the_segment_behind_its_control_point(read):
    points = [
        {"gantry": 240, "gantry_direction": "CW"},
        {"gantry": 320, "gantry_direction": "CC"},
        {"gantry": 240, "gantry_direction": "NONE"},
    ]
    legs = read(beam(1, points)).beams[0].legs
    assert [(leg.start["gantry"], leg.stop["gantry"]) for leg in legs] == [(240, 320), (320, 240)]


def test_a_direction_that_is_left_out_is_the_one_before(read):
    points = [{"gantry": 10, "gantry_direction": "CW"}, {"gantry": 20}, {"gantry": 15}]
    legs = read(beam(1, points)).beams[0].legs
    assert [leg.stop["gantry"] for leg in legs] == [20, 375]


def test_what_is_absent_is_as_before(read):
    points = [
        {"gantry": 30, "couch": 350, "collimator": 7, "couch_direction": "CC"},
        {"couch": 5, "couch_direction": "NONE"},
        {},
    ]
    legs = read(beam(1, points)).beams[0].legs
    assert [leg.start["couch"] for leg in legs] == [350, 5]
    assert [leg.stop["couch"] for leg in legs] == [365, 5]
    assert {leg.start["gantry"] for leg in legs} == {30}
    assert {leg.start["collimator"] for leg in legs} == {7}
    assert [leg.moving for leg in legs] == [("couch",), ()]


def test_gantry_and_couch_move_together(read):
    points = [
        {"gantry": 350, "gantry_direction": "CW", "couch": 10, "couch_direction": "CW"},
        {"gantry": 40, "couch": 340},
    ]
    (leg,) = read(beam(1, points)).beams[0].legs
    assert leg.moving == ("gantry", "couch")
    assert (leg.stop["gantry"], leg.stop["couch"]) == (400, -20)


def test_axes_may_move_while_the_beam_is_off(read):
    points = [
        {"gantry": 0, "gantry_direction": "CW", "meterset": 0},
        {"gantry": 90, "meterset": 0},
        {"gantry": 100, "meterset": 1},
    ]
    legs = read(beam(1, points)).beams[0].legs
    assert [leg.is_beam_on for leg in legs] == [False, True]
    assert [leg.moving for leg in legs] == [("gantry",), ("gantry",)]
    assert [leg.meterset for leg in legs] == [(0, 0), (0, 1)]


def test_a_beam_in_which_nothing_moves_is_one_leg(read):
    (leg,) = read(beam(1, [{"gantry": 327}, {}, {}, {"gantry": 327}])).beams[0].legs
    assert leg.start == leg.stop
    assert leg.index == 0
    assert leg.meterset == (0, 1)
    assert leg.is_beam_on


def test_of_a_beam_that_moves_at_times_every_leg_is_kept(read):
    points = [{"gantry": 0}, {"gantry": 0, "gantry_direction": "CW"}, {"gantry": 10, "gantry_direction": "NONE"}, {}]
    legs = read(beam(1, points)).beams[0].legs
    assert [(leg.index, leg.moving) for leg in legs] == [(0, ()), (1, ("gantry",)), (2, ())]


@pytest.mark.parametrize("axis", TURNING)
def test_an_angle_that_changes_without_any_direction_is_refused_by_name(read, axis):
    points = [{axis: 10, f"{axis}_direction": ABSENT}, {axis: 20}]
    with pytest.raises(SimulatorError, match=r"control point 0: .* Rotation Direction .*given nowhere before"):
        read(beam(1, points))


def test_a_direction_that_comes_too_late_is_refused(read):
    points = [{"gantry": 10, "gantry_direction": ABSENT}, {"gantry": 20, "gantry_direction": "CW"}, {"gantry": 30}]
    with pytest.raises(SimulatorError, match="control point 0: Gantry Rotation Direction"):
        read(beam(1, points))


def test_an_angle_that_changes_with_none_is_refused(read):
    with pytest.raises(SimulatorError, match="the angle changes from 10° to 20° after it, was NONE"):
        read(beam(1, arc(10, 20, "NONE")))


@pytest.mark.parametrize(("written", "was"), [("CCW", "was 'CCW'"), (EMPTY, "was empty")])
def test_a_direction_of_another_word_is_refused(read, written, was):
    with pytest.raises(SimulatorError, match=f"Gantry Rotation Direction .*must be CW, CC, NONE.*{was}"):
        read(beam(1, [{"gantry": 0, "gantry_direction": written}, {"gantry": 5}]))


@pytest.mark.parametrize("axis", TURNING)
def test_an_empty_angle_is_not_an_absent_one(read, axis):
    with pytest.raises(SimulatorError, match=r"beam 1: control point 1: .* Angle .*was empty"):
        read(beam(1, [{axis: 10}, {axis: EMPTY}]))


@pytest.mark.parametrize("axis", ["gantry", "couch"])
def test_a_beam_without_a_direction_in_space_is_refused(read, axis):
    with pytest.raises(SimulatorError, match=r"control point 0: .* Angle .*was missing"):
        read(beam(1, static(**{axis: ABSENT})))


@pytest.mark.parametrize("axis", TURNING)
def test_an_angle_that_is_given_late_only_is_refused(read, axis):
    with pytest.raises(SimulatorError, match=r"control point 1: .*must be given at the first control point"):
        read(beam(1, [{axis: ABSENT}, {axis: 10}]))


def test_what_a_plan_says_nothing_of_is_absent(read):
    plan = read(beam(1, static(gantry=10, couch=20, collimator=ABSENT)))
    assert plan.beams[0].start == {"gantry": 10, "couch": 20}
    assert plan.remarks == ("beam 1: no collimator angle: it is left where the set-up has it",)


def test_more_than_two_turns_are_no_angle(read):
    with pytest.raises(SimulatorError, match="must be within ±720, was 7200"):
        read(beam(1, static(gantry=7200)))


def test_a_meterset_that_falls_is_refused(read):
    with pytest.raises(SimulatorError, match=r"Cumulative Meterset Weight .*at least 0.8, as before, was 0.5"):
        read(beam(1, [{"meterset": 0}, {"meterset": 0.8}, {"meterset": 0.5}]))


def test_spots_by_the_billion_are_a_meterset(read):
    (found,) = read(beam(1, [{}, {"meterset": 2.48879e10}], ion=True), ion=True).beams
    assert found.legs[0].meterset == (0, 2.48879e10)


@pytest.mark.parametrize(("attribute", "name"), [("eccentric", "eccentric axis"), ("gantry_pitch", "pitched")])
@pytest.mark.parametrize("points", [[{0: 5.0}, {}], [{0: 0.0}, {0: 5.0}], [{0: EMPTY}, {}]])
def test_axes_that_are_not_modelled_must_stay_at_zero(read, attribute, name, points):
    named = [{attribute: point[0]} if point else {} for point in points]
    with pytest.raises(SimulatorError, match=f"must be 0 or absent: a .*{name} is not modelled"):
        read(beam(1, named))


@pytest.mark.parametrize("attribute", ["eccentric", "gantry_pitch"])
def test_axes_that_are_not_modelled_may_be_a_whole_turn(read, attribute):
    assert read(beam(1, static(**{attribute: 360.0}))).beams


def test_a_full_turn_is_told(read):
    plan = read(beam(3, arc(5, 5, "CW")))
    assert plan.remarks == ("beam 3: control point 0: gantry goes once round, from 5° to 5°",)
    assert read(beam(3, arc(181, 179, "CW"))).remarks == ()
