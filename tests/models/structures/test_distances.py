"""The distance to contours at the nodes of a grid: exact, by closed forms and by other ways to compute it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.path import Path as Outline
from scipy.spatial import cKDTree
from support.contoured import ring, roi, stars

from simulator.errors import SimulatorError
from simulator.models.structures import distances as module
from simulator.models.structures.contours import Slices
from simulator.models.structures.distances import distance_field, enclosing_level_mm


def nodes(field):
    _, rows, columns = field.values_mm.shape
    u = field.low_mm[0] + np.arange(columns) * field.step_mm
    v = field.low_mm[1] + np.arange(rows) * field.step_mm
    return np.stack(np.meshgrid(u, v), axis=-1)


def slice_of(*polygons):
    """Return the field of polygons that are alike on three slices, and values and nodes of the middle one."""
    contours = [
        np.column_stack([p, np.full(len(p), z)]) for z in (0.0, 10.0, 20.0) for p in map(np.asarray, polygons)
    ]
    field = distance_field(Slices.of(roi(*contours)), 2.0, 5.0)
    return field, field.values_mm[3], nodes(field)


def box_distance(points, low, high):
    """Return the signed distance to a rectangle in closed form."""
    out = np.maximum(np.asarray(low) - points, points - np.asarray(high))
    return np.linalg.norm(np.maximum(out, 0.0), axis=-1) + np.minimum(out.max(axis=-1), 0.0)


def box(low, high):
    return np.array([low, (high[0], low[1]), high, (low[0], high[1])], dtype=float)


@pytest.mark.parametrize("way", [1, -1])
def test_a_rectangle(way):
    _, values, points = slice_of(box((-41, -23), (37, 55))[::way])
    assert values == pytest.approx(box_distance(points, (-41, -23), (37, 55)), abs=1e-9)


def test_of_several_contours_the_least_counts_inside_and_outside():
    low, high = (-41, -23), (37, 55)
    for inner in (box((-20, 0), (0, 20)), box((-20, 0), (0, 20))[::-1], box(low, high)):
        _, values, points = slice_of(box(low, high), inner, box((90, 0), (92, 2)))
        expected = np.minimum(box_distance(points, low, high), box_distance(points, (90, 0), (92, 2)))
        assert values == pytest.approx(np.minimum(expected, 40.0), abs=1e-9)


def test_a_line_and_a_point_have_no_inside():
    _, values, points = slice_of([(-20.0, 0.0), (20.0, 0.0)], [(0.0, 30.0)])
    line = np.hypot(np.maximum(np.abs(points[..., 0]) - 20, 0), points[..., 1])
    assert values == pytest.approx(np.minimum(line, np.hypot(points[..., 0], points[..., 1] - 30)), abs=1e-9)


@settings(max_examples=80)
@given(st.lists(stars(), min_size=1, max_size=4))
def test_stars_against_a_tree_of_points_and_against_outlines(drawn):
    _, values, points = slice_of(*drawn)
    expected = np.full(values.shape, 40.0)
    for star in drawn:
        share = np.linspace(0, 1, 400, endpoint=False)[:, None, None]
        along = (star + share * (np.roll(star, -1, axis=0) - star)).reshape(-1, 2)
        far = cKDTree(along).query(points)[0]
        is_in = Outline(np.vstack([star, star[:1]])).contains_points(points.reshape(-1, 2)).reshape(values.shape)
        expected = np.minimum(expected, np.where(is_in, -far, far))
    assert values == pytest.approx(expected, abs=0.25)


@settings(max_examples=60)
@given(st.lists(stars(), min_size=1, max_size=4))
def test_no_two_nodes_differ_by_more_than_they_are_apart(drawn):
    _, values, points = slice_of(*drawn)
    flat, places = values.ravel(), points.reshape(-1, 2)
    chosen = np.random.default_rng(1).permutation(len(flat))[:300]
    apart = np.linalg.norm(places[chosen, None] - places[None, chosen], axis=-1)
    assert (np.abs(flat[chosen, None] - flat[None, chosen]) <= apart + 1e-9).all()


@settings(max_examples=60)
@given(st.lists(stars(), min_size=1, max_size=3), st.integers(0, 10_000))
def test_interpolated_it_is_nowhere_above_the_level_on_a_contour(drawn, seed):
    """On any triangle of nodes around a point of a contour, however the squares are split."""
    field, values, _ = slice_of(*drawn)
    random = np.random.default_rng(seed)
    level = enclosing_level_mm(field.step_mm)
    for star in drawn:
        share = random.random((len(star), 1))
        at = (star + share * (np.roll(star, -1, axis=0) - star) - field.low_mm) / field.step_mm
        column, row = np.floor(at).astype(int).T
        du, dv = (at - np.floor(at)).T
        corner = [values[row + j, column + i] for j in (0, 1) for i in (0, 1)]
        falling = np.where(
            du + dv <= 1,
            corner[0] * (1 - du - dv) + corner[1] * du + corner[2] * dv,
            corner[3] * (du + dv - 1) + corner[1] * (1 - dv) + corner[2] * (1 - du),
        )
        rising = np.where(
            du >= dv,
            corner[0] * (1 - du) + corner[1] * (du - dv) + corner[3] * dv,
            corner[0] * (1 - dv) + corner[2] * (dv - du) + corner[3] * du,
        )
        assert (falling <= level).all() and (rising <= level).all()


def test_the_level_is_reached_by_a_point_in_the_middle_of_nodes():
    """No smaller level would do: a point halfway between two diagonal nodes is that far from both."""
    assert enclosing_level_mm(2.0) == pytest.approx(np.hypot(1.0, 1.0))


def test_ends_stand_for_half_a_gap_and_are_closed():
    field, _, _ = slice_of(box((-40, -40), (40, 40)))
    first, second = field.offsets_mm[:2]
    assert second == -5.0 and first < second
    assert field.offsets_mm[-2] == 25.0
    assert (field.values_mm[1] == field.values_mm[2]).all()
    assert field.values_mm[0].min() > 0.0 and field.values_mm[-1].min() > 0.0
    border = np.ones(field.values_mm.shape[1:], dtype=bool)
    border[1:-1, 1:-1] = False
    assert (field.values_mm[:, border] >= 5.0).all()


def test_one_slice_is_refused():
    with pytest.raises(SimulatorError, match=r"RS\.dcm: ROI 'BODY': must have contours on at least 2 slices"):
        distance_field(Slices.of(roi(ring(20, 0))), 2.0, 5.0, "RS.dcm")


@pytest.mark.parametrize("limit", ["MOST_NODES", "MOST_WORK"])
def test_too_much_to_work_on_is_refused(monkeypatch, limit):
    monkeypatch.setattr(module, limit, 100)
    with pytest.raises(SimulatorError, match=r"ROI 'BODY': must have fewer points or slices.*180 points on 2 slices"):
        distance_field(Slices.of(roi(ring(20, 0), ring(20, 5))), 2.0, 5.0)
