"""The nearest free direction is free, as far away as geometry says, and nothing nearer is: the cap around is lost."""

import numpy as np
import pytest
from support import shapes
from support.suggested import again, suggested, turning_table, within

FREE_BELOW = 30.0
"""Couch angles below this are free, at any gantry angle."""


def one_sided():
    """A ball of 30 mm at 500 mm, 20 of which are to be kept to a plate at 300; no twin poses."""
    room = shapes.room(
        machine_parts=[("plate", shapes.cuboid((-340.0, -900.0, -50.0), (-300.0, 900.0, 50.0)), "fixed")],
        couch_parts=[("ball", shapes.sphere(30.0, 48, at=(0.0, 500.0, 0.0)), "couch")],
    )
    return within(room, "couch", -95.0, 95.0)


@pytest.mark.parametrize(("gantry", "couch"), [(90.0, 38.4), (40.0, 38.4), (-70.0, 37.5)])
def test_it_is_where_a_great_circle_is_nearest(gantry, couch):
    """Couch angle c bounds what is free by half a great circle: it is asin(sin g sin(couch - c)) away."""
    setup = one_sided()
    found, checked = suggested(setup, {"gantry": gantry, "couch": couch})
    nearest = found["nearest direction"]
    truth = np.degrees(np.arcsin(np.sin(np.radians(abs(gantry))) * np.sin(np.radians(couch - FREE_BELOW))))
    assert not checked.is_free
    assert truth - 0.3 <= nearest.within_deg <= truth + 0.01  # the ball is of facets
    assert truth - 0.01 <= nearest.off_deg <= truth + 0.4
    assert nearest.lost_sr == pytest.approx(2 * np.pi * (1 - np.cos(np.radians(nearest.within_deg))))
    aims = [setup.directions_patient(**{"gantry": gantry, "couch": couch, **pose}) for pose in ({}, nearest.change)]
    assert np.degrees(np.arccos(aims[0] @ aims[1])) == pytest.approx(nearest.off_deg, abs=1e-6)
    assert again(setup, {"gantry": gantry, "couch": couch, **nearest.change}).is_free


def test_the_twin_pose_is_as_near_as_can_be():
    found, _ = suggested(turning_table(), {"gantry": 90.0, "couch": 50.0})
    assert "twin pose" in found
    assert "nearest direction" not in found


def test_where_no_pose_is_free_nothing_is_said():
    blocked = shapes.room(
        machine_parts=[("wall", shapes.cuboid((-10.0, -10.0, -10.0), (10.0, 10.0, 10.0)), "fixed")],
        couch_parts=[("post", shapes.box(20.0, 20.0, 20.0), "couch")],
    )
    found, _ = suggested(blocked, {"gantry": 90.0, "couch": 50.0})
    assert found == {}


def arm_and_pillar():
    """An arm on the gantry that meets a pillar of the room, whatever the couch does."""
    arm = shapes.box(20.0, 20.0, 20.0, at=(0.0, 0.0, 500.0))
    pillar = shapes.box(60.0, 60.0, 60.0, at=(500.0 * np.sin(1.0), 0.0, 500.0 * np.cos(1.0)))
    return within(shapes.room([("arm", arm, "gantry"), ("pillar", pillar, "fixed")]), "couch", -95.0, 95.0)


def test_an_arc_is_turned_as_a_whole_and_by_the_least():
    setup = arm_and_pillar()
    found, _ = suggested(setup, {"gantry": 0.0, "couch": 10.0}, {"gantry": 60.0})
    nearest = found["nearest direction"]
    turns = [by for by in range(1, 21) if again(setup, {"gantry": -by, "couch": 10.0}, {"gantry": 60.0 - by}).is_free]
    assert "couch angle" not in found
    assert nearest.change == {"gantry": 360.0 - turns[0]}
    assert nearest.off_deg == pytest.approx(turns[0])
    assert nearest.lost_sr is None


def test_an_arc_is_not_turned_where_another_couch_angle_is_nearer():
    found, _ = suggested(one_sided(), {"gantry": 10.0, "couch": 40.0}, {"gantry": 50.0})
    assert "couch angle" in found
    assert "nearest direction" not in found
