"""Straight ways in unions of boxes: against fractions, and where boxes touch."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.delivery.roads.kernels.covered import are_covered


def covered(boxes, *ways):
    low, high = (np.array([box[end] for box in boxes], dtype=float).reshape(len(boxes), -1) for end in (0, 1))
    order = np.argsort(low[:, 0], kind="stable")
    start, stop = (np.array([way[end] for way in ways], dtype=float) for end in (0, 1))
    return are_covered(low[order], high[order], start, stop).tolist()


def covered_exactly(boxes, start, stop):
    """By fractions: between any two places where the way meets a side, its middle must lie in a box."""
    start, stop = ([Fraction(value) for value in end] for end in (start, stop))
    shares = {Fraction(0), Fraction(1)}
    for box in boxes:
        for end in box:
            for a, b, side in zip(start, stop, end, strict=True):
                if a != b:
                    shares.add((Fraction(side) - a) / (b - a))
    ordered = sorted(share for share in shares if 0 <= share <= 1)
    middles = [(a + b) / 2 for a, b in pairwise(ordered)] + ordered

    def is_in(box, pose):
        return all(low <= value <= high for low, value, high in zip(box[0], pose, box[1], strict=True))

    return all(
        any(is_in(box, [a + share * (b - a) for a, b in zip(start, stop, strict=True)]) for box in boxes)
        for share in middles
    )


LEFT, RIGHT, ABOVE = ((0, 0), (1, 1)), ((1, 0), (2, 1)), ((1, 1), (2, 2))


@pytest.mark.parametrize(
    ("boxes", "way", "is_covered"),
    [
        ([LEFT], ((0, 0), (1, 1)), True),
        ([LEFT], ((0, 0), (1.0001, 1)), False),
        ([LEFT, RIGHT], ((0.25, 0.5), (1.75, 0.25)), True),
        ([LEFT, RIGHT], ((0, 1), (2, 1)), True),  # along their sides
        ([LEFT, RIGHT], ((1, 0), (1, 1)), True),  # on the face that they share
        ([LEFT, ABOVE], ((0.5, 0.75), (1.5, 1.5)), False),  # past the corner where they touch
        ([LEFT, ((1.0001, 0), (2, 1))], ((0.5, 0.5), (1.5, 0.5)), False),
        ([LEFT], ((0.5, 0.5), (0.5, 0.5)), True),
        ([LEFT], ((1.5, 0.5), (1.5, 0.5)), False),
        ([], ((0, 0), (1, 1)), False),
        ([((0, 0), (2, 2)), LEFT], ((0.1, 0.1), (1.9, 1.8)), True),  # the one that ends first comes last
    ],
)
def test_a_way_is_covered_if_boxes_hold_it_without_a_gap(boxes, way, is_covered):
    boxes = boxes or [((5, 5), (6, 6))]
    assert covered(boxes, way, way[::-1]) == [is_covered, is_covered]


EIGHTHS = st.integers(0, 32).map(lambda value: value / 8)
POINTS = st.tuples(EIGHTHS, EIGHTHS)


@settings(max_examples=60)
@given(free=st.lists(st.booleans(), min_size=16, max_size=16), ways=st.lists(st.tuples(POINTS, POINTS), max_size=8))
def test_squares_of_a_board_cover_what_they_cover_by_fractions(free, ways):
    """Shares with eighths, not thirds, so that a way never misses the corner of two squares by rounding."""
    boxes = [((i, j), (i + 1, j + 1)) for i in range(4) for j in range(4) if free[4 * i + j]]
    ways = [way for way in ways if not _meets_a_lattice_point(*way)]
    if boxes and ways:
        assert covered(boxes, *ways) == [covered_exactly(boxes, *way) for way in ways]


def _meets_a_lattice_point(start, stop):
    """Whether a slanted way goes through a corner of the board's squares, where rounding may say either."""
    a, b = (np.array([Fraction(v) for v in end], dtype=object) for end in (start, stop))
    by = b - a
    if 0 in by:
        return False
    return any((x - a[0]) * by[1] == (y - a[1]) * by[0] for x in range(5) for y in range(5))
