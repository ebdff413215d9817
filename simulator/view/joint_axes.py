"""The joints that a viewer moves: over which values, and where they stand if nobody says."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from simulator.collision.scene import Scene
from simulator.maps.collision_map import CollisionMap
from simulator.models.kinematics import KinematicTree
from simulator.scenario.axis import SYMBOLS, Axis, split_field
from simulator.setup.joints import extent_of
from simulator.setup.setup import Setup

Pose = dict[str, float]
COLLIMATOR = "collimator"
ROUND_MM = 1.0
"""Parts whose outlines differ by less in any direction are round: the collimator angle does not matter."""


def moving_axes(setup: Setup, cmap: CollisionMap | None) -> dict[str, Axis]:
    """Return what a viewer moves: the axes of the map, else of the set-up, and the collimator where it matters."""
    collimator = collimator_axis(setup.scene)
    axes = [*([] if cmap is None else cmap.sweep), *setup.sweep, *([] if collimator is None else [collimator])]
    found: dict[str, Axis] = {}
    for axis in axes:
        found.setdefault(axis.joint, axis)
    return found


def plane_of(setup: Setup, cmap: CollisionMap | None) -> tuple[str, ...]:
    """Return the joints that give the direction, the one nearer the beam first; else the first two of the sweep."""
    if cmap is not None:
        return cmap.counted[:2]
    return setup.sweep.joints[:2] if setup.aim is None else (setup.aim.chart.inner, setup.aim.chart.outer)


def shown_pose(setup: Setup, cmap: CollisionMap | None, given: Mapping[str, float]) -> Pose:
    """Return a pose with a value for each joint that can be moved; what is not given stands as in the map, or rests.

    Of the beam of an arm only the direction is needed: the rest is as the arm aims best.

    Raises
    ------
    SimulatorError
        If a joint is unknown, or a value nowhere within its limits.
    """
    stands = _standing(setup, cmap)
    joints = moving_axes(setup, cmap) if setup.machine.arm is None else plane_of(setup, cmap)
    return setup.pose(**{joint: stands[joint] for joint in joints} | dict(given))


def beside_the_map(setup: Setup, cmap: CollisionMap, pose: Mapping[str, float]) -> Pose:
    """Return the joints of a pose that the map does not sweep and has elsewhere: where the map has them.

    The map of a machine with an arm holds for all that the arm can do.
    """
    if setup.machine.arm is not None:
        return {}
    stands = _standing(setup, cmap)
    return {joint: stands[joint] for joint in pose if joint not in cmap.sweep.joints and pose[joint] != stands[joint]}


def _standing(setup: Setup, cmap: CollisionMap | None) -> Pose:
    """Return where the joints stand that nobody moves."""
    at = {} if cmap is None else cmap.provenance.get("at", {})
    return {**setup.scene.rest, **{split_field(field)[0]: value for field, value in at.items()}}


def T_fixed_frame(setup: Setup, frame: str, pose: Mapping[str, float]) -> NDArray[np.float64]:
    """Return the transform (4, 4) of a joint's axes to the room's at a pose."""
    return setup.scene.tree.T_fixed_frame(frame, {**setup.scene.rest, **pose})


def told(tree: KinematicTree, pose: Mapping[str, float]) -> str:
    """Return a pose as words, to a hundredth."""
    return ", ".join(f"{joint} {round(value, 2) + 0.0:g}{SYMBOLS[tree[joint].unit]}" for joint, value in pose.items())


def collimator_axis(scene: Scene) -> Axis | None:
    """Return the collimator's angles by about 1°; None where it moves nothing that is not round."""
    if COLLIMATOR not in scene.tree:
        return None
    joint = scene.tree[COLLIMATOR]
    across = np.linalg.svd(np.asarray(joint.axis)[None])[2][1:]
    turn = np.radians(np.arange(0.0, 360.0, 5.0))
    for body in scene.bodies:
        if body.joint == COLLIMATOR and body.is_drawn:
            reach = (np.stack([np.cos(turn), np.sin(turn)], axis=1) @ across @ body.mesh.vertices_mm.T).max(axis=1)
            if np.ptp(reach) > ROUND_MM:
                start, stop = extent_of(joint, None).extent
                return Axis(joint=COLLIMATOR, start=start, stop=stop, step=(stop - start) / round(stop - start))
    return None
