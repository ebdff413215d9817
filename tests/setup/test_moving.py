"""Another isocentre of the same patient on the same table."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.campaign import more

import simulator as sim
from simulator.setup.lying import Lying
from simulator.setup.moving import isocentre_at, scene_at, table_position_at, with_isocentre

MOVE = (12.0, -7.0, 31.0)


def moved(setup):
    return tuple(np.add(setup.isocentre_patient_mm, MOVE))


@pytest.mark.parametrize("name", ["box", "upright_brain", *more("brain_o_ring", "liver", "brain_cobalt", "foot")])
def test_the_quick_scene_is_that_of_the_set_up(name):
    setup = sim.load_setup(name)
    assert scene_at(setup, moved(setup)).sha256 == with_isocentre(setup, moved(setup)).scene.sha256


def test_a_turned_table_moves_along_its_own_axes():
    setup = replace(sim.load_setup("box"), pitch_deg=3.0, roll_deg=-2.0, position="HFP")
    there = with_isocentre(setup, moved(setup))
    assert table_position_at(setup, moved(setup)) == pytest.approx(there.table_position_mm)
    assert isocentre_at(setup, there.table_position_mm) == pytest.approx(moved(setup))


def test_a_patient_whose_table_position_is_known_stays_on_the_table():
    setup = sim.load_setup("box")
    position_mm = tuple(np.add(setup.table_position_mm, (10.0, 20.0, -5.0)))
    known = replace(setup, lies=Lying("a test", position_mm=position_mm))
    there = with_isocentre(known, moved(known))
    before, after = known.scene.tree["patient"], there.scene.tree["patient"]
    assert after.origin_mm == pytest.approx(before.origin_mm)
    assert replace(after, origin_mm=before.origin_mm) == before
    assert there.table_position_mm == pytest.approx(table_position_at(known, moved(known)))
    assert there.table_position_mm != pytest.approx(known.table_position_mm)
    assert scene_at(known, moved(known)).sha256 == there.scene.sha256


@pytest.mark.parametrize("function", [with_isocentre, scene_at])
def test_beyond_the_travel_is_refused(function):
    setup = sim.load_setup("box")
    with pytest.raises(sim.SimulatorError, match=r"longitudinal position must be from .* mm missing"):
        function(setup, tuple(np.add(setup.isocentre_patient_mm, (0.0, 0.0, 5000.0))))
