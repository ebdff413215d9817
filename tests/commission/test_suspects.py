"""Readings that are pointed out, each with what speaks against it."""

import numpy as np
import pytest
from support.cylinder_head import closed_form

from simulator.commission.approaches import approached, approaches_of
from simulator.commission.readings import Reading
from simulator.commission.suspects import unlike_others, with_others_before, without_contact

CONTACT_DEG = closed_form(400.0, 450.0, 90.0)


def asked(rooms, *readings):
    ways = approaches_of(rooms, rooms.start_mm, readings)
    return ways, approached(rooms, rooms.start_mm, readings, ways)


def reading(line, contact_deg, from_deg=0.0, parts=()):
    return Reading(line, "beside", "CW", from_deg, contact_deg, parts, 0.5)


def test_a_reading_unlike_the_others_is_told_with_its_line_and_side():
    readings = [reading(7, 30.0), reading(8, 31.5), reading(9, 32.0)]
    found = unlike_others(np.array([1, 2]), np.array([0.0, 4.26, -9.0]), readings)
    assert [(each.row, each.line) for each in found] == [(1, 8), (2, 9)]
    assert [each.reason.split(": ")[1] for each in found] == [
        "it is 4.3 standard deviations after what they say",
        "it is 9.0 standard deviations before what they say",
    ]
    assert found[0].reason.startswith("31.5° does not fit")


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (reading(3, -120.0, -130.0), "does not touch anything from gantry -130.0° to -90.0°"),
        (reading(3, CONTACT_DEG, 0.0, ("arm",)), "does not touch arm from gantry 0.0° to"),
        (reading(3, 100.0), "is not free at gantry"),
    ],
)
def test_a_reading_that_the_model_has_no_contact_for_is_told_with_where_it_was_looked_for(box_beside, wrong, reason):
    readings = [reading(2, CONTACT_DEG), wrong]
    ways, at = asked(box_beside, *readings)
    if "not free" in reason:  # a start that was free has come into contact as the values changed
        ways[1] = type(ways[1])("beside", {"couch": 0.0}, 90.0, 120.0)
        at = approached(box_beside, box_beside.start_mm, readings, ways)
    (found,) = without_contact(box_beside, readings, ways, at)
    assert (found.row, found.line) == (1, 3)
    assert reason in found.reason


def test_noted_parts_are_believed_where_they_are_first(box_beside):
    readings = [reading(2, CONTACT_DEG, 0.0, ("head",)), reading(3, CONTACT_DEG)]
    assert with_others_before(box_beside, box_beside.start_mm, readings, *asked(box_beside, *readings)) == []


def test_noted_parts_behind_others_are_told(on_couch):
    """With the couch at 60 the head meets its top before it would meet the carriage."""
    behind = Reading(4, "centred", "CW", 0.0, 100.0, ("head", "couch carriage"), 0.5, joints={"couch": 60.0})
    ways, at = asked(on_couch, behind)
    (found,) = with_others_before(on_couch, on_couch.start_mm, [behind], ways, at)
    assert (found.row, found.line) == (0, 4)
    assert "head and couch carriage touched, but in the fitted model head and couch top do so before" in found.reason
