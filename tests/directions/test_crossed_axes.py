import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import small_directions, two_axes

from simulator.directions.chart import TwoAxisChart
from simulator.directions.crossed_axes import CrossedAxes

between = st.floats(1.0, 179.0)


@given(alpha_deg=between, beta_deg=between)
def test_the_image_is_shifted_by_no_less_and_no_more(alpha_deg, beta_deg):
    """In 178 intervals of a degree, against poses that the oracle finds."""
    chart = TwoAxisChart.of("ring", "chair", *two_axes.at_angles(alpha_deg, beta_deg))
    assert small_directions.shifts_outside(chart) == 0


@pytest.mark.parametrize(("alpha_deg", "beta_deg"), [(90, 90), (60, 60), (70, 30), (25, 80), (120, 60), (135, 110)])
def test_the_least_and_the_greatest_shift_are_reached(alpha_deg, beta_deg):
    axes = CrossedAxes(alpha_deg, beta_deg)
    for low, high in ((0.0, 180.0), (10.0, 100.0), (0.0, 1e-6), (100.0, 101.0)):
        least, greatest = axes.image_shift_deg(np.array([low]), np.array([high]))
        # The azimuth itself, densely, in place of the turning point.
        shift = -2.0 * axes.azimuth_deg(np.linspace(low, high, 100_001))
        assert least[0] == pytest.approx(shift.min(), abs=1e-5)
        assert greatest[0] == pytest.approx(shift.max(), abs=1e-5)


def test_the_image_of_a_c_arm_is_shifted_by_half_a_turn_to_the_bit():
    axes = CrossedAxes(90.0, 90.0)
    assert (axes.azimuth_deg(np.linspace(0.0, 180.0, 1001)) == -90.0).all()
    assert (axes.azimuth_deg(np.linspace(-179.9, -0.1, 1001)) == 90.0).all()
    assert axes.image_shift_deg(np.zeros(1), np.full(1, 180.0)) == (180.0, 180.0)
