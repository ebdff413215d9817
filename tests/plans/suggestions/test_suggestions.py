"""What is suggested is free, is what it says, and is the nearest there is."""

from __future__ import annotations

import numpy as np
from support import shapes
from support.plan_values import beam, plan
from support.suggested import RADIUS_MM, SMALL, again, suggested, turning_table, within

from simulator.plans.check import check_plan


def test_the_nearest_couch_angle_in_whole_degrees():
    """Free is what is below asin(280 / 500) = 34.06°: from 40°, the nearest is 6° away."""
    found, _ = suggested(turning_table(), {"gantry": 0.0, "couch": 40.0}, {"gantry": 30.0})
    suggestion = found["couch angle"]
    assert suggestion.change == {"couch": 34.0}
    assert suggestion.beam == 3
    truth = 300.0 - RADIUS_MM * np.sin(np.radians(34.0))
    assert truth - 0.1 - SMALL <= suggestion.clearance_mm <= truth
    assert "couch 34° (-6°)" in suggestion.text
    assert again(turning_table(), {"gantry": 0.0, "couch": 34.0}, {"gantry": 30.0}).is_free
    assert not again(turning_table(), {"gantry": 0.0, "couch": 35.0}, {"gantry": 30.0}).is_free


def test_no_other_angle_is_suggested_for_a_beam_in_which_the_couch_moves():
    found, _ = suggested(turning_table(), {"gantry": 0.0, "couch": 30.0}, {"couch": 50.0})
    assert "couch angle" not in found


def test_the_twin_pose_aims_alike():
    """Couch 60° is blocked, couch -120° is not; the gantry is mirrored."""
    setup = turning_table()
    found, checked = suggested(setup, {"gantry": 40.0, "couch": 60.0}, {"gantry": 70.0})
    twin = found["twin pose"]
    assert twin.change == {"gantry": 320.0, "couch": 240.0}
    for gantry, other in ((40.0, 320.0), (70.0, 290.0)):
        np.testing.assert_allclose(
            setup.directions_patient(gantry=gantry, couch=60.0),
            setup.directions_patient(gantry=other, couch=240.0),
            atol=1e-12,
        )
    assert not checked.is_free
    assert again(setup, {"gantry": 320.0, "couch": 240.0}, {"gantry": 290.0}).is_free


def test_there_is_no_twin_where_the_couch_cannot_go():
    setup = within(turning_table(), "couch", -95.0, 95.0)
    found, _ = suggested(setup, {"gantry": 40.0, "couch": 60.0})
    assert "twin pose" not in found
    assert found["couch angle"].change == {"couch": 34.0}


def test_the_shorter_way_round():
    """300° from 150 up past 270, where a pillar stands, or 60° the other way."""
    pillar = shapes.box(60.0, 60.0, 60.0, at=(-500.0, 0.0, 0.0))
    arm = shapes.box(20.0, 20.0, 20.0, at=(0.0, 0.0, 500.0))
    setup = shapes.room(machine_parts=[("arm", arm, "gantry")], couch_parts=[("pillar", pillar, "couch")])
    found, _ = suggested(setup, {"gantry": 150.0, "couch": 0.0}, {"gantry": 450.0})
    assert found["other way"].change == {"gantry": 90.0}
    assert "60° instead of 300°" in found["other way"].text
    short, _ = suggested(setup, {"gantry": 200.0, "couch": 0.0}, {"gantry": 300.0})
    assert "other way" not in short


def test_a_beam_that_is_free_needs_none():
    found, checked = suggested(turning_table(), {"gantry": 0.0, "couch": 10.0})
    assert checked.is_free
    assert found == {}


def test_arcs_that_are_repeated_have_the_same_suggestions():
    points = {"gantry": 0.0, "couch": 40.0}, {"gantry": 30.0}
    beams = check_plan(plan(beam(1, *points), beam(2, *points)), turning_table()).beams
    assert [s.beam for b in beams for s in b.suggestions if s.kind == "couch angle"] == [1, 2]
