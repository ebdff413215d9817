import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from simulator.directions.intervals import TURN, UNITS_IN_DEGREE, Intervals, merged

STRIPS = 4


def drawn(rng, count):
    ends = np.sort(rng.integers(-12, 13, (2, count)), axis=0) * (TURN // 12)
    return Intervals(rng.integers(0, STRIPS, count), *ends)


def covers(intervals):
    """Which of 24 twelfths of a turn are covered in each strip, interval by interval."""
    found = np.zeros((STRIPS, 24), dtype=bool)
    for strip, start, stop in zip(*intervals, strict=True):
        found[strip, start * 12 // TURN + 12 : stop * 12 // TURN + 12] = True
    return found


@given(seed=st.integers(0, 2**32 - 1), counts=st.tuples(st.integers(0, 12), st.integers(0, 12)))
def test_unions_by_exhaustion(seed, counts):
    rng = np.random.default_rng(seed)
    one, other = (drawn(rng, count) for count in counts)
    union = merged(one, other)
    expected = covers(one) | covers(other)
    assert np.array_equal(covers(union), expected)
    np.testing.assert_allclose(union.lengths_deg(STRIPS), 30.0 * expected.sum(axis=1))
    for strip in range(STRIPS):
        start, stop = union.start[union.strip == strip], union.stop[union.strip == strip]
        assert (start[1:] > stop[:-1]).all(), "those that touch are one"
    assert np.array_equal(covers(union.within(0, TURN)), expected & (np.arange(24) >= 12))


@given(seed=st.integers(0, 2**32 - 1))
def test_strips_of_a_list_may_come_twice(seed):
    rng = np.random.default_rng(seed)
    union, strips = merged(drawn(rng, 10)), rng.integers(0, STRIPS, 3)
    taken = union.of_strips(strips)
    assert np.array_equal(covers(taken)[:3], covers(union)[strips])
    assert np.array_equal(merged(taken).lengths_deg(3), union.lengths_deg(STRIPS)[strips])


def test_a_unit_is_a_billionth_of_a_degree_and_strips_far_away_keep_it():
    far = np.array([3_000_000, 3_000_000, 3_000_001])
    union = merged(Intervals(far, np.array([0, 2, 0]), np.array([1, 3, TURN])))
    assert union.stop.tolist() == [1, 3, TURN]
    assert union.lengths_deg(3_000_002)[3_000_000] == 2 / UNITS_IN_DEGREE
