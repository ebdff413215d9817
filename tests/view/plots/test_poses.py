"""Which picture element shows which pose."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.view.plots.poses import Raster

COUCH = np.array([-30.0, -20.0, 0.0, 30.0])


@pytest.mark.parametrize(("first", "start"), [(-190.0, -180.0), (-10.0, 0.0), (-195.0, -180.0), (80.0, 90.0)])
def test_once_round_begins_at_a_multiple_of_90(first: float, start: float) -> None:
    edges = first + np.arange(0.0, 361.0, 20.0)
    raster = Raster.over(edges, COUCH)
    assert raster.extent == (start, start + 360.0, -30.0, 30.0)
    assert (raster.across[0], raster.across[-1]) == pytest.approx((start + 0.1, start + 359.9))
    for gantry, row in zip(raster.across, raster.rows, strict=True):
        assert any(edges[row] <= gantry + turn <= edges[row + 1] for turn in (-360.0, 0.0, 360.0))
    assert sorted(set(raster.rows)) == list(range(18))


def test_elements_are_even_where_rectangles_are_not() -> None:
    raster = Raster.over(np.array([-7.0, 0.0, 1.0, 21.0]), COUCH)
    assert raster.extent == (-7.0, 21.0, -30.0, 30.0)
    assert np.bincount(raster.rows).tolist() == [35, 5, 100]
    assert np.bincount(raster.columns).tolist() == [50, 100, 150]
    values = np.arange(9).reshape(3, 3)
    assert raster.of(values)[36, 60] == 4


def test_a_joint_that_does_not_turn_has_a_strip() -> None:
    raster = Raster.over(np.array([-7.0, 21.0]), np.array([30.0, 30.0]))
    assert raster.extent[2:] == (29.5, 30.5)
    assert set(raster.columns) == {0}
