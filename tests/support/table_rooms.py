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
    slides = [
        Joint(name, "prismatic", parent, _unit(rng), _at(rng))
        for name, parent in zip(SLIDES, ("second", *SLIDES[:2]), strict=True)
    ]
    first = Joint("first", rng.choice(["revolute", "revolute", "prismatic"]), "fixed", _unit(rng), _at(rng))
    joints = [first, Joint("second", "revolute", "fixed", _unit(rng), _at(rng)), *slides]
    carriers = ["fixed", "first", "first", "slide 0", "slide 2", "slide 2"]
    pairs = [(0, 1), (0, 3), (0, 4), (1, 3), (1, 4), (2, 4), (2, 5), (4, 1), (3, 5)]
    return shapes.scene_of(joints, _bodies(rng, carriers), _buffered(rng, pairs), SCAN)


def drawer_room(rng) -> Scene:
    """Crumpled bodies of which some are carried by slides alone, or are so as far as the other of a pair can see."""
    joints = [
        Joint("first", "revolute", "fixed", _unit(rng), _at(rng)),
        Joint("second", "revolute", "fixed", _unit(rng), _at(rng)),
        Joint("slide 0", "prismatic", "second", _unit(rng), _at(rng)),
        Joint("slide 1", "prismatic", "fixed", _unit(rng), _at(rng)),
        Joint("slide 2", "prismatic", "slide 1", _unit(rng), _at(rng)),
    ]
    carriers = ["fixed", "first", "second", "slide 0", "slide 1"]
    pairs = [(2, 3), (0, 4), (1, 4), (2, 4), (3, 4)]
    return shapes.scene_of(joints, _bodies(rng, carriers), _buffered(rng, pairs), SCAN)


def standing(scene: Scene, place: np.ndarray) -> Scene:
    """The room for poses of the two joints, its slides at a place."""
    return replace(scene.scanning(AIMING), rest={**scene.rest, **dict(zip(SLIDES, map(float, place), strict=True))})


def _unit(rng):
    vector = rng.normal(size=3)
    return tuple(vector / np.linalg.norm(vector))


def _at(rng):
    return tuple(rng.uniform(-40, 40, 3))


def _bodies(rng, carriers):
    places = [tuple(rng.uniform(60, 140) * np.array(_unit(rng))) for _ in carriers]
    meshes = [shapes.crumpled(rng, rng.uniform(15, 90)).mapped(np.eye(3), place) for place in places]
    return list(zip(meshes, carriers, strict=True))


def _buffered(rng, pairs):
    return [(a, b, float(rng.choice([0.0, 5.0, 20.0]))) for a, b in pairs]
