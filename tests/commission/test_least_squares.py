"""Statistics of a linear model against fits that are made again; the search against scipy."""

import numpy as np
import pytest
from scipy import optimize

from simulator.commission.least_squares import WIDE_MM, least_squares, statistics

RNG = np.random.default_rng(11)
SLOPES = RNG.normal(size=(25, 3))
TRUTH = np.array([3.0, -2.0, 5.0])
READ = SLOPES @ TRUTH + 0.4 * RNG.normal(size=25)
WIDE = np.full(3, WIDE_MM)


def solved(rows):
    return np.linalg.lstsq(SLOPES[rows], READ[rows], rcond=None)[0]


def test_leaving_one_out_is_what_a_fit_to_the_others_leaves():
    rows = np.arange(25)
    left = READ - SLOPES @ solved(rows)
    found = statistics(left, SLOPES, WIDE, np.ones(25))
    assert found.dof == pytest.approx(22.0, abs=1e-4)
    for row in rows:
        others = rows != row
        values = solved(others)
        deviation = np.sqrt(((READ - SLOPES @ values)[others] ** 2).sum() / 21)
        inverse = np.linalg.inv(SLOPES[others].T @ SLOPES[others])
        error = READ[row] - SLOPES[row] @ values
        assert found.leave_one_out[row] == pytest.approx(error, rel=1e-4)
        spread = deviation * np.sqrt(1.0 + SLOPES[row] @ inverse @ SLOPES[row])
        assert found.studentized[row] == pytest.approx(error / spread, rel=1e-4)


def test_readings_of_one_contact_count_as_one():
    times = np.where(np.arange(25) == 4, 3.0, 1.0)
    left = READ - SLOPES @ solved(np.arange(25))
    once = statistics(left, SLOPES, WIDE, np.ones(25))
    again = [*range(25), 4, 4]
    scale = np.sqrt(times[again])
    thrice = statistics(left[again] / scale, SLOPES[again] / scale[:, None], WIDE, times[again])
    assert thrice.sigma == pytest.approx(once.sigma)
    assert thrice.covariance == pytest.approx(once.covariance)
    assert np.sqrt(3.0) * thrice.leave_one_out[4] == pytest.approx(once.leave_one_out[4])


def test_a_prior_holds_and_is_not_scaled_with_the_noise():
    none = np.zeros((4, 1))
    found = statistics(np.full(4, 9.0), none, np.array([2.0]), np.ones(4))
    assert found.covariance[0, 0] == pytest.approx(4.0)
    assert found.sigma == pytest.approx(9.0)


def bent(values):
    x = np.linspace(0.0, 3.0, 25)
    curve = values[0] * np.exp(-values[1] * x) + values[2]
    grows = np.stack([np.exp(-values[1] * x), -values[0] * x * np.exp(-values[1] * x), np.ones(25)], axis=1)
    return READ / 50.0 + 4.0 * np.exp(-0.7 * x) + 1.0 - curve, grows


def test_the_search_ends_where_scipy_does():
    start = np.array([2.0, 0.3, 0.0])
    found, has_ended = least_squares(bent, start, start, WIDE, is_robust=False)
    expected = optimize.least_squares(lambda values: bent(values)[0], start).x
    _, slopes = bent(expected)
    errors = np.sqrt(np.diag(np.linalg.inv(slopes.T @ slopes))) * 0.1
    assert has_ended
    assert np.abs(found - expected).max() < errors.max()


def test_wrong_readings_draw_a_robust_fit_little():
    read = READ.copy()
    read[[3, 7]] += 40.0
    centre = np.zeros(3)
    plain, robust = (
        least_squares(lambda v: (read - SLOPES @ v, SLOPES), centre, centre, WIDE, is_robust=is_robust)[0]
        for is_robust in (False, True)
    )
    assert np.linalg.norm(robust - TRUTH) < 0.3 * np.linalg.norm(plain - TRUTH)


def test_a_search_ends_where_rounding_is_in_its_way():
    """Residuals are rounded, as meshes are: no step of a thousandth of a standard error is looked for in them."""
    asked = []

    def rounded(values):
        asked.append(values)
        residuals, slopes = bent(values)
        return np.round(residuals, 3), slopes

    values, has_ended = least_squares(rounded, np.array([3.0, 1.0, 0.0]), np.zeros(3), WIDE, is_robust=False)
    exact, _ = least_squares(bent, np.array([3.0, 1.0, 0.0]), np.zeros(3), WIDE, is_robust=False)
    found = statistics(*bent(exact), WIDE, np.ones(25))
    assert has_ended
    assert (np.abs(values - exact) < 0.1 * np.sqrt(np.diag(found.covariance))).all()
    assert len(asked) <= 5


def test_readings_without_error_have_a_minimum_too():
    """What is left is rounding alone, and no step gains anything on it."""
    slopes = np.random.default_rng(5).normal(size=(12, 2))
    truth = np.array([3.0, -2.0])
    asked = []

    def model(values):
        asked.append(values)
        rounding = 1e-3 * len(asked) * np.sin(len(asked) + np.arange(12))  # larger each time: no step gains
        return slopes @ (truth - values) + rounding, slopes

    values, has_ended = least_squares(model, np.zeros(2), np.zeros(2), np.full(2, 1e3), is_robust=False)
    assert has_ended
    assert values == pytest.approx(truth, abs=0.01)
