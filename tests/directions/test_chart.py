import itertools

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from scipy.integrate import dblquad, quad
from support import two_axes

from simulator.directions.chart import TwoAxisChart
from simulator.errors import SimulatorError

C_ARM = TwoAxisChart.of("gantry", "couch", *two_axes.C_ARM)
angles = st.floats(-800.0, 800.0)
between = st.floats(1.0, 179.0)
machines = st.builds(two_axes.at_angles, between, between, st.sampled_from([1.0, -1.0]), angles, angles)


def chart_of(vectors):
    return TwoAxisChart.of("ring", "chair", *vectors)


def area_sr(chart, inner_low, inner_high, outer_low, outer_high):
    low, high = np.broadcast_arrays(inner_low, outer_low), np.broadcast_arrays(inner_high, outer_high)
    return chart.area_sr(np.stack(low, axis=-1), np.stack(high, axis=-1))


@given(vectors=machines, inner_deg=angles, outer_deg=angles)
def test_directions_are_those_of_rotations(vectors, inner_deg, outer_deg):
    u = chart_of(vectors).directions(inner_deg, outer_deg)
    np.testing.assert_allclose(u, two_axes.directions(vectors, inner_deg, outer_deg), atol=1e-10)
    assert np.linalg.norm(u) == pytest.approx(1.0, abs=1e-15)


@given(gantry_deg=angles, couch_deg=angles)
def test_the_directions_of_a_c_arm(gantry_deg, couch_deg):
    g, c = np.deg2rad([gantry_deg, couch_deg])
    u = C_ARM.directions(gantry_deg, couch_deg)
    np.testing.assert_allclose(u, (np.sin(g) * np.cos(c), -np.sin(g) * np.sin(c), np.cos(g)), atol=1e-14)


def test_cardinal_directions_of_a_c_arm_are_exact():
    u = C_ARM.directions([[0.0], [90.0], [180.0]], [0.0, 90.0, 180.0, 270.0])
    assert np.array_equal(u[0], np.broadcast_to([0, 0, 1], (4, 3)))
    assert np.array_equal(u[1], [[1, 0, 0], [0, -1, 0], [-1, 0, 0], [0, 1, 0]])
    assert np.array_equal(u[2], np.broadcast_to([0, 0, -1], (4, 3)))
    assert not np.signbit(u[u == 0]).any()


@given(vectors=machines, inner_deg=angles, outer_deg=angles)
def test_two_poses_one_direction(vectors, inner_deg, outer_deg):
    chart = chart_of(vectors)
    inner, outer = chart.twins(inner_deg, outer_deg)
    assert inner[0] == inner_deg
    assert outer[0] == outer_deg
    u = two_axes.directions(vectors, inner, outer)
    np.testing.assert_allclose(u[1], u[0], atol=1e-9)
    # The negative control: the inner joint at the other side alone is another direction.
    if np.abs(np.sin(np.deg2rad(inner_deg + chart.inner_offset_deg))) > 1e-2 and chart.whole_sr > 0.1:
        assert not np.allclose(two_axes.directions(vectors, inner[1], outer_deg + 33.0), u[0], atol=1e-6)


@given(vectors=machines, inner_deg=angles, outer_deg=angles)
def test_both_poses_of_a_direction_are_the_one_of_angles_and_its_twin(vectors, inner_deg, outer_deg):
    """On the outer axis, too, and for one direction as for many."""
    chart = chart_of(vectors)
    for u in (chart.directions(inner_deg, outer_deg), chart.directions([0.0, 90.0, 180.0], outer_deg)):
        inner, outer = chart.poses(u)
        expected = chart.twins(*chart.angles(u))
        for found, other in zip((inner, outer), expected, strict=True):
            apart = (found - other + 180.0) % 360.0 - 180.0
            np.testing.assert_allclose(apart, 0.0, atol=1e-6)


