"""Both ends of every stretch that is not free, and what is in the way there: posts that a speck passes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import shapes

from simulator.certify.boxes import Boxes, certified_boxes
from simulator.certify.prover import Prover
from simulator.certify.stretches import blocked_stretches
from simulator.collision.checker import Checker
from simulator.collision.contact import Status

RADIUS_MM, HALF_MM, SMALL = 500.0, 10.0, 0.02


def posts(*at_deg, buffer_mm=0.0, radius_mm=RADIUS_MM):
    """A speck on the couch at (0, 500, 0), and round posts of a radius of 10 mm on its way."""
    bodies = [(shapes.box(SMALL, SMALL, SMALL, at=(0.0, RADIUS_MM, 0.0)), "couch")]
    post = shapes.prism(720, HALF_MM, -20.0, 20.0)
    places = [(-radius_mm * np.sin(at), radius_mm * np.cos(at), 0.0) for at in np.radians(at_deg)]
    bodies += [(post.mapped(np.eye(3), place), "fixed") for place in places]
    pairs = [(0, at + 1, buffer_mm) for at in range(len(at_deg))]
    return shapes.scene_of([shapes.GANTRY, *shapes.COUCH_JOINTS], bodies, pairs)


def half_width_deg(buffer_mm=0.0):
    """By how much the couch turns from the middle of a post until the speck is a buffer away from it."""
    return np.degrees(2 * np.arcsin((HALF_MM + buffer_mm) / 2 / RADIUS_MM))


def found(scene, *legs, low, high):
    """The stretches of legs of one way of the couch."""
    prover = Prover(scene)
    cells = certified_boxes(prover, Boxes(np.array([[0.0, low]]), np.array([[0.0, high]])))
    asked = [(0, np.array([0.0, start]), np.array([0.0, stop])) for start, stop in legs]
    return blocked_stretches(prover, Checker(scene), cells, asked)


@settings(max_examples=20)
@given(
    posts_deg=st.lists(st.integers(-60, 60), min_size=1, max_size=3, unique=True),
    buffer_mm=st.sampled_from([0.0, 4.0]),
    ahead=st.booleans(),
)
def test_both_ends_of_each_stretch(posts_deg, buffer_mm, ahead):
    posts_deg = [at for at in posts_deg if all(at == other or abs(at - other) > 4 for other in posts_deg)]
    way = (-70.0, 70.0) if ahead else (70.0, -70.0)
    (stretches,) = found(posts(*posts_deg, buffer_mm=buffer_mm), way, low=-70.0, high=70.0)
    half, sign = half_width_deg(buffer_mm), 1 if ahead else -1
    assert len(stretches) == len(posts_deg)
    for stretch, at in zip(stretches, sorted(posts_deg, reverse=not ahead), strict=True):
        assert stretch.start[1] == pytest.approx(at - sign * half, abs=0.02)
        assert stretch.stop[1] == pytest.approx(at + sign * half, abs=0.02)
        assert stretch.pairs == (posts_deg.index(at),)
        assert stretch.status is Status.COLLIDING
        assert stretch.is_proven


def test_a_stretch_is_shared_by_the_legs_that_it_lies_on():
    legs = [(0.0, 10.0), (10.0, 10.5), (10.5, 10.5), (10.5, 20.0), (20.0, 30.0)]
    stretches = found(posts(10.0), *legs, low=0.0, high=30.0)
    half = half_width_deg()
    ends = [[(s.start[1], s.stop[1]) for s in of_leg] for of_leg in stretches]
    assert ends[0] == [(pytest.approx(10.0 - half, abs=0.02), 10.0)]
    assert ends[1] == [(10.0, 10.5)]
    assert ends[2] == [(10.5, 10.5)]
    assert ends[3] == [(10.5, pytest.approx(10.0 + half, abs=0.02))]
    assert ends[4] == []


def test_a_leg_that_ends_where_a_stretch_begins_is_free():
    """A pose on the edge between a free cell and another is proven free by the first: cells are closed."""
    half = half_width_deg()
    (first, second) = found(posts(20.0), (0.0, 20.0 - half - 0.05), (5.0, 5.0), low=0.0, high=40.0)
    assert first == []
    assert second == []


def test_within_the_buffer_is_not_colliding():
    """The way passes 5 mm beside a post: nearer than a buffer of 8, but nothing touches."""
    scene = posts(10.0, buffer_mm=8.0, radius_mm=RADIUS_MM + HALF_MM + 5.0)
    ((stretch,),) = found(scene, (0.0, 30.0), low=0.0, high=30.0)
    assert stretch.status is Status.WITHIN_BUFFER
    assert stretch.start[1] < 10.0 < stretch.stop[1]


def test_pairs_are_told_as_they_are_met():
    scene = posts(12.0, 10.0)
    ((ahead,),) = found(scene, (0.0, 30.0), low=0.0, high=30.0)
    ((back,),) = found(scene, (30.0, 0.0), low=0.0, high=30.0)
    assert ahead.pairs == (1, 0)
    assert back.pairs == (0, 1)


def test_of_a_box_what_is_in_the_way_is_named_and_not_what_is_near_its_corners():
    """One post in the middle of the couch's range, and one that almost touches the way at its end."""
    scene = posts(10.0, 42.0)
    prover = Prover(scene)
    low, high = np.array([-5.0, 0.0]), np.array([5.0, 40.0])
    cells = certified_boxes(prover, Boxes(low[None], high[None]), first_only=True, finest=0.25)
    ((stretch,),) = blocked_stretches(prover, Checker(scene), cells, [(0, low, high)])
    assert stretch.pairs == (0,)
    assert stretch.status is Status.COLLIDING
