"""Bodies on chains of joints: bounds against plain kinematics and closed forms, cells of random trees against FCL."""

from dataclasses import replace
from math import acos, log, tan

import numpy as np
import pytest
from support import shapes
from support.campaign import more, times
from support.carried import SAMPLES, Carried, triple, unit
from support.proven import area, found_wrong, prove, share, tiles

from simulator.certify.branch_and_bound import FREE, NOT_FREE, UNDECIDED
from simulator.certify.clearance_curve import free_by_buffer
from simulator.certify.kernels.chains import AXIS, BEND, POINT, REACH, ROUND, SLIDES, chain_decrease
from simulator.certify.kernels.motion_bounds import (
    box_support,
    decrease,
    direction,
    displacement,
    most_apart,
    placed,
    triangle_support,
    unplaced,
)
from simulator.certify.kernels.penetration import relative_displacement
from simulator.certify.kernels.vectors import cross, dot, length, sub
from simulator.certify.prover import Prover
from simulator.collision.checker import Checker
from simulator.geometry.transforms import apply, inverse
from simulator.models.kinematics import Joint

REACHES = [0.0, 1e-3, 0.3, 3.0, 25.0]
ROUNDING_MM = 1e-8


def every_chain(count):
    for reach in REACHES:
        for seed in range(count):
            rng = np.random.default_rng([int(1e4 * reach), seed])
            yield rng, Carried.chain(rng, reach)


def points_in_body(rng, count):
    return rng.uniform(-500, 500, 3) + rng.choice([0.1, 10.0, 400.0]) * rng.uniform(-1, 1, (count, 3))


# --- bounds on motion -------------------------------------------------------------------------------------------


def test_the_middle_is_where_the_joints_say():
    for rng, body in every_chain(5):
        point = points_in_body(rng, 1)
        in_room = apply(body.T_middle, point)[0]
        np.testing.assert_allclose(placed(body.motion, triple(point[0])), in_room, atol=ROUNDING_MM)
        np.testing.assert_allclose(unplaced(body.motion, triple(in_room)), point[0], atol=ROUNDING_MM)


def test_bounds_hold_at_the_corners_of_a_cell_and_within():
    """Triangles, boxes, points along any vector, and how far they get."""
    signs = np.array(np.meshgrid(*[(-1, 1)] * 3)).reshape(3, -1).T
    for rng, body in every_chain(25):
        corners, n = points_in_body(rng, 3), rng.choice([1.0, 70.0]) * unit(rng)
        to = direction(body.motion, triple(n))
        rounding = ROUNDING_MM * np.linalg.norm(n)
        along = body.everywhere(corners) @ n
        assert triangle_support(body.motion, to, corners) <= along.min() + rounding
        fall = apply(body.T_middle, corners)[0] @ n - along[:, 0].min()
        assert decrease(body.motion, to, triple(corners[0])) >= fall - rounding
        half = rng.uniform(0, rng.choice([0.1, 10, 300]), 3)
        of_unit = direction(body.motion, triple(n / np.linalg.norm(n)))
        box = (body.everywhere(corners[0] + signs * half) @ n).min() / np.linalg.norm(n)
        found = box_support(body.motion, of_unit, triple(corners[0]), triple(half), float(np.linalg.norm(half)))
        assert found <= box + ROUNDING_MM
        ways = body.everywhere(corners)[:, 0] - apply(body.T_middle, corners)[0]
        in_room = triple(apply(body.T_middle, corners)[0])
        assert displacement(body.motion, in_room) >= np.linalg.norm(ways, axis=1).max() - ROUNDING_MM


def test_bounds_of_small_cells_lose_terms_of_second_order_alone():
    """What moves most stands at a corner: there the bound is attained up to the square of the reach."""
    repeats = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        body = Carried.chain(rng, 0.02)
        point, n = points_in_body(rng, 1), unit(rng)
        fall = float((apply(body.T_middle, point)[0] @ n) - (body.everywhere(point)[:, 0] @ n).min())
        found = decrease(body.motion, direction(body.motion, triple(n)), triple(point[0]))
        assert found <= fall + 0.05
        repeats += len({*body.columns}) < len(body.columns)
    assert repeats > 10  # what mimics another joint may work against it


