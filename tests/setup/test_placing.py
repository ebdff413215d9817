"""Where joints rest that nobody moves, where the table stands, and how deep the patient may lie in it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.own_models import body, couch, head, machine, part, patient, room, top

import simulator as sim
from simulator.errors import SimulatorError
from simulator.models.kinematics import Joint
from simulator.models.slicerrt import COUCH_JOINTS


class TestRest:
    def with_arm(self, **more):
        arm = Joint("arm", "revolute", "gantry", (0.0, 1.0, 0.0), (800.0, 0.0, 500.0), **more)
        return machine(head(), part("imager", "arm", "imagers", (-20, -20, -400), (20, 20, -30)), joints=(arm,))

    @pytest.mark.parametrize(
        ("more", "message"),
        [
            ({"limits": (20.0, 90.0)}, r"joint 'arm': rest: must be from 20 to 90 deg .*, was 0"),
            ({"limits": (20.0, 90.0), "rest": 100.0}, r"joint 'arm': rest: must be from 20 to 90 deg .*, was 100"),
            ({"limits": (-90.0, -20.0), "rest": 20.0}, r"from -90 to -20 deg .*, was 20"),
        ],
    )
    def test_a_joint_that_would_stand_beyond_its_limits_is_refused(self, more, message):
        with pytest.raises(SimulatorError, match=message):
            room(self.with_arm(**more))

    def test_an_arm_stands_where_it_rests(self):
        scene = room(self.with_arm(limits=(20.0, 90.0), rest=90.0)).scene
        at = next(i for i, one in enumerate(scene.bodies) if one.name == "imager")
        T = scene.T_fixed_body(at, np.zeros((1, 2)))[0]
        # A right-handed quarter turn about y takes -z to -x: the arm lies level, towards the beam.
        assert np.allclose(T @ (0, 0, -400, 1), (400, 0, 500, 1))

    def test_a_joint_that_the_set_up_gives_a_value_to_has_no_rest(self):
        first = replace(COUCH_JOINTS[1], rest=5.0)
        with pytest.raises(SimulatorError, match=r"joint 'table_vertical': rest must be left out: .* was 5"):
            room(of_couch=replace(couch(top()), joints=(COUCH_JOINTS[0], first, *COUCH_JOINTS[2:])))

    def test_limits_without_0_are_no_fault_where_the_set_up_places_the_table(self):
        low = replace(COUCH_JOINTS[1], limits=(-650.0, -50.0))
        setup = room(of_couch=replace(couch(top()), joints=(COUCH_JOINTS[0], low, *COUCH_JOINTS[2:])))
        assert setup.table_position_mm[2] == -100

    def test_a_table_that_the_machine_sweeps_stands_where_it_brings_the_isocentre(self):
        slide = sim.Axis(joint="table_longitudinal", start=0, stop=300, step=100, over="any", unit="mm")
        sweep = sim.Sweep(*sim.Sweep(gantry=(-180.0, 180.0, 20.0), couch=(-90.0, 90.0, 30.0)), slide)
        setup = room(machine(head(), sweep=sweep))
        assert setup.table_position_mm == room().table_position_mm
        assert setup.check(gantry=0, couch=0) == room().check(gantry=0, couch=0)


class TestTheDepthInTheTableTop:
    def test_is_told(self):
        setup = room(shift_mm=(0.0, 0.0, -12.5))
        assert setup.warnings == ("patient.shift_mm: the patient's lowest point is 12.5 mm deep in the table top",)
        assert room(shift_mm=(0.0, 50.0, 12.5)).warnings == ()

    def test_is_refused_where_no_cushion_gives_way_as_far(self):
        with pytest.raises(SimulatorError, match=r"z must be at least -50, was -50\.5, which is 50\.5 mm"):
            room(shift_mm=(0.0, 0.0, -50.5))

    @pytest.mark.parametrize(("of_couch", "of_patient"), [(couch(), patient(body())), (couch(top()), patient())])
    def test_is_nothing_without_a_top_or_a_patient(self, of_couch, of_patient):
        assert room(None, of_couch, of_patient, shift_mm=(0.0, 0.0, -80.0)).warnings == ()
