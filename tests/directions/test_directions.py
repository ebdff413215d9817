import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from simulator.directions.vectors import (
    cell_area_sr,
    direction_to_angles,
    fold,
    source_direction_fixed,
    source_direction_top,
)
from simulator.errors import SimulatorError

angles = st.floats(-800.0, 800.0)


@settings(derandomize=True, deadline=None)
@given(gantry_deg=angles, couch_deg=angles)
def test_closed_form(gantry_deg, couch_deg):
    g, c = np.deg2rad([gantry_deg, couch_deg])
    u = source_direction_top(gantry_deg, couch_deg)
    np.testing.assert_allclose(u, (np.sin(g) * np.cos(c), -np.sin(g) * np.sin(c), np.cos(g)), atol=1e-14)
    assert np.linalg.norm(u) == pytest.approx(1.0, abs=1e-15)
    np.testing.assert_allclose(source_direction_fixed(gantry_deg), (np.sin(g), 0.0, np.cos(g)), atol=1e-14)


def test_cardinal_directions_are_exact():
    assert np.array_equal(
        source_direction_fixed([0.0, 90.0, 180.0, 270.0]), [[0, 0, 1], [1, 0, 0], [0, 0, -1], [-1, 0, 0]]
    )
    u = source_direction_top([[0.0], [90.0], [180.0]], [0.0, 90.0, 180.0, 270.0])
    assert np.array_equal(u[0], np.broadcast_to([0, 0, 1], (4, 3)))
    assert np.array_equal(u[1], [[1, 0, 0], [0, -1, 0], [-1, 0, 0], [0, 1, 0]])
    assert np.array_equal(u[2], np.broadcast_to([0, 0, -1], (4, 3)))
    assert not np.signbit(u[u == 0]).any()


@settings(derandomize=True, deadline=None)
@given(gantry_deg=angles, couch_deg=angles)
def test_two_poses_one_direction(gantry_deg, couch_deg):
    u = source_direction_top(gantry_deg, couch_deg)
    for couch_image in (couch_deg + 180.0, couch_deg - 180.0):
        np.testing.assert_allclose(source_direction_top(-gantry_deg, couch_image), u, atol=1e-14)
    # The negative control: without the half turn it is another direction.
    if np.abs(np.sin(np.deg2rad(gantry_deg))) > 1e-3:
        assert not np.allclose(source_direction_top(-gantry_deg, couch_deg), u, atol=1e-4)


@settings(derandomize=True, deadline=None)
@given(gantry_deg=angles, couch_deg=angles)
def test_fold_stays_in_the_chart_and_keeps_the_direction(gantry_deg, couch_deg):
    g, c = fold(gantry_deg, couch_deg)
    assert -180.0 < g <= 180.0
    assert -90.0 < c <= 90.0
    np.testing.assert_allclose(source_direction_top(g, c), source_direction_top(gantry_deg, couch_deg), atol=1e-13)


@pytest.mark.parametrize(
    ("pose", "folded"),
    [
        ((90.0, 0.0), (90.0, 0.0)),
        ((270.0, 0.0), (-90.0, 0.0)),
        ((90.0, 90.0), (90.0, 90.0)),
        ((90.0, -90.0), (-90.0, 90.0)),
        ((90.0, 270.0), (-90.0, 90.0)),
        ((90.0, 180.0), (-90.0, 0.0)),
        ((-90.0, 180.0), (90.0, 0.0)),
        ((180.0, 100.0), (180.0, -80.0)),
        ((-180.0, 0.0), (180.0, 0.0)),
        ((0.0, 180.0), (0.0, 0.0)),
        ((30.0, -100.0), (-30.0, 80.0)),
        ((30.0, 450.0), (30.0, 90.0)),
        ((30.0, 8.5e-10), (30.0, 8.5e-10)),
        ((-0.0, -0.0), (0.0, 0.0)),
    ],
)
def test_fold_at_the_seams(pose, folded):
    assert fold(*pose) == folded
    assert not any(np.signbit(angle) for angle in fold(*pose) if angle == 0.0)


def test_fold_broadcasts():
    g, c = fold(np.zeros((4, 1)), np.arange(5.0))
    assert g.shape == c.shape == (4, 5)


@settings(derandomize=True, deadline=None)
@given(gantry_deg=st.floats(-179.0, 179.0).filter(lambda g: abs(g) > 1.0), couch_deg=st.floats(-89.999, 90.0))
def test_angles_of_a_direction_are_those_of_its_pose_in_the_chart(gantry_deg, couch_deg):
    g, c = direction_to_angles(source_direction_top(gantry_deg, couch_deg))
    assert g == pytest.approx(gantry_deg, abs=1e-11)
    assert c == pytest.approx(couch_deg, abs=1e-11)


@settings(derandomize=True, deadline=None)
@given(vector=st.tuples(*[st.floats(-10.0, 10.0)] * 3).filter(lambda v: np.linalg.norm(v) > 1e-6))
def test_direction_there_and_back(vector):
    g, c = direction_to_angles(vector)
    assert -180.0 < g <= 180.0
    assert -90.0 < c <= 90.0
    np.testing.assert_allclose(source_direction_top(g, c), np.array(vector) / np.linalg.norm(vector), atol=3e-12)


