import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.errors import SimulatorError
from simulator.geometry.scales import (
    ROTATION_AXES,
    SAME_ANGLE_DEG,
    SCALE_AXES,
    SCALES,
    arc_length,
    from_iec,
    to_iec,
    travel,
)

angles = st.floats(-1e4, 1e4)


def is_one_angle(a_deg, b_deg, tolerance_deg=1e-9):
    return np.abs((np.asarray(a_deg) - b_deg + 180.0) % 360.0 - 180.0) < tolerance_deg


@pytest.mark.parametrize("scale", ["varian_iec", "elekta_iec"])
def test_the_iec_scales_of_vendors_negate_the_couch_only(scale):
    angle_deg = [0.0, 10.0, 90.0, 270.0, 350.0]
    assert np.array_equal(to_iec("gantry", angle_deg, scale), angle_deg)
    assert np.array_equal(to_iec("collimator", angle_deg, scale), angle_deg)
    assert np.array_equal(to_iec("couch", angle_deg, scale), [0.0, 350.0, 270.0, 90.0, 10.0])


@pytest.mark.parametrize("axis", SCALE_AXES)
def test_varian_standard_is_180_minus_the_angle_on_every_axis(axis):
    assert np.array_equal(
        to_iec(axis, [0.0, 90.0, 180.0, 185.0, 270.0], "varian_standard"), [180.0, 90.0, 0.0, 355.0, 270.0]
    )


@pytest.mark.parametrize("axis", SCALE_AXES)
def test_iec_itself_is_only_normalised(axis):
    assert np.array_equal(to_iec(axis, [-90.0, 360.0, 45.0], "iec61217"), [270.0, 0.0, 45.0])
    assert np.array_equal(from_iec(axis, [-90.0, 360.0, 45.0], "iec61217"), [270.0, 0.0, 45.0])


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("axis", SCALE_AXES)
@settings(max_examples=30)
@given(angle_deg=angles)
def test_there_and_back(scale, axis, angle_deg):
    there = to_iec(axis, angle_deg, scale)
    assert 0.0 <= there < 360.0
    assert is_one_angle(from_iec(axis, there, scale), angle_deg)
    assert is_one_angle(to_iec(axis, from_iec(axis, angle_deg, scale), scale), angle_deg)


def test_no_result_is_negative_zero_or_360():
    for scale in SCALES:
        for axis in SCALE_AXES:
            for convert in (to_iec, from_iec):
                converted = convert(axis, [0.0, -0.0, 180.0, -180.0, 360.0, 1e-20, -1e-20], scale)
                assert not np.signbit(converted).any()
                assert (converted < 360.0).all()


def test_unknown_scales_and_axes_are_refused_with_the_choice():
    for convert in (to_iec, from_iec):
        with pytest.raises(
            SimulatorError, match="angle scale: unknown name 'siemens'; available: iec61217, varian_iec"
        ):
            convert("gantry", 0.0, "siemens")
        with pytest.raises(SimulatorError, match="unknown name 'wedge'; available: gantry, collimator, couch"):
            convert("wedge", 0.0, "varian_iec")
        with pytest.raises(SimulatorError, match="must be finite"):
            convert("couch", np.nan, "varian_iec")


