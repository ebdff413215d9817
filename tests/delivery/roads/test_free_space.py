"""Free cells and the ways over them: against a search on a grid of squares, and through the end of a full turn."""

from collections import deque
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from simulator.certify.branch_and_bound import FREE, NOT_FREE, Cells
from simulator.certify.cell_graph import CellGraph
from simulator.delivery.roads import free_space
from simulator.delivery.roads.free_space import FreeSpace
from simulator.delivery.roads.kernels.covered import are_covered
from simulator.delivery.roads.network import Network
from simulator.delivery.roads.routes import Routes, Stop
from simulator.delivery.roads.timing import Limits
from simulator.models.motion import MOVES

SIDE = 30.0
COUNT = 6
LIMITS = Limits(np.array([6.0, 3.0]), np.array([3.0, 1.5]))
BOARDS = st.lists(st.booleans(), min_size=COUNT**2, max_size=COUNT**2).map(
    lambda free: np.reshape(free, (COUNT,) * 2)
)
CHESS = np.indices((COUNT, COUNT)).sum(axis=0) % 2 == 0


def space_of(board, turns=(False, False)):
    """Squares of a board as cells; the first side from -90 on, or a full turn."""
    index = np.stack(np.meshgrid(*map(np.arange, board.shape), indexing="ij"), axis=-1).reshape(-1, 2)
    sides = np.array([360.0 / len(board) if turns[0] else SIDE, SIDE])
    first = np.array([-180.0 if turns[0] else -90.0, -90.0])
    status = np.where(board.ravel(), FREE, NOT_FREE).astype(np.int8)
    low = first + index * sides
    return FreeSpace.of(Cells(low, first + (index + 1) * sides, status, np.zeros(len(low), dtype=np.int16)), turns)


def flooded(board, start, is_round=False):
    """The squares that a search from neighbour to neighbour reaches."""
    found, left = {start}, deque([start])
    while left:
        i, j = left.popleft()
        for a, b in ((i + 1, j), (i - 1, j), (i, j + 1), (i, j - 1)):
            a = a % len(board) if is_round else a
            if 0 <= a < len(board) and 0 <= b < len(board[0]) and board[a, b] and (a, b) not in found:
                found.add((a, b))
                left.append((a, b))
    return found


@pytest.mark.parametrize("is_round", [False, True])
@pytest.mark.parametrize("moves", MOVES)
@settings(max_examples=8)
@given(board=BOARDS)
@example(board=CHESS)
def test_there_is_a_way_between_two_squares_just_where_a_search_finds_one(moves, is_round, board):
    """On the board of a chess, free squares touch at corners only: nothing leads from one to another."""
    if board.any():
        space, routes, expected = asked(board, moves, is_round)
        assert (np.isfinite(routes.times_s) == expected).all()
        assert (routes.times_s == routes.times_s.T).all()
        _hold_what_they_say(space, routes, moves)


def asked(board, moves="together", is_round=False):
    """The ways among the middles of all free squares of a board, and where a search says that there are some."""
    free = [tuple(map(int, square)) for square in np.argwhere(board)]
    space = space_of(board, (is_round, False))
    low, sides = (
        np.array([-180.0 if is_round else -90.0, -90.0]),
        np.array([360.0 / COUNT if is_round else SIDE, SIDE]),
    )
    stops = [Stop(low + (np.array(square) + 0.5) * sides) for square in free]
    expected = [[other in flooded(board, square, is_round) for other in free] for square in free]
    return space, Routes(Network(space, moves, LIMITS), stops), np.array(expected)


def _touching_is_enough(space):
    return CellGraph.of(space.cells, turns=space.turns, corners=True)


def _whatever_its_status(cls, cells, turns):
    return cls(cells, tuple(turns))


def _ends_are_enough(low, high, start, stop):
    zero = np.zeros_like(start)
    return are_covered(low, high, start, start + zero) & are_covered(low, high, stop, stop + zero)


