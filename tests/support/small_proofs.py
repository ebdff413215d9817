"""Small rooms, proven and contradicted: a program that prints how often each copy of the simulator is wrong.

    cd tests; python -m support.small_proofs cells|clearances|curves|errors|places FOLDER=[ROOM]...

Every folder holds copies of `simulator.certify` and `simulator.setup`, asked in the place of the package's own until
one is wrong once: first in the room that is named, then in the others.
Without compilation (NUMBA_DISABLE_JIT=1) a copy that is never wrong costs some seconds.
"""

from __future__ import annotations

import importlib
import json
import sys

import numpy as np
from support import shapes, small_errors, small_tables

import simulator
from simulator.collision.checker import Checker
from simulator.models.kinematics import Joint

POSES = 140
TRUTH = {}
"""What FCL says of rooms that were asked before; no copy has a part in it."""


def rooms():
    """Rooms and rectangles of poses in them, each made for one way of being wrong.

    The last body moves against the others; "rest" moves nothing.
    """
    arm = Joint("arm", "revolute", "fixed", (0.0, 0.0, 1.0), (300.0, 0.0, 0.0))
    twice = Joint(
        "twice", "revolute", "arm", (0.0, 0.0, 1.0), mimic="arm"
    )  # turns what it carries by twice the value
    hand = Joint("hand", "fixed", "arm", (0.0, 0.0, 1.0), (-200.0, 30.0, 0.0))
    table = Joint("table", "revolute", "fixed", (0.0, 0.0, 1.0), (700.0, 0.0, 0.0))
    drawer = Joint("drawer", "prismatic", "fixed", (0.6, 0.8, 0.0))
    slide = Joint("slide", "prismatic", "fixed", (1.0, 0.0, 0.0))
    rest = Joint("rest", "revolute")
    along_x = np.array([(0, 0, 1), (1, 0, 0), (0, 1, 0)])
    peg, ball = shapes.box(2, 2, 2), shapes.needle(-5, 5, 5)
    rod, bar = (shapes.needle(0.0, 400.0, 2.0), shapes.prism(10, 2.0, -400.0, 400.0))
    rod, bar = rod.mapped(along_x), bar.mapped(along_x)

    def at(mesh, *place):
        return mesh.mapped(np.eye(3), place)

    def room(joints, bodies, *buffers_mm, scan=None):
        pairs = [(i, len(bodies) - 1, buffer_mm) for i, buffer_mm in enumerate(buffers_mm)]
        return shapes.scene_of([*joints, rest], bodies, pairs, scan or (joints[0].name, "rest"))

    pegs = [(at(peg, 600, 260, 0), "fixed"), (at(peg, 690, 20, 0), "fixed")]
    yield "an arm passes pegs", room([arm], [*pegs, (rod, "arm")], 0.0, 0.0), (-60, 0), (63, 0)
    near = [(at(peg, 660, 0, 12), "fixed"), (rod, "arm")]
    yield "a chain passes pegs", room([arm, twice], [*pegs, (rod, "twice")], 0.0, 0.0), (-30, 0), (31, 0)
    yield "an arm passes near a peg", room([arm], near, 20.0), (-30, 0), (31, 0)
    held_out = [(at(peg, -80, 0, 0), "fixed"), (at(peg, -180, -30, 0), "hand")]
    yield "a hand passes a peg", room([arm, hand], held_out, 0.0), (-40, 0), (41, 0)
    lid = [(shapes.box(10, 600, 40, at=(660, 0, 0)), "fixed"), (shapes.box(4, 4, 4, at=(380, 0, 0)), "arm")]
    yield "a lid comes down on a wall", room([arm], lid, 0.0), (-30, 0), (31, 0)
    turning = [(at(shapes.prism(10, 3.0, -5.0, 5.0), 660, 60, 0), "fixed"), (bar, "arm")]
    yield "a bar turns about its middle", room([arm], turning, 0.0), (-20, 0), (21, 0)
    yield "a bar on a chain", room([arm, twice], [turning[0], (bar, "twice")], 0.0), (-10, 0), (11, 0)
    walls = [(shapes.box(10, 500, 40, at=(505, 0, 0)), "fixed"), (shapes.box(500, 10, 40, at=(300, 285, 0)), "fixed")]
    crank = [*walls, (shapes.box(4, 4, 4, at=(60, 0, 0)), "arm")]
    yield "a crank turns between walls", room([arm], crank, 0.0, 0.0), (-180, 0), (180, 0)
    inside = [(shapes.box(20, 600, 40, at=(575, 0, 0)), "fixed"), (shapes.box(4, 4, 4, at=(300, 0, 0)), "twice")]
    yield "a chain swings into a wall", room([arm, twice], inside, 0.0), (-10, 0), (10, 0)
    drawn = [(at(peg, 120, 160, 0), "fixed"), (shapes.box(8, 8, 8), "drawer")]
    yield "a drawer meets a peg", room([drawer], drawn, 0.0), (0, 0), (310, 0)
    leaving = [(shapes.box(100, 100, 100), "fixed"), (shapes.box(60, 60, 60), "drawer")]
    yield "a drawer leaves a block", room([drawer], leaving, 0.0), (-100, 0), (290, 0)
    swung = [(shapes.box(200, 100, 100, at=(600, 0, 0)), "fixed"), (shapes.box(200, 30, 30, at=(300, 0, 0)), "arm")]
    yield "an arm leaves a block", room([arm], swung, 0.0), (-10, 0), (80, 0)
    cubes = [(shapes.box(100, 100, 100, at=(600, 0, 0)), "fixed"), (shapes.box(60, 60, 60, at=(300, 0, 0)), "twice")]
    yield "a chain leaves a block", room([arm, twice], cubes, 0.0), (-5, 0), (20, 0)
    both = [(shapes.box(100, 100, 100), "slide"), (shapes.box(60, 60, 60), "drawer")]
    yield "two drawers", room([drawer, slide], both, 0.0, scan=("drawer", "slide")), (-20, -4), (290, 4)
    plates = [(shapes.box(10, 160, 40, at=(-130, 0, 0)), "table"), (shapes.box(10, 160, 40, at=(130, 0, 0)), "arm")]
    yield "two plates turn", room([arm, table], plates, 0.0, scan=("arm", "table")), (-40, -40), (41, 41)
    beyond = [(at(peg, 60, 80, 30), "fixed"), (peg, "drawer")]
    yield "a drawer goes past", room([drawer], beyond, 40.0), (0, 0), (210, 0)
    yield "a ball in a block", room([drawer], [(leaving[0][0], "fixed"), (ball, "drawer")], 0.0), (-20, 0), (20, 0)
    lift = Joint("lift", "prismatic", "fixed", (0.0, 0.0, 1.0), mimic="arm")
    raised = [(at(peg, 0, 0, 110), "fixed"), (peg, "lift")]
    yield "a lift goes up as an arm turns", room([arm, lift], raised, 0.0), (-60, 0), (60, 0)
    tongue = Joint("tongue", "prismatic", "arm", (1.0, 0.0, 0.0))
    put_out = [(at(peg, 410, 0, 0), "fixed"), (peg, "tongue")]
    yield "a tongue is put out", room([arm, tongue], put_out, 0.0, scan=("arm", "tongue")), (-5, -50), (5, 50)
    hollow = shapes.joined(leaving[0][0], shapes.inside_out(shapes.box(60, 60, 60)))
    one, turned = at(leaving[0][0], 25, 0, 0), shapes.inside_out(at(leaving[0][0], -25, 0, 0))
    opposed = [(shapes.joined(one, turned), "fixed"), (ball, "drawer")]
    yield "a ball in two blocks of opposite winding", room([drawer], opposed, 0.0), (-20, 0), (20, 0)
    yield "a ball in a cavity", room([drawer], [(hollow, "fixed"), (ball, "drawer")], 0.0), (-20, 0), (20, 0)


