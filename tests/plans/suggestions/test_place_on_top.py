"""Where the patient lies on the table top: other places free beams, and are what they say they are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support import shapes
from support.plan_values import beam, plan

from simulator.plans.check import check_plan
from simulator.plans.suggestions.place_on_top import moved_on_top
from simulator.setup.lying import Lying

TOP = shapes.cuboid((-265.0, -2000.0, -50.0), (265.0, 0.0, 0.0))
BODY = shapes.box(100.0, 100.0, 100.0, at=(0.0, 50.0, 0.0))
HEAD = shapes.cuboid((-100.0, -200.0, 400.0), (100.0, 200.0, 500.0))


def table(head_end_mm=500.0):
    """A body at some mm from the end of a top that has something below, 100 to 300 mm away from the isocentre."""
    block = shapes.cuboid((-300.0, -head_end_mm - 300.0, -600.0), (300.0, -head_end_mm - 100.0, -60.0))
    room = shapes.room(
        machine_parts=[("head", HEAD, "gantry")],
        couch_parts=[("top", TOP, "table_roll"), ("block", block, "table_roll")],
        patient_parts=[("body", BODY)],
    )
    return replace(room, shift_mm=(0.0, -head_end_mm, 0.0))


BEAMS = beam(1, {"gantry": 0.0, "couch": 0.0}), beam(2, {"gantry": 180.0, "couch": 0.0})


def test_the_place_that_frees_a_beam_is_free_with_the_isocentre_where_it_was():
    """The head reaches 200 mm along the table, and 20 are to be kept: of what is asked only 200 mm are enough."""
    setup = table()
    check = check_plan(plan(*BEAMS), setup)
    assert [each.is_free for each in check.beams] == [True, False]
    assert [(each.change, each.frees, each.blocks) for each in check.plan_suggestions] == [
        ({"longitudinal": 200.0}, (2,), ())
    ]
    (place,) = check.plan_suggestions
    assert "200 mm towards the gantry, the isocentre in the patient as planned" in place.text
    moved = moved_on_top(setup, (0.0, 200.0, 0.0))
    assert moved.isocentre_patient_mm == setup.isocentre_patient_mm
    assert moved.table_position_mm[1] == pytest.approx(setup.table_position_mm[1] - 200.0)
    assert check_plan(plan(*BEAMS), moved).is_free
    assert not check_plan(plan(*BEAMS), moved_on_top(setup, (0.0, 100.0, 0.0))).is_free


def test_no_place_beyond_the_end_of_the_top():
    """With 100 mm of the top beyond the body, 200 mm would free the beam, and are not suggested."""
    setup = table(150.0)
    check = check_plan(plan(*BEAMS), setup)
    assert not check.is_free
    assert check_plan(plan(*BEAMS), moved_on_top(setup, (0.0, 200.0, 0.0))).is_free
    assert check.plan_suggestions == ()


def test_nothing_is_said_of_a_plan_that_is_free():
    assert check_plan(plan(BEAMS[0]), table()).plan_suggestions == ()


@pytest.mark.parametrize(
    "lies",
    [
        None,
        Lying("a test", height_mm=-60.0, middle_mm=5.0),
        Lying("a test", position_mm=(10.0, 300.0, -70.0)),
    ],
)
def test_the_patient_moves_on_the_top_however_it_is_said_where_that_is(lies):
    """The place of the body in table-top axes changes by the shift, and the table goes the other way."""
    setup = replace(table(), shift_mm=(0.0, 0.0, 0.0), lies=lies)
    moved = moved_on_top(setup, (7.0, -11.0, 13.0))
    origins = [np.array(each.scene.tree["patient"].origin_mm) for each in (setup, moved)]
    np.testing.assert_allclose(origins[1] - origins[0], (7.0, -11.0, 13.0), atol=1e-9)
    positions = [np.array(each.table_position_mm) for each in (setup, moved)]
    np.testing.assert_allclose(positions[1] - positions[0], (-7.0, 11.0, -13.0), atol=1e-9)
