"""Rooms in which slides carry bodies beyond the joint that turns them, as a table does on its couch."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from support import shapes

from simulator.collision.scene import Scene
from simulator.models.kinematics import Joint

AIMING = ("first", "second")
SLIDES = ("slide 0", "slide 1", "slide 2")
SCAN = (*AIMING, *SLIDES)


def table_room(rng) -> Scene:
    """Crumpled bodies on two joints whose axes miss each other; on one of them, on one slide or on three."""

    def unit():
        vector = rng.normal(size=3)
        return tuple(vector / np.linalg.norm(vector))

    def at():
        return tuple(rng.uniform(-40, 40, 3))

    slides = [
        Joint(name, "prismatic", parent, unit(), at())
        for name, parent in zip(SLIDES, ("second", *SLIDES[:2]), strict=True)
    ]
    first = Joint("first", rng.choice(["revolute", "revolute", "prismatic"]), "fixed", unit(), at())
    joints = [first, Joint("second", "revolute", "fixed", unit(), at()), *slides]
    carriers = ["fixed", "first", "first", "slide 0", "slide 2", "slide 2"]
    places = [tuple(rng.uniform(60, 140) * np.array(unit())) for _ in carriers]
    meshes = [shapes.crumpled(rng, rng.uniform(15, 90)).mapped(np.eye(3), place) for place in places]
    bodies = list(zip(meshes, carriers, strict=True))
    pairs = [
        (a, b, float(rng.choice([0.0, 5.0, 20.0])))
        for a, b in ((0, 1), (0, 3), (0, 4), (1, 3), (1, 4), (2, 4), (2, 5), (4, 1), (3, 5))
    ]
    return shapes.scene_of(joints, bodies, pairs, SCAN)


def standing(scene: Scene, place: np.ndarray) -> Scene:
    """The room for poses of the two joints, its slides at a place."""
    return replace(scene.scanning(AIMING), rest={**scene.rest, **dict(zip(SLIDES, map(float, place), strict=True))})