@pytest.mark.parametrize(
    ("start_deg", "stop_deg", "direction", "axis", "length_deg"),
    [
        # The three examples of DICOM PS3.3 C.8.8.14.8.
        (5, 5, "NONE", "gantry", 0),
        (5, 5, "CW", "gantry", 360),
        (170, 160, "CC", "couch", 350),
        # The same words on the other axis mean the other way: CW increases a gantry angle.
        (170, 160, "CC", "gantry", 10),
        (170, 160, "CW", "gantry", 350),
        (170, 160, "CW", "couch", 10),
        (5, 5, "CC", "couch", 360),
        # A VMAT arc and its way back, across 180 by way of 0.
        (181, 179, "CW", "gantry", 358),
        (179, 181, "CC", "gantry", 358),
        (350, 10, "CW", "gantry", 20),
        (10, 350, "CW", "gantry", 340),
        (0, 180, "CW", "gantry", 180),
        (0, 180, "CC", "gantry", 180),
        (180, 0, "CW", "gantry", 180),
        (-90, 90, "CC", "couch", 180),
        # Seen from the source a collimator angle increases counter-clockwise.
        (350, 10, "CC", "collimator", 20),
        (350, 10, "CC", "eccentric", 20),
        # Along the positive axis pitch and roll increase clockwise.
        (0, 3, "CW", "pitch", 3),
        (0, 357, "CC", "roll", 3),
        (0, 3, "CW", "gantry_pitch", 3),
        # One angle, written in two ways.
        (0, 360, "CW", "gantry", 360),
        (360, 0, "CC", "gantry", 360),
        (0, 360, "NONE", "gantry", 0),
        (-180, 180, "CW", "gantry", 360),
        (-0.0, 0.0, "CC", "couch", 360),
        (-0.0, 0.0, "NONE", "couch", 0),
        (5, 5 + 8.5e-10, "CW", "gantry", 360),
        (5, 5 + 8.5e-10, "CC", "gantry", 360),
        (5 + 8.5e-10, 5, "CW", "gantry", 360),
        (0, 8.5e-10, "NONE", "couch", 0),
        (8.5e-10, 360 - 8.5e-10, "NONE", "couch", 0),
        # The smallest movement that counts.
        (5, 5 + 1e-5, "CW", "gantry", 1e-5),
        (5, 5 + 1e-5, "CC", "gantry", 360 - 1e-5),
    ],
)
def test_arc_length(start_deg, stop_deg, direction, axis, length_deg):
    length = arc_length(start_deg, stop_deg, direction, axis)
    assert length == pytest.approx(length_deg, abs=1e-12)
    assert not np.signbit(length)


@pytest.mark.parametrize("axis", ROTATION_AXES)
@settings(max_examples=40)
@given(start_deg=angles, stop_deg=angles)
def test_both_ways_make_a_full_turn(axis, start_deg, stop_deg):
    clockwise = arc_length(start_deg, stop_deg, "CW", axis)
    counter = arc_length(start_deg, stop_deg, "CC", axis)
    full = 720.0 if is_one_angle(start_deg, stop_deg, SAME_ANGLE_DEG) else 360.0
    assert clockwise + counter == pytest.approx(full, abs=1e-9)
    assert clockwise == pytest.approx(arc_length(stop_deg, start_deg, "CC", axis), abs=1e-9)


def test_arc_lengths_of_many_segments():
    lengths = arc_length([0.0, 10.0, 350.0], [10.0, 350.0, 350.0], "CW", "gantry")
    assert np.array_equal(lengths, [10.0, 340.0, 360.0])
    assert np.array_equal(arc_length([[1.0], [2.0]], [[1.0], [2.0]], "NONE", "couch"), [[0.0], [0.0]])


def test_arcs_that_contradict_themselves_are_refused():
    with pytest.raises(
        SimulatorError, match="rotation direction of the gantry: unknown name 'CCW'; available: CW, CC, NONE"
    ):
        arc_length(0.0, 10.0, "CCW", "gantry")
    with pytest.raises(SimulatorError, match="unknown name ''"):
        arc_length(0.0, 0.0, "", "gantry")
    with pytest.raises(SimulatorError, match="rotation axis: unknown name 'table'; available: gantry"):
        arc_length(0.0, 10.0, "CW", "table")
    with pytest.raises(SimulatorError, match=r"must be CW or CC .* was NONE from 0.0 to 1.0"):
        arc_length(0.0, 1.0, "NONE", "couch")
    with pytest.raises(SimulatorError, match="stop_deg must be finite"):
        arc_length(0.0, np.nan, "CW", "couch")


@pytest.mark.parametrize(
    ("start_deg", "stop_deg", "direction", "axis", "travelled_deg"),
    [
        (10, 350, "CW", "gantry", 340),
        (10, 350, "CC", "gantry", -20),
        (170, 160, "CC", "couch", 350),
        (170, 160, "CW", "couch", -10),
        (5, 5, "CC", "gantry", -360),
        (5, 5, "NONE", "gantry", 0),
    ],
)
def test_what_is_travelled_has_a_sign(start_deg, stop_deg, direction, axis, travelled_deg):
    assert float(travel(start_deg, stop_deg, direction, axis)) == travelled_deg
    assert not np.signbit(travel(5.0, 5.0, "NONE", "gantry"))
