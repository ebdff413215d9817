"""A snout that slides along the beam: what any place of it allows, and what it costs to fix it drawn out or back."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from support.snout_room import (
    ANYWHERE_SR,
    COUCH,
    DRAWN_BACK_SR,
    DRAWN_OUT_SR,
    FAR_MM,
    MIDDLE_MM,
    NEAR_MM,
    room,
    snout,
)

import simulator as sim
from simulator.certify.branch_and_bound import NOT_FREE

TOLERANCE = 0.01
NARROW = 0.001
"""Less than what the post takes alone."""
AXES = {
    "anywhere": (snout("any"), ANYWHERE_SR, {"post – snout"}),
    "drawn out": (snout("any", NEAR_MM, NEAR_MM, 1.0), DRAWN_OUT_SR, {"post – snout", "low bar – snout"}),
    "drawn back": (snout("any", FAR_MM, FAR_MM, 1.0), DRAWN_BACK_SR, {"post – snout", "high bar – snout"}),
}


@cache
def mapped(where: str) -> sim.CollisionMap:
    return sim.collision_map(room(AXES[where][0]), tolerance=TOLERANCE, workers=1)


@cache
def of_each() -> sim.CollisionMap:
    return sim.collision_map(room(snout("each")), tolerance=TOLERANCE, workers=1)


@pytest.mark.parametrize("where", AXES)
def test_the_solid_angle_is_that_of_the_closed_form(where: str) -> None:
    omega, (_, expected, _) = mapped(where).solid_angle(), AXES[where]
    assert omega.is_proven
    assert omega.lower_sr <= expected <= omega.upper_sr
    assert omega.upper_sr - omega.lower_sr <= TOLERANCE * 4 * np.pi


def test_fixing_the_snout_costs_what_the_bars_take() -> None:
    """By more than the bounds leave open, in both directions."""
    anywhere = mapped("anywhere").solid_angle()
    for where in ("drawn out", "drawn back"):
        assert mapped(where).solid_angle().upper_sr < anywhere.lower_sr


def test_a_direction_is_free_if_it_is_at_one_place_and_else_the_culprit_is_named() -> None:
    """Beside the map of each place, at every pose of the sweep."""
    anywhere = mapped("anywhere").reduced
    at_each = [of_each().at(snout=place).is_free for place in (NEAR_MM, MIDDLE_MM, FAR_MM)]
    np.testing.assert_array_equal(anywhere.is_free, np.any(at_each, axis=0))
    assert all((anywhere.is_free & ~free).any() for free in at_each)
    culprits = anywhere.dataset["culprit"].values
    named = {str(anywhere.dataset["pair"].values[at]) for at in np.unique(culprits[~anywhere.is_free])}
    assert named == AXES["anywhere"][2]


def test_where_nothing_is_ever_in_the_way_any_place_is_free() -> None:
    above = replace(room(snout("any")), sweep=sim.Sweep(snout("any"), gantry=(-50.0, 50.0, 50.0), couch=COUCH))
    reduced = sim.collision_map(above, tolerance=TOLERANCE, workers=1).reduced
    assert reduced.sweep.joints == ("gantry", "couch") and reduced.is_free.all()
    assert reduced.dataset["pair_status"].shape == (0, *reduced.sweep.shape)


@pytest.mark.parametrize("where", AXES)
def test_cells_that_are_not_free_name_what_is_in_the_way(where: str) -> None:
    reduced = sim.collision_map(room(AXES[where][0]), tolerance=NARROW, workers=1).reduced
    blocked = reduced.cells.pair[reduced.cells.status == NOT_FREE]
    assert {str(reduced.dataset["pair"].values[at]) for at in np.unique(blocked)} == AXES[where][2]
