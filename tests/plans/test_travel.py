"""Legs on the scales of the joints: one travel within the limits, and back to what the plan writes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.plan_values import beam

from simulator.errors import SimulatorError
from simulator.models.kinematics import Joint, KinematicTree
from simulator.plans.travel import travel_of

TREE = KinematicTree(
    (
        Joint("gantry", "revolute", axis=(0.0, 1.0, 0.0), limits=(-185.0, 185.0)),
        Joint("couch", "revolute", limits=(-95.0, 95.0)),
        Joint("table_vertical", "prismatic", "couch", limits=(-650.0, 400.0)),
        Joint("table_longitudinal", "prismatic", "table_vertical", (0.0, 1.0, 0.0)),
        Joint("table_lateral", "prismatic", "table_longitudinal", (1.0, 0.0, 0.0)),
        Joint("table_pitch", "revolute", "table_lateral", (1.0, 0.0, 0.0), limits=(-3.0, 3.0)),
    )
)
REST = {"table_vertical": -150.0, "table_longitudinal": 30.0, "table_lateral": 5.0}


def travelled(*points, before=None, **fields):
    return travel_of(beam(7, *points, **fields), TREE, REST, before or {})


@pytest.mark.parametrize(
    ("plan", "joint"),
    [
        ((181.0, 539.0), (-179.0, 179.0)),  # 181 CW 179
        ((179.0, -179.0), (179.0, -179.0)),  # 179 CC 181
        ((350.0, 370.0), (-10.0, 10.0)),
        ((240.0, 320.0), (-120.0, -40.0)),
        ((180.1, 539.9), (-179.9, 179.9)),
        ((178.0, 182.0), (178.0, 182.0)),  # 4° beyond 180, where the joint can
        ((5.0, 5.0), (5.0, 5.0)),
    ],
)
def test_a_gantry_goes_as_far_as_the_plan_says_on_its_own_scale(plan, joint):
    travel = travelled({"gantry": plan[0], "couch": 0.0}, {"gantry": plan[1]})
    assert (travel.start["gantry"], travel.stop["gantry"]) == pytest.approx(joint)
    assert travel.place(travel.start).plan["gantry"] == pytest.approx(plan[0] % 360.0)
    assert travel.place(travel.stop).plan["gantry"] == pytest.approx(plan[1] % 360.0)


def test_forth_and_back_is_one_travel():
    """240 to 320 and back: the second leg begins at 320 as written, and so do later ones that are written anew."""
    travel = travelled({"gantry": 240.0}, {"gantry": 320.0}, {"gantry": 240.0})
    assert [(leg[0]["gantry"], leg[1]["gantry"]) for leg in travel.legs] == [(-120.0, -40.0), (-40.0, -120.0)]


def test_legs_are_written_anew_at_each_control_point():
    """The plan's second leg starts at 10, not at 370: it goes on there."""
    first, second = beam(1, {"gantry": 350.0}, {"gantry": 370.0}), beam(1, {"gantry": 10.0}, {"gantry": 30.0})
    joined = beam(1, {"gantry": 0.0}, legs=(*first.legs, *second.legs))
    travel = travel_of(joined, TREE, REST, {})
    assert [(leg[0]["gantry"], leg[1]["gantry"]) for leg in travel.legs] == [(-10.0, 10.0), (10.0, 30.0)]


@settings(max_examples=60)
@given(start=st.floats(-360.0, 360.0), by=st.floats(-360.0, 360.0))
def test_a_travel_has_the_plans_length_and_lies_within_the_limits_or_is_refused(start, by):
    try:
        travel = travelled({"gantry": start}, {"gantry": start + by})
    except SimulatorError:
        low, high = min(start, start + by), max(start, start + by)
        fits = [k for k in range(-4, 5) if low + 360 * k >= -185.0 and high + 360 * k <= 185.0]
        assert not fits
        return
    ends = travel.start["gantry"], travel.stop["gantry"]
    assert ends[1] - ends[0] == pytest.approx(by, abs=1e-9)
    assert min(ends) >= -185.0 - 1e-6
    assert max(ends) <= 185.0 + 1e-6
    assert (ends[0] - start) % 360.0 == pytest.approx(0.0, abs=1e-6) or (ends[0] - start) % 360.0 > 359.99


def test_the_scale_is_the_one_that_is_nearest_to_where_the_joint_is():
    """182 is -178 or 182: after a beam that ends at 178, it is 4° away and not 356°."""
    assert travelled({"gantry": 182.0}).start["gantry"] == -178.0
    assert travelled({"gantry": 182.0}, before={"gantry": 178.0}).start["gantry"] == 182.0


def test_a_table_moves_by_differences_and_stands_where_the_isocentre_says():
    travel = travelled({"gantry": 0.0, "table_lateral": 900.0}, {"table_lateral": 920.0})
    assert travel.start == {
        "gantry": 0.0,
        "table_lateral": 5.0,
        "table_longitudinal": 30.0,
        "table_vertical": -150.0,
    }
    assert travel.stop["table_lateral"] == 25.0
    assert travel.place(travel.stop).plan == {"gantry": 0.0, "table_lateral": 920.0}


@pytest.mark.parametrize(
    ("points", "message"),
    [
        (({"couch": 170.0},), r"beam 7: control point 0: couch must be from -95 to 95 deg .*, was 170"),
        (
            ({"couch": 0.0}, {"couch": 90.0}, {"couch": 100.0}),
            r"beam 7: control point 2: couch .* was 100 \(from 0\)",
        ),
        (({"gantry": 0.0}, {"gantry": 360.0}), r"beam 7: control point 1: gantry .* was 360"),
        (({"table_vertical": 0.0}, {"table_vertical": 600.0}), r"control point 1: table_vertical .* was 450"),
        (({"table_pitch": 356.0},), r"control point 0: table_pitch must be from -3 to 3 deg .* was 356"),
    ],
)
def test_what_is_beyond_the_limits_is_refused_by_beam_and_control_point(points, message):
    with pytest.raises(SimulatorError, match=message):
        travelled(*points)


def test_all_axes_that_are_out_of_reach_are_told_at_once():
    with pytest.raises(SimulatorError) as refused:
        travelled({"gantry": 0.0, "couch": 120.0, "table_pitch": 9.0})
    assert len(str(refused.value).splitlines()) == 2
