"""Contacts against closed forms, and their derivatives against those and against differences of exact contacts."""

import numpy as np
import pytest
from support.cylinder_head import POSITIONS, closed_form

from simulator.commission.contact import Approach, first_contacts


@pytest.mark.parametrize(("gauge", "padding"), [(0.0, 0.0), (12.5, 0.0), (5.0, 4.0), (20.0, -8.0)])
def test_a_face_meets_the_edge_of_a_box_where_the_closed_form_says(box_beside, gauge, padding):
    values = box_beside.start_mm
    values[-1] = padding
    found = first_contacts(box_beside, values, [Approach("beside", {"couch": 0.0}, 0.0, 120.0, (), gauge)])
    face, x, z = 400.0 - gauge - padding, 450.0, 90.0
    theta = np.radians(closed_form(face, x, z))
    # Proven up to there: never beyond the contact, and before it by less than 4e-5 mm, at 225 mm from the axis.
    assert np.degrees(theta) - 1e-5 < found.value[0] <= np.degrees(theta)
    assert {*found.parts[0]} == {"head", "box phantom"}
    # x sin θ + z cos θ = face, in radians a mm
    turn = x * np.cos(theta) - z * np.sin(theta)
    assert found.rate[0] == pytest.approx(np.radians(turn), rel=1e-4)
    expected = {
        "face_mm": 1.0 / turn,
        "radius_mm": 0.0,
        "gantry x": 0.0,  # along the face
        "phantom x": -np.sin(theta) / turn,
        "phantom y": 0.0,
        "head padding": -1.0 / turn,
    }
    for each, slope in zip(box_beside.unknowns, found.slopes[0], strict=True):
        wanted = np.degrees(expected[each.name])
        assert slope == pytest.approx(wanted, abs=3e-3 * np.degrees(1.0 / turn)), each.name


def test_a_surface_that_is_shrunk_is_followed_to_first_order(box_beside):
    values = box_beside.start_mm
    values[-1] = -3.0
    found = first_contacts(box_beside, values, [Approach("beside", {"couch": 0.0}, 0.0, 120.0)])
    assert found.beyond_mm[0] == 3.0
    assert found.value[0] == pytest.approx(closed_form(403.0, 450.0, 90.0), abs=0.02)


def test_slopes_are_those_of_exact_contacts(on_couch):
    ways = [
        Approach(position, {"couch": couch}, 0.0, stop)
        for position in POSITIONS
        for couch in (-70.0, -25.0, 40.0, 90.0)
        for stop in (-150.0, 150.0)
    ]
    start, h = on_couch.start_mm, 0.5
    found = first_contacts(on_couch, start, ways)
    is_steep = found.rate > 1.5  # what grazes bends too much for a difference of a mm
    assert is_steep.sum() > 10
    for column, each in enumerate(on_couch.unknowns):
        step = h * (np.arange(len(start)) == column)
        less, more = (first_contacts(on_couch, start + s * step, ways, with_slopes=False).value for s in (-1, 1))
        assert found.slopes[is_steep, column] == pytest.approx(((more - less) / (2 * h))[is_steep], abs=0.004), (
            each.name
        )


def test_only_contacts_of_the_named_parts_are_looked_for(on_couch):
    at = {"couch": 60.0}
    free, named = (Approach("centred", at, 0.0, 180.0, parts) for parts in ((), ("couch carriage",)))
    found = first_contacts(on_couch, on_couch.start_mm, [free, named], with_slopes=False)
    assert found.parts[0] == ("head", "couch top")
    assert found.parts[1] == ("head", "couch carriage")
    assert found.value[1] > found.value[0]


def test_an_approach_that_begins_in_contact_is_refused_and_one_that_meets_nothing_has_no_contact(on_couch):
    ways = [Approach("centred", {"couch": 90.0}, 90.0, 120.0), Approach("centred", {"couch": 0.0}, 0.0, 10.0)]
    found = first_contacts(on_couch, on_couch.start_mm, ways)
    assert found.is_start_free.tolist() == [False, True]
    assert np.isnan(found.value).all()
    assert found.parts == (None, None)
