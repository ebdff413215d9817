"""Cells tile what was asked for, do not depend on workers, and stop where they were told to stop."""

from dataclasses import replace

import numpy as np
import pytest
from support import shapes
from support.proven import area, buffers, cell_of, contradictions, found_wrong, longest, prove, share, tiles

from simulator.certify.branch_and_bound import FREE, NOT_FREE, UNDECIDED
from simulator.certify.prover import Prover
from simulator.collision.checker import Checker
from simulator.collision.contact import Status

HEAD = 0
"""The pair that gantry and couch move; the couch alone moves the other one."""
LOW, HIGH = (-180.0, -90.0), (0.0, 90.0)
START = tiles(LOW, HIGH, (45.0, 30.0))


@pytest.fixture(scope="module")
def scene():
    """A head over a couch with a post beside it: free, near and colliding by gantry, by couch and by both."""
    bodies = [
        (shapes.prism(8, 250.0, 260.0, 700.0), "gantry"),
        (shapes.box(420.0, 1600.0, 50.0, at=(60.0, -500.0, -60.0)), "table_roll"),
        (shapes.box(80.0, 80.0, 600.0, at=(-500.0, -700.0, 0.0)), "fixed"),
    ]
    joints = [shapes.GANTRY, *shapes.COUCH_JOINTS]
    return shapes.scene_of(joints, bodies, [(0, 1, 20.0), (2, 1, 10.0)], table_vertical=-100.0)


@pytest.fixture(scope="module")
def prover(scene):
    return Prover(scene)


@pytest.fixture(scope="module")
def cells(scene, prover):
    return prove(scene, *START, prover=prover)


# --- cells ------------------------------------------------------------------------------------------------------


def test_cells_tile_the_rectangle(cells):
    """Their areas add up, and a pose within is in one cell, or at the edges of some."""
    assert area(cells.low, cells.high).sum() == pytest.approx(area(np.array([LOW]), np.array([HIGH]))[0])
    assert (cells.low >= LOW).all()
    assert (cells.high <= HIGH).all()
    poses = np.random.default_rng(1).uniform(LOW, HIGH, (1000, 2))
    held = ((poses[:, None] > cells.low) & (poses[:, None] < cells.high)).all(axis=2)
    np.testing.assert_array_equal(held.sum(axis=1), 1)
    assert cells.status.shape == (len(cells),)
    assert set(np.unique(cells.status)) == {FREE, UNDECIDED, NOT_FREE}


def test_most_of_the_rectangle_is_decided(scene, cells):
    assert share(cells, UNDECIDED) <= 0.01
    assert min(share(cells, FREE), share(cells, NOT_FREE)) > 0.1
    assert found_wrong(scene, cells, np.random.default_rng(2), 2000) == []


def test_what_is_not_free_names_a_pair_that_is_in_the_way(scene, cells):
    """So at poses all over the cell, by FCL; what is undecided names one, too, and what is free none."""
    blocked = np.flatnonzero(cells.status == NOT_FREE)
    for place in np.random.default_rng(6).random((3, 2)):
        poses = cells.low[blocked] + place * (cells.high - cells.low)[blocked]
        statuses = Checker(scene).pair_status(poses)
        assert (statuses[cells.pair[blocked], np.arange(len(blocked))] != Status.FREE).all()
    assert set(cells.pair[blocked]) == {0, 1}
    np.testing.assert_array_equal(cells.pair >= 0, cells.status != FREE)


def test_parts_of_a_rectangle_are_their_own(scene, prover):
    """What is proven of a cell does not depend on which others are asked for."""
    some = [array[5:9] for array in START]
    whole = prove(scene, *START, prover=prover, undecided=0.0, finest=4.0)
    part = prove(scene, *some, prover=prover, undecided=0.0, finest=4.0)
    middles = (part.low + part.high) / 2
    where = cell_of(whole, middles)
    np.testing.assert_array_equal(whole.low[where], part.low)
    np.testing.assert_array_equal(whole.status[where], part.status)


@pytest.mark.parametrize("workers", [2, 3])
def test_workers_change_nothing(scene, workers):
    for demanded in (buffers(scene), [150.0, 60.0]):
        ours = prove(scene, *START, demanded, undecided=0.03, workers=workers)
        alone = prove(scene, *START, demanded, undecided=0.03)
        rows = [np.column_stack([found.low, found.high, found.status]) for found in (ours, alone)]
        np.testing.assert_array_equal(*(table[np.lexsort(table.T)] for table in rows))