def loaded(folder):
    """The modules that the rooms and the campaigns need, of a copy."""
    ours = ("simulator.certify.", "simulator.setup.", "support.proven.")
    for name in [name for name in sys.modules if f"{name}.".startswith(ours)]:
        del sys.modules[name]
    simulator.__path__ = [folder, *simulator.__path__[-1:]]
    importlib.invalidate_caches()
    assert importlib.import_module("simulator.certify").__file__.startswith(folder)
    return {
        "proven": importlib.import_module("support.proven"),
        "prover": importlib.import_module("simulator.certify.prover"),
        "curve": importlib.import_module("simulator.certify.clearance_curve"),
        "coverage": importlib.import_module("simulator.certify.kernels.coverage"),
        "places": importlib.import_module("simulator.certify.places"),
        "all_places": importlib.import_module("simulator.certify.all_places"),
        "place_proofs": importlib.import_module("simulator.certify.place_proofs"),
        "robust": importlib.import_module("simulator.certify.robust"),
        "error_sets": importlib.import_module("simulator.certify.error_sets"),
        "form": importlib.import_module("simulator.certify.form"),
        "erring": importlib.import_module("simulator.setup.erring"),
    }


def cells(of, scene, low, high):
    """How often FCL contradicts the cells of a room, and the share that they decide."""
    proven = of["proven"]
    cells = proven.prove(scene, low, high, weight=proven.longest, undecided=0.02, finest=0.2, most_cells=80)
    found = proven.found_wrong(scene, cells, np.random.default_rng(1), POSES)
    way = np.linspace(low, high, 2 * POSES)
    found += proven.contradictions(proven.Checker(scene), cells, way, proven.cell_of(cells, way))
    lengths = proven.longest(cells.low, cells.high)
    return len(found), float(lengths[cells.status != proven.UNDECIDED].sum() / lengths.sum())


