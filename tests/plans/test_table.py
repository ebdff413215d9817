"""Where a plan says that the table is."""

from __future__ import annotations

import pytest
from support.plan_values import beam, plan

from simulator.plans.table import table_position_of

POINT = {"gantry": 0.0, "couch": 0.0}


@pytest.mark.parametrize(
    ("first", "found"),
    [
        ({}, (None, None, None)),
        ({"table_vertical": -190.0, "table_longitudinal": 1000.0, "table_lateral": -20.0}, (-20.0, 1000.0, -190.0)),
        ({"table_lateral": 0.0}, (0.0, None, None)),
    ],
)
def test_what_the_first_control_point_says(first, found):
    assert table_position_of(plan(beam(1, {**POINT, **first}))) == found


def test_the_first_beam_that_says_it_counts_and_relative_positions_do_not():
    relative = beam(1, {**POINT, "table_vertical": 0.0}, {"table_vertical": 5.0}, is_table_relative=True)
    absolute = beam(3, {**POINT, "table_vertical": -150.0})
    assert table_position_of(plan(relative, beam(2, POINT), absolute)) == (None, None, -150.0)
    assert table_position_of(plan(relative)) == (None, None, None)
