"""What is achievable for all buffers at once: against FCL along lines of poses, and areas known in closed form."""

from __future__ import annotations

from dataclasses import replace
from math import pi

import numpy as np
import pytest
from support import shapes
from support.campaign import more
from support.proven import area, tiles

import simulator as sim
from simulator.certify.clearance_curve import free_by_buffer
from simulator.certify.prover import Prover
from simulator.collision.checker import Checker

BUFFERS_MM = np.linspace(0.0, 100.0, 21)
SKY = tiles((-180, -90), (180, 90), (20, 15))


def along(at, width=1e-3):
    """What a cell counts on the line of all poses with one value of the first joint."""

    def weight(low, high):
        shared = np.minimum(high[:, 0], at + width / 2) - np.maximum(low[:, 0], at - width / 2)
        return np.maximum(shared, 0.0) / width * (high - low)[:, 1]

    return weight


def free_lengths(scene, at, start, stop, buffers_mm, steps):
    """How much of a line of poses is free for each buffer, by FCL at many of them; and how little can be missed."""
    poses = np.column_stack([np.full(steps, at), start + (np.arange(steps) + 0.5) / steps * (stop - start)])
    is_own = np.array([pair.is_own for pair in scene.pairs])
    checker = Checker(scene)
    clearance_mm = checker.clearance(poses, np.flatnonzero(~is_own))[0]
    is_free = clearance_mm[:, None] > buffers_mm
    if is_own.any():
        is_free &= checker.clearance(poses, np.flatnonzero(is_own))[0][:, None] > 0.0
    ends = np.abs(np.diff(is_free, axis=0)).sum(axis=0)
    return is_free.mean(axis=0) * (stop - start), (ends + 1) * (stop - start) / steps


def check_line(scene, at, start, stop, buffers_mm=BUFFERS_MM, undecided=0.01, most_cells=20_000, steps=2000):
    """Bounds of a line of poses hold what FCL finds on it; returns what is between them."""
    cells = tiles((at - 7.0, start), (at + 8.0, stop), (15.0, (stop - start) / 8))
    length = stop - start
    found = free_by_buffer(
        Prover(scene), *cells, buffers_mm, weight=along(at), tolerance=undecided * length, most_cells=most_cells
    )
    expected, error = free_lengths(scene, at, start, stop, buffers_mm, steps)
    assert (found.lower <= expected + error).all()
    assert (found.upper >= expected - error).all()
    return found.upper - found.lower


@pytest.mark.parametrize(
    ("name", "gantry"), [("brain", 63.0), ("liver", -71.0), *more(("brain", 0.0), ("brain", 104.0))]
)
def test_lines_of_the_shipped_rooms(name, gantry):
    scene = sim.load_setup(name).scene
    between = check_line(scene, gantry, -90.0, 90.0, steps=180)
    assert (between <= 1.8).all()


@pytest.mark.parametrize("seed", [0, 4, *more(1, 2, 3, 5)])
def test_lines_of_random_rooms(seed):
    """Many bodies that take turns at being the nearest one, on axes that miss each other."""
    rng = np.random.default_rng(seed)
    scene = shapes.random_scene(rng, stacked=seed >= 4)
    for at in rng.uniform(-60, 60, 4):
        check_line(scene, at, -60.0, 60.0, undecided=0.05, most_cells=1500)


def crowded(count, rng):
    """Boxes in a row, passed by a block: each collides where its neighbours are near, some are the machine's own."""
    places = np.cumsum(rng.uniform(30.0, 90.0, count)) - 60.0 * count / 2
    row = [shapes.box(*rng.uniform(10.0, 60.0, 3), at=(0.0, y, rng.uniform(-40, 40))) for y in places]
    bodies = [(mesh, "x") for mesh in row] + [(shapes.box(40.0, 40.0, 40.0), "y")]
    scene = shapes.sliding_scene(bodies, [(i, count, 0.0) for i in range(count)])
    own = rng.random(count) < 0.3
    pairs = (replace(pair, is_own=bool(is_own)) for pair, is_own in zip(scene.pairs, own, strict=True))
    return replace(scene, pairs=tuple(pairs))


@pytest.mark.parametrize("seed", [0, 1, *more(2, 3, 4, 5)])
def test_lines_of_crowded_rooms(seed):
    rng = np.random.default_rng(seed)
    scene = crowded(7, rng)
    for at in rng.uniform(-60, 60, 3):
        check_line(scene, at, -300.0, 300.0, undecided=0.02, most_cells=3000)


def test_the_area_of_sliding_boxes():
    """Two boxes that slide past each other: a rectangle with round corners is not free."""
    bodies = [(shapes.box(40.0, 40.0, 40.0), "x"), (shapes.box(60.0, 60.0, 60.0), "y")]
    prover = Prover(shapes.sliding_scene(bodies, [(0, 1, 0.0)]))
    start = tiles((-200, -200), (200, 200), (50, 50))
    found = free_by_buffer(prover, *start, BUFFERS_MM, weight=area, tolerance=400.0, most_cells=50_000)
    exact = 400.0**2 - (100.0**2 + 400.0 * BUFFERS_MM + pi * BUFFERS_MM**2)
    assert (found.lower <= exact + 1e-3).all()
    assert (found.upper >= exact - 1e-3).all()
    assert (found.upper - found.lower <= 400.0).all()


@pytest.mark.parametrize("is_own", [False, True])
def test_a_body_inside_another_is_never_free(is_own):
    bodies = [(shapes.box(20.0, 20.0, 20.0), "gantry"), (shapes.box(200.0, 200.0, 200.0), "couch")]
    joints = [shapes.GANTRY, *shapes.COUCH_JOINTS]
    scene = shapes.scene_of(joints, bodies, [(0, 1, 0.0)])
    scene = replace(scene, pairs=(replace(scene.pairs[0], is_own=is_own),))
    found = free_by_buffer(Prover(scene), *SKY, BUFFERS_MM, weight=area, tolerance=1.0, most_cells=5000)
    assert found.upper == pytest.approx(0.0, abs=1e-9)


def test_machine_parts_of_its_own_need_not_keep_the_buffer():
    """Apart by 30 mm at least, wherever they are: free for every buffer, as they do not touch."""
    bodies = [(shapes.box(20.0, 20.0, 20.0), "x"), (shapes.box(20.0, 20.0, 20.0, at=(0.0, 0.0, 50.0)), "y")]
    scene = shapes.sliding_scene(bodies, [(0, 1, 0.0)])
    scene = replace(scene, pairs=(replace(scene.pairs[0], is_own=True),))
    start = tiles((-100, -100), (100, 100), (100, 100))
    found = free_by_buffer(Prover(scene), *start, BUFFERS_MM, weight=area, tolerance=1.0, most_cells=5000)
    assert found.lower == pytest.approx(200.0**2)


def test_no_pairs_leave_everything():
    scene = replace(shapes.sliding_scene([(shapes.box(1, 1, 1), "x")], []), pairs=())
    start = tiles((-100, -100), (100, 100), (100, 100))
    found = free_by_buffer(Prover(scene), *start, BUFFERS_MM, weight=area, tolerance=0.0, most_cells=1000)
    assert found.lower == pytest.approx(200.0**2)
    assert found.upper == pytest.approx(200.0**2)
