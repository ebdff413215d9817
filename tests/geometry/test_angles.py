import numpy as np
import pytest

from simulator.errors import SimulatorError
from simulator.geometry.angles import finite, sin_cos_deg, without_negative_zero


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
