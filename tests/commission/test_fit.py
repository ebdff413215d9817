"""Fits to what a machine of known dimensions would be read as."""

from dataclasses import replace

import numpy as np
import pytest
from support.campaign import times
from support.cylinder_head import commissioned, measured

from simulator.commission.fit import fit_readings
from simulator.commission.planning import plan_measurement
from simulator.commission.readings import Reading
from simulator.commission.room import Rooms
from simulator.errors import SimulatorError

LARGEST_MM = 8.0


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        couch = ", ".join(map(str, range(-90, 91, 15)))
        file = commissioned(tmp_path_factory.mktemp("fit"), patch, candidates=f"couch_deg = [{couch}]\ncount = 26")
        yield Rooms.of(file), plan_measurement(file).rows


def drawn(planned, seed):
    rooms, rows = planned
    rng = np.random.default_rng(seed)
    truth = rooms.start_mm + rng.uniform(-LARGEST_MM, LARGEST_MM, len(rooms.unknowns))
    return truth, measured(rooms, rows, truth), rng


def test_values_are_within_what_is_stated_of_them(planned):
    draws = times(2)
    inside = np.zeros(len(planned[0].unknowns))
    for seed in range(draws):
        truth, readings, _ = drawn(planned, seed)
        found = fit_readings(planned[0], readings)
        inside += np.abs(found.values_mm - truth) <= 2.0 * found.standard_errors_mm
        assert found.has_converged
        assert found.unknowable == ()
        assert np.abs(found.values_mm - truth).max() < 4.0
        assert np.nanmax(np.abs(found.leave_one_out_mm)) <= 30.0
    assert (inside >= 0.88 * draws - 1).all()


@pytest.mark.parametrize("wrong", [1, 3])
def test_wrong_readings_are_pointed_out_and_not_left_out(planned, wrong):
    _, readings, rng = drawn(planned, 100 + wrong)
    rows = np.sort(rng.choice(len(readings), wrong, replace=False))
    for row in rows:
        readings[row] = replace(readings[row], contact_deg=readings[row].contact_deg + 10.0)
    found = fit_readings(planned[0], readings)
    assert {*rows.tolist()} <= {suspect.row for suspect in found.suspects}
    assert len(found.suspects) <= wrong + 2
    assert all(found.readings[suspect.row].line == suspect.line for suspect in found.suspects)
    assert len(found.residuals_deg) == len(readings)
    assert any("do not fit the others" in remark for remark in found.remarks)


def test_where_the_approach_began_need_not_be_said(planned):
    _, readings, _ = drawn(planned, 7)
    said, unsaid = (
        fit_readings(planned[0], readings),
        fit_readings(planned[0], [replace(each, from_deg=None) for each in readings]),
    )
    assert unsaid.values_mm == pytest.approx(said.values_mm, abs=0.02)


def test_other_parts_in_the_way_are_told(planned):
    _, readings, _ = drawn(planned, 8)
    at = next(k for k, each in enumerate(readings) if each.position == "centred")
    readings[at] = replace(readings[at], parts=("arm",))
    found = fit_readings(planned[0], readings)
    reasons = [suspect.reason for suspect in found.suspects if suspect.row == at]
    assert any("arm" in reason for reason in reasons)


def test_few_readings_with_priors_give_what_is_known_before(planned):
    rooms, _ = planned
    _, readings, _ = drawn(planned, 9)
    known = tuple(replace(each, prior_mm=3.0) for each in rooms.unknowns)
    found = fit_readings(replace(rooms, unknowns=known), readings[:2])
    assert (found.standard_errors_mm <= 3.0 + 1e-6).all()
    assert np.isinf(found.standard_errors_alone_mm).any()
    assert found.unknowable


def test_residuals_are_positive_where_the_machine_went_further(planned):
    rooms, rows = planned
    larger = rooms.start_mm + np.array([-6.0, 0.0, 0.0, 0.0, 0.0, 0.0])  # the true face is further out
    readings = measured(rooms, rows, rooms.start_mm)
    held = tuple(replace(each, prior_mm=1e-3) for each in rooms.unknowns)
    near = replace(rooms, unknowns=tuple(replace(e, start_mm=float(v)) for e, v in zip(held, larger, strict=True)))
    found = fit_readings(near, readings)  # the model's face is 6 mm nearer than the one that was read
    assert np.mean(found.residuals_deg) > 0.1


def test_readings_of_what_is_not_there_are_refused_with_their_lines(planned):
    wrong = [
        Reading(2, "nowhere", "CW", None, 60.0, (), 0.5, 0.0, {"couch": 0.0}),
        Reading(3, "centred", "CW", None, 60.0, ("nose",), 0.5, 0.0, {"couch": 0.0}),
        Reading(4, "centred", "CW", None, 60.0, (), 0.5, 0.0, {"table": 0.0}),
    ]
    with pytest.raises(SimulatorError) as error:
        fit_readings(planned[0], wrong)
    assert [line.split(":")[0] for line in str(error.value).splitlines()] == [
        f"reading of line {k}" for k in (2, 3, 4)
    ]
    with pytest.raises(SimulatorError, match="must be at least one"):
        fit_readings(planned[0], [])


def test_readings_of_the_other_sign_are_not_used(planned):
    """Angles written on a scale that runs the other way: contacts are missing, or nothing fits."""
    _, readings, _ = drawn(planned, 7)
    other = {"CW": "CC", "CC": "CW"}
    turned = [
        replace(each, contact_deg=-each.contact_deg - 20.0, from_deg=None, direction=other[each.direction])
        for each in readings
    ]
    found = fit_readings(planned[0], turned)
    assert not found.is_usable
    assert any("not to be used" in remark for remark in found.remarks)
    assert fit_readings(planned[0], readings).is_usable
