"""What is proven of grid poses for several places at once, against FCL at each place in random rooms."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.table_rooms import standing, table_room

import simulator.certify.apart_at_places as module
from simulator.certify.apart_at_places import settled_at_places, settled_in_box
from simulator.certify.prover import Prover
from simulator.collision.checker import Checker
from simulator.scenario.sweep import Sweep

SWEEP = Sweep(first=(-60, 60, 12), second=(-60, 60, 12))
VALUES = [axis.values() for axis in SWEEP]


def found_and_free(seed, reach_mm, others=0):
    """What is proven (places, pairs, poses) apart and in the way, and what FCL calls free.

    Others are further places, for whose box and that of all what is the same is asked first.
    """
    rng = np.random.default_rng(seed)
    scene, around = table_room(rng), rng.uniform(-reach_mm, reach_mm, (4 + others, 3))
    prover, places = Prover(scene), around[:4]
    known = settled_in_box(prover, VALUES, around) if others else None
    found = settled_at_places(prover, VALUES, places, known)
    apart, in_the_way = (each.reshape(len(places), len(scene.pairs), -1) for each in found)
    return (
        apart,
        in_the_way,
        np.stack([Checker(standing(scene, place)).pair_status(SWEEP.poses()) == 0 for place in places]),
    )


@pytest.mark.parametrize(("reach_mm", "others"), [(8.0, 0), (40.0, 0), (30.0, 4)])
@pytest.mark.parametrize("seed", range(3))
def test_fcl_says_the_same_at_every_place(seed, reach_mm, others):
    """Nothing is proven that is not so; and single poses do not move, so that nearly all that is free is proven."""
    apart, in_the_way, is_free = found_and_free(seed, reach_mm, others)
    assert not (apart & ~is_free).any()
    assert not (in_the_way & is_free).any()
    assert np.count_nonzero(is_free & ~apart) <= 0.001 * is_free.size
    assert np.count_nonzero(in_the_way) > 0.25 * np.count_nonzero(~is_free) > 0  # of crossings few are


def test_a_box_that_leaves_places_out_is_noticed(monkeypatch):
    """The same comparison fails if what is settled together is settled for the middle place alone."""
    whole = module.settled

    def for_the_middle(prover, values, *, beside):
        middle = (beside[0] + beside[1]) / 2
        return replace(whole(prover, values, beside=(middle, middle)), beside=beside)

    monkeypatch.setattr(module, "settled", for_the_middle)
    apart, _, is_free = found_and_free(0, 40.0)
    assert (apart & ~is_free).any()


def test_one_place_is_enough():
    scene = table_room(np.random.default_rng(5))
    place = np.array([[3.0, -4.0, 5.0]])
    alone, *_ = settled_at_places(Prover(scene), VALUES, np.repeat(place, 2, axis=0))
    assert np.array_equal(alone[0], settled_at_places(Prover(scene), VALUES, place).apart[0])


def test_places_outside_the_box_that_was_asked_are_refused():
    prover = Prover(table_room(np.random.default_rng(5)))
    known = settled_in_box(prover, VALUES, np.zeros((1, 3)))
    with pytest.raises(ValueError, match="in the box"):
        settled_at_places(prover, VALUES, np.ones((1, 3)), known)