def test_joints_of_values_of_their_own_are_bounded_one_by_one():
    """To the last bit: absolute values of first order, joint by joint, and the terms of second order."""
    told = 0
    for rng, body in every_chain(20):
        if len({*body.columns}) < len(body.columns):
            continue
        x, n = points_in_body(rng, 1)[0], unit(rng)
        to = direction(body.motion, triple(n))
        along, bends, moved = 0.0, 0.0, 0.0
        for joint in body.motion.joints[::-1]:
            reach, axis = abs(joint[REACH]), triple(joint[AXIS:POINT])
            if joint[SLIDES] > 0.0:
                along += reach * abs(dot(to.n, axis))
                bends += joint[BEND]
                moved += reach
            else:
                rate = cross(axis, sub(triple(x), triple(joint[POINT:ROUND])))
                radius = length(rate) + moved
                along += reach * abs(dot(to.n, rate))
                bends += joint[BEND] * radius
                moved += reach * radius
        assert chain_decrease(body.motion.joints, to.n, triple(x)) == along + 0.0 + length(to.n) * bends
        told += 1
    assert told > 40


@pytest.mark.parametrize("multiplier", [-1.0, -2.0, 0.5])
def test_a_chain_that_turns_forth_and_back_is_bounded_by_what_is_left(multiplier):
    """Two turns about one axis, of one value: together one turn of 1 + multiplier times as much."""
    joints = [
        Joint("forth", "revolute", "fixed", (0.0, 1.0, 0.0)),
        Joint("back", "revolute", "forth", (0.0, 1.0, 0.0), mimic="forth", multiplier=multiplier),
    ]
    ball = shapes.sphere(1.0, 40, at=(0.0, 0.0, 500.0))
    scene = shapes.scene_of(joints, [(wall(600.0), "fixed"), (ball, "back")], [(0, 1, 0.0)], ("forth",))
    middle, reach = np.array([[20.0]]), np.array([[0.1]])
    near = Prover(scene).bounds(0, middle, reach, np.full(1, 1e4), np.zeros(1), np.full((1, 2), -1, dtype=np.int32))
    turn = np.radians(20.0 * (1.0 + multiplier))
    moves = 500.0 * abs(np.cos(turn)) * abs(1.0 + multiplier) * np.radians(0.1)
    assert near.least[0] == pytest.approx(600.0 - 500.0 * np.sin(turn) - 1.0 - moves, abs=0.3)


def test_two_bodies_on_chains():
    """How far apart two points get, and how far one gets in the axes of the other."""
    for seed in range(60):
        rng = np.random.default_rng(seed)
        a, b = Carried.chain(rng, float(rng.choice(REACHES))), Carried.chain(rng, float(rng.choice(REACHES)))
        if seed % 3 == 0:
            b = Carried.random(rng, "revolute", float(rng.choice(REACHES)))
        middle = apply(a.T_middle, points_in_body(rng, 1))[0]
        other = middle + rng.choice([0.0, 1.0, 50.0]) * unit(rng)
        p = a.everywhere(apply(inverse(a.T_middle), middle[None]))[:, 0]
        q = b.everywhere(apply(inverse(b.T_middle), other[None]))[:, 0]
        truth = float(np.linalg.norm(p[:, None] - q, axis=2).max())
        assert most_apart(a.motion, b.motion, triple(middle), triple(other)) >= truth - ROUNDING_MM
        seen_from_b = np.stack([apply(T_b_room, p) for T_b_room in inverse(b.T)])
        at_middle = apply(inverse(b.T_middle), middle[None])[0]
        truth = float(np.linalg.norm(seen_from_b - at_middle, axis=2).max())
        assert relative_displacement(a.motion, b.motion, triple(middle)) >= truth - ROUNDING_MM
        assert len(p) == SAMPLES


# --- closed forms -----------------------------------------------------------------------------------------------

ARM = (
    Joint("shoulder", "revolute", "fixed", (0.0, 0.0, 1.0)),
    Joint("elbow", "revolute", "shoulder", (0.0, 0.0, 1.0), (400.0, 0.0, 0.0)),
)


def wall(x_mm):
    """A block whose face is at x, thicker than anything reaches."""
    return shapes.box(2000.0, 4000.0, 4000.0, at=(x_mm + 1000.0, 0.0, 0.0))


