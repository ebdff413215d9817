"""Directions and positions in plain sentences: the oracle of frames has them right, and so has the package."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation
from support import frames, two_axes

from simulator.directions.chart import TwoAxisChart
from simulator.geometry.positions import rotation_top_patient
from simulator.geometry.transforms import apply, direction, inverse, is_rigid

BEAM_SOURCE = (0.0, 0.0, 1.0)  # gantry axes
ORIGIN = np.zeros((1, 3))
C_ARM = TwoAxisChart.of("gantry", "couch", *two_axes.C_ARM)
angles = st.floats(-400.0, 400.0)


def chain_to_patient(gantry_deg, couch_deg, position="HFS"):
    """Source direction in DICOM patient axes, through the matrices alone."""
    T_fixed_top = (
        frames.T_fixed_support(couch_deg) @ frames.T_support_eccentric(0.0) @ frames.T_eccentric_top(0.0, 0.0, 0.0)
    )
    u_top = direction(inverse(T_fixed_top) @ frames.T_fixed_gantry(gantry_deg), BEAM_SOURCE)
    return u_top @ rotation_top_patient(position)  # row vector times R is the transpose applied


def formula_to_patient(gantry_deg, couch_deg, position="HFS"):
    return C_ARM.directions(gantry_deg, couch_deg) @ rotation_top_patient(position)


@pytest.mark.parametrize("to_patient", [chain_to_patient, formula_to_patient])
@pytest.mark.parametrize(
    ("gantry_deg", "couch_deg", "position", "comes_from"),
    [
        (0, 0, "HFS", (0, -1, 0)),  # anterior
        (90, 0, "HFS", (1, 0, 0)),  # the patient's left
        (180, 0, "HFS", (0, 1, 0)),  # posterior
        (270, 0, "HFS", (-1, 0, 0)),  # the patient's right
        (90, 90, "HFS", (0, 0, -1)),  # the feet
        (90, 270, "HFS", (0, 0, 1)),  # the head
        (0, 0, "HFP", (0, 1, 0)),  # prone: from the back
        (90, 0, "FFS", (-1, 0, 0)),  # feet first: from the right
        (90, 90, "FFS", (0, 0, 1)),
        (0, 0, "HFDL", (-1, 0, 0)),  # on the left side: the right side is up
        (0, 0, "FFDR", (1, 0, 0)),
    ],
)
def test_where_the_beam_comes_from(to_patient, gantry_deg, couch_deg, position, comes_from):
    np.testing.assert_allclose(to_patient(gantry_deg, couch_deg, position), comes_from, atol=1e-15)


@given(gantry_deg=angles, couch_deg=angles)
def test_matrices_and_closed_form_agree(gantry_deg, couch_deg):
    T_support_gantry = inverse(frames.T_fixed_support(couch_deg)) @ frames.T_fixed_gantry(gantry_deg)
    u_top = direction(T_support_gantry, BEAM_SOURCE)
    np.testing.assert_allclose(u_top, C_ARM.directions(gantry_deg, couch_deg), atol=1e-15)
    u_fixed = direction(frames.T_fixed_gantry(gantry_deg), BEAM_SOURCE)
    np.testing.assert_allclose(u_fixed, C_ARM.directions(gantry_deg, 0.0), atol=1e-15)
    g, c = np.deg2rad([gantry_deg, couch_deg])
    hfs = (np.sin(g) * np.cos(c), -np.cos(g), -np.sin(g) * np.sin(c))
    np.testing.assert_allclose(chain_to_patient(gantry_deg, couch_deg), hfs, atol=1e-14)


def test_the_source_at_gantry_90_stands_on_plus_x_1000_away():
    np.testing.assert_allclose(
        apply(frames.T_fixed_gantry(90.0), [[0.0, 0.0, 1000.0]]), [[1000.0, 0.0, 0.0]], atol=1e-12
    )


def test_gantry_pitch_turns_about_the_gantrys_own_x():
    gantry_deg = np.array([0.0, 37.0, 90.0, 200.0])
    level, pitched = frames.T_fixed_gantry(gantry_deg), frames.T_fixed_gantry(gantry_deg, 10.0)
    np.testing.assert_allclose(pitched[:, :3, 0], level[:, :3, 0], atol=1e-15)  # Xg stays
    s, c = np.sin(np.deg2rad(10.0)), np.cos(np.deg2rad(10.0))
    np.testing.assert_allclose(direction(pitched[0], BEAM_SOURCE), (0.0, -s, c), atol=1e-15)
    np.testing.assert_allclose(direction(pitched[2], BEAM_SOURCE), (c, -s, 0.0), atol=1e-15)
    oracle = Rotation.from_euler("YX", np.stack([gantry_deg, np.full(4, 10.0)], axis=-1), degrees=True).as_matrix()
    np.testing.assert_allclose(pitched[:, :3, :3], oracle, atol=1e-15)


@pytest.mark.parametrize(
    ("T", "origin", "x_axis", "y_axis"),
    [
        (frames.T_gantry_collimator(90.0, 400.0), (0, 0, 400), (0, 1, 0), (-1, 0, 0)),
        (frames.T_collimator_wedge(180.0, -50.0), (0, 0, -50), (-1, 0, 0), (0, -1, 0)),
        (frames.T_gantry_receptor(1.0, 2.0, -500.0, 90.0), (1, 2, -500), (0, 1, 0), (-1, 0, 0)),
        (frames.T_fixed_support(90.0), (0, 0, 0), (0, 1, 0), (-1, 0, 0)),
        (frames.T_support_eccentric(270.0, -900.0), (0, -900, 0), (0, -1, 0), (1, 0, 0)),
        (frames.T_eccentric_top(1.0, 2.0, 3.0, 90.0, 0.0), (1, 2, 3), (1, 0, 0), (0, 0, 1)),
        (frames.T_eccentric_top(1.0, 2.0, 3.0, 0.0, 90.0), (1, 2, 3), (0, 0, -1), (0, 1, 0)),
        (frames.T_eccentric_top(0.0, 0.0, 0.0, 90.0, 90.0), (0, 0, 0), (0, 1, 0), (0, 0, 1)),  # pitch first
        (frames.T_top_patient(4.0, 5.0, 6.0, 90.0), (4, 5, 6), (1, 0, 0), (0, 0, 1)),
        (frames.T_top_patient(4.0, 5.0, 6.0, 0.0, 90.0), (4, 5, 6), (0, 0, -1), (0, 1, 0)),
        (frames.T_top_patient(4.0, 5.0, 6.0, 0.0, 0.0, 90.0), (4, 5, 6), (0, 1, 0), (-1, 0, 0)),
    ],
)
def test_each_frame_in_its_mother(T, origin, x_axis, y_axis):
    np.testing.assert_allclose(apply(T, ORIGIN)[0], origin, atol=1e-12)
    np.testing.assert_allclose(direction(T, [1.0, 0.0, 0.0]), x_axis, atol=1e-12)
    np.testing.assert_allclose(direction(T, [0.0, 1.0, 0.0]), y_axis, atol=1e-12)


@given(pitch=angles, roll=angles, yaw=angles)
def test_patient_angles_are_intrinsic_x_y_z(pitch, roll, yaw):
    T = frames.T_top_patient(0.0, 0.0, 0.0, pitch, roll, yaw)
    oracle = Rotation.from_euler("XYZ", [pitch, roll, yaw], degrees=True).as_matrix()
    np.testing.assert_allclose(T[:3, :3], oracle, atol=1e-14)
    np.testing.assert_allclose(
        frames.T_eccentric_top(0.0, 0.0, 0.0, pitch, roll)[:3, :3]
        @ Rotation.from_euler("Z", yaw, degrees=True).as_matrix(),
        oracle,
        atol=1e-14,
    )


def table_position_that_keeps_the_isocentre(position_mm, pitch_deg):
    """New table position under which the point of the table now at the isocentre stays there."""
    isocentre_top = apply(inverse(frames.T_eccentric_top(*position_mm)), ORIGIN)
    displaced = apply(frames.T_eccentric_top(*position_mm, pitch_deg), isocentre_top)[0]
    new = np.array(position_mm) - displaced
    np.testing.assert_allclose(apply(frames.T_eccentric_top(*new, pitch_deg), isocentre_top), ORIGIN, atol=1e-12)
    return new


def test_dicom_pitch_example_with_100_as_the_table_position():
    # DICOM PS3.3 C.8.8.14.12: Xt = 0, Yt = 100, Zt = 0. The exact height is positive, against DICOM's prose.
    new = table_position_that_keeps_the_isocentre((0.0, 100.0, 0.0), 3.0)
    np.testing.assert_allclose(new, (0.0, 99.863, 5.234), atol=5e-4)


def test_dicom_pitch_example_with_100_as_the_isocentre_in_table_coordinates():
    # The reading under which the prose, "a negative Zt value", is right.
    new = table_position_that_keeps_the_isocentre((0.0, -100.0, 0.0), 3.0)
    np.testing.assert_allclose(new, (0.0, -99.863, -5.234), atol=5e-4)


def test_pitch_turns_about_the_table_top_origin_and_not_the_isocentre():
    T = frames.T_eccentric_top(0.0, -800.0, -100.0, pitch_deg=3.0)
    np.testing.assert_allclose(apply(T, ORIGIN)[0], (0.0, -800.0, -100.0), atol=1e-12)


def test_a_couch_turn_carries_everything_above_the_turntable():
    T_fixed_top = (
        frames.T_fixed_support(90.0) @ frames.T_support_eccentric(0.0) @ frames.T_eccentric_top(10.0, 20.0, 30.0)
    )
    np.testing.assert_allclose(apply(T_fixed_top, ORIGIN)[0], (-20.0, 10.0, 30.0), atol=1e-12)


def test_an_eccentric_turn_goes_about_its_own_axis():
    T_support_top = frames.T_support_eccentric(180.0, -500.0) @ frames.T_eccentric_top(0.0, 300.0, 0.0)
    np.testing.assert_allclose(apply(T_support_top, ORIGIN)[0], (0.0, -800.0, 0.0), atol=1e-12)


def test_poses_broadcast_and_stay_rigid():
    rng = np.random.default_rng(1)
    a, b = rng.uniform(-180, 180, (6, 1)), rng.uniform(-180, 180, 5)
    whole_chain = {
        "gantry": frames.T_fixed_gantry(a, b),
        "collimator": frames.T_gantry_collimator(a, b),
        "wedge": frames.T_collimator_wedge(a, b),
        "receptor": frames.T_gantry_receptor(a, b, a, b),
        "support": frames.T_fixed_support(a + b),
        "eccentric": frames.T_support_eccentric(a, b),
        "top": frames.T_eccentric_top(a, b, a, b, a),
        "patient": frames.T_top_patient(a, b, a, b, a, b),
    }
    for name, T in whole_chain.items():
        assert T.shape == (6, 5, 4, 4), name
        assert is_rigid(T, 1e-12).all(), name