@given(
    vectors=machines,
    polar_deg=st.lists(st.floats(0.0, 180.0), min_size=1, max_size=4),
    azimuth_deg=st.lists(angles, min_size=1, max_size=4),
)
@example(two_axes.C_ARM, [0.0, 90.0, 180.0], [-90.0, 0.0, 90.0, 180.0])
def test_poses_around_the_outer_axis_are_those_of_the_directions(vectors, polar_deg, azimuth_deg):
    chart = chart_of(vectors)
    polar, azimuth = np.deg2rad(polar_deg)[:, None], np.deg2rad(azimuth_deg)
    parts = np.sin(polar) * np.cos(azimuth), np.sin(polar) * np.sin(azimuth), np.cos(polar)
    u = np.stack(np.broadcast_arrays(*parts), axis=-1)
    inner, outer = chart.poses_around(polar_deg, azimuth_deg)
    has_pose = ~np.isnan(chart.poses(u)[0][0])
    assert inner.shape == outer.shape == (2, *u.shape[:-1])
    for at in range(2):
        assert np.array_equal(~np.isnan(inner[at]), has_pose)
        assert np.array_equal(~np.isnan(outer[at]), has_pose)
        found = chart.directions(inner[at][has_pose], outer[at][has_pose])
        np.testing.assert_allclose(found, u[has_pose], atol=3e-8)
    assert (np.abs(outer[0]) <= np.abs(outer[1]))[has_pose].all()


@given(vectors=machines, inner_deg=angles, outer_deg=angles)
def test_twins_are_all_the_poses_that_there_are(vectors, inner_deg, outer_deg):
    chart = chart_of(vectors)
    assume(np.abs(np.sin(np.deg2rad(inner_deg + chart.inner_offset_deg))) > 1e-2)
    ours = np.stack(chart.twins(inner_deg, outer_deg))
    theirs = np.stack(two_axes.poses(vectors, two_axes.directions(vectors, inner_deg, outer_deg)[None]))[..., 0]
    apart = np.abs((ours[:, :, None] - theirs[:, None, :] + 180.0) % 360.0 - 180.0).max(axis=0)
    assert apart.min(axis=0).max() < 1e-4
    assert apart.min(axis=1).max() < 1e-4


def test_the_image_of_a_c_arm_is_exact():
    inner, outer = C_ARM.twins([30.0, -90.0, 400.0, 180.0], [10.0, -90.0, -350.0, 0.0])
    assert np.array_equal(inner[1], [-30.0, 90.0, -40.0, 180.0])
    assert np.array_equal(outer[1], [-170.0, 90.0, -170.0, 180.0])


@given(vectors=machines, inner_deg=angles, outer_deg=angles)
def test_angles_invert_directions(vectors, inner_deg, outer_deg):
    chart = chart_of(vectors)
    inner, outer = chart.angles(two_axes.directions(vectors, inner_deg, outer_deg))
    assert -180.0 < inner <= 180.0
    assert -180.0 < outer <= 180.0
    u = two_axes.directions(vectors, inner_deg, outer_deg)
    np.testing.assert_allclose(two_axes.directions(vectors, inner, outer), u, atol=3e-8)


@given(gantry_deg=st.floats(-179.0, 179.0).filter(lambda g: abs(g) > 1.0), couch_deg=st.floats(-89.999, 90.0))
def test_angles_of_a_c_arm_have_the_couch_between_minus_90_and_90(gantry_deg, couch_deg):
    g, c = C_ARM.angles(C_ARM.directions(gantry_deg, couch_deg))
    assert g == pytest.approx(gantry_deg, abs=1e-11)
    assert c == pytest.approx(couch_deg, abs=1e-11)


