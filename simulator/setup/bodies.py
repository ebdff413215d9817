"""The bodies of a room: the parts of its models, each on the joint that carries it.

Where it is not known where the table stands under the patient, the parts that would move with it are everywhere
within its range at once; see `simulator.models.swept`. The table's travel ends its range.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

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
from simulator.setup.placing import PATIENT_FRAME


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
        + [Body(part.name, _anywhere(part, tree, rest, lies), part.joint, part.colour) for part in couch.parts]
        + [Body(part.name, part.mesh, part.joint, part.colour) for part in machine.parts]
    )


def made_convex(couch: Couch, tree: KinematicTree, lies: Lying | None) -> tuple[str, ...]:
    """Return the parts of a couch that stand as their hulls, because it is not known where the table is."""
    if lies is None:
        return ()
    return tuple(
        part.name
        for part in couch.parts
        if any(joint in tree.path(part.joint) for joint in lies.ranges) and not is_convex(part.mesh)
    )


def _anywhere(part: Part, tree: KinematicTree, rest: Mapping[str, float], lies: Lying | None) -> Mesh:
    """Return the mesh of a part of the couch, wherever within its range the table may be."""
    ways = []
    for name, (low, high) in ({} if lies is None else lies.ranges).items():
        if name not in tree.path(part.joint):
            continue
        least, most = tree[name].limits or (-np.inf, np.inf)
        along = direction(tree.T_fixed_frame(name, rest), np.asarray(tree[name].axis))
        along = direction(inverse(tree.T_fixed_frame(part.joint, rest)), along)
        ways.append([max(low, least - rest[name]) * along, min(high, most - rest[name]) * along])
    return swept(part.mesh, ways) if ways else part.mesh
