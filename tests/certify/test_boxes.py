"""Boxes of joint values proven many at once: each as if it were asked alone, and by closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from support import shapes

from simulator.certify.boxes import Boxes, certified_boxes, least_clearances
from simulator.certify.branch_and_bound import FREE, NOT_FREE
from simulator.certify.prover import Prover

RADIUS_MM, WALL_MM = 500.0, 400.0
SMALL = 0.02


def turning_table(buffer_mm=0.0):
    """A speck on the couch at (0, 500, 0), and a wall at x = -400 that slides along x with "wall"."""
    bodies = [
        (shapes.box(SMALL, SMALL, SMALL, at=(0.0, RADIUS_MM, 0.0)), "couch"),
        (shapes.cuboid((-900.0, -900.0, -50.0), (-WALL_MM, 900.0, 50.0)), "gantry"),
    ]
    return shapes.scene_of([shapes.GANTRY, *shapes.COUCH_JOINTS], bodies, [(0, 1, buffer_mm)])


def boxes(*ends):
    """Boxes from (gantry from, to, couch from, to)."""
    found = np.array(ends, dtype=float)
    return Boxes(found[:, [0, 2]], found[:, [1, 3]])


def test_a_way_a_pose_and_a_rectangle_are_told_apart():
    """The speck is at x = -500 sin(couch); the wall's face at -400 lies in it at 53.13°."""
    asked = boxes((0, 0, 0, 50), (0, 0, 10, 10), (0, 0, 53.2, 53.2), (0, 0, 40, 70), (0, 20, -30, 0))
    cells = certified_boxes(Prover(turning_table()), asked)
    is_free = np.bincount(cells.of[cells.status != FREE], minlength=5) == 0
    assert is_free.tolist() == [True, True, False, False, True]
    met = cells.low[(cells.of == 3) & (cells.status != FREE), 1].min()
    assert met == pytest.approx(np.degrees(np.arcsin(WALL_MM / RADIUS_MM)), abs=0.02)


def test_together_they_are_what_they_are_alone():
    asked = boxes((0, 0, 0, 50), (0, 0, 40, 70), (-10, 10, 0, 20), (5, 5, 30, 30))
    prover = Prover(turning_table(5.0))
    cells, least = certified_boxes(prover, asked, finest=0.01), least_clearances(prover, asked, [0])
    for at in range(len(asked)):
        one = Boxes(asked.low[at : at + 1], asked.high[at : at + 1])
        alone = certified_boxes(prover, one, finest=0.01)
        mine = cells.only(cells.of == at)
        order = np.lexsort(mine.low.T), np.lexsort(alone.low.T)
        assert mine.status[order[0]].tolist() == alone.status[order[1]].tolist()
        found = least_clearances(prover, one, [0])
        assert found.clearance_mm[0] == pytest.approx(least.clearance_mm[at], abs=0.1)


@pytest.mark.parametrize(("low", "high"), [(0.0, 30.0), (-60.0, 20.0), (10.0, 10.0), (30.0, 52.0)])
def test_the_least_clearance_on_a_turning_table_is_the_closed_form(low, high):
    least = least_clearances(Prover(turning_table()), boxes((0, 0, low, high)), [0])
    truth = WALL_MM - RADIUS_MM * np.sin(np.radians(high))
    assert truth - 0.1 - SMALL <= least.clearance_mm[0] <= truth
    assert least.pose[0, 1] == pytest.approx(high, abs=0.05)


def test_of_a_box_it_is_that_of_the_worst_corner():
    """Two joints, any timing: against the poses of a fine grid."""
    least = least_clearances(Prover(turning_table()), boxes((-10, 10, 0, 30)), [0])
    poses = np.stack(np.meshgrid(np.linspace(-10, 10, 81), np.linspace(0, 30, 121), indexing="ij"), -1).reshape(-1, 2)
    truth = float(Prover(turning_table()).clearance_mm(poses, slack_mm=0.0)[0].min())
    assert truth - 1.1 <= least.clearance_mm[0] <= truth + 1e-6


def test_of_a_box_with_few_cells_less_is_proven_and_never_more(monkeypatch):
    prover, box = Prover(turning_table()), boxes((-10, 10, 0, 30))
    (found,) = least_clearances(prover, box, [0]).clearance_mm
    monkeypatch.setattr("simulator.certify.boxes.MOST_CELLS_OF_BOX", 1)
    (least,) = least_clearances(prover, box, [0]).clearance_mm
    assert 0.0 < least < found


def test_more_than_the_cap_is_not_told_from_more():
    prover = Prover(turning_table())
    asked = boxes((0, 0, 0, 10), (0, 0, 0, 50))
    least = least_clearances(prover, asked, [0], cap_mm=np.array([100.0, 100.0]))
    assert least.clearance_mm[0] == 100.0
    truth = WALL_MM - RADIUS_MM * np.sin(np.radians(50.0))
    assert truth - 0.1 - SMALL <= least.clearance_mm[1] <= truth


def test_a_box_is_left_once_a_cell_of_it_is_not_free():
    asked = boxes((0, 0, 40, 80), (0, 0, -40, 40))
    prover = Prover(turning_table())
    cells = certified_boxes(prover, asked, first_only=True)
    whole = certified_boxes(prover, asked)
    assert (cells.status[cells.of == 0] == NOT_FREE).any()
    assert (cells.status[cells.of == 1] == FREE).all()
    assert len(cells) < len(whole)


def test_boxes_that_are_the_same_are_asked_once():
    asked = boxes((0, 0, 0, 50), (0, 0, 10, 10), (0, 0, 0, 50))
    distinct, which = asked.distinct()
    assert len(distinct) == 2
    np.testing.assert_array_equal(distinct.low[which], asked.low)
    np.testing.assert_array_equal(distinct.high[which], asked.high)


def test_without_pairs_there_is_nothing_to_hit():
    least = least_clearances(Prover(turning_table()), boxes((0, 0, 0, 50)), [])
    assert least.clearance_mm.tolist() == [np.inf]
    assert least.pair.tolist() == [-1]