@pytest.mark.parametrize(
    ("vector", "pose"),
    [
        ((0, 0, 1), (0, 0)),  # the poles have every couch angle; 0 is the one returned
        ((0, 0, -1), (180, 0)),
        ((-0.0, -0.0, 5.0), (0, 0)),
        ((1e-17, -1e-17, 1.0), (0, 0)),
        ((-1e-17, 1e-17, -1.0), (180, 0)),
        ((1, 0, 0), (90, 0)),
        ((-1, 0, 0), (-90, 0)),
        ((-1, -0.0, 0), (-90, 0)),
        ((0, -1, 0), (90, 90)),
        ((0, 1, 0), (-90, 90)),  # couch -90 is outside the chart
        ((-0.0, 1, 0), (-90, 90)),
        ((3, 0, 3), (45, 0)),
    ],
)
def test_angles_at_poles_and_seams(vector, pose):
    angles_deg = direction_to_angles(vector)
    assert angles_deg == pytest.approx(pose, abs=1e-13)
    assert not any(np.signbit(angle) for angle in angles_deg if angle == 0.0)


def test_a_direction_off_the_pole_keeps_its_couch_angle():
    _, couch_deg = direction_to_angles(source_direction_top([1e-9, 180.0 - 1e-9], 30.0))
    np.testing.assert_allclose(couch_deg, 30.0, atol=1e-9)


def test_directions_come_in_any_shape():
    g, c = direction_to_angles(np.ones((2, 5, 3)))
    assert g.shape == c.shape == (2, 5)


@pytest.mark.parametrize("bad", [(0.0, 0.0, 0.0), (1.0, 0.0), (np.nan, 0.0, 1.0), np.zeros((2, 3))])
def test_what_is_no_direction_is_refused(bad):
    with pytest.raises(SimulatorError, match="direction must"):
        direction_to_angles(bad)


@pytest.mark.parametrize(
    ("cell", "area_sr"),
    [
        ((0, 180, -90, 90), 2 * np.pi),  # half of the chart
        ((-180, 180, -90, 90), 4 * np.pi),  # straddles 0: cos(-180) - cos(180) would be 0
        ((0, 90, -90, 90), np.pi),
        ((-90, 90, 0, 90), np.pi),
        ((90, 270, 0, 90), np.pi),  # straddles 180
        ((-10, 10, 0, 180), 2 * (1 - np.cos(np.deg2rad(10))) * np.pi),
        ((-10, 20, 0, 180), (2 - np.cos(np.deg2rad(10)) - np.cos(np.deg2rad(20))) * np.pi),
        ((60, 90, 0, 180), np.pi / 2),
        ((-90, -60, 0, 180), np.pi / 2),
        ((420, 450, 0, 180), np.pi / 2),
        ((-720, 720, 0, 180), 16 * np.pi),  # an integral over poses: it counts every turn
        ((0, 180, 33, 33), 0.0),
        ((33, 33, 0, 180), 0.0),
        ((180, 180, 0, 180), 0.0),
    ],
)
def test_cell_areas(cell, area_sr):
    assert cell_area_sr(*cell) == pytest.approx(area_sr, abs=1e-13)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(lo=st.floats(-400.0, 400.0), width=st.floats(0.0, 500.0), couch=st.floats(0.0, 360.0))
def test_cell_area_is_the_integral(lo, width, couch):
    kinks = np.deg2rad([k for k in range(-900, 1080, 180) if lo < k < lo + width])
    integral, _ = quad(lambda g: np.abs(np.sin(g)), *np.deg2rad([lo, lo + width]), points=list(kinks) or None)
    assert cell_area_sr(lo, lo + width, 0.0, couch) == pytest.approx(integral * np.deg2rad(couch), abs=1e-9)


@settings(derandomize=True, deadline=None)
@given(lo=st.floats(-400.0, 400.0), a=st.floats(0.0, 300.0), b=st.floats(0.0, 300.0))
def test_a_cell_is_the_sum_of_its_parts(lo, a, b):
    parts = cell_area_sr(lo, lo + a, 0.0, 10.0) + cell_area_sr(lo + a, lo + a + b, 0.0, 10.0)
    assert cell_area_sr(lo, lo + a + b, 0.0, 10.0) == pytest.approx(parts, abs=1e-13)


@pytest.mark.parametrize("gantry_deg", [1e-3, 30.0, 90.0, 179.999, -0.002, 359.0])
def test_tiny_cells_keep_their_digits(gantry_deg):
    hi = gantry_deg + 1e-8
    middle, width = np.deg2rad((gantry_deg + hi) / 2), np.deg2rad(hi - gantry_deg)
    # The difference of the cosines themselves has no digit left at 1e-3 degrees.
    assert cell_area_sr(gantry_deg, hi, 0.0, 1e-8) == pytest.approx(
        abs(np.sin(middle)) * width * np.deg2rad(1e-8), rel=1e-10, abs=0
    )


def test_tiny_cells_at_the_poles():
    for pole in (0.0, 180.0):
        half = 2.0**-27  # exact beside 180
        expected = np.deg2rad(half) ** 2 * np.deg2rad(1.0)  # 2 (1 - cos h) is h² to all digits
        assert cell_area_sr(pole - half, pole + half, 0.0, 1.0) == pytest.approx(expected, rel=1e-12, abs=0)


def test_cell_areas_broadcast_and_add_up_to_the_sphere():
    gantry, couch = np.linspace(-180, 180, 361), np.linspace(-90, 90, 181)
    areas = cell_area_sr(gantry[:-1, None], gantry[1:, None], couch[:-1], couch[1:])
    assert areas.shape == (360, 180)
    assert (areas > 0).all()
    assert areas.sum() == pytest.approx(4 * np.pi, rel=1e-13)


def test_bounds_in_the_wrong_order_are_refused():
    with pytest.raises(SimulatorError, match="gantry_lo must not exceed gantry_hi"):
        cell_area_sr(10.0, 0.0, 0.0, 1.0)
    with pytest.raises(SimulatorError, match="couch_lo must not exceed couch_hi"):
        cell_area_sr(0.0, 10.0, 1.0, [2.0, 0.0])
    with pytest.raises(SimulatorError, match="couch_hi must be finite"):
        cell_area_sr(0.0, 10.0, 1.0, np.nan)
