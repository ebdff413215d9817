"""Errors of the set-up as joints of the room: where the table top really stands, and what joints really read.

The table top is off as a couch with six degrees of freedom corrects it, in the axes of the patient support, which the
couch turns (IEC 61217 s): three slides before the table's own translations, so that column and carriage follow, then
turns about z, x and y (rotation, pitch, roll) through the planned isocentre, of the table top and all that it carries
alone. A point p of the patient, seen from the isocentre, gets to t + Rz(rotation) Rx(pitch) Ry(roll) p.

An error of a joint's reading turns (or slides) as the joint does, and what mimics the joint follows.

With all errors 0 the room is the planned one. That keeps its hash, its pairs and its buffers; directions are those of
the planned pose.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from simulator.collision.scene import Scene
from simulator.errors import SimulatorError, unknown
from simulator.geometry.transforms import inverse
from simulator.models.kinematics import Joint, KinematicTree
from simulator.scenario.axis import split_field
from simulator.scenario.setup_errors import TABLE_TOP, Errors
from simulator.setup.placing import TABLE_POSITION

AXES = {
    "lateral_mm": (1.0, 0.0, 0.0),
    "longitudinal_mm": (0.0, 1.0, 0.0),
    "vertical_mm": (0.0, 0.0, 1.0),
    "rotation_deg": (0.0, 0.0, 1.0),
    "pitch_deg": (1.0, 0.0, 0.0),
    "roll_deg": (0.0, 1.0, 0.0),
}
"""Of the errors of the table top, in the axes of the patient support."""


def error_joint(field: str) -> str:
    """Return the joint of an error: ``error_pitch`` of ``pitch_deg``."""
    return f"error_{split_field(field)[0]}"


def bounds_of(errors: Errors) -> NDArray[np.float64]:
    """Return what errors are within, shape (m,), in the order of ``errors.given``.

    Raises
    ------
    SimulatorError
        If one has a standard deviation, beyond which it may always be.
    """
    normal = errors.only("standard_deviation")
    if normal:
        raise SimulatorError(
            f"errors: each must have a bound for a robust answer; {', '.join(normal)} has a standard deviation: ask "
            "for the chance of a contact"
        )
    return np.array(list(errors.only("bound").values()), dtype=float)


def sizes_of(errors: Errors) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return bounds and standard deviations (m,), in the order of ``errors.given``; one of them 0 for each.

    Raises
    ------
    SimulatorError
        If none has a standard deviation.
    """
    if not errors.only("standard_deviation"):
        raise SimulatorError("errors: one at least must have a standard_deviation for a chance of contact")
    return tuple(  # type: ignore[return-value]
        np.array([error.size if error.kind == kind else 0.0 for error in errors.given.values()])
        for kind in ("bound", "standard_deviation")
    )


def require_joints_of_errors(tree: KinematicTree, errors: Errors) -> None:
    """Refuse errors of joints that are not there, do not move by their own value, or have another unit."""
    known = [f"{one.name}_{one.unit}" for one in tree.joints if one.type != "fixed" and one.mimic is None]
    for field in errors.of_joints:
        if field not in known:
            raise unknown("errors: field", field, (*TABLE_TOP, *known))


def with_errors(scene: Scene, errors: Errors, table_top: str) -> Scene:
    """Return a room with the joints of its errors, at rest at 0.

    Parameters
    ----------
    scene : Scene
        As it is planned.
    errors : Errors
        What may be off.
    table_top : str
        The joint that carries the table top.
    """
    tree = scene.tree
    for field in errors.given:
        if field not in TABLE_TOP:
            tree = _misread(tree, split_field(field)[0])
    of_top = [field for field in TABLE_TOP if field in errors.given]
    slides = [field for field in of_top if field.endswith("_mm")]
    turns = [field for field in of_top if field.endswith("_deg")]
    first = next(joint for joint in scene.tree.path(table_top) if joint in TABLE_POSITION)
    carries = scene.tree.path(first)[:-1]  # what turns the patient support turns the axes of the errors, too
    at_rest = {joint: value for joint, value in scene.rest.items() if joint not in {*scene.scan, *carries}}
    tree = _inserted(tree, first, slides, at_rest)
    tree = _inserted(tree, table_top, turns, at_rest)
    return replace(scene, tree=tree, rest={**scene.rest, **{error_joint(field): 0.0 for field in errors.given}})


def _inserted(tree: KinematicTree, before: str, fields: Iterable[str], at_rest: dict[str, float]) -> KinematicTree:
    """Return a tree with errors of the table top before a joint; the frames of turns are in the isocentre."""
    moved = tree[before]
    T_parent_fixed = inverse(tree.T_fixed_frame(moved.parent, at_rest))
    centre = T_parent_fixed[:3, 3]
    parent = moved.parent
    joints: list[Joint] = []
    for field in fields:
        axis = tuple((T_parent_fixed[:3, :3] @ AXES[field]).tolist())
        origin = tuple(centre.tolist()) if not joints else (0.0, 0.0, 0.0)  # @isocentre
        kind = "prismatic" if field.endswith("_mm") else "revolute"
        joints.append(Joint(error_joint(field), kind, parent, axis, origin))  # type: ignore[arg-type]
        parent = joints[-1].name
    if not joints:
        return tree
    origin = tuple((np.asarray(moved.origin_mm) - centre).tolist())
    follows = replace(moved, parent=parent, origin_mm=origin)
    return KinematicTree((*joints, *(follows if joint.name == before else joint for joint in tree.joints)))


def _misread(tree: KinematicTree, joint: str) -> KinematicTree:
    """Return a tree in which a joint, and all that mimic it, go on by an error before they go by their value."""
    joints = []
    for one in tree.joints:
        driver, multiplier = tree.driver(one.name)
        if driver != joint or one.type == "fixed":
            joints.append(one)
            continue
        error = replace(one, name=f"error_{one.name}", limits=None, rest=None, mimic=None, multiplier=1.0)
        if one.name != joint:
            error = replace(error, mimic=f"error_{joint}", multiplier=multiplier)
        joints += [
            error,
            replace(one, parent=error.name, origin_mm=(0.0, 0.0, 0.0), rotation_parent=None),
        ]
    return KinematicTree(tuple(joints))
