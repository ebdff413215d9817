"""How far a fit can be trusted: errors against the clearances of a truth that is known."""

from __future__ import annotations

import numpy as np
import pytest
from support.made_fits import made_fit

import simulator as sim
from simulator.commission.agreement import Observation
from simulator.commission.approaches import approaches_of
from simulator.commission.contact import first_contacts
from simulator.commission.validation import clearances_mm, contact_errors_mm

TRUTH = (415.0, 10.0, 0.0)
MODEL = (415.0, 0.0, 0.0)


@pytest.fixture(scope="module")
def readings(rooms: sim.Rooms) -> list[sim.Reading]:
    """Contacts of a machine whose couch top is 10 mm higher than the model's."""
    begun = [
        sim.Reading(at, position, direction, start, contact, (), 0.5, 0.0, {"couch": couch})
        for at, (position, couch, direction, start, contact) in enumerate(
            [
                ("centred", 60.0, "CW", 43.0, 62.0),
                ("centred", -30.0, "CC", -56.0, -75.0),
                ("higher", 0.0, "CW", -150.0, -120.0),
            ]
        )
    ]
    found = first_contacts(rooms, TRUTH, approaches_of(rooms, TRUTH, begun), with_slopes=False)
    return [
        sim.Reading(each.line, each.position, each.direction, each.from_deg, float(value), (), 0.5, 0.0, each.joints)
        for each, value in zip(begun, found.value, strict=True)
        if np.isfinite(value)
    ]


def test_where_the_machine_touched_before_the_model_the_error_is_the_clearance_there(rooms, readings) -> None:
    errors = contact_errors_mm(rooms, MODEL, readings)
    clearances = [
        rooms.setups[each.position].check(gantry=each.contact_deg, **each.joints).clearance_mm for each in readings
    ]
    assert len(readings) >= 2
    dangerous = np.array(clearances) > 0.0
    assert dangerous.any() and errors[dangerous] == pytest.approx(np.array(clearances)[dangerous], abs=0.02)
    assert (errors[~dangerous] <= 0.0).all()


def test_of_the_truth_there_is_no_error_and_of_a_model_too_large_a_negative_one(rooms, readings) -> None:
    assert contact_errors_mm(rooms, TRUTH, readings) == pytest.approx(0.0, abs=0.02)
    small = contact_errors_mm(rooms, MODEL, readings)
    large = contact_errors_mm(rooms, (415.0, 20.0, 0.0), readings)
    assert (np.sign(small) == -np.sign(large)).all()


def test_a_gauge_is_taken_off(rooms: sim.Rooms) -> None:
    pose = ("centred", {"gantry": 50.0, "couch": 60.0})
    plain, gauged = clearances_mm(rooms, MODEL, [(*pose, 0.0), (*pose, 7.0)])
    assert gauged == pytest.approx(plain - 7.0)


def test_what_is_told_of_a_fit(rooms: sim.Rooms, readings) -> None:
    left_out = np.random.default_rng(1).normal(0.0, 2.0, 40)
    fit = made_fit(rooms, MODEL, (0.5, 0.5, 0.5), left_out)
    seen = [
        Observation(2, "centred", {"gantry": 0.0, "couch": 0.0}, is_contact=False),
        Observation(3, "centred", {"gantry": 90.0, "couch": 60.0}, is_contact=True),
    ]
    found = sim.validate_fit(rooms, fit, readings, seen)
    assert found.leave_one_out.every_point_mm == pytest.approx(max(-left_out))
    assert found.leave_one_out.dof == 37.0
    assert found.held_out is not None and len(found.held_out.errors_mm) == len(readings)
    assert {each.buffer_mm for each in found.agreements} >= {0.0, 10.0, 20.0, 30.0}
    assert all(each.missed == each.false_alarms == () for each in found.agreements)
    assert any("111 cases" in text for text in found.published)
    alone = sim.validate_fit(rooms, fit)
    assert alone.held_out is None and alone.agreements == ()
