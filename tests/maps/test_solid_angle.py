"""The solid angle of a map against closed forms, and its bounds against finer maps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import simulator as sim
from simulator.maps.solid_angle import possibly_free, surely_free

FULL_SPHERE_SR = 4 * np.pi


@pytest.mark.parametrize("couch", [15.0, 18.0, 30.0, 45.0, 90.0])
def test_without_collisions_couch_phi_gives_4_pi_phi_over_90(empty_room, couch: float) -> None:
    omega = sim.collision_map(empty_room((-couch, couch), step=3.0)).solid_angle()
    assert omega.sr == pytest.approx(FULL_SPHERE_SR * couch / 90, abs=1e-9)
    assert (omega.lower_sr, omega.upper_sr) == (omega.sr, omega.sr)


@pytest.mark.parametrize("couch", [100.0, 180.0])
def test_no_direction_is_counted_twice(empty_room, couch: float) -> None:
    omega = sim.collision_map(empty_room((-couch, couch))).solid_angle()
    assert omega.sr == pytest.approx(FULL_SPHERE_SR, abs=1e-9)


def test_a_fixed_couch_gives_nothing(empty_room) -> None:
    assert sim.collision_map(empty_room((30.0, 30.0))).solid_angle().sr == 0.0


def test_a_gantry_that_does_not_go_round_gives_its_part(empty_room) -> None:
    """Gantry 0 to 90 with couch ±90: a quarter of the sphere, by the zone between two circles of latitude."""
    omega = sim.collision_map(empty_room((-90.0, 90.0), gantry=(0.0, 90.0))).solid_angle()
    assert omega.sr == pytest.approx(FULL_SPHERE_SR / 4, abs=1e-9)


def test_pitch_and_roll_turn_the_sphere_and_change_no_area(empty_room) -> None:
    level = empty_room((-40.0, 40.0))
    tilted = replace(level, pitch_deg=3.0, roll_deg=-2.0)
    assert sim.collision_map(tilted).solid_angle().sr == sim.collision_map(level).solid_angle().sr


def test_open_space_is_all_of_4_pi() -> None:
    setup, sweep = sim.load_setup("open_space"), sim.Sweep(gantry=(-180.0, 180.0, 10.0), couch=(-90.0, 90.0, 10.0))
    assert sim.collision_map(setup, sweep=sweep).solid_angle().fraction_of_4pi == pytest.approx(1.0, abs=1e-12)


def test_bounds_of_a_coarse_map_hold_the_answer_of_a_fine_one(brain: sim.Setup, brain_map: sim.CollisionMap) -> None:
    coarse = brain_map.solid_angle()
    fine = sim.collision_map(
        brain, sweep=brain.sweep.with_steps(gantry=2.0, couch=2.0), method="sampled"
    ).solid_angle()
    assert coarse.lower_sr < fine.lower_sr < fine.sr < fine.upper_sr < coarse.upper_sr


def test_one_step_around_the_boundary_is_what_the_bounds_leave_open() -> None:
    is_free = np.zeros((8, 8), dtype=bool)
    is_free[2:5, 2:6] = True
    assert np.argwhere(surely_free(is_free, full_turns=(False, False))).tolist() == [[3, 3], [3, 4]]
    assert possibly_free(is_free, full_turns=(False, False)).sum() == 5 * 6


def test_the_seam_of_a_full_turn_has_neighbours_on_both_sides() -> None:
    is_free = np.zeros((8, 8), dtype=bool)
    is_free[[0, 1]] = True
    assert np.flatnonzero(surely_free(is_free, full_turns=(True, False))[:, 0]).tolist() == []
    assert np.flatnonzero(surely_free(is_free, full_turns=(False, False))[:, 0]).tolist() == [0]


def test_repr_is_what_a_physicist_would_paste(brain_map: sim.CollisionMap) -> None:
    omega = sim.SolidAngle(8.41, 8.32, 8.50)
    assert repr(omega) == "SolidAngle(8.41 sr, 66.9 % of 4π, between 8.32 and 8.50)"
    proven = sim.SolidAngle(8.41, 8.40, 8.42, is_proven=True)
    assert repr(proven) == "SolidAngle(8.41 sr, 66.9 % of 4π, proven between 8.40 and 8.42)"
    assert repr(brain_map).startswith("CollisionMap(brain, 72 × 37 poses: ")
