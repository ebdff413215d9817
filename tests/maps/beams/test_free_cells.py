"""Poses in free cells: against every cell, one by one."""

import numpy as np
import pytest
from support.post_room import mapped

from simulator.certify.branch_and_bound import FREE, NOT_FREE, Cells
from simulator.maps.beams.free_cells import FreeCells


@pytest.fixture(scope="module")
def free():
    plane = mapped((-180.0, 180.0)).reduced
    return FreeCells(plane.cells, plane.sweep.axes)


def poses(free, count):
    """Anywhere, and at corners of cells, where several meet."""
    rng = np.random.default_rng(2)
    corners = free.cells.low[rng.integers(0, len(free.cells), count)]
    return np.concatenate([rng.uniform(-180.0, 180.0, (count, 2)), corners])


def away(value, low, high):
    """From an interval, round the circle."""
    return min(max(low - value - turn, value + turn - high, 0.0) for turn in (-360.0, 0.0, 360.0))


def test_a_pose_is_held_if_it_lies_in_a_free_cell(free):
    cells = free.cells
    asked = poses(free, 120)
    expected = []
    for pose in asked:
        images = [
            (g, c)
            for g in {pose[0], pose[0] + 360.0 * (pose[0] == -180.0)}
            for c in (pose[1], pose[1] + 360.0 * (pose[1] == -180.0))
        ]
        inside = [
            ((cells.low <= image) & (image <= cells.high)).all(axis=1) & (cells.status == FREE) for image in images
        ]
        expected.append(np.any(inside))
    held = free.hold(asked)
    assert 0.5 < held.mean() < 1.0
    np.testing.assert_array_equal(held, expected)


def test_the_first_value_of_a_full_turn_is_the_last(free):
    """Of two cells that fill the turn, the one that ends at 180 is free, and the one that begins at -180 is not."""
    low, high = np.array([[-180.0, -90.0], [0.0, -90.0]]), np.array([[0.0, 90.0], [180.0, 90.0]])
    cells = Cells(low, high, np.array([NOT_FREE, FREE], dtype=np.int8), np.array([0, -1], dtype=np.int16))
    asked = np.array([[-180.0, 5.0], [-179.0, 5.0], [180.0, 5.0], [0.0, 5.0], [-0.1, 5.0]])
    np.testing.assert_array_equal(FreeCells(cells, free.axes).hold(asked), [True, False, True, True, False])
    np.testing.assert_allclose(FreeCells(cells, free.axes).depth_deg(asked), [0.0, 0.0, 0.0, 0.0, 0.0])
    np.testing.assert_allclose(
        FreeCells(cells, free.axes).depth_deg(np.array([[178.0, 0.0], [5.0, 80.0]])), [2.0, 5.0]
    )


def test_depth_is_the_way_to_the_nearest_pose_that_is_not_proven_free(free):
    cells, asked = free.cells, poses(free, 5)
    other = cells.only(cells.status != FREE)
    expected = [
        min(
            np.hypot(away(g, low[0], high[0]), away(c, low[1], high[1]))
            for low, high in zip(other.low, other.high, strict=True)
        )
        for g, c in asked
    ]
    np.testing.assert_allclose(free.depth_deg(asked), expected, atol=1e-9)


def test_where_all_is_free_nothing_is_near(free):
    every = free.cells.only(free.cells.status == FREE)
    assert (FreeCells(every, free.axes).depth_deg(poses(free, 5)) == np.inf).all()
