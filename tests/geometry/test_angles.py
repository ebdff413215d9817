import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.errors import SimulatorError
from simulator.geometry.angles import finite, sin_cos_deg, sin_deg, without_negative_zero, wrap_180, wrap_360


def test_multiples_of_90_are_exact_and_never_negative_zero():
    angle_deg = 90.0 * np.arange(-9, 10)
    sine, cosine = sin_cos_deg(angle_deg)
    assert np.array_equal(sine, np.resize([-1, 0, 1, 0], 19))
    assert np.array_equal(cosine, np.resize([0, 1, 0, -1], 19))
    assert not np.signbit(np.concatenate([sine[sine == 0], cosine[cosine == 0]])).any()


def test_agrees_with_numpy_everywhere_else():
    angle_deg = np.linspace(-1000.0, 1000.0, 4321)
    sine, cosine = sin_cos_deg(angle_deg)
    np.testing.assert_allclose(sine, np.sin(np.deg2rad(angle_deg)), rtol=0, atol=5e-15)
    np.testing.assert_allclose(cosine, np.cos(np.deg2rad(angle_deg)), rtol=0, atol=5e-15)


def test_sine_is_exactly_odd_and_cosine_exactly_even():
    angle_deg = np.linspace(0.1, 359.3, 997)
    sine, cosine = sin_cos_deg(angle_deg)
    sine_back, cosine_back = sin_cos_deg(-angle_deg)
    assert np.array_equal(sine_back, -sine)
    assert np.array_equal(cosine_back, cosine)


@given(st.floats(-1e300, 1e300) | st.integers(-(10**6), 10**6).map(lambda n: 11.25 * n))
@settings(max_examples=300)
def test_a_sine_alone_is_the_same_to_the_bit(angle_deg):
    alone, (sine, _) = sin_deg(angle_deg), sin_cos_deg(angle_deg)
    assert alone == sine and np.signbit(alone) == np.signbit(sine)


def test_tiny_angles_of_real_plans_keep_their_digits():
    sine, cosine = sin_cos_deg([8.5e-10, 180.0 - 8.5e-10])
    assert sine[0] == pytest.approx(np.deg2rad(8.5e-10), rel=1e-15)
    assert sine[1] == pytest.approx(np.deg2rad(8.5e-10), rel=1e-4)  # 180 - 8.5e-10 itself holds no more digits
    assert np.array_equal(cosine, [1.0, -1.0])


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, [0.0, np.nan], "ninety", [[1.0], [2.0, 3.0]]])
def test_what_is_no_finite_number_is_refused_by_name(bad):
    with pytest.raises(SimulatorError, match="gantry_deg must be finite"):
        finite("gantry_deg", bad)


def test_negative_zero_goes_and_the_rest_stays():
    cleaned = without_negative_zero(np.array([-0.0, 0.0, -1e-300, -2.0]))
    assert np.array_equal(cleaned, [0.0, 0.0, -1e-300, -2.0])
    assert np.array_equal(np.signbit(cleaned), [False, False, True, True])


def is_one_angle(a_deg, b_deg, tolerance_deg=1e-9):
    return np.abs((np.asarray(a_deg) - b_deg + 180.0) % 360.0 - 180.0) < tolerance_deg


@pytest.mark.parametrize(
    ("angle_deg", "in_360", "in_180"),
    [
        (0.0, 0.0, 0.0),
        (-0.0, 0.0, 0.0),
        (360.0, 0.0, 0.0),
        (-360.0, 0.0, 0.0),
        (180.0, 180.0, 180.0),
        (-180.0, 180.0, 180.0),
        (540.0, 180.0, 180.0),
        (181.0, 181.0, -179.0),
        (-90.0, 270.0, -90.0),
        (730.0, 10.0, 10.0),
        (8.5e-10, 8.5e-10, 8.5e-10),
        (-1e-20, 0.0, -1e-20),  # -1e-20 + 360 is 360 in floating point
    ],
)
def test_wrapping(angle_deg, in_360, in_180):
    for wrapped, expected in ((wrap_360(angle_deg), in_360), (wrap_180(angle_deg), in_180)):
        assert wrapped == expected
        assert np.signbit(wrapped) == (expected < 0)


@given(angle_deg=st.floats(-1e4, 1e4))
def test_wrapped_angles_are_in_their_interval_and_the_same_angle(angle_deg):
    assert 0.0 <= wrap_360(angle_deg) < 360.0
    assert -180.0 < wrap_180(angle_deg) <= 180.0
    assert is_one_angle(wrap_360(angle_deg), angle_deg)
    assert is_one_angle(wrap_180(angle_deg), angle_deg)
    assert wrap_180(wrap_180(angle_deg)) == wrap_180(angle_deg)
    assert wrap_360(wrap_360(angle_deg)) == wrap_360(angle_deg)


def test_the_neighbours_of_the_seam_fall_on_the_right_side():
    above, below = np.nextafter(180.0, 181.0), np.nextafter(180.0, 179.0)
    assert np.array_equal(wrap_180([above, below, -above, -below]), [above - 360.0, below, 360.0 - above, -below])
