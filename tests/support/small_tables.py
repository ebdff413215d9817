"""Rooms in which a table turns and slides, and whether FCL contradicts what is proven for all places at once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from support import shapes

from simulator.models.kinematics import Joint

SLIDES = ("lateral", "longitudinal", "vertical")
POSES = 1000


def rooms():
    """Rooms with places of the slides, and how far they reach to either side."""
    table = Joint("table", "revolute", "fixed", (0.0, 0.0, 1.0), (30.0, 0.0, 0.0))
    arm = Joint("arm", "revolute", "fixed", (0.0, 1.0, 0.0))
    axes = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
    slides = [
        Joint(name, "prismatic", parent, axis)
        for name, parent, axis in zip(SLIDES, ("table", *SLIDES[:2]), axes, strict=True)
    ]
    joints, scan = [arm, table, *slides], ("arm", "table", *SLIDES)
    needle = shapes.needle(60.0, 220.0, 12.0).mapped(np.array([(0, 0, 1), (1, 0, 0), (0, 1, 0)]))
    plate = shapes.box(160, 12, 60, at=(0, 260, 0))
    block, cube = shapes.box(90, 90, 90, at=(0, 0, 150)), shapes.box(60, 60, 60, at=(60, 0, 40))

    def room(name, bodies, buffer_mm, low, high, spread_mm, half_mm):
        scene = shapes.scene_of(joints, bodies, [(0, 1, buffer_mm)], scan)
        places = spread_mm * np.array([(1, 1, 1), (-1, 0.5, -1), (0.2, -1, 1)])
        return name, scene, low, high, places, half_mm * np.ones(3)

    standing = [(plate, "fixed"), (needle, "vertical")]
    low, high = (-5, -60), (5, 120)
    yield room("a needle passes a plate", standing, 20.0, low, high, 15.0, 0.0)
    yield room("a needle anywhere in a box", standing, 20.0, low, high, 5.0, 9.0)
    turning, low, high = [(block, "arm"), (cube, "vertical")], (-80, -50), (80, 50)
    yield room("a block passes a cube", turning, 10.0, low, high, 12.0, 0.0)
    yield room("a block passes a box of cubes", turning, 0.0, low, high, 5.0, 8.0)


def contradicted(of, scene, low, high, places, half):
    """How often FCL contradicts the cells of places, and the share that they decide."""
    proven, shared = of["proven"], of["place_proofs"]
    shared.HALVINGS, of["places"].LARGE = 2, 50.0  # plain Python is slow
    cells = proven.tiles(low, high, ((high[0] - low[0]) / 4, (high[1] - low[1]) / 4))
    whole, rng = float(proven.area(*cells).sum()), np.random.default_rng(4)
    asked = {"weight": proven.area, "tolerance": 0.05 * whole, "most_cells": 60}
    prover, keeps = of["prover"].Prover(scene), proven.buffers(scene)
    begun = of["all_places"].AllPlaces.nothing(prover, *cells)
    if half.any():
        boxes = [(place - half, place + half) for place in places]
        asked["most_cells"] = 200
        found = [of["places"].cells_over_box(prover, begun, box, keeps, **asked) for box in boxes]
    else:
        # As if their box had been asked before: what is wrong must show in the search, with nothing decided yet.
        begun = replace(begun, least_mm=places.min(axis=0), greatest_mm=places.max(axis=0))
        found = of["places"].cells_at_places(prover, begun, places, keeps, **asked)
    wrong, decided = 0, []
    for place, each in zip(places, found, strict=True):
        decided.append(1.0 - proven.share(each, proven.UNDECIDED))
        for corner in ((1, 1, 1), (-1, -1, -1), (1, -1, 1), (-1, 1, 1))[: 4 if half.any() else 1]:
            at = dict(zip(SLIDES, map(float, place + corner * half), strict=True))
            there = replace(scene.scanning(scene.scan[:2]), rest={**scene.rest, **at})
            wrong += len(proven.found_wrong(there, each, rng, POSES))
    return wrong, float(np.mean(decided))
