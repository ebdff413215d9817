import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import two_axes

from simulator.directions.chart import TwoAxisChart
from simulator.directions.folding import EDGE_DIGITS
from simulator.errors import SimulatorError

SPHERE = 4 * np.pi
TOLERANCE = 10.0**-EDGE_DIGITS
C_ARM = TwoAxisChart.of("gantry", "couch", *two_axes.C_ARM)
FULL_TURN = {
    "one cell": [-180.0, 180.0],
    "one cell from 0": [0.0, 360.0],
    "degrees": np.linspace(-180.0, 180.0, 361),
    "cells around each degree": np.arange(361) - 0.5,
    "uneven": [-13.7, 0.3, 100.0, 179.9, 222.2, 346.3],
    "more than once": np.linspace(-200.0, 400.0, 121),
}


def all_cells(gantry_edges, couch_edges):
    return np.ones((len(gantry_edges) - 1, len(couch_edges) - 1), dtype=bool)


def solid_angle_sr(gantry_edges, couch_edges, mask):
    return float(C_ARM.fold(gantry_edges, couch_edges, mask).solid_angle_sr())


def cell_area_sr(gantry_low, gantry_high, couch_low, couch_high):
    low, high = np.broadcast_arrays(gantry_low, couch_low), np.broadcast_arrays(gantry_high, couch_high)
    areas = C_ARM.area_sr(np.stack(low, axis=-1).reshape(-1, 2), np.stack(high, axis=-1).reshape(-1, 2))
    return areas.reshape(low[0].shape)


def whole(gantry_edges, couch_edges):
    return solid_angle_sr(gantry_edges, couch_edges, all_cells(gantry_edges, couch_edges))


@pytest.mark.parametrize("gantry_edges", FULL_TURN.values(), ids=FULL_TURN.keys())
@pytest.mark.parametrize("couch_cells", [1, 2, 37])
@pytest.mark.parametrize(
    ("phi", "fraction"),
    [(15, 1 / 6), (18, 1 / 5), (30, 1 / 3), (45, 1 / 2), (90, 1), (95, 1), (100, 1), (180, 1)],
)
def test_a_full_turn_with_the_couch_from_minus_phi_to_phi(gantry_edges, couch_cells, phi, fraction):
    couch_edges = np.linspace(-phi, phi, couch_cells + 1)
    omega = whole(gantry_edges, couch_edges)
    assert omega == pytest.approx(fraction * SPHERE, abs=1e-12)
    assert omega == pytest.approx(min(8 * np.deg2rad(phi), SPHERE), abs=1e-12)


@pytest.mark.parametrize("couch_edges", [[0.0], [0.0, 0.0], [33.0, 33.0, 33.0], [90.0, 90.0], [5.0, 5.0 + 8.5e-10]])
def test_a_couch_that_does_not_turn_gives_nothing(couch_edges):
    assert whole(np.linspace(-180, 180, 73), couch_edges) == 0.0


@pytest.mark.parametrize("gantry_edges", [[0.0], [90.0, 90.0], [180.0, 180.0 + 1e-10]])
def test_a_gantry_that_does_not_turn_gives_nothing(gantry_edges):
    assert whole(gantry_edges, [-90.0, 0.0, 90.0]) == 0.0


@pytest.mark.parametrize(
    ("gantry_edges", "couch_edges", "area_sr"),
    [
        ([0, 180], [-90, 90], 2 * np.pi),
        ([0, 180], [-180, 180], SPHERE),
        ([0, 180], [0, 180], 2 * np.pi),
        ([0, 180], [0, 200], 2 * np.pi + 2 * np.deg2rad(20)),
        ([-180, 180], [0, 180], SPHERE),
        ([-180, 180], [30, 60], 4 * np.deg2rad(30)),
        ([-180, 180], [75, 105], 4 * np.deg2rad(30)),  # across the seam of the chart
        ([-180, 180], [-105, 105], SPHERE),
        ([-180, 180], [1000, 1030], 4 * np.deg2rad(30)),
        ([60, 90], [0, 360], np.pi),
        ([-90, 90], [0, 360], 2 * np.pi),  # both halves of the turn cover the upper half of the sphere
        ([-90, 60], [0, 360], 2 * np.pi),
        ([170, 190], [80, 100], 2 * (1 - np.cos(np.deg2rad(10))) * np.deg2rad(20)),
        ([350, 370], [-5, 5], 2 * (1 - np.cos(np.deg2rad(10))) * np.deg2rad(10)),
        ([-10, 20], [0, 360], 2 * np.pi * (1 - np.cos(np.deg2rad(20)))),  # a cap
        ([0, 720], [10, 20], 4 * np.deg2rad(10)),
    ],
)
def test_ranges_with_closed_forms(gantry_edges, couch_edges, area_sr):
    assert whole(gantry_edges, couch_edges) == pytest.approx(area_sr, abs=1e-12)


