"""Readings of one contact are counted together, and no others."""

import numpy as np
import pytest

from simulator.commission.repeats import times_read

SLOPE = [0.5, -0.2]


def counted(angles, slopes=None, what=None, errors=None):
    count = len(angles)
    return times_read(
        what or ["head on box"] * count,
        np.array(angles, dtype=float),
        np.array(slopes or [SLOPE] * count),
        np.array(errors or [0.5] * count),
    ).tolist()


def test_what_errs_alike_is_counted_together():
    assert counted([60.0, 60.05, 75.0, 60.1]) == [3.0, 3.0, 1.0, 3.0]


@pytest.mark.parametrize(
    "other",
    [
        {"what": ["head on box", "head on couch"]},
        {"slopes": [SLOPE, [0.5, 0.2]]},
        {"errors": [0.05, 0.05]},  # so well is the scale read that the two are rounded each for itself
    ],
)
def test_another_contact_at_the_same_angle_is_none_of_them(other):
    assert counted([60.0, 60.1], **other) == [1.0, 1.0]


def test_readings_without_a_contact_are_none_of_them():
    assert counted([np.nan, np.nan]) == [1.0, 1.0]
