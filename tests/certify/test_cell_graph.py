"""Which cells touch: against plain loops, and against a fine raster of the same boxes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import generate_binary_structure, label
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from support.campaign import times

from simulator.certify.branch_and_bound import Cells
from simulator.certify.cell_graph import CellGraph

SIDE = 8
"""Raster cells along each joint, a full turn: the boxes have corners at multiples of this part of it."""
STEP = 360.0 / SIDE


@st.composite
def divided_boxes(draw, most=14):
    """Boxes that cover 0 to SIDE in two or three joints, and which of them are there."""
    joints = draw(st.integers(2, 3))
    boxes = [(np.zeros(joints, dtype=int), np.full(joints, SIDE))]
    for _ in range(draw(st.integers(0, most))):
        low, high = boxes.pop(draw(st.integers(0, len(boxes) - 1)))
        column = draw(st.integers(0, joints - 1))
        middle = (low[column] + high[column]) // 2
        if middle == low[column]:
            boxes.append((low, high))
            continue
        below, above = high.copy(), low.copy()
        below[column] = above[column] = middle
        boxes += [(low, below), (above, high)]
    kept = draw(st.lists(st.booleans(), min_size=len(boxes), max_size=len(boxes)))
    turns = tuple(draw(st.booleans()) for _ in range(joints))
    low, high = (np.array([box[end] for box in boxes], dtype=float) for end in (0, 1))
    return Cells.undecided(STEP * low[kept] - 180.0, STEP * high[kept] - 180.0), turns


def touch(cells, turns, i, j, corners):
    """Whether two boxes do, by trying all turns of one of them; and the face that they share, if of positive size."""
    joints = cells.low.shape[1]
    for turn in np.ndindex(*[3 if is_turn else 1 for is_turn in turns]):
        shift = np.array([360.0 * (n - 1) if is_turn else 0 for n, is_turn in zip(turn, turns, strict=True)])
        low = np.maximum(cells.low[i], cells.low[j] + shift)
        high = np.minimum(cells.high[i], cells.high[j] + shift)
        if (low <= high).all() and (corners or (low < high).sum() == joints - 1):
            return True
    return False


@pytest.mark.parametrize("corners", [False, True])
@settings(max_examples=times(60))
@given(drawn=divided_boxes())
def test_pairs_are_those_of_a_loop_over_all(corners, drawn):
    cells, turns = drawn
    graph = CellGraph.of(cells, turns=turns, corners=corners)
    found = {frozenset(pair) for pair in zip(graph.first.tolist(), graph.second.tolist(), strict=True)}
    expected = {
        frozenset((i, j))
        for i in range(len(cells))
        for j in range(i + 1, len(cells))
        if touch(cells, turns, i, j, corners)
    }
    assert found == expected


@pytest.mark.parametrize("corners", [False, True])
@settings(max_examples=times(60))
@given(drawn=divided_boxes())
def test_components_are_those_of_a_raster(corners, drawn):
    cells, turns = drawn
    joints = cells.low.shape[1]
    starts, stops = (((end + 180.0) / STEP).astype(int) for end in (cells.low, cells.high))
    raster = np.zeros([SIDE] * joints, dtype=bool)
    for low, high in zip(starts, stops, strict=True):
        raster[tuple(map(slice, low, high))] = True
    ends = [(int(turn), int(turn)) for turn in turns]
    around = np.pad(raster, ends, mode="wrap")
    labels, count = label(around, generate_binary_structure(joints, joints if corners else 1))
    # A pose at an end stands there twice or more: the labels of all its places are one.
    pose = np.pad(np.arange(raster.size).reshape(raster.shape), ends, mode="wrap")[around]
    _, groups = connected_components(
        coo_array((np.ones(len(pose)), (pose, raster.size + labels[around])), shape=2 * [raster.size + count + 1]),
        directed=False,
    )
    expected = groups[np.ravel_multi_index(tuple(starts.T), raster.shape)]
    found = CellGraph.of(cells, turns=turns, corners=corners).components()
    assert (found[:, None] == found[None, :]).tolist() == (expected[:, None] == expected[None, :]).tolist()


def test_the_shared_face_lies_in_both_cells_and_is_flat_across_one_joint():
    low = np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 3.0], [-180.0, 10.0], [170.0, 12.0], [-180.0, 20.0]])
    high = np.array([[4.0, 8.0], [9.0, 3.0], [9.0, 8.0], [-170.0, 20.0], [180.0, 30.0], [-170.0, 29.0]])
    graph = CellGraph.of(Cells.undecided(low, high), turns=(True, False))
    faces = {
        (int(i), int(j)): (tuple(a), tuple(b))
        for i, j, a, b in zip(graph.first, graph.second, graph.low, graph.high, strict=True)
    }
    assert faces == {
        (0, 1): ((4.0, 0.0), (4.0, 3.0)),
        (0, 2): ((4.0, 3.0), (4.0, 8.0)),
        (1, 2): ((4.0, 3.0), (9.0, 3.0)),
        (3, 5): ((-180.0, 20.0), (-170.0, 20.0)),
        (4, 3): ((180.0, 12.0), (180.0, 20.0)),
        (4, 5): ((180.0, 20.0), (180.0, 29.0)),
    }
    assert len(graph.first) == len(faces)  # each once


def test_two_cells_that_close_a_turn_share_both_their_ends():
    cells = Cells.undecided(np.array([[-180.0, 0.0], [0.0, 0.0]]), np.array([[0.0, 1.0], [180.0, 1.0]]))
    graph = CellGraph.of(cells, turns=(True, False))
    assert sorted(graph.low[:, 0].tolist()) == [0.0, 180.0]
    assert CellGraph.of(cells, turns=(False, False)).low[:, 0].tolist() == [0.0]


def test_a_joint_that_stands_still_only_meets_its_own_value():
    low = np.array([[0.0, 5.0], [1.0, 5.0], [1.0, 6.0]])
    high = np.array([[1.0, 5.0], [2.0, 5.0], [2.0, 6.0]])
    for corners in (False, True):
        graph = CellGraph.of(Cells.undecided(low, high), turns=(False, False), corners=corners)
        assert list(zip(graph.first.tolist(), graph.second.tolist(), strict=True)) == [(0, 1)]


def test_a_pose_on_a_side_is_held_by_both_cells_and_180_by_those_at_either_end():
    low = np.array([[-180.0, 0.0], [-90.0, 0.0], [90.0, 0.0]])
    high = np.array([[-90.0, 10.0], [90.0, 10.0], [180.0, 10.0]])
    cells = Cells.undecided(low, high)
    turning, ending = (CellGraph.of(cells, turns=(turn, False)) for turn in (True, False))
    assert turning.cell_of((-90.0, 10.0)).tolist() == [0, 1]
    assert turning.cell_of((180.0, 5.0)).tolist() == [0, 2]
    assert ending.cell_of((180.0, 5.0)).tolist() == [2]
    assert turning.cell_of((0.0, 10.5)).tolist() == []


def test_no_cells_have_no_components():
    graph = CellGraph.of(Cells.undecided(np.empty((0, 2)), np.empty((0, 2))), turns=(True, False))
    assert graph.components().tolist() == [] and graph.cell_of((0.0, 0.0)).tolist() == []


def test_one_joint_alone_is_a_row_of_cells():
    cells = Cells.undecided(np.array([[0.0], [1.0], [3.0]]), np.array([[1.0], [2.0], [4.0]]))
    assert CellGraph.of(cells, turns=(False,)).components().tolist() == [0, 0, 1]
    around = Cells.undecided(90.0 * cells.low - 180.0, 90.0 * cells.high - 180.0)
    assert CellGraph.of(around, turns=(True,)).components().tolist() == [0, 0, 0]


def test_the_ends_of_less_than_a_turn_are_two_poses():
    """What is left of a full turn, where the rest is not free, must not close."""
    cells = Cells.undecided(np.array([[-100.0, 0.0], [90.0, 0.0]]), np.array([[-90.0, 1.0], [100.0, 1.0]]))
    graph = CellGraph.of(cells, turns=(True, False), corners=True)
    assert graph.components().tolist() == [0, 1]
    assert graph.cell_of((100.0, 0.5)).tolist() == [1]
