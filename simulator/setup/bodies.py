"""The bodies of a room: the parts of its models, each on the joint that carries it.

Where it is not known where the table stands under the patient, the parts that would move with it are everywhere
within its range at once; see `simulator.models.swept`. The table's travel ends its range.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from simulator.collision.scene import Body
from simulator.errors import SimulatorError
from simulator.geometry.transforms import direction, inverse
from simulator.models.kinematics import KinematicTree
from simulator.models.mesh import Mesh
from simulator.models.model import Part
from simulator.models.swept import is_convex, swept
from simulator.setup.contents import Contents
from simulator.setup.lying import Lying
from simulator.setup.placing import TABLE_POSITION

SWEPT = ("couch", "fixation")
"""Kinds of models that move with the table under a patient who stays at the isocentre."""
STILL = 1e-9
"""What moves by no more for a mm of the table stands still."""


def place_bodies(
    contents: Contents, tree: KinematicTree, rest: Mapping[str, float], lies: Lying | None = None
) -> tuple[Body, ...]:
    """Return the bodies of all parts: patient, fixation devices, couch, machine, in order of importance.

    Raises
    ------
    SimulatorError
        If two parts have one name: a culprit must be one part.
    """
    names = [part.name for _, part, _ in contents.owned]
    again = sorted({name for name in names if names.count(name) > 1})
    if again:
        *others, last = [model.name for _, model in contents.models]
        raise SimulatorError(
            f"parts of {', '.join(others)} and {last} must have names of their own, {', '.join(again)} is used again"
        )
    top, found = contents.couch.table_top.joint, []
    for kind, part, joint in contents.owned:
        mesh = _anywhere(part, joint, top, tree, rest, lies) if kind in SWEPT else part.mesh
        found.append(Body(part.name, mesh, joint, part.colour))
    return tuple(found)


def made_convex(
    contents: Contents, tree: KinematicTree, rest: Mapping[str, float], lies: Lying | None
) -> tuple[str, ...]:
    """Return the parts of couch and devices that stand as their hulls, because it is not known where the table is."""
    top = contents.couch.table_top.joint
    return tuple(
        part.name
        for kind, part, joint in contents.owned
        if kind in SWEPT and _ways(joint, top, tree, rest, lies) and not is_convex(part.mesh)
    )


def _anywhere(
    part: Part, joint: str, top: str, tree: KinematicTree, rest: Mapping[str, float], lies: Lying | None
) -> Mesh:
    """Return the mesh of a part that moves with the table, wherever within its range that may be."""
    ways = _ways(joint, top, tree, rest, lies)
    return swept(part.mesh, ways) if ways else part.mesh


def _ways(
    joint: str, top: str, tree: KinematicTree, rest: Mapping[str, float], lies: Lying | None
) -> list[list[NDArray[np.float64]]]:
    """Return from where to where what a joint carries may be off, in its axes, for each joint with a range.

    A table that is elsewhere under the patient is so in the plane of its top. Where pitch and roll incline that, its
    height changes, too.
    """
    level = {**rest, **dict.fromkeys({"table_pitch", "table_roll"} & rest.keys(), 0.0)}
    ways = []
    for name, (low, high) in ({} if lies is None else lies.ranges).items():
        along_top = direction(inverse(tree.T_fixed_frame(top, level)), _axis(tree, name, level))
        along = direction(tree.T_fixed_frame(top, rest), along_top)
        axes = {each: _axis(tree, each, rest) for each in TABLE_POSITION}
        carried = [axis for each, axis in axes.items() if each in tree.path(joint)]
        moved = sum((along @ axis * axis for axis in carried), np.zeros(3))
        if np.linalg.norm(moved) <= STILL:
            continue
        moved = direction(inverse(tree.T_fixed_frame(joint, rest)), moved)
        least, most = np.subtract(tree[name].limits or (-np.inf, np.inf), rest[name]) / (along @ axes[name])
        ways.append([max(low, least) * moved, min(high, most) * moved])
    return ways


def _axis(tree: KinematicTree, joint: str, values: Mapping[str, float]) -> NDArray[np.float64]:
    """Return the unit vector (3,) along which a joint slides, in the room."""
    return direction(tree.T_fixed_frame(joint, values), np.asarray(tree[joint].axis))
