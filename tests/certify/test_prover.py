"""At least and at most how far apart a pair is over a cell, whatever cap and floor are asked for."""

from dataclasses import replace

import numpy as np
import pytest
from support import shapes
from support.moved_rooms import moved

from simulator.certify.kernels.sentinels import NO_TRIANGLE
from simulator.certify.prover import Prover
from simulator.collision.checker import Checker
from simulator.models.kinematics import Joint

EXACT_MM = 1e-6
ALONG = np.array([0.0, 1.0, 0.5, 0.01, 0.99, 0.3, 0.7])


def ask(scene, low, high, cap_mm=1e3, floor_mm=0.0, hint=None):
    """The bounds (n,), (n,) of the one pair of a scene over cells (n, k), and their witness."""
    low, high = np.atleast_2d(np.asarray(low, dtype=float)), np.atleast_2d(np.asarray(high, dtype=float))
    hint = np.full((len(low), 2), NO_TRIANGLE, dtype=np.int32) if hint is None else hint
    cap_mm, floor_mm = (np.full(len(low), float(value)) for value in (cap_mm, floor_mm))
    return Prover(scene).bounds(0, (low + high) / 2, (high - low) / 2, cap_mm, floor_mm, hint)


def alone(scene, row):
    """The scene with one of its pairs."""
    return replace(scene, pairs=(scene.pairs[row],))


def sampled_mm(scene, low, high):
    """The least and the greatest distance at poses of a cell: 0 where the pair collides."""
    along = np.stack(np.meshgrid(ALONG, ALONG), axis=-1).reshape(-1, 2)
    clearance_mm = Checker(scene).clearance(low + along * (high - low))[0]
    return clearance_mm.min(), clearance_mm.max()


