"""The bound on motion that blocks rest on: it is never exceeded, and half of it would be found out."""

import numpy as np
import pytest

import simulator as sim
from simulator.collision import checker as checker_module
from simulator.collision.checker import Checker
from simulator.collision.contact import Status
from simulator.collision.motion import relative_rates
from simulator.collision.shells import Patches
from simulator.geometry.transforms import apply, inverse

TRAVEL_MM = 210.0
"""No pose here has a greater value."""


def largest_share(scene, pair, rng, n=40, travel_mm=np.inf):
    """The largest displacement of a patch's points, seen from a, as a share of its bound, and the number of bounds.

    No distance between a and a point changes by more than the point's displacement seen from a.
    """
    patches = Patches.of(scene.bodies[pair.b].mesh).corners_mm
    rates = relative_rates(scene, pair, patches, travel_mm)
    if not np.isfinite(rates).all():
        return 0.0, 0
    start = rng.uniform(-180, 180, (n, 2))
    step = rng.uniform(-1, 1, (n, 2)) * rng.choice([0.0, 0.1, 2.0, 30.0], (n, 2))
    poses = np.concatenate([start, start + step])
    T_a_b = inverse(scene.T_fixed_body(pair.a, poses)) @ scene.T_fixed_body(pair.b, poses)
    share = 0.0
    for corners, rate in zip(patches, rates, strict=True):
        points = np.concatenate([corners, rng.dirichlet([0.3] * len(corners), 5) @ corners])
        before, after = np.split(apply(T_a_b, points), 2)
        moved = np.linalg.norm(after - before, axis=-1).max(axis=1)
        bound = np.abs(step) @ rate
        assert (moved <= bound * (1 + 1e-12) + 1e-9).all()
        share = max(share, float((moved / np.maximum(bound, 1e-6)).max()))
    return share, len(rates)


@pytest.mark.parametrize("seed", range(12))
def test_no_point_moves_faster_than_its_bound(shapes, seed):
    """Random trees: tilted axes that miss the isocentre, sliding joints, fixed joints between them, turned frames."""
    rng = np.random.default_rng(seed)
    scene = shapes.random_scene(rng)
    found = [largest_share(scene, pair, rng) for pair in scene.pairs]
    assert sum(count for _, count in found) > 50
    assert max(share for share, _ in found) > 0.9  # a bound that is never approached would be of no use


def test_pitch_and_roll(shapes):
    rng = np.random.default_rng(50)
    bodies = [(shapes.box(500, 2000, 60, at=(0, 0, -100)), "table_roll"), (shapes.prism(8, 300, 400, 900), "gantry")]
    scene = shapes.scene_of(
        [shapes.GANTRY, *shapes.COUCH_JOINTS],
        bodies,
        [(0, 1, 20.0), (1, 0, 20.0)],
        table_pitch=3.0,
        table_roll=-2.0,
        table_lateral=150.0,
        table_longitudinal=-400.0,
        table_vertical=-80.0,
    )
    for pair in scene.pairs:
        share, count = largest_share(scene, pair, rng)
        assert count > 0
        assert share > 0.5


def test_shipped_scenarios_have_bounds_everywhere():
    rng = np.random.default_rng(51)
    scene = sim.load_setup("liver").scene
    for pair in scene.pairs[::7]:
        assert largest_share(scene, pair, rng, 10)[1] > 0


@pytest.mark.parametrize("seed", range(8))
def test_where_one_scanned_joint_carries_the_other(shapes, seed):
    """Random trees again; what slides goes no further than is said."""
    rng = np.random.default_rng(seed)
    scene = shapes.random_scene(rng, stacked=True)
    found = [largest_share(scene, pair, rng, travel_mm=TRAVEL_MM) for pair in scene.pairs]
    assert all(count > 0 for _, count in found)
    assert max(share for share, _ in found) > 0.9


