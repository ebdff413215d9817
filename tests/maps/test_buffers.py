"""The solid angle as a function of the buffer, against certified maps of single buffers and against FCL."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import simulator as sim

FULL_SPHERE_SR = 4 * np.pi
BUFFERS_MM = np.array([0.0, 10.0, 30.0, 60.0, 100.0])


@pytest.fixture(scope="module")
def curve(brain: sim.Setup):
    return sim.buffer_curve(brain, BUFFERS_MM, tolerance=0.01)


def with_buffer(setup: sim.Setup, buffer_mm: float) -> sim.Setup:
    return replace(setup, buffers=sim.Buffers(patient_mm=buffer_mm, couch_mm=buffer_mm))


def test_bounds_are_as_near_as_asked_for_and_never_rise(curve) -> None:
    assert (curve.upper_sr - curve.lower_sr <= 0.01 * FULL_SPHERE_SR).all()
    assert (curve.lower_sr < curve.upper_sr).all()
    assert (np.diff(curve.lower_sr) <= 0).all()
    assert (np.diff(curve.upper_sr) <= 0).all()


@pytest.mark.parametrize("index", range(len(BUFFERS_MM)))
def test_bounds_agree_with_a_certified_map_of_that_buffer(brain: sim.Setup, curve, index: int) -> None:
    """Two proofs of one number: each holds the other's lower bound below its upper one, to a fifth of a percent."""
    alone = sim.collision_map(with_buffer(brain, BUFFERS_MM[index]), tolerance=0.002).solid_angle()
    assert curve.lower_sr[index] <= alone.upper_sr
    assert curve.upper_sr[index] >= alone.lower_sr


def test_what_is_proven_does_not_depend_on_the_other_buffers(brain: sim.Setup, curve) -> None:
    alone = sim.buffer_curve(brain, [30.0], tolerance=0.01)
    assert alone.lower_sr[0] <= curve.upper_sr[2]
    assert alone.upper_sr[0] >= curve.lower_sr[2]


def test_same_curve_for_any_number_of_threads(brain: sim.Setup) -> None:
    one, two = (sim.buffer_curve(brain, [0.0, 50.0], tolerance=0.05, workers=workers) for workers in (1, 2))
    np.testing.assert_array_equal(one.lower_sr, two.lower_sr)
    np.testing.assert_array_equal(one.upper_sr, two.upper_sr)


def test_open_space_is_all_of_4_pi_for_every_buffer(empty_room) -> None:
    curve = sim.buffer_curve(empty_room((-90.0, 90.0)), [0.0, 100.0])
    assert curve.lower_sr == pytest.approx(FULL_SPHERE_SR, abs=1e-9)
    assert curve.upper_sr == pytest.approx(FULL_SPHERE_SR, abs=1e-9)


def test_table_and_repr(curve) -> None:
    table = curve.table()
    assert table["buffer_mm"].tolist() == BUFFERS_MM.tolist()
    assert (table["lower_sr"] <= table["solid_angle_sr"]).all()
    assert repr(curve).startswith("BufferCurve(5 buffers: ")


@pytest.mark.parametrize("bad", [[], [5.0, 5.0], [-1.0], [10.0, 0.0], [float("nan")]])
def test_bad_buffers_are_refused(brain: sim.Setup, bad: list[float]) -> None:
    with pytest.raises(sim.SimulatorError, match="buffers_mm: must be"):
        sim.buffer_curve(brain, bad)


def test_a_range_that_reaches_directions_twice_is_refused(empty_room) -> None:
    with pytest.raises(sim.SimulatorError, match="at most 180"):
        sim.buffer_curve(empty_room((-100.0, 100.0)), [0.0])