# --- where it stops ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("undecided", [0.3, 0.1, 0.02])
def test_tolerance(scene, prover, undecided):
    assert share(prove(scene, *START, prover=prover, undecided=undecided), UNDECIDED) <= undecided


def test_finest(scene, prover):
    """What is undecided at last is as small as asked for, along all that moves the pair; nothing is half of that."""
    for finest in (10.0, 1.7):
        found = prove(scene, *START, prover=prover, undecided=0.0, finest=finest)
        undecided = found.only(found.status == UNDECIDED)
        gantry, couch = (undecided.high - undecided.low).T
        assert couch.max() <= finest
        assert gantry[undecided.pair == HEAD].max() <= finest
        assert longest(found.low, found.high).min() > finest / 2


def test_cells_are_not_divided_along_a_joint_that_moves_nothing_there(scene):
    """Whether the couch meets a post is the same wherever the gantry is: all cells reach as far as those at first."""
    post = replace(scene, pairs=scene.pairs[1:])
    found = prove(post, *START, undecided=0.0, finest=0.05)
    assert set(np.unique(found.status)) == {FREE, UNDECIDED, NOT_FREE}
    assert set(found.high[:, 0] - found.low[:, 0]) == {45.0}
    assert (found.high - found.low)[found.status == UNDECIDED, 1].max() <= 0.05
    assert found_wrong(post, found, np.random.default_rng(4), 2000) == []


def test_most_cells(scene, prover):
    first = prove(scene, *START, prover=prover, undecided=0.0, most_cells=1)
    assert len(first) == len(START[0])
    before = 1.0
    for most_cells in (1, 200, 2000, 8000):
        found = prove(scene, *START, prover=prover, undecided=0.0, most_cells=most_cells)
        assert share(found, UNDECIDED) <= before
        assert found_wrong(scene, found, np.random.default_rng(3), 200) == []
        before = share(found, UNDECIDED)
    assert before < 0.1


def test_progress(scene, prover):
    said = []
    prove(scene, *START, prover=prover, progress=lambda *numbers: said.append(numbers))
    done, total = np.array(said).T
    assert set(total) == {1000}
    assert (np.diff(done) >= 0).all()
    assert done[-1] >= 990


# --- inside -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("demanded_mm", [0.0, 5.0, 85.0, 100.0, 500.0])
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_what_is_inside_is_never_free(order, demanded_mm):
    """A ball deep in a box: the clearances asked for lie on both sides of the distance of the surfaces, 70 to 90."""
    bodies = [(shapes.box(200, 200, 200), "x"), (shapes.sphere(10.0), "y")]
    scene = shapes.sliding_scene(bodies, [(*order, 0.0)])
    found = prove(scene, (-20, -20), (20, 20), [demanded_mm], most_cells=300)
    assert FREE not in found.status
    assert share(found, NOT_FREE) > (0.8 if 70.0 < demanded_mm < 90.0 else 0.999)


# --- little to do -----------------------------------------------------------------------------------------------


def test_no_pairs():
    """Nothing can be hit: all is free."""
    scene = shapes.sliding_scene([(shapes.box(2, 2, 2), "x")], [])
    found = prove(scene, (-20, -20), (20, 20))
    assert found.status.tolist() == [FREE]


def test_a_line_of_poses(scene, prover):
    """One couch angle: cells without a width."""
    low, high = (-180.0, 20.0), (-90.0, 20.0)
    found = prove(scene, low, high, prover=prover, weight=longest, undecided=0.02)
    assert (found.low[:, 1] == 20.0).all()
    assert (found.high[:, 1] == 20.0).all()
    lengths = longest(found.low, found.high)
    assert lengths.sum() == pytest.approx(90.0)
    assert lengths[found.status == UNDECIDED].sum() <= 0.02 * 90.0
    assert {FREE, NOT_FREE} <= set(found.status)
    assert found_wrong(scene, found, np.random.default_rng(7), 300) == []


def test_one_pose(scene, prover):
    """A cell without an extent: the answer of the checker, if there is one."""
    poses = np.random.default_rng(8).uniform(LOW, HIGH, (200, 2))
    found = prove(scene, poses, poses, prover=prover, undecided=1.0)
    assert (found.status != UNDECIDED).mean() > 0.95
    assert contradictions(Checker(scene), found, found.low, np.arange(len(found))) == []
