"""Blocks, guards, bounds, order and workers change no answer: ours against the plain loop, pose by pose."""

import numpy as np
import pytest
from support.campaign import times

from simulator.collision import checker as checker_module
from simulator.collision.checker import Checker
from simulator.collision.contact import Status
from simulator.scenario.sweep import Sweep

TIE_MM = 1e-9  # nearer to the buffer than this either answer is right


def contradictions(scene, poses, brute):
    """Where ours and the plain loop differ by more than a tie, as (pair, pose, ours, plain), and plain statuses."""
    ours = Checker(scene).pair_status(poses)
    plain, distance_mm = brute(scene).pair_status(poses)
    buffers_mm = np.array([pair.buffer_mm for pair in scene.pairs])[:, None]
    differ = (ours != plain) & (np.abs(distance_mm - buffers_mm) >= TIE_MM)
    where = [
        (scene.pairs[row].name, poses[pose].tolist(), Status(ours[row, pose]), Status(plain[row, pose]))
        for row, pose in np.argwhere(differ)
    ]
    return where, plain


def clustered(rng, low, high, clusters, members, radius=3.5):
    """Poses in dense clusters, so that blocks have many members."""
    centres = rng.uniform(low, high, (clusters, 1, 2))
    return (centres + rng.uniform(-radius, radius, (clusters, members, 2))).reshape(-1, 2)


@pytest.mark.parametrize("few_poses", [1, checker_module.FEW_POSES], ids=["always blocks", "as shipped"])
@pytest.mark.parametrize("seed", range(times(4)))
def test_random_trees(shapes, brute, monkeypatch, seed, few_poses):
    monkeypatch.setattr(checker_module, "FEW_POSES", few_poses)
    rng = np.random.default_rng(seed)
    scene = shapes.random_scene(rng, stacked=seed % 4 == 3)
    poses = np.concatenate([rng.uniform(-180, 180, (150, 2)), clustered(rng, -170, 170, 5, 150)])
    if few_poses > 1:
        poses = np.concatenate([poses, clustered(rng, -170, 170, 2, 300)])
    where, plain = contradictions(scene, poses, brute)
    assert where == []
    assert set(np.unique(plain)) == {0, 1, 2}


def test_shipped_scenarios_at_scattered_poses(shipped_setup, brute):
    rng = np.random.default_rng(20)
    poses = rng.uniform((-180, -90), (180, 90), (times(500), 2))
    where, plain = contradictions(shipped_setup.scene, poses, brute)
    assert where == []
    assert (np.bincount(plain.ravel()) > 100).all()


def at_the_boundary(setup, rng, clusters, members):
    """Clusters of poses where free ends, on a coarse grid: what a wrong bound would get wrong first."""
    sweep = Sweep(gantry=(-180, 180, 12), couch=(-90, 90, 10))
    coarse = sweep.poses()
    status = Checker(setup.scene).pair_status(coarse).max(axis=0).reshape(sweep.shape)
    ends = coarse[(status != np.roll(status, -1, axis=0)).ravel()]
    ends = ends[rng.choice(len(ends), clusters, replace=False)]
    ends[:, 0] += rng.uniform(0, 12, clusters)
    around = rng.uniform(-3.5, 3.5, (clusters, members, 2))
    return np.concatenate([sweep.poses(), (ends[:, None] + around).reshape(-1, 2)])


def test_shipped_scenarios_in_blocks(shipped_setup, brute):
    """A coarse grid, and dense clusters of poses where the answer changes, most of them decided by blocks."""
    poses = at_the_boundary(shipped_setup, np.random.default_rng(21), times(15), 40)
    where, plain = contradictions(shipped_setup.scene, poses, brute)
    assert where == []
    assert (np.bincount(plain.ravel()) > 100).all()


def test_a_bound_that_is_too_small_would_be_found(shipped_setup, brute, monkeypatch):
    """The same comparison fails if blocks rest on no bound at all: it is able to fail."""
    rates = checker_module.relative_rates
    monkeypatch.setattr(checker_module, "relative_rates", lambda *given: 0.0 * rates(*given))
    poses = at_the_boundary(shipped_setup, np.random.default_rng(21), 12, 40)
    assert contradictions(shipped_setup.scene, poses, brute)[0]


def test_clearance_is_the_least_distance_of_all_pairs(shipped_setup, brute):
    poses = np.random.default_rng(22).uniform((-180, -90), (180, 90), (12, 2))
    clearance_mm, nearest, found = Checker(shipped_setup.scene).clearance(poses)
    plain = brute(shipped_setup.scene).clearance(poses)
    np.testing.assert_allclose(clearance_mm, plain, rtol=0, atol=TIE_MM)
    for apart, pair, distance in zip(clearance_mm, nearest, found, strict=True):
        assert 0 <= pair < len(shipped_setup.scene.pairs)
        if distance.points_mm is not None:
            a, b = np.array(distance.points_mm)
            assert np.linalg.norm(a - b) == pytest.approx(apart, abs=1e-6)


@pytest.mark.parametrize("seed", range(times(2)))
def test_clearance_in_random_rooms(shapes, brute, seed):
    rng = np.random.default_rng(100 + seed)
    scene = shapes.random_scene(rng)
    poses = rng.uniform(-180, 180, (80, 2))
    checker = Checker(scene)
    clearance_mm = checker.clearance(poses)[0]
    np.testing.assert_allclose(clearance_mm, brute(scene).clearance(poses), rtol=0, atol=TIE_MM)
    colliding = (checker.pair_status(poses) == Status.COLLIDING).any(axis=0)
    np.testing.assert_array_equal(clearance_mm == 0.0, colliding)