@given(vector=st.tuples(*[st.floats(-10.0, 10.0)] * 3).filter(lambda v: np.linalg.norm(v) > 1e-6))
def test_direction_there_and_back(vector):
    g, c = C_ARM.angles(vector)
    assert -180.0 < g <= 180.0
    assert -90.0 < c <= 90.0
    np.testing.assert_allclose(C_ARM.directions(g, c), np.array(vector) / np.linalg.norm(vector), atol=3e-12)


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
        ((0, 1, 0), (-90, 90)),  # not couch -90
        ((-0.0, 1, 0), (-90, 90)),
        ((3, 0, 3), (45, 0)),
    ],
)
def test_angles_at_poles_and_seams(vector, pose):
    angles_deg = C_ARM.angles(vector)
    assert angles_deg == pytest.approx(pose, abs=1e-13)
    assert not any(np.signbit(angle) for angle in angles_deg if angle == 0.0)


def test_a_direction_off_the_pole_keeps_its_couch_angle():
    _, couch_deg = C_ARM.angles(C_ARM.directions([1e-9, 180.0 - 1e-9], 30.0))
    np.testing.assert_allclose(couch_deg, 30.0, atol=1e-9)


def test_a_direction_that_no_pose_has():
    """With an axis at 60 degrees and the beam at 45 to it, nothing comes from within 15 degrees of the outer axis."""
    chart = chart_of(two_axes.at_angles(60.0, 45.0))
    polar = np.deg2rad([14.9, 15.1, 104.9, 105.1])
    inner, outer = chart.angles(np.stack([np.sin(polar), 0 * polar, np.cos(polar)], axis=-1))
    assert np.array_equal(np.isnan(inner), [True, False, False, True])
    assert np.array_equal(np.isnan(outer), [True, False, False, True])
    assert np.array_equal(np.isnan(chart.twins(inner, outer)), np.broadcast_to(np.isnan(inner), (2, 2, 4)))


def test_directions_come_in_any_shape():
    g, c = C_ARM.angles(np.ones((2, 5, 3)))
    assert g.shape == c.shape == (2, 5)
    assert C_ARM.directions(np.zeros((4, 1)), np.zeros(5)).shape == (4, 5, 3)


@pytest.mark.parametrize("bad", [(0.0, 0.0, 0.0), (1.0, 0.0), (np.nan, 0.0, 1.0), np.zeros((2, 3))])
def test_what_is_no_direction_is_refused(bad):
    with pytest.raises(SimulatorError, match="direction must"):
        C_ARM.angles(bad)


@pytest.mark.parametrize(
    ("vectors", "message"),
    [
        (((0, 0, 1), (0, 0, 1), (1, 0, 0)), "axes of ring and chair must cross, or directions have no area"),
        (((0, 0, 1), (0, 0, -1), (1, 0, 0)), "axes of ring and chair must cross, or directions have no area"),
        (((0, 0, 1), (0, 1, 0), (0, -1, 0)), "beam must not lie along the axis of ring"),
        (((0, 0, 1), (0, 1, 0), (0, 0, 2)), r"beam must be a unit vector; was \[0.0, 0.0, 2.0\], of length 2"),
        (((0, 0, 1), (0, 1), (0, 0, 1)), r"axis of ring must have shape \(3,\)"),
        (((0, 0.6, 0.8), (1, 0, 0), (0, 0, 1)), r"axis of chair must be \(0, 0, 1\) or \(0, 0, -1\)"),
        (((0, 0, np.nan), (1, 0, 0), (0, 0, 1)), "axis of chair must be finite"),
    ],
)
def test_what_is_no_chart_is_refused_with_a_sentence(vectors, message):
    with pytest.raises(SimulatorError, match=message):
        chart_of(vectors)


def test_rounding_makes_no_other_machine_of_a_c_arm():
    for seed in range(50):
        noise = 1e-14 * np.random.default_rng(seed).normal(size=(3, 3))
        assert TwoAxisChart.of("gantry", "couch", *(np.array(two_axes.C_ARM) + noise)) == C_ARM


