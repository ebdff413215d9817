"""Cells for many places at once: against FCL at each, and against cells of each alone."""

import numpy as np
import pytest
from support.campaign import times
from support.proven import area, buffers, found_wrong, prove, share, tiles
from support.table_rooms import drawer_room, standing, table_room

import simulator.certify.all_places as module
from simulator.certify.all_places import AllPlaces
from simulator.certify.branch_and_bound import FREE, NOT_FREE, UNDECIDED
from simulator.certify.places import cells_at_places, cells_over_box
from simulator.certify.prover import Prover

TILES = tiles((-60, -60), (60, 60), (20, 20))
WHOLE = float(area(*TILES).sum())


def begun_in(scene, around, workers=1):
    """What is decided for the box around places, of cells of up to 5°."""
    prover = Prover(scene)
    return AllPlaces.nothing(prover, *TILES).within(prover, around, buffers(scene), longest_deg=5.0, workers=workers)


def at_places(scene, middle, *, around=None, undecided=0.1, most_cells=1500, workers=1):
    """The cells of places, begun for the box around others, or of their own."""
    return cells_at_places(
        Prover(scene),
        begun_in(scene, middle if around is None else around, workers),
        middle,
        buffers(scene),
        weight=area,
        tolerance=undecided * WHOLE,
        most_cells=most_cells,
        workers=workers,
    )


@pytest.mark.parametrize("seed", range(times(6)))
@pytest.mark.parametrize("room", [table_room, drawer_room])
def test_no_place_is_contradicted(room, seed):
    rng = np.random.default_rng(seed)
    scene = room(rng)
    middle = rng.uniform(-1, 1, (5, 3)) * rng.choice([5.0, 15.0, 40.0])
    found = at_places(scene, middle)
    for place, cells in zip(middle, found, strict=True):
        assert area(cells.low, cells.high).sum() == pytest.approx(WHOLE)
        assert found_wrong(standing(scene, place), cells, rng, 300) == []
    assert np.mean([share(cells, UNDECIDED) for cells in found]) < 0.9


@pytest.mark.parametrize("seed", range(times(6)))
@pytest.mark.parametrize("room", [table_room, drawer_room])
def test_what_holds_for_a_box_holds_everywhere_in_it(room, seed):
    """Whether nothing is known before, or what holds for a wider box."""
    rng = np.random.default_rng(100 + seed)
    scene = room(rng)
    half, prover = rng.uniform(0, 8, 3), Prover(scene)
    nothing, around = AllPlaces.nothing(prover, *TILES), np.array([(-28.0, -28.0, -28.0), (28.0, 28.0, 28.0)])
    wide = nothing.within(prover, around, buffers(scene), longest_deg=8.0)
    for place, begun in zip(rng.uniform(-20, 20, (3, 3)), (nothing, wide, wide), strict=True):
        box = place - half, place + half
        cells = cells_over_box(
            prover,
            begun,
            box,
            buffers(scene),
            weight=area,
            tolerance=0.2 * WHOLE,
            most_cells=1500,
        )
        assert area(cells.low, cells.high).sum() == pytest.approx(WHOLE)
        corners = rng.choice([-1.0, 1.0], (2, 3))
        for inside in (*corners, rng.uniform(-1, 1, 3)):
            assert found_wrong(standing(scene, place + inside * half), cells, rng, 150) == []


@pytest.mark.parametrize("seed", range(3))
def test_bounds_meet_those_of_each_place_alone(seed):
    rng = np.random.default_rng(200 + seed)
    scene = table_room(rng)
    middle = rng.uniform(-10, 10, (3, 3))
    for place, cells in zip(middle, at_places(scene, middle, undecided=0.04), strict=True):
        alone = prove(standing(scene, place), *TILES, undecided=0.04)
        assert share(cells, FREE) <= 1.0 - share(alone, NOT_FREE) + 1e-9
        assert share(alone, FREE) <= 1.0 - share(cells, NOT_FREE) + 1e-9


