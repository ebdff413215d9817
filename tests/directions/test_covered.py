"""Directions of some rectangles that others have not: closed forms, and poses that share directions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.directions.covered import beyond_sr, covered_sr

ANGLES = st.integers(1, 88).map(float)


def area_sr(gantry: tuple[float, float], couch: tuple[float, float]) -> float:
    first, last = np.cos(np.radians(gantry))
    return float(abs(first - last) * np.radians(couch[1] - couch[0]))


@given(ANGLES, ANGLES, ANGLES)
def test_overlapping_intervals(a: float, b: float, c: float) -> None:
    a, b, c = sorted((a, b, c))
    found = beyond_sr([[a, 0]], [[c, 30]], [[b, 0]], [[89, 30]])
    assert found == pytest.approx(area_sr((a, b), (0, 30)), abs=1e-8)


@given(ANGLES, ANGLES)
def test_what_is_beyond_and_what_is_known_make_the_union(a: float, b: float) -> None:
    low, high = [[0.0, -a]], [[90.0, a]]
    known_low, known_high = [[0.0, -b]], [[90.0, b]]
    both = beyond_sr(low, high, known_low, known_high) + covered_sr(known_low, known_high)
    assert both == pytest.approx(area_sr((0, 90), (-max(a, b), max(a, b))), abs=1e-8)


def test_a_direction_is_known_by_whatever_pose() -> None:
    """(g, c) and (-g, c - 180) are one direction."""
    assert beyond_sr([[20, 100]], [[40, 120]], [[-40, -80]], [[-20, -60]]) == 0.0
    found = beyond_sr([[20, 100]], [[40, 120]], [[-40, -80]], [[-30, -60]])
    assert found == pytest.approx(area_sr((20, 30), (100, 120)), abs=1e-9)


def test_nothing_is_beyond_everything_and_all_of_it_is_beyond_nothing() -> None:
    none = np.empty((0, 2))
    assert beyond_sr(none, none, [[0, 0]], [[90, 90]]) == 0.0
    assert beyond_sr([[0, 0]], [[90, 90]], none, none) == pytest.approx(np.pi / 2)
    assert beyond_sr([[0, 0]], [[90, 90]], [[0, 0]], [[90, 90]]) == 0.0
