"""What is suggested is free, is what it says, and is the nearest there is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support import shapes
from support.plan_values import beam, plan

import simulator as sim
from simulator.plans.check import check_plan

SMALL, RADIUS_MM = 0.02, 500.0


def turning_table(wall_mm=300.0):
    """A speck on the couch at (0, 500, 0), and a wall in front of x = -wall; 20 mm are to be kept."""
    return shapes.room(
        machine_parts=[("wall", shapes.cuboid((-900.0, -900.0, -50.0), (-wall_mm, 900.0, 50.0)), "fixed")],
        couch_parts=[("speck", shapes.box(SMALL, SMALL, SMALL, at=(0.0, RADIUS_MM, 0.0)), "couch")],
    )


def suggested(setup, *points, **fields):
    (found,) = check_plan(plan(beam(3, *points, **fields)), setup).beams
    return {each.kind: each for each in found.suggestions}, found


def again(setup, *points):
    """What holds of the beam that a suggestion describes."""
    return check_plan(plan(beam(1, *points)), setup).beams[0]


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
    setup = turning_table()
    joints = tuple(replace(j, limits=(-95.0, 95.0)) if j.name == "couch" else j for j in setup.couch.joints)
    setup = replace(setup, couch=replace(setup.couch, joints=joints))
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


def test_the_shortest_shift_of_the_table_that_frees_it():
    """30 mm are to be kept to a wall that is 8 mm from the body: 30 mm to the left frees it, 20 do not."""
    body = shapes.cuboid((-50.0, -100.0, -50.0), (50.0, 100.0, 50.0))
    wall = shapes.cuboid((-100.0, -150.0, -150.0), (-58.0, 150.0, 150.0))
    setup = shapes.room(
        [("wall", wall, "fixed")], patient_parts=[("body", body)], buffers=sim.Buffers(patient_mm=30.0)
    )
    found, _ = suggested(setup, {"gantry": 0.0, "couch": 0.0}, {"gantry": 20.0})
    shift = found["table shift"]
    assert shift.change == {"table_lateral": 30.0}
    assert shift.clearance_mm == pytest.approx(38.0, abs=0.11)
    assert "table lateral +30 mm" in shift.text


def test_a_shift_is_no_further_than_the_table_goes():
    body = shapes.cuboid((-50.0, -100.0, -50.0), (50.0, 100.0, 50.0))
    wall = shapes.cuboid((-100.0, -150.0, -150.0), (-58.0, 150.0, 150.0))
    setup = shapes.room(
        [("wall", wall, "fixed")], patient_parts=[("body", body)], buffers=sim.Buffers(patient_mm=30.0)
    )
    joints = tuple(replace(j, limits=(-25.0, 25.0)) if j.name == "table_lateral" else j for j in setup.couch.joints)
    setup = replace(setup, couch=replace(setup.couch, joints=joints))
    found, _ = suggested(setup, {"gantry": 0.0, "couch": 0.0})
    assert "table shift" not in found


def test_a_beam_that_is_free_needs_none():
    found, checked = suggested(turning_table(), {"gantry": 0.0, "couch": 10.0})
    assert checked.is_free
    assert found == {}


def test_arcs_that_are_repeated_have_the_same_suggestions():
    points = {"gantry": 0.0, "couch": 40.0}, {"gantry": 30.0}
    beams = check_plan(plan(beam(1, *points), beam(2, *points)), turning_table()).beams
    assert [s.beam for b in beams for s in b.suggestions if s.kind == "couch angle"] == [1, 2]
