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
from simulator.models.couch import Couch
from simulator.models.kinematics import KinematicTree
from simulator.models.machine import Machine
from simulator.models.mesh import Mesh
from simulator.models.model import Part
from simulator.models.patient import Patient
from simulator.models.swept import is_convex, swept
from simulator.setup.lying import Lying
from simulator.setup.placing import PATIENT_FRAME, TABLE_POSITION

STILL = 1e-9
"""What moves by no more for a mm of the table stands still."""


def place_bodies(
    machine: Machine,
    couch: Couch,
    patient: Patient,
    tree: KinematicTree,
    rest: Mapping[str, float],
    lies: Lying | None = None,
) -> tuple[Body, ...]:
    """Return the bodies of all parts: patient, couch, machine, in order of importance.

    Raises
    ------
    SimulatorError
        If two parts have one name: a culprit must be one part.
    """
    parts = [part for model in (patient, couch, machine) for part in model.parts]
    names = [part.name for part in parts]
    again = sorted({name for name in names if names.count(name) > 1})
    if again:
        raise SimulatorError(
            f"parts of {patient.name}, {couch.name} and {machine.name} must have names of their own, "
            f"{', '.join(again)} is used again"
        )
    return tuple(
        [Body(part.name, part.mesh, PATIENT_FRAME, part.colour) for part in patient.parts]
        + [
            Body(part.name, _anywhere(part, couch.table_top.joint, tree, rest, lies), part.joint, part.colour)
            for part in couch.parts
        ]
        + [Body(part.name, part.mesh, part.joint, part.colour) for part in machine.parts]
    )


def made_convex(couch: Couch, tree: KinematicTree, rest: Mapping[str, float], lies: Lying | None) -> tuple[str, ...]:
    """Return the parts of a couch that stand as their hulls, because it is not known where the table is."""
    top = couch.table_top.joint
    return tuple(part.name for part in couch.parts if _ways(part, top, tree, rest, lies) and not is_convex(part.mesh))


def _anywhere(part: Part, top: str, tree: KinematicTree, rest: Mapping[str, float], lies: Lying | None) -> Mesh:
    """Return the mesh of a part of the couch, wherever within its range the table may be."""
    ways = _ways(part, top, tree, rest, lies)
    return swept(part.mesh, ways) if ways else part.mesh


def _ways(
    part: Part, top: str, tree: KinematicTree, rest: Mapping[str, float], lies: Lying | None
) -> list[list[NDArray[np.float64]]]:
    """Return from where to where a part of the couch may be off, in its own axes, for each joint with a range.

    A table that is elsewhere under the patient is so in the plane of its top. Where pitch and roll incline that, its
    height changes, too.
    """
    level = {**rest, **dict.fromkeys({"table_pitch", "table_roll"} & rest.keys(), 0.0)}
    ways = []
    for name, (low, high) in ({} if lies is None else lies.ranges).items():
        along_top = direction(inverse(tree.T_fixed_frame(top, level)), _axis(tree, name, level))
        along = direction(tree.T_fixed_frame(top, rest), along_top)
        axes = {joint: _axis(tree, joint, rest) for joint in TABLE_POSITION}
        carried = [axis for joint, axis in axes.items() if joint in tree.path(part.joint)]
        moved = sum((along @ axis * axis for axis in carried), np.zeros(3))
        if np.linalg.norm(moved) <= STILL:
            continue
        moved = direction(inverse(tree.T_fixed_frame(part.joint, rest)), moved)
        least, most = np.subtract(tree[name].limits or (-np.inf, np.inf), rest[name]) / (along @ axes[name])
        ways.append([max(low, least) * moved, min(high, most) * moved])
    return ways


def _axis(tree: KinematicTree, joint: str, values: Mapping[str, float]) -> NDArray[np.float64]:
    """Return the unit vector (3,) along which a joint slides, in the room."""
    return direction(tree.T_fixed_frame(joint, values), np.asarray(tree[joint].axis))
