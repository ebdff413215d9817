"""Entry points against the beam's direction, which is checked against closed forms, and against positions by eye."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.dicom_plans import beam, static

from simulator.dicom.entry_points import beam_direction

angles = st.floats(-360, 360)


@given(gantry=angles, couch=angles)
def test_the_closed_form_for_a_patient_on_the_back(gantry, couch):
    g, c = np.deg2rad([gantry, couch])
    on_table = np.array([np.sin(g) * np.cos(c), -np.sin(g) * np.sin(c), np.cos(g)])
    supine = np.array(
        [on_table[0], -on_table[2], on_table[1]]
    )  # left is right of the gantry, up is the belly, in is the head
    assert beam_direction({"gantry": gantry, "couch": couch}, "HFS") == pytest.approx(supine, abs=1e-12)


@pytest.mark.parametrize(
    ("position", "gantry", "couch", "side"),
    [
        ("HFS", 0, 0, "belly"),
        ("HFS", 90, 0, "left"),
        ("HFS", 270, 0, "right"),
        ("HFS", 90, 90, "feet"),  # the couch turned anticlockwise, seen from above: feet to where the source is
        ("HFP", 0, 0, "back"),
        ("HFP", 90, 0, "right"),
        ("FFS", 0, 0, "belly"),
        ("FFS", 90, 0, "right"),
        ("FFP", 90, 0, "left"),
        ("HFDL", 0, 0, "right"),  # lies on the left side
        ("HFDR", 0, 0, "left"),
        ("FFDL", 0, 0, "right"),
        ("FFDR", 0, 0, "left"),
    ],
)
def test_from_where_a_beam_comes_known_by_eye(position, gantry, couch, side):
    sides = {
        "left": (1, 0, 0),
        "right": (-1, 0, 0),
        "back": (0, 1, 0),
        "belly": (0, -1, 0),
        "head": (0, 0, 1),
        "feet": (0, 0, -1),
    }
    assert beam_direction({"gantry": gantry, "couch": couch}, position) == pytest.approx(sides[side], abs=1e-12)


def test_pitch_and_roll_turn_the_patient_under_the_beam():
    # Roll by 10° lowers the side at +x, the left one: as if the gantry had gone 10° back.
    rolled = beam_direction({"gantry": 30, "couch": 0, "table_roll": 10}, "HFS")
    assert rolled == pytest.approx(beam_direction({"gantry": 20, "couch": 0}, "HFS"), abs=1e-12)
    # Pitch by 10° lifts the end at the gantry, the head: a beam from above then comes from the side of the head.
    pitched = beam_direction({"gantry": 0, "couch": 0, "table_pitch": 10}, "HFS")
    assert pitched == pytest.approx([0, -np.cos(np.deg2rad(10)), np.sin(np.deg2rad(10))], abs=1e-12)


def entering(gantry, off=0.0):
    """Return a static beam whose entry point is 80 mm away, off by some degrees in the gantry's plane."""
    angle = np.deg2rad(gantry + off)
    entry = (10 + 80 * np.sin(angle), 20 - 80 * np.cos(angle), 30.0)
    return static(gantry=gantry, isocentre=(10.0, 20.0, 30.0), entry=tuple(float(each) for each in entry))


@pytest.mark.parametrize("gantry", [0, 35, 306, 180])
def test_an_entry_point_on_the_beam_is_silent(read, gantry):
    assert read(beam(1, entering(gantry))).remarks == ()
    assert read(beam(1, entering(gantry, 0.9))).remarks == ()


def test_one_off_the_beam_is_told_and_refuses_nothing(read):
    plan = read(beam(2, entering(40, 3.0)))
    assert plan.remarks == (
        "beam 2: control point 0: the entry point is 3.0° off the beam's direction; it may be an old one",
    )


def test_entry_points_are_held_against_the_angles_at_their_own_control_point(read):
    at_40, at_80 = entering(40)[0], entering(80)[0]
    points = [{**at_40, "gantry_direction": "CW"}, {**at_80, "gantry_direction": "NONE"}]
    assert read(beam(1, points)).remarks == ()
    swapped = [{**points[0], "entry": at_80["entry"]}, {**points[1], "entry": at_40["entry"]}]
    assert "40.0° off" in read(beam(1, swapped)).remarks[0]


def test_of_a_patient_who_lies_otherwise_the_entry_is_on_the_other_side(read):
    assert read(beam(1, entering(90)), positions=("FFP",)).remarks == ()
    assert "180.0° off" in read(beam(1, entering(90)), positions=("FFS",)).remarks[0]