@pytest.mark.parametrize(
    ("alpha_deg", "beta_deg", "inner", "outer", "whole_sr"),
    [
        (90, 90, (-180, 180), (-90, 90), 12.566),
        (90, 90, (-180, 180), (-60, 60), 8.378),
        (90, 90, (0, 180), (-180, 180), 12.566),
        (45, 45, (-180, 180), (-180, 180), 6.283),
        (60, 60, (-180, 180), (-180, 180), 9.425),
    ],
    ids=["C-arm", "ring to 60", "half gantry, full couch", "45/45", "60/60"],
)
def test_five_closed_forms(alpha_deg, beta_deg, inner, outer, whole_sr):
    chart = chart_of(two_axes.at_angles(alpha_deg, beta_deg, azimuth_deg=17.0))
    edges = chart.inner_edges(*inner), chart.outer_edges(*outer)
    mask = np.ones((len(edges[0]) - 1, len(edges[1]) - 1), dtype=bool)
    cells = two_axes.cells_of(*edges, mask)
    lower, upper = chart.covered_sr(*cells)
    assert lower == pytest.approx(whole_sr, abs=5e-4)
    assert upper == pytest.approx(whole_sr, abs=5e-4)
    folded = chart.fold(*edges, mask)
    assert folded.solid_angle_sr() == pytest.approx(whole_sr, abs=5e-4)


@settings(max_examples=8)
@given(vectors=machines, start=st.floats(-300, 300), inner=st.floats(5, 170), outer=st.floats(5, 200))
def test_areas_are_integrals_of_what_rotations_do(vectors, start, inner, outer):
    """dΩ = |∂u/∂θ1 × ∂u/∂θ2| by differences: the derivation has no part in it."""
    chart, h = chart_of(vectors), 1e-3

    def density(outer_deg, inner_deg):
        ends = two_axes.directions(vectors, inner_deg + np.array([h, -h, 0, 0]), outer_deg + np.array([0, 0, h, -h]))
        slopes = np.rad2deg(ends[::2] - ends[1::2]) / (2 * h)
        return np.linalg.norm(np.cross(*slopes))

    folds = np.arange(-1080, 1080, 180) - chart.inner_offset_deg
    cuts = [start, *folds[(folds > start) & (folds < start + inner)], start + inner]
    parts = [dblquad(density, a, b, 0.0, outer, epsrel=1e-4)[0] for a, b in itertools.pairwise(cuts)]
    expected = np.deg2rad(1.0) ** 2 * sum(parts)
    assert area_sr(chart, start, start + inner, 0.0, outer) == pytest.approx(expected, rel=1e-3, abs=1e-6)


