"""Segments of gantry angles that were freed or blocked, against the free angles themselves."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

import simulator as sim
from simulator.regression import boundary
from simulator.scenario.sweep import Sweep

ANGLES = st.lists(st.integers(-1800, 1799), max_size=8, unique=True).map(sorted)


TURN, HALF = (-180.0, 180.0), (-90.0, 90.0)


def sweep(gantry=TURN):
    return Sweep(gantry=(*gantry, 10.0), couch=(30.0, 30.0, 1.0))


def moved(before, after, tolerance, gantry=TURN):
    return boundary.moved(before, after, sweep(gantry), tolerance)


def dataset(arcs, *, gantry=TURN, pairs=("a – b", "c – d")):
    """A map of one couch angle with these free arcs: start, stop, and the pairs beyond either."""
    values = sweep(gantry)["gantry"].values()
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
    )


def arcs_of(ends):
    """Free arcs between every second pair of ends, in tenths of a degree."""
    return [(a / 10, b / 10, 0, 0) for a, b in zip(ends[::2], ends[1::2], strict=False)]


def is_free(arcs, angle):
    return any(start < angle + turn < stop for start, stop, _, _ in arcs for turn in (0.0, 360.0))


@settings(max_examples=150)
@given(ANGLES, ANGLES)
def test_segments_are_what_is_free_on_one_side_only(before, after):
    before, after = arcs_of(before), arcs_of(after)
    segments = moved(dataset(before), dataset(after), 0.0)
    for angle in np.arange(-179.95, 180.0, 0.1):
        was, is_now = is_free(before, angle), is_free(after, angle)
        held = [s for s in segments if any(s.start < angle + turn < s.stop for turn in (0.0, 360.0))]
        assert len(held) == (was != is_now)
        assert all(segment.is_freed == is_now for segment in held)


@settings(max_examples=50)
@given(ANGLES)
def test_nothing_has_moved_from_a_map_to_itself(ends):
    assert moved(dataset(arcs_of(ends)), dataset(arcs_of(ends)), 0.0) == []


def test_a_segment_across_180_degrees_is_one():
    """From 170 to -170 blocked and freed again, both ways of writing it."""
    open_all_round, gap = dataset([(-180.0, 180.0, -1, -1)]), dataset([(-170.0, 170.0, 1, 0)])
    (blocked,) = moved(open_all_round, gap, 0.1)
    (freed,) = moved(gap, open_all_round, 0.1)
    for segment in (blocked, freed):
        assert (segment.start, segment.stop, segment.length) == (170.0, 190.0, 20.0)
        assert segment.pair in ("a – b", "c – d")
    assert freed.is_freed
    assert not blocked.is_freed


def test_an_arc_through_180_degrees_is_the_same_however_it_is_cut():
    one, two = dataset([(100.0, 260.0, 0, 1)]), dataset([(-180.0, -100.0, -1, 1), (100.0, 180.0, 0, -1)])
    assert moved(one, two, 0.0) == []


@settings(max_examples=100)
@given(ANGLES, ANGLES)
def test_arcs_on_the_scale_of_a_joint_with_limits_are_the_same_places(before, after):
    """A gantry of ±185° has some places twice, and no arc through 180: nothing has moved, and the same has."""

    def limited(arcs):
        copies = [(max(a + turn, -185.0), min(b + turn, 185.0)) for a, b, *_ in arcs for turn in (-360, 0, 360)]
        return [(a, b, 0, 0) for a, b in sorted(copies) if a < b]

    before, after = arcs_of(before), arcs_of(after)
    assert moved(dataset(before), dataset(limited(before)), 1e-6) == []
    found, expected = (
        [(s.start, s.stop, s.is_freed) for s in moved(dataset(a), dataset(b), 1e-6)]
        for a, b in ((limited(before), limited(after)), (before, after))
    )
    np.testing.assert_allclose(np.array(found, dtype=float), np.array(expected, dtype=float), atol=1e-6)


@pytest.mark.parametrize(("tolerance", "count"), [(0.4, 1), (0.6, 0)])
def test_shorter_ones_are_not_told(tolerance, count):
    before, after = dataset([(0.0, 50.0, 0, 1)]), dataset([(0.0, 49.5, 0, 1)])
    segments = moved(before, after, tolerance)
    assert len(segments) == count
    assert all(segment.pair == "c – d" for segment in segments)


def test_an_arc_that_vanishes_is_told_with_what_is_at_its_poses():
    (segment,) = moved(dataset([(0.0, 50.0, 0, 1)]), dataset([]), 0.1)
    assert str(segment) == "blocked 50.00° at couch 30°, gantry 0.00 to 50.00°: a – b"


def test_a_range_that_is_no_full_turn_has_ends():
    before = dataset([(-90.0, 90.0, -1, -1)], gantry=HALF)
    after = dataset([(-80.0, 80.0, 0, 1)], gantry=HALF)
    assert sorted((s.start, s.stop) for s in moved(before, after, 0.1, HALF)) == [(-90.0, -80.0), (80.0, 90.0)]


def test_a_slide_of_two_others_is_told_by_their_names_and_in_mm():
    """Of other joints than gantry and couch; a slide is no circle."""
    slide = sim.Axis(joint="snout", start=0.0, stop=400.0, step=100.0, unit="mm")
    others = [sim.Axis(joint=joint, start=0.0, stop=30.0, step=30.0) for joint in ("ring", "table")]
    swept = Sweep(slide, *others)

    def on_the_slide(*arcs):
        rings, tables, starts, stops = (np.array(column, dtype=float) for column in zip(*arcs, strict=True))
        pair = ("arc", np.zeros(len(arcs), dtype=np.int16))
        lines = {"arc_ring": ("arc", rings), "arc_table": ("arc", tables)}
        ends = {
            "arc_start": ("arc", starts),
            "arc_stop": ("arc", stops),
            "arc_start_pair": pair,
            "arc_stop_pair": pair,
        }
        culprit = (swept.joints, np.zeros(swept.shape, dtype=np.int8))
        values = {axis.joint: axis.values() for axis in swept}
        return xr.Dataset({**lines, **ends, "culprit": culprit}, coords={**values, "pair": ["a – b"]})

    before = on_the_slide((0.0, 0.0, 0.0, 400.0), (30.0, 0.0, 0.0, 400.0), (30.0, 30.0, 0.0, 200.0))
    after = on_the_slide((0.0, 0.0, 0.0, 400.0), (30.0, 0.0, 0.0, 150.0), (30.0, 30.0, 0.0, 260.0))
    assert [str(segment) for segment in boundary.moved(before, after, swept, 1.0)] == [
        "blocked 250.00 mm at ring 30°, table 0°, snout 150.00 to 400.00 mm: a – b",
        "freed 60.00 mm at ring 30°, table 30°, snout 200.00 to 260.00 mm: a – b",
    ]
