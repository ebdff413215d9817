"""Head-first-supine angles of a direction, there and back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.geometry.equivalent_angles import head_first_supine_angles, head_first_supine_direction


@pytest.mark.parametrize(
    ("gantry", "couch", "direction"),
    [
        (0.0, 0.0, (0, -1, 0)),  # from the front
        (90.0, 0.0, (1, 0, 0)),  # from the patient's left
        (180.0, 0.0, (0, 1, 0)),  # from the back
        (270.0, 0.0, (-1, 0, 0)),
        (90.0, 90.0, (0, 0, -1)),  # couch turned counter-clockwise from above: the feet come to the gantry's right
        (270.0, 90.0, (0, 0, 1)),
    ],
)
def test_directions_that_anybody_can_check(gantry, couch, direction) -> None:
    assert head_first_supine_direction(gantry, couch) == pytest.approx(direction, abs=1e-15)


@given(st.floats(-360.0, 360.0), st.floats(-360.0, 360.0))
def test_there_and_back(gantry: float, couch: float) -> None:
    direction = head_first_supine_direction(gantry, couch)
    back = head_first_supine_angles(direction)
    assert 0.0 <= back[0] < 360.0
    assert abs(back[1]) <= 90.0
    assert np.abs(head_first_supine_direction(*back) - direction).max() <= 1e-12


def test_digits_are_kept_where_an_arc_cosine_loses_them() -> None:
    gantry, _ = head_first_supine_angles(head_first_supine_direction(1e-7, 20.0))
    assert gantry == pytest.approx(1e-7, rel=1e-6)


def test_along_the_axis_of_the_couch_its_angle_is_0() -> None:
    assert [float(angle) for angle in head_first_supine_angles((0.0, 1.0, 0.0))] == [180.0, 0.0]