@given(g=st.floats(-400, 400), dg=st.floats(0.01, 170), c=st.floats(-400, 400), dc=st.floats(0.01, 90))
def test_a_cell_its_mirror_image_and_its_turned_images_are_one(g, dg, c, dc):
    alone = whole([g, g + dg], [c, c + dc])
    for gantry, couch in (
        ([-g - dg, -g], [c + 180.0, c + 180.0 + dc]),
        ([-g - dg, -g], [c - 180.0, c - 180.0 + dc]),
        ([g + 360.0, g + dg + 360.0], [c - 360.0, c + dc - 360.0]),
    ):
        assert whole(gantry, couch) == pytest.approx(alone, abs=1e-12)
    assert alone == pytest.approx(float(cell_area_sr(g, g + dg, c, c + dc)), abs=1e-12)


def test_a_direction_reached_by_two_poses_counts_once():
    gantry, couch = [-30.0, -10.0, 10.0, 30.0], [0.0, 10.0, 180.0, 190.0]
    mask = np.zeros((3, 3), dtype=bool)
    mask[2, 0] = True
    one = solid_angle_sr(gantry, couch, mask)
    assert one == pytest.approx((np.cos(np.deg2rad(10)) - np.cos(np.deg2rad(30))) * np.deg2rad(10), abs=1e-14)
    mask[0, 2] = True  # (-g, c + 180): the same directions
    assert solid_angle_sr(gantry, couch, mask) == one
    mask[0, 0] = True  # (-g, c): other directions
    assert solid_angle_sr(gantry, couch, mask) == pytest.approx(2 * one, abs=1e-14)


def poses_reach(gantry_edges, couch_edges, mask, gantry_deg, couch_deg):
    """Whether any pose of each direction lies in a True cell: all images, by exhaustion."""
    reached = np.zeros(gantry_deg.shape, dtype=bool)
    for sign, half_turn in ((1.0, 0.0), (-1.0, 180.0)):
        for k in range(-4, 5):
            for m in range(-4, 5):
                i = np.searchsorted(gantry_edges, sign * gantry_deg + 360.0 * k) - 1
                j = np.searchsorted(couch_edges, couch_deg + half_turn + 360.0 * m) - 1
                inside = (i >= 0) & (i < mask.shape[0]) & (j >= 0) & (j < mask.shape[1])
                reached[inside] |= mask[i[inside], j[inside]]
    return reached


@pytest.mark.parametrize("seed", range(12))
def test_random_directions_agree_with_the_chart(seed):
    rng = np.random.default_rng(seed)
    gantry_edges = np.sort(rng.uniform(-500, 500, rng.integers(2, 25)))
    couch_edges = np.sort(rng.uniform(-400, 400, rng.integers(2, 20)))
    mask = rng.random((gantry_edges.size - 1, couch_edges.size - 1)) < 10 ** rng.uniform(-2, 0)
    count = 40_000
    u = rng.normal(size=(count, 3))
    reached = poses_reach(gantry_edges, couch_edges, mask, *C_ARM.angles(u))
    folded = C_ARM.fold(gantry_edges, couch_edges, mask)
    assert np.array_equal(folded.covered[folded.cells_of(u)], reached)  # direction by direction, without exception
    share = solid_angle_sr(gantry_edges, couch_edges, mask) / SPHERE
    assert share == pytest.approx(reached.mean(), abs=5 * np.sqrt(max(share * (1 - share), 1e-6) / count))