@pytest.mark.parametrize("stacked", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_bounds_hold_at_every_sampled_pose(seed, stacked):
    """Cells of all sizes, asked with and without a guess from a larger cell; joints that carry each other, too."""
    rng = np.random.default_rng(seed)
    scene = shapes.random_scene(rng, stacked=stacked)
    told = [0, 0]
    for row in rng.choice(len(scene.pairs), 6, replace=False):
        pair = alone(scene, row)
        hint = None
        for reach in (90.0, 10.0, 1.0, 0.01):
            middle = rng.uniform(-90, 90, 2)
            low, high = middle - reach * rng.random(2), middle + reach * rng.random(2)
            floor_mm = float(rng.choice([0.0, 3.0, 40.0]))
            cap_mm = floor_mm + float(rng.choice([1e-6, 20.0, 300.0]))
            least, most, hint = ask(pair, low, high, cap_mm, floor_mm, hint)
            nearest, furthest = sampled_mm(pair, low, high)
            assert 0.0 <= least[0] <= min(nearest, cap_mm) + EXACT_MM
            assert furthest <= max(most[0], 0.0) + EXACT_MM
            told[0] += least[0] > floor_mm
            told[1] += most[0] <= floor_mm
    assert min(told) > 0


def ball_in_a_box():
    """A ball of radius 10 whose surface is 90 from the walls of the box around it."""
    bodies = [(shapes.box(200, 200, 200), "x"), (shapes.sphere(10.0), "y")]
    return shapes.sliding_scene(bodies, [(0, 1, 0.0)])


@pytest.mark.parametrize("floor_mm", [0.0, 20.0, 60.0, 150.0])
@pytest.mark.parametrize("cap_mm", [1e-6, 50.0, 100.0, 1000.0])
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_what_is_inside_is_not_apart(order, cap_mm, floor_mm):
    """Whichever distance of the surfaces the search stops at."""
    scene = ball_in_a_box()
    scene = replace(scene, pairs=(replace(scene.pairs[0], a=order[0], b=order[1]),))
    least, _, _ = ask(scene, (-5, -5), (5, 5), floor_mm + cap_mm, floor_mm)
    assert least[0] <= 0.0


def test_what_is_inside_collides_at_every_pose():
    _, most, _ = ask(ball_in_a_box(), (-5, -5), (5, 5), 1e-6, 0.0)
    assert most[0] < 0.0


def test_a_turning_axis_of_nine_written_digits():
    """Its length is 1 up to what nine digits can say; some metres away that must not be seen either."""
    joints = [Joint("turn", "revolute", "fixed", (0.577350269,) * 3), Joint("rest", "revolute")]
    at = [(3000.0, -3000.0, 0.0), (100.0, 200.0, -300.0)]
    bodies = [(shapes.box(1, 1, 1, at=place), carrier) for place, carrier in zip(at, ("turn", "fixed"), strict=True)]
    scene = shapes.scene_of(joints, bodies, [(0, 1, 0.0)], ("turn", "rest"))
    poses = np.column_stack([np.linspace(-180, 180, 73), np.zeros(73)])
    least, most, _ = ask(scene, poses, poses, 1e5)
    clearance_mm = Checker(scene).clearance(poses)[0]
    assert (least <= clearance_mm + EXACT_MM).all()
    assert (most >= clearance_mm - EXACT_MM).all()


def test_a_sliding_axis_that_is_a_unit_vector_up_to_its_tolerance():
    """A joint takes an axis a millionth too long, and goes that much further."""
    axis = tuple(np.array([0.6, 0.8, 0.0]) * (1 + 9e-7))
    joints = [Joint("slide", "prismatic", "fixed", axis), Joint("rest", "revolute")]
    tiny = shapes.box(1e-7, 1e-7, 1e-7)
    bodies = [(tiny, "slide"), (tiny.mapped(np.eye(3), (0.0, 0.0, 1.0)), "fixed")]
    scene = shapes.scene_of(joints, bodies, [(0, 1, 0.0)], ("slide", "rest"))
    least, most, _ = ask(scene, (-1000.0, 0.0), (1000.0, 0.0), 1e5)
    nearest, furthest = sampled_mm(scene, np.array([-1000.0, 0.0]), np.array([1000.0, 0.0]))
    assert least[0] <= nearest + EXACT_MM
    assert most[0] >= furthest - EXACT_MM


def test_a_prover_of_another_placing_is_as_if_made_for_it():
    """What is carried elsewhere is; what is not is shared."""
    scene = shapes.random_scene(np.random.default_rng(8), stacked=True)
    there = moved(np.random.default_rng(9), scene, 30.0)
    shared, made = Prover(scene).on(there), Prover(there)
    assert shared.scene is there
    poses = np.random.default_rng(10).uniform(-60.0, 60.0, (20, 2))
    for row in range(len(there.pairs)):
        found = [
            each.bounds(row, poses, np.full_like(poses, 2.0), *np.full((2, 20), 50.0), np.full((20, 2), -1, np.int32))
            for each in (shared, made)
        ]
        for ours, theirs in zip(*found, strict=True):
            np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_no_pose_is_free_that_is_not_a_number(bad):
    """Whatever is compared with it would seem not to be near."""
    prover = Prover(shapes.sliding_scene([(shapes.box(2, 2, 2), "x"), (shapes.box(2, 2, 2), "y")], [(0, 1, 0.0)]))
    pose, nowhere, hint = np.array([[bad, 0.0]]), np.zeros((1, 2)), np.full((1, 2), NO_TRIANGLE, dtype=np.int32)
    one, upper = np.ones(1), prover.upper_bounds(0, nowhere, nowhere, hint)
    asked = [
        lambda: prover.bounds(0, pose, nowhere, one, one, hint),
        lambda: prover.bounds(0, nowhere, pose, one, one, hint),
        lambda: prover.clearance_mm(pose),
        lambda: prover.first_contacts(0, 0, pose, nowhere, one),
        lambda: prover.first_contacts(0, 0, nowhere, pose, one),
        lambda: prover.upper_bounds(0, pose, nowhere, hint),
        lambda: prover.lower_bounds(0, pose, nowhere, one, hint, upper),
    ]
    for ask_it in asked:
        with pytest.raises(ValueError, match="joint values must be finite"):
            ask_it()
