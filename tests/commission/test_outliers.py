"""Wrong readings are found though several hide each other, and chance makes few where there are none."""

import numpy as np
import pytest

from simulator.commission.outliers import outliers

WIDE = np.full(4, 1e3)


def drawn(seed, count=39):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(count, 4)), rng.normal(size=count), rng


@pytest.mark.parametrize("wrong", [1, 3, 6])
def test_wrong_readings_are_all_found(wrong):
    for seed in range(5):
        slopes, residuals, rng = drawn(seed)
        rows = np.sort(rng.choice(39, wrong, replace=False))
        residuals[rows] += 20.0
        found, scores = outliers(residuals, slopes, WIDE)
        assert {*rows.tolist()} <= {*found.tolist()}
        assert (scores[rows] > 5.0).all()


def test_sound_readings_are_seldom_pointed_out():
    pointed_out = sum(
        len(outliers(residuals, slopes, WIDE)[0]) > 0 for slopes, residuals, _ in map(drawn, range(200))
    )
    assert pointed_out <= 20  # of 200 at a chance of 5 %: 10 are expected, 20 or more with a chance of 0.3 %


def test_readings_that_agree_better_than_stated_make_no_other_one_wrong():
    slopes, residuals, _ = drawn(2)
    residuals *= 0.01
    residuals[5] = 1.0
    assert len(outliers(residuals, slopes, WIDE)[0]) == 0