def test_a_ball_on_a_two_joint_arm():
    """Its distance from a wall is known: bounds hold it, and cells tell where it keeps 20 mm."""
    ball = shapes.sphere(5.0, 40, at=(300.0, 0.0, 0.0))
    scene = shapes.scene_of(ARM, [(wall(500.0), "fixed"), (ball, "elbow")], [(0, 1, 20.0)], ("shoulder", "elbow"))

    def apart_mm(poses):
        shoulder, elbow = np.radians(poses).T
        return 500.0 - 400.0 * np.cos(shoulder) - 300.0 * np.cos(shoulder + elbow) - 5.0

    prover = Prover(scene)
    for seed in range(20):
        rng = np.random.default_rng(seed)
        middle, reach = rng.uniform((20, 10), (90, 120)), rng.choice([0.01, 0.5, 3.0]) * rng.random(2)
        inside = apart_mm(middle + rng.uniform(-1, 1, (500, 2)) * reach)
        hint = np.full((1, 2), -1, dtype=np.int32)
        floor_mm = np.zeros(1)
        found = prover.bounds(0, middle[None], reach[None], np.full(1, 1e4), floor_mm, hint)
        if inside.min() > 1.0:
            bend = np.radians(reach.sum()) ** 2 * 700.0
            assert (
                inside.min() - bend - 0.1 * np.radians(reach.sum()) * 700.0 - 0.5
                <= found.least[0]
                <= inside.min() + 0.1
            )
            assert inside.max() - 0.1 <= found.most[0]
    cells = prove(scene, *tiles((-90, -90), (90, 90), (30, 30)), undecided=0.01, most_cells=20_000)
    grid = np.stack(np.meshgrid(*[np.arange(-89.9, 90.0, 0.2)] * 2), axis=-1).reshape(-1, 2)
    free = (apart_mm(grid) > 20.0).mean()
    assert share(cells, UNDECIDED) <= 0.01
    assert share(cells, FREE) - 0.002 <= free <= 1.0 - share(cells, NOT_FREE) + 0.002


def test_a_slide_on_a_turntable():
    """Free until the ball on the slide comes near the wall: a known area of angles and travel."""
    joints = [
        Joint("table", "revolute", "fixed", (0.0, 0.0, 1.0)),
        Joint("slide", "prismatic", "table", (1.0, 0.0, 0.0)),
    ]
    scene = shapes.scene_of(
        joints, [(wall(300.0), "fixed"), (shapes.sphere(5.0, 40), "slide")], [(0, 1, 45.0)], ("table", "slide")
    )
    within = 300.0 - 45.0 - 5.0
    turn = acos(within / 400.0)
    exact = 2 * (within * log(1 / np.cos(turn) + tan(turn)) + 400.0 * (np.radians(80.0) - turn))
    cells = prove(scene, *tiles((-80, 0), (80, 400), (40, 100)), undecided=0.01, most_cells=20_000)
    free, blocked = share(cells, FREE), share(cells, NOT_FREE)
    share_free = exact / (np.radians(160.0) * 400.0)
    assert free - 0.001 <= share_free <= 1.0 - blocked + 0.001
    assert free + blocked >= 0.99
    assert found_wrong(scene, cells, np.random.default_rng(1), times(500)) == []


def test_jaws_that_mimic_each_other_close_at_once():
    """One value moves both: they are 100 - 2 q apart; one joint in two places, one of them the other way."""
    joints = [
        Joint("jaw", "prismatic", "fixed", (1.0, 0.0, 0.0)),
        Joint("opposite", "prismatic", "fixed", (1.0, 0.0, 0.0), mimic="jaw", multiplier=-1.0),
    ]
    block = shapes.box(10.0, 10.0, 10.0)
    bodies = [(block.mapped(np.eye(3), (-55.0, 0, 0)), "jaw"), (block.mapped(np.eye(3), (55.0, 0, 0)), "opposite")]
    scene = shapes.scene_of(joints, bodies, [(0, 1, 30.0)], ("jaw",))
    cells = prove(scene, [0.0], [60.0], undecided=0.001)
    assert share(cells, FREE) == pytest.approx(35.0 / 60.0, abs=0.002)
    assert share(cells, NOT_FREE) == pytest.approx(25.0 / 60.0, abs=0.002)


@pytest.mark.parametrize("multiplier", [-1.0, 0.5, 2.0])
def test_a_hand_that_turns_as_its_arm_does(multiplier):
    """A joint stands twice in one chain; FCL knows it as one value."""
    hand = replace(ARM[1], mimic="shoulder", multiplier=multiplier)
    pegs = shapes.joined(*(shapes.box(20, 20, 20, at=(x, y, 0.0)) for x, y in ((500, 350), (100, 420), (390, -500))))
    bodies = [(pegs, "fixed"), (shapes.box(300.0, 15.0, 15.0, at=(170.0, 0.0, 0.0)), "elbow")]
    scene = shapes.scene_of([ARM[0], hand], bodies, [(0, 1, 3.0)], ("shoulder",))
    cells = prove(scene, [-180.0], [180.0], undecided=0.01)
    assert share(cells, UNDECIDED) <= 0.01
    assert share(cells, FREE) > 0.3
    assert found_wrong(scene, cells, np.random.default_rng(1), times(500)) == []


