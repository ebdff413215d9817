"""Shifts of the table are the shortest that free a beam, and no further than the table goes."""

import pytest
from support.suggested import suggested, walled, within

BESIDE = (-100.0, -150.0, -150.0), (-58.0, 150.0, 150.0)
ABOVE = (-90.0, -150.0, 108.0), (400.0, 150.0, 150.0)


def test_the_shortest_shift_of_the_table_that_frees_it():
    """30 mm are to be kept to a wall that is 8 mm from the body: 30 mm to the left frees it, 20 do not."""
    found, _ = suggested(walled(BESIDE), {"gantry": 0.0, "couch": 0.0}, {"gantry": 20.0})
    shift = found["table shift"]
    assert shift.change == {"table_lateral": 30.0}
    assert shift.clearance_mm == pytest.approx(38.0, abs=0.11)
    assert "table lateral +30 mm: table and patient, and so the isocentre in the patient" in shift.text


def test_a_shift_is_no_further_than_the_table_goes():
    found, _ = suggested(within(walled(BESIDE), "table_lateral", -25.0, 25.0), {"gantry": 0.0, "couch": 0.0})
    assert "table shift" not in found


def test_along_two_axes_where_one_is_not_enough():
    """The body, 100 mm wide and 200 high, is 8 mm from walls beside it and above: one axis is not enough."""
    found, checked = suggested(walled(BESIDE, ABOVE), {"gantry": 0.0, "couch": 0.0})
    assert not checked.is_free
    assert found["table shift"].change == {"table_lateral": 50.0, "table_vertical": -50.0}
    assert found["table shift"].text.startswith("table lateral +50 mm and table vertical -50 mm: ")
