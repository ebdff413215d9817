"""Proofs that are left after a move, against FCL in the moved room; and copies that are wrong in one line."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import shapes
from support.campaign import times
from support.moved_rooms import drag, slid, slid_rooms, with_defect
from support.proven import area, longest

from simulator.certify import margins
from simulator.certify.branch_and_bound import FREE, NOT_FREE, UNDECIDED
from simulator.certify.margins import MovedCells
from simulator.certify.prover import Prover
from simulator.collision import shifted

DEFECTS = {
    "what is apart stays as far apart": (margins, "least_left", "least_mm = work.least_mm"),
    "half of the move": (margins, "least_left", "least_mm = np.maximum(work.least_mm - shifts_mm / 2, 0.0)"),
    "what is near stays as near": (margins, "most_left", "gone_out_mm = np.maximum(work.most_mm, 0.0)"),
    "what is free stays free": (margins, "free_left", "is_free = work.status == FREE"),
    "what is not free stays so": (margins, "way_left", "in_the_way = work.status == NOT_FREE"),
    "halves have the greater margin": (
        margins,
        "lesser",
        "least_mm[below] = np.maximum(work.least_mm[below], work.least_mm[above])",
    ),
    "joints beyond the first do not move": (shifted, "sum", "return moved_mm"),
}


@settings(max_examples=times(6))
@given(seed=st.integers(0, 2**32 - 1), size_mm=st.sampled_from([0.5, 2.0, 8.0]))
def test_fcl_contradicts_no_cell_of_a_moved_room(seed, size_mm):
    wrong, _ = drag(seed, size_mm=size_mm)
    assert wrong == []


def test_most_is_still_proven_after_a_small_move():
    """Else there would be little that could be contradicted."""
    assert np.mean([drag(seed, size_mm=1.0)[1] for seed in range(4)]) > 0.5


def test_fcl_contradicts_no_cell_of_a_room_in_which_something_slid():
    kept = 0
    for room in slid_rooms():
        cells, wrong = slid(*room)
        assert wrong == []
        kept += int((cells.cells.status != UNDECIDED).any())
    assert kept >= 8


@pytest.mark.parametrize("name", DEFECTS)
def test_a_planted_defect_is_found(name):
    module, marker, line = DEFECTS[name]
    copy = with_defect(module, marker, line)
    use = {"of": copy} if module is margins else {"shifts": copy.shifts_mm}
    assert any(slid(*room, **use)[1] for room in slid_rooms())


@pytest.mark.parametrize(
    ("number", "left", "asked"),
    [
        (1, FREE, FREE),  # a wall 50 mm away came 45 mm nearer
        (2, UNDECIDED, NOT_FREE),  # 55 mm nearer
        (4, FREE, FREE),  # it went 45 mm away
        (5, UNDECIDED, FREE),  # 55 mm away: it may have gone the other way
        (8, UNDECIDED, FREE),  # 10 mm away, 30 are demanded; it went 25 mm away
        (11, NOT_FREE, NOT_FREE),  # it holds the ball, 30 mm are demanded; it moved by 29
        (12, UNDECIDED, NOT_FREE),  # by 31
    ],
)
def test_what_is_left_is_what_no_move_of_that_length_can_change(number, left, asked):
    cells, _ = slid(*list(slid_rooms())[number])
    assert cells.cells.status.tolist() == [left]
    assert cells.refined(longest, 1.0).cells.status.tolist() == [asked]


def test_cells_do_not_depend_on_the_number_of_threads():
    rng = np.random.default_rng(3)
    scene = shapes.random_scene(rng)
    low, high = np.array([[-60.0, -60.0]]), np.array([[60.0, 60.0]])
    one, two = (MovedCells.undecided(Prover(scene), low, high).refined(area, 500.0, workers=n).cells for n in (1, 2))
    for name in ("low", "high", "status", "pair"):
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))


def test_halves_decided_alike_are_made_one_again():
    """Over and over, until the cells to begin with are there where one status holds all over."""
    rng = np.random.default_rng(5)
    scene = shapes.random_scene(rng)
    low, high = np.array([[-60.0, -60.0], [0.0, -60.0]]), np.array([[0.0, 60.0], [60.0, 60.0]])
    cells = MovedCells.undecided(Prover(scene), low, high).refined(area, 500.0)
    merged = cells
    for _ in range(20):
        merged = merged.merged()
    assert len(merged) < len(cells)
    before, after = cells.cells, merged.cells
    for status in (FREE, NOT_FREE, UNDECIDED):
        sizes = [area(each.low, each.high)[each.status == status].sum() for each in (before, after)]
        assert sizes[0] == pytest.approx(sizes[1])
    assert ((after.high[:, 0] <= 0.0) | (after.low[:, 0] >= 0.0)).all()


def test_what_stops_the_work_leaves_the_cells_as_they_were():
    class EnoughError(Exception):
        pass

    def stop():
        raise EnoughError

    rng = np.random.default_rng(5)
    cells = MovedCells.undecided(
        Prover(shapes.random_scene(rng)), np.array([[-60.0, -60.0]]), np.array([[60.0, 60.0]])
    )
    with pytest.raises(EnoughError):
        cells.refined(area, 500.0, stopping=stop)
    assert cells.cells.status.tolist() == [UNDECIDED]
    assert len(cells.refined(area, 500.0)) > 1
