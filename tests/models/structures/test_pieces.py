"""Which contours belong together, and what is told of those that do not belong to the body."""

import numpy as np
import pytest
from support.contoured import ring, roi

from simulator.models.structures.contours import Slices
from simulator.models.structures.pieces import distance_mm, pieces_of, what_is_loose

BODY = [ring(80.0, z) for z in range(0, 31, 3)]


def slices_of(*contours):
    return Slices.of(roi(*BODY, *contours))


def test_a_body_alone_is_one_piece():
    (body,) = pieces_of(slices_of())
    assert len(body.contours) == 11
    assert body.volume_mm3 == pytest.approx(np.pi * 80**2 * 33, rel=0.01)
    assert body.bounds_mm[1].tolist() == [80.0, ring(80.0, 0.0)[:, 1].max(), 30.0]
    assert not list(what_is_loose(slices_of(), (body,)))


def test_contours_over_each_other_are_of_one_piece_and_others_are_loose():
    board = [ring(10.0, z, (120.0, 0.0)) for z in (12, 15, 18)]
    pieces = pieces_of(slices_of(*board, ring(1.0, 6.0, (0.0, 100.0))))
    assert [len(piece.contours) for piece in pieces] == [11, 3, 1]
    assert str(pieces[1]) == "20 × 20 × 6 mm at (120, 0, 15)"
    assert str(pieces[2]) == "2 × 2 × 0 mm at (0, 100, 6)"


def test_a_limb_that_leaves_the_trunk_belongs_to_it():
    leg = [ring(20.0, z, (50.0, 0.0)) for z in (33, 36)]
    assert len(pieces_of(slices_of(*leg))) == 1


@pytest.mark.parametrize("inner", [ring(5.0, 15.0), ring(80.0, 15.0), ring(5.0, 15.0, (80.0, 0.0))])
def test_what_is_inside_touches_or_crosses_belongs_together(inner):
    assert len(pieces_of(slices_of(inner))) == 1


def test_a_missing_slice_parts():
    assert len(pieces_of(slices_of(ring(5.0, 12.0, (120.0, 0.0)), ring(5.0, 18.0, (120.0, 0.0))))) == 3


def test_distance_to_a_piece_is_that_to_its_contours():
    slices = slices_of(*(ring(10.0, z, (120.0, 0.0), 720) for z in (12, 15)))
    loose = pieces_of(slices)[1]
    assert distance_mm(slices, loose, np.array([120.0, 0.0, 15.0])) == 0.0
    assert distance_mm(slices, loose, np.array([123.0, 1.0, 19.0])) == pytest.approx(4.0)
    assert distance_mm(slices, loose, np.array([135.0, 0.0, 15.0])) == pytest.approx(5.0, abs=0.01)
    assert distance_mm(slices, loose, np.array([133.0, 0.0, 19.0])) == pytest.approx(5.0, abs=0.01)


def test_loose_pieces_and_specks_are_told_with_size_place_and_the_way_to_drop_them():
    slices = slices_of(ring(10.0, 15.0, (120.0, 0.0)), ring(1.0, 6.0, (0.0, 100.0)))
    loose, specks = what_is_loose(slices, pieces_of(slices))
    assert "2 loose pieces" in loose and "20 × 20 × 0 mm at (120, 0, 15); 2 × 2 × 0 mm at (0, 100, 6)" in loose
    assert 'drop = ["BODY at 120, 0, 15"]' in loose
    assert "1 of 13 contours are specks" in specks and 'drop = "below 25 mm2"' in specks


def test_many_loose_pieces_are_counted():
    slices = slices_of(*(ring(3.0, 15.0, (100.0, 10.0 * at)) for at in range(-10, 10)))
    (told, *_) = what_is_loose(slices, pieces_of(slices))
    assert "20 loose pieces" in told and "and 12 smaller ones" in told


def test_pieces_of_oblique_slices_are_told_where_they_are():
    turn = np.array([[0.8, 0.0, 0.6], [0.0, 1.0, 0.0], [-0.6, 0.0, 0.8]])
    contours = [each @ turn for each in (*BODY, ring(10.0, 15.0, (120.0, 0.0)))]
    pieces = pieces_of(Slices.of(roi(*contours)))
    assert pieces[1].bounds_mm.mean(axis=0) == pytest.approx(np.array([120.0, 0.0, 15.0]) @ turn, abs=0.1)