def test_cells_do_not_depend_on_workers():
    rng = np.random.default_rng(7)
    scene = table_room(rng)
    middle = rng.uniform(-10, 10, (4, 3))
    for one, two in zip(at_places(scene, middle), at_places(scene, middle, workers=2), strict=True):
        for name in ("low", "high", "status", "pair"):
            assert np.array_equal(getattr(one, name), getattr(two, name))


def test_cells_that_share_an_edge_have_the_same_number_for_it():
    scene = table_room(np.random.default_rng(3))
    cells = at_places(scene, np.zeros((1, 3)))[0]
    for column in range(2):
        ends = np.unique(np.concatenate([cells.low[:, column], cells.high[:, column]]))
        assert np.diff(ends).min() > 1e-6


def test_a_box_outside_the_one_that_was_begun_is_refused():
    scene = table_room(np.random.default_rng(1))
    prover, keeps = Prover(scene), buffers(scene)
    begun = AllPlaces.nothing(prover, *TILES).within(
        prover, np.array([[0.0] * 3, [9.0] * 3]), keeps, longest_deg=15.0
    )
    with pytest.raises(ValueError, match="in the box"):
        cells_over_box(
            prover, begun, (np.zeros(3), np.full(3, 9.1)), keeps, weight=area, tolerance=WHOLE, most_cells=9
        )


@pytest.mark.parametrize("seed", range(3))
def test_what_is_decided_for_a_wide_box_holds_at_every_place_in_it(seed):
    """And the cells of places within, begun there, are not contradicted and hold all that there is."""
    rng = np.random.default_rng(300 + seed)
    scene = table_room(rng)
    around = rng.uniform(-1, 1, (6, 3)) * 10.0
    begun = begun_in(scene, around)
    assert len(begun.decided) and {UNDECIDED}.isdisjoint(begun.decided.status)
    for place in around:
        assert found_wrong(standing(scene, place), begun.decided, rng, 200) == []
    for place, cells in zip(around[:2], at_places(scene, around[:2], around=around), strict=True):
        assert area(cells.low, cells.high).sum() == pytest.approx(WHOLE)
        assert found_wrong(standing(scene, place), cells, rng, 300) == []


def test_a_wide_box_that_leaves_places_out_is_noticed(monkeypatch):
    """The same comparison fails if what is decided for all is decided for the middle alone."""
    whole = module.box_around
    monkeypatch.setattr(module, "box_around", lambda places: (whole(places)[0], np.zeros(3)))
    wrong = 0
    for seed in range(3):
        rng = np.random.default_rng(300 + seed)
        scene, around = table_room(rng), rng.uniform(-1, 1, (6, 3)) * 10.0
        decided = begun_in(scene, around).decided
        wrong += sum(len(found_wrong(standing(scene, place), decided, rng, 200)) for place in around)
    assert wrong > 0


def test_places_outside_the_box_that_was_begun_are_refused():
    scene = table_room(np.random.default_rng(1))
    with pytest.raises(ValueError, match="in the box"):
        at_places(scene, np.full((1, 3), 5.0), around=np.zeros((2, 3)))


def test_cells_of_the_same_box_are_divided_as_far_as_is_asked():
    """And hold what a search from the beginning does."""
    scene = table_room(np.random.default_rng(2))
    prover, keeps, around = Prover(scene), buffers(scene), np.random.default_rng(3).uniform(-9, 9, (3, 3))
    nothing = AllPlaces.nothing(prover, *TILES)
    coarse = nothing.within(prover, around, keeps, longest_deg=10.0)
    finer = coarse.within(prover, around, keeps, longest_deg=5.0)
    at_once = nothing.within(prover, around, keeps, longest_deg=5.0)
    assert (coarse.left.high - coarse.left.low).max() > 5.0
    for decided_or_left in ("decided", "left"):
        one, other = (getattr(each, decided_or_left) for each in (finer, at_once))
        corners = [np.hstack([each.low, each.high]) for each in (one, other)]
        assert np.array_equal(*(each[np.lexsort(each.T)] for each in corners))
