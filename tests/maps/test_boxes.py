"""The size of what some boxes hold and others do not, against counting unit cubes."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.maps.boxes import beyond

SIDE = 5


def boxes(dimensions):
    ends = st.tuples(st.integers(0, SIDE), st.integers(0, SIDE)).filter(lambda two: two[0] != two[1]).map(sorted)
    return st.lists(st.lists(ends, min_size=dimensions, max_size=dimensions), max_size=5)


def corners(drawn, dimensions):
    ends = np.array(drawn, dtype=float).reshape(-1, dimensions, 2)
    return ends[..., 0], ends[..., 1]


def cubes(drawn):
    """The unit cubes that boxes hold."""
    return {cube for box in drawn for cube in itertools.product(*(range(low, high) for low, high in box))}


@pytest.mark.parametrize("dimensions", [1, 2, 3])
def test_it_is_the_number_of_unit_cubes(dimensions):
    @settings(max_examples=60)
    @given(ours=boxes(dimensions), theirs=boxes(dimensions))
    def holds(ours, theirs):
        found = beyond(corners(ours, dimensions), corners(theirs, dimensions))
        assert found == len(cubes(ours) - cubes(theirs))

    holds()