# --- random trees against FCL -----------------------------------------------------------------------------------


def random_tree(rng):
    """Bodies on a tree of three to six joints, revolute and prismatic; some mimic others, some are not scanned."""
    count = int(rng.integers(3, 7))
    names = ["fixed", *(f"joint {i}" for i in range(count))]
    joints = []
    for i, name in enumerate(names[1:]):
        mimic = names[1] if i > 0 and rng.random() < 0.25 else None
        kind = str(rng.choice(["revolute", "revolute", "prismatic"])) if mimic is None else joints[0].type
        parent = names[i] if rng.random() < 0.7 else str(rng.choice(names[: i + 1]))
        turn = tuple(map(tuple, shapes.random_turns(rng, 1)[0, :3, :3]))
        options = {"mimic": mimic, "multiplier": float(rng.choice([1.0, -1.0, 0.4]))} if mimic else {}
        joints.append(
            Joint(name, kind, parent, triple(unit(rng)), triple(rng.uniform(-130, 130, 3)), None, turn, **options)
        )
    own = [joint.name for joint in joints if joint.mimic is None]
    scan = [name for name in own if name == own[0] or rng.random() < 0.7]
    rest = {name: float(rng.uniform(-40, 40)) for name in own if name not in scan}
    bodies = [(shapes.crumpled(rng, rng.uniform(15, 60)), str(rng.choice(names))) for _ in range(4)]
    bodies.append((shapes.crumpled(rng, 60.0), names[-1]))
    pairs = [(a, b, float(rng.choice([0.0, 5.0, 20.0]))) for a in range(5) for b in range(a)]
    some = [pairs[row] for row in rng.choice(len(pairs), 3, replace=False)]
    return shapes.scene_of(joints, bodies, some, tuple(scan), **rest)


@pytest.mark.parametrize("part", range(2))
def test_cells_of_random_trees(part):
    """No pose in a cell contradicts it, and cells of each kind are found; most of what is asked is decided."""
    decided, kinds = [], set()
    for seed in range(part, times(12), 2):
        rng = np.random.default_rng([7, seed])
        scene = random_tree(rng)
        middle = rng.uniform(-60, 60, (12, len(scene.scan)))
        reach = rng.choice([0.2, 2.0, 10.0], (12, 1)) * rng.uniform(0.2, 1.0, middle.shape)
        cells = prove(scene, middle - reach, middle + reach, undecided=0.05, most_cells=400)
        assert found_wrong(scene, cells, rng, 400) == []
        decided.append(1.0 - share(cells, UNDECIDED))
        kinds |= set(cells.status.tolist())
    assert {FREE, NOT_FREE} <= kinds
    assert np.median(decided) > 0.6


@pytest.mark.parametrize("seed", range(4))
def test_clearances_on_random_trees(seed):
    rng = np.random.default_rng([8, seed])
    scene = random_tree(rng)
    poses = rng.uniform(-90, 90, (60, len(scene.scan)))
    truth = Checker(scene).clearance(poses)[0]
    found, _ = Prover(scene).clearance_mm(poses)
    assert (found <= truth + 1e-6).all()
    assert (found >= truth - 1.0).all()


@pytest.mark.parametrize("seed", [0, 1, *more(2, 3)])
def test_the_buffer_curve_of_chains(seed):
    """Bounds that are constant over a cell hold what FCL finds free of it."""
    rng = np.random.default_rng([9, seed])
    scene = shapes.random_scene(rng, stacked=True)
    low, high = tiles((-30, -30), (30, 30), (15, 15))
    buffers_mm = np.linspace(0.0, 60.0, 7)
    found = free_by_buffer(Prover(scene), low, high, buffers_mm, weight=area, tolerance=0.1 * 3600.0, most_cells=3000)
    poses = np.stack(np.meshgrid(*[np.arange(-29.5, 30.0)] * 2), axis=-1).reshape(-1, 2)
    free = (Checker(scene).clearance(poses)[0][:, None] > buffers_mm).mean(axis=0) * 3600.0
    assert (found.lower <= free + 60.0).all()
    assert (found.upper >= free - 60.0).all()
    assert (found.upper - found.lower)[0] < 0.5 * 3600.0