@pytest.mark.parametrize(
    ("cell", "expected_sr"),
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
def test_cell_areas(cell, expected_sr):
    assert area_sr(C_ARM, *cell) == pytest.approx(expected_sr, abs=1e-13)


@settings(max_examples=60)
@given(lo=st.floats(-400.0, 400.0), width=st.floats(0.0, 500.0), couch=st.floats(0.0, 360.0))
def test_cell_area_is_the_integral(lo, width, couch):
    kinks = np.deg2rad([k for k in range(-900, 1080, 180) if lo < k < lo + width])
    integral, _ = quad(lambda g: np.abs(np.sin(g)), *np.deg2rad([lo, lo + width]), points=list(kinks) or None)
    assert area_sr(C_ARM, lo, lo + width, 0.0, couch) == pytest.approx(integral * np.deg2rad(couch), abs=1e-9)


@given(lo=st.floats(-400.0, 400.0), a=st.floats(0.0, 300.0), b=st.floats(0.0, 300.0))
def test_a_cell_is_the_sum_of_its_parts(lo, a, b):
    parts = area_sr(C_ARM, lo, lo + a, 0.0, 10.0) + area_sr(C_ARM, lo + a, lo + a + b, 0.0, 10.0)
    assert area_sr(C_ARM, lo, lo + a + b, 0.0, 10.0) == pytest.approx(parts, abs=1e-13)


@pytest.mark.parametrize("gantry_deg", [1e-3, 30.0, 90.0, 179.999, -0.002, 359.0])
def test_tiny_cells_keep_their_digits(gantry_deg):
    hi = gantry_deg + 1e-8
    middle, width = np.deg2rad((gantry_deg + hi) / 2), np.deg2rad(hi - gantry_deg)
    # The difference of the cosines themselves has no digit left at 1e-3 degrees.
    assert area_sr(C_ARM, gantry_deg, hi, 0.0, 1e-8) == pytest.approx(
        abs(np.sin(middle)) * width * np.deg2rad(1e-8), rel=1e-10, abs=0
    )


def test_tiny_cells_at_the_poles():
    for pole in (0.0, 180.0):
        half = 2.0**-27  # exact beside 180
        expected = np.deg2rad(half) ** 2 * np.deg2rad(1.0)  # 2 (1 - cos h) is h² to all digits
        assert area_sr(C_ARM, pole - half, pole + half, 0.0, 1.0) == pytest.approx(expected, rel=1e-12, abs=0)


def test_cell_areas_broadcast_and_add_up_to_the_sphere():
    gantry, couch = np.linspace(-180, 180, 361), np.linspace(-90, 90, 181)
    areas = area_sr(C_ARM, gantry[:-1, None], gantry[1:, None], couch[:-1], couch[1:])
    assert areas.shape == (360 * 180,)
    assert (areas > 0).all()
    assert areas.sum() == pytest.approx(4 * np.pi, rel=1e-13)


def test_bounds_in_the_wrong_order_are_refused():
    for ask in (C_ARM.area_sr, C_ARM.covered_sr):
        with pytest.raises(SimulatorError, match="low_deg must not exceed high_deg"):
            ask([[10.0, 0.0]], [[0.0, 1.0]])
        with pytest.raises(SimulatorError, match="high_deg must be finite"):
            ask([[0.0, 0.0]], [[1.0, np.nan]])


@pytest.mark.parametrize(
    ("start", "stop"), [(-180.0, 180.0), (0.0, 360.0), (-100.0, 77.5), (3.0, 3.0), (10.0, 30.0), (-540.0, 500.0)]
)
def test_first_cells_of_a_c_arm(start, stop):
    """Every 20 and 30 degrees, with 0, 90 and 180 among the outer ones."""
    for edges, step in ((C_ARM.inner_edges(start, stop), 20), (C_ARM.outer_edges(start, stop), 30)):
        expected = {start, stop} | {float(k) for k in range(-720, 720, step) if start < k < stop}
        assert edges.tolist() == ([start, stop] if start == stop else sorted(expected))


@given(vectors=machines, start=st.floats(-400, 400), width=st.floats(0.0, 500.0))
@example(vectors=two_axes.C_ARM, start=-180.0, width=360.0)
def test_first_cells_lie_on_one_side_of_every_fold(vectors, start, width):
    chart = chart_of(vectors)
    edges = chart.inner_edges(start, start + width)
    assert edges[0] == start
    assert edges[-1] == start + width
    assert np.diff(edges).max() <= 20.0 + 1e-9
    theta2 = edges + chart.inner_offset_deg
    middles = (theta2[1:] + theta2[:-1]) / 2
    near = 180.0 * np.floor(middles / 180.0)
    assert (theta2[:-1] >= near - 1e-9).all()
    assert (theta2[1:] <= near + 180.0 + 1e-9).all()


@given(vectors=machines)
def test_a_chart_goes_through_a_file(vectors):
    chart = chart_of(vectors)
    written = chart.attributes()
    assert all(type(value) in (str, int, float) for value in written.values())
    stored = {name: value if isinstance(value, str) else np.float64(value) for name, value in written.items()}
    assert TwoAxisChart.from_attributes({**stored, "version": "0.2"}) == chart


def test_a_file_without_a_chart_is_refused():
    written = C_ARM.attributes()
    del written["beta_deg"]
    with pytest.raises(SimulatorError, match=r"must have inner \(str\), outer \(str\), .*; was {'inner': 'gantry'"):
        TwoAxisChart.from_attributes(written)
    with pytest.raises(SimulatorError, match=r"beta_deg \(float\), .*'beta_deg': 'right'"):
        TwoAxisChart.from_attributes({**C_ARM.attributes(), "beta_deg": "right"})
