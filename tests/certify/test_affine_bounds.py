"""Bounds that follow the distance over a cell, against FCL at sampled poses: affine below, convex above."""

from dataclasses import replace

import numpy as np
import pytest
from support import shapes
from support.bounded import Asked

from simulator.certify.prover import Prover
from simulator.models.kinematics import Joint


@pytest.mark.parametrize("seed", range(8))
def test_every_claim_holds_at_sampled_poses(seed):
    """Random trees, cells of all sizes; each kind of claim is made somewhere."""
    rng = np.random.default_rng(seed)
    scene = shapes.random_scene(rng)
    made = np.zeros(5, dtype=int)
    for row in rng.choice(len(scene.pairs), 8, replace=False):
        middle = rng.uniform(-90, 90, 2)
        for extent in (40.0, 8.0, 2.0, 0.1):
            reach = extent * rng.uniform(0.2, 1.0, 2)
            top_mm = float(rng.choice([1e-6, 20.0, 100.0, 500.0]))
            pair = replace(scene, pairs=(scene.pairs[row],))
            for times in (1, 2):
                made += Asked(pair, middle, reach, top_mm, times).check()
    assert (made[:3] > 0).all()


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("reach_mm", [0.01, 5.0, 60.0, 90.0])
def test_what_is_inside_is_not_apart(reach_mm, order):
    """The surfaces are 90 apart in the middle, and that is no clearance."""
    box = shapes.box(200, 200, 200)
    bodies = [(box, "x"), (shapes.sphere(10.0), "y")]
    scene = shapes.sliding_scene(bodies, [(*order, 0.0)])
    for top_mm in (1e-6, 50.0, 500.0):
        asked = Asked(scene, np.zeros(2), np.array([reach_mm, 1.0]), top_mm)
        assert (asked.least_mm <= 0.0).all()
        asked.check()
    assert reach_mm > 60.0 or asked.most_mm < 0.0


@pytest.mark.parametrize("reach_mm", [1.0, 10.0, 30.0])
def test_a_point_inside_tells_which_part_of_a_cell_collides(reach_mm):
    """A small box half-way through the wall of a large one: some poses of the cell are proven to collide, not all."""
    bodies = [(shapes.box(200, 200, 200), "x"), (shapes.box(40, 40, 40), "y")]
    scene = shapes.sliding_scene(bodies, [(0, 1, 0.0)])
    told = Asked(scene, np.array([120.0 - 0.3 * reach_mm, 7.0]), np.array([reach_mm, 0.1]), 50.0)
    told.check()
    assert told.most_mm >= 0.0
    assert (told.of_balls_mm < 0.0).any()


def test_a_ball_below_the_surface_tells_how_far_a_body_comes_in():
    """A box that slides along a face and into it: where it does not slide, balls follow the depth."""
    bodies = [(shapes.box(200, 200, 200), "x"), (shapes.box(40, 40, 40), "y")]
    scene = shapes.sliding_scene(bodies, [(0, 1, 0.0)])
    told = Asked(scene, np.array([120.5, 7.0]), np.array([2.0, 8.0]), 50.0)
    told.check()
    apart_mm, follows = 0.5 + told.x[:, 0], told.x[:, 1] == 0.0
    assert (told.of_balls_mm.min(axis=0)[follows] <= apart_mm[follows] + 0.5).all()


@pytest.mark.parametrize("multiplier", [1.0, -1.0])
@pytest.mark.parametrize("kind", ["revolute", "prismatic"])
def test_two_bodies_that_one_value_moves(kind, multiplier):
    """Their motions are not independent: bounds are constants, and hold."""
    joints = [
        Joint("one", kind, "fixed", (0.0, 0.0, 1.0), (-200.0, 0.0, 0.0)),
        Joint("other", kind, "fixed", (0.0, 0.6, 0.8), (200.0, 0.0, 0.0), mimic="one", multiplier=multiplier),
        Joint("rest", "revolute"),
    ]
    bar = shapes.box(150.0, 20.0, 30.0, at=(90.0, 0.0, 0.0))
    bodies = [(bar, "one"), (bar.mapped(np.diag([-1.0, -1.0, 1.0]), (0.0, 35.0, 0.0)), "other")]
    scene = shapes.scene_of(joints, bodies, [(0, 1, 0.0)], ("one", "rest"))
    made = np.zeros(5, dtype=int)
    for middle in np.linspace(-60.0, 60.0, 9):
        for reach in (0.1, 2.0, 10.0):
            made += Asked(scene, np.array([middle, 5.0]), np.array([reach, 3.0]), 50.0).check()
    assert made[0] == 0
    assert made[1] > 0


def test_the_way_of_a_slide_beside_the_slides_of_a_table_counts():
    """10 mm of each along x, in opposite directions: bodies 50 mm apart in z are √(20² + 50²) mm apart at most."""
    along = (1.0, 0.0, 0.0)
    joints = [
        Joint("first", "prismatic", "fixed", along),
        Joint("second", "revolute", "fixed", (0.0, 0.0, 1.0)),
        Joint("slide", "prismatic", "second", along),
    ]
    bodies = [(shapes.box(0.002, 0.002, 0.002, at=(0, 0, 50)), "first"), (shapes.box(0.002, 0.002, 0.002), "slide")]
    prover = Prover(shapes.scene_of(joints, bodies, [(0, 1, 0.0)], ("first", "second", "slide")))
    middle, reach = np.zeros((1, 3)), np.array([[10.0, 0.0, 10.0]])
    upper = prover.upper_bounds(0, middle, reach, np.zeros((1, 2), dtype=np.int32))
    greatest_mm = np.hypot(20.0 - 0.002, 50.0 - 0.002)
    assert greatest_mm <= upper.most[0] < greatest_mm + 1.0  # and not 51.96 mm, as without it
    assert np.sqrt(upper.near[0] @ [1.0, 10.0, 0.0, 100.0, 0.0, 0.0]).min() >= greatest_mm
