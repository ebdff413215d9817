"""Segments of gantry angles that were freed or blocked, against the free angles themselves."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.regression.boundary import moved

ANGLES = st.lists(st.integers(-1800, 1799), max_size=8, unique=True).map(sorted)


def dataset(arcs, *, is_full_turn=True, gantry=(-180.0, 180.0), pairs=("a – b", "c – d")):
    """A map of one couch angle with these free arcs: start, stop, and the pairs beyond either."""
    values = np.arange(gantry[0], gantry[1] + (0.0 if is_full_turn else 1.0), 10.0)
    columns = list(zip(*arcs, strict=True)) or [[], [], [], []]
    return xr.Dataset(
        {
            "culprit": (("gantry", "couch"), np.zeros((len(values), 1), dtype=np.int8)),
            "arc_couch": ("arc", np.full(len(arcs), 30.0)),
            "arc_start": ("arc", np.array(columns[0], dtype=float)),
            "arc_stop": ("arc", np.array(columns[1], dtype=float)),
            "arc_start_pair": ("arc", np.array(columns[2], dtype=np.int16)),
            "arc_stop_pair": ("arc", np.array(columns[3], dtype=np.int16)),
        },
        coords={"gantry": values, "couch": [30.0], "pair": list(pairs)},
        attrs={"gantry_full_turn": int(is_full_turn)},
    )


def arcs_of(ends):
    """Free arcs between every second pair of ends, in tenths of a degree."""
    return [(a / 10, b / 10, 0, 0) for a, b in zip(ends[::2], ends[1::2], strict=False)]


def is_free(arcs, angle):
    return any(start < angle + turn < stop for start, stop, _, _ in arcs for turn in (0.0, 360.0))


@settings(derandomize=True, deadline=None, max_examples=150)
@given(ANGLES, ANGLES)
def test_segments_are_what_is_free_on_one_side_only(before, after):
    before, after = arcs_of(before), arcs_of(after)
    segments = moved(dataset(before), dataset(after), 0.0)
    for angle in np.arange(-179.95, 180.0, 0.1):
        was, is_now = is_free(before, angle), is_free(after, angle)
        held = [s for s in segments if any(s.start_deg < angle + turn < s.stop_deg for turn in (0.0, 360.0))]
        assert len(held) == (was != is_now)
        assert all(segment.is_freed == is_now for segment in held)


@settings(derandomize=True, deadline=None, max_examples=50)
@given(ANGLES)
def test_nothing_has_moved_from_a_map_to_itself(ends):
    assert moved(dataset(arcs_of(ends)), dataset(arcs_of(ends)), 0.0) == []


def test_a_segment_across_180_degrees_is_one():
    """From 170 to -170 blocked and freed again, both ways of writing it."""
    open_all_round, gap = dataset([(-180.0, 180.0, -1, -1)]), dataset([(-170.0, 170.0, 1, 0)])
    (blocked,) = moved(open_all_round, gap, 0.1)
    (freed,) = moved(gap, open_all_round, 0.1)
    for segment in (blocked, freed):
        assert (segment.start_deg, segment.stop_deg, segment.length_deg) == (170.0, 190.0, 20.0)
        assert segment.pair in ("a – b", "c – d")
    assert freed.is_freed
    assert not blocked.is_freed


def test_an_arc_through_180_degrees_is_the_same_however_it_is_cut():
    one, two = dataset([(100.0, 260.0, 0, 1)]), dataset([(-180.0, -100.0, -1, 1), (100.0, 180.0, 0, -1)])
    assert moved(one, two, 0.0) == []


@settings(derandomize=True, deadline=None, max_examples=100)
@given(ANGLES, ANGLES)
def test_arcs_on_the_scale_of_a_joint_with_limits_are_the_same_places(before, after):
    """A gantry of ±185° has some places twice, and no arc through 180: nothing has moved, and the same has."""

    def limited(arcs):
        copies = [(max(a + turn, -185.0), min(b + turn, 185.0)) for a, b, *_ in arcs for turn in (-360, 0, 360)]
        return [(a, b, 0, 0) for a, b in sorted(copies) if a < b]

    before, after = arcs_of(before), arcs_of(after)
    assert moved(dataset(before), dataset(limited(before)), 1e-6) == []
    found, expected = (
        [(s.start_deg, s.stop_deg, s.is_freed) for s in moved(dataset(a), dataset(b), 1e-6)]
        for a, b in ((limited(before), limited(after)), (before, after))
    )
    np.testing.assert_allclose(np.array(found, dtype=float), np.array(expected, dtype=float), atol=1e-6)


@pytest.mark.parametrize(("tolerance_deg", "count"), [(0.4, 1), (0.6, 0)])
def test_shorter_ones_are_not_told(tolerance_deg, count):
    before, after = dataset([(0.0, 50.0, 0, 1)]), dataset([(0.0, 49.5, 0, 1)])
    segments = moved(before, after, tolerance_deg)
    assert len(segments) == count
    assert all(segment.pair == "c – d" for segment in segments)


def test_an_arc_that_vanishes_is_told_with_what_is_at_its_poses():
    (segment,) = moved(dataset([(0.0, 50.0, 0, 1)]), dataset([]), 0.1)
    assert str(segment) == "blocked 50.00° at couch 30°, gantry 0.00 to 50.00°: a – b"


def test_a_range_that_is_no_full_turn_has_ends():
    before = dataset([(-90.0, 90.0, -1, -1)], is_full_turn=False, gantry=(-90.0, 90.0))
    after = dataset([(-80.0, 80.0, 0, 1)], is_full_turn=False, gantry=(-90.0, 90.0))
    assert sorted((s.start_deg, s.stop_deg) for s in moved(before, after, 0.1)) == [(-90.0, -80.0), (80.0, 90.0)]
