"""Random rooms whose standing joints are moved a little, again and again, and what cells say of them."""

from __future__ import annotations

import importlib.util
import itertools
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from support import shapes
from support.proven import area, found_wrong, longest, tiles
from support.shapes import random_scene

from simulator.certify import margins
from simulator.certify.branch_and_bound import UNDECIDED
from simulator.certify.prover import Prover
from simulator.collision.shifted import shifts_mm
from simulator.models.kinematics import Joint, KinematicTree

LOW, HIGH, STEP = (-60.0, -60.0), (60.0, 60.0), (60.0, 60.0)
POSES = 40


def moved(rng, scene, size_mm):
    """The room with what slides or stands between the scanned joints elsewhere, by so many mm about."""
    joints, rest = [], dict(scene.rest)
    for joint in scene.tree.joints:
        if joint.type == "fixed":
            joint = replace(joint, origin_mm=tuple(np.add(joint.origin_mm, rng.normal(0.0, size_mm, 3))))
        elif joint.type == "prismatic" and joint.name not in scene.scan:
            rest[joint.name] += rng.normal(0.0, size_mm)
        joints.append(joint)
    return replace(scene, tree=KinematicTree(tuple(joints)), rest=rest)


def drag(seed, *, of=margins, shifts=shifts_mm, moves=2, size_mm=2.0, merges=True):
    """Poses of a random room at which FCL contradicts cells after moves, before and after they are refined.

    Also the share of the decided area that the proofs of the room before decide, without any being asked.
    """
    rng = np.random.default_rng(seed)
    scene = random_scene(rng, stacked=bool(rng.integers(2)))
    whole = float(np.prod(np.subtract(HIGH, LOW)))
    cells = of.MovedCells.undecided(Prover(scene), *tiles(LOW, HIGH, STEP)).refined(area, 0.3 * whole)
    wrong, kept, decided = [], 0.0, 0.0
    for _ in range(moves):
        before, scene = scene, moved(rng, scene, size_mm)
        cells = (cells.merged() if merges else cells).moved(Prover(scene), shifts(before, scene))
        assert np.isclose(area(cells.cells.low, cells.cells.high).sum(), whole)
        wrong += found_wrong(scene, cells.cells, rng, POSES)
        kept += _decided(cells.cells)
        cells = cells.refined(area, 0.3 * whole)
        wrong += found_wrong(scene, cells.cells, rng, POSES)
        decided += _decided(cells.cells)
    return wrong, kept / max(decided, 1e-9)


def _decided(cells):
    return float(area(cells.low, cells.high)[cells.status != UNDECIDED].sum())


def slid_rooms():
    """Two rooms each, before and after something slid, the cells to begin with, and whether these are merged first.

    Each is made for one way of being wrong.
    """
    rest = Joint("rest", "revolute")
    turn, slide = Joint("turn", "revolute"), Joint("slide", "prismatic", axis=(1.0, 0.0, 0.0))
    ball, peg = shapes.prism(64, 10.0, -5.0, 5.0), shapes.box(4, 4, 4)

    def of(joints, bodies, buffer_mm, **rest_mm):
        return shapes.scene_of([*joints, rest], bodies, [(0, 1, buffer_mm)], ("turn", "rest"), **rest_mm)

    def wall(gap_mm, buffer_mm, slide_mm, width_mm=10.0):
        side_mm = max(width_mm, 40.0)
        at = (10.0 + gap_mm + width_mm / 2, 0.0, 0.0)
        bodies = [(ball, "turn"), (shapes.box(width_mm, side_mm, side_mm, at=at), "slide")]
        return of([turn, slide], bodies, buffer_mm, slide=slide_mm)

    for slide_mm in (-20.0, -45.0, -55.0, -60.0, 45.0, 55.0):
        yield wall(50.0, 0.0, 0.0), wall(50.0, 0.0, slide_mm), (-5.0, 5.0), False
    for slide_mm in (1.0, 15.0, 25.0, 40.0):
        yield wall(10.0, 30.0, 0.0), wall(10.0, 30.0, slide_mm), (-5.0, 5.0), False
    for slide_mm in (1.0, 29.0, 31.0, 260.0):
        yield wall(-110.0, 30.0, 0.0, 200.0), wall(-110.0, 30.0, slide_mm, 200.0), (-5.0, 5.0), False
    hand = Joint("hand", "prismatic", "turn", (1.0, 0.0, 0.0))
    drawer, on_drawer = replace(slide, name="drawer"), replace(turn, parent="drawer")
    chain = (
        [drawer, on_drawer, hand],
        [(shapes.box(10, 40, 40, at=(60, 0, 0)), "fixed"), (shapes.box(10, 10, 10), "hand")],
    )
    for each_mm in (10.0, 24.0, 30.0):
        after = of(*chain, 0.0, drawer=each_mm, hand=each_mm)
        yield of(*chain, 0.0, drawer=0.0, hand=0.0), after, (-2.0, 2.0), False
    rod = shapes.needle(0.0, 400.0, 2.0).mapped(np.array([(0, 0, 1), (1, 0, 0), (0, 1, 0)]))
    for angle_deg, towards_mm in itertools.product((24.0, 26.0, 28.0, 30.0), (20.0, 30.0, 40.0, 50.0, 60.0)):
        place = 350.0 * np.cos(np.radians(angle_deg)), 350.0 * np.sin(np.radians(angle_deg)), 0.0
        down = replace(slide, axis=(0.0, -1.0, 0.0))
        bodies = [(rod, "turn"), (peg.mapped(np.eye(3), place), "slide")]
        yield *(of([turn, down], bodies, 0.0, slide=mm) for mm in (0.0, towards_mm)), (-20.0, 20.0), True


def slid(before, after, ends, merges, *, of=margins, shifts=shifts_mm):
    """The cells of a room after a slide, before any is asked, and the poses at which FCL contradicts them."""
    low, high = np.array([[ends[0], 0.0]]), np.array([[ends[1], 0.0]])
    cells = of.MovedCells.undecided(Prover(before), low, high).refined(longest, 0.0)
    cells = cells.merged() if merges else cells
    cells = cells.moved(Prover(after), shifts(before, after))
    return cells, found_wrong(after, cells.cells, np.random.default_rng(1), POSES)


def with_defect(module, marker, line):
    """A copy of a module that is wrong in the line that ends with a marker."""
    name = f"{module.__name__}_{marker}"
    source = Path(module.__file__).read_text(encoding="utf-8").splitlines()
    (at,) = (number for number, text in enumerate(source) if text.endswith(f"# @{marker}"))
    indent = len(source[at]) - len(source[at].lstrip())
    source[at] = " " * indent + line
    spec = importlib.util.spec_from_loader(name, loader=None)
    copy = importlib.util.module_from_spec(spec)
    sys.modules[name] = copy
    exec(compile("\n".join(source), module.__file__, "exec"), vars(copy))
    return copy
