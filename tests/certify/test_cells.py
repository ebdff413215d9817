"""Rectangles of one, two and three joints, and lines in them: volumes in closed form, and FCL."""

import numpy as np
import pytest
from support import shapes
from support.proven import area, found_wrong, share

from simulator.certify.branch_and_bound import FREE, NOT_FREE, UNDECIDED
from simulator.certify.cells import certified_cells, certified_lines, cut, demanded_mm, divided, start_cells
from simulator.certify.prover import Prover
from simulator.models.kinematics import Joint

AXES = {"x": (1.0, 0.0, 0.0), "y": (0.0, 1.0, 0.0), "z": (0.0, 0.0, 1.0)}
EDGES = np.array([-100.0, -30.0, 60.0, 100.0])


def sliding(scan, buffer_mm=10.0):
    """A cube of 20 on joints along x, y and z, and one that stands in the middle."""
    names = ["fixed", *AXES]
    joints = [Joint(name, "prismatic", names[i], AXES[name]) for i, name in enumerate(AXES)]
    cube = shapes.box(20.0, 20.0, 20.0)
    return shapes.scene_of(joints, [(cube, "fixed"), (cube, "z")], [(0, 1, buffer_mm)], scan)


def blocked(buffer_mm, axes):
    """Where the cubes collide or are within the buffer: a cube with round edges, cut by as many axes."""
    side, r = 40.0, buffer_mm
    return {
        1: side + 2 * r,
        2: side**2 + 4 * side * r + np.pi * r**2,
        3: side**3 + 6 * side**2 * r + 3 * np.pi * side * r**2 + 4 / 3 * np.pi * r**3,
    }[axes]


@pytest.mark.parametrize("scan", [("x",), ("z", "x"), ("x", "y", "z")])
def test_as_many_columns_as_joints_are_scanned(scan):
    """Of several the body is carried by all in turn."""
    scene, k = sliding(scan), len(scan)
    prover = Prover(scene)
    assert demanded_mm(prover).tolist() == [10.0]
    cells = certified_cells(prover, [EDGES] * k, weight=area, tolerance=0.01 * 200.0**k, most_cells=30_000)
    assert cells.low.shape == (len(cells), k)
    assert cells.status.shape == cells.pair.shape == (len(cells),)
    assert area(cells.low, cells.high).sum() == pytest.approx(200.0**k)
    assert share(cells, UNDECIDED) <= 0.01
    exact = blocked(10.0, k) / 200.0**k
    assert share(cells, NOT_FREE) <= exact + 1e-6
    assert share(cells, FREE) <= 1.0 - exact + 1e-6
    assert found_wrong(scene, cells, np.random.default_rng(k), 500) == []


def test_a_joint_that_stands_still_has_two_equal_edges():
    low, high = start_cells([np.array([0.0, 1.0, 3.0]), np.array([5.0, 5.0])])
    assert low.tolist() == [[0.0, 5.0], [1.0, 5.0]]
    assert high.tolist() == [[1.0, 5.0], [3.0, 5.0]]


def test_cut():
    assert cut(-7.0, 25.0, 10.0).tolist() == [-7.0, 0.0, 10.0, 20.0, 25.0]
    assert cut(-10.0, 10.0, 10.0).tolist() == [-10.0, 0.0, 10.0]
    assert cut(3.0, 3.0, 10.0).tolist() == [3.0, 3.0]


def test_what_moves_things_most_is_divided():
    """A turn of 10° moves what is 1 m away by as much as a slide of 175 mm, and counts as much."""
    joints = [Joint("turn", "revolute"), Joint("slide", "prismatic", "turn", (1.0, 0.0, 0.0))]
    bodies = [(shapes.box(20, 20, 20, at=(500.0, 0, 0)), "fixed"), (shapes.box(20, 20, 20), "slide")]
    prover = Prover(shapes.scene_of(joints, bodies, [(0, 1, 0.0)], ("turn", "slide")))
    edges = [np.array([-10.0, 10.0]), np.array([400.0, 600.0])]
    cells = certified_cells(prover, edges, weight=area, tolerance=0.0, most_cells=2)
    assert np.ptp(cells.high - cells.low, axis=0).tolist() == [0.0, 0.0]
    assert (cells.high - cells.low)[0].tolist() == [10.0, 200.0]
    sides = prover.sides(np.zeros((1, 2)), np.array([[10.0, 1000.0]]))
    assert sides[0].tolist() == pytest.approx([10.0, np.degrees(1.0)])


def test_lines_in_a_cube_of_three_joints():
    """Whether cells of the cube are known or not, the line is free up to the buffer."""
    scene = sliding(("x", "y", "z"))
    prover = Prover(scene)
    cells = certified_cells(prover, [EDGES] * 3, weight=area, tolerance=0.1 * 200.0**3, most_cells=5000)
    at = np.array([[99.0, 0.0, 5.0], [99.0, 26.0, 0.0], [99.0, 60.0, 60.0]])
    ends = [30.0, 20.0 + np.sqrt(10.0**2 - 6.0**2), 0.0]
    for known in (None, cells):
        lines = certified_lines(prover, 0, EDGES, at, known=known)
        for row, end in zip(at, ends, strict=True):
            there = (lines.low[:, 1:] == row[1:]).all(axis=1)
            assert (lines.high[there, 1:] == row[1:]).all()
            lengths = (lines.high - lines.low)[there, 0]
            assert lengths.sum() == pytest.approx(200.0)
            assert lengths[lines.status[there] == FREE].sum() == pytest.approx(200.0 - 2 * end, abs=0.05)
            assert lengths[lines.status[there] == NOT_FREE].sum() == pytest.approx(2 * end, abs=0.05)


def test_cells_that_are_decided_stay():
    prover = Prover(sliding(("x", "y")))
    some = certified_cells(prover, [EDGES] * 2, weight=area, tolerance=0.2 * 200.0**2)
    more = divided(prover, some, finest=0.1)
    decided = some.only(some.status != UNDECIDED)
    np.testing.assert_array_equal(more.low[: len(decided)], decided.low)
    assert share(more, UNDECIDED) < share(some, UNDECIDED)
