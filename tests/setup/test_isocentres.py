"""Where the table stands for isocentres, and when they can be proven together."""

from dataclasses import replace

import numpy as np
import pytest
from support.atlas_room import atlas_room

import simulator as sim
from simulator.setup.isocentres import TableMotion, can_share, is_same_room, middle_one
from simulator.setup.lying import Lying

POINTS = [(0.0, 0.0, 0.0), (30.0, -20.0, 10.0), (-5.0, 40.0, -60.0)]


@pytest.mark.parametrize("turned", [{}, {"pitch_deg": 4.0, "roll_deg": -3.0}, {"position": "FFS"}])
def test_the_table_stands_where_the_set_up_of_an_isocentre_says(turned):
    setup = atlas_room(**turned)
    found = TableMotion.of(setup).position_mm(POINTS)
    for point, position in zip(POINTS, found, strict=True):
        other = replace(setup, isocentre_mm=point)
        assert position == pytest.approx(other.table_position_mm, abs=1e-9)
        assert is_same_room(setup, other)


def test_the_table_positions_of_a_box_are_in_a_box():
    setup, rng = atlas_room(pitch_deg=4.0, roll_deg=-3.0), np.random.default_rng(2)
    motion, half = TableMotion.of(setup), np.array([5.0, 8.0, 3.0])
    points = np.array(POINTS[1]) + rng.choice([-1.0, 1.0], (20, 3)) * half
    away = np.abs(motion.position_mm(points) - motion.position_mm(POINTS[1]))
    assert (away <= motion.reach_mm(half) + 1e-9).all()
    assert (motion.reach_mm(half) < 1.3 * half.max()).all()


def test_isocentres_cannot_share_where_more_than_the_table_differs():
    setup = atlas_room()
    assert can_share(setup)
    assert not can_share(replace(setup, patient=replace(setup.patient, parts=())))
    assert not can_share(replace(setup, sweep=sim.Sweep(gantry=(-180.0, 180.0, 15.0))))
    assert not can_share(replace(setup, lies=Lying("a plan", position_mm=setup.table_position_mm)))


def test_other_rooms_are_told_apart():
    setup = atlas_room()
    for changed in ({"buffers": sim.Buffers(patient_mm=0.0)}, {"shift_mm": (0.0, 5.0, 0.0)}, {"pitch_deg": 1.0}):
        assert not is_same_room(setup, replace(setup, **changed))


def test_the_middle_one_is_nearest_to_the_middle_of_the_box():
    setups = [atlas_room(point) for point in POINTS]
    assert middle_one(setups) is setups[0]
