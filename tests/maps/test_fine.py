"""The map between its poses: free where it is proven, named after what is near."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import simulator as sim
from simulator.directions.crossed_axes import FULL_SPHERE_SR
from simulator.maps.dataset import named_of
from simulator.maps.fine import STEP, FineMap


@pytest.fixture(scope="module")
def brain() -> sim.Setup:
    setup = sim.load_setup("brain")
    return replace(setup, sweep=setup.sweep.with_steps(gantry=5.0, couch=5.0))


@pytest.fixture(scope="module")
def certified(brain: sim.Setup) -> sim.CollisionMap:
    return sim.collision_map(brain, workers=1)


def test_its_free_area_is_the_proven_one(certified: sim.CollisionMap) -> None:
    fine = certified.fine
    heights = np.abs(np.diff(np.cos(np.radians(fine.inner_edges))))
    areas = heights[:, None] * np.radians(np.diff(fine.outer_edges))
    omega = certified.solid_angle()
    assert (areas * (fine.status == 0)).sum() == pytest.approx(omega.lower_sr, abs=2e-4 * FULL_SPHERE_SR)


def test_it_is_free_across_the_seam_where_the_cells_are(certified: sim.CollisionMap) -> None:
    """The rectangle around gantry -180 begins at -182.5, which the cells know as 177.5."""
    fine, cells = certified.fine, certified.cells
    gantry, couch = ((edges[:-1] + edges[1:]) / 2 for edges in (fine.inner_edges, fine.outer_edges))
    before = np.flatnonzero(gantry < -180.0)
    assert len(before) == 12
    free = cells.status == 0
    for row in before:
        here = free & (cells.low[:, 0] <= gantry[row] + 360.0) & (gantry[row] + 360.0 <= cells.high[:, 0])
        is_free = ((cells.low[here, 1, None] <= couch) & (couch <= cells.high[here, 1, None])).any(axis=0)
        assert is_free.any()
        np.testing.assert_array_equal(fine.status[row] == 0, is_free)


def test_at_one_couch_angle_it_is_as_fine_as_the_arcs(brain: sim.Setup) -> None:
    cmap = sim.collision_map(brain, sweep=sim.Sweep(gantry=(-180.0, 180.0, 5.0), couch=(30.0, 30.0, 1.0)))
    fine = cmap.fine
    assert fine.status.shape == (360 / STEP, 1)
    gantry = (fine.inner_edges[:-1] + fine.inner_edges[1:]) / 2
    on_arc = np.zeros(len(gantry), dtype=bool)
    for arc in cmap.arcs().itertuples():
        on_arc |= np.mod(gantry - arc.start_deg, 360.0) <= arc.stop_deg - arc.start_deg
    assert 0 < on_arc.sum() < len(gantry)
    # The cells of a line are as fine as the tolerance asks, so the last tenths of a degree may be left open.
    assert not (~on_arc & (fine.status[:, 0] == 0)).any()
    assert (on_arc & (fine.status[:, 0] != 0)).sum() <= 4


def test_what_it_calls_free_fcl_calls_free(brain: sim.Setup, certified: sim.CollisionMap) -> None:
    fine = certified.fine
    rng = np.random.default_rng(4)
    rows, columns = np.nonzero(fine.status == 0)
    some = rng.integers(len(rows), size=300)
    middles = [(edges[:-1] + edges[1:]) / 2 for edges in (fine.inner_edges, fine.outer_edges)]
    poses = np.stack([middles[0][rows[some]], middles[1][columns[some]]], axis=1)
    assert not brain.checker.pair_status(poses).any()


def test_what_is_not_free_has_a_status_and_a_culprit_of_a_pose_nearby(certified: sim.CollisionMap) -> None:
    fine = certified.fine
    assert fine.status.shape == (360 / STEP, 180 / STEP)
    assert ((fine.culprit >= 0) == (fine.status > 0)).all()
    gantry = (fine.inner_edges[:-1] + fine.inner_edges[1:]) / 2
    couch = (fine.outer_edges[:-1] + fine.outer_edges[1:]) / 2
    row = np.searchsorted(certified.sweep["gantry"].edges(), gantry, side="right") - 1
    column = np.searchsorted(certified.sweep["couch"].edges(), couch, side="right") - 1
    coarse = certified.dataset["culprit"].values[np.ix_(row, column)]
    named = named_of(certified.dataset, certified.sweep.joints)
    assert named is not None
    in_squares = fine.held(named)  # where a border passes: see test_inner_borders.py
    both = (coarse >= 0) & (fine.culprit >= 0) & ~in_squares
    np.testing.assert_array_equal(fine.culprit[both], coarse[both])
    # And where the sweep's pose is free but what is around it is not, that of a neighbour.
    rest = (coarse < 0) | in_squares
    names = {(c, s) for c, s in zip(fine.culprit[rest].ravel(), fine.status[rest].ravel(), strict=True) if c >= 0}
    statuses = np.asarray(certified.dataset["pair_status"].values)
    assert names
    assert all((statuses[culprit] == status).any() for culprit, status in names)


def test_a_sampled_map_is_as_fine_as_its_sweep(brain: sim.Setup) -> None:
    cmap = sim.collision_map(brain, method="sampled", workers=1)
    np.testing.assert_array_equal(cmap.fine.status, cmap.status)
    np.testing.assert_array_equal(cmap.fine.culprit, cmap.dataset["culprit"].values)


def test_the_nearest_culprit_is_looked_for_across_the_seam(certified: sim.CollisionMap) -> None:
    """A pose proven not free at gantry -180, with all poses of the sweep near it free but one at gantry 175."""
    dataset = certified.dataset.copy(deep=True)
    status, culprit = np.zeros_like(certified.status), np.full_like(dataset["culprit"].values, -1)
    status[-1, 10], culprit[-1, 10] = 2, 1
    status[5, 10], culprit[5, 10] = 1, 0
    dataset["status"].values[:], dataset["culprit"].values[:] = status, culprit
    dataset["cell_status"].values[:] = 2
    fine = FineMap.of(dataset)
    column = np.searchsorted(fine.outer_edges, certified.dataset["couch"].values[10]) - 1
    assert fine.culprit[0, column] == 1
    assert fine.status[0, column] == 2
