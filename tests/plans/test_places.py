"""Isocentres and table positions that cannot be those of the patient are warned of."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support import shapes
from support.plan_values import beam, plan

from simulator.errors import SimulatorError
from simulator.models.scan import Scan
from simulator.plans.check import check_plan
from simulator.setup.lying import Lying

POINT = {"gantry": 0.0, "couch": 0.0}
SKIN = shapes.cuboid((-50.0, -100.0, -50.0), (50.0, 100.0, 50.0))


@pytest.fixture
def scanned():
    setup = shapes.room(patient_parts=[("body", SKIN)])
    return replace(setup, patient=replace(setup.patient, scan=Scan("HFS", "1.2.3", tight=SKIN)))


def told(of_plan, setup, words):
    return [text for text in check_plan(of_plan, setup).warnings if words in text]


def test_an_isocentre_outside_the_body(scanned):
    inside = plan(beam(1, POINT, isocentre_mm=(10.0, 20.0, 5.0)), frame_of_reference="1.2.3")
    assert told(inside, scanned, "outside the body") == []
    outside = plan(beam(1, POINT, isocentre_mm=(10.0, 20.0, 95.0)), frame_of_reference="1.2.3")
    assert len(told(outside, scanned, "beam 1: the isocentre is outside the body")) == 1


def test_table_tops_of_one_plan_at_two_heights(scanned):
    first = beam(1, {**POINT, "table_vertical": -150.0})
    agrees, differs = ({**POINT, "table_vertical": vertical} for vertical in (-148.0, -130.0))
    assert told(plan(first, beam(2, agrees), frame_of_reference="1.2.3"), scanned, "do not agree") == []
    (text,) = told(plan(first, beam(2, differs), frame_of_reference="1.2.3"), scanned, "do not agree")
    assert "by that of beam 2 the table top is 20 mm higher under the patient than by that of beam 1" in text


def test_a_pitch_that_moves_needs_a_table_whose_place_is_known(scanned):
    moving = plan(beam(1, {**POINT, "table_pitch": 0.0}, {"table_pitch": 2.0}), frame_of_reference="1.2.3")
    with pytest.raises(SimulatorError, match="table_pitch must stand still where it is not known where the table is"):
        check_plan(moving, scanned)
    known = replace(scanned, lies=Lying("given", position_mm=scanned.table_position_mm))
    assert len(check_plan(moving, known).beams) == 1