def test_a_pair_whose_lower_bound_is_larger_may_be_the_nearest(shapes):
    """Cubes 105 apart with a bound of 76, spheres 100 apart with a bound of 100."""
    bodies = [
        (shapes.box(40, 40, 40), "x"),
        (shapes.box(40, 40, 40, at=(145, 0, 0)), "y"),
        (shapes.sphere(10.0, at=(0, 500, 0)), "x"),
        (shapes.sphere(10.0, at=(120, 500, 0)), "y"),
    ]
    for pairs, expected in (([(0, 1, 0.0), (2, 3, 0.0)], 1), ([(2, 3, 0.0), (0, 1, 0.0)], 0)):
        clearance_mm, nearest, _ = Checker(shapes.sliding_scene(bodies, pairs)).clearance(np.zeros((1, 2)))
        assert clearance_mm[0] == pytest.approx(100.0, abs=TIE_MM)
        assert nearest[0] == expected


def test_answers_do_not_depend_on_what_else_is_asked(shipped_setup):
    """Alone, shuffled, in parts, repeated, and by a checker with a history: the same bytes."""
    rng = np.random.default_rng(23)
    poses = clustered(rng, (-180, -90), (180, 90), 20, 60)
    checker = Checker(shipped_setup.scene)
    expected = checker.pair_status(poses)
    shuffled, some = rng.permutation(len(poses)), rng.integers(0, len(poses), 300)
    np.testing.assert_array_equal(Checker(shipped_setup.scene).pair_status(poses[shuffled]), expected[:, shuffled])
    np.testing.assert_array_equal(checker.pair_status(poses[some]), expected[:, some])
    alone = np.stack([checker.pair_status(poses[[i]])[:, 0] for i in some[:20]], axis=1)
    np.testing.assert_array_equal(alone, expected[:, some[:20]])
    clearance_mm = checker.clearance(poses[some[:5]])[0]
    alone_mm = np.concatenate([checker.clearance(poses[[i]])[0] for i in some[:5]])
    np.testing.assert_array_equal(clearance_mm, alone_mm)


@pytest.mark.parametrize("few_free", [1, 10**9], ids=["guards", "distances"])
def test_some_pairs_at_some_poses(shipped_setup, monkeypatch, few_free):
    """With a guard of each pair that has free poses, and without any: as all of them are answered."""
    monkeypatch.setattr(checker_module, "FEW_FREE", few_free)
    rng = np.random.default_rng(41)
    poses = clustered(rng, (-180, -90), (180, 90), 20, 60)
    expected = Checker(shipped_setup.scene).pair_status(poses)
    asked = rng.random(expected.shape) < rng.choice([0.02, 0.5, 1.0], (len(expected), 1))
    found = Checker(shipped_setup.scene).pair_status(poses, asked)
    np.testing.assert_array_equal(found, np.where(asked, expected, Status.FREE))


def test_a_pose_at_the_buffer_has_one_answer_whatever_came_before(shapes):
    """A slab at a distance of its buffer from a floor everywhere, up to rounding: all ties, in a tilted room."""
    rng = np.random.default_rng(6)
    for _ in range(20):
        buffer_mm, axis = float(rng.uniform(1, 30)), rng.normal(size=3)
        joint = type(shapes.GANTRY)
        joints = [
            joint("tilt", "revolute", "fixed", tuple(axis / np.linalg.norm(axis))),
            joint("slide", "prismatic", "tilt", (1.0, 0.0, 0.0)),
            joint("turn", "revolute", "slide", (0.0, 0.0, 1.0), (0.0, 0.0, buffer_mm)),
        ]
        bodies = [
            (shapes.cuboid((-900, -900, -100), (900, 900, 0)), "tilt"),
            (shapes.cuboid((-250, -100, 0), (250, 50, 40)), "turn"),
        ]
        scene = shapes.scene_of(joints, bodies, [(0, 1, buffer_mm)], ("slide", "turn"), tilt=37.0)
        poses = rng.uniform(-50, 50, (60, 2))
        together = Checker(scene).pair_status(poses)[0]
        alone = [Checker(scene).pair_status(poses[[i]])[0, 0] for i in range(len(poses))]
        assert together.tolist() == alone
        assert Status.COLLIDING not in alone


def test_no_poses_and_no_pairs(shapes):
    cube = shapes.box(2, 2, 2)
    empty = np.empty((0, 2))
    for pairs in ([], [(0, 1, 5.0)]):
        checker = Checker(shapes.sliding_scene([(cube, "x"), (cube, "y")], pairs))
        assert checker.pair_status(empty).shape == (len(pairs), 0)
        clearance_mm, nearest, found = checker.clearance(empty)
        assert (len(clearance_mm), len(nearest), len(found)) == (0, 0, 0)
    checker = Checker(shapes.sliding_scene([(cube, "x")], []))
    clearance_mm, nearest, _ = checker.clearance(np.zeros((3, 2)))
    assert np.isinf(clearance_mm).all()
    assert (nearest == -1).all()
