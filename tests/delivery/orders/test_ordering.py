"""Orders of stops: the best of a few, near the best of many, never less than their bound."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import LinearConstraint, milp
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from support.campaign import times
from support.drawn_stops import drawn_stops

from simulator.delivery.orders.local_search import good_order, improved_order
from simulator.delivery.orders.one_tree import lower_bound
from simulator.delivery.orders.ordering import best_order
from simulator.delivery.orders.stops import Stops

DRAWN = settings(max_examples=times(25))
draws = st.builds(
    drawn_stops,
    st.integers(0, 10_000),
    st.integers(1, 5),
    arcs=st.sampled_from((0.0, 0.5, 1.0)),
    fixed=st.sampled_from((0.0, 0.5)),
    is_begun=st.booleans(),
    is_ended=st.booleans(),
)


def brute_force(stops):
    """The least time over all orders and directions."""
    orders = np.array(list(permutations(range(len(stops)))))
    is_arc = (stops.ends[:, 0] != stops.ends[:, 1]) & stops.may_turn
    turns = product(*[(False, True) if may else (False,) for may in is_arc])
    return min(walked(stops, orders, np.array(turned)).min() for turned in turns)


def walked(stops, orders, turned):
    """What each of some orders (k, n) takes; ``turned`` is of each stop, not of each place in an order."""
    entry, leave = (np.where(turned, *stops.ends.T[::way])[orders] for way in (-1, 1))
    found = stops.times_s[leave[:, :-1], entry[:, 1:]].sum(axis=1)
    for home, met in ((stops.first, entry[:, 0]), (stops.last, leave[:, -1])):
        found += 0.0 if home is None else stops.times_s[home, met]
    return found


def walk_of(stops, found):
    """What an order takes, added up from what it says."""
    turned = np.zeros(len(stops), dtype=bool)
    turned[list(found.stops)] = found.is_reversed
    return float(walked(stops, np.array([found.stops]), turned)[0])


@DRAWN
@given(draws)
def test_no_order_of_all_is_better(stops) -> None:
    found = best_order(stops)
    assert found.is_exact
    assert found.time_s == pytest.approx(brute_force(stops), abs=1e-9)
    assert walk_of(stops, found) == pytest.approx(found.time_s, abs=1e-9)
    assert sorted(found.stops) == list(range(len(stops)))
    turned = np.array(found.stops)[list(found.is_reversed)]
    assert stops.may_turn[turned].all()


def test_orders_of_seven() -> None:
    for seed in range(times(2)):
        stops = drawn_stops(seed, 7, arcs=0.15)
        assert best_order(stops).time_s == pytest.approx(brute_force(stops), abs=1e-9)


def shortest_tour(times_s):
    """The least time of a tour over all places, by integer programming with cuts of subtours: HiGHS, not ours."""
    count = len(times_s)
    first, second = np.triu_indices(count, 1)
    at = np.arange(count)[:, None]
    degrees = ((first == at) | (second == at)).astype(float)
    constraints = [LinearConstraint(degrees, 2, 2)]
    while True:
        found = milp(times_s[first, second], integrality=1, bounds=(0, 1), constraints=constraints)
        used = found.x > 0.5
        edges = coo_array((used[used], (first[used], second[used])), shape=(count, count))
        parts, part = connected_components(edges, directed=False)
        if parts == 1:
            return found.fun
        for one in range(parts):
            leaves = (part[first] == one) != (part[second] == one)
            constraints.append(LinearConstraint(leaves.astype(float)[None], 2, np.inf))


def test_tours_of_twelve_are_those_of_integer_programming() -> None:
    """In a campaign of 50 in a hundred draws."""
    for seed in range(times(2)):
        stops = drawn_stops(seed, 12, arcs=0.0)
        kept = [*stops.ends[:, 0], stops.first]  # the other ends belong to arcs, of which there are none
        assert best_order(stops).time_s == pytest.approx(shortest_tour(stops.times_s[np.ix_(kept, kept)]), abs=1e-6)


@DRAWN
@given(draws)
def test_the_bound_is_never_above_the_best(stops) -> None:
    best_s = best_order(stops).time_s
    assert lower_bound(stops, best_s) <= best_s
    assert lower_bound(stops, 3.0 * best_s + 1.0) <= best_s, "nor where no good order is known"


@pytest.mark.parametrize("fixed", [0.0, 0.4])
def test_a_search_finds_the_best_of_twelve(fixed: float) -> None:
    """The search that is used beyond 12, where the answer is known."""
    for seed in range(times(4)):
        stops = drawn_stops(seed, 12, fixed=fixed, is_ended=seed % 2 == 0)
        best_s = best_order(stops).time_s
        path = improved_order(stops, good_order(stops), 0.0)
        assert not (path[:, 1].astype(bool) & ~stops.may_turn[path[:, 0]]).any()
        assert best_s - 1e-9 <= stops.time_of(path) <= 1.03 * best_s


def test_twenty_stops_are_near_their_bound() -> None:
    for seed in range(times(2)):
        stops = drawn_stops(seed, 20, arcs=0.0)
        found = best_order(stops)
        assert found.lower_bound_s <= found.time_s <= 1.03 * found.lower_bound_s
        assert walk_of(stops, found) == pytest.approx(found.time_s)
        assert found == best_order(stops), "the same every time"


def test_points_on_a_line_are_visited_along_it() -> None:
    """Known without search: from one end to the other and back, whatever the order they are given in."""
    where = np.random.default_rng(3).permutation(np.arange(16.0))
    times_s = np.abs(where[:, None] - where)
    home = int(where.argmin())
    stops = Stops(times_s, np.repeat(np.arange(16)[:, None], 2, axis=1), home, home)
    found = best_order(stops)
    assert (found.time_s, found.is_exact) == (30.0, True)
    one_way = best_order(replace(stops, last=None))
    assert (one_way.time_s, one_way.is_exact) == (15.0, True)
    assert where[list(one_way.stops)].tolist() == list(range(16))


@DRAWN
@given(draws, st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(stops, random) -> None:
    shuffled = list(range(len(stops)))
    random.shuffle(shuffled)
    other = replace(stops, ends=stops.ends[shuffled], is_fixed=stops.is_fixed[shuffled])
    assert best_order(other).time_s == pytest.approx(best_order(stops).time_s, abs=1e-9)


@DRAWN
@given(draws)
def test_one_stop_less_takes_no_longer_than_its_arc(stops) -> None:
    """In a metric: leave a stop out of the best order, and it is an order of the others, at most an arc longer."""
    if len(stops) == 1:
        return
    fewer = replace(stops, ends=stops.ends[1:], is_fixed=stops.is_fixed[1:])
    arc_s = float(stops.times_s[tuple(stops.ends[0])])
    assert best_order(fewer).time_s <= best_order(stops).time_s + arc_s + 1e-9


def test_an_arc_is_entered_at_the_end_that_is_near() -> None:
    """Home at 0, an arc from 10 to 1, a pose at 11: in at 1, out at 10. Held to its direction it is in at 10."""
    where = np.array([0.0, 10.0, 1.0, 11.0])
    stops = Stops(np.abs(where[:, None] - where), np.array([(1, 2), (3, 3)]), first=0)
    free = best_order(stops)
    assert (free.stops, free.is_reversed, free.time_s) == ((0, 1), (True, False), 2.0)
    held = best_order(replace(stops, is_fixed=np.array([True, False])))
    assert (held.stops, held.is_reversed, held.time_s) == ((1, 0), (False, False), 12.0)


@pytest.mark.parametrize("count", [5, 15])
def test_where_there_is_no_way_none_is_taken(count: int) -> None:
    """A chain: only neighbours have a way, and only one order has them all; then none."""
    where = np.arange(count)
    times_s = np.abs(where[:, None] - where).astype(float)
    times_s[times_s > 1.0] = np.inf
    stops = Stops(times_s, np.repeat(where[:, None], 2, axis=1), first=0)
    found = best_order(stops)
    assert (found.time_s, found.stops, found.is_exact) == (count - 1.0, tuple(where), True)
    times_s[2, 3] = times_s[3, 2] = np.inf
    none = best_order(replace(stops, times_s=times_s))
    assert none.time_s == np.inf
    assert not np.isnan(none.lower_bound_s)


@pytest.mark.parametrize(
    "wrong", [[[0.0, 1.0], [2.0, 0.0]], [[0.0, -1.0], [-1.0, 0.0]], [[0.0, np.nan], [np.nan, 0]]]
)
def test_times_that_are_none(wrong: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="symmetric"):
        Stops(np.array(wrong), np.array([(0, 0), (1, 1)]))


def test_no_stops() -> None:
    stops = Stops(np.array([[0.0, 4.0], [4.0, 0.0]]), np.empty((0, 2), dtype=int), first=0, last=1)
    assert best_order(stops).time_s == 4.0