@pytest.mark.parametrize(
    ("where", "name", "planted"),
    [
        (FreeSpace, "graph", property(_touching_is_enough)),
        (FreeSpace, "of", classmethod(_whatever_its_status)),
        (free_space, "are_covered", _ends_are_enough),
    ],
)
def test_planted_defects_are_found_out(monkeypatch, where, name, planted):
    """Cells joined that touch at a corner; cells that are not free; ways of which only the ends are looked at."""
    boards = [CHESS, np.arange(COUNT)[:, None] % 3 + np.zeros(COUNT, dtype=int) != 1]
    boards[1][:, -1] = True
    monkeypatch.setattr(where, name, planted)
    assert any(_is_contradicted(board) for board in boards)


def _is_contradicted(board):
    space, routes, expected = asked(board)
    if (np.isfinite(routes.times_s) != expected).any():
        return True
    try:
        _hold_what_they_say(space, routes, "together")
    except AssertionError:
        return True
    return False


def _hold_what_they_say(space, routes, moves):
    """Legs lie in free squares, pose by pose, join, and take the time that was told."""
    count = len(routes.times_s)
    for first, last in [(0, count - 1), (count // 2, 0)]:
        if first == last or not np.isfinite(routes.times_s[first, last]):
            continue
        poses = np.array(routes.legs(first, last))
        takes_s = LIMITS.times_s(np.diff(poses, axis=0), moves).sum()
        assert takes_s == pytest.approx(routes.times_s[first, last])
        if moves == "one at a time":
            assert ((np.diff(poses, axis=0) != 0).sum(axis=1) <= 1).all()
        for start, stop in pairwise(poses):
            for share in np.linspace(0.0, 1.0, 41):
                held = space.graph.cell_of(space.in_range(start + share * (stop - start)))
                assert len(held) > 0
        assert np.allclose(space.in_range(poses[-1] - routes._poses[last]) % 360.0, 0.0)


def test_through_the_end_of_a_full_turn_is_the_shorter_way():
    board = np.ones((COUNT, COUNT), dtype=bool)
    space = space_of(board, (True, False))
    routes = Routes(Network(space, "together", LIMITS), [Stop(np.array([170.0, 0.0])), Stop(np.array([-170.0, 0.0]))])
    assert routes.times_s[0, 1] == pytest.approx(20 / 6 + 6 / 3)
    assert np.array(routes.legs(0, 1)).tolist() == [[170.0, 0.0], [190.0, 0.0]]


def test_around_a_wall_the_way_is_little_longer_than_the_shortest():
    """A wall of the couch's first 150 of 180 degrees: past its end, and by rest to rest in one bend or two."""
    board = np.ones((COUNT, COUNT), dtype=bool)
    board[2:4, :5] = False
    space = space_of(board)
    start, stop = np.array([-60.0, -60.0]), np.array([60.0, -60.0])
    routes = Routes(Network(space, "together", LIMITS), [Stop(start), Stop(stop)])
    corners = [start, np.array([-30.0, 60.0]), np.array([30.0, 60.0]), stop]
    shortest_s = LIMITS.times_s(np.diff(corners, axis=0), "together").sum()
    assert shortest_s <= routes.times_s[0, 1] <= 1.15 * shortest_s


def test_a_pose_that_sees_no_waypoint_goes_through_cells():
    """A corridor of narrow cells winds to a room: no cell of it is large enough for a waypoint."""
    low = [(0.0, 0.0), (30.0, 0.0), (30.5, 1.0), (30.5, 20.0), (30.5, 20.5)]
    high = [(30.0, 30.0), (31.0, 1.0), (31.0, 20.0), (50.0, 20.5), (31.0, 30.0)]
    cells = Cells(np.array(low), np.array(high), np.full(5, FREE, dtype=np.int8), np.full(5, -1, dtype=np.int16))
    space = FreeSpace.of(cells, (False, False))
    network = Network(space, "together", LIMITS)
    routes = Routes(network, [Stop(np.array([49.0, 20.2])), Stop(np.array([1.0, 29.0]))])
    assert np.isfinite(routes.times_s[0, 1])
    poses = routes.legs(0, 1)
    assert LIMITS.times_s(np.diff(poses, axis=0), "together").sum() == pytest.approx(routes.times_s[0, 1])