def test_no_bound_is_claimed_where_a_joint_turns_what_slides_without_end(shapes):
    joint = type(shapes.GANTRY)
    joints = [shapes.GANTRY, joint("slide", "prismatic", "gantry", (1.0, 0.0, 0.0))]
    bodies = [(shapes.box(10, 10, 10, at=(0, 0, 500)), "fixed"), (shapes.box(10, 10, 10), "slide")]
    scene = shapes.scene_of(joints, bodies, [(0, 1, 0.0)], ("gantry", "slide"))
    patches = Patches.of(scene.bodies[1].mesh).corners_mm
    without_end, within = (relative_rates(scene, scene.pairs[0], patches, mm) for mm in (np.inf, 100.0))
    assert np.isinf(without_end[:, 0]).all()
    # The corner of the box is farthest from the gantry's axis, y, with the slide at 100 mm: at most their sum.
    np.testing.assert_allclose(within[:, 0].max(), np.radians(100.0 + np.hypot(5.0, 5.0)))
    np.testing.assert_array_equal(within[:, 1], 1.0)


# --- would anybody notice? --------------------------------------------------------------------------------------


def rod_and_balls(shapes, axis_at):
    """A rod on the couch, whose axis misses the isocentre, that sweeps past balls fixed in the room at its tip."""
    joint = type(shapes.GANTRY)
    joints = [shapes.GANTRY, joint("couch", "revolute", "fixed", (0.0, 0.0, 1.0), (axis_at, 0.0, 0.0))]
    balls = shapes.joined(
        *(
            shapes.sphere(4.0, 8, at=(axis_at + 1000 * np.cos(turn), 1000 * np.sin(turn), 0))
            for turn in np.radians(np.arange(-89.0, 90.0, 14.9))
        )
    )
    rod = shapes.cuboid((0, -1, -1), (1000, 1, 1))
    return shapes.scene_of(joints, [(balls, "fixed"), (rod, "couch")], [(0, 1, 0.0), (0, 1, 3.0), (1, 0, 3.0)])


def contradictions(scene, poses, brute):
    plain, _ = brute(scene).pair_status(poses)
    return int((Checker(scene).pair_status(poses) != plain).sum())


@pytest.mark.parametrize("axis_at", [0.0, 700.0])
def test_a_sweeping_rod_and_half_the_bound(shapes, brute, monkeypatch, axis_at):
    monkeypatch.setattr(checker_module, "FEW_POSES", 1)
    scene = rod_and_balls(shapes, axis_at)
    poses = np.column_stack([np.zeros(1800), np.linspace(-90, 90, 1800, endpoint=False)])
    statuses = Checker(scene).pair_status(poses)
    assert {Status.FREE, Status.WITHIN_BUFFER, Status.COLLIDING} <= set(np.unique(statuses))
    assert contradictions(scene, poses, brute) == 0
    monkeypatch.setattr(checker_module, "relative_rates", lambda *given: 0.5 * relative_rates(*given))
    assert contradictions(scene, poses, brute) > 0


def test_blocks_of_few_poses_are_as_wide_as_they_are(shapes, brute, monkeypatch):
    """About two poses in a block, often at its ends: neither is near the other."""
    monkeypatch.setattr(checker_module, "FEW_POSES", 1)
    rng = np.random.default_rng(53)
    scene = rod_and_balls(shapes, 0.0)
    checker = Checker(scene)
    for _ in range(25):
        poses = np.column_stack([np.zeros(90), rng.uniform(-90, 90, 90)])
        np.testing.assert_array_equal(checker.pair_status(poses), brute(scene).pair_status(poses)[0])


def test_pairs_share_a_guard_only_if_the_same_joints_move_them(shapes, brute, monkeypatch):
    """The rod against a bystander, whom one joint moves, and then against balls that a second joint moves too."""
    monkeypatch.setattr(checker_module, "FEW_POSES", 1)
    joint = type(shapes.GANTRY)
    base = rod_and_balls(shapes, 0.0)
    scene = shapes.scene_of(
        [joint(name, "revolute", "fixed", (0.0, 0.0, 1.0)) for name in ("gantry", "couch")],
        [
            (shapes.box(20, 20, 20, at=(500, 300, 0)), "fixed"),
            (base.bodies[0].mesh, "gantry"),
            (base.bodies[1].mesh, "couch"),
        ],
        [(0, 2, 3.0), (1, 2, 3.0)],
    )
    for start in np.arange(0.0, 4.0, 1.0):
        gantry, couch = np.meshgrid(np.arange(0.0, 16.0, 0.8), start + np.arange(0.0, 16.0, 0.8))
        poses = np.column_stack([gantry.ravel(), couch.ravel()])
        assert contradictions(scene, poses, brute) == 0
