"""Bounds that follow an isocentre are those of the room with the isocentre there, whatever way it came."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.proven import found_wrong

import simulator as sim
from simulator.certify.branch_and_bound import UNDECIDED
from simulator.maps.certified import ContradictionError
from simulator.maps.live import moving_map
from simulator.maps.live.moving_map import LiveBounds, MovingMap, OutOfReach

COARSE = (0.3, 0.15)
WAY = [(0.0, 0.0, 0.0), (4.0, -3.0, 0.0), (7.0, -6.0, 9.0), (60.0, 10.0, -40.0)]


@pytest.fixture(scope="module")
def box():
    return sim.load_setup("box")


@pytest.fixture(scope="module")
def answers(box):
    """The answers along a way, the coarse and the final one of each isocentre."""
    moving = MovingMap(box, tolerances=COARSE)
    return [list(moving.answers(tuple(np.add(box.isocentre_patient_mm, step)))) for step in WAY]


def test_each_isocentre_has_a_coarse_answer_and_then_a_finer_one(answers):
    for (coarse, final), step in zip(answers, WAY, strict=True):
        assert (coarse.is_coarse, coarse.is_final, final.is_coarse, final.is_final) == (True, False, False, True)
        assert coarse.isocentre_mm == final.isocentre_mm == tuple(np.add(answers[0][0].isocentre_mm, step))
        for each, tolerance in ((coarse, COARSE[0]), (final, COARSE[1])):
            lower, upper = each.bounds_of_4pi
            assert each.tolerance == tolerance and upper - lower <= tolerance
        assert coarse.bounds_of_4pi[0] <= final.bounds_of_4pi[0] <= final.bounds_of_4pi[1] <= coarse.bounds_of_4pi[1]


def test_bounds_hold_what_a_map_of_that_isocentre_proves(answers):
    coarse, final = answers[3]
    sweep = final.setup.sweep.with_steps(gantry=30.0, couch=30.0)
    fresh = sim.collision_map(final.setup, sweep=sweep, tolerance=0.1, workers=1).solid_angle()
    for each in (coarse, final):
        assert each.solid_angle.lower_sr <= fresh.upper_sr
        assert each.solid_angle.upper_sr >= fresh.lower_sr


def test_fcl_contradicts_no_cell(answers):
    rng = np.random.default_rng(1)
    for coarse, final in answers[1:]:
        scene = final.setup.scene.scanning(final.sweep.joints)
        assert found_wrong(scene, coarse.cells, rng, 100) == []
        assert found_wrong(scene, final.cells, rng, 100) == []
        assert (coarse.cells.status != UNDECIDED).sum() > 50


def test_the_table_follows(answers, box):
    for (_, final), step in zip(answers, WAY, strict=True):
        x, y, z = step  # DICOM of a patient head first supine: x to the left, y to the back, z to the head
        moved = np.subtract(final.table_position_mm, box.table_position_mm)
        np.testing.assert_allclose(moved, (-x, -z, y), rtol=0, atol=1e-9)
        np.testing.assert_allclose(final.setup.table_position_mm, final.table_position_mm, rtol=0, atol=1e-9)


def test_beyond_the_tables_travel_there_is_a_reason_and_it_goes_on_from_there(box):
    moving = MovingMap(box, tolerances=(0.5,))
    (first,) = moving.answers(box.isocentre_patient_mm)
    far = tuple(np.add(box.isocentre_patient_mm, (900.0, 0.0, 0.0)))
    (refused,) = moving.answers(far)
    assert isinstance(refused, OutOfReach) and refused.isocentre_mm == far
    assert "lateral position must be from" in refused.reason and "mm missing" in refused.reason
    (again,) = moving.answers(box.isocentre_patient_mm)
    assert isinstance(again, LiveBounds) and again.bounds_of_4pi == first.bounds_of_4pi


def test_what_stops_the_work_leaves_the_last_cells(box):
    class EnoughError(Exception):
        pass

    def stop(has_answer):
        if has_answer:
            raise EnoughError

    moving = MovingMap(box, tolerances=(0.5, 0.01))
    answers = moving.answers(box.isocentre_patient_mm, stop)
    assert next(answers).is_coarse
    with pytest.raises(EnoughError):
        next(answers)
    assert next(moving.answers(box.isocentre_patient_mm)).is_coarse


def test_a_proof_that_fcl_contradicts_is_told(box, monkeypatch):
    """Planted: cells are taken over from the last isocentre as they were."""
    monkeypatch.setattr(moving_map, "shifts_mm", lambda _, after: np.zeros(len(after.pairs)))
    moving = MovingMap(box, tolerances=(0.3,))
    list(moving.answers(box.isocentre_patient_mm))
    with pytest.raises(ContradictionError, match="FCL disagrees"):
        list(moving.answers(tuple(np.add(box.isocentre_patient_mm, (180.0, 0.0, 0.0)))))


@pytest.mark.parametrize("tolerances", [(), (0.0,), (0.1, 2.0)])
def test_tolerances_are_shares(box, tolerances):
    with pytest.raises(sim.SimulatorError, match="tolerances"):
        MovingMap(box, tolerances=tolerances)


def test_a_sweep_without_a_solid_angle_is_refused(box):
    with pytest.raises(sim.SimulatorError, match="two joints that turn the beam"):
        MovingMap(replace(box, sweep=sim.Sweep(gantry=(-180, 180, 5))))
