"""The circle that one axis turns a beam through, against scipy's rotations."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

import simulator as sim
from simulator.directions.circle import Circle

UNIT = st.tuples(st.floats(-1, 1), st.floats(-1, 1), st.floats(0.1, 1)).map(lambda v: np.array(v) / np.linalg.norm(v))


@settings(max_examples=50)
@given(axis=UNIT, start=UNIT, turn=st.floats(-720, 720))
def test_directions_are_those_of_a_rotation_about_the_axis(axis, start, turn):
    circle = Circle("spin", tuple(axis), tuple(start))
    expected = Rotation.from_rotvec(np.deg2rad(turn) * axis).apply(start)
    np.testing.assert_allclose(circle.directions([turn])[0], expected, atol=1e-9)
    assert Circle.from_attributes(circle.attributes()) == circle


@pytest.mark.parametrize(("position", "facing"), [("HFS", (0, -1, 0)), ("HFP", (0, 1, 0)), ("FFS", (0, -1, 0))])
def test_the_beams_of_a_ring_point_where_the_set_up_says(position, facing):
    """At gantry 0 from in front of who lies on the back; elsewhere as `Setup.directions_patient` says."""
    setup = sim.Setup(
        machine=sim.Machine.load("ring_bore"),
        couch=sim.Couch.load("no_couch"),
        patient=sim.Patient.load("point"),
        site="point",
        position=position,
        sweep=sim.Sweep(gantry=(-180.0, 180.0, 45.0)),
    )
    beams = sim.collision_map(setup, workers=1).beams()
    for _, beam in beams.iterrows():
        found = beam[["patient_x", "patient_y", "patient_z"]].to_numpy(float)
        np.testing.assert_allclose(found, setup.directions_patient(gantry=beam["gantry_deg"]), atol=1e-9)
    at_zero = beams[beams["gantry_deg"] == 0.0].iloc[0]
    np.testing.assert_allclose(at_zero[["patient_x", "patient_y", "patient_z"]].to_numpy(float), facing, atol=1e-9)
    assert beams["weight_deg"].sum() == pytest.approx(360.0)
