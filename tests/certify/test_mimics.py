"""What follows the value of a joint: in the same way, in another unit, or beyond a joint that turns.

Bounds that follow a value over a cell have a form for a turn and one for a slide. A joint that mimics one of the
other kind, or a slide of one of the two values beyond a turn, moves in neither, and must not be taken for either.
"""

from dataclasses import replace

import numpy as np
import pytest
from support import shapes, small_rooms
from support.bounded import Asked
from support.campaign import times

import simulator as sim
from simulator.certify.branch_and_bound import FREE, UNDECIDED
from simulator.collision.checker import Checker
from simulator.maps.isocentres import cells_of_isocentres
from simulator.models.kinematics import Joint
from simulator.models.model import Part
from simulator.setup.moving import scene_at

BUFFERS_MM = np.arange(206.0, 325.0, 7.0)
KINDS = ("revolute", "prismatic")
POST = Joint("post", "prismatic", "fixed", (0.0, 0.0, 1.0), (0.0, 0.0, 300.0), mimic="gantry")
SLIDER = Joint("slider", "prismatic", "couch", (0.0, 0.0, 1.0), mimic="gantry")


def random_scene(rng):
    """Bodies on a joint that turns, one that slides, and three that mimic either, in any order and on each other."""

    def joint(name, kind, parents, **options):
        axis = rng.normal(size=3)
        place = tuple(rng.uniform(-150, 150, 3))
        return Joint(name, kind, str(rng.choice(parents)), tuple(axis / np.linalg.norm(axis)), place, **options)

    joints = [joint("turn", "revolute", ["fixed"]), joint("slide", "prismatic", ["fixed", "turn"])]
    for name in ("one", "two", "three"):
        mimic, multiplier = str(rng.choice(["turn", "slide"])), float(rng.choice([1.0, -1.0, 0.5]))
        parents = ["fixed", *(made.name for made in joints)]
        joints.append(joint(name, str(rng.choice(KINDS)), parents, mimic=mimic, multiplier=multiplier))
    frames = ["fixed", *(made.name for made in joints)]
    bodies = [(shapes.box(*rng.uniform(20, 120, 3), at=tuple(rng.uniform(-60, 60, 3))), frame) for frame in frames]
    pairs = [(a, b, 0.0) for a in range(len(bodies)) for b in range(a)]
    return shapes.scene_of(joints, bodies, pairs, tuple(rng.permutation(["turn", "slide"])))


@pytest.mark.parametrize("seed", range(times(6)))
def test_every_claim_holds_whatever_follows_a_value(seed):
    rng = np.random.default_rng(seed)
    scene, made = random_scene(rng), np.zeros(5, dtype=int)
    for row in range(len(scene.pairs)):
        pair = replace(scene, pairs=(scene.pairs[row],))
        for extent in (30.0, 5.0):
            middle, reach = rng.uniform(-90, 90, 2), extent * rng.uniform(0.2, 1.0, 2)
            made += Asked(pair, middle, reach, 500.0).check()
    assert (made[:3] > 0).all()


def risen(couch_slides):
    """A post that rises above a plate, or a plate that sinks below it, by 1 mm for each degree of the gantry."""
    room = small_rooms.small_room([], gantry=(-60.0, 60.0, 1.0), couch_deg=(-20.0, 20.0, 5.0))
    machine, couch = room.machine, room.couch
    block, plate = shapes.box(50, 50, 50), Part("plate", shapes.box(300, 300, 20), "couch", "couch")
    if couch_slides:
        parts = (Part("post", shapes.box(50, 50, 50, at=(0, 0, 300)), "fixed", "post"),)
        machine = replace(machine, parts=parts)
        couch = replace(couch, joints=(*couch.joints, SLIDER), parts=(replace(plate, joint="slider"),))
    else:
        machine = replace(machine, joints=(*machine.joints, POST), parts=(Part("post", block, "post", "post"),))
        couch = replace(couch, parts=(plate,))
    return replace(room, machine=machine, couch=couch)


@pytest.mark.parametrize("couch_slides", [False, True])
def test_a_curve_where_a_turn_slides_something(couch_slides):
    """The gap is 265 mm ± 1 mm/° of gantry: so many directions are free for each buffer, in closed form."""

    def until(gantry_deg):
        return np.sign(gantry_deg) * (1.0 - np.cos(np.radians(gantry_deg)))

    expected = (until(60.0) - until(np.clip(BUFFERS_MM - 265.0, -60.0, 60.0))) * np.radians(40.0)
    curve = sim.buffer_curve(risen(couch_slides), BUFFERS_MM, tolerance=1e-3)
    assert (curve.lower_sr <= expected + 1e-9).all()
    assert (expected <= curve.upper_sr + 1e-9).all()
    assert (curve.upper_sr - curve.lower_sr < 2e-3 * 4.0 * np.pi).all()


def test_isocentres_where_a_turn_slides_something():
    """FCL at random poses of the cells that are decided, at each place of the table."""
    room = shapes.room(
        couch_parts=[("plate", shapes.box(300, 300, 20), "table_roll")],
        patient_parts=[("body", shapes.box(200, 150, 200))],
        sweep=sim.Sweep(gantry=(-60.0, 60.0, 1.0), couch=(-20.0, 20.0, 5.0)),
        buffers=sim.Buffers(patient_mm=20.0, couch_mm=0.0),
    )
    post = replace(POST, origin_mm=(0.0, 0.0, 150.0))
    parts = (*room.machine.parts, Part("post", shapes.box(50, 50, 50), "post", "post"))
    room = replace(room, machine=replace(room.machine, joints=(*room.machine.joints, post), parts=parts))
    isocentres_mm, rng = np.array([[0.0, 0.0, 0.0], [3.0, 0.0, 0.0], [0.0, 4.0, 2.0]]), np.random.default_rng(0)
    found = cells_of_isocentres(room, isocentres_mm, tolerance=2e-3)
    for isocentre_mm, cells in zip(isocentres_mm, found, strict=True):
        checker = Checker(scene_at(room, tuple(isocentre_mm)).scanning(("gantry", "couch")))
        decided = rng.permutation(np.flatnonzero(cells.status != UNDECIDED))[:400]
        low, high, is_free = cells.low[decided], cells.high[decided], cells.status[decided] == FREE
        assert is_free.any() and not is_free.all()
        poses = low + rng.random(low.shape) * (high - low)
        assert np.array_equal(checker.pair_status(poses).max(axis=0) == 0, is_free)