@pytest.mark.parametrize("seed", range(4))
def test_random_chart_areas_are_those_of_their_bounds_and_fill_the_sphere(seed):
    rng = np.random.default_rng(seed)
    gantry_edges, couch_edges = np.sort(rng.uniform(-300, 300, 40)), np.sort(rng.uniform(-200, 200, 30))
    chart = C_ARM.fold(gantry_edges, couch_edges, all_cells(gantry_edges, couch_edges))
    theta2, theta1 = np.deg2rad(chart.theta2_deg), np.deg2rad(chart.theta1_deg)
    np.testing.assert_allclose(chart.areas_sr, -np.diff(np.cos(theta2))[:, None] * np.diff(theta1), atol=1e-15)
    assert chart.areas_sr.sum() == pytest.approx(SPHERE, abs=1e-12)
    assert chart.covered.shape == chart.areas_sr.shape == (theta2.size - 1, theta1.shape[1] - 1)
    assert (chart.theta2_deg[0], chart.theta2_deg[-1]) == (0.0, 180.0)
    assert (chart.theta1_deg[:, 0] == 0.0).all()
    assert (chart.theta1_deg[:, -1] == 360.0).all()
    assert (np.diff(chart.theta2_deg) > 0).all()
    assert (np.diff(chart.theta1_deg) > 0).all()


def test_covered_and_its_complement_fill_the_sphere():
    rng = np.random.default_rng(3)
    gantry_edges, couch_edges = np.linspace(-180, 180, 73), np.linspace(-90, 90, 37)
    mask = rng.random((72, 36)) < 0.4
    # On a grid that holds each direction once, what is not covered is what the complement covers.
    free, blocked = (
        solid_angle_sr(gantry_edges, couch_edges, mask),
        solid_angle_sr(gantry_edges, couch_edges, ~mask),
    )
    assert free + blocked == pytest.approx(SPHERE, abs=1e-12)
    weights = cell_area_sr(gantry_edges[:-1, None], gantry_edges[1:, None], couch_edges[:-1], couch_edges[1:])
    assert free == pytest.approx(weights[mask].sum(), abs=1e-12)


@pytest.mark.parametrize("step_deg", [0.1, 0.3, 0.7])
def test_edges_that_coincide_up_to_rounding_leave_no_slivers(step_deg):
    steps = round(360 / step_deg)
    gantry_edges = np.cumsum(np.full(steps + 1, step_deg)) + 33.3  # rounding errors pile up to 1e-11
    couch_edges = 80.0 + step_deg * np.arange(200)
    chart = C_ARM.fold(gantry_edges, couch_edges, all_cells(gantry_edges, couch_edges))
    for edges in (chart.theta2_deg, chart.theta1_deg):
        assert np.diff(edges).min() > 1e-3
    assert chart.areas_sr.sum() == pytest.approx(SPHERE, abs=1e-12)


def test_a_common_grid_folds_onto_itself():
    gantry_edges, couch_edges = np.arange(0.0, 360.5), np.arange(-100.0, 100.5)
    chart = C_ARM.fold(gantry_edges, couch_edges, all_cells(gantry_edges, couch_edges))
    assert np.array_equal(chart.theta2_deg, np.arange(0.0, 180.5))
    assert np.array_equal(chart.theta1_deg, np.broadcast_to(np.arange(0.0, 360.5), (180, 361)))
    assert chart.covered.all()


def test_edges_beside_the_seams_are_merged_into_them():
    for off in (-0.4 * TOLERANCE, 0.4 * TOLERANCE):
        chart = C_ARM.fold([-180.0 + off, off, 180.0 - off], [-90.0 - off, 90.0 + off], np.ones((2, 1), dtype=bool))
        assert np.array_equal(chart.theta2_deg, [0.0, 180.0])
        np.testing.assert_allclose(chart.theta1_deg, [[0.0, 180.0, 360.0]], atol=TOLERANCE)
        assert chart.solid_angle_sr() == pytest.approx(SPHERE, abs=1e-12)


