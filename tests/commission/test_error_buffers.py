"""Buffers from errors: closed forms, scipy and simulation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from simulator.commission.error_buffers import CONFIDENCE, error_buffers
from simulator.errors import SimulatorError


def draws(seed: int, count: int, n: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(1.0, 3.0, (count, n))


def test_every_point_is_safe_with_the_largest_error_and_with_no_less() -> None:
    found = error_buffers([-4.0, 2.5, 1.0, 0.0, -7.0])
    assert found.every_point_mm == 2.5 and found.next_exceeds == pytest.approx(1 / 6)
    assert error_buffers([-4.0, -2.5, -1.0, -3.0]).every_point_mm == 0.0


def test_the_next_error_exceeds_the_largest_as_often_as_is_said() -> None:
    """Of any distribution: here of a skew one."""
    errors = np.random.default_rng(3).exponential(2.0, (20_000, 11))
    share = float((errors[:, -1] > errors[:, :-1].max(axis=1)).mean())
    said = error_buffers(errors[0, :-1]).next_exceeds
    assert abs(share - said) < 4 * np.sqrt(said * (1 - said) / 20_000)


def test_a_new_error_is_beyond_a_predictive_buffer_as_often_as_is_said() -> None:
    found = [error_buffers(errors, shares=(0.05,)).shares[0].buffer_mm for errors in draws(1, 800, 12)]
    beyond = stats.norm.sf(found, 1.0, 3.0)
    assert abs(beyond.mean() - 0.05) < 4 * beyond.std() / np.sqrt(len(beyond))


def test_the_true_quantile_is_within_its_bounds_as_often_as_is_said() -> None:
    true = stats.norm.isf(1e-4, 1.0, 3.0)
    bounds = np.array([error_buffers(e, shares=(1e-4,)).shares[0].quantile_mm for e in draws(2, 800, 12)])
    share = float(((bounds[:, 0] <= true) & (true <= bounds[:, 1])).mean())
    assert abs(share - CONFIDENCE) < 4 * np.sqrt(CONFIDENCE * (1 - CONFIDENCE) / 800)


def test_the_upper_bound_is_above_the_true_quantile_as_often_as_is_said() -> None:
    """Its factor, from ten errors of mean 0 and deviation 1, with means and deviations drawn for themselves."""
    errors = stats.zscore(np.arange(10.0), ddof=1)
    high = error_buffers(errors, shares=(0.01,)).shares[0].quantile_mm[1]
    rng = np.random.default_rng(5)
    mean, s = rng.normal(0, 1 / np.sqrt(10), 200_000), np.sqrt(rng.chisquare(9, 200_000) / 9)
    assert float((mean + high * s >= stats.norm.ppf(0.99)).mean()) == pytest.approx(0.975, abs=0.002)


@pytest.mark.parametrize(("n", "words"), [(64, [True, True, True]), (1000, [False, True, True])])
def test_fewer_points_than_one_in_a_share_is_extrapolated(n: int, words: list[bool]) -> None:
    found = error_buffers(stats.norm.ppf((np.arange(n) + 0.5) / n))
    assert [share.is_extrapolated for share in found.shares] == words
    assert any("extrapolated" in text for text in found.remarks)


def test_a_rarer_share_needs_more_and_fewer_degrees_of_freedom_too() -> None:
    errors = draws(4, 1, 30)[0]
    sizes = [share.buffer_mm for share in error_buffers(errors).shares]
    assert sizes == sorted(sizes)
    fewer = error_buffers(errors, dof=20.0)
    assert all(a.buffer_mm < b.buffer_mm for a, b in zip(error_buffers(errors).shares, fewer.shares, strict=True))


def test_whether_errors_are_normal_is_told() -> None:
    normal = error_buffers(stats.norm.ppf((np.arange(60) + 0.5) / 60))
    skew = error_buffers(stats.expon.ppf((np.arange(60) + 0.5) / 60))
    assert normal.normality_p > 0.9 and any("may be normally distributed" in text for text in normal.remarks)
    assert skew.normality_p < 1e-3 and any("are not normally distributed" in text for text in skew.remarks)


@pytest.mark.parametrize("errors", [[1.0], [1.0, 2.0, 3.0], [2.0] * 9])
def test_too_few_points_give_no_share(errors: list[float]) -> None:
    found = error_buffers(errors)
    assert found.shares == () and any("do not tell a distribution" in text for text in found.remarks)


@pytest.mark.parametrize("errors", [[], [np.nan, 1.0], [[1.0]]])
def test_what_is_no_list_of_errors_is_refused(errors: list[float]) -> None:
    with pytest.raises(SimulatorError, match="must be one finite number or more, in mm"):
        error_buffers(errors)
