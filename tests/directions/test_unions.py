"""Each direction once: closed forms, and random directions that say by themselves which cells have them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import two_axes
from support.campaign import times

from simulator.directions.chart import TwoAxisChart
from simulator.errors import SimulatorError

C_ARM = TwoAxisChart.of("gantry", "couch", *two_axes.C_ARM)
ANGLES = st.integers(1, 88).map(float)
SPHERE = 4 * np.pi
DIRECTIONS = 20_000
ENDS = {
    "C-arm": two_axes.C_ARM,
    "equal": two_axes.at_angles(60.0, 60.0),
    "steep beam": two_axes.at_angles(70.0, 30.0, azimuth_deg=33.0, start_deg=-71.0),
    "steep axis": two_axes.at_angles(25.0, 80.0, sign=-1.0, start_deg=200.0),
    "supplementary": two_axes.at_angles(120.0, 60.0, sign=-1.0, azimuth_deg=-100.0),
    "nearly a C-arm": two_axes.at_angles(90.0, 88.5, start_deg=5.0),
    "both blunt": two_axes.at_angles(110.0, 135.0, start_deg=90.0),
}


def chart_of(vectors):
    return TwoAxisChart.of("ring", "chair", *vectors)


def random_cells(rng, chart, inner, outer, share):
    edges = chart.inner_edges(*inner), chart.outer_edges(*outer)
    return two_axes.cells_of(*edges, rng.random((len(edges[0]) - 1, len(edges[1]) - 1)) < share)


def area_sr(gantry: tuple[float, float], couch: tuple[float, float]) -> float:
    first, last = np.cos(np.radians(gantry))
    return float(abs(first - last) * np.radians(couch[1] - couch[0]))


def exact(bounds: tuple[float, float]) -> float:
    assert bounds[0] == bounds[1]
    return bounds[0]


@given(ANGLES, ANGLES, ANGLES)
def test_overlapping_intervals(a: float, b: float, c: float) -> None:
    a, b, c = sorted((a, b, c))
    found = exact(C_ARM.beyond_sr([[a, 0]], [[c, 30]], [[b, 0]], [[89, 30]]))
    assert found == pytest.approx(area_sr((a, b), (0, 30)), abs=1e-8)


@given(ANGLES, ANGLES)
def test_what_is_beyond_and_what_is_known_make_the_union(a: float, b: float) -> None:
    known = [[0.0, -b]], [[90.0, b]]
    both = exact(C_ARM.beyond_sr([[0.0, -a]], [[90.0, a]], *known)) + exact(C_ARM.covered_sr(*known))
    assert both == pytest.approx(area_sr((0, 90), (-max(a, b), max(a, b))), abs=1e-8)


def test_a_direction_is_known_by_whatever_pose() -> None:
    """(g, c) and (-g, c - 180) are one direction."""
    assert exact(C_ARM.beyond_sr([[20, 100]], [[40, 120]], [[-40, -80]], [[-20, -60]])) == 0.0
    found = exact(C_ARM.beyond_sr([[20, 100]], [[40, 120]], [[-40, -80]], [[-30, -60]]))
    assert found == pytest.approx(area_sr((20, 30), (100, 120)), abs=1e-9)


def test_nothing_is_beyond_everything_and_all_of_it_is_beyond_nothing() -> None:
    none = np.empty((0, 2))
    assert exact(C_ARM.beyond_sr(none, none, [[0, 0]], [[90, 90]])) == 0.0
    assert exact(C_ARM.beyond_sr([[0, 0]], [[90, 90]], none, none)) == pytest.approx(np.pi / 2)
    assert exact(C_ARM.beyond_sr([[0, 0]], [[90, 90]], [[0, 0]], [[90, 90]])) == 0.0
    assert exact(C_ARM.covered_sr(none, none)) == 0.0


@pytest.mark.parametrize(
    ("gantry", "couch", "expected_sr"),
    [
        ((-180, 180), (-90, 90), SPHERE),
        ((-180, 180), (-100, 100), SPHERE),
        ((-180, 180), (-180, 180), SPHERE),
        ((0, 180), (0, 200), 2 * np.pi + 2 * np.deg2rad(20)),
        ((-180, 180), (0, 0), 0.0),
        ((0, 720), (10, 20), 4 * np.deg2rad(10)),
        ((0, 180), (-400, 400), SPHERE),
        ((-180, 180), (75, 105), 4 * np.deg2rad(30)),
    ],
)
def test_ranges_of_a_c_arm(gantry, couch, expected_sr) -> None:
    edges = C_ARM.inner_edges(*gantry), C_ARM.outer_edges(*couch)
    cells = two_axes.cells_of(*edges, np.ones((len(edges[0]) - 1, len(edges[1]) - 1), dtype=bool))
    assert exact(C_ARM.covered_sr(*cells)) == pytest.approx(expected_sr, abs=1e-9)


@pytest.mark.parametrize("vectors", ENDS.values(), ids=ENDS.keys())
@pytest.mark.parametrize("seed", range(times(3)))
def test_random_directions_agree_with_the_bounds(vectors, seed) -> None:
    """Which cells have a direction is told by an oracle without a chart; the ranges are wider than a turn."""
    rng = np.random.default_rng(seed)
    chart, u = chart_of(vectors), two_axes.on_the_sphere(rng, DIRECTIONS)
    start = rng.uniform(-300, 300, 2)
    ranges = (start[0], start[0] + 400), (start[1], start[1] + rng.uniform(100, 500))
    cells, known = (random_cells(rng, chart, *ranges, 10 ** rng.uniform(-1.5, -0.3)) for _ in range(2))
    has, has_known = (two_axes.reached(vectors, *some, u) for some in (cells, known))
    for bounds, hits in (
        (chart.covered_sr(*cells), has),
        (chart.beyond_sr(*cells, *known), has & ~has_known),
    ):
        lower, upper = bounds
        assert lower <= upper <= lower + 1e-3 * SPHERE
        noise = 4.5 * np.sqrt(max(hits.mean() * (1 - hits.mean()), 1e-4) / DIRECTIONS) * SPHERE
        assert lower - noise <= SPHERE * hits.mean() <= upper + noise


@pytest.mark.parametrize("vectors", ENDS.values(), ids=ENDS.keys())
def test_the_truth_lies_between_the_bounds(vectors) -> None:
    """Two cells whose images overlap: their directions are counted, one from each of 600 x 800 parts of the sphere.

    What that misses is the part of a line of 2,000 parts along the boundaries.
    """
    chart, rng = chart_of(vectors), np.random.default_rng(3)
    i, j = np.mgrid[:600, :800]
    z = (i + rng.random(i.shape)) / 300 - 1
    azimuth = (j + rng.random(i.shape)) * 2 * np.pi / 800
    across = np.sqrt(1 - z**2)
    u = np.stack(np.broadcast_arrays(across * np.cos(azimuth), across * np.sin(azimuth), z), -1).reshape(-1, 3)
    for _ in range(2):
        inner = rng.uniform(5, 60)
        low = np.array([[inner, 10.0], [-inner - 70, 0.0]]) - [chart.inner_offset_deg, 0.0]
        both = chart.twins(low[0, 0] + 30.0, 60.0)  # where the image of the first cell lies, so that they overlap
        low[1, 1] = both[1][1] - rng.uniform(20, 80)
        high = low + np.array([70.0, 100.0])
        truth = SPHERE * two_axes.reached(vectors, low, high, u).mean()
        lower, upper = chart.covered_sr(low, high, tolerance=1e-4)
        assert upper - lower <= 1e-4 * SPHERE
        assert lower - 2e-3 <= truth <= upper + 2e-3
        assert upper < chart.area_sr(low, high).sum() - 0.005, "the images must overlap"


@settings(max_examples=times(30))
@given(which=st.sampled_from(sorted(ENDS)), seed=st.integers(0, 2**32 - 1), share=st.floats(0.02, 0.9))
def test_unions_are_monotone_and_no_more_than_sums(which, seed, share) -> None:
    rng, chart = np.random.default_rng(seed), chart_of(ENDS[which])
    edges = chart.inner_edges(-180, 180), chart.outer_edges(-100, 100)
    mask = rng.random((len(edges[0]) - 1, len(edges[1]) - 1)) < share
    part = mask & (rng.random(mask.shape) < 0.6)
    rest = mask & ~part
    of_all, of_part, of_rest = (two_axes.cells_of(*edges, some) for some in (mask, part, rest))
    lower, upper = chart.covered_sr(*of_all)
    assert lower <= upper <= min(chart.area_sr(*of_all).sum(), chart.whole_sr) + 1e-9
    assert chart.covered_sr(*of_part)[0] <= upper + 1e-9
    assert chart.beyond_sr(*of_part, *of_all) == (0.0, 0.0)
    # What is known and what is beyond it make the whole.
    known, beyond = chart.covered_sr(*of_part), chart.beyond_sr(*of_rest, *of_part)
    assert known[0] + beyond[0] <= upper + 1e-9
    assert known[1] + beyond[1] >= lower - 1e-9
    # The complement: everything is covered, so what is left is beyond.
    edges = edges[0], chart.outer_edges(-180, 180)
    everything = two_axes.cells_of(*edges, np.ones((len(edges[0]) - 1, len(edges[1]) - 1), dtype=bool))
    left = chart.beyond_sr(*everything, *of_all)
    assert lower + left[0] <= chart.whole_sr + 1e-9
    assert upper + left[1] >= chart.whole_sr - 1e-9


@settings(max_examples=times(30))
@given(
    which=st.sampled_from(sorted(ENDS)),
    negative=st.booleans(),
    turns=st.tuples(st.integers(-2, 2), st.integers(-2, 2)).filter(any),
    ends=st.tuples(st.floats(0, 180), st.floats(0, 180), st.floats(-200, 200), st.floats(0, 360)),
)
def test_one_side_alone_is_exact(which, negative, turns, ends) -> None:
    """One cell; the same cell whole turns away as well; and its part: all are known to the last digits."""
    chart = chart_of(ENDS[which])
    near, far = sorted(ends[:2])
    low = np.array([[-far if negative else near, ends[2]]]) - [chart.inner_offset_deg, 0.0]
    high = low + np.array([far - near, ends[3]])
    area = float(chart.area_sr(low, high)[0])
    moved = 360.0 * np.array(turns)
    assert exact(chart.covered_sr(low, high)) == pytest.approx(area, abs=1e-9)
    twice = exact(chart.covered_sr(np.concatenate([low, low + moved]), np.concatenate([high, high + moved])))
    assert twice == pytest.approx(area, abs=1e-9)
    middle = (low + high) / 2
    part = exact(chart.beyond_sr(low, high, low + moved, middle + moved))
    assert part == pytest.approx(area - float(chart.area_sr(low, middle)[0]), abs=1e-8)


def test_a_cell_across_a_fold_is_refused() -> None:
    with pytest.raises(SimulatorError, match="cells must lie on one side of the folds of the sphere; 1 did not"):
        C_ARM.covered_sr([[-10.0, -180.0], [20.0, -180.0]], [[10.0, 180.0], [30.0, 180.0]])