def clearances(of, scene, low, high):
    """At how many poses a clearance is more than FCL's distance or over 1 mm less, and at how many it is known."""
    poses = np.linspace(low, high, POSES)
    found = of["prover"].Prover(scene).clearance_mm(poses)[0]
    truth = of["proven"].Checker(scene).clearance(poses)[0]
    return int(((found > truth) | (found < truth - 1.0)).sum()), float(np.isfinite(found).mean())


def clearances_by_fcl(scene, low, high):
    """FCL's clearance at poses all over a rectangle: asked once of each room, for all copies."""
    asked = (scene.sha256, low, high)
    if asked not in TRUTH:
        steps = (np.arange(20 * POSES) + 0.5) / (20 * POSES)
        along = np.stack([steps, np.random.default_rng(2).permutation(steps)], axis=1)
        poses = np.asarray(low) + along * (np.asarray(high) - np.asarray(low))
        TRUTH[asked] = Checker(scene).clearance(poses)[0]
    return TRUTH[asked]


def curves(of, scene, low, high):
    """For how many buffers the bounds do not hold what FCL finds free, and how near they are to each other."""
    of["coverage"].GRID, of["coverage"].HALF, of["curve"].GRID = 8, 4, 8  # plain Python is slow
    high = (high[0], max(high[1], 1))
    starts, ends = of["proven"].tiles(low, high, ((high[0] - low[0]) / 4, high[1] - low[1]))
    area = float(of["proven"].area(starts, ends).sum())
    buffers_mm = np.array([0.0, 10.0, 30.0, 60.0, 110.0, 210.0, 250.0])
    found = of["curve"].free_by_buffer(
        of["prover"].Prover(scene),
        starts,
        ends,
        buffers_mm,
        weight=of["proven"].area,
        tolerance=0.05 * area,
        most_cells=80,
    )
    share, doubt = (clearances_by_fcl(scene, low, high)[:, None] > buffers_mm).mean(axis=0), 0.012
    wrong = (found.lower / area > share + doubt) | (found.upper / area < share - doubt)
    return int(wrong.sum()), 1.0 - float((found.upper - found.lower).max() / area)


def errors(of, campaign, *room):
    """What a room with errors of the set-up is asked, see `small_errors`."""
    return campaign(of, *room)


ROOMS = {"errors": small_errors.rooms, "places": small_tables.rooms}
CAMPAIGNS = {
    "cells": cells,
    "clearances": clearances,
    "curves": curves,
    "errors": errors,
    "places": small_tables.contradicted,
}
CURVED = (
    *("a crank turns between walls", "a drawer leaves a block", "two plates turn", "a chain leaves a block"),
    *("a lift goes up as an arm turns", "a tongue is put out"),
)
"""Rooms that the curves are asked of: they cost most."""


def wrong(what, folder, first):
    """How often a copy is contradicted in each room, up to the first where it is, and how much of each it decides."""
    of, contradictions, decided = loaded(folder), {}, {}
    asked = [room for room in ROOMS.get(what, rooms)() if what != "curves" or room[0] in CURVED]
    for name, *room in sorted(asked, key=lambda room: room[0] != first):
        contradictions[name], decided[name] = CAMPAIGNS[what](of, *room)
        if contradictions[name]:
            break
    return {"contradictions": contradictions, "decided": decided}


if __name__ == "__main__":
    copies = [argument.partition("=") for argument in sys.argv[2:]]
    print(json.dumps({folder: wrong(sys.argv[1], folder, first) for folder, _, first in copies}))