def test_a_long_chain_of_close_edges_does_not_collapse():
    couch_edges = 10.0 + 0.6 * TOLERANCE * np.arange(2001)  # 1.2e-5 degrees wide in all
    omega = whole([-180.0, 180.0], couch_edges)
    assert omega == pytest.approx(4 * np.deg2rad(couch_edges[-1] - couch_edges[0]), rel=2e-3)


def test_several_masks_share_one_chart():
    rng = np.random.default_rng(8)
    gantry_edges, couch_edges = np.sort(rng.uniform(-200, 250, 30)), np.sort(rng.uniform(-100, 100, 20))
    masks = rng.random((2, 3, 29, 19)) < 0.3
    chart = C_ARM.fold(gantry_edges, couch_edges, masks)
    assert chart.covered.shape == (2, 3, *chart.areas_sr.shape)
    assert chart.solid_angle_sr().shape == (2, 3)
    for index in np.ndindex(2, 3):
        assert np.array_equal(chart.covered[index], C_ARM.fold(gantry_edges, couch_edges, masks[index]).covered)
        # To the bit: an answer does not depend on what else is asked.
        assert chart.solid_angle_sr()[index] == solid_angle_sr(gantry_edges, couch_edges, masks[index])


def test_directions_gained_and_lost_by_boolean_algebra():
    rng = np.random.default_rng(9)
    gantry_edges, couch_edges = np.linspace(-180, 180, 61), np.linspace(-100, 100, 41)
    masks = rng.random((2, 60, 40)) < 0.3
    chart = C_ARM.fold(gantry_edges, couch_edges, masks)
    before, after = chart.covered
    union = solid_angle_sr(gantry_edges, couch_edges, masks[0] | masks[1])
    assert chart.solid_angle_sr(before | after) == pytest.approx(union, abs=1e-12)
    gained, lost = chart.solid_angle_sr(after & ~before), chart.solid_angle_sr(before & ~after)
    omega = chart.solid_angle_sr()
    assert gained > 0
    assert lost > 0
    assert gained - lost == pytest.approx(omega[1] - omega[0], abs=1e-12)
    # Poses of the two masks may differ where their directions do not: poses are never what is counted.
    assert chart.solid_angle_sr(before & after) > solid_angle_sr(gantry_edges, couch_edges, masks[0] & masks[1])


def test_nothing_covered_and_no_masks():
    edges = np.linspace(-180, 180, 9)
    assert solid_angle_sr(edges, [-90, 90], np.zeros((8, 1), dtype=bool)) == 0.0
    assert C_ARM.fold(edges, [-90, 90], np.zeros((0, 8, 1), dtype=bool)).solid_angle_sr().shape == (0,)


def test_a_chart_is_frozen_and_prints_on_one_line():
    chart = C_ARM.fold([-180, 180], [-90, 90], [[True]])
    assert repr(chart) == "FoldedMask(1 x 2 cells, masks (), covered 12.5664 sr)"
    with pytest.raises(dataclasses.FrozenInstanceError):
        chart.covered = None


@pytest.mark.parametrize(
    ("gantry_edges", "couch_edges", "mask", "message"),
    [
        ([0, 10, 5], [0, 1], [[True], [True]], "edges of gantry must be ascending; was 10.0 before 5.0"),
        ([0, 10], [1, 0], [[True]], "edges of couch must be ascending; was 1.0 before 0.0"),
        ([0, np.nan], [0, 1], [[True]], "edges of gantry must be finite"),
        ([], [0, 1], np.zeros((0, 1), bool), "edges of gantry must have shape"),
        ([[0, 1]], [0, 1], [[True]], "edges of gantry must have shape"),
        ([0, 10], [0, 1], [[True, False]], r"mask must have shape \(..., 1, 1\); was \(1, 2\)"),
        ([0, 10], [0, 1], [[1]], "mask must be boolean; was of type int64"),
        ([0, 10], [0, 1], [True], r"mask must have shape \(..., 1, 1\); was \(1,\)"),
    ],
)
def test_bad_grids_are_refused(gantry_edges, couch_edges, mask, message):
    for ask in (C_ARM.fold, C_ARM.shares_sr):
        with pytest.raises(SimulatorError, match=message):
            ask(gantry_edges, couch_edges, mask)


