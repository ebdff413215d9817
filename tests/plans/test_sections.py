"""What is told of a plan, and in which order."""

import pytest
from support.checked_plans import NAMES, box_check, free_check

from simulator.plans.sections import sections


def titled(check, **options):
    return {section.title: section for section in sections(check, **options)}


def test_all_is_told_in_the_order_of_reading():
    assert list(titled(box_check())) == [
        "What was assumed",
        "Beams",
        "Moves between beams",
        "What would be free instead",
        "Margins of free beams",
    ]


def test_every_row_has_a_cell_for_each_head():
    for section in sections(box_check()):
        assert section.rows
        assert {len(row.cells) for row in section.rows} == {len(section.heads)}


def test_beams_are_free_or_not_with_what_is_not_below():
    rows = titled(box_check())["Beams"].rows
    assert [row.cells[0].split()[0] for row in rows] == ["1", "2", "3", "4"]
    assert [row.is_free for row in rows] == [True, False, False, False]
    (blocked,) = rows[1].notes
    assert blocked.startswith("not free: colliding gantry 73")
    (unknown,) = rows[2].notes
    assert "NOT KNOWN" in unknown
    assert "G<1>" in unknown
    (imager,) = rows[3].notes
    assert "MV panel – couch carriage" in imager


def test_moves_tell_each_order():
    one, two, three = titled(box_check())["Moves between beams"].rows
    assert [each.is_free for each in (one, two, three)] == [True, False, False]
    assert [note.split(":")[0] for note in one.notes] == ["couch first", "gantry first", "together"]
    assert one.cells[2] == "free: couch first, gantry first, together"
    assert two.cells[2] == "free in no order"
    assert three.cells[1] == "gantry"


def test_the_order_of_delivery_is_the_first_thing_told():
    assert titled(free_check())["What was assumed"].rows[0].cells == ("beams are delivered in the order 1, 2",)


@pytest.mark.parametrize("secret", NAMES)
def test_names_are_told_only_if_asked_for(secret):
    assert secret not in str(sections(box_check()))
    assert ("Doe-name" in str(sections(box_check(), identify=True))) is True
