"""Readings as approaches, where the contact has a closed form."""

import numpy as np
import pytest
from support.cylinder_head import closed_form

from simulator.commission.approaches import approached, approaches_of
from simulator.commission.readings import Reading

CONTACT_DEG = closed_form(400.0, 450.0, 90.0)
UNDER_DEG = 180.0 - closed_form(400.0, 450.0, 210.0)
"""From 180 back: the face meets the lower edge of the box."""


def reading(direction, contact_deg, from_deg=None, parts=(), **more):
    return Reading(2, "beside", direction, from_deg, contact_deg, parts, 0.5, **more)


def followed(rooms, *readings):
    return approached(rooms, rooms.start_mm, readings, approaches_of(rooms, rooms.start_mm, readings))


@pytest.mark.parametrize(
    ("direction", "contact_deg", "begun"), [("CW", CONTACT_DEG, (-170.0, 0.0)), ("CC", UNDER_DEG, (180.0, 178.0))]
)
@pytest.mark.parametrize("further", [-3.0, 4.0])
@pytest.mark.parametrize("is_said", [False, True])
def test_residuals_are_positive_where_the_joint_went_further(
    box_beside, direction, contact_deg, begun, further, is_said
):
    sign = 1.0 if direction == "CW" else -1.0
    for from_deg in begun if is_said else (None,):
        found = followed(box_beside, reading(direction, contact_deg + sign * further, from_deg))
        assert found.predicted == pytest.approx([contact_deg], abs=1e-5)
        assert found.residuals == pytest.approx([further], abs=1e-5)
        # The face further out: the joint goes further, whatever the direction.
        assert found.slopes[0, 0] > 0.1


def test_where_nothing_is_said_the_joint_came_from_a_free_angle_before_the_contact(box_beside):
    readings = [reading("CW", CONTACT_DEG + 5.0), reading("CC", UNDER_DEG - 5.0)]
    up, down = approaches_of(box_beside, box_beside.start_mm, readings)
    assert CONTACT_DEG - 15.0 < up.start < CONTACT_DEG < up.stop
    assert UNDER_DEG + 15.0 > down.start > UNDER_DEG > down.stop


def test_a_gauge_meets_before_and_only_named_parts_meet(box_beside):
    spaced = followed(box_beside, reading("CW", 46.0, 0.0, gauge_mm=15.0))
    assert spaced.predicted == pytest.approx([closed_form(385.0, 450.0, 90.0)], abs=1e-5)
    arm = followed(box_beside, reading("CW", CONTACT_DEG, 0.0, ("arm",)))
    assert not arm.touches[0]


def test_what_has_no_contact_is_predicted_at_the_end_of_its_way_and_tells_nothing(box_beside):
    found = followed(box_beside, reading("CW", -120.0, -130.0))
    assert not found.touches[0]
    assert found.predicted == pytest.approx([-90.0])
    assert np.array_equal(found.slopes, np.zeros((1, len(box_beside.unknowns))))


def test_from_any_turn_of_the_scale(box_beside):
    up = approaches_of(box_beside, box_beside.start_mm, [reading("CW", CONTACT_DEG, 350.0)])[0]
    assert up.start == pytest.approx(-10.0)