def test_shares_are_of_one_mask():
    with pytest.raises(SimulatorError, match=r"mask must have shape \(n, m\), one mask; was \(1, 1, 1\)"):
        C_ARM.shares_sr([0, 10], [0, 1], [[[True]]])


@settings(max_examples=40)
@given(seed=st.integers(0, 2**32 - 1), reach=st.sampled_from([40.0, 90.0, 130.0, 180.0]))
def test_shares_add_up_to_the_solid_angle(seed: int, reach: float) -> None:
    """However often a direction is covered, the shares of the cells that cover it are the solid angle together."""
    random = np.random.default_rng(seed)
    gantry, couch = np.linspace(-180.0, 180.0, 13), np.linspace(-reach, reach, 8)
    mask = random.random((12, 7)) < 0.5
    shares = C_ARM.shares_sr(gantry, couch, mask)
    assert shares.sum() == pytest.approx(solid_angle_sr(gantry, couch, mask), abs=1e-12)
    assert (shares[~mask] == 0).all()
    assert (shares[mask] > 0).all()


def test_a_direction_reached_twice_is_shared_equally() -> None:
    """A couch from -180 to 180 reaches each direction by two poses: every pose has half its cell's area."""
    gantry, couch = np.linspace(-180.0, 180.0, 37), np.linspace(-180.0, 180.0, 25)
    shares = C_ARM.shares_sr(gantry, couch, np.ones((36, 24), dtype=bool))
    areas = cell_area_sr(gantry[:-1, None], gantry[1:, None], couch[:-1], couch[1:])
    np.testing.assert_allclose(shares, areas / 2, atol=1e-14)


SHEARED = {
    "equal": two_axes.at_angles(60.0, 60.0),
    "steep beam": two_axes.at_angles(70.0, 30.0, azimuth_deg=33.0, start_deg=-71.0),
    "steep axis": two_axes.at_angles(25.0, 80.0, sign=-1.0, start_deg=200.0),
}


@pytest.mark.parametrize("vectors", SHEARED.values(), ids=SHEARED.keys())
@pytest.mark.parametrize("seed", range(3))
def test_sheared_masks_are_estimated_within_the_bounds_of_unions(vectors, seed):
    rng = np.random.default_rng(seed)
    chart = TwoAxisChart.of("ring", "chair", *vectors)
    edges = chart.inner_edges(-190, 260), np.sort(rng.uniform(-300, 200, 20))
    mask = rng.random((len(edges[0]) - 1, len(edges[1]) - 1)) < 0.2
    folded = chart.fold(*edges, mask)
    lower, upper = chart.covered_sr(*two_axes.cells_of(*edges, mask))
    assert lower - 0.01 <= folded.solid_angle_sr() <= upper + 0.01
    assert folded.areas_sr.sum() == pytest.approx(chart.whole_sr, abs=1e-9)
    shares = chart.shares_sr(*edges, mask)
    assert shares.sum() == pytest.approx(folded.solid_angle_sr(), abs=1e-9)
    assert (shares[~mask] == 0).all()
    u = two_axes.on_the_sphere(rng, 20_000)
    strip, cell = folded.cells_of(u)
    assert np.array_equal(strip < 0, np.isnan(chart.angles(u)[0]))
    found = np.where(strip >= 0, folded.covered[strip, cell], False)
    # Only beside an edge of an image can the middle of a strip be wrong.
    assert np.mean(found != two_axes.reached(vectors, *two_axes.cells_of(*edges, mask), u)) < 0.02


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_shares_stand_where_the_cells_stand(sign):
    """Whichever way the outer joint turns: no two of these cells have a direction in common."""
    chart = TwoAxisChart.of("ring", "chair", *two_axes.at_angles(60.0, 45.0, sign=sign, azimuth_deg=20.0))
    edges = chart.inner_edges(0.0, 180.0), np.array([-100.0, -70.0, 0.0, 5.0, 200.0])
    mask = np.random.default_rng(1).random((9, 4)) < 0.5
    low, high = two_axes.cells_of(*edges, mask)
    np.testing.assert_allclose(chart.shares_sr(*edges, mask)[mask], chart.area_sr(low, high), atol=1e-12)
